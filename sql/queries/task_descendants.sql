-- The subtasks of ?1 at any depth, the deepest first.
WITH RECURSIVE below(id, depth) AS (
	SELECT "id", 1 FROM "tasks" WHERE "parentTaskId" = ?1
	UNION
	SELECT t."id", below.depth + 1
	FROM "tasks" t JOIN below ON t."parentTaskId" = below.id
	WHERE below.depth < 1000
)
SELECT id FROM below ORDER BY depth DESC, id
