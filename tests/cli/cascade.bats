#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What goes along when a row is deleted for good, what is let go of, and that
# the derived tables follow. Rows of nouns that have no commands of their own
# are put in with the sqlite3 shell.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
}

sql() {
	sqlite3 -cmd 'PRAGMA foreign_keys=ON' "$AWM_DB" "$@"
}

count() {
	sql "SELECT COUNT(*) FROM \"$1\" ${2:+WHERE $2}"
}

# Two users with a project each; a task in each, waiting for each other's.
two_projects() {
	awm_ok user add bob@example.com -q >/dev/null
	awm_ok project add Hers -q >/dev/null
	awm_ok --as bob@example.com user show >/dev/null
	awm_ok project add His --owner bob@example.com -q >/dev/null
	awm_ok task add -p Hers --tag red first -q >/dev/null
	awm_ok task add -p His --tag blue second -q >/dev/null
	awm_ok task add -p Hers third -q >/dev/null
	awm_ok task block 3 --by 2 -q >/dev/null
	sql "INSERT INTO comments(id,taskId,userId,content,createdAt,updatedAt)
		VALUES (1,1,2,'by bob',0,0),(2,2,1,'by ada',0,0);
		INSERT INTO comments(id,taskId,userId,content,parentCommentId,
			createdAt,updatedAt) VALUES (3,1,1,'reply',1,0,0);
		INSERT INTO task_executions(taskId,prompt,aiProvider,model,
			createdAt,updatedAt) VALUES (2,'p','local','m',0,0);
		INSERT INTO search_indexes(entityType,entityId,content,createdAt,
			updatedAt) VALUES ('comment',1,'by bob',0,0),
			('comment',2,'by ada',0,0),('comment',3,'reply',0,0),
			('execution',1,'p',0,0);
		INSERT INTO search_fts(search_fts) VALUES ('rebuild')"
	awm_ok time add 2 1m -q >/dev/null
	awm_ok --as bob@example.com time add 1 1m -q >/dev/null
	awm_ok task assign 1 bob@example.com -q >/dev/null
}

@test "project rm takes tasks and all that is theirs; others wait no longer" {
	two_projects
	awm_ok db check >/dev/null
	run_awm project rm His
	assert_status 2
	run_awm project rm His --yes --json
	assert_status 0
	assert_json '.title == "His"'
	[ "$(count tasks)" = 2 ]
	[ "$(count comments)" = 2 ]
	[ "$(count task_executions)" = 0 ]
	[ "$(count time_entries)" = 1 ]
	[ "$(count task_tags)" = 1 ]
	run_awm task show 3 --json
	assert_json '.status == "todo" and .blockedByTaskId == null'
	run_awm activity list --type project.deleted --json
	assert_json 'length == 1 and .[0].projectId == null and
		.[0].metadata.id == 2 and .[0].changes.title.from == "His"'
	run_awm db check
	assert_status 0
}

@test "user rm takes projects, comments, time and activities; tasks lose it" {
	two_projects
	run_awm user rm bob@example.com --yes
	assert_status 0
	[ "$(count users)" = 1 ]
	[ "$(count projects)" = 1 ]
	[ "$(count comments 'userId=2')" = 0 ]
	[ "$(count comments 'id=3 AND parentCommentId IS NULL')" = 1 ]
	[ "$(count time_entries)" = 0 ]
	[ "$(count activities 'userId=2')" = 0 ]
	run_awm task show 1 --json
	assert_json '.assigneeId == null and .assignee == null'
	run_awm task show 3 --json
	assert_json '.status == "todo"'
	run_awm db check
	assert_status 0
}

@test "task rm takes subtasks along, restore brings them back, purge ends it" {
	awm_ok project add P -q >/dev/null
	awm_ok task add -p P top -q >/dev/null
	awm_ok task add --parent 1 middle --tag x -q >/dev/null
	awm_ok task add --parent 2 leaf -q >/dev/null
	awm_ok task add -p P other -q >/dev/null
	awm_ok task block 4 --by 3 -q >/dev/null
	AWM_NOW=2026-11-22T11:00:00Z awm_ok task rm 3 -q >/dev/null
	awm_ok task rm 1 -q >/dev/null
	run_awm task list -q --all
	assert_output 4
	run_awm task show 4 --json
	assert_json '.status == "todo"'
	run_awm task list --deleted -q --sort id
	assert_output $'1\n2\n3'
	[ "$(count task_tags)" = 0 ]

	run_awm task done 2
	assert_status 4
	run_awm task restore 2
	assert_status 4
	awm_ok task restore 1 -q >/dev/null
	run_awm task list -q --sort id
	assert_output $'1\n2\n4'
	run_awm task list -q --tag x
	assert_output 2
	awm_ok task restore 3 -q >/dev/null

	run_awm task purge 1 --yes
	assert_status 4
	awm_ok task rm 1 -q >/dev/null
	run_awm task purge 1 --yes
	assert_status 0
	[ "$(count tasks)" = 1 ]
	awm_ok task add -p P next -q >id
	[ "$(cat id)" = 5 ]
	run_awm db check
	assert_status 0
}

