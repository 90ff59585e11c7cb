-- The last change of a user (?1) that stands and of which something is left.
SELECT c."id"
FROM "changes" c
WHERE c."userId" = ?1 AND c."kind" = 'change' AND c."undone" = 0
	AND EXISTS (SELECT 1 FROM "activities" a WHERE a."changeId" = c."id")
ORDER BY c."id" DESC
LIMIT 1
