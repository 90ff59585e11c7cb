#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What goes along when a row is deleted for good, what is let go of, and that
# the derived tables follow. Rows of nouns that have no commands of their own
# are put in with the sqlite3 shell.

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
		INSERT INTO time_entries(taskId,userId,startTime,duration,
			createdAt,updatedAt) VALUES (2,1,0,60,0,0),(1,2,0,60,0,0);
		INSERT INTO task_executions(taskId,prompt,aiProvider,model,
			createdAt,updatedAt) VALUES (2,'p','local','m',0,0);
		INSERT INTO search_indexes(entityType,entityId,content,createdAt,
			updatedAt) VALUES ('comment',1,'by bob',0,0),
			('comment',2,'by ada',0,0),('comment',3,'reply',0,0),
			('execution',1,'p',0,0);"
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
