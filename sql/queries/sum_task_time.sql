-- Whole minutes of task ?1, from the seconds of its entries; nothing when it
-- has none. A running one counts once it is stopped.
UPDATE "tasks" SET "actualMinutes" = (
	SELECT (SUM("duration") + 30) / 60
	FROM "time_entries" WHERE "taskId" = ?1)
WHERE "id" = ?1
