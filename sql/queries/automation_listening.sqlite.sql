-- Enabled automations that wait for an event of the project ?1 (0: of none),
-- with the time zone of their creators.
SELECT a."id", a."name", a."trigger", json_extract(a."trigger", '$.event'),
	a."createdBy", u."timezone"
FROM "automations" a
JOIN "users" u ON u."id" = a."createdBy"
WHERE a."isEnabled" = 1
	AND (a."projectId" IS NULL OR a."projectId" = ?1)
	AND json_extract(a."trigger", '$.type') = 'event'
ORDER BY a."id"
