-- SPDX-License-Identifier: MIT
--
-- Runs of prompts, beside the specification: who runs them and where, what a
-- provider told of them, versions of skills, and what a project may spend.

-- One row for each execution that awm itself runs or that was recorded. The
-- process is known by host, boot, pid and the instant it started, so that one
-- that died is told from another with its number. "estimate" is what a run
-- under way may cost at most.
CREATE TABLE "execution_runs" (
	"executionId" INTEGER PRIMARY KEY
		REFERENCES "task_executions" ("id") ON DELETE CASCADE,
	"userId" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
	"skillId" INTEGER REFERENCES "skills" ("id") ON DELETE SET NULL,
	"skillVersion" INTEGER,
	"configId" INTEGER
		REFERENCES "ai_provider_configs" ("id") ON DELETE SET NULL,
	"retryOfId" INTEGER
		REFERENCES "task_executions" ("id") ON DELETE SET NULL,
	"host" TEXT,
	"bootId" TEXT,
	"pid" INTEGER,
	"pidStart" INTEGER,
	"requestedModel" TEXT,
	"finishReason" TEXT,
	"estimate" REAL,
	"cancelRequested" INTEGER NOT NULL DEFAULT 0
		CHECK ("cancelRequested" IN (0, 1)),
	"metadata" TEXT NOT NULL DEFAULT '{}' CHECK (json_valid("metadata"))
) STRICT;
CREATE INDEX "idx_execution_runs_userId" ON "execution_runs" ("userId")
	WHERE "userId" IS NOT NULL;
CREATE INDEX "idx_execution_runs_skillId" ON "execution_runs" ("skillId")
	WHERE "skillId" IS NOT NULL;
CREATE INDEX "idx_execution_runs_configId" ON "execution_runs" ("configId")
	WHERE "configId" IS NOT NULL;
CREATE INDEX "idx_execution_runs_retryOfId" ON "execution_runs" ("retryOfId")
	WHERE "retryOfId" IS NOT NULL;
CREATE INDEX "idx_task_executions_running" ON "task_executions" ("id")
	WHERE "status" = 'running';
CREATE INDEX "idx_task_executions_newest"
	ON "task_executions" ("createdAt" DESC, "id" DESC);

-- Every version that a skill ever had, its present one too.
CREATE TABLE "skill_versions" (
	"skillId" INTEGER NOT NULL REFERENCES "skills" ("id") ON DELETE CASCADE,
	"version" INTEGER NOT NULL,
	"name" TEXT NOT NULL,
	"description" TEXT NOT NULL,
	"prompt" TEXT NOT NULL,
	"inputSchema" TEXT
		CHECK ("inputSchema" IS NULL OR json_valid("inputSchema")),
	"outputSchema" TEXT
		CHECK ("outputSchema" IS NULL OR json_valid("outputSchema")),
	"changelog" TEXT,
	"userId" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
	"createdAt" INTEGER NOT NULL,
	PRIMARY KEY ("skillId", "version")
) STRICT, WITHOUT ROWID;
CREATE INDEX "idx_skill_versions_userId" ON "skill_versions" ("userId")
	WHERE "userId" IS NOT NULL;
INSERT INTO "skill_versions"
SELECT "id", "version", "name", "description", "prompt", "inputSchema",
	"outputSchema", "changelog", "authorId", "updatedAt"
FROM "skills";

-- Which skill another was forked from.
CREATE TABLE "skill_forks" (
	"skillId" INTEGER PRIMARY KEY
		REFERENCES "skills" ("id") ON DELETE CASCADE,
	"fromId" INTEGER REFERENCES "skills" ("id") ON DELETE SET NULL,
	"createdAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_skill_forks_fromId" ON "skill_forks" ("fromId")
	WHERE "fromId" IS NOT NULL;

-- What a project may spend on executions in all, in US dollars.
CREATE TABLE "project_budgets" (
	"projectId" INTEGER PRIMARY KEY
		REFERENCES "projects" ("id") ON DELETE CASCADE,
	"amount" REAL NOT NULL CHECK ("amount" >= 0),
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
