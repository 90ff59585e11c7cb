-- Webhooks that something waits for: enabled ones, or with ?1 the one that
-- delivery ?1 is for, enabled or not.
SELECT w."id", w."updatedAt", w."isEnabled", w."url", w."headers", w."name",
	COALESCE(w."projectId", 0), w."failureCount",
	COALESCE(x."allowPrivate", 0), COALESCE(x."unordered", 0),
	COALESCE(x."ownerId", 0), COALESCE(x."throttledUntil", 0),
	COALESCE(x."failingSince", 0), COALESCE(x."previousUntil", 0)
FROM "webhooks" w
LEFT JOIN "webhook_settings" x ON x."webhookId" = w."id"
WHERE (?1 <> 0 AND w."id" = (
		SELECT "webhookId" FROM "webhook_deliveries" WHERE "id" = ?1))
	OR (?1 = 0 AND w."isEnabled" = 1 AND EXISTS (
		SELECT 1 FROM "webhook_deliveries" d
		WHERE d."webhookId" = w."id"
			AND d."state" IN ('pending', 'failed')))
ORDER BY w."id"
