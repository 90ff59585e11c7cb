SELECT 'task ' || "id" || ': completedAt does not fit status ' || "status"
FROM "tasks"
WHERE ("completedAt" IS NOT NULL) <> ("status" = 'done')
