-- The first open task that task ?1 waits for.
SELECT d."blockerId"
FROM "task_dependencies" d JOIN "tasks" b ON b."id" = d."blockerId"
WHERE d."taskId" = ?1 AND b."status" <> 'done' AND b."deletedAt" IS NULL
ORDER BY d."blockerId" LIMIT 1
