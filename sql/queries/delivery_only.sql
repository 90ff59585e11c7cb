-- Delivery ?1, whatever its state, unless somebody has it in hand.
SELECT d."id", d."messageId", d."eventType", d."payload", d."attempts", 0,
	CASE WHEN l."deliveryId" IS NULL THEN 0 ELSE 1 END
FROM "webhook_deliveries" d
LEFT JOIN "delivery_leases" l ON l."deliveryId" = d."id"
WHERE d."id" = ?1
