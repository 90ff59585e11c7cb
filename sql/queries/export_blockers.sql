-- What tasks wait for, by task; ?1 is the source whose ids are wanted.
SELECT d."taskId", d."blockerId",
	(SELECT MIN(x."externalId") FROM "external_ids" x
		WHERE x."source" = ?1 AND x."entity" = 'task'
			AND x."rowId" = d."blockerId")
FROM "task_dependencies" d
ORDER BY d."taskId", d."blockerId"
