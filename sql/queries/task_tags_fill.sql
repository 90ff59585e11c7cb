-- task_tags of tasks that were written without them.
INSERT INTO "task_tags" ("tag", "closed", "rank", "due", "taskId")
SELECT DISTINCT j.value, t."status" = 'done',
	CASE t."priority" WHEN 'urgent' THEN 0 WHEN 'high' THEN 1
		WHEN 'medium' THEN 2 ELSE 3 END,
	COALESCE(t."dueDate", 9223372036854775807), t."id"
FROM "tasks" t, json_each(t."tags") j
WHERE t."deletedAt" IS NULL
ON CONFLICT DO NOTHING
