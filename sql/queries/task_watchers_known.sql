-- Of the ids in the JSON array ?1 those of users there are, sorted, each once.
SELECT json_group_array("id") FROM (
	SELECT "id" FROM "users"
	WHERE "id" IN (SELECT j.value FROM json_each(?1) j)
	ORDER BY "id")
