-- Comments mention user ?1 no longer.
UPDATE "comments" SET "mentions" = (
	SELECT json_group_array(j.value) FROM json_each("mentions") j
	WHERE j.value <> ?1)
WHERE "mentions" <> '[]'
  AND EXISTS (SELECT 1 FROM json_each("mentions") j WHERE j.value = ?1)
