DELETE FROM "search_indexes"
WHERE "entityType" = 'execution' AND "entityId" IN (
	SELECT "id" FROM "task_executions" WHERE "taskId" = ?1
)
