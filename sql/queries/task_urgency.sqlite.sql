-- How urgent the task "t" is at the instant ?1: the sum of what speaks for it.
-- No statement of its own, see task_ready.sqlite.sql. The manual (awm-task) tells of
-- the same coefficients.
--
--	priority   15 urgent, 10 high, 5 medium
--	tag        15 with the tag "next"
--	due        12 a week overdue, falling evenly to 2.4 two weeks ahead
--	           and staying there; 0 without a date
--	blocking   5 when an open task waits for it
--	age        2 a year, at most 2
--	project    1 in an active one, -20 in any other
ROUND(
	CASE t."priority" WHEN 'urgent' THEN 15.0 WHEN 'high' THEN 10.0
		WHEN 'medium' THEN 5.0 ELSE 0.0 END
	+ CASE WHEN EXISTS (SELECT 1 FROM "task_tags" g
		WHERE g."taskId" = t."id" AND g."tag" = 'next')
		THEN 15.0 ELSE 0.0 END
	+ CASE WHEN t."dueDate" IS NULL THEN 0.0
		WHEN t."dueDate" <= ?1 - 604800000 THEN 12.0
		WHEN t."dueDate" >= ?1 + 1209600000 THEN 2.4
		ELSE 12.0 - 9.6 * (t."dueDate" - ?1 + 604800000) / 1814400000
		END
	+ CASE WHEN EXISTS (SELECT 1 FROM "task_dependencies" w
		JOIN "tasks" x INDEXED BY "idx_tasks_open" ON x."id" = w."taskId"
		WHERE w."blockerId" = t."id" AND x."status" <> 'done'
			AND x."deletedAt" IS NULL) THEN 5.0 ELSE 0.0 END
	+ CASE WHEN t."createdAt" >= ?1 THEN 0.0
		WHEN t."createdAt" <= ?1 - 31536000000 THEN 2.0
		ELSE 2.0 * (?1 - t."createdAt") / 31536000000 END
	+ CASE (SELECT p."status" FROM "projects" p
		WHERE p."id" = t."projectId") WHEN 'active' THEN 1.0
		ELSE -20.0 END,
	3)
