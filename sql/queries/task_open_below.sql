-- The open subtasks of ?1 at any depth, the deepest first, each with whether
-- it is blocked.
WITH RECURSIVE below("id", "depth") AS (
	SELECT "id", 1 FROM "tasks" WHERE "parentTaskId" = ?1
	UNION
	SELECT t."id", below."depth" + 1
	FROM "tasks" t JOIN below ON t."parentTaskId" = below."id"
	WHERE below."depth" < 1000
)
SELECT t."id", t."status" = 'blocked'
FROM below JOIN "tasks" t ON t."id" = below."id"
WHERE t."status" <> 'done' AND t."deletedAt" IS NULL
ORDER BY below."depth" DESC, t."id"
