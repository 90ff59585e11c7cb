DELETE FROM "search_indexes"
WHERE "entityType" = 'execution' AND "entityId" IN (
	SELECT x."id" FROM "task_executions" x JOIN "tasks" t ON t."id" = x."taskId"
	WHERE t."projectId" = ?1
)
