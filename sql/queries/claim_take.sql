-- Task ?1 is user ?2's, by token ?3, until ?4, unless another claim of it lives
-- at the instant ?5. ?6: the claim makes the user its assignee. Of many who
-- race, one changes a row.
INSERT INTO "task_claims" ("taskId", "userId", "token", "leaseUntil",
	"heartbeatAt", "createdAt", "assigned")
VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)
ON CONFLICT ("taskId") DO UPDATE SET
	"userId" = excluded."userId", "token" = excluded."token",
	"leaseUntil" = excluded."leaseUntil",
	"heartbeatAt" = excluded."heartbeatAt",
	"createdAt" = excluded."createdAt", "assigned" = excluded."assigned"
WHERE "task_claims"."leaseUntil" <= ?5
