-- User ?1 reacts to comments no longer; what nobody else gave goes.
UPDATE "comments" SET "reactions" = (
	SELECT json_group_object(r.emoji, json(r.ids)) FROM (
		SELECT e.key AS emoji, (
			SELECT json_group_array(i.value)
			FROM json_each(e.value) i WHERE i.value <> ?1) AS ids
		FROM json_each("comments"."reactions") e) r
	WHERE r.ids <> '[]')
WHERE "reactions" <> '{}'
  AND EXISTS (
	SELECT 1 FROM json_each("reactions") e, json_each(e.value) i
	WHERE i.value = ?1)
