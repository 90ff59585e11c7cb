-- SPDX-License-Identifier: MIT
--
-- Live tasks of integration ?1 at source ?2 that were changed since they were
-- last looked at.
SELECT l."id", l."externalId", l."taskId", l."remote", l."local"
FROM "integration_links" l
JOIN "tasks" t ON t."id" = l."taskId"
WHERE l."integrationId" = ?1 AND l."source" = ?2
	AND t."deletedAt" IS NULL AND t."updatedAt" <> l."taskUpdatedAt"
ORDER BY l."id"