@test "the last admin stays, nobody deletes himself, members manage no users" {
	awm_ok user add bob@example.com -q >/dev/null
	awm_ok user add viv@example.com --role viewer -q >/dev/null
	run_awm user rm me --yes
	assert_status 4
	run_awm user edit me --role member
	assert_status 4
	run_awm --as bob@example.com user edit bob@example.com --role admin
	assert_status 6
	run_awm --as bob@example.com user add eve@example.com
	assert_status 6
	run_awm --as bob@example.com user edit bob@example.com --name Bob
	assert_status 0
	run_awm --as viv@example.com project add No
	assert_status 6
	run_awm --as viv@example.com user prefs theme dark
	assert_status 0
	run_awm --as viv@example.com user prefs --json
	assert_json '. == [{key: "theme", value: "dark"}]'
	awm_ok user edit bob@example.com --role admin -q >/dev/null
	run_awm user edit me --role member
	assert_status 0
	run_awm user add BOB@example.com
	assert_status 6
	run_awm --as bob@example.com user add Viv@Example.com
	assert_status 5
}

# ---- the whole schema ----

# TABLE.COLUMN PARENT ACTION, for every foreign key there is.
foreign_keys() {
	sql "SELECT m.name || '.' || f.\"from\" || ' ' || f.\"table\" || ' ' ||
			f.on_delete
		FROM sqlite_schema m, pragma_foreign_key_list(m.name) f
		WHERE m.type = 'table' ORDER BY f.\"table\", 1"
}

# Those of the specification's table are the first ones; a new one is added
# here once it is known what its rows do when what they refer to goes.
@test "every foreign key is one that is proven here" {
	awm_ok user list >/dev/null
	run foreign_keys
	assert_output <<-'END'
		automation_runs.activityId activities SET NULL
		external_ids.activityId activities SET NULL
		webhook_deliveries.activityId activities SET NULL
		execution_runs.configId ai_provider_configs SET NULL
		automation_claims.runId automation_runs CASCADE
		automation_runs.automationId automations CASCADE
		automation_schedules.automationId automations CASCADE
		activities.changeId changes SET NULL
		changes.undoes changes SET NULL
		comments.parentCommentId comments NO ACTION
		integration_comments.commentId comments SET NULL
		integration_comments.integrationId integrations CASCADE
		integration_cursors.integrationId integrations CASCADE
		integration_deliveries.integrationId integrations CASCADE
		integration_links.integrationId integrations CASCADE
		integration_deliveries.notificationId notifications CASCADE
		activities.projectId projects CASCADE
		automations.projectId projects CASCADE
		folder_projects.projectId projects CASCADE
		notifications.relatedProjectId projects CASCADE
		project_budgets.projectId projects CASCADE
		project_members.projectId projects CASCADE
		tasks.projectId projects CASCADE
		webhooks.projectId projects CASCADE
		execution_runs.skillId skills SET NULL
		skill_forks.fromId skills SET NULL
		skill_forks.skillId skills CASCADE
		skill_tags.skillId skills CASCADE
		skill_versions.skillId skills CASCADE
		task_suggested_skills.skillId skills CASCADE
		execution_runs.executionId task_executions CASCADE
		execution_runs.retryOfId task_executions SET NULL
		activities.taskId tasks CASCADE
		comments.taskId tasks CASCADE
		git_closings.taskId tasks CASCADE
		idempotency_keys.taskId tasks CASCADE
		integration_links.taskId tasks SET NULL
		notifications.relatedTaskId tasks CASCADE
		task_claims.taskId tasks CASCADE
		task_defers.taskId tasks CASCADE
		task_dependencies.blockerId tasks CASCADE
		task_dependencies.taskId tasks CASCADE
		task_executions.taskId tasks CASCADE
		task_reminders.taskId tasks CASCADE
		task_suggested_skills.taskId tasks CASCADE
		task_tags.taskId tasks CASCADE
		task_watchers.taskId tasks CASCADE
		tasks.blockedByTaskId tasks NO ACTION
		tasks.parentTaskId tasks NO ACTION
		time_entries.taskId tasks CASCADE
		ai_provider_configs.teamId teams CASCADE
		integrations.teamId teams CASCADE
		projects.teamId teams CASCADE
		skills.teamId teams CASCADE
		team_members.teamId teams CASCADE
		projects.templateId templates NO ACTION
		template_ratings.templateId templates CASCADE
		template_tasks.templateId templates CASCADE
		activities.userId users CASCADE
		automations.createdBy users CASCADE
		changes.userId users CASCADE
		comments.userId users CASCADE
		execution_runs.userId users SET NULL
		identities.userId users CASCADE
		integration_deliveries.userId users CASCADE
		integrations.userId users CASCADE
		notifications.userId users CASCADE
		project_members.userId users CASCADE
		projects.ownerId users CASCADE
		skill_versions.userId users SET NULL
		skills.authorId users CASCADE
		task_claims.userId users CASCADE
		task_reminders.userId users CASCADE
		task_watchers.userId users CASCADE
		tasks.assigneeId users SET NULL
		team_members.userId users CASCADE
		template_ratings.userId users CASCADE
		templates.authorId users CASCADE
		time_entries.userId users CASCADE
		webhook_settings.ownerId users SET NULL
		delivery_attempts.deliveryId webhook_deliveries CASCADE
		delivery_leases.deliveryId webhook_deliveries CASCADE
		webhook_deliveries.webhookId webhooks CASCADE
		webhook_settings.webhookId webhooks CASCADE
	END
	awm_ok db check >/dev/null
}

