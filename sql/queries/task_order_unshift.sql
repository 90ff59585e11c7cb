-- Takes back the room that task_order_shift.sql made in project ?1 at
-- position ?2 for task ?3.
UPDATE "tasks" SET "order" = "order" - 1
WHERE "projectId" = ?1 AND "deletedAt" IS NULL AND "id" <> ?3
  AND "order" > ?2
