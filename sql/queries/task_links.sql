-- What surrounds task ?1 at the instant ?2, for showing it: tasks that it
-- waits for, that wait for it, that are part of it; until when it is deferred;
-- who holds it until when.
SELECT 1 AS "kind", b."id" AS "id", b."title", b."status", NULL AS "until"
FROM "task_dependencies" d JOIN "tasks" b ON b."id" = d."blockerId"
WHERE d."taskId" = ?1 AND b."deletedAt" IS NULL
UNION ALL
SELECT 2, w."id", w."title", w."status", NULL
FROM "task_dependencies" d JOIN "tasks" w ON w."id" = d."taskId"
WHERE d."blockerId" = ?1 AND w."deletedAt" IS NULL
UNION ALL
SELECT 3, p."id", p."title", p."status", NULL
FROM "tasks" p WHERE p."parentTaskId" = ?1 AND p."deletedAt" IS NULL
UNION ALL
SELECT 4, NULL, NULL, NULL, f."deferUntil"
FROM "task_defers" f WHERE f."taskId" = ?1
UNION ALL
SELECT 5, k."userId", NULL, NULL, k."leaseUntil"
FROM "task_claims" k WHERE k."taskId" = ?1 AND k."leaseUntil" > ?2
ORDER BY 1, 2
