DELETE FROM "search_indexes"
WHERE "entityType" = 'task' AND "entityId" IN (
	SELECT "id" FROM "tasks" WHERE "projectId" = ?1
)
