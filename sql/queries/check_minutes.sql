SELECT 'task ' || t."id" || ': actualMinutes is '
	|| COALESCE(t."actualMinutes", 'null') || ', its time entries make '
	|| COALESCE(e."minutes", 'null')
FROM "tasks" t
LEFT JOIN (
	SELECT "taskId", (SUM("duration") + 30) / 60 AS "minutes"
	FROM "time_entries" GROUP BY "taskId") e ON e."taskId" = t."id"
WHERE t."actualMinutes" IS NOT e."minutes"
