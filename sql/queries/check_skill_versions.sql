-- Skills whose present version is not kept as it is, or that were forked less
-- often than there are forks.
SELECT 'skill ' || k."id" || ': version ' || k."version"
	|| ' differs from skill_versions'
FROM "skills" k
LEFT JOIN "skill_versions" v
	ON v."skillId" = k."id" AND v."version" = k."version"
WHERE v."version" IS NULL OR v."name" <> k."name"
   OR v."description" <> k."description" OR v."prompt" <> k."prompt"
   OR v."inputSchema" IS NOT k."inputSchema"
   OR v."outputSchema" IS NOT k."outputSchema"
   OR v."changelog" IS NOT k."changelog"
UNION ALL
SELECT 'skill ' || k."id" || ': version ' || v."version"
	|| ' of skill_versions is newer'
FROM "skills" k
JOIN "skill_versions" v
	ON v."skillId" = k."id" AND v."version" > k."version"
UNION ALL
SELECT 'skill ' || k."id" || ': has more forks than forkCount'
FROM "skills" k
WHERE k."forkCount" < (
	SELECT COUNT(*) FROM "skill_forks" f WHERE f."fromId" = k."id")
