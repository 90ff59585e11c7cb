-- Automations that are on a schedule and enabled, and the slot up to which each
-- is done with. One that nobody has looked at begins when it was last changed.
SELECT a."id", a."name", a."trigger", a."createdBy",
	COALESCE(s."lastSlot", a."updatedAt")
FROM "automations" a
LEFT JOIN "automation_schedules" s ON s."automationId" = a."id"
WHERE a."isEnabled" = 1
	AND json_extract(a."trigger", '$.type') = 'schedule'
ORDER BY a."id"
