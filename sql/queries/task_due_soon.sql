-- Open tasks that are due from ?1 to ?2 and assigned to ?3 (0: to anybody) who
-- was not told so yet. The + keeps the planner from starting with projects.
SELECT t."id", t."projectId", t."title", t."dueDate", u."id", u."timezone"
FROM "tasks" t
JOIN "users" u ON u."id" = t."assigneeId"
JOIN "projects" p ON p."id" = t."projectId"
WHERE t."dueDate" BETWEEN ?1 AND ?2
  AND t."status" <> 'done' AND t."deletedAt" IS NULL
  AND +p."isArchived" = 0
  AND (?3 = 0 OR t."assigneeId" = ?3)
  AND NOT EXISTS (
	SELECT 1 FROM "task_reminders" r
	WHERE r."taskId" = t."id" AND r."userId" = t."assigneeId"
	AND r."dueDate" = t."dueDate")
ORDER BY t."dueDate", t."id"
