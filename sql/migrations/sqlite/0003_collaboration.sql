-- SPDX-License-Identifier: MIT
--
-- What working together needs beside the specification.

-- Due dates that somebody was told of, so that nobody is told twice, also
-- after the notification is deleted.
CREATE TABLE "task_reminders" (
	"taskId" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"dueDate" INTEGER NOT NULL,
	"createdAt" INTEGER NOT NULL,
	PRIMARY KEY ("taskId", "userId", "dueDate")
) STRICT, WITHOUT ROWID;
CREATE INDEX "idx_task_reminders_userId" ON "task_reminders" ("userId");

-- Changes: what a user did in one transaction, so that it can be taken back
-- as one. "undone" is 1 for a change that has been taken back by a later one,
-- whose "undoes" names it.
CREATE TABLE "changes" (
	"id" INTEGER PRIMARY KEY,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"kind" TEXT NOT NULL DEFAULT 'change'
		CHECK ("kind" IN ('change', 'undo', 'redo')),
	"undoes" INTEGER REFERENCES "changes" ("id") ON DELETE SET NULL,
	"undone" INTEGER NOT NULL DEFAULT 0 CHECK ("undone" IN (0, 1)),
	"createdAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_changes_userId"
	ON "changes" ("userId", "kind", "undone", "id");
CREATE INDEX "idx_changes_undoes" ON "changes" ("undoes");
ALTER TABLE "activities" ADD COLUMN "changeId" INTEGER
	REFERENCES "changes" ("id") ON DELETE SET NULL;
CREATE INDEX "idx_activities_changeId" ON "activities" ("changeId");

-- Time: the entries of a user by start, for what overlaps; entries as they are
-- listed; the tasks that the sums of a project are made of.
CREATE INDEX "idx_time_entries_user_span"
	ON "time_entries" ("userId", "startTime", "endTime");
CREATE INDEX "idx_time_entries_newest"
	ON "time_entries" ("startTime" DESC, "id" DESC);
CREATE INDEX "idx_tasks_timed" ON "tasks" ("projectId")
	WHERE "actualMinutes" IS NOT NULL;
CREATE INDEX "idx_tasks_costed" ON "tasks" ("projectId")
	WHERE "actualCost" IS NOT NULL;

-- What each user thinks of a template; templates.rating is the average.
CREATE TABLE "template_ratings" (
	"id" INTEGER PRIMARY KEY,
	"templateId" INTEGER NOT NULL
		REFERENCES "templates" ("id") ON DELETE CASCADE,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"rating" INTEGER NOT NULL,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("templateId", "userId")
) STRICT;
CREATE INDEX "idx_template_ratings_userId" ON "template_ratings" ("userId");

-- "assigned" is 1 when the claim made its user the assignee, who is none again
-- when it ends.
ALTER TABLE "task_claims" ADD COLUMN "assigned" INTEGER NOT NULL DEFAULT 0
	CHECK ("assigned" IN (0, 1));
CREATE INDEX "idx_task_claims_leaseUntil" ON "task_claims" ("leaseUntil");

-- What the readiness rule looks at: whether a task is open, and of those that
-- could be taken up what makes them urgent.
CREATE INDEX "idx_tasks_open" ON "tasks" ("id")
	WHERE "deletedAt" IS NULL AND "status" <> 'done';
CREATE INDEX "idx_tasks_todo" ON "tasks" ("status", "id", "projectId",
	"priority", "dueDate", "createdAt", "parentTaskId", "deletedAt")
	WHERE "deletedAt" IS NULL AND "status" = 'todo';

-- Until now a blocker was only named in the task itself.
INSERT INTO "task_dependencies" ("taskId", "blockerId", "createdAt")
SELECT "id", "blockedByTaskId", "updatedAt" FROM "tasks"
WHERE "blockedByTaskId" IS NOT NULL AND "blockedByTaskId" <> "id"
ON CONFLICT DO NOTHING;
