-- On how many levels tasks stand when task ?2, with what is below it, is put
-- below task ?1; without a ?2 (0), when a new one is. It looks no farther than
-- ?3 levels either way, so that it ends on a circle too.
WITH RECURSIVE up("id", "level") AS (
	SELECT ?1, 1
	UNION
	SELECT t."parentTaskId", up."level" + 1
	FROM up JOIN "tasks" t ON t."id" = up."id"
	WHERE t."parentTaskId" IS NOT NULL AND up."level" < ?3
), below("id", "level") AS (
	SELECT ?2, 1
	UNION
	SELECT t."id", below."level" + 1
	FROM below JOIN "tasks" t ON t."parentTaskId" = below."id"
	WHERE below."level" < ?3
)
SELECT (SELECT MAX("level") FROM up) + (SELECT MAX("level") FROM below)
