#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# awm's own format: everything out, and in again, exactly or with new ids.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
}

# A database with rows in every table.
full() {
	awm_ok db seed >/dev/null
	awm_ok project use 1 >/dev/null
	awm_ok import beads "$AWM_SOURCE_ROOT/tests/data/exchange/beads.jsonl" \
		>/dev/null
	awm_ok task add Once --idempotency-key k1 >/dev/null
	awm_ok task edit 1 --defer 2027-01-01 >/dev/null
	awm_ok task claim "$(awm_ok task list -q -n 1 --status todo)" >/dev/null
	awm_ok project edit 1 --budget 12.5 >/dev/null
	awm_ok skill add Own --prompt 'Do {{x}}' --tag a >/dev/null
	awm_ok skill edit Own --prompt 'Do it {{x}}' >/dev/null
	awm_ok skill fork Own --name Fork >/dev/null
	awm_ok user add rev@example.com >/dev/null
	awm_ok --as rev@example.com skill review add Fork --rating 4 \
		>/dev/null 2>&1 || awm_ok skill review add 1 --rating 4 >/dev/null
	awm_ok provider add openai --name mine --stdin >/dev/null <<<sk-4711
	HOOK=https://hooks.example.com/s3cr3t awm_ok integration add slack \
		--credentials-env HOOK >/dev/null
	awm_ok task edit 2 --title Changed >/dev/null
	awm_ok undo >/dev/null
	awm_ok exec record 1 --provider local --model m --prompt p --response r \
		>/dev/null
}

# What is in each table, but for what is made from others, or is about the
# machine.
content() {
	local table

	for table in $(sqlite3 "$1" "SELECT name FROM sqlite_schema
		WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
		AND name NOT LIKE 'search%' AND name NOT IN ('schema_migrations',
			'identities', 'delivery_leases') ORDER BY name"); do
		printf '== %s\n' "$table"
		sqlite3 -quote "$1" "SELECT * FROM \"$table\"" | LC_ALL=C sort
	done
}

@test "an empty database becomes the one that was exported" {
	full
	awm_ok export jsonl -o a.jsonl >/dev/null
	json ".records == $(($(wc -l <a.jsonl) - 1)) and .added == .records
		and .unchanged == 0" --db new.db import jsonl a.jsonl
	awm_ok --db new.db export jsonl >b.jsonl
	cmp a.jsonl b.jsonl
	diff <(content "$AWM_DB") <(content new.db)
	awm_ok --db new.db db check >/dev/null
	json '.added == 0 and .changed == 0 and .unchanged == .records' \
		--db new.db import jsonl a.jsonl
	json '.added == 0 and .changed == 0 and .unchanged == .records' \
		import jsonl a.jsonl
	awm_ok --db new.db export jsonl | cmp a.jsonl -
	# the search index is there
	[[ $(sqlite3 new.db 'SELECT COUNT(*) FROM search_indexes') == \
		$(sqlite3 "$AWM_DB" 'SELECT COUNT(*) FROM search_indexes') ]]
}

@test "every table of the schema is in the export, or known to be left out" {
	full
	awm_ok export jsonl >a.jsonl
	run -0 bash -c "comm -3 <(jq -r 'select(.table).table' a.jsonl | sort -u) \
		<(sqlite3 '$AWM_DB' \"SELECT name FROM sqlite_schema WHERE type =
			'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\\'\" | sort)"
	# left out by name, then without rows here
	for table in ${output//[[:space:]]/ }; do
		case $table in
		database_info | delivery_leases | identities | schema_migrations | \
			search* | task_tags) ;;
		*) [[ $(sqlite3 "$AWM_DB" "SELECT COUNT(*) FROM \"$table\"") == 0 ]] ;;
		esac
	done
}

