-- Whether anything is due at ?1 for an enabled webhook, and in nobody's hands.
SELECT COUNT(*)
FROM (
	SELECT 1
	FROM "webhook_deliveries" d
	JOIN "webhooks" w ON w."id" = d."webhookId" AND w."isEnabled" = 1
	LEFT JOIN "delivery_leases" l ON l."deliveryId" = d."id"
	WHERE d."state" IN ('pending', 'failed') AND d."nextAttemptAt" <= ?1
		AND l."deliveryId" IS NULL
	LIMIT 1
) AS "x"
