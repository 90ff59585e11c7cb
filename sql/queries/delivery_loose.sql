-- Of webhook ?1, which keeps no order, what is due at ?2 and in nobody's hands,
-- at most ?3 of it.
SELECT d."id", d."messageId", d."eventType", d."payload", d."attempts",
	COALESCE(d."nextAttemptAt", 0), 0
FROM "webhook_deliveries" d
LEFT JOIN "delivery_leases" l ON l."deliveryId" = d."id"
WHERE d."webhookId" = ?1 AND d."state" IN ('pending', 'failed')
	AND l."deliveryId" IS NULL AND COALESCE(d."nextAttemptAt", 0) <= ?2
ORDER BY d."id"
LIMIT ?3
