-- What fits ?1 and the filters, the newest first: the row of the index, and how
-- well it fits (the lower the better; the title counts most). A comment and an
-- execution belong to their task. Filters are JSON arrays of values, or NULL:
-- what is in, and what is out.
SELECT x."id", bm25("search_fts", 8.0, 1.0)
FROM "search_fts" f CROSS JOIN "search_indexes" x ON x."id" = f.rowid
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
LEFT JOIN "projects" p ON p."id" = CASE x."entityType"
	WHEN 'project' THEN x."entityId" ELSE t."projectId" END
WHERE f."search_fts" MATCH ?1
	AND (?2 IS NULL OR x."entityType" IN (SELECT value FROM json_each(?2)))
	AND (?3 IS NULL
		OR x."entityType" NOT IN (SELECT value FROM json_each(?3)))
	AND (?4 IS NULL OR CASE x."entityType" WHEN 'task' THEN t."status"
		WHEN 'project' THEN p."status" ELSE e."status" END
		IN (SELECT value FROM json_each(?4)))
	AND (?5 IS NULL OR COALESCE(CASE x."entityType"
		WHEN 'task' THEN t."status" WHEN 'project' THEN p."status"
		ELSE e."status" END, '')
		NOT IN (SELECT value FROM json_each(?5)))
	AND (?6 IS NULL OR p."id" IN (SELECT value FROM json_each(?6)))
	AND (?7 IS NULL OR COALESCE(p."id", 0)
		NOT IN (SELECT value FROM json_each(?7)))
	AND (?8 IS NULL OR (t."id" IS NOT NULL AND COALESCE(t."assigneeId", 0)
		IN (SELECT value FROM json_each(?8))))
	AND (?9 IS NULL OR t."id" IS NULL OR COALESCE(t."assigneeId", 0)
		NOT IN (SELECT value FROM json_each(?9)))
	AND (?10 IS NULL OR EXISTS (
		SELECT 1 FROM json_each(COALESCE(t."tags", m."tags", '[]')) g
		WHERE g.value IN (SELECT value FROM json_each(?10))
		UNION ALL
		SELECT 1 FROM "skill_tags" k WHERE k."skillId" = s."id"
			AND k."tag" IN (SELECT value FROM json_each(?10))))
	AND (?11 IS NULL OR NOT EXISTS (
		SELECT 1 FROM json_each(COALESCE(t."tags", m."tags", '[]')) g
		WHERE g.value IN (SELECT value FROM json_each(?11))
		UNION ALL
		SELECT 1 FROM "skill_tags" k WHERE k."skillId" = s."id"
			AND k."tag" IN (SELECT value FROM json_each(?11))))
	AND (?12 IS NULL OR COALESCE(c."updatedAt", e."updatedAt",
		s."updatedAt", m."updatedAt", t."updatedAt", p."updatedAt")
		>= ?12)
	AND (?13 IS NULL OR COALESCE(c."updatedAt", e."updatedAt",
		s."updatedAt", m."updatedAt", t."updatedAt", p."updatedAt")
		< ?13)
ORDER BY f.rowid DESC LIMIT ?14
