-- Hours of project ?1, from the seconds of all entries of its tasks, deleted
-- tasks too. Only tasks with minutes have entries: there is an index of them.
UPDATE "projects" SET "actualHours" = (
	SELECT SUM(e."duration") / 3600.0
	FROM "tasks" t JOIN "time_entries" e ON e."taskId" = t."id"
	WHERE t."projectId" = ?1 AND t."actualMinutes" IS NOT NULL)
WHERE "id" = ?1
