-- The changes of a user (?1), the newest first: how many activities each has,
-- and of what types, six of them at most. LIMIT ?2 (-1: all).
SELECT c."id", c."kind", c."undoes", c."undone",
	(SELECT COUNT(*) FROM "activities" a WHERE a."changeId" = c."id"),
	(SELECT group_concat(
			CASE WHEN t."nth" = 7 THEN '…'
				WHEN t."n" > 1 THEN t."n" || ' × ' || t."type"
				ELSE t."type" END, ', ')
		FROM (SELECT a."type", COUNT(*) AS "n",
				ROW_NUMBER() OVER (ORDER BY MIN(a."id"))
					AS "nth"
			FROM "activities" a
			WHERE a."changeId" = c."id"
			GROUP BY a."type" ORDER BY MIN(a."id") LIMIT 7) t),
	c."createdAt"
FROM "changes" c
WHERE c."userId" = ?1
ORDER BY c."id" DESC
LIMIT ?2
