-- Watchers of task ?1 who are not in the JSON array ?2.
DELETE FROM "task_watchers"
WHERE "taskId" = ?1
  AND "userId" NOT IN (SELECT j.value FROM json_each(?2) j)
