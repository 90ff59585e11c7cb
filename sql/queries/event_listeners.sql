-- Who waits for events: 1 an enabled webhook, 2 an enabled automation.
SELECT
	CASE WHEN EXISTS (SELECT 1 FROM "webhooks" WHERE "isEnabled" = 1)
		THEN 1 ELSE 0 END
	+ CASE WHEN EXISTS (SELECT 1 FROM "automations" WHERE "isEnabled" = 1)
		THEN 2 ELSE 0 END
