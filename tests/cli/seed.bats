#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# awm db seed: something in every table, once, and true in itself.

load helper

setup() {
	awm_setup
}

sql() {
	sqlite3 -batch -noheader "$AWM_DB" "$@"
}

# What a query finds is a fault; it is shown.
assert_no_rows() {
	local found

	found=$(sql "$1")
	if [[ -n $found ]]; then
		printf 'found by: %s\n%s\n' "$1" "$found" >&2
		return 1
	fi
}

# Rows of each table, but for those that every command may add to.
counts() {
	local table

	for table in $(sql "SELECT name FROM pragma_table_list
		WHERE schema = 'main' AND type = 'table'
		AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"); do
		printf '%s %s\n' "$table" \
			"$(sql "SELECT COUNT(*) FROM \"$table\"")"
	done
}

@test "seed puts something into every table" {
	awm_ok db seed >/dev/null
	run counts
	[[ ${#lines[@]} -ge 32 ]]
	# These fill by use only.
	run grep ' 0$' <<<"$output"
	assert_output 'automation_claims 0
delivery_attempts 0
delivery_leases 0
external_ids 0
folder_projects 0
git_closings 0
git_scans 0
integration_comments 0
integration_cursors 0
integration_deliveries 0
integration_links 0
task_reminders 0
webhook_settings 0'
}

@test "seed tells what it added to each table" {
	run_awm db seed --json
	assert_status 0
	assert_json 'map({(.table): .count}) | add
		| .users == 4 and .projects == 3 and .tasks == 30'
	run_awm task list --all --json
	assert_json 'length == 29'
	assert_json 'map(.status) | unique
		== ["blocked", "done", "in_progress", "in_review", "todo"]'
	assert_json 'map(.priority) | unique == ["high", "low", "medium", "urgent"]'
}

@test "db check finds nothing wrong with the demo data" {
	awm_ok db seed >/dev/null
	run_awm db check --json
	assert_status 0
	assert_json 'map(.state) | unique == ["ok"]'
}

@test "seed twice adds nothing" {
	awm_ok db seed >/dev/null
	counts >before
	run_awm db seed --json
	assert_status 0
	assert_json 'map(.count) | unique == [0]'
	counts >after
	diff before after
}

@test "seed of another day adds nothing" {
	awm_ok db seed >/dev/null
	counts >before
	AWM_NOW=2027-03-01T08:00:00Z run_awm db seed --json
	assert_status 0
	assert_json 'map(.count) | unique == [0]'
	counts >after
	diff before after
}

@test "what was deleted does not come back" {
	awm_ok db seed >/dev/null
	# A task that another one waits for, with a claim and a subtask's place.
	awm_ok task rm 3 >/dev/null
	awm_ok task purge 3 --yes >/dev/null
	awm_ok project rm Website --yes >/dev/null
	awm_ok user rm hedy@example.com --yes >/dev/null
	sql 'PRAGMA foreign_keys = ON; DELETE FROM task_dependencies;
		DELETE FROM model_prices; DELETE FROM webhooks'
	counts >before
	run_awm db seed --json
	assert_status 0
	assert_json 'map(.count) | unique == [0]'
	counts >after
	diff before after
}

@test "eight seeds at once make each row once" {
	local pids=() pid i

	AWM_DB=$BATS_TEST_TMPDIR/alone.db awm_ok db seed >/dev/null
	AWM_DB=$BATS_TEST_TMPDIR/alone.db counts >alone
	awm_ok user list >/dev/null
	for i in 1 2 3 4 5 6 7 8; do
		awm db seed >"out$i" 2>"err$i" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || {
			cat err? >&2
			return 1
		}
	done
	counts >together
	diff alone together
	run_awm db check
	assert_status 0
}

@test "seed as someone who is there already" {
	local before

	AWM_USER=katherine@example.com awm_ok user add bob@example.org >/dev/null
	before=$(sql 'SELECT id, email, name, role, timezone FROM users')
	AWM_USER=katherine@example.com run_awm db seed --json
	assert_status 0
	assert_json 'map({(.table): .count}) | add | .users == 4'
	[[ $(sql 'SELECT id, email, name, role, timezone FROM users
		WHERE id <= 2') == "$before" ]]
	# Watchers are in the order of ids, not of the file.
	run_awm db check
	assert_status 0
}

@test "seed as someone who is not of the team" {
	AWM_USER=me@example.org run_awm db seed --json
	assert_status 0
	assert_json 'map({(.table): .count}) | add
		| .users == 5 and .team_members == 6'
	run_awm --as me@example.org task list --assignee me --json
	assert_status 0
	assert_json 'length == 3'
	run_awm --as me@example.org notify list --json
	assert_json 'any(.isRead) and any(.isRead | not)'
	run_awm --as me@example.org db check
	assert_status 0
}

@test "prices that are there already are left alone" {
	awm_ok user list >/dev/null
	sql "INSERT INTO model_prices (provider, model, inputPrice, outputPrice,
		createdAt, updatedAt) VALUES ('openai', 'gpt-6-luna', 7, 7, 0, 0)"
	run_awm db seed
	assert_status 0
	[[ $(sql "SELECT inputPrice FROM model_prices
		WHERE model = 'gpt-6-luna'") == 7.0 ]]
}

@test "only an admin seeds" {
	awm_ok user add bob@example.org >/dev/null
	run_awm --as bob@example.org db seed
	assert_status 6
	[[ $(sql 'SELECT COUNT(*) FROM projects') == 0 ]]
}

@test "seed --dry-run writes nothing" {
	awm_ok user list >/dev/null
	counts >before
	run_awm db seed --dry-run --json
	assert_status 0
	assert_json 'map({(.table): .count}) | add | .tasks == 30'
	counts >after
	diff before after
}

@test "seeded secrets are sealed" {
	local fake

	awm_ok db seed >/dev/null
	assert_no_rows "SELECT * FROM (
		SELECT api_key AS sealed FROM ai_provider_configs
		UNION ALL SELECT secret FROM webhooks
		UNION ALL SELECT json_extract(credentials, '\$') FROM integrations)
		WHERE sealed NOT LIKE 'awm1:%'"
	for fake in demo-not-a ZGVtby1ub3QtYS; do
		run grep -c -a -h "$fake" "$AWM_DB" "$AWM_DB"-*
		[[ ! $output =~ [1-9] ]]
	done
}

@test "nothing that is seeded calls out by itself" {
	awm_ok db seed >/dev/null
	assert_no_rows 'SELECT name FROM webhooks WHERE isEnabled'
	assert_no_rows 'SELECT type FROM integrations WHERE isEnabled'
	assert_no_rows "SELECT id FROM webhook_deliveries
		WHERE state IN ('pending', 'failed')"
	assert_no_rows "SELECT id FROM automation_runs
		WHERE state IN ('queued', 'running')"
	assert_no_rows "SELECT id FROM task_executions WHERE status = 'running'"
	assert_no_rows "SELECT name FROM ai_provider_configs
		WHERE isEnabled AND api_key IS NOT NULL"
	assert_no_rows "SELECT a.name FROM automations a, json_each(a.actions) x
		WHERE a.isEnabled
		AND json_extract(a.trigger, '\$.type') <> 'manual'
		AND json_extract(x.value, '\$.type')
			IN ('exec.run', 'webhook.send', 'command.run')"
}

@test "minutes, tokens, costs and hours are sums" {
	awm_ok db seed >/dev/null
	assert_no_rows 'SELECT t.id, t.actualMinutes FROM tasks t
		WHERE t.actualMinutes IS NOT (SELECT SUM(duration) / 60
			FROM time_entries WHERE taskId = t.id)'
	assert_no_rows 'SELECT id FROM time_entries
		WHERE duration % 60 OR (endTime IS NOT NULL
			AND endTime - startTime <> duration * 1000)'
	assert_no_rows "SELECT t.id, t.actualCost, t.tokenUsage FROM tasks t
		LEFT JOIN (SELECT taskId, SUM(cost) AS cost,
			SUM(json_extract(tokensUsed, '\$.promptTokens')) AS p,
			SUM(json_extract(tokensUsed, '\$.completionTokens')) AS c,
			SUM(json_extract(tokensUsed, '\$.totalTokens')) AS n
			FROM task_executions GROUP BY taskId) x ON x.taskId = t.id
		WHERE ROUND(t.actualCost, 7) IS NOT ROUND(x.cost, 7)
		OR json_extract(t.tokenUsage, '\$.promptTokens') IS NOT x.p
		OR json_extract(t.tokenUsage, '\$.completionTokens') IS NOT x.c
		OR json_extract(t.tokenUsage, '\$.totalTokens') IS NOT x.n
		OR x.p + x.c <> x.n"
	assert_no_rows 'SELECT p.id, p.actualHours, p.totalCost FROM projects p
		WHERE ROUND(p.actualHours, 6) IS NOT (
			SELECT ROUND(SUM(actualMinutes) / 60.0, 6)
			FROM tasks WHERE projectId = p.id)
		OR ROUND(p.totalCost, 7) IS NOT (SELECT ROUND(SUM(actualCost), 7)
			FROM tasks WHERE projectId = p.id)'
	assert_no_rows "SELECT x.id, x.cost FROM task_executions x
		JOIN model_prices m ON m.model = x.model
		WHERE ABS(x.cost * 1e6
			- m.inputPrice * json_extract(x.tokensUsed, '\$.promptTokens')
			- m.outputPrice
				* json_extract(x.tokensUsed, '\$.completionTokens')) > 1e-6"
}

@test "counters and ratings are true" {
	awm_ok db seed >/dev/null
	assert_no_rows "SELECT s.id, s.rating FROM skills s
		WHERE s.rating IS NOT (SELECT AVG(json_extract(value, '\$.rating'))
			FROM json_each(s.reviews))"
	assert_no_rows 'SELECT a.id, a.runCount FROM automations a
		WHERE a.runCount <> (SELECT COUNT(*) FROM automation_runs
			WHERE automationId = a.id)'
	assert_no_rows 'SELECT t.id, t.usageCount FROM templates t
		WHERE t.usageCount <> (SELECT COUNT(*) FROM projects
			WHERE templateId = t.id)'
	assert_no_rows 'SELECT taskId FROM task_executions GROUP BY taskId
		HAVING MAX(executionNumber) <> COUNT(*)'
	assert_no_rows 'SELECT id FROM notifications
		WHERE isRead <> (readAt IS NOT NULL)'
}

@test "what waits, waits for something open" {
	awm_ok db seed >/dev/null
	[[ $(sql "SELECT COUNT(*) FROM tasks
		WHERE blockedByTaskId IS NOT NULL") -ge 3 ]]
	assert_no_rows "SELECT t.id FROM tasks t JOIN tasks b
		ON b.id = t.blockedByTaskId
		WHERE b.status = 'done' OR b.deletedAt IS NOT NULL"
	# The first open one of its dependencies, or none.
	assert_no_rows "SELECT t.id, t.blockedByTaskId FROM tasks t
		WHERE t.blockedByTaskId IS NOT (SELECT MIN(d.blockerId)
			FROM task_dependencies d JOIN tasks b ON b.id = d.blockerId
			WHERE d.taskId = t.id AND b.status <> 'done'
			AND b.deletedAt IS NULL)"
	assert_no_rows "SELECT id FROM tasks WHERE status = 'blocked'
		AND blockedByTaskId IS NULL AND blockedReason IS NULL"
	assert_no_rows 'SELECT t.id FROM tasks t JOIN tasks p
		ON p.id = t.parentTaskId WHERE p.projectId <> t.projectId'
}

@test "times fit together" {
	local table

	awm_ok db seed >/dev/null
	for table in $(sql "SELECT m.name FROM sqlite_schema m
		WHERE m.type = 'table' AND 2 = (
			SELECT COUNT(*) FROM pragma_table_info(m.name)
			WHERE name IN ('createdAt', 'updatedAt'))"); do
		assert_no_rows "SELECT '$table', createdAt FROM \"$table\"
			WHERE createdAt > updatedAt OR updatedAt > (
				SELECT MAX(createdAt) FROM model_prices)"
	done
	assert_no_rows 'SELECT id FROM tasks WHERE startedAt < createdAt
		OR completedAt < startedAt OR completedAt > updatedAt
		OR deletedAt < createdAt'
	assert_no_rows 'SELECT id FROM task_executions
		WHERE ABS(completedAt - createdAt - duration) > 1000'
	# Comments come after their task, and after what they answer.
	assert_no_rows 'SELECT c.id FROM comments c JOIN tasks t ON t.id = c.taskId
		LEFT JOIN comments p ON p.id = c.parentCommentId
		WHERE c.createdAt < t.createdAt OR c.createdAt < p.createdAt
		OR p.taskId <> c.taskId'
	assert_no_rows 'SELECT a.id FROM activities a JOIN tasks t ON t.id = a.taskId
		WHERE a.createdAt < t.createdAt'
	run_awm task list --due overdue --json
	assert_json 'length == 2'
}

@test "the archived project keeps its tasks" {
	awm_ok db seed >/dev/null
	run_awm project show 'City posters' --json
	assert_status 0
	assert_json '.status == "archived" and .isArchived and .archivedAt'
	assert_json '.tasks | length == 3 and all(.status == "done")'
	run_awm project list --json
	assert_json 'map(.title) == ["Atlas 2.0", "Website"]'
	run_awm project list --all --json
	assert_json 'length == 3'
}

@test "the demo reads well" {
	awm_ok db seed >/dev/null
	run_awm task list -p 'Atlas 2.0' --tag bug --fields id,title,status,due
	assert_status 2
	run_awm task list -p 'Atlas 2.0' --tag bug --fields id,title,status,dueDate
	assert_output <<-'END'
		Id  Title                                   Status       Due
		 7  Fix the crash when GPS is switched off  in_review    2026-11-21 12:00
		11  Triage the reports of the beta          in_progress  2026-11-22 23:59
	END
	run_awm project stats 1 --json
	assert_json '[.tasks, .todo, .in_progress, .in_review, .done, .blocked]
		== [16, 6, 3, 1, 3, 3]'
}
