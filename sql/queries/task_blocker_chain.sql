-- Whether the task ?1 is ?2 or waits for it, directly or through others.
WITH RECURSIVE chain(id) AS (
	SELECT ?1
	UNION
	SELECT t."blockedByTaskId" FROM "tasks" t JOIN chain ON t."id" = chain.id
	WHERE t."blockedByTaskId" IS NOT NULL
)
SELECT 1 FROM chain WHERE id = ?2
