-- What became of the runs of skill ?1 (0: of each one that user ?2 sees; 0: of
-- all).
SELECT k."id", k."name", k."version",
	(SELECT COUNT(*) FROM "skill_versions" v WHERE v."skillId" = k."id"),
	COALESCE(x."runs", 0), COALESCE(x."succeeded", 0),
	COALESCE(x."failed", 0), COALESCE(x."cancelled", 0),
	COALESCE(x."running", 0),
	CASE WHEN x."runs" > x."running"
		THEN x."succeeded" * 1.0 / (x."runs" - x."running") END,
	COALESCE(x."prompt", 0), COALESCE(x."completion", 0),
	COALESCE(x."total", 0), x."cost", x."meanCost",
	CAST(ROUND(x."meanDuration") AS INTEGER), k."rating",
	json_array_length(k."reviews"), k."usageCount", k."forkCount",
	x."lastRunAt"
FROM "skills" k
LEFT JOIN (
	SELECT r."skillId" AS "skillId", COUNT(*) AS "runs",
		COUNT(CASE e."status" WHEN 'success' THEN 1 END) AS "succeeded",
		COUNT(CASE e."status" WHEN 'failed' THEN 1 END) AS "failed",
		COUNT(CASE e."status" WHEN 'cancelled' THEN 1 END)
			AS "cancelled",
		COUNT(CASE e."status" WHEN 'running' THEN 1 END) AS "running",
		SUM(json_extract(e."tokensUsed", '$.promptTokens')) AS "prompt",
		SUM(json_extract(e."tokensUsed", '$.completionTokens'))
			AS "completion",
		SUM(json_extract(e."tokensUsed", '$.totalTokens')) AS "total",
		SUM(e."cost") AS "cost", AVG(e."cost") AS "meanCost",
		AVG(e."duration") AS "meanDuration",
		MAX(e."createdAt") AS "lastRunAt"
	FROM "execution_runs" r
	JOIN "task_executions" e ON e."id" = r."executionId"
	WHERE r."skillId" IS NOT NULL AND (?1 = 0 OR r."skillId" = ?1)
	GROUP BY r."skillId") x ON x."skillId" = k."id"
WHERE (?1 = 0 OR k."id" = ?1)
  AND (?2 = 0 OR k."isPublic" = 1 OR k."isOfficial" = 1 OR k."authorId" = ?2
	OR k."teamId" IN (
		SELECT "teamId" FROM "team_members" WHERE "userId" = ?2))
ORDER BY k."name", k."id"