@test "secrets are sealed, work in the copy, and can be left out" {
	full
	awm_ok export jsonl >a.jsonl
	run -1 grep -E 'sk-4711|s3cr3t' a.jsonl
	run -0 jq -r 'select(.table == "integrations").row.credentials' a.jsonl
	[[ $output == *awm* || ${#output} -gt 40 ]]
	awm_ok --db new.db import jsonl a.jsonl >/dev/null
	AWM_DB=new.db run_awm exec run 1 --provider mine --model gpt-4o --dry-run
	assert_status 0

	awm_ok export jsonl --no-secrets >c.jsonl
	run -0 jq -c 'select(.row.credentials or .row.api_key)
		| [.row.credentials, .row.api_key]' c.jsonl
	[[ $(sort -u <<<"$output") == '["{}",null]' ]]
	awm_ok --db bare.db import jsonl c.jsonl >/dev/null
	json 'map(.credentials) | unique == ["unset"]' --db bare.db integration list
	[[ $(sqlite3 bare.db 'SELECT COUNT(*) FROM ai_provider_configs
		WHERE api_key IS NOT NULL') == 0 ]]
}

# What tasks are, without the ids.
tasks_of() {
	sqlite3 "$1" "SELECT t.title, p.title, u.email, o.title, b.title,
			(SELECT group_concat(w.email) FROM (SELECT email
				FROM json_each(t.watcherIds) j JOIN users w
				ON w.id = j.value ORDER BY email) w),
			(SELECT group_concat(k.title) FROM (SELECT x.title
				FROM task_dependencies d JOIN tasks x ON x.id = d.blockerId
				WHERE d.taskId = t.id ORDER BY x.title) k),
			(SELECT COUNT(*) FROM activities a WHERE a.taskId = t.id),
			(SELECT COUNT(*) FROM comments c WHERE c.taskId = t.id)
		FROM tasks t JOIN projects p ON p.id = t.projectId
		LEFT JOIN users u ON u.id = t.assigneeId
		LEFT JOIN tasks o ON o.id = t.parentTaskId
		LEFT JOIN tasks b ON b.id = t.blockedByTaskId
		WHERE p.title <> 'Here before' ORDER BY t.createdAt, t.title"
}

@test "into a filled database rows come with new ids, and references follow" {
	full
	awm_ok export jsonl -o a.jsonl >/dev/null
	export OTHER=$PWD/other.db
	awm_ok --db "$OTHER" user add zoe@example.com >/dev/null
	awm_ok --db "$OTHER" project add 'Here before' >/dev/null
	awm_ok --db "$OTHER" task add 'Here before' -p 1 --assign zoe@example.com \
		>/dev/null
	json '.added > 100 and .changed == 0' --db "$OTHER" import jsonl a.jsonl
	awm_ok --db "$OTHER" db check >/dev/null
	diff <(tasks_of "$AWM_DB") <(tasks_of "$OTHER")
	[[ $(sqlite3 "$OTHER" 'SELECT COUNT(*) FROM users') == \
		$(($(sqlite3 "$AWM_DB" 'SELECT COUNT(*) FROM users') + 1)) ]]
	json '.added == 0 and .changed == 0' --db "$OTHER" import jsonl a.jsonl
	# what came from elsewhere is still known there
	json '.added == 0 and .unchanged == 7' --db "$OTHER" import beads \
		"$AWM_SOURCE_ROOT/tests/data/exchange/beads.jsonl"
	# mentions and activities tell of the new ids
	[[ $(sqlite3 "$OTHER" "SELECT COUNT(*) FROM activities a,
		json_each(a.changes, '\$.projectId.to') j
		WHERE a.type = 'task.created' AND NOT EXISTS (SELECT 1
			FROM projects WHERE id = j.value)") == 0 ]]

	# A change in the one comes over, the newer one wins.
	AWM_NOW=2026-11-23T12:00:00Z awm_ok task edit 2 --title Renamed >/dev/null
	awm_ok export jsonl >b.jsonl
	json '.changed == 1' --db "$OTHER" import jsonl b.jsonl
	[[ $(sqlite3 "$OTHER" "SELECT COUNT(*) FROM tasks
		WHERE title = 'Renamed'") == 1 ]]
	fails 5 'is there already, and differs' --db "$OTHER" import jsonl \
		--on-conflict fail a.jsonl
}

@test "into the same database what is gone comes back" {
	full
	awm_ok export jsonl >a.jsonl
	content "$AWM_DB" >before
	awm_ok project rm 1 --yes >/dev/null
	json '.added > 0' import jsonl a.jsonl
	awm_ok db check >/dev/null
	[[ $(sqlite3 "$AWM_DB" 'SELECT title FROM projects WHERE id = 1') == \
		$(jq -r 'select(.table == "projects" and .row.id == 1).row.title' \
			a.jsonl) ]]
	diff <(grep -A1000 '== task_dep' before | sed '/== task_exec/,$d') \
		<(content "$AWM_DB" | grep -A1000 '== task_dep' |
			sed '/== task_exec/,$d')
}

@test "what is malformed changes nothing, and says which line" {
	local head='{"awm":1,"database":"00112233445566778899aabbccddeeff"}'
	local user='{"table":"users","row":{"id":1,"email":"x@example.com","name":"X","createdAt":0,"updatedAt":0}}'
	local before

	awm_ok user list >/dev/null
	before=$(content "$AWM_DB")
	fails 2 "line 1: this is no export of awm's own" import jsonl - \
		<<<'{"title":"x"}'
	fails 2 "line 1: this is no export of awm's own" import jsonl - </dev/null
	fails 2 'version 2 of the format' import jsonl - <<<'{"awm":2,"database":"x"}'
	fails 2 "line 2: there is no table 'sqlite_schema' here" import jsonl - \
		<<<"$head"$'\n{"table":"sqlite_schema","row":{}}'
	fails 2 "line 2: there is no table 'task_tags' here" import jsonl - \
		<<<"$head"$'\n{"table":"task_tags","row":{}}'
	fails 2 "line 3: users: users has no column 'x'" import jsonl - \
		<<<"$head"$'\n'"$user"$'\n{"table":"users","row":{"id":2,"x":1}}'
	fails 4 'line 2: users: id: want 1 or more' import jsonl - \
		<<<"$head"$'\n{"table":"users","row":{"id":0}}'
	fails 3 'line 2: projects: no user 7' import jsonl - \
		<<<"$head"$'\n{"table":"projects","row":{"id":1,"title":"x","ownerId":7,"createdAt":0,"updatedAt":0}}'
	fails 2 "role" import jsonl - \
		<<<"$head"$'\n'"${user/\"name\"/\"role\":\"god\",\"name\"}"
	fails 5 'line 3: users' import jsonl - <<<"$head"$'\n'"$user"$'\n'"$user"
	[[ $(content "$AWM_DB") == "$before" ]]
	json '.added == 1 and .users == 1 and .dryRun' import jsonl --dry-run - \
		<<<"$head"$'\n'"$user"
	[[ $(content "$AWM_DB") == "$before" ]]
	# Nobody is locked out: who imports stays.
	json '.added == 1' import jsonl - <<<"$head"$'\n'"$user"
	json 'map(.email) | sort == ["ada@example.com", "x@example.com"]' user list
}

@test "everything is for admins" {
	awm_ok user add mem@example.com >/dev/null
	awm_ok export jsonl >a.jsonl
	fails 6 'export everything' --as mem@example.com export jsonl
	fails 6 'import a whole database' --as mem@example.com import jsonl a.jsonl
	awm_ok project add P >/dev/null
	fails 2 '--project does not go with jsonl' export jsonl -p P
}
