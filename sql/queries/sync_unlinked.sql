-- SPDX-License-Identifier: MIT
--
-- Open tasks of project ?3 that integration ?1 knows no row of at source ?2.
SELECT t."id"
FROM "tasks" t
WHERE t."projectId" = ?3 AND t."deletedAt" IS NULL AND t."status" <> 'done'
	AND NOT EXISTS (SELECT 1 FROM "integration_links" l
		WHERE l."integrationId" = ?1 AND l."source" = ?2
			AND l."taskId" = t."id")
ORDER BY t."id"
