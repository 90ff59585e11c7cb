-- The subtasks of ?1, one level down, that are still open.
SELECT "id" FROM "tasks"
WHERE "parentTaskId" = ?1 AND "status" <> 'done' AND "deletedAt" IS NULL
ORDER BY "id"
