-- Skills whose rating is not the average of their reviews, or that users
-- reviewed who are gone.
SELECT 'skill ' || k."id" || ': rating differs from the reviews'
FROM "skills" k
WHERE k."rating" IS NOT (
	SELECT AVG(json_extract(j.value, '$.rating'))
	FROM json_each(k."reviews") j)
UNION ALL
SELECT 'skill ' || k."id" || ': a review of user '
	|| json_extract(j.value, '$.userId') || ', who is gone'
FROM "skills" k, json_each(k."reviews") j
WHERE NOT EXISTS (
	SELECT 1 FROM "users" u
	WHERE u."id" = json_extract(j.value, '$.userId'))
