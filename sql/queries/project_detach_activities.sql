-- The activities of a project (?1) that is about to be deleted by an undo,
-- kept so that it can be made again: they name it in their metadata.
UPDATE "activities"
SET "projectId" = NULL,
	"metadata" = json_patch(
		CASE WHEN "taskId" IS NULL
			THEN json_object('entity', 'project', 'id', ?1,
				'projectId', ?1)
			ELSE json_object('projectId', ?1) END,
		COALESCE("metadata", '{}'))
WHERE "projectId" = ?1
