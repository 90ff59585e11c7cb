SELECT 'task ' || t."id" || ': watcherIds differs from task_watchers'
FROM "tasks" t
WHERE t."watcherIds" <> (
	SELECT json_group_array("userId") FROM (
		SELECT "userId" FROM "task_watchers"
		WHERE "taskId" = t."id" ORDER BY "userId"))
