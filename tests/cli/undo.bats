#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Undo: what a command did is taken back as one, step by step, and done again.

# shellcheck disable=SC1010,SC2016,SC2154 # task done; SQL and code in quotes;
# the variables of run
load checks

setup() {
	awm_setup
	awm_ok project add Web -q >/dev/null
	awm_ok project use Web -q >/dev/null
}

sql() {
	sqlite3 -batch "$AWM_DB" "$@"
}

# What is left of everything when times of change, and what is deleted, are
# left out. "order" is a place among others, not a number.
dump() {
	sql '.mode quote' "
		SELECT 'task', t.id, projectId, title, description,
			generatedPrompt, status, priority, executionType,
			(SELECT count(*) FROM tasks o
				WHERE o.projectId = t.projectId
				AND o.deletedAt IS NULL
				AND (o.\"order\", o.id) < (t.\"order\", t.id)),
			parentTaskId, assigneeId, watcherIds, estimatedMinutes,
			actualMinutes, dueDate, startedAt, completedAt,
			blockedReason, blockedByTaskId, tags, gitCommits,
			createdAt FROM tasks t WHERE deletedAt IS NULL;
		SELECT 'tag', g.* FROM task_tags g;
		SELECT 'watcher', taskId, userId FROM task_watchers w
			WHERE (SELECT deletedAt FROM tasks
				WHERE id = taskId) IS NULL ORDER BY 2, 3;
		SELECT 'dep', taskId, blockerId FROM task_dependencies d
			WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE deletedAt
				IS NOT NULL AND id IN (taskId, blockerId));
		SELECT 'defer', d.* FROM task_defers d JOIN tasks t
			ON t.id = taskId WHERE deletedAt IS NULL;
		SELECT 'project', id, title, description, status, color,
			isFavorite, estimatedHours, actualHours, totalCost,
			ownerId, teamId, createdAt FROM projects
			WHERE NOT isArchived ORDER BY id;
		SELECT 'member', projectId, userId, role FROM project_members
			ORDER BY 2, 3;
		SELECT 'time', id, taskId, userId, startTime, endTime,
			duration, description, isManual, isBillable,
			hourlyRate, createdAt FROM time_entries ORDER BY id;
		SELECT 'comment', id, taskId, userId, content, mentions,
			parentCommentId, reactions, editedAt, createdAt
			FROM comments WHERE deletedAt IS NULL ORDER BY id;
		SELECT 'index', entityType, entityId, content
			FROM search_indexes WHERE entityType <> 'project'
			OR entityId IN (SELECT id FROM projects
				WHERE NOT isArchived) ORDER BY 2, 3;
		SELECT 'user', id, name, role, preferences, timezone
			FROM users;
		SELECT 'team', id, name, slug FROM teams ORDER BY id;
		SELECT 'teammate', teamId, userId, role FROM team_members
			ORDER BY 2, 3"
}
