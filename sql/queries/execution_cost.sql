-- What executions cost by ?1 (project, task, skill, model, provider, user; day:
-- each instant by itself, since days are of a zone), of those that began from
-- ?2 until before ?3, of project ?4, task ?5, skill ?6, user ?7 (0: of any), of
-- provider ?8, model ?9, in status ?10 (null: of any). Skills that user ?11 does
-- not see (0: who sees all) have no name.
SELECT CASE ?1 WHEN 'project' THEN t."projectId" WHEN 'task' THEN t."id"
		WHEN 'skill' THEN r."skillId" WHEN 'user' THEN r."userId"
		WHEN 'day' THEN x."createdAt" END,
	CASE ?1 WHEN 'project' THEN p."title" WHEN 'task' THEN t."title"
		WHEN 'skill' THEN s."name"
		WHEN 'user' THEN COALESCE(NULLIF(u."name", ''), u."email")
		WHEN 'model' THEN x."model"
		WHEN 'provider' THEN x."aiProvider" END,
	COUNT(*),
	COUNT(CASE x."status" WHEN 'success' THEN 1 END),
	COUNT(CASE x."status" WHEN 'failed' THEN 1 END),
	COUNT(CASE x."status" WHEN 'cancelled' THEN 1 END),
	COUNT(CASE x."status" WHEN 'running' THEN 1 END),
	COALESCE(SUM(json_extract(x."tokensUsed", '$.promptTokens')), 0),
	COALESCE(SUM(json_extract(x."tokensUsed", '$.completionTokens')), 0),
	COALESCE(SUM(json_extract(x."tokensUsed", '$.totalTokens')), 0),
	SUM(x."cost"), COUNT(x."cost"),
	COUNT(CASE WHEN x."cost" IS NULL AND x."status" <> 'running' THEN 1 END),
	COALESCE(SUM(x."duration"), 0)
FROM "task_executions" x
JOIN "tasks" t ON t."id" = x."taskId"
JOIN "projects" p ON p."id" = t."projectId"
LEFT JOIN "execution_runs" r ON r."executionId" = x."id"
LEFT JOIN "skills" s ON s."id" = r."skillId"
	AND (?11 = 0 OR s."isPublic" = 1 OR s."isOfficial" = 1
		OR s."authorId" = ?11 OR s."teamId" IN (
			SELECT "teamId" FROM "team_members"
			WHERE "userId" = ?11))
LEFT JOIN "users" u ON u."id" = r."userId"
WHERE x."createdAt" >= ?2 AND x."createdAt" < ?3
	AND (?4 = 0 OR t."projectId" = ?4)
	AND (?5 = 0 OR x."taskId" = ?5)
	AND (?6 = 0 OR r."skillId" = ?6)
	AND (?7 = 0 OR r."userId" = ?7)
	AND (?8 IS NULL OR x."aiProvider" = ?8)
	AND (?9 IS NULL OR x."model" = ?9)
	AND (?10 IS NULL OR x."status" = ?10)
GROUP BY 1, 2
ORDER BY 1, 2
