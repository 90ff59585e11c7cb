-- The words of what is in a project, before its texts are deleted.
DELETE FROM "search_fts" WHERE rowid IN (
	SELECT i."id" FROM "tasks" t JOIN "search_indexes" i
		ON i."entityType" = 'task' AND i."entityId" = t."id"
	WHERE t."projectId" = ?1
	UNION ALL
	SELECT i."id" FROM "tasks" t JOIN "comments" c ON c."taskId" = t."id"
		JOIN "search_indexes" i
		ON i."entityType" = 'comment' AND i."entityId" = c."id"
	WHERE t."projectId" = ?1
	UNION ALL
	SELECT i."id" FROM "tasks" t
		JOIN "task_executions" e ON e."taskId" = t."id"
		JOIN "search_indexes" i
		ON i."entityType" = 'execution' AND i."entityId" = e."id"
	WHERE t."projectId" = ?1
)
