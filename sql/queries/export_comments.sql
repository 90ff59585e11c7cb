-- Comments with their authors, by task.
SELECT c."taskId", c."createdAt", u."email", u."name", c."content"
FROM "comments" c JOIN "users" u ON u."id" = c."userId"
WHERE c."deletedAt" IS NULL
ORDER BY c."taskId", c."createdAt", c."id"
