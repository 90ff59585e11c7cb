-- SPDX-License-Identifier: MIT
--
-- Queues notification ?1 of user ?2, about project ?3, at the instant ?4. A
-- chat gets those of its user, and a team's those about the team's projects.
-- Mail (?5) and desktop (?6) are asked for by 1 and go one way each: the
-- user's own, else of a team of theirs, else what an admin offers to all.
WITH ways AS (
	SELECT i."id", ROW_NUMBER() OVER (
		PARTITION BY i."type"
		ORDER BY CASE WHEN i."userId" = ?2 THEN 0
			WHEN i."teamId" IS NOT NULL THEN 1 ELSE 2 END, i."id"
	) AS place
	FROM "integrations" i
	LEFT JOIN "users" o ON o."id" = i."userId"
	WHERE i."isEnabled" = 1
		AND ((i."type" = 'smtp' AND ?5 = 1)
			OR (i."type" = 'desktop' AND ?6 = 1))
		AND (i."userId" = ?2 OR o."role" = 'admin'
			OR i."teamId" IN (SELECT m."teamId"
				FROM "team_members" m WHERE m."userId" = ?2))
)
INSERT INTO "integration_deliveries" ("integrationId", "notificationId",
	"userId", "nextAttemptAt", "createdAt", "updatedAt")
SELECT w."id", ?1, ?2, ?4, ?4, ?4 FROM ways w WHERE w.place = 1
UNION ALL
SELECT c."id", ?1, ?2, ?4, ?4, ?4 FROM "integrations" c
WHERE c."isEnabled" = 1 AND c."type" = 'slack'
	AND (c."userId" = ?2 OR c."teamId" = (
		SELECT p."teamId" FROM "projects" p WHERE p."id" = ?3))
