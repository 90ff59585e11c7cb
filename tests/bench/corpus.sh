#!/bin/bash
# SPDX-License-Identifier: MIT
#
# usage: corpus.sh FILE N
#
# Makes an awm database of N tasks, the same ones every time: awm makes the
# file and its schema, the sqlite3 shell fills it, with everything that awm
# would have written beside each task (tags, activity, row and words of the
# search index). 40 % are done, 2 % deleted, a third is due, each has up to three of
# 40 tags, in 20 projects.

set -euo pipefail

file=${1:?which file}
count=${2:?how many tasks}

rm -f "$file" "$file"-*
awm --db "$file" --as bench@example.com -q task add 'The first one' >/dev/null

# A number of its own for each row and purpose, always the same.
# shellcheck disable=SC2016
hash='((i * 2654435761 + KEY * 40503) % 4294967291 * 48271 % 2147483647)'
h() {
	printf '%s' "${hash//KEY/$1}"
}

rank="CASE \"priority\" WHEN 'urgent' THEN 0 WHEN 'high' THEN 1
	WHEN 'medium' THEN 2 ELSE 3 END"

sqlite3 -bail "$file" >/dev/null <<EOT
PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -400000;
PRAGMA temp_store = MEMORY;
BEGIN;

CREATE TEMP TABLE words (k INTEGER PRIMARY KEY, v TEXT, a TEXT, n TEXT);
INSERT INTO words VALUES
	(0, 'Fix', 'flaky', 'webhook'), (1, 'Add', 'slow', 'login'),
	(2, 'Remove', 'missing', 'session'), (3, 'Refactor', 'stale', 'cache'),
	(4, 'Document', 'broken', 'index'), (5, 'Test', 'duplicate', 'migration'),
	(6, 'Upgrade', 'nightly', 'schema'), (7, 'Replace', 'internal', 'parser'),
	(8, 'Design', 'legacy', 'token'), (9, 'Review', 'async', 'quota'),
	(10, 'Harden', 'nested', 'invoice'), (11, 'Simplify', 'optional', 'export'),
	(12, 'Monitor', 'remote', 'import'), (13, 'Rename', 'default', 'upload'),
	(14, 'Validate', 'invalid', 'search'), (15, 'Retry', 'partial', 'report');
CREATE TEMP TABLE body AS
	SELECT replace(hex(zeroblob(24)), '00', 'The request fails with an '
		|| 'error when the client sends a stale token; expected a retry '
		|| 'with backoff, got a crash. Reproduce: upload the fixture, '
		|| 'then "sort" by date.' || char(10)) AS text;

WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
INSERT INTO projects ("id", "title", "ownerId", "createdAt", "updatedAt")
	SELECT i, 'Project ' || i, 1, 1763985600000, 1763985600000 FROM n;

WITH RECURSIVE n (i) AS (
	SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < $count)
INSERT INTO tasks ("id", "projectId", "title", "description", "status",
		"priority", "order", "assigneeId", "estimatedMinutes",
		"dueDate", "completedAt", "tags", "deletedAt", "createdAt",
		"updatedAt")
	SELECT i, 1 + $(h 1) % 20,
		v.v || ' ' || a.a || ' ' || o.n || ' ' || i,
		substr(body.text, 1 + $(h 5) % 200, 150 + $(h 6) % 400),
		CASE $(h 7) % 10 WHEN 0 THEN 'in_progress'
			WHEN 1 THEN 'in_review' WHEN 2 THEN 'blocked'
			WHEN 3 THEN 'todo' WHEN 4 THEN 'todo' WHEN 5 THEN 'todo'
			ELSE 'done' END,
		CASE $(h 8) % 20 WHEN 0 THEN 'urgent' WHEN 1 THEN 'high'
			WHEN 2 THEN 'high' WHEN 3 THEN 'high' WHEN 4 THEN 'low'
			WHEN 5 THEN 'low' WHEN 6 THEN 'low' ELSE 'medium' END,
		i, iif($(h 9) % 3 = 0, 1, NULL),
		iif($(h 10) % 2 = 0, $(h 10) % 960, NULL),
		iif($(h 11) % 3 = 0, 1763985600000 + $(h 12) % 31536000 * 1000, NULL),
		iif($(h 7) % 10 > 5, 1763985600000 + i, NULL),
		CASE $(h 13) % 4 WHEN 0 THEN '[]'
			WHEN 1 THEN json_array('tag' || ($(h 14) % 20))
			WHEN 2 THEN json_array('tag' || ($(h 14) % 20),
				'tag' || (20 + $(h 15) % 10))
			ELSE json_array('tag' || ($(h 14) % 20),
				'tag' || (20 + $(h 15) % 10),
				'tag' || (30 + $(h 16) % 10)) END,
		iif($(h 17) % 50 = 0, 1763985600000 + i, NULL),
		1763985600000 + i, 1763985600000 + i
	FROM n
	JOIN body
	JOIN words v ON v.k = $(h 2) % 16
	JOIN words a ON a.k = $(h 3) % 16
	JOIN words o ON o.k = $(h 4) % 16;

INSERT INTO task_tags ("tag", "closed", "rank", "due", "taskId")
	SELECT x.value, t."status" = 'done', $rank,
		COALESCE(t."dueDate", 9223372036854775807), t."id"
	FROM tasks t, json_each(t."tags") x
	WHERE t."deletedAt" IS NULL
	ORDER BY 1, 2, 3, 4, 5;
INSERT INTO search_indexes ("entityType", "entityId", "title", "content",
		"createdAt", "updatedAt")
	SELECT 'project', "id", "title", '', "createdAt", "createdAt"
	FROM projects WHERE "id" > 1;
INSERT INTO search_indexes ("entityType", "entityId", "title", "content",
		"createdAt", "updatedAt")
	SELECT 'task', "id", "title", "description" || iif("tags" = '[]', '',
		char(10) || replace(trim("tags", '["]'), '","', ' ')),
		"createdAt", "createdAt"
	FROM tasks WHERE "id" > 1;
INSERT INTO search_fts (search_fts) VALUES ('rebuild');
INSERT INTO activities ("projectId", "taskId", "userId", "type", "changes",
		"createdAt", "updatedAt")
	SELECT "projectId", "id", 1, 'task.created',
		json_object('title', json_object('from', NULL, 'to', "title")),
		"createdAt", "createdAt"
	FROM tasks WHERE "id" > 1;
COMMIT;
PRAGMA journal_mode = WAL;
EOT
