-- Makes room in the order of project ?1 from position ?2 (order, id ?3) on,
-- for task ?4.
UPDATE "tasks" SET "order" = "order" + 1
WHERE "projectId" = ?1 AND "deletedAt" IS NULL AND "id" <> ?4
  AND ("order" > ?2 OR ("order" = ?2 AND "id" >= ?3))
