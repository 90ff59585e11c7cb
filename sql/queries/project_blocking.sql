-- Tasks of project ?1 that a task of another project waits for.
SELECT DISTINCT b."id"
FROM "tasks" b JOIN "tasks" w ON w."blockedByTaskId" = b."id"
WHERE b."projectId" = ?1 AND w."projectId" <> ?1
