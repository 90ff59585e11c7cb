-- Tasks of project ?1 that a task of another project waits for.
SELECT DISTINCT b."id"
FROM "tasks" b
	JOIN "task_dependencies" d ON d."blockerId" = b."id"
	JOIN "tasks" w ON w."id" = d."taskId"
WHERE b."projectId" = ?1 AND w."projectId" <> ?1
