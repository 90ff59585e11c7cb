-- Of webhook ?1, which keeps no order: when the next is due, and how many
-- others have in hand.
SELECT COALESCE(MIN(CASE WHEN l."deliveryId" IS NULL
		THEN COALESCE(d."nextAttemptAt", 0) END), 0),
	COUNT(l."deliveryId")
FROM "webhook_deliveries" d
LEFT JOIN "delivery_leases" l
	ON l."deliveryId" = d."id"
WHERE d."webhookId" = ?1 AND d."state" IN ('pending', 'failed')
	AND (l."token" IS NULL OR l."token" <> ?2)
