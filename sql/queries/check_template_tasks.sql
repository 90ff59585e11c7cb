-- Templates whose rows of template_tasks are not those of their structure.
WITH meant AS (
	SELECT p."id" AS "templateId",
		json_extract(j.value, '$.title') AS "title",
		json_extract(j.value, '$.description') AS "description",
		COALESCE(json_extract(j.value, '$.priority'), 'medium')
			AS "priority",
		CAST(ROUND(json_extract(j.value, '$.estimatedMinutes'))
			AS INTEGER) AS "estimatedMinutes",
		COALESCE(json_extract(j.value, '$.skills'), '[]') AS "skills",
		j.key AS "order"
	FROM "templates" p, json_each(p."projectStructure", '$.tasks') j
), kept AS (
	SELECT "templateId", "title", "description", "priority",
		"estimatedMinutes", "skills", "order"
	FROM "template_tasks"
)
SELECT 'template ' || "templateId" || ': template_tasks differs from the structure'
FROM (
	SELECT "templateId" FROM (
		SELECT * FROM meant EXCEPT SELECT * FROM kept)
	UNION
	SELECT "templateId" FROM (
		SELECT * FROM kept EXCEPT SELECT * FROM meant)
	UNION
	SELECT "templateId" FROM kept
	GROUP BY "templateId", "order" HAVING COUNT(*) > 1
)
