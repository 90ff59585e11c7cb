#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# A database that was damaged from outside: what db check finds, and what the
# other commands say.

load checks

setup() {
	awm_setup
	awm_ok task add -t red one -q >/dev/null
	awm_ok task add -t blue two -q >/dev/null
}

sql() {
	sqlite3 -cmd 'PRAGMA ignore_check_constraints=ON' "$AWM_DB" "$@"
}

@test "JSON that is none: found with row and column, and the checks go on" {
	sql "UPDATE tasks SET tags='[oops' WHERE id=2"
	run_awm db check
	assert_status 4
	assert_contains 'task 2: tags is no JSON'
	assert_contains 'skill ratings     ok'
	fails 7 'task 2 is damaged' task tag 2 x
	fails 7 'task 2 is damaged' task edit 2 --priority high
	fails 7 'task 2 is damaged' task done 2
	awm_ok task tag 1 x -q >/dev/null
}

@test "a table that is gone is a finding, too" {
	sql 'DROP TABLE task_watchers'
	run_awm db check
	assert_status 7
	assert_contains 'no such table'
	assert_contains 'search index'
}

@test "an order at its end, sums that overflow: commands go on" {
	sql "UPDATE tasks SET \"order\"=9223372036854775807,
		estimatedMinutes=9223372036854775807"
	awm_ok task add three -q >/dev/null
	run_awm project stats 1 --json
	assert_status 0
}

@test "the account goes on as whom it acted as first" {
	unset AWM_USER
	export AWM_DB=$PWD/new.db
	awm_ok --as first@example.com task add one -q >/dev/null
	json '.email == "first@example.com"' user show
	awm_ok user add second@example.com -q >/dev/null
	awm_ok --as second@example.com task list >/dev/null
	json '.email == "first@example.com"' user show
}

@test "tags of an older database come along" {
	# A database of the first version, with tags.
	export AWM_DB=$PWD/old.db
	sqlite3 "$AWM_DB" <"$AWM_SOURCE_ROOT/sql/migrations/sqlite/0001_specification.sql"
	sqlite3 "$AWM_DB" "INSERT INTO users(id,email,name,role,createdAt,updatedAt)
			VALUES (1,'ada@example.com','Ada','admin',0,0);
		INSERT INTO projects(id,title,ownerId,createdAt,updatedAt)
			VALUES (1,'P',1,0,0);
		INSERT INTO tasks(id,projectId,title,tags,createdAt,updatedAt)
			VALUES (1,1,'a','[\"maps\"]',0,0),(2,1,'b','[\"maps\",\"x\"]',0,0);
		INSERT INTO search_indexes(entityType,entityId,content,createdAt,updatedAt)
			VALUES ('project',1,'P',0,0),('task',1,'a',0,0),('task',2,'b',0,0);
		INSERT INTO schema_migrations VALUES (1,'0001_specification',
			'$(sha256sum <"$AWM_SOURCE_ROOT/sql/migrations/sqlite/0001_specification.sql" | cut -d' ' -f1)',0);
		PRAGMA application_id=$((0x41574d31)); PRAGMA user_version=1"
	awm_ok db migrate >/dev/null
	prints $'1\n2' task list --tag maps -q
	run_awm db check
	assert_lacks 'tag index'
}
