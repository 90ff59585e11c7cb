-- SPDX-License-Identifier: MIT
--
-- Integrations at work, beside the specification: notifications on their way
-- to a channel, and what an integration has in common with a service.

-- What is to be told through an integration, and to whom. 'failed' will be
-- tried again at "nextAttemptAt"; 'dead' will not. An attempt under way has
-- set "nextAttemptAt" to when others may take it for lost.
CREATE TABLE "integration_deliveries" (
	"id" INTEGER PRIMARY KEY,
	"integrationId" INTEGER NOT NULL
		REFERENCES "integrations" ("id") ON DELETE CASCADE,
	"notificationId" INTEGER NOT NULL
		REFERENCES "notifications" ("id") ON DELETE CASCADE,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"state" TEXT NOT NULL DEFAULT 'pending'
		CHECK ("state" IN ('pending', 'delivered', 'failed', 'dead')),
	"attempts" INTEGER NOT NULL DEFAULT 0,
	"nextAttemptAt" INTEGER,
	"lastError" TEXT,
	"deliveredAt" INTEGER,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("integrationId", "notificationId")
) STRICT;
CREATE INDEX "idx_integration_deliveries_notificationId"
	ON "integration_deliveries" ("notificationId");
CREATE INDEX "idx_integration_deliveries_userId"
	ON "integration_deliveries" ("userId");
CREATE INDEX "idx_integration_deliveries_due"
	ON "integration_deliveries" ("nextAttemptAt", "id")
	WHERE "state" IN ('pending', 'failed');

-- Which row of the service a task is. "remote" and "local" are fingerprints
-- of each field, as it was on either side when both were last the same; so
-- what awm wrote itself is no change. A task that is purged leaves its link,
-- or the next pull would bring it back.
CREATE TABLE "integration_links" (
	"id" INTEGER PRIMARY KEY,
	"integrationId" INTEGER NOT NULL
		REFERENCES "integrations" ("id") ON DELETE CASCADE,
	"taskId" INTEGER REFERENCES "tasks" ("id") ON DELETE SET NULL,
	"source" TEXT NOT NULL,
	"externalId" INTEGER NOT NULL,
	"url" TEXT,
	"remote" TEXT NOT NULL DEFAULT '{}' CHECK (json_valid("remote")),
	"local" TEXT NOT NULL DEFAULT '{}' CHECK (json_valid("local")),
	"taskUpdatedAt" INTEGER NOT NULL DEFAULT 0,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("integrationId", "source", "externalId")
) STRICT;
CREATE UNIQUE INDEX "idx_integration_links_task"
	ON "integration_links" ("integrationId", "source", "taskId")
	WHERE "taskId" IS NOT NULL;
CREATE INDEX "idx_integration_links_taskId" ON "integration_links" ("taskId")
	WHERE "taskId" IS NOT NULL;

-- Likewise of comments, which only come in.
CREATE TABLE "integration_comments" (
	"id" INTEGER PRIMARY KEY,
	"integrationId" INTEGER NOT NULL
		REFERENCES "integrations" ("id") ON DELETE CASCADE,
	"commentId" INTEGER REFERENCES "comments" ("id") ON DELETE SET NULL,
	"source" TEXT NOT NULL,
	"externalId" INTEGER NOT NULL,
	"remote" TEXT NOT NULL,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("integrationId", "source", "externalId")
) STRICT;
CREATE INDEX "idx_integration_comments_commentId"
	ON "integration_comments" ("commentId") WHERE "commentId" IS NOT NULL;

-- How far a listing of the service was read: what changed there before "since"
-- is known, and "etag" is the answer that held nothing new.
CREATE TABLE "integration_cursors" (
	"integrationId" INTEGER NOT NULL
		REFERENCES "integrations" ("id") ON DELETE CASCADE,
	"source" TEXT NOT NULL,
	"resource" TEXT NOT NULL,
	"since" INTEGER NOT NULL DEFAULT 0,
	"etag" TEXT,
	"updatedAt" INTEGER NOT NULL,
	PRIMARY KEY ("integrationId", "source", "resource")
) STRICT, WITHOUT ROWID;
