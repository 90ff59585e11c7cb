#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The example queries of the specification are one command each, and take as
# many statements for a hundred rows as for two.

load checks

setup() {
	awm_setup
}

# statements ARG…: how many statements a command executes.
statements() {
	AWM_TRACE=sql awm "$@" 2>&1 >/dev/null | grep -c '^sql: '
}

# rows FROM TO: users, members, tasks, comments, time, executions and
# notifications with these numbers; all of task 1.
rows() {
	sql "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL
			SELECT i + 1 FROM n WHERE i < $2)
		INSERT INTO users(id,email,name,createdAt,updatedAt)
		SELECT i, 'u' || i || '@example.com', 'U', 0, 0 FROM n;
	WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL
			SELECT i + 1 FROM n WHERE i < $2)
		INSERT INTO project_members(projectId,userId,createdAt,updatedAt)
		SELECT 1, i, i, 0 FROM n;
	WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL
			SELECT i + 1 FROM n WHERE i < $2)
		INSERT INTO tasks(id,projectId,title,\"order\",createdAt,updatedAt)
		SELECT i, 1, 'T', i, 0, 0 FROM n;
	WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL
			SELECT i + 1 FROM n WHERE i < $2)
		INSERT INTO comments(taskId,userId,content,createdAt,updatedAt)
		SELECT 1, i, 'C', i, 0 FROM n;
	WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL
			SELECT i + 1 FROM n WHERE i < $2)
		INSERT INTO time_entries(taskId,userId,startTime,duration,
			createdAt,updatedAt)
		SELECT 1, i, i, 60, 0, 0 FROM n;
	WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL
			SELECT i + 1 FROM n WHERE i < $2)
		INSERT INTO task_executions(taskId,prompt,aiProvider,model,
			createdAt,updatedAt)
		SELECT 1, 'P', 'local', 'm', i, 0 FROM n;
	WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL
			SELECT i + 1 FROM n WHERE i < $2)
		INSERT INTO notifications(userId,type,title,content,isRead,
			createdAt,updatedAt)
		SELECT 1, 't', 'N' || i, 'C', i % 2, i, 0 FROM n"
}

same_number() {
	local command format

	for command in 'project show 1' 'task show 1' 'notify list' 'task list'; do
		for format in table json; do
			# shellcheck disable=SC2086 # words are wanted
			few=$(statements $command --format $format)
			printf '%s %s %s\n' "$few" "$format" "$command"
		done
	done
}

@test "a constant number of statements, however many rows there are" {
	awm_ok project add P -q >/dev/null
	awm_ok task add -p 1 first --assign me -q >/dev/null
	rows 2 3
	same_number >few
	rows 4 103
	same_number >many
	diff few many
	[ -z "$(awk '$1 > 20' many)" ]
}

@test "project show: owner, members with users, live tasks in order" {
	awm_ok project add P -q >/dev/null
	awm_ok task add -p 1 first -q >/dev/null
	rows 2 103
	awm_ok task move 50 --before 1 -q >/dev/null
	awm_ok task rm 60 -q >/dev/null
	json '.owner.email == "ada@example.com" and (.members | length) == 102
		and all(.members[]; .user.id == .userId)
		and (.tasks | length) == 102
		and .tasks[0].id == 50 and .tasks[1].id == 1
		and ([.tasks[].order] | . == sort)
		and all(.tasks[]; .deletedAt == null and .id != 60)' \
		project show 1
}

@test "task show: project, assignee, comments, time, the last 10 executions" {
	awm_ok project add P -q >/dev/null
	awm_ok task add -p 1 first --assign me -q >/dev/null
	rows 2 103
	sql 'UPDATE comments SET deletedAt = 1 WHERE id = 7'
	json '.project.title == "P" and .assignee.id == 1
		and (.comments | length) == 101
		and all(.comments[]; .user.id == .userId and .id != 7)
		and ([.comments[].createdAt] | . == sort)
		and (.timeEntries | length) == 102
		and all(.timeEntries[]; .user.id == .userId)
		and (.executions | length) == 10
		and .executions[0].createdAt == "1970-01-01T00:00:00.103Z"
		and .executions[9].createdAt == "1970-01-01T00:00:00.094Z"' \
		task show 1
}

@test "notify list: unread first, then newest" {
	awm_ok project add P -q >/dev/null
	awm_ok task add -p 1 first -q >/dev/null
	rows 2 103
	json 'length == 102 and ([.[].isRead] | . == sort)
		and .[0].title == "N102" and .[50].title == "N2"
		and .[51].title == "N103"' notify list
	json 'length == 50' notify list -n 50
}
