-- Tasks whose rows of the tag index are not those of their tags.
SELECT 'task ' || t."id" || ': the tag index has other tags'
FROM "tasks" t
WHERE json_valid(t."tags") AND ((t."deletedAt" IS NULL AND EXISTS (
		SELECT 1 FROM json_each(t."tags") j WHERE NOT EXISTS (
			SELECT 1 FROM "task_tags" g
			WHERE g."taskId" = t."id" AND g."tag" = j.value)))
   OR EXISTS (
		SELECT 1 FROM "task_tags" g WHERE g."taskId" = t."id"
		AND (t."deletedAt" IS NOT NULL OR NOT EXISTS (
			SELECT 1 FROM json_each(t."tags") j
			WHERE j.value = g."tag"))))
