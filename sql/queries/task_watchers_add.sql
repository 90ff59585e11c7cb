-- The users of the JSON array ?2 watch task ?1, from ?3 on if they do not yet.
INSERT INTO "task_watchers"("taskId", "userId", "createdAt", "updatedAt")
SELECT ?1, "id", ?3, ?3 FROM "users"
WHERE "id" IN (SELECT j.value FROM json_each(?2) j)
ORDER BY "id"
ON CONFLICT DO NOTHING
