-- Tasks whose blockedByTaskId is not the first open task that they wait for,
-- or that wait for one and are not blocked.
SELECT 'task ' || t."id" || ': blockedByTaskId differs from its dependencies'
FROM "tasks" t
WHERE t."blockedByTaskId" IS NOT (
	SELECT d."blockerId"
	FROM "task_dependencies" d JOIN "tasks" b ON b."id" = d."blockerId"
	WHERE d."taskId" = t."id" AND t."status" <> 'done'
		AND b."status" <> 'done' AND b."deletedAt" IS NULL
	ORDER BY d."blockerId" LIMIT 1)
UNION ALL
SELECT 'task ' || t."id" || ': waits for task ' || t."blockedByTaskId"
	|| ' and is not blocked'
FROM "tasks" t
WHERE t."blockedByTaskId" IS NOT NULL AND t."status" <> 'blocked'
UNION ALL
SELECT 'task ' || k."taskId" || ': claimed, and its status is ' || t."status"
FROM "task_claims" k JOIN "tasks" t ON t."id" = k."taskId"
WHERE t."status" <> 'in_progress' OR t."deletedAt" IS NOT NULL
