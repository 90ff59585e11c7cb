-- Before the text itself is changed: what the words were is read from it.
UPDATE "search_fts" SET "title" = ?3, "content" = ?4
WHERE rowid IN (
	SELECT "id" FROM "search_indexes"
	WHERE "entityType" = ?1 AND "entityId" = ?2
)
