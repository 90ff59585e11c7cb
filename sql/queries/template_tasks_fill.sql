-- The rows of template ?1 from its structure ?2, as of ?3.
INSERT INTO "template_tasks" ("templateId", "title", "description", "priority",
	"estimatedMinutes", "skills", "order", "createdAt", "updatedAt")
SELECT ?1, json_extract(j.value, '$.title'),
	json_extract(j.value, '$.description'),
	COALESCE(json_extract(j.value, '$.priority'), 'medium'),
	CAST(ROUND(json_extract(j.value, '$.estimatedMinutes')) AS INTEGER),
	COALESCE(json_extract(j.value, '$.skills'), '[]'),
	j.key, ?3, ?3
FROM json_each(?2, '$.tasks') j
