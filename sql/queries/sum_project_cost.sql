-- Cost of project ?1, from the executions of all its tasks.
UPDATE "projects" SET "totalCost" = (
	SELECT COALESCE(SUM(x."cost"), 0.0)
	FROM "tasks" t JOIN "task_executions" x ON x."taskId" = t."id"
	WHERE t."projectId" = ?1 AND t."actualCost" IS NOT NULL)
WHERE "id" = ?1
