-- The reviews of skill ?1, the newest first.
SELECT json_extract(j.value, '$.userId'), u."email",
	json_extract(j.value, '$.rating'), json_extract(j.value, '$.comment'),
	json_extract(j.value, '$.createdAt')
FROM "skills" k, json_each(k."reviews") j
LEFT JOIN "users" u ON u."id" = json_extract(j.value, '$.userId')
WHERE k."id" = ?1
ORDER BY 5 DESC, j.key DESC