# The demo data, to which everything refers, and an admin who is none of it.
demo() {
	awm_ok db seed >/dev/null
	awm_ok user add boss@example.com --role admin >/dev/null
	awm_ok project use 1 >/dev/null
	sql "INSERT INTO identities(account,userId,createdAt)
			SELECT 'os' || id, id, 0 FROM users
			WHERE id NOT IN (SELECT userId FROM identities);
		INSERT INTO folder_projects(folder,projectId,createdAt)
			SELECT '/p' || id, id, 0 FROM projects;
		INSERT INTO integrations(userId,type,credentials,createdAt,updatedAt)
			SELECT id, 'smtp', '{}', 0, 0 FROM users;
		INSERT INTO integration_deliveries(integrationId,notificationId,
			userId,createdAt,updatedAt) SELECT i.id, n.id, n.userId, 0, 0
			FROM notifications n JOIN integrations i USING (userId);
		INSERT INTO integration_links(integrationId,taskId,source,externalId,
			createdAt,updatedAt) SELECT (SELECT MIN(id) FROM integrations),
			id, '', id, 0, 0 FROM tasks;
		INSERT OR IGNORE INTO task_reminders(taskId,userId,dueDate,createdAt)
			SELECT id, assigneeId, dueDate, 0 FROM tasks
			WHERE assigneeId IS NOT NULL AND dueDate IS NOT NULL;
		INSERT OR IGNORE INTO idempotency_keys(key,taskId,createdAt)
			SELECT 'k' || id, id, 0 FROM tasks;
		INSERT OR IGNORE INTO external_ids(source,entity,externalId,rowId,
			activityId) SELECT 'test', 'task', id, taskId, id
			FROM activities WHERE taskId IS NOT NULL;
		INSERT OR IGNORE INTO git_closings(taskId,sha,createdAt)
			SELECT id, 'sha', 0 FROM tasks;
		UPDATE activities SET changeId = (SELECT MIN(id) FROM changes
			WHERE userId = activities.userId);
		INSERT OR IGNORE INTO project_budgets(projectId,amount,createdAt,
			updatedAt) SELECT id, 100, 0, 0 FROM projects;
		INSERT OR IGNORE INTO skill_versions(skillId,version,name,
			description,prompt,userId,createdAt)
			SELECT id, version, name, description, prompt, authorId, 0
			FROM skills;
		UPDATE skill_versions SET userId = (SELECT MAX(id) FROM users
			WHERE email <> 'boss@example.com') WHERE skillId % 2 = 0;
		INSERT OR IGNORE INTO webhook_settings(webhookId,ownerId)
			SELECT id, (SELECT MIN(id) FROM users) FROM webhooks;
		INSERT OR IGNORE INTO skill_forks(skillId,fromId,createdAt)
			SELECT id, (SELECT MAX(o.id) FROM skills o WHERE o.id < s.id), 0
			FROM skills s;
		UPDATE skills SET forkCount = (SELECT COUNT(*) FROM skill_forks f
			WHERE f.fromId = skills.id);
		INSERT OR IGNORE INTO execution_runs(executionId,userId,skillId,
			configId,retryOfId)
			SELECT id, (SELECT MIN(u.id) FROM users u
					WHERE u.id >= 1 + x.id % 4),
				(SELECT MIN(id) FROM skills) + x.id % 2,
				(SELECT MIN(id) FROM ai_provider_configs),
				(SELECT MAX(o.id) FROM task_executions o WHERE o.id < x.id)
			FROM task_executions x"
	awm_ok --as boss@example.com db check >/dev/null
	sql 'VACUUM INTO "clean.db"'
}

