-- Of the rows of the index whose ids are in the JSON array ?1, in its order,
-- those that may be seen: their place, when the row was changed, and whether it
-- is done with. ?2 who sees only some skills, 0 for all; ?3 0 what is live,
-- 1 deleted, 2 both.
SELECT j."key",
	COALESCE(c."updatedAt", e."updatedAt", s."updatedAt", m."updatedAt",
		t."updatedAt", p."updatedAt"),
	CASE x."entityType"
		WHEN 'task' THEN t."status" = 'done'
		WHEN 'project' THEN p."isArchived" OR p."status" = 'completed'
		ELSE 0 END
FROM json_each(?1) j
CROSS JOIN "search_indexes" x ON x."id" = j.value
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
WHERE COALESCE(c."id", e."id", s."id", m."id", t."id", p."id") IS NOT NULL
	AND (?2 = 0 OR s."id" IS NULL OR s."isPublic" OR s."isOfficial"
		OR s."authorId" = ?2 OR s."teamId" IN (
			SELECT "teamId" FROM "team_members" WHERE "userId" = ?2))
	AND (?3 = 2 OR (t."deletedAt" IS NOT NULL
		OR c."deletedAt" IS NOT NULL) = ?3)
