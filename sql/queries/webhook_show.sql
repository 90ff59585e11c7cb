-- How webhook ?1 fares, beside its own columns.
SELECT x."ownerId", COALESCE(x."allowPrivate", 0), COALESCE(x."unordered", 0),
	x."previousUntil", x."failingSince", x."throttledUntil",
	x."disabledReason",
	(SELECT COUNT(*) FROM "webhook_deliveries" d
		WHERE d."webhookId" = w."id" AND d."state" = 'pending'),
	(SELECT COUNT(*) FROM "webhook_deliveries" d
		WHERE d."webhookId" = w."id" AND d."state" = 'failed'),
	(SELECT COUNT(*) FROM "webhook_deliveries" d
		WHERE d."webhookId" = w."id" AND d."state" = 'dead')
FROM "webhooks" w
LEFT JOIN "webhook_settings" x ON x."webhookId" = w."id"
WHERE w."id" = ?1
