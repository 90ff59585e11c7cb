-- Whether one thing about a task has to come before another about a task: from
-- (?1, ?2) to (?3, ?4), a task and 0 for "may start" or 1 for "is finished". A
-- task starts after what it waits for is finished, and not before its parent
-- may start; it finishes after it started, and after its parts have finished.
-- So it finds circles through dependencies and parents alike; UNION ends on
-- one. Task ?5 is taken to have no parent.
WITH RECURSIVE later("id", "done") AS (
	SELECT ?1, ?2
	UNION
	SELECT l."id", 1 FROM later l WHERE l."done" = 0
	UNION
	SELECT t."id", 0
	FROM later l JOIN "tasks" t ON t."parentTaskId" = l."id"
	WHERE l."done" = 0 AND t."id" <> ?5
	UNION
	SELECT d."taskId", 0
	FROM later l JOIN "task_dependencies" d ON d."blockerId" = l."id"
	WHERE l."done" = 1
	UNION
	SELECT t."parentTaskId", 1
	FROM later l JOIN "tasks" t ON t."id" = l."id"
	WHERE l."done" = 1 AND t."parentTaskId" IS NOT NULL AND t."id" <> ?5
)
SELECT 1 FROM later WHERE "id" = ?3 AND "done" = ?4 LIMIT 1
