-- The live tasks of project ?1 in order, as a template describes them, with the
-- skills that user ?2 sees (0: who sees all). Done or not, they are what such a
-- project takes.
SELECT t."title", t."description", t."priority", t."estimatedMinutes", (
	SELECT json_group_array("name") FROM (
		SELECT k."name" AS "name"
		FROM "task_suggested_skills" x
			JOIN "skills" k ON k."id" = x."skillId"
		WHERE x."taskId" = t."id"
			AND (?2 = 0 OR k."isPublic" = 1 OR k."isOfficial" = 1
				OR k."authorId" = ?2 OR k."teamId" IN (
					SELECT "teamId" FROM "team_members"
					WHERE "userId" = ?2))
		ORDER BY k."name", k."id"))
FROM "tasks" t
WHERE t."projectId" = ?1 AND t."deletedAt" IS NULL
ORDER BY t."order", t."id"
