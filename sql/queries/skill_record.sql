-- How each skill did so far: runs that ended, and those that succeeded.
SELECT r."skillId", COUNT(*),
	COUNT(CASE e."status" WHEN 'success' THEN 1 END)
FROM "execution_runs" r
JOIN "task_executions" e ON e."id" = r."executionId"
WHERE r."skillId" IS NOT NULL AND e."status" <> 'running'
GROUP BY r."skillId"
