-- How many runs of the automation ?1 were queued after ?2: those that were
-- skipped (?3 is 1), or the others, but for cancelled ones; no more than ?4.
SELECT COUNT(*) FROM (
	SELECT 1 FROM "automation_runs"
	WHERE "automationId" = ?1 AND "createdAt" > ?2
		AND CASE WHEN ?3 = 1 THEN "state" = 'skipped'
			ELSE "state" NOT IN ('skipped', 'cancelled') END
	LIMIT ?4
) AS recent
