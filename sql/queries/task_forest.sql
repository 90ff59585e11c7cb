-- The live tasks of project ?1 (NULL: of all), done ones only with ?2, with
-- their parents: what a tree of all subtasks is made from.
SELECT t."id", t."parentTaskId", t."title", t."status", t."priority",
	t."assigneeId", t."dueDate"
FROM "tasks" t
WHERE t."deletedAt" IS NULL AND (?2 OR t."status" <> 'done')
	AND (?1 IS NULL OR t."projectId" = ?1)
ORDER BY t."projectId", t."order", t."id"
