-- Live tasks of project ?1 by status, at the instant ?2, in a day that began
-- at ?3: what is due on a date is not overdue before that day is over. Hours are the
-- project's own where set, else the sum of its tasks.
SELECT p."id", p."title", COUNT(t."id"),
	COUNT(CASE t."status" WHEN 'todo' THEN 1 END),
	COUNT(CASE t."status" WHEN 'in_progress' THEN 1 END),
	COUNT(CASE t."status" WHEN 'in_review' THEN 1 END),
	COUNT(CASE t."status" WHEN 'done' THEN 1 END),
	COUNT(CASE t."status" WHEN 'blocked' THEN 1 END),
	COUNT(CASE WHEN t."dueDate" < ?2 AND t."dueDate" <> ?3
		AND t."status" <> 'done' THEN 1 END),
	COALESCE(p."estimatedHours", SUM(CAST(t."estimatedMinutes" AS REAL)) / 60),
	COALESCE(p."actualHours", SUM(CAST(t."actualMinutes" AS REAL)) / 60),
	p."totalCost"
FROM "projects" p
LEFT JOIN "tasks" t ON t."projectId" = p."id" AND t."deletedAt" IS NULL
WHERE p."id" = ?1
GROUP BY p."id"
