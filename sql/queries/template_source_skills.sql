-- The skills suggested for live tasks of project ?1 that user ?2 sees (0: who
-- sees all), each once, in the order of the tasks.
SELECT json_group_array("name") FROM (
	SELECT k."name" AS "name"
	FROM "tasks" t
		JOIN "task_suggested_skills" x ON x."taskId" = t."id"
		JOIN "skills" k ON k."id" = x."skillId"
	WHERE t."projectId" = ?1 AND t."deletedAt" IS NULL
		AND (?2 = 0 OR k."isPublic" = 1 OR k."isOfficial" = 1
			OR k."authorId" = ?2 OR k."teamId" IN (
				SELECT "teamId" FROM "team_members"
				WHERE "userId" = ?2))
	GROUP BY k."name"
	ORDER BY MIN(t."order"), k."name")
