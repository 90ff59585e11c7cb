-- The versions of skill ?1, the newest first; of version ?2 alone, unless that
-- is 0. With the columns in which each differs from the one before it.
SELECT v."version", '[' || ltrim(
		CASE WHEN v."name" <> b."name" THEN ',"name"' ELSE '' END
		|| CASE WHEN v."description" <> b."description"
			THEN ',"description"' ELSE '' END
		|| CASE WHEN v."prompt" <> b."prompt"
			THEN ',"prompt"' ELSE '' END
		|| CASE WHEN COALESCE(v."inputSchema", '')
				<> COALESCE(b."inputSchema", '')
			THEN ',"inputSchema"' ELSE '' END
		|| CASE WHEN COALESCE(v."outputSchema", '')
				<> COALESCE(b."outputSchema", '')
			THEN ',"outputSchema"' ELSE '' END, ',') || ']',
	v."changelog", v."userId", u."email", v."createdAt", v."name",
	v."description", v."prompt", v."inputSchema", v."outputSchema"
FROM "skill_versions" v
LEFT JOIN "users" u ON u."id" = v."userId"
LEFT JOIN "skill_versions" b ON b."skillId" = v."skillId" AND b."version" = (
	SELECT MAX(o."version") FROM "skill_versions" o
	WHERE o."skillId" = v."skillId" AND o."version" < v."version")
WHERE v."skillId" = ?1 AND (?2 = 0 OR v."version" = ?2)
ORDER BY v."version" DESC
