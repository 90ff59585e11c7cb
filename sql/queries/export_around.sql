-- What tasks have beside their columns, by id; of the project ?2, or of all
-- when that is 0. ?1 is the source whose ids are wanted.
SELECT t."id", p."title", p."gitRepository", u."email", u."name",
	d."deferUntil", t."parentTaskId",
	(SELECT MIN(x."externalId") FROM "external_ids" x
		WHERE x."source" = ?1 AND x."entity" = 'task'
			AND x."rowId" = t."parentTaskId")
FROM "tasks" t
JOIN "projects" p ON p."id" = t."projectId"
LEFT JOIN "users" u ON u."id" = t."assigneeId"
LEFT JOIN "task_defers" d ON d."taskId" = t."id"
WHERE ?2 = 0 OR t."projectId" = ?2
ORDER BY t."id"
