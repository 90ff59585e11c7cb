-- The changes of a user (?1), the newest first: how many activities each has,
-- and of what types. LIMIT ?2 (-1: all).
SELECT c."id", c."kind", c."undoes", c."undone",
	(SELECT COUNT(*) FROM "activities" a WHERE a."changeId" = c."id"),
	(SELECT group_concat(
			CASE WHEN t."n" > 1 THEN t."n" || ' × ' ELSE '' END
			|| t."type", ', ')
		FROM (SELECT a."type", COUNT(*) AS "n" FROM "activities" a
			WHERE a."changeId" = c."id"
			GROUP BY a."type" ORDER BY a."type") t),
	c."createdAt"
FROM "changes" c
WHERE c."userId" = ?1
ORDER BY c."id" DESC
LIMIT ?2
