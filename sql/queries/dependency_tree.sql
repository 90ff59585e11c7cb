-- Everything that task ?1 waits for, directly or through others: for each
-- task that it leads through (its own row first, without "of"), which task it
-- is waited for by.
WITH RECURSIVE chain("id") AS (
	SELECT ?1
	UNION
	SELECT d."blockerId"
	FROM chain JOIN "task_dependencies" d ON d."taskId" = chain."id"
)
SELECT t."id", NULL AS "of", t."title", t."status", t."priority",
	t."assigneeId", t."dueDate"
FROM "tasks" t WHERE t."id" = ?1
UNION ALL
SELECT t."id", d."taskId", t."title", t."status", t."priority",
	t."assigneeId", t."dueDate"
FROM chain JOIN "task_dependencies" d ON d."taskId" = chain."id"
	JOIN "tasks" t ON t."id" = d."blockerId"
WHERE t."deletedAt" IS NULL
ORDER BY 2, 1
