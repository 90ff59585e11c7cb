/* SPDX-License-Identifier: MIT */
#ifndef ENTITY_FIELDS_H
#define ENTITY_FIELDS_H

/*
 * The columns of every table, one macro an entity, one row a column, in the
 * order of the database. Expanded twice: here into enumerators (TASK_id,
 * TASK_projectId, ..., TASK_NFIELDS), which are indices into the field table,
 * and in entities.c into the rows of that table. To add a column: a row here
 * and a migration; tests/unit/test_fields.c holds the two together.
 *
 *	F(prefix, column, label, type, members of struct awm_field...)
 *
 * `type` completes AWM_TYPE_. The short names of the flags, the lists of words
 * (words_...) and the shapes (shape_..., shape.h) are known to entities.c only:
 * REQ UNIQ SHOW SEARCH TITLE SLUG as in <awm/entity.h>; RO is AWM_READONLY.
 */

/* clang-format off */

#define FIELDS_TIMES(F, PREFIX) \
	F(PREFIX, createdAt, "Created", TIME, .flags = REQ | RO) \
	F(PREFIX, updatedAt, "Updated", TIME, .flags = REQ | RO)

/* users */
#define USER_FIELDS(F) \
	F(USER, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(USER, email, "Email", TEXT, .flags = REQ | SHOW | UNIQ | SLUG) \
	F(USER, name, "Name", TEXT, .flags = REQ | SHOW | TITLE) \
	F(USER, googleId, "Google id", TEXT, .flags = UNIQ) \
	F(USER, avatar, "Avatar", TEXT, .flags = 0) \
	F(USER, role, "Role", ENUM, .flags = REQ | SHOW, .words = words_role, \
	  .dflt = "'member'") \
	F(USER, preferences, "Preferences", JSON, .flags = REQ, \
	  .dflt = "'{}'", .shape = &shape_preferences) \
	F(USER, timezone, "Time zone", TEXT, .flags = REQ | SHOW, \
	  .dflt = "'UTC'") \
	F(USER, locale, "Locale", TEXT, .flags = REQ, .dflt = "'en'") \
	F(USER, onboardingCompleted, "Onboarded", BOOL, .flags = REQ, \
	  .dflt = "0") \
	F(USER, lastActiveAt, "Last active", TIME, .flags = RO) \
	FIELDS_TIMES(F, USER)

/* teams */
#define TEAM_FIELDS(F) \
	F(TEAM, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(TEAM, name, "Name", TEXT, .flags = REQ | SHOW | TITLE | SLUG) \
	F(TEAM, slug, "Slug", TEXT, .flags = REQ | SHOW | UNIQ | SLUG) \
	F(TEAM, description, "Description", TEXT, .flags = 0) \
	F(TEAM, plan, "Plan", ENUM, .flags = REQ | SHOW, .words = words_plan, \
	  .dflt = "'free'") \
	F(TEAM, billingInfo, "Billing", JSON, .flags = REQ, .dflt = "'{}'", \
	  .shape = &shape_object) \
	F(TEAM, settings, "Settings", JSON, .flags = REQ, .dflt = "'{}'", \
	  .shape = &shape_object) \
	FIELDS_TIMES(F, TEAM)

/* projects */
#define PROJECT_FIELDS(F) \
	F(PROJECT, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(PROJECT, title, "Title", TEXT, \
	  .flags = REQ | SHOW | SEARCH | TITLE | SLUG) \
	F(PROJECT, description, "Description", TEXT, .flags = SEARCH) \
	F(PROJECT, mainPrompt, "Main prompt", TEXT, .flags = SEARCH) \
	F(PROJECT, status, "Status", ENUM, .flags = REQ | SHOW, \
	  .words = words_project_status, .dflt = "'active'") \
	F(PROJECT, aiProvider, "Provider", ENUM, .flags = 0, \
	  .words = words_provider) \
	F(PROJECT, templateId, "Template", REF, .flags = RO, \
	  .ref = "templates") \
	F(PROJECT, coverImage, "Cover image", TEXT, .flags = 0) \
	F(PROJECT, color, "Colour", TEXT, .flags = 0) \
	F(PROJECT, emoji, "Emoji", TEXT, .flags = 0) \
	F(PROJECT, isArchived, "Archived", BOOL, .flags = REQ | RO, \
	  .dflt = "0") \
	F(PROJECT, isFavorite, "Favorite", BOOL, .flags = REQ | SHOW, \
	  .dflt = "0") \
	F(PROJECT, estimatedHours, "Estimated h", REAL, .flags = 0) \
	F(PROJECT, actualHours, "Actual h", REAL, .flags = RO) \
	F(PROJECT, totalCost, "Cost", REAL, .flags = REQ | SHOW | RO, \
	  .dflt = "0") \
	F(PROJECT, archivedAt, "Archived at", TIME, .flags = RO) \
	F(PROJECT, ownerId, "Owner", REF, .flags = REQ | SHOW, .ref = "users", \
	  .on_delete = "CASCADE") \
	F(PROJECT, teamId, "Team", REF, .flags = SHOW, .ref = "teams", \
	  .on_delete = "CASCADE") \
	F(PROJECT, gitRepository, "Repository", TEXT, .flags = 0) \
	FIELDS_TIMES(F, PROJECT)

/* tasks */
#define TASK_FIELDS(F) \
	F(TASK, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(TASK, projectId, "Project", REF, .flags = REQ | SHOW, \
	  .ref = "projects", .on_delete = "CASCADE") \
	F(TASK, title, "Title", TEXT, .flags = REQ | SHOW | SEARCH | TITLE) \
	F(TASK, description, "Description", TEXT, .flags = SEARCH) \
	F(TASK, generatedPrompt, "Prompt", TEXT, .flags = SEARCH) \
	F(TASK, status, "Status", ENUM, .flags = REQ | SHOW, \
	  .words = words_task_status, .dflt = "'todo'") \
	F(TASK, priority, "Priority", ENUM, .flags = REQ | SHOW, \
	  .words = words_priority, .dflt = "'medium'") \
	F(TASK, executionType, "Execution", ENUM, .flags = REQ, \
	  .words = words_execution_type, .dflt = "'serial'") \
	F(TASK, aiProvider, "Provider", ENUM, .flags = 0, \
	  .words = words_provider) \
	F(TASK, mcpConfig, "MCP", JSON, .flags = 0, .shape = &shape_object) \
	F(TASK, order, "Order", INT, .flags = REQ, .dflt = "0") \
	F(TASK, parentTaskId, "Parent", REF, .flags = 0, .ref = "tasks") \
	F(TASK, assigneeId, "Assignee", REF, .flags = SHOW, .ref = "users", \
	  .on_delete = "SET NULL") \
	F(TASK, watcherIds, "Watchers", JSON, .flags = REQ | RO, \
	  .dflt = "'[]'", .shape = &shape_ids) \
	F(TASK, estimatedMinutes, "Estimate", INT, .flags = 0) \
	F(TASK, actualMinutes, "Actual", INT, .flags = RO) \
	F(TASK, tokenUsage, "Tokens", JSON, .flags = RO, \
	  .shape = &shape_token_usage) \
	F(TASK, estimatedCost, "Estimated cost", REAL, .flags = 0) \
	F(TASK, actualCost, "Actual cost", REAL, .flags = RO) \
	F(TASK, dueDate, "Due", TIME, .flags = SHOW) \
	F(TASK, startedAt, "Started", TIME, .flags = RO) \
	F(TASK, completedAt, "Completed", TIME, .flags = RO) \
	F(TASK, blockedReason, "Blocked because", TEXT, .flags = SEARCH) \
	F(TASK, blockedByTaskId, "Blocked by", REF, .flags = RO, \
	  .ref = "tasks") \
	F(TASK, tags, "Tags", JSON, .flags = REQ | SHOW | SEARCH, \
	  .dflt = "'[]'", .shape = &shape_names) \
	F(TASK, gitCommits, "Commits", JSON, .flags = REQ | RO, \
	  .dflt = "'[]'", .shape = &shape_git_commits) \
	F(TASK, deletedAt, "Deleted", TIME, .flags = RO) \
	FIELDS_TIMES(F, TASK)

/* task_executions */
#define EXECUTION_FIELDS(F) \
	F(EXECUTION, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(EXECUTION, taskId, "Task", REF, .flags = REQ | SHOW, .ref = "tasks", \
	  .on_delete = "CASCADE") \
	F(EXECUTION, executionNumber, "Number", INT, .flags = REQ | RO, \
	  .dflt = "1") \
	F(EXECUTION, prompt, "Prompt", TEXT, .flags = REQ | SEARCH) \
	F(EXECUTION, response, "Response", TEXT, .flags = SEARCH) \
	F(EXECUTION, context, "Context", TEXT, .flags = 0) \
	F(EXECUTION, aiProvider, "Provider", ENUM, .flags = REQ | SHOW, \
	  .words = words_provider) \
	F(EXECUTION, model, "Model", TEXT, .flags = REQ | SHOW) \
	F(EXECUTION, temperature, "Temperature", REAL, .flags = 0) \
	F(EXECUTION, maxTokens, "Max tokens", INT, .flags = 0) \
	F(EXECUTION, tokensUsed, "Tokens", JSON, .flags = 0, \
	  .shape = &shape_token_usage) \
	F(EXECUTION, duration, "Milliseconds", INT, .flags = SHOW) \
	F(EXECUTION, cost, "Cost", REAL, .flags = SHOW) \
	F(EXECUTION, status, "Status", ENUM, .flags = REQ | SHOW, \
	  .words = words_execution_status, .dflt = "'running'") \
	F(EXECUTION, errorMessage, "Error", TEXT, .flags = SEARCH) \
	F(EXECUTION, retryCount, "Retries", INT, .flags = REQ | RO, \
	  .dflt = "0") \
	F(EXECUTION, userFeedback, "Feedback", TEXT, .flags = SEARCH) \
	F(EXECUTION, rating, "Rating", INT, .flags = 0) \
	F(EXECUTION, completedAt, "Completed", TIME, .flags = RO) \
	F(EXECUTION, createdAt, "Created", TIME, .flags = REQ | SHOW | RO) \
	F(EXECUTION, updatedAt, "Updated", TIME, .flags = REQ | RO)

/* skills */
#define SKILL_FIELDS(F) \
	F(SKILL, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(SKILL, name, "Name", TEXT, \
	  .flags = REQ | SHOW | SEARCH | TITLE | SLUG) \
	F(SKILL, description, "Description", TEXT, \
	  .flags = REQ | SHOW | SEARCH) \
	F(SKILL, prompt, "Prompt", TEXT, .flags = REQ | SEARCH) \
	F(SKILL, category, "Category", TEXT, .flags = REQ | SHOW | SEARCH) \
	F(SKILL, aiProvider, "Provider", ENUM, .flags = 0, \
	  .words = words_provider) \
	F(SKILL, mcpRequirements, "MCP servers", JSON, .flags = REQ, \
	  .dflt = "'[]'", .shape = &shape_names) \
	F(SKILL, inputSchema, "Input schema", JSON, .flags = 0, \
	  .shape = &shape_schema) \
	F(SKILL, outputSchema, "Output schema", JSON, .flags = 0, \
	  .shape = &shape_schema) \
	F(SKILL, isPublic, "Public", BOOL, .flags = REQ, .dflt = "0") \
	F(SKILL, isOfficial, "Official", BOOL, .flags = REQ, .dflt = "0") \
	F(SKILL, authorId, "Author", REF, .flags = REQ | RO, .ref = "users", \
	  .on_delete = "CASCADE") \
	F(SKILL, teamId, "Team", REF, .flags = 0, .ref = "teams", \
	  .on_delete = "CASCADE") \
	F(SKILL, forkCount, "Forks", INT, .flags = REQ | RO, .dflt = "0") \
	F(SKILL, usageCount, "Uses", INT, .flags = REQ | SHOW | RO, \
	  .dflt = "0") \
	F(SKILL, rating, "Rating", REAL, .flags = SHOW | RO) \
	F(SKILL, reviews, "Reviews", JSON, .flags = REQ | RO, .dflt = "'[]'", \
	  .shape = &shape_reviews) \
	F(SKILL, version, "Version", INT, .flags = REQ | SHOW | RO, \
	  .dflt = "1") \
	F(SKILL, changelog, "Changes", TEXT, .flags = 0) \
	FIELDS_TIMES(F, SKILL)

/* comments */
#define COMMENT_FIELDS(F) \
	F(COMMENT, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(COMMENT, taskId, "Task", REF, .flags = REQ | SHOW, .ref = "tasks", \
	  .on_delete = "CASCADE") \
	F(COMMENT, userId, "Author", REF, .flags = REQ | SHOW | RO, \
	  .ref = "users", .on_delete = "CASCADE") \
	F(COMMENT, content, "Comment", TEXT, .flags = REQ | SHOW | SEARCH) \
	F(COMMENT, contentType, "Format", ENUM, .flags = REQ, \
	  .words = words_content_type, .dflt = "'markdown'") \
	F(COMMENT, mentions, "Mentions", JSON, .flags = REQ | RO, \
	  .dflt = "'[]'", .shape = &shape_ids) \
	F(COMMENT, parentCommentId, "Reply to", REF, .flags = 0, \
	  .ref = "comments") \
	F(COMMENT, reactions, "Reactions", JSON, .flags = REQ | RO, \
	  .dflt = "'{}'", .shape = &shape_reactions) \
	F(COMMENT, editedAt, "Edited", TIME, .flags = RO) \
	F(COMMENT, deletedAt, "Deleted", TIME, .flags = RO) \
	F(COMMENT, createdAt, "Created", TIME, .flags = REQ | SHOW | RO) \
	F(COMMENT, updatedAt, "Updated", TIME, .flags = REQ | RO)

/* time_entries */
#define TIME_ENTRY_FIELDS(F) \
	F(TIME_ENTRY, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(TIME_ENTRY, taskId, "Task", REF, .flags = REQ | SHOW, \
	  .ref = "tasks", .on_delete = "CASCADE") \
	F(TIME_ENTRY, userId, "User", REF, .flags = REQ | SHOW | RO, \
	  .ref = "users", .on_delete = "CASCADE") \
	F(TIME_ENTRY, startTime, "Start", TIME, .flags = REQ | SHOW) \
	F(TIME_ENTRY, endTime, "End", TIME, .flags = SHOW) \
	F(TIME_ENTRY, duration, "Duration", INT, .flags = REQ | SHOW) \
	F(TIME_ENTRY, description, "Description", TEXT, .flags = SHOW) \
	F(TIME_ENTRY, isManual, "Manual", BOOL, .flags = REQ | RO, \
	  .dflt = "0") \
	F(TIME_ENTRY, isBillable, "Billable", BOOL, .flags = REQ | SHOW, \
	  .dflt = "0") \
	F(TIME_ENTRY, hourlyRate, "Rate", REAL, .flags = 0) \
	FIELDS_TIMES(F, TIME_ENTRY)

/* templates */
#define TEMPLATE_FIELDS(F) \
	F(TEMPLATE, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(TEMPLATE, name, "Name", TEXT, \
	  .flags = REQ | SHOW | SEARCH | TITLE | SLUG) \
	F(TEMPLATE, description, "Description", TEXT, \
	  .flags = REQ | SHOW | SEARCH) \
	F(TEMPLATE, category, "Category", TEXT, .flags = REQ | SHOW | SEARCH) \
	F(TEMPLATE, coverImage, "Cover image", TEXT, .flags = 0) \
	F(TEMPLATE, tags, "Tags", JSON, .flags = REQ | SHOW | SEARCH, \
	  .dflt = "'[]'", .shape = &shape_names) \
	F(TEMPLATE, projectStructure, "Structure", JSON, .flags = REQ, \
	  .shape = &shape_project_structure) \
	F(TEMPLATE, aiProviderRecommendations, "AI settings", JSON, \
	  .flags = 0, .shape = &shape_object) \
	F(TEMPLATE, isPublic, "Public", BOOL, .flags = REQ, .dflt = "0") \
	F(TEMPLATE, isOfficial, "Official", BOOL, .flags = REQ, .dflt = "0") \
	F(TEMPLATE, authorId, "Author", REF, .flags = REQ | RO, \
	  .ref = "users", .on_delete = "CASCADE") \
	F(TEMPLATE, usageCount, "Uses", INT, .flags = REQ | SHOW | RO, \
	  .dflt = "0") \
	F(TEMPLATE, rating, "Rating", REAL, .flags = SHOW | RO) \
	FIELDS_TIMES(F, TEMPLATE)

/* notifications */
#define NOTIFICATION_FIELDS(F) \
	F(NOTIFICATION, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(NOTIFICATION, userId, "User", REF, .flags = REQ, .ref = "users", \
	  .on_delete = "CASCADE") \
	F(NOTIFICATION, type, "Type", TEXT, .flags = REQ | SHOW) \
	F(NOTIFICATION, title, "Title", TEXT, .flags = REQ | SHOW | TITLE) \
	F(NOTIFICATION, content, "Content", TEXT, .flags = REQ | SHOW) \
	F(NOTIFICATION, relatedProjectId, "Project", REF, .flags = 0, \
	  .ref = "projects", .on_delete = "CASCADE") \
	F(NOTIFICATION, relatedTaskId, "Task", REF, .flags = SHOW, \
	  .ref = "tasks", .on_delete = "CASCADE") \
	F(NOTIFICATION, isRead, "Read", BOOL, .flags = REQ | SHOW | RO, \
	  .dflt = "0") \
	F(NOTIFICATION, readAt, "Read at", TIME, .flags = RO) \
	F(NOTIFICATION, actionUrl, "Link", TEXT, .flags = 0) \
	F(NOTIFICATION, createdAt, "Created", TIME, .flags = REQ | SHOW | RO) \
	F(NOTIFICATION, updatedAt, "Updated", TIME, .flags = REQ | RO)

/* activities */
#define ACTIVITY_FIELDS(F) \
	F(ACTIVITY, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(ACTIVITY, projectId, "Project", REF, .flags = SHOW | RO, \
	  .ref = "projects", .on_delete = "CASCADE") \
	F(ACTIVITY, taskId, "Task", REF, .flags = SHOW | RO, .ref = "tasks", \
	  .on_delete = "CASCADE") \
	F(ACTIVITY, userId, "User", REF, .flags = REQ | SHOW | RO, \
	  .ref = "users", .on_delete = "CASCADE") \
	F(ACTIVITY, type, "Type", TEXT, .flags = REQ | SHOW | RO) \
	F(ACTIVITY, changes, "Changes", JSON, .flags = SHOW | RO, \
	  .shape = &shape_object) \
	F(ACTIVITY, metadata, "Metadata", JSON, .flags = RO, \
	  .shape = &shape_any) \
	F(ACTIVITY, createdAt, "Created", TIME, .flags = REQ | SHOW | RO) \
	F(ACTIVITY, updatedAt, "Updated", TIME, .flags = REQ | RO) \
	F(ACTIVITY, changeId, "Change", REF, .flags = RO | HIDDEN, \
	  .ref = "changes", .on_delete = "SET NULL")

/* automations */
#define AUTOMATION_FIELDS(F) \
	F(AUTOMATION, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(AUTOMATION, projectId, "Project", REF, .flags = SHOW, \
	  .ref = "projects", .on_delete = "CASCADE") \
	F(AUTOMATION, name, "Name", TEXT, .flags = REQ | SHOW | TITLE | SLUG) \
	F(AUTOMATION, description, "Description", TEXT, .flags = 0) \
	F(AUTOMATION, trigger, "Trigger", JSON, .flags = REQ | SHOW, \
	  .shape = &shape_trigger) \
	F(AUTOMATION, actions, "Actions", JSON, .flags = REQ, \
	  .shape = &shape_actions) \
	F(AUTOMATION, isEnabled, "Enabled", BOOL, .flags = REQ | SHOW, \
	  .dflt = "1") \
	F(AUTOMATION, lastRunAt, "Last run", TIME, .flags = SHOW | RO) \
	F(AUTOMATION, runCount, "Runs", INT, .flags = REQ | SHOW | RO, \
	  .dflt = "0") \
	F(AUTOMATION, createdBy, "Creator", REF, .flags = REQ | RO, \
	  .ref = "users", .on_delete = "CASCADE") \
	FIELDS_TIMES(F, AUTOMATION)

/* webhooks */
#define WEBHOOK_FIELDS(F) \
	F(WEBHOOK, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(WEBHOOK, projectId, "Project", REF, .flags = SHOW, \
	  .ref = "projects", .on_delete = "CASCADE") \
	F(WEBHOOK, name, "Name", TEXT, .flags = REQ | SHOW | TITLE | SLUG) \
	F(WEBHOOK, url, "URL", TEXT, .flags = REQ | SHOW) \
	F(WEBHOOK, events, "Events", JSON, .flags = REQ | SHOW, \
	  .shape = &shape_events) \
	F(WEBHOOK, secret, "Secret", SECRET, .flags = 0) \
	F(WEBHOOK, headers, "Headers", JSON, .flags = 0, \
	  .shape = &shape_headers) \
	F(WEBHOOK, isEnabled, "Enabled", BOOL, .flags = REQ | SHOW, \
	  .dflt = "1") \
	F(WEBHOOK, lastTriggeredAt, "Last sent", TIME, .flags = SHOW | RO) \
	F(WEBHOOK, failureCount, "Failures", INT, .flags = REQ | SHOW | RO, \
	  .dflt = "0") \
	FIELDS_TIMES(F, WEBHOOK)

/* integrations */
#define INTEGRATION_FIELDS(F) \
	F(INTEGRATION, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(INTEGRATION, userId, "User", REF, .flags = SHOW, .ref = "users", \
	  .on_delete = "CASCADE") \
	F(INTEGRATION, teamId, "Team", REF, .flags = SHOW, .ref = "teams", \
	  .on_delete = "CASCADE") \
	F(INTEGRATION, type, "Type", TEXT, .flags = REQ | SHOW | SLUG) \
	F(INTEGRATION, credentials, "Credentials", SECRET, .flags = REQ) \
	F(INTEGRATION, settings, "Settings", JSON, .flags = REQ, \
	  .dflt = "'{}'", .shape = &shape_object) \
	F(INTEGRATION, isEnabled, "Enabled", BOOL, .flags = REQ | SHOW, \
	  .dflt = "1") \
	F(INTEGRATION, lastSyncAt, "Last sync", TIME, .flags = SHOW | RO) \
	FIELDS_TIMES(F, INTEGRATION)

/* search_indexes */
#define SEARCH_INDEX_FIELDS(F) \
	F(SEARCH_INDEX, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(SEARCH_INDEX, entityType, "Type", TEXT, .flags = REQ | SHOW | RO) \
	F(SEARCH_INDEX, entityId, "Row", INT, .flags = REQ | SHOW | RO) \
	F(SEARCH_INDEX, content, "Content", TEXT, .flags = REQ | SHOW | RO) \
	F(SEARCH_INDEX, metadata, "Metadata", JSON, .flags = RO, \
	  .shape = &shape_any) \
	FIELDS_TIMES(F, SEARCH_INDEX) \
	F(SEARCH_INDEX, title, "Title", TEXT, .flags = REQ | RO | HIDDEN, \
	  .dflt = "''")

/* team_members */
#define TEAM_MEMBER_FIELDS(F) \
	F(TEAM_MEMBER, id, "Id", INT, .flags = REQ | RO) \
	F(TEAM_MEMBER, teamId, "Team", REF, .flags = REQ | SHOW, \
	  .ref = "teams", .on_delete = "CASCADE") \
	F(TEAM_MEMBER, userId, "User", REF, .flags = REQ | SHOW, \
	  .ref = "users", .on_delete = "CASCADE") \
	F(TEAM_MEMBER, role, "Role", ENUM, .flags = REQ | SHOW, \
	  .words = words_member_role, .dflt = "'member'") \
	FIELDS_TIMES(F, TEAM_MEMBER)

/* project_members */
#define PROJECT_MEMBER_FIELDS(F) \
	F(PROJECT_MEMBER, id, "Id", INT, .flags = REQ | RO) \
	F(PROJECT_MEMBER, projectId, "Project", REF, .flags = REQ | SHOW, \
	  .ref = "projects", .on_delete = "CASCADE") \
	F(PROJECT_MEMBER, userId, "User", REF, .flags = REQ | SHOW, \
	  .ref = "users", .on_delete = "CASCADE") \
	F(PROJECT_MEMBER, role, "Role", ENUM, .flags = REQ | SHOW, \
	  .words = words_member_role, .dflt = "'member'") \
	FIELDS_TIMES(F, PROJECT_MEMBER)

/* task_watchers */
#define TASK_WATCHER_FIELDS(F) \
	F(TASK_WATCHER, id, "Id", INT, .flags = REQ | RO) \
	F(TASK_WATCHER, taskId, "Task", REF, .flags = REQ | SHOW, \
	  .ref = "tasks", .on_delete = "CASCADE") \
	F(TASK_WATCHER, userId, "User", REF, .flags = REQ | SHOW, \
	  .ref = "users", .on_delete = "CASCADE") \
	FIELDS_TIMES(F, TASK_WATCHER)

/* task_suggested_skills */
#define SUGGESTED_SKILL_FIELDS(F) \
	F(SUGGESTED_SKILL, id, "Id", INT, .flags = REQ | RO) \
	F(SUGGESTED_SKILL, taskId, "Task", REF, .flags = REQ | SHOW, \
	  .ref = "tasks", .on_delete = "CASCADE") \
	F(SUGGESTED_SKILL, skillId, "Skill", REF, .flags = REQ | SHOW, \
	  .ref = "skills", .on_delete = "CASCADE") \
	F(SUGGESTED_SKILL, isAttached, "Attached", BOOL, .flags = REQ | SHOW, \
	  .dflt = "0") \
	F(SUGGESTED_SKILL, score, "Score", REAL, .flags = SHOW) \
	FIELDS_TIMES(F, SUGGESTED_SKILL)

/* template_tasks */
#define TEMPLATE_TASK_FIELDS(F) \
	F(TEMPLATE_TASK, id, "Id", INT, .flags = REQ | RO) \
	F(TEMPLATE_TASK, templateId, "Template", REF, .flags = REQ, \
	  .ref = "templates", .on_delete = "CASCADE") \
	F(TEMPLATE_TASK, title, "Title", TEXT, .flags = REQ | SHOW | TITLE) \
	F(TEMPLATE_TASK, description, "Description", TEXT, .flags = 0) \
	F(TEMPLATE_TASK, priority, "Priority", ENUM, .flags = REQ | SHOW, \
	  .words = words_priority, .dflt = "'medium'") \
	F(TEMPLATE_TASK, estimatedMinutes, "Estimate", INT, .flags = SHOW) \
	F(TEMPLATE_TASK, skills, "Skills", JSON, .flags = REQ | SHOW, \
	  .dflt = "'[]'", .shape = &shape_names) \
	F(TEMPLATE_TASK, order, "Order", INT, .flags = REQ, .dflt = "0") \
	FIELDS_TIMES(F, TEMPLATE_TASK)

/* skill_tags */
#define SKILL_TAG_FIELDS(F) \
	F(SKILL_TAG, id, "Id", INT, .flags = REQ | RO) \
	F(SKILL_TAG, skillId, "Skill", REF, .flags = REQ | SHOW, \
	  .ref = "skills", .on_delete = "CASCADE") \
	F(SKILL_TAG, tag, "Tag", TEXT, .flags = REQ | SHOW | TITLE) \
	FIELDS_TIMES(F, SKILL_TAG)

/* ai_provider_configs */
#define PROVIDER_FIELDS(F) \
	F(PROVIDER, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(PROVIDER, teamId, "Team", REF, .flags = 0, .ref = "teams", \
	  .on_delete = "CASCADE") \
	F(PROVIDER, provider, "Provider", ENUM, .flags = REQ | SHOW, \
	  .words = words_provider) \
	F(PROVIDER, name, "Name", TEXT, \
	  .flags = REQ | SHOW | UNIQ | TITLE | SLUG) \
	F(PROVIDER, baseUrl, "Base URL", TEXT, .flags = SHOW) \
	F(PROVIDER, defaultModel, "Model", TEXT, .flags = SHOW) \
	F(PROVIDER, api_key, "Key", SECRET, .flags = SHOW) \
	F(PROVIDER, keyEnv, "Key from", TEXT, .flags = SHOW) \
	F(PROVIDER, settings, "Settings", JSON, .flags = REQ, .dflt = "'{}'", \
	  .shape = &shape_object) \
	F(PROVIDER, isEnabled, "Enabled", BOOL, .flags = REQ | SHOW, \
	  .dflt = "1") \
	FIELDS_TIMES(F, PROVIDER)

/* automation_runs */
#define AUTOMATION_RUN_FIELDS(F) \
	F(AUTOMATION_RUN, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(AUTOMATION_RUN, automationId, "Automation", REF, \
	  .flags = REQ | SHOW | RO, .ref = "automations", \
	  .on_delete = "CASCADE") \
	F(AUTOMATION_RUN, activityId, "Activity", REF, .flags = SHOW | RO, \
	  .ref = "activities", .on_delete = "SET NULL") \
	F(AUTOMATION_RUN, slot, "Slot", TIME, .flags = SHOW | RO) \
	F(AUTOMATION_RUN, state, "State", ENUM, .flags = REQ | SHOW | RO, \
	  .words = words_run_state, .dflt = "'queued'") \
	F(AUTOMATION_RUN, depth, "Depth", INT, .flags = REQ | RO, .dflt = "0") \
	F(AUTOMATION_RUN, input, "Input", JSON, .flags = RO, \
	  .shape = &shape_any) \
	F(AUTOMATION_RUN, output, "Output", JSON, .flags = RO, \
	  .shape = &shape_any) \
	F(AUTOMATION_RUN, errorMessage, "Error", TEXT, .flags = SHOW | RO) \
	F(AUTOMATION_RUN, startedAt, "Started", TIME, .flags = SHOW | RO) \
	F(AUTOMATION_RUN, completedAt, "Completed", TIME, .flags = SHOW | RO) \
	FIELDS_TIMES(F, AUTOMATION_RUN)

/* webhook_deliveries */
#define DELIVERY_FIELDS(F) \
	F(DELIVERY, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(DELIVERY, messageId, "Message", TEXT, .flags = REQ | SHOW | RO) \
	F(DELIVERY, webhookId, "Webhook", REF, .flags = REQ | SHOW | RO, \
	  .ref = "webhooks", .on_delete = "CASCADE") \
	F(DELIVERY, activityId, "Activity", REF, .flags = RO, \
	  .ref = "activities", .on_delete = "SET NULL") \
	F(DELIVERY, eventType, "Event", TEXT, .flags = REQ | SHOW | RO) \
	F(DELIVERY, payload, "Payload", TEXT, .flags = REQ | RO) \
	F(DELIVERY, state, "State", ENUM, .flags = REQ | SHOW | RO, \
	  .words = words_delivery_state, .dflt = "'pending'") \
	F(DELIVERY, attempts, "Attempts", INT, .flags = REQ | SHOW | RO, \
	  .dflt = "0") \
	F(DELIVERY, nextAttemptAt, "Next attempt", TIME, .flags = SHOW | RO) \
	F(DELIVERY, lastStatus, "Status", INT, .flags = SHOW | RO) \
	F(DELIVERY, lastError, "Error", TEXT, .flags = SHOW | RO) \
	F(DELIVERY, deliveredAt, "Delivered", TIME, .flags = RO) \
	FIELDS_TIMES(F, DELIVERY)

/* integration_deliveries */
#define CHANNEL_DELIVERY_FIELDS(F) \
	F(CHANNEL_DELIVERY, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(CHANNEL_DELIVERY, integrationId, "Integration", REF, \
	  .flags = REQ | SHOW | RO, .ref = "integrations", \
	  .on_delete = "CASCADE") \
	F(CHANNEL_DELIVERY, notificationId, "Notification", REF, \
	  .flags = REQ | SHOW | RO, .ref = "notifications", \
	  .on_delete = "CASCADE") \
	F(CHANNEL_DELIVERY, userId, "User", REF, .flags = REQ | SHOW | RO, \
	  .ref = "users", .on_delete = "CASCADE") \
	F(CHANNEL_DELIVERY, state, "State", ENUM, .flags = REQ | SHOW | RO, \
	  .words = words_delivery_state, .dflt = "'pending'") \
	F(CHANNEL_DELIVERY, attempts, "Attempts", INT, \
	  .flags = REQ | SHOW | RO, .dflt = "0") \
	F(CHANNEL_DELIVERY, nextAttemptAt, "Next attempt", TIME, \
	  .flags = SHOW | RO) \
	F(CHANNEL_DELIVERY, lastError, "Error", TEXT, .flags = SHOW | RO) \
	F(CHANNEL_DELIVERY, deliveredAt, "Delivered", TIME, .flags = RO) \
	FIELDS_TIMES(F, CHANNEL_DELIVERY)

/* model_prices */
#define MODEL_PRICE_FIELDS(F) \
	F(MODEL_PRICE, id, "Id", INT, .flags = REQ | RO) \
	F(MODEL_PRICE, provider, "Provider", ENUM, .flags = REQ | SHOW, \
	  .words = words_provider) \
	F(MODEL_PRICE, model, "Model", TEXT, .flags = REQ | SHOW) \
	F(MODEL_PRICE, aliases, "Aliases", JSON, .flags = REQ, .dflt = "'[]'", \
	  .shape = &shape_names) \
	F(MODEL_PRICE, currency, "Currency", TEXT, .flags = REQ | SHOW, \
	  .dflt = "'USD'") \
	F(MODEL_PRICE, validFrom, "From", TIME, .flags = REQ | SHOW, \
	  .dflt = "0") \
	F(MODEL_PRICE, validTo, "To", TIME, .flags = SHOW) \
	F(MODEL_PRICE, inputPrice, "Input", REAL, .flags = REQ | SHOW) \
	F(MODEL_PRICE, cachedInputPrice, "Cached input", REAL, .flags = SHOW) \
	F(MODEL_PRICE, cacheWritePrice, "Cache write", REAL, .flags = SHOW) \
	F(MODEL_PRICE, outputPrice, "Output", REAL, .flags = REQ | SHOW) \
	F(MODEL_PRICE, longContext, "Long context", JSON, .flags = 0, \
	  .shape = &shape_object) \
	F(MODEL_PRICE, source, "Source", TEXT, .flags = 0) \
	FIELDS_TIMES(F, MODEL_PRICE)

/* changes */
#define CHANGE_FIELDS(F) \
	F(CHANGE, id, "Id", INT, .flags = REQ | SHOW | RO) \
	F(CHANGE, userId, "User", REF, .flags = REQ | RO, .ref = "users", \
	  .on_delete = "CASCADE") \
	F(CHANGE, kind, "Kind", ENUM, .flags = REQ | SHOW | RO, \
	  .words = words_change_kind, .dflt = "'change'") \
	F(CHANGE, undoes, "Undoes", REF, .flags = SHOW | RO, \
	  .ref = "changes", .on_delete = "SET NULL") \
	F(CHANGE, undone, "Undone", BOOL, .flags = REQ | SHOW | RO, \
	  .dflt = "0") \
	F(CHANGE, createdAt, "Created", TIME, .flags = REQ | SHOW | RO)

/* template_ratings */
#define TEMPLATE_RATING_FIELDS(F) \
	F(TEMPLATE_RATING, id, "Id", INT, .flags = REQ | RO) \
	F(TEMPLATE_RATING, templateId, "Template", REF, \
	  .flags = REQ | SHOW | RO, .ref = "templates", \
	  .on_delete = "CASCADE") \
	F(TEMPLATE_RATING, userId, "User", REF, .flags = REQ | SHOW | RO, \
	  .ref = "users", .on_delete = "CASCADE") \
	F(TEMPLATE_RATING, rating, "Rating", INT, .flags = REQ | SHOW) \
	FIELDS_TIMES(F, TEMPLATE_RATING)

/* delivery_attempts */
#define ATTEMPT_FIELDS(F) \
	F(ATTEMPT, id, "Id", INT, .flags = REQ | RO) \
	F(ATTEMPT, deliveryId, "Delivery", REF, .flags = REQ | RO, \
	  .ref = "webhook_deliveries", .on_delete = "CASCADE") \
	F(ATTEMPT, at, "At", TIME, .flags = REQ | SHOW | RO) \
	F(ATTEMPT, status, "Status", INT, .flags = SHOW | RO) \
	F(ATTEMPT, error, "Error", TEXT, .flags = SHOW | RO) \
	F(ATTEMPT, durationMs, "Milliseconds", INT, .flags = REQ | SHOW | RO) \
	F(ATTEMPT, response, "Response", TEXT, .flags = RO)

/*
 * The entities, in the order of the specification, then awm's own.
 *
 *	E(name, prefix, table, label, default order, soft-delete column or -1,
 *	  prefix of events)
 *
 * Activities are listed in the order in which they were recorded.
 */
#define ENTITIES(E) \
	E(user, USER, users, "user", "name,id", -1, "user") \
	E(team, TEAM, teams, "team", "name,id", -1, "team") \
	E(project, PROJECT, projects, "project", "title,id", -1, "project") \
	E(task, TASK, tasks, "task", "priority,dueDate,id", TASK_deletedAt, \
	  "task") \
	E(execution, EXECUTION, task_executions, "execution", \
	  "-createdAt,-id", -1, "execution") \
	E(skill, SKILL, skills, "skill", "name,id", -1, "skill") \
	E(comment, COMMENT, comments, "comment", "createdAt,id", \
	  COMMENT_deletedAt, "comment") \
	E(time_entry, TIME_ENTRY, time_entries, "time entry", \
	  "-startTime,-id", -1, "time") \
	E(template, TEMPLATE, templates, "template", "name,id", -1, \
	  "template") \
	E(notification, NOTIFICATION, notifications, "notification", \
	  "isRead,-createdAt,-id", -1, NULL) \
	E(activity, ACTIVITY, activities, "activity", "-id", -1, NULL) \
	E(automation, AUTOMATION, automations, "automation", "name,id", -1, \
	  "automation") \
	E(webhook, WEBHOOK, webhooks, "webhook", "name,id", -1, "webhook") \
	E(integration, INTEGRATION, integrations, "integration", "type,id", \
	  -1, "integration") \
	E(search_index, SEARCH_INDEX, search_indexes, "search index", "id", \
	  -1, NULL) \
	E(team_member, TEAM_MEMBER, team_members, "team member", "id", -1, \
	  NULL) \
	E(project_member, PROJECT_MEMBER, project_members, "project member", \
	  "id", -1, NULL) \
	E(task_watcher, TASK_WATCHER, task_watchers, "watcher", "id", -1, \
	  NULL) \
	E(suggested_skill, SUGGESTED_SKILL, task_suggested_skills, \
	  "suggested skill", "-score,id", -1, NULL) \
	E(template_task, TEMPLATE_TASK, template_tasks, "template task", \
	  "order,id", -1, NULL) \
	E(skill_tag, SKILL_TAG, skill_tags, "skill tag", "tag,id", -1, NULL) \
	E(provider, PROVIDER, ai_provider_configs, "provider", "name,id", -1, \
	  "provider") \
	E(automation_run, AUTOMATION_RUN, automation_runs, "automation run", \
	  "-id", -1, NULL) \
	E(delivery, DELIVERY, webhook_deliveries, "delivery", "-id", -1, NULL) \
	E(channel_delivery, CHANNEL_DELIVERY, integration_deliveries, \
	  "channel delivery", "-id", -1, NULL) \
	E(model_price, MODEL_PRICE, model_prices, "model price", \
	  "provider,model,-validFrom", -1, NULL) \
	E(change, CHANGE, changes, "change", "-id", -1, NULL) \
	E(template_rating, TEMPLATE_RATING, template_ratings, \
	  "template rating", "id", -1, NULL) \
	E(attempt, ATTEMPT, delivery_attempts, "attempt", "id", -1, NULL)

#define FIELD_ENUMERATOR(PREFIX, column, ...) PREFIX##_##column,
#define FIELD_ENUM(name, PREFIX, ...) \
	enum name##_field { PREFIX##_FIELDS(FIELD_ENUMERATOR) PREFIX##_NFIELDS };

ENTITIES(FIELD_ENUM)

#undef FIELD_ENUM
#undef FIELD_ENUMERATOR

/* clang-format on */

#endif
