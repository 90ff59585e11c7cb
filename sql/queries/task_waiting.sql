-- Tasks that wait for task ?1.
SELECT "taskId" FROM "task_dependencies" WHERE "blockerId" = ?1
UNION
SELECT "id" FROM "tasks" WHERE "blockedByTaskId" = ?1
ORDER BY 1
