-- The budget of project ?1, and what is left of it: runs under way count with
-- what they may cost at most, and so do those that ended with a part of an
-- answer, or without a word, and whose cost nobody told.
SELECT b."amount", b."amount" - p."totalCost" - COALESCE((
	SELECT SUM(r."estimate")
	FROM "task_executions" x
	JOIN "execution_runs" r ON r."executionId" = x."id"
	JOIN "tasks" t ON t."id" = x."taskId"
	WHERE t."projectId" = p."id" AND (x."status" = 'running'
		OR (x."cost" IS NULL AND (x."response" IS NOT NULL
			OR x."duration" IS NULL)))), 0.0)
FROM "project_budgets" b JOIN "projects" p ON p."id" = b."projectId"
WHERE b."projectId" = ?1
