-- Seconds of an entry that ended, rounded as awm rounds them.
SELECT 'time entry ' || "id" || ': duration is ' || "duration"
	|| ', from start to end are '
	|| (("endTime" - "startTime" + 500) / 1000)
FROM "time_entries"
WHERE "endTime" IS NOT NULL
	AND "duration" <> ("endTime" - "startTime" + 500) / 1000
UNION ALL
SELECT 'user ' || "userId" || ': ' || COUNT(*) || ' timers run at once'
FROM "time_entries" WHERE "endTime" IS NULL
GROUP BY "userId" HAVING COUNT(*) > 1
