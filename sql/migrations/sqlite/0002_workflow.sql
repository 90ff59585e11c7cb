-- SPDX-License-Identifier: MIT
--
-- What awm keeps beside the specification: dependencies, claims, queues,
-- prices, and the indexes that hand out lists in their order.

-- "taskId" waits for "blockerId"; tasks.blockedByTaskId is the first open one.
CREATE TABLE "task_dependencies" (
	"taskId" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"blockerId" INTEGER NOT NULL
		REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"createdAt" INTEGER NOT NULL,
	PRIMARY KEY ("taskId", "blockerId"),
	CHECK ("taskId" <> "blockerId")
) STRICT, WITHOUT ROWID;
CREATE INDEX "idx_task_dependencies_blockerId"
	ON "task_dependencies" ("blockerId");

-- Who works on a task, until the lease runs out.
CREATE TABLE "task_claims" (
	"taskId" INTEGER PRIMARY KEY
		REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"token" TEXT NOT NULL UNIQUE,
	"leaseUntil" INTEGER NOT NULL,
	"heartbeatAt" INTEGER NOT NULL,
	"createdAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_task_claims_userId" ON "task_claims" ("userId");

-- Tasks that are not ready before a time.
CREATE TABLE "task_defers" (
	"taskId" INTEGER PRIMARY KEY
		REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"deferUntil" INTEGER NOT NULL
) STRICT;

-- tasks.tags of the tasks that are not deleted, in list order: "closed" is 1
-- for a task that is done, "rank" and "due" are the expressions of
-- idx_tasks_open_order.
CREATE TABLE "task_tags" (
	"tag" TEXT NOT NULL,
	"closed" INTEGER NOT NULL CHECK ("closed" IN (0, 1)),
	"rank" INTEGER NOT NULL,
	"due" INTEGER NOT NULL,
	"taskId" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
	PRIMARY KEY ("tag", "closed", "rank", "due", "taskId")
) STRICT, WITHOUT ROWID;
CREATE INDEX "idx_task_tags_taskId" ON "task_tags" ("taskId");
INSERT INTO "task_tags"
SELECT DISTINCT j.value, t."status" = 'done',
	CASE t."priority" WHEN 'urgent' THEN 0 WHEN 'high' THEN 1
		WHEN 'medium' THEN 2 ELSE 3 END,
	COALESCE(t."dueDate", 9223372036854775807), t."id"
FROM "tasks" t, json_each(t."tags") j
WHERE t."deletedAt" IS NULL;

-- Runs of automations. "slot" is the scheduled instant, NULL for a run that an
-- event or a person caused.
CREATE TABLE "automation_runs" (
	"id" INTEGER PRIMARY KEY,
	"automationId" INTEGER NOT NULL
		REFERENCES "automations" ("id") ON DELETE CASCADE,
	"activityId" INTEGER REFERENCES "activities" ("id") ON DELETE SET NULL,
	"slot" INTEGER,
	"state" TEXT NOT NULL DEFAULT 'queued'
		CHECK ("state" IN ('queued', 'running', 'success', 'failed',
			'skipped', 'cancelled')),
	"depth" INTEGER NOT NULL DEFAULT 0,
	"input" TEXT CHECK ("input" IS NULL OR json_valid("input")),
	"output" TEXT CHECK ("output" IS NULL OR json_valid("output")),
	"errorMessage" TEXT,
	"startedAt" INTEGER,
	"completedAt" INTEGER,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("automationId", "slot")
) STRICT;
CREATE INDEX "idx_automation_runs_activityId"
	ON "automation_runs" ("activityId");
CREATE INDEX "idx_automation_runs_queued" ON "automation_runs" ("id")
	WHERE "state" = 'queued';
CREATE INDEX "idx_automation_runs_running" ON "automation_runs" ("startedAt")
	WHERE "state" = 'running';

-- What is to be sent to a webhook. 'failed' will be tried again at
-- "nextAttemptAt"; 'dead' will not. "payload" is kept as the bytes that are
-- signed.
CREATE TABLE "webhook_deliveries" (
	"id" INTEGER PRIMARY KEY,
	"messageId" TEXT NOT NULL,
	"webhookId" INTEGER NOT NULL
		REFERENCES "webhooks" ("id") ON DELETE CASCADE,
	"activityId" INTEGER REFERENCES "activities" ("id") ON DELETE SET NULL,
	"eventType" TEXT NOT NULL,
	"payload" TEXT NOT NULL,
	"state" TEXT NOT NULL DEFAULT 'pending'
		CHECK ("state" IN ('pending', 'delivered', 'failed', 'dead')),
	"attempts" INTEGER NOT NULL DEFAULT 0,
	"nextAttemptAt" INTEGER,
	"lastStatus" INTEGER,
	"lastError" TEXT,
	"deliveredAt" INTEGER,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("webhookId", "messageId")
) STRICT;
CREATE INDEX "idx_webhook_deliveries_activityId"
	ON "webhook_deliveries" ("activityId");
CREATE INDEX "idx_webhook_deliveries_due"
	ON "webhook_deliveries" ("nextAttemptAt")
	WHERE "state" IN ('pending', 'failed');

-- Prices of models, per million tokens, from "validFrom" (0: always) up to
-- "validTo" (NULL: still). A NULL price of cached tokens means the input price.
CREATE TABLE "model_prices" (
	"id" INTEGER PRIMARY KEY,
	"provider" TEXT NOT NULL
		CHECK ("provider" IN ('openai', 'anthropic', 'google',
			'local')),
	"model" TEXT NOT NULL,
	"aliases" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("aliases")),
	"currency" TEXT NOT NULL DEFAULT 'USD',
	"validFrom" INTEGER NOT NULL DEFAULT 0,
	"validTo" INTEGER,
	"inputPrice" REAL NOT NULL,
	"cachedInputPrice" REAL,
	"cacheWritePrice" REAL,
	"outputPrice" REAL NOT NULL,
	"longContext" TEXT
		CHECK ("longContext" IS NULL OR json_valid("longContext")),
	"source" TEXT,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("provider", "model", "validFrom")
) STRICT;