# What is in each table: ids, or whole rows where there are none. Left out is
# what awm itself has to say of a deletion.
rows_of() {
	local table columns

	for table in $(sqlite3 "$1" "SELECT name FROM sqlite_schema
		WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
		AND name NOT LIKE 'search%' AND name NOT IN
			('schema_migrations', 'database_info') ORDER BY name"); do
		columns=$(sqlite3 "$1" "SELECT COALESCE(
			MAX(CASE name WHEN 'id' THEN 'id' END), '*')
			FROM pragma_table_info('$table')")
		sqlite3 "$1" "SELECT '$table', $columns FROM \"$table\"
			$(case $table in activities | changes | notifications | integration_deliveries)
				printf 'WHERE id <= %s' \
					"$(sqlite3 clean.db "SELECT MAX(id) FROM $table")" ;;
			esac) ORDER BY 1, 2"
	done
}

# What the engine alone leaves, by the actions that the schema declares; what
# it has no action for is let go of.
by_engine() {
	cp clean.db engine.db
	sqlite3 engine.db "PRAGMA foreign_keys = ON; BEGIN;
		PRAGMA defer_foreign_keys = ON;
		WITH RECURSIVE below(id) AS (SELECT $2 UNION
			SELECT t.id FROM tasks t JOIN below ON parentTaskId = below.id
			WHERE '$1' = 'tasks')
		DELETE FROM \"$1\" WHERE id IN (SELECT id FROM below);
		UPDATE projects SET templateId = NULL
			WHERE templateId NOT IN (SELECT id FROM templates);
		UPDATE tasks SET blockedByTaskId = NULL
			WHERE blockedByTaskId NOT IN (SELECT id FROM tasks);
		UPDATE tasks SET parentTaskId = NULL
			WHERE parentTaskId NOT IN (SELECT id FROM tasks);
		UPDATE comments SET parentCommentId = NULL
			WHERE parentCommentId NOT IN (SELECT id FROM comments);
		COMMIT; PRAGMA foreign_key_check"
}

# How many rows refer to row $3 of table $2 in file $1: "TABLE.COLUMN N".
references() {
	local key query=''

	while read -r key _; do
		query+="${query:+ UNION ALL }SELECT '$key', COUNT(*)
			FROM \"${key%.*}\" WHERE \"${key#*.}\" = $3"
	done < <(foreign_keys | grep " $2 ")
	sqlite3 -separator ' ' "$1" "$query"
}

