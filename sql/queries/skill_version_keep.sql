-- The present version of skill ?1 as a row of its own, by user ?2 at ?3; a
-- changelog may change afterwards.
INSERT INTO "skill_versions"("skillId", "version", "name", "description",
	"prompt", "inputSchema", "outputSchema", "changelog", "userId",
	"createdAt")
SELECT "id", "version", "name", "description", "prompt", "inputSchema",
	"outputSchema", "changelog", ?2, ?3
FROM "skills" WHERE "id" = ?1
ON CONFLICT ("skillId", "version") DO UPDATE SET
	"name" = excluded."name",
	"description" = excluded."description",
	"prompt" = excluded."prompt",
	"inputSchema" = excluded."inputSchema",
	"outputSchema" = excluded."outputSchema",
	"changelog" = excluded."changelog"
