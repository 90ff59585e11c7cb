-- When the first attempt is due at a delivery, to a webhook or a person, of
-- those that are due after ?1.
SELECT MIN(waiting."at") FROM (
	SELECT MIN("nextAttemptAt") AS "at" FROM "webhook_deliveries"
	WHERE "state" IN ('pending', 'failed') AND "nextAttemptAt" > ?1
	UNION ALL
	SELECT MIN("nextAttemptAt") AS "at" FROM "integration_deliveries"
	WHERE "state" IN ('pending', 'failed') AND "nextAttemptAt" > ?1
) AS waiting
