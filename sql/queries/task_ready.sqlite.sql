-- The readiness rule: why the task "t" cannot be taken up at the instant ?1,
-- or NULL when it can. No statement of its own: it is composed into listings,
-- counts and claims (compose.c), which have no other notion of readiness. The
-- text is "<rule>: <detail>"; an instant stands in it as @milliseconds.
-- INDEXED BY, because a look into a narrow index of the open tasks costs half
-- of one into the table.
COALESCE(
	CASE WHEN t."deletedAt" IS NOT NULL THEN 'deleted' END,
	(SELECT 'claimed: until @' || k."leaseUntil" FROM "task_claims" k
		WHERE k."taskId" = t."id" AND k."leaseUntil" > ?1),
	CASE WHEN t."status" NOT IN ('todo', 'blocked')
		THEN 'status: ' || t."status" END,
	(SELECT 'blocked: waits for task ' || d."blockerId"
		FROM "task_dependencies" d
		JOIN "tasks" b INDEXED BY "idx_tasks_open"
			ON b."id" = d."blockerId"
		WHERE d."taskId" = t."id" AND b."status" <> 'done'
			AND b."deletedAt" IS NULL
		ORDER BY d."blockerId" LIMIT 1),
	CASE WHEN t."status" = 'blocked' THEN 'blocked: '
		|| COALESCE(t."blockedReason", 'no reason given') END,
	(SELECT 'deferred: until @' || f."deferUntil" FROM "task_defers" f
		WHERE f."taskId" = t."id" AND f."deferUntil" > ?1),
	CASE WHEN t."parentTaskId" IS NOT NULL THEN (
		WITH RECURSIVE up("id") AS (
			SELECT t."parentTaskId"
			UNION
			SELECT p."parentTaskId"
			FROM up JOIN "tasks" p ON p."id" = up."id"
			WHERE p."parentTaskId" IS NOT NULL
		)
		SELECT 'ancestor: task ' || a."id" || ' is blocked'
		FROM up JOIN "tasks" a ON a."id" = up."id"
		WHERE a."status" <> 'done' AND a."deletedAt" IS NULL
			AND (a."status" = 'blocked' OR EXISTS (
				SELECT 1 FROM "task_dependencies" d
				JOIN "tasks" b INDEXED BY "idx_tasks_open"
					ON b."id" = d."blockerId"
				WHERE d."taskId" = a."id"
					AND b."status" <> 'done'
					AND b."deletedAt" IS NULL))
		LIMIT 1) END
)
