-- The first id in the JSON array ?1 that no user has.
SELECT j.value FROM json_each(?1) j
WHERE j.value NOT IN (SELECT "id" FROM "users")
ORDER BY 1 LIMIT 1
