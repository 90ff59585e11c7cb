-- Rows of the tag index that stand at another place than their task.
SELECT 'task ' || t."id" || ': the tag index has another place in the list'
FROM "task_tags" g JOIN "tasks" t ON t."id" = g."taskId"
WHERE g."due" <> COALESCE(t."dueDate", 9223372036854775807)
   OR g."closed" <> (t."status" = 'done')
   OR g."rank" <> CASE t."priority" WHEN 'urgent' THEN 0 WHEN 'high' THEN 1
		WHEN 'medium' THEN 2 ELSE 3 END
