-- Task ?1 waits no longer for what is still open.
DELETE FROM "task_dependencies"
WHERE "taskId" = ?1 AND "blockerId" IN (
	SELECT d."blockerId"
	FROM "task_dependencies" d JOIN "tasks" b ON b."id" = d."blockerId"
	WHERE d."taskId" = ?1 AND b."status" <> 'done'
		AND b."deletedAt" IS NULL)
