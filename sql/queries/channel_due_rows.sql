-- SPDX-License-Identifier: MIT
--
-- The rows of channel_due.sql as they are, all of them.
SELECT d."id", d."integrationId", d."notificationId", d."userId", d."state",
	d."attempts", d."nextAttemptAt", d."lastError", d."deliveredAt",
	d."createdAt", d."updatedAt"
FROM "integration_deliveries" d
JOIN "integrations" i ON i."id" = d."integrationId"
WHERE d."state" IN ('pending', 'failed') AND d."nextAttemptAt" <= ?1
	AND i."isEnabled" = 1 AND (i."type" <> 'desktop' OR d."userId" = ?2)
ORDER BY d."nextAttemptAt", d."id"
