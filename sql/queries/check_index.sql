-- Rows that can be searched for and are not indexed, and the reverse.
WITH live("type", "id") AS (
	SELECT 'project', "id" FROM "projects"
	UNION ALL SELECT 'task', "id" FROM "tasks" WHERE "deletedAt" IS NULL
	UNION ALL SELECT 'comment', "id" FROM "comments" WHERE "deletedAt" IS NULL
	UNION ALL SELECT 'skill', "id" FROM "skills"
	UNION ALL SELECT 'template', "id" FROM "templates"
	UNION ALL SELECT 'execution', "id" FROM "task_executions"
)
SELECT l."type" || ' ' || l."id" || ': not in the search index'
FROM live l LEFT JOIN "search_indexes" x
	ON x."entityType" = l."type" AND x."entityId" = l."id"
WHERE x."id" IS NULL
UNION ALL
SELECT x."entityType" || ' ' || x."entityId" || ': in the search index though gone'
FROM "search_indexes" x LEFT JOIN live l
	ON x."entityType" = l."type" AND x."entityId" = l."id"
WHERE l."id" IS NULL
