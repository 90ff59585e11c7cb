-- The words of a user's comments, before their texts are deleted.
DELETE FROM "search_fts" WHERE rowid IN (
	SELECT i."id" FROM "comments" c JOIN "search_indexes" i
		ON i."entityType" = 'comment' AND i."entityId" = c."id"
	WHERE c."userId" = ?1
)
