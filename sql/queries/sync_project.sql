-- SPDX-License-Identifier: MIT
--
-- The project that the newest task of integration ?1 at source ?2 is in.
SELECT t."projectId"
FROM "integration_links" l
JOIN "tasks" t ON t."id" = l."taskId"
WHERE l."integrationId" = ?1 AND l."source" = ?2 AND t."deletedAt" IS NULL
ORDER BY l."id" DESC
LIMIT 1
