-- How many subtasks, at any depth, there are of the tasks whose ids the JSON
-- array ?1 holds, those ids aside; deleted ones too if ?2.
WITH RECURSIVE below("id", "depth") AS (
	SELECT "value", 0 FROM json_each(?1)
	UNION
	SELECT t."id", below."depth" + 1
	FROM "tasks" t JOIN below ON t."parentTaskId" = below."id"
	WHERE below."depth" < 1000
)
SELECT count(DISTINCT t."id")
FROM below JOIN "tasks" t ON t."id" = below."id"
WHERE t."id" NOT IN (SELECT "value" FROM json_each(?1))
	AND (?2 OR t."deletedAt" IS NULL)
