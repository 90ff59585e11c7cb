-- SPDX-License-Identifier: MIT
--
-- The tables of the specification: names, constraints, defaults, indexes and
-- cascades as written there. TIMESTAMP is INTEGER, milliseconds since the epoch
-- in UTC; BOOLEAN is 0 or 1; JSON is TEXT that json_valid() accepts. Where the
-- specification names no action on delete there is none.
--
-- The indexes of tasks and comments on columns that are NULL in most rows
-- ("deletedAt", "parentTaskId", ...) leave those rows out: a full index
-- misleads the planner, which takes IS NULL for selective, into visiting all.
--
-- Ids that people write down (commit messages, chats, scripts) are never used
-- again after a row is gone: AUTOINCREMENT. It costs one more write an insert,
-- so the other tables go without.

-- User accounts and authentication.
CREATE TABLE "users" (
	"id" INTEGER PRIMARY KEY AUTOINCREMENT,
	"email" TEXT NOT NULL UNIQUE,
	"name" TEXT NOT NULL,
	"googleId" TEXT UNIQUE,
	"avatar" TEXT,
	"role" TEXT NOT NULL DEFAULT 'member'
		CHECK ("role" IN ('admin', 'member', 'viewer')),
	"preferences" TEXT NOT NULL DEFAULT '{}'
		CHECK (json_valid("preferences")),
	"timezone" TEXT NOT NULL DEFAULT 'UTC',
	"locale" TEXT NOT NULL DEFAULT 'en',
	"onboardingCompleted" INTEGER NOT NULL DEFAULT 0
		CHECK ("onboardingCompleted" IN (0, 1)),
	"lastActiveAt" INTEGER,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;

-- Team workspaces for collaboration.
CREATE TABLE "teams" (
	"id" INTEGER PRIMARY KEY,
	"name" TEXT NOT NULL,
	"slug" TEXT NOT NULL UNIQUE,
	"description" TEXT,
	"plan" TEXT NOT NULL DEFAULT 'free'
		CHECK ("plan" IN ('free', 'pro', 'enterprise')),
	"billingInfo" TEXT NOT NULL DEFAULT '{}'
		CHECK (json_valid("billingInfo")),
	"settings" TEXT NOT NULL DEFAULT '{}' CHECK (json_valid("settings")),
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;

-- Top-level project containers (Epic level).
CREATE TABLE "projects" (
	"id" INTEGER PRIMARY KEY AUTOINCREMENT,
	"title" TEXT NOT NULL,
	"description" TEXT,
	"mainPrompt" TEXT,
	"status" TEXT NOT NULL DEFAULT 'active'
		CHECK ("status" IN ('active', 'completed', 'archived',
			'on_hold')),
	"aiProvider" TEXT
		CHECK ("aiProvider" IN ('openai', 'anthropic', 'google',
			'local')),
	"templateId" INTEGER REFERENCES "templates" ("id"),
	"coverImage" TEXT,
	"color" TEXT,
	"emoji" TEXT,
	"isArchived" INTEGER NOT NULL DEFAULT 0 CHECK ("isArchived" IN (0, 1)),
	"isFavorite" INTEGER NOT NULL DEFAULT 0 CHECK ("isFavorite" IN (0, 1)),
	"estimatedHours" REAL,
	"actualHours" REAL,
	"totalCost" REAL NOT NULL DEFAULT 0,
	"archivedAt" INTEGER,
	"ownerId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"teamId" INTEGER REFERENCES "teams" ("id") ON DELETE CASCADE,
	"gitRepository" TEXT,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_projects_ownerId" ON "projects" ("ownerId");
CREATE INDEX "idx_projects_teamId" ON "projects" ("teamId");
CREATE INDEX "idx_projects_status" ON "projects" ("status");
CREATE INDEX "idx_projects_isArchived" ON "projects" ("isArchived");
CREATE INDEX "idx_projects_templateId" ON "projects" ("templateId");

-- Individual tasks (Story level).
CREATE TABLE "tasks" (
	"id" INTEGER PRIMARY KEY AUTOINCREMENT,
	"projectId" INTEGER NOT NULL
		REFERENCES "projects" ("id") ON DELETE CASCADE,
	"title" TEXT NOT NULL,
	"description" TEXT,
	"generatedPrompt" TEXT,
	"status" TEXT NOT NULL DEFAULT 'todo'
		CHECK ("status" IN ('todo', 'in_progress', 'in_review', 'done',
			'blocked')),
	"priority" TEXT NOT NULL DEFAULT 'medium'
		CHECK ("priority" IN ('low', 'medium', 'high', 'urgent')),
	"executionType" TEXT NOT NULL DEFAULT 'serial'
		CHECK ("executionType" IN ('serial', 'parallel')),
	"aiProvider" TEXT
		CHECK ("aiProvider" IN ('openai', 'anthropic', 'google',
			'local')),
	"mcpConfig" TEXT CHECK ("mcpConfig" IS NULL OR json_valid("mcpConfig")),
	"order" INTEGER NOT NULL DEFAULT 0,
	"parentTaskId" INTEGER REFERENCES "tasks" ("id"),
	"assigneeId" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
	"watcherIds" TEXT NOT NULL DEFAULT '[]'
		CHECK (json_valid("watcherIds")),
	"estimatedMinutes" INTEGER,
	"actualMinutes" INTEGER,
	"tokenUsage" TEXT
		CHECK ("tokenUsage" IS NULL OR json_valid("tokenUsage")),
	"estimatedCost" REAL,
	"actualCost" REAL,
	"dueDate" INTEGER,
	"startedAt" INTEGER,
	"completedAt" INTEGER,
	"blockedReason" TEXT,
	"blockedByTaskId" INTEGER REFERENCES "tasks" ("id"),
	"tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
	"gitCommits" TEXT NOT NULL DEFAULT '[]'
		CHECK (json_valid("gitCommits")),
	"deletedAt" INTEGER,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_tasks_projectId" ON "tasks" ("projectId");
CREATE INDEX "idx_tasks_status" ON "tasks" ("status");
CREATE INDEX "idx_tasks_assigneeId" ON "tasks" ("assigneeId")
	WHERE "assigneeId" IS NOT NULL;
CREATE INDEX "idx_tasks_dueDate" ON "tasks" ("dueDate");
CREATE INDEX "idx_tasks_deletedAt" ON "tasks" ("deletedAt")
	WHERE "deletedAt" IS NOT NULL;
CREATE INDEX "idx_tasks_parentTaskId" ON "tasks" ("parentTaskId")
	WHERE "parentTaskId" IS NOT NULL;
CREATE INDEX "idx_tasks_blockedByTaskId" ON "tasks" ("blockedByTaskId")
	WHERE "blockedByTaskId" IS NOT NULL;

-- History of AI task executions.
CREATE TABLE "task_executions" (
	"id" INTEGER PRIMARY KEY,
	"taskId" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"executionNumber" INTEGER NOT NULL DEFAULT 1,
	"prompt" TEXT NOT NULL,
	"response" TEXT,
	"context" TEXT,
	"aiProvider" TEXT NOT NULL
		CHECK ("aiProvider" IN ('openai', 'anthropic', 'google',
			'local')),
	"model" TEXT NOT NULL,
	"temperature" REAL,
	"maxTokens" INTEGER,
	"tokensUsed" TEXT
		CHECK ("tokensUsed" IS NULL OR json_valid("tokensUsed")),
	"duration" INTEGER,
	"cost" REAL,
	"status" TEXT NOT NULL DEFAULT 'running'
		CHECK ("status" IN ('running', 'success', 'failed',
			'cancelled')),
	"errorMessage" TEXT,
	"retryCount" INTEGER NOT NULL DEFAULT 0,
	"userFeedback" TEXT,
	"rating" INTEGER CHECK ("rating" BETWEEN 1 AND 5),
	"completedAt" INTEGER,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_task_executions_taskId" ON "task_executions" ("taskId");
CREATE INDEX "idx_task_executions_status" ON "task_executions" ("status");

-- Reusable AI prompts and workflows.
CREATE TABLE "skills" (
	"id" INTEGER PRIMARY KEY AUTOINCREMENT,
	"name" TEXT NOT NULL,
	"description" TEXT NOT NULL,
	"prompt" TEXT NOT NULL,
	"category" TEXT NOT NULL,
	"aiProvider" TEXT
		CHECK ("aiProvider" IN ('openai', 'anthropic', 'google',
			'local')),
	"mcpRequirements" TEXT NOT NULL DEFAULT '[]'
		CHECK (json_valid("mcpRequirements")),
	"inputSchema" TEXT
		CHECK ("inputSchema" IS NULL OR json_valid("inputSchema")),
	"outputSchema" TEXT
		CHECK ("outputSchema" IS NULL OR json_valid("outputSchema")),
	"isPublic" INTEGER NOT NULL DEFAULT 0 CHECK ("isPublic" IN (0, 1)),
	"isOfficial" INTEGER NOT NULL DEFAULT 0 CHECK ("isOfficial" IN (0, 1)),
	"authorId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"teamId" INTEGER REFERENCES "teams" ("id") ON DELETE CASCADE,
	"forkCount" INTEGER NOT NULL DEFAULT 0,
	"usageCount" INTEGER NOT NULL DEFAULT 0,
	"rating" REAL,
	"reviews" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("reviews")),
	"version" INTEGER NOT NULL DEFAULT 1,
	"changelog" TEXT,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_skills_authorId" ON "skills" ("authorId");
CREATE INDEX "idx_skills_teamId" ON "skills" ("teamId");
CREATE INDEX "idx_skills_category" ON "skills" ("category");
CREATE INDEX "idx_skills_isPublic" ON "skills" ("isPublic");

-- Task comments and discussions.
CREATE TABLE "comments" (
	"id" INTEGER PRIMARY KEY AUTOINCREMENT,
	"taskId" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"content" TEXT NOT NULL,
	"contentType" TEXT NOT NULL DEFAULT 'markdown'
		CHECK ("contentType" IN ('text', 'markdown')),
	"mentions" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("mentions")),
	"parentCommentId" INTEGER REFERENCES "comments" ("id"),
	"reactions" TEXT NOT NULL DEFAULT '{}' CHECK (json_valid("reactions")),
	"editedAt" INTEGER,
	"deletedAt" INTEGER,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_comments_taskId" ON "comments" ("taskId");
CREATE INDEX "idx_comments_userId" ON "comments" ("userId");
CREATE INDEX "idx_comments_parentCommentId" ON "comments" ("parentCommentId")
	WHERE "parentCommentId" IS NOT NULL;
CREATE INDEX "idx_comments_deletedAt" ON "comments" ("deletedAt")
	WHERE "deletedAt" IS NOT NULL;

-- Time tracking entries.
CREATE TABLE "time_entries" (
	"id" INTEGER PRIMARY KEY,
	"taskId" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"startTime" INTEGER NOT NULL,
	"endTime" INTEGER,
	"duration" INTEGER NOT NULL,
	"description" TEXT,
	"isManual" INTEGER NOT NULL DEFAULT 0 CHECK ("isManual" IN (0, 1)),
	"isBillable" INTEGER NOT NULL DEFAULT 0 CHECK ("isBillable" IN (0, 1)),
	"hourlyRate" REAL,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_time_entries_taskId" ON "time_entries" ("taskId");
CREATE INDEX "idx_time_entries_userId" ON "time_entries" ("userId");

-- Project templates for quick starts.
CREATE TABLE "templates" (
	"id" INTEGER PRIMARY KEY,
	"name" TEXT NOT NULL,
	"description" TEXT NOT NULL,
	"category" TEXT NOT NULL,
	"coverImage" TEXT,
	"tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
	"projectStructure" TEXT NOT NULL CHECK (json_valid("projectStructure")),
	"aiProviderRecommendations" TEXT
		CHECK ("aiProviderRecommendations" IS NULL
			OR json_valid("aiProviderRecommendations")),
	"isPublic" INTEGER NOT NULL DEFAULT 0 CHECK ("isPublic" IN (0, 1)),
	"isOfficial" INTEGER NOT NULL DEFAULT 0 CHECK ("isOfficial" IN (0, 1)),
	"authorId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"usageCount" INTEGER NOT NULL DEFAULT 0,
	"rating" REAL,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_templates_authorId" ON "templates" ("authorId");
CREATE INDEX "idx_templates_category" ON "templates" ("category");
CREATE INDEX "idx_templates_isPublic" ON "templates" ("isPublic");

-- User notifications.
CREATE TABLE "notifications" (
	"id" INTEGER PRIMARY KEY,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"type" TEXT NOT NULL,
	"title" TEXT NOT NULL,
	"content" TEXT NOT NULL,
	"relatedProjectId" INTEGER
		REFERENCES "projects" ("id") ON DELETE CASCADE,
	"relatedTaskId" INTEGER REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"isRead" INTEGER NOT NULL DEFAULT 0 CHECK ("isRead" IN (0, 1)),
	"readAt" INTEGER,
	"actionUrl" TEXT,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_notifications_userId" ON "notifications" ("userId");
CREATE INDEX "idx_notifications_isRead" ON "notifications" ("isRead");
CREATE INDEX "idx_notifications_createdAt" ON "notifications" ("createdAt");
CREATE INDEX "idx_notifications_relatedProjectId"
	ON "notifications" ("relatedProjectId");
CREATE INDEX "idx_notifications_relatedTaskId"
	ON "notifications" ("relatedTaskId");

-- Activity feed/audit log.
CREATE TABLE "activities" (
	"id" INTEGER PRIMARY KEY,
	"projectId" INTEGER REFERENCES "projects" ("id") ON DELETE CASCADE,
	"taskId" INTEGER REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"type" TEXT NOT NULL,
	"changes" TEXT CHECK ("changes" IS NULL OR json_valid("changes")),
	"metadata" TEXT CHECK ("metadata" IS NULL OR json_valid("metadata")),
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_activities_projectId" ON "activities" ("projectId");
CREATE INDEX "idx_activities_taskId" ON "activities" ("taskId");
CREATE INDEX "idx_activities_userId" ON "activities" ("userId");
CREATE INDEX "idx_activities_type" ON "activities" ("type");
CREATE INDEX "idx_activities_createdAt" ON "activities" ("createdAt");

-- Custom workflow automations.
CREATE TABLE "automations" (
	"id" INTEGER PRIMARY KEY AUTOINCREMENT,
	"projectId" INTEGER REFERENCES "projects" ("id") ON DELETE CASCADE,
	"name" TEXT NOT NULL,
	"description" TEXT,
	"trigger" TEXT NOT NULL CHECK (json_valid("trigger")),
	"actions" TEXT NOT NULL CHECK (json_valid("actions")),
	"isEnabled" INTEGER NOT NULL DEFAULT 1 CHECK ("isEnabled" IN (0, 1)),
	"lastRunAt" INTEGER,
	"runCount" INTEGER NOT NULL DEFAULT 0,
	"createdBy" INTEGER NOT NULL
		REFERENCES "users" ("id") ON DELETE CASCADE,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_automations_projectId" ON "automations" ("projectId");
CREATE INDEX "idx_automations_createdBy" ON "automations" ("createdBy");

-- Webhook configurations.
CREATE TABLE "webhooks" (
	"id" INTEGER PRIMARY KEY AUTOINCREMENT,
	"projectId" INTEGER REFERENCES "projects" ("id") ON DELETE CASCADE,
	"name" TEXT NOT NULL,
	"url" TEXT NOT NULL,
	"events" TEXT NOT NULL CHECK (json_valid("events")),
	"secret" TEXT,
	"headers" TEXT CHECK ("headers" IS NULL OR json_valid("headers")),
	"isEnabled" INTEGER NOT NULL DEFAULT 1 CHECK ("isEnabled" IN (0, 1)),
	"lastTriggeredAt" INTEGER,
	"failureCount" INTEGER NOT NULL DEFAULT 0,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_webhooks_projectId" ON "webhooks" ("projectId");

-- External service integrations.
CREATE TABLE "integrations" (
	"id" INTEGER PRIMARY KEY,
	"userId" INTEGER REFERENCES "users" ("id") ON DELETE CASCADE,
	"teamId" INTEGER REFERENCES "teams" ("id") ON DELETE CASCADE,
	"type" TEXT NOT NULL,
	"credentials" TEXT NOT NULL CHECK (json_valid("credentials")),
	"settings" TEXT NOT NULL DEFAULT '{}' CHECK (json_valid("settings")),
	"isEnabled" INTEGER NOT NULL DEFAULT 1 CHECK ("isEnabled" IN (0, 1)),
	"lastSyncAt" INTEGER,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_integrations_userId" ON "integrations" ("userId");
CREATE INDEX "idx_integrations_teamId" ON "integrations" ("teamId");
CREATE INDEX "idx_integrations_type" ON "integrations" ("type");

-- Global search index.
CREATE TABLE "search_indexes" (
	"id" INTEGER PRIMARY KEY,
	"entityType" TEXT NOT NULL,
	"entityId" INTEGER NOT NULL,
	"content" TEXT NOT NULL,
	"metadata" TEXT CHECK ("metadata" IS NULL OR json_valid("metadata")),
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_search_indexes_entityType_entityId"
	ON "search_indexes" ("entityType", "entityId");

-- Members of teams.
CREATE TABLE "team_members" (
	"id" INTEGER PRIMARY KEY,
	"teamId" INTEGER NOT NULL REFERENCES "teams" ("id") ON DELETE CASCADE,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"role" TEXT NOT NULL DEFAULT 'member'
		CHECK ("role" IN ('owner', 'admin', 'member', 'viewer')),
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("teamId", "userId")
) STRICT;
CREATE INDEX "idx_team_members_userId" ON "team_members" ("userId");

-- Members of projects.
CREATE TABLE "project_members" (
	"id" INTEGER PRIMARY KEY,
	"projectId" INTEGER NOT NULL
		REFERENCES "projects" ("id") ON DELETE CASCADE,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"role" TEXT NOT NULL DEFAULT 'member'
		CHECK ("role" IN ('owner', 'admin', 'member', 'viewer')),
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("projectId", "userId")
) STRICT;
CREATE INDEX "idx_project_members_userId" ON "project_members" ("userId");

-- Users who watch a task; tasks.watcherIds repeats them.
CREATE TABLE "task_watchers" (
	"id" INTEGER PRIMARY KEY,
	"taskId" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"userId" INTEGER NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("taskId", "userId")
) STRICT;
CREATE INDEX "idx_task_watchers_userId" ON "task_watchers" ("userId");

-- Skills that were suggested for a task, or attached to it.
CREATE TABLE "task_suggested_skills" (
	"id" INTEGER PRIMARY KEY,
	"taskId" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"skillId" INTEGER NOT NULL REFERENCES "skills" ("id") ON DELETE CASCADE,
	"isAttached" INTEGER NOT NULL DEFAULT 0 CHECK ("isAttached" IN (0, 1)),
	"score" REAL,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("taskId", "skillId")
) STRICT;
CREATE INDEX "idx_task_suggested_skills_skillId"
	ON "task_suggested_skills" ("skillId");

-- The tasks that a template makes.
CREATE TABLE "template_tasks" (
	"id" INTEGER PRIMARY KEY,
	"templateId" INTEGER NOT NULL
		REFERENCES "templates" ("id") ON DELETE CASCADE,
	"title" TEXT NOT NULL,
	"description" TEXT,
	"priority" TEXT NOT NULL DEFAULT 'medium'
		CHECK ("priority" IN ('low', 'medium', 'high', 'urgent')),
	"estimatedMinutes" INTEGER,
	"skills" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("skills")),
	"order" INTEGER NOT NULL DEFAULT 0,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_template_tasks_templateId" ON "template_tasks" ("templateId");

-- Tags of skills.
CREATE TABLE "skill_tags" (
	"id" INTEGER PRIMARY KEY,
	"skillId" INTEGER NOT NULL REFERENCES "skills" ("id") ON DELETE CASCADE,
	"tag" TEXT NOT NULL,
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL,
	UNIQUE ("skillId", "tag")
) STRICT;

-- AI providers. "api_key" is an encrypted envelope.
CREATE TABLE "ai_provider_configs" (
	"id" INTEGER PRIMARY KEY,
	"teamId" INTEGER REFERENCES "teams" ("id") ON DELETE CASCADE,
	"provider" TEXT NOT NULL
		CHECK ("provider" IN ('openai', 'anthropic', 'google',
			'local')),
	"name" TEXT NOT NULL UNIQUE,
	"baseUrl" TEXT,
	"defaultModel" TEXT,
	"api_key" TEXT,
	"keyEnv" TEXT,
	"settings" TEXT NOT NULL DEFAULT '{}' CHECK (json_valid("settings")),
	"isEnabled" INTEGER NOT NULL DEFAULT 1 CHECK ("isEnabled" IN (0, 1)),
	"createdAt" INTEGER NOT NULL,
	"updatedAt" INTEGER NOT NULL
) STRICT;
CREATE INDEX "idx_ai_provider_configs_teamId"
	ON "ai_provider_configs" ("teamId");

-- Applied migrations (lib/db/migrate.c).
CREATE TABLE "schema_migrations" (
	"version" INTEGER PRIMARY KEY,
	"name" TEXT NOT NULL,
	"checksum" TEXT NOT NULL,
	"appliedAt" INTEGER NOT NULL
) STRICT;