-- The user that an account of the operating system acts as.
CREATE TABLE "identities" (
	"account" TEXT NOT NULL PRIMARY KEY,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"createdAt" INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX "idx_identities_userId" ON "identities" ("userId");

-- The default project of a folder ('awm project use').
CREATE TABLE "folder_projects" (
	"folder" TEXT NOT NULL PRIMARY KEY,
	"projectId" INTEGER NOT NULL
		REFERENCES "projects" ("id") ON DELETE CASCADE,
	"createdAt" INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX "idx_folder_projects_projectId" ON "folder_projects" ("projectId");

-- Tasks that were added with --idempotency-key.
CREATE TABLE "idempotency_keys" (
	"key" TEXT NOT NULL PRIMARY KEY,
	"taskId" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"createdAt" INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX "idx_idempotency_keys_taskId" ON "idempotency_keys" ("taskId");

-- Rows that 'awm db seed' made, so that it makes each once.
CREATE TABLE "seed_rows" (
	"key" TEXT NOT NULL PRIMARY KEY,
	"table" TEXT NOT NULL,
	"rowId" INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Lists in their order. A query has to repeat the WHERE and the expressions
-- to the letter. Tasks: by urgency, then due date (none last), then id. Of two
-- indexes that serve a query alike the planner takes the one made last, hence
-- the project's after the others.
CREATE INDEX "idx_tasks_live_order" ON "tasks" (
	CASE "priority" WHEN 'urgent' THEN 0 WHEN 'high' THEN 1
		WHEN 'medium' THEN 2 ELSE 3 END,
	COALESCE("dueDate", 9223372036854775807),
	"id"
) WHERE "deletedAt" IS NULL;
CREATE INDEX "idx_tasks_open_order" ON "tasks" (
	CASE "priority" WHEN 'urgent' THEN 0 WHEN 'high' THEN 1
		WHEN 'medium' THEN 2 ELSE 3 END,
	COALESCE("dueDate", 9223372036854775807),
	"id"
) WHERE "deletedAt" IS NULL AND "status" <> 'done';
CREATE INDEX "idx_tasks_status_open_order" ON "tasks" (
	"status",
	CASE "priority" WHEN 'urgent' THEN 0 WHEN 'high' THEN 1
		WHEN 'medium' THEN 2 ELSE 3 END,
	COALESCE("dueDate", 9223372036854775807),
	"id"
) WHERE "deletedAt" IS NULL AND "status" <> 'done';
CREATE INDEX "idx_tasks_assignee_open_order" ON "tasks" (
	"assigneeId",
	CASE "priority" WHEN 'urgent' THEN 0 WHEN 'high' THEN 1
		WHEN 'medium' THEN 2 ELSE 3 END,
	COALESCE("dueDate", 9223372036854775807),
	"id"
) WHERE "deletedAt" IS NULL AND "status" <> 'done'
	AND "assigneeId" IS NOT NULL;
CREATE INDEX "idx_tasks_project_open_order" ON "tasks" (
	"projectId",
	CASE "priority" WHEN 'urgent' THEN 0 WHEN 'high' THEN 1
		WHEN 'medium' THEN 2 ELSE 3 END,
	COALESCE("dueDate", 9223372036854775807),
	"id"
) WHERE "deletedAt" IS NULL AND "status" <> 'done';
CREATE INDEX "idx_tasks_project_order" ON "tasks" ("projectId", "order", "id")
	WHERE "deletedAt" IS NULL;
CREATE INDEX "idx_task_executions_task_newest"
	ON "task_executions" ("taskId", "createdAt" DESC, "id" DESC);
CREATE INDEX "idx_comments_task_order" ON "comments" ("taskId", "createdAt")
	WHERE "deletedAt" IS NULL;
CREATE INDEX "idx_time_entries_running" ON "time_entries" ("userId")
	WHERE "endTime" IS NULL;
CREATE INDEX "idx_notifications_user_unread"
	ON "notifications" ("userId", "isRead", "createdAt" DESC, "id" DESC);

-- What is said once of the whole database. "id" is the same in every copy of
-- it; secrets are bound to it.
CREATE TABLE "database_info" (
	"key" TEXT PRIMARY KEY,
	"value" TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "database_info" VALUES ('id', lower(hex(randomblob(16))));
