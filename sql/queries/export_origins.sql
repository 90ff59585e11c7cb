-- Rows of the entity ?2 that came from the source ?1, by id, with the activity
-- that holds the record.
SELECT x."rowId", x."externalId", a."metadata"
FROM "external_ids" x LEFT JOIN "activities" a ON a."id" = x."activityId"
WHERE x."source" = ?1 AND x."entity" = ?2
ORDER BY x."rowId"
