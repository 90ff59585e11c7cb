SELECT 'project ' || p."id" || ': actualHours is '
	|| COALESCE(p."actualHours", 'null') || ', its time entries make '
	|| COALESCE(e."hours", 'null')
FROM "projects" p
LEFT JOIN (
	SELECT t."projectId", SUM(e."duration") / 3600.0 AS "hours"
	FROM "time_entries" e JOIN "tasks" t ON t."id" = e."taskId"
	GROUP BY t."projectId") e ON e."projectId" = p."id"
WHERE p."actualHours" IS NOT e."hours"
