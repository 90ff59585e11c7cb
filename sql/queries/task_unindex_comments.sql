DELETE FROM "search_indexes"
WHERE "entityType" = 'comment' AND "entityId" IN (
	SELECT "id" FROM "comments" WHERE "taskId" = ?1
)