# deletes_as_declared TABLE COMMAND…: the command, for each row of the table in
# a copy of the database, leaves what the schema says, and nothing derived is
# wrong. Each foreign key to the table has rows at least once.
deletes_as_declared() {
	local table=$1 id

	shift
	: >seen
	for id in $(sql "SELECT id FROM \"$table\" WHERE '$table' <> 'users'
		OR id NOT IN (SELECT id FROM users
			WHERE email = 'boss@example.com')"); do
		cp clean.db one.db
		references clean.db "$table" "$id" | grep -v ' 0$' >>seen || true
		AWM_DB=one.db awm_ok --as boss@example.com "$@" "$id" --yes >/dev/null
		by_engine "$table" "$id"
		diff <(rows_of engine.db) <(rows_of one.db)
		run grep -v ' 0$' <(references one.db "$table" "$id")
		assert_output ''
		AWM_DB=one.db run_awm --as boss@example.com db check
		assert_status 0
	done
	diff <(foreign_keys | grep " $table " | cut -d' ' -f1 | sort) \
		<(cut -d' ' -f1 seen | sort -u)
}

@test "user rm leaves what the schema says, for every user of the demo" {
	demo
	deletes_as_declared users user rm
}

@test "team rm leaves what the schema says" {
	demo
	deletes_as_declared teams team rm
}

@test "project rm leaves what the schema says, for every project" {
	demo
	deletes_as_declared projects project rm
}

@test "task purge leaves what the schema says, for every task" {
	demo
	deletes_as_declared tasks task purge --force
}

@test "exec rm leaves what the schema says, for every execution" {
	demo
	deletes_as_declared task_executions exec rm
}

# ---- the rows of the specification's Cascade Policies ----

# Ada's and bob's: each with a project, a task in it, and on each task a
# comment, time and an execution by either.
pairs() {
	awm_ok user add bob@example.com -q >/dev/null
	awm_ok user add boss@example.com --role admin -q >/dev/null
	awm_ok team add Ops -q >/dev/null
	awm_ok project add Hers -q >/dev/null
	awm_ok --as bob@example.com project add His --team ops -q >/dev/null
	awm_ok task add -p Hers hers --tag red -q >/dev/null
	awm_ok task add -p His his --tag blue -q >/dev/null
	for task in 1 2; do
		for user in ada bob; do
			awm_ok --as $user@example.com comment add $task "by $user" \
				-q >/dev/null
			awm_ok --as $user@example.com time add $task 30m \
				--at 2026-11-2${task}T08:00 -q >/dev/null
		done
		sql "INSERT INTO task_executions(taskId,prompt,aiProvider,model,
				createdAt,updatedAt) VALUES ($task,'p','local','m',0,0);
			INSERT INTO search_indexes(entityType,entityId,content,
				createdAt,updatedAt)
			VALUES ('execution',$task,'p',0,0);
			INSERT INTO search_fts(search_fts) VALUES ('rebuild')"
	done
	awm_ok db check >/dev/null
	export AWM_USER=boss@example.com
}

# left TABLE N [WHERE]: that many rows are left, and all that is derived fits.
left() {
	[[ $(count "$1" "${3-}") == "$2" ]] || {
		printf '%s: %s rows\n' "$1" "$(count "$1" "${3-}")" >&2
		return 1
	}
	awm_ok db check >/dev/null
}

@test "users to projects (owner): CASCADE" {
	pairs
	awm_ok user rm bob@example.com --yes >/dev/null
	left projects 1
	left projects 1 "title = 'Hers'"
}

@test "users to comments: CASCADE, on the tasks of others too" {
	pairs
	awm_ok comment reply 2 'to bob' -q >/dev/null
	awm_ok comment react 1 👍 -q >/dev/null
	awm_ok --as bob@example.com comment react 1 👍 -q >/dev/null
	awm_ok --as bob@example.com comment react 1 🎉 -q >/dev/null
	awm_ok user rm bob@example.com --yes >/dev/null
	left comments 2 'taskId = 1'
	left comments 0 "content = 'by bob'"
	# The reply stays, to nobody; so does what others reacted.
	left comments 1 "content = 'to bob' AND parentCommentId IS NULL"
	left comments 1 "content = 'by ada' AND reactions = '{\"👍\":[3]}'"
}

@test "users to activities: CASCADE" {
	pairs
	left activities 1 "userId = 2 AND type = 'comment.created' AND taskId = 1"
	awm_ok user rm bob@example.com --yes >/dev/null
	left activities 0 'userId = 2'
	left activities 1 "type = 'user.deleted' AND userId = 3"
	left activities 1 "type = 'task.created' AND userId = 1"
}

@test "teams to projects: CASCADE" {
	pairs
	awm_ok team rm ops --yes >/dev/null
	left projects 1
	left projects 1 "title = 'Hers'"
	left users 3
}

@test "projects to tasks: CASCADE" {
	pairs
	awm_ok task block 1 --by 2 >/dev/null
	awm_ok project rm His --yes >/dev/null
	left tasks 1
	left tasks 1 "title = 'hers' AND status = 'todo'"
	left task_tags 1
}

