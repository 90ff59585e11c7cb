-- Task ?1 and its live subtasks at any depth, each after its parent.
WITH RECURSIVE below("id", "depth") AS (
	SELECT ?1, 0
	UNION
	SELECT t."id", below."depth" + 1
	FROM "tasks" t JOIN below ON t."parentTaskId" = below."id"
	WHERE t."deletedAt" IS NULL AND below."depth" < 1000
)
SELECT t."id", t."parentTaskId", t."title", t."status", t."priority",
	t."assigneeId", t."dueDate"
FROM below JOIN "tasks" t ON t."id" = below."id"
ORDER BY below."depth", t."order", t."id"
