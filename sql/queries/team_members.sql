SELECT u."id", u."email", u."name", m."role", m."createdAt"
FROM "team_members" m JOIN "users" u ON u."id" = m."userId"
WHERE m."teamId" = ?1
ORDER BY m."createdAt", m."id"