@test "tasks to comments, time_entries and task_executions: CASCADE" {
	pairs
	awm_ok task rm 2 >/dev/null
	# Softly deleted it keeps them.
	left comments 2 'taskId = 2'
	left time_entries 2 'taskId = 2'
	left task_executions 1 'taskId = 2'
	awm_ok task purge 2 --yes >/dev/null
	left comments 0 'taskId = 2'
	left time_entries 0 'taskId = 2'
	left task_executions 0 'taskId = 2'
	left comments 2
	left time_entries 2
	left task_executions 1
	left projects 1 "title = 'His' AND COALESCE(actualHours, 0) = 0"
}

@test "users to time_entries: the sums of others' tasks follow" {
	pairs
	left tasks 1 "id = 1 AND actualMinutes = 60"
	awm_ok user rm bob@example.com --yes >/dev/null
	left time_entries 1
	left tasks 1 "id = 1 AND actualMinutes = 30"
	left projects 1 "title = 'Hers' AND actualHours = 0.5"
}

@test "users to tasks (assignee): SET NULL; watchers and mentions follow" {
	pairs
	awm_ok task assign 1 bob@example.com >/dev/null
	awm_ok comment add 1 'what says @bob@example.com?' >/dev/null
	left comments 1 "mentions = '[2]'"
	left tasks 1 "watcherIds = '[1,2]'"
	awm_ok user rm bob@example.com --yes >/dev/null
	left tasks 1 "id = 1 AND assigneeId IS NULL"
	left tasks 1 "watcherIds = '[1]'"
	left comments 0 "mentions <> '[]'"
}

@test "teams to skills, providers, integrations and members: CASCADE" {
	pairs
	awm_ok team member add ops bob@example.com >/dev/null
	awm_ok skill add s --prompt p --team ops >/dev/null
	awm_ok skill add own --prompt p >/dev/null
	sql "INSERT INTO ai_provider_configs(teamId,provider,name,createdAt,
			updatedAt) VALUES (1,'local','l',0,0);
		INSERT INTO integrations(teamId,type,credentials,createdAt,updatedAt)
			VALUES (1,'slack','{}',0,0)"
	awm_ok team rm ops --yes >/dev/null
	left skills 1
	left ai_provider_configs 0
	left integrations 0
	left team_members 0
	left users 3
	left activities 1 "type = 'skill.deleted'"
}

@test "notifications and integrations to deliveries, links, cursors: CASCADE" {
	pairs
	sql "INSERT INTO integrations(id,userId,type,credentials,createdAt,
			updatedAt) VALUES (1,1,'github','{}',0,0),
			(2,1,'smtp','{}',0,0);
		INSERT INTO notifications(id,userId,type,title,content,createdAt,
			updatedAt) VALUES (901,3,'t','t','c',0,0),
			(902,3,'t','t','c',0,0);
		INSERT INTO integration_deliveries(integrationId,notificationId,
			userId,createdAt,updatedAt) VALUES (1,901,3,0,0),
			(2,901,3,0,0),(2,902,3,0,0);
		INSERT INTO integration_links(integrationId,taskId,source,externalId,
			createdAt,updatedAt) VALUES (1,1,'s',1,0,0),(2,1,'s',1,0,0);
		INSERT INTO integration_comments(integrationId,commentId,source,
			externalId,remote,createdAt,updatedAt)
			VALUES (1,1,'s',1,'',0,0),(2,1,'s',1,'',0,0);
		INSERT INTO integration_cursors(integrationId,source,resource,
			updatedAt) VALUES (1,'s','issues',0),(2,'s','issues',0)"
	awm_ok notify rm 901 >/dev/null
	left integration_deliveries 1
	sql "DELETE FROM comments WHERE id = 1; DELETE FROM search_indexes
		WHERE entityType = 'comment' AND entityId = 1;
		INSERT INTO search_fts(search_fts) VALUES ('rebuild')"
	left integration_comments 2 'commentId IS NULL'
	awm_ok integration rm 1 --yes >/dev/null
	left integration_links 1
	left integration_comments 1
	left integration_cursors 1
	awm_ok integration rm 2 --yes >/dev/null
	left integration_deliveries 0
}

@test "tasks to git_closings: CASCADE" {
	pairs
	git_repo
	git_commit base >/dev/null
	git switch -q -c side
	git_commit 'fixes awm#2' >/dev/null
	awm_ok git link >/dev/null
	left git_closings 1
	awm_ok task rm 2 >/dev/null
	awm_ok task purge 2 --yes >/dev/null
	left git_closings 0
}
