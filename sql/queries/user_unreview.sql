-- User ?1 reviews skills no longer; the rating is that of the others.
UPDATE "skills" SET
	"reviews" = (
		SELECT json_group_array(json(j.value))
		FROM json_each("skills"."reviews") j
		WHERE json_extract(j.value, '$.userId') <> ?1),
	"rating" = (
		SELECT AVG(json_extract(j.value, '$.rating'))
		FROM json_each("skills"."reviews") j
		WHERE json_extract(j.value, '$.userId') <> ?1)
WHERE "reviews" <> '[]'
  AND EXISTS (
	SELECT 1 FROM json_each("reviews") j
	WHERE json_extract(j.value, '$.userId') = ?1)
