-- Whether anything can be sent at ?1: to an enabled webhook that is not
-- throttled, what is due and in nobody's hands; of an ordered one the first of
-- its line alone.
SELECT COUNT(*)
FROM (
	SELECT 1
	FROM "webhooks" w
	LEFT JOIN "webhook_settings" x ON x."webhookId" = w."id"
	WHERE w."isEnabled" = 1 AND COALESCE(x."throttledUntil", 0) <= ?1
		AND ((COALESCE(x."unordered", 0) = 0 AND EXISTS (
			SELECT 1
			FROM "webhook_deliveries" d
			LEFT JOIN "delivery_leases" l ON l."deliveryId" = d."id"
			WHERE d."id" = (
					SELECT MIN(h."id")
					FROM "webhook_deliveries" h
					WHERE h."webhookId" = w."id"
						AND h."state" IN ('pending', 'failed'))
				AND COALESCE(d."nextAttemptAt", 0) <= ?1
				AND l."deliveryId" IS NULL))
		OR (x."unordered" = 1 AND EXISTS (
			SELECT 1
			FROM "webhook_deliveries" d
			LEFT JOIN "delivery_leases" l ON l."deliveryId" = d."id"
			WHERE d."webhookId" = w."id"
				AND d."state" IN ('pending', 'failed')
				AND COALESCE(d."nextAttemptAt", 0) <= ?1
				AND l."deliveryId" IS NULL)))
	LIMIT 1
) AS "x"
