-- The first entry of user ?1, other than ?2, that shares time with the span
-- from ?3 to ?4. A running one has no end yet.
SELECT "id", "taskId", "startTime", "endTime"
FROM "time_entries"
WHERE "userId" = ?1 AND "id" <> ?2 AND "startTime" < ?4
	AND ("endTime" IS NULL OR "endTime" > ?3)
	AND "endTime" IS NOT "startTime"
ORDER BY "startTime", "id" LIMIT 1
