-- SPDX-License-Identifier: MIT
--
-- What is due at ?1 and can be told by ?2, whose desktop this is: at most ?3,
-- the longest due first.
SELECT d."id", d."integrationId", d."attempts", d."createdAt",
	n."id", n."title", n."content", n."actionUrl", n."createdAt",
	u."id", u."email", u."name"
FROM "integration_deliveries" d
JOIN "integrations" i ON i."id" = d."integrationId"
JOIN "notifications" n ON n."id" = d."notificationId"
JOIN "users" u ON u."id" = d."userId"
WHERE d."state" IN ('pending', 'failed') AND d."nextAttemptAt" <= ?1
	AND i."isEnabled" = 1 AND (i."type" <> 'desktop' OR d."userId" = ?2)
ORDER BY d."nextAttemptAt", d."id"
LIMIT ?3
