-- Whether the task ?2 is ?1 or stands above it; UNION ends on a cycle.
WITH RECURSIVE chain(id) AS (
	SELECT ?1
	UNION
	SELECT t."parentTaskId" FROM "tasks" t JOIN chain ON t."id" = chain.id
	WHERE t."parentTaskId" IS NOT NULL
)
SELECT 1 FROM chain WHERE id = ?2
