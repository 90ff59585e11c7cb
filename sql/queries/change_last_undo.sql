-- The last undo of a user (?1) that stands, unless a change that stands came
-- after it.
SELECT u."id"
FROM "changes" u
WHERE u."userId" = ?1 AND u."kind" = 'undo' AND u."undone" = 0
	AND NOT EXISTS (SELECT 1 FROM "changes" c
		WHERE c."userId" = ?1 AND c."kind" = 'change'
			AND c."undone" = 0 AND c."id" > u."id")
ORDER BY u."id" DESC
LIMIT 1
