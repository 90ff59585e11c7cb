-- Executions that run, and the process that does; there is an index of them.
SELECT x."id", x."createdAt", COALESCE(r."userId", 0), r."host", r."bootId",
	r."pid", COALESCE(r."pidStart", 0)
FROM "task_executions" x
LEFT JOIN "execution_runs" r ON r."executionId" = x."id"
WHERE x."status" = 'running'
ORDER BY x."id"
