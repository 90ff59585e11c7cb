-- The words of what belongs to a task, before its texts are deleted.
DELETE FROM "search_fts" WHERE rowid IN (
	SELECT i."id" FROM "comments" c JOIN "search_indexes" i
		ON i."entityType" = 'comment' AND i."entityId" = c."id"
	WHERE c."taskId" = ?1
	UNION ALL
	SELECT i."id" FROM "task_executions" e JOIN "search_indexes" i
		ON i."entityType" = 'execution' AND i."entityId" = e."id"
	WHERE e."taskId" = ?1
)
