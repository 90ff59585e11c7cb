-- Of what fits ?1 the rows of the index whose ids are in the JSON array ?2, which
-- are from ?3 to ?4, the newest first, with what fits between the marks of
-- <awm/search.h>. (The plus: what fits is looked for once, and not once for each
-- of them.)
SELECT f.rowid, x."entityType", x."entityId",
	COALESCE(s."name", m."name", t."title", p."title"),
	snippet("search_fts", -1, char(2), char(3), '…', 16)
FROM "search_fts" f
CROSS JOIN "search_indexes" x ON x."id" = f.rowid
LEFT JOIN "comments" c
	ON x."entityType" = 'comment' AND c."id" = x."entityId"
LEFT JOIN "task_executions" e
	ON x."entityType" = 'execution' AND e."id" = x."entityId"
LEFT JOIN "skills" s ON x."entityType" = 'skill' AND s."id" = x."entityId"
LEFT JOIN "templates" m
	ON x."entityType" = 'template' AND m."id" = x."entityId"
LEFT JOIN "tasks" t ON t."id" = CASE x."entityType"
	WHEN 'task' THEN x."entityId"
	WHEN 'comment' THEN c."taskId"
	WHEN 'execution' THEN e."taskId" END
LEFT JOIN "projects" p
	ON x."entityType" = 'project' AND p."id" = x."entityId"
WHERE f."search_fts" MATCH ?1 AND f.rowid BETWEEN ?3 AND ?4
	AND +f.rowid IN (SELECT value FROM json_each(?2))
ORDER BY f.rowid DESC
