-- Everything that waits for task ?1, directly or through others; as
-- dependency_tree.sql.
WITH RECURSIVE chain("id") AS (
	SELECT ?1
	UNION
	SELECT d."taskId"
	FROM chain JOIN "task_dependencies" d ON d."blockerId" = chain."id"
)
SELECT t."id", NULL AS "of", t."title", t."status", t."priority",
	t."assigneeId", t."dueDate"
FROM "tasks" t WHERE t."id" = ?1
UNION ALL
SELECT t."id", d."blockerId", t."title", t."status", t."priority",
	t."assigneeId", t."dueDate"
FROM chain JOIN "task_dependencies" d ON d."blockerId" = chain."id"
	JOIN "tasks" t ON t."id" = d."taskId"
WHERE t."deletedAt" IS NULL
ORDER BY 2, 1
