-- The skills suggested for live tasks of project ?1, each once, in the order of
-- the tasks.
SELECT json_group_array("name") FROM (
	SELECT k."name" AS "name"
	FROM "tasks" t
		JOIN "task_suggested_skills" x ON x."taskId" = t."id"
		JOIN "skills" k ON k."id" = x."skillId"
	WHERE t."projectId" = ?1 AND t."deletedAt" IS NULL
	GROUP BY k."name"
	ORDER BY MIN(t."order"), k."name")
