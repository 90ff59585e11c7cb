DELETE FROM "search_indexes"
WHERE "entityType" = 'comment' AND "entityId" IN (
	SELECT x."id" FROM "comments" x JOIN "tasks" t ON t."id" = x."taskId"
	WHERE t."projectId" = ?1
)
