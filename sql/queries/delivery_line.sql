-- The line in front of webhook ?1, behind delivery ?2, at most ?3 of it.
SELECT d."id", d."messageId", d."eventType", d."payload", d."attempts",
	COALESCE(d."nextAttemptAt", 0),
	CASE WHEN l."deliveryId" IS NULL THEN 0 ELSE 1 END
FROM "webhook_deliveries" d
LEFT JOIN "delivery_leases" l ON l."deliveryId" = d."id"
WHERE d."webhookId" = ?1 AND d."state" IN ('pending', 'failed')
	AND d."id" > ?2
ORDER BY d."id"
LIMIT ?3
