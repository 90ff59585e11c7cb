-- Before the text itself is deleted.
DELETE FROM "search_fts" WHERE rowid IN (
	SELECT "id" FROM "search_indexes"
	WHERE "entityType" = ?1 AND "entityId" = ?2
)
