-- The way back: the activities that project_detach_activities.sql has kept.
UPDATE "activities"
SET "projectId" = ?1,
	"metadata" = NULLIF(json_remove("metadata", '$.projectId'), '{}')
WHERE "projectId" IS NULL AND json_extract("metadata", '$.projectId') = ?1
