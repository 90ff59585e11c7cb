-- Entries that have time from ?1 to ?2, with what they can be grouped by; of
-- project ?3, task ?4, user ?5 (0: of any), billable ones if ?6, of tasks with
-- tag ?7 (null: any).
SELECT e."startTime", e."endTime", e."duration",
	CASE WHEN e."isBillable" THEN 1 ELSE 0 END, e."hourlyRate",
	p."id", p."title", t."id", t."title", u."id",
	COALESCE(NULLIF(u."name", ''), u."email"), t."tags"
FROM "time_entries" e
JOIN "tasks" t ON t."id" = e."taskId"
JOIN "projects" p ON p."id" = t."projectId"
JOIN "users" u ON u."id" = e."userId"
WHERE e."startTime" < ?2
	AND (e."endTime" IS NULL OR e."endTime" > ?1 OR e."startTime" >= ?1)
	AND (?3 = 0 OR t."projectId" = ?3)
	AND (?4 = 0 OR e."taskId" = ?4)
	AND (?5 = 0 OR e."userId" = ?5)
	AND (?6 = 0 OR e."isBillable" = 1)
	AND (?7 IS NULL OR EXISTS (
		SELECT 1 FROM json_each(t."tags") g WHERE g.value = ?7))
ORDER BY e."startTime", e."id"
