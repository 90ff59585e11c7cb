#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Many processes on one database. How many is set for a machine of two cores;
# AWM_TEST_ADDS scales the adds of each of the 64 processes.

load helper

setup() {
	awm_setup
	unset AWM_NOW
	# A process in the queue waits for all that came before it.
	adds=${AWM_TEST_ADDS:-50}
	if [[ -n ${AWM_SANITIZED-} ]]; then
		adds=${AWM_TEST_ADDS:-10}
	fi
}

# Runs FUNCTION I for I in 1..N, all at once; the exit status of each goes to
# rc-I, its output to out-I and err-I.
in_parallel() {
	local n=$1 i

	shift
	for ((i = 1; i <= n; i++)); do
		(
			rc=0
			"$@" "$i" >"out-$i" 2>"err-$i" || rc=$?
			printf '%d\n' "$rc" >"rc-$i"
		) 3>&- &
	done
	wait
}

# All of them exited 0; what those printed that did not explains it.
all_succeeded() {
	local n=$1 i bad=0

	for ((i = 1; i <= n; i++)); do
		if [[ $(cat "rc-$i") != 0 ]]; then
			bad=$((bad + 1))
			printf 'process %d: exit %s: %s\n' "$i" \
				"$(cat "rc-$i")" "$(head -n 3 "err-$i")" >&2
		fi
	done
	((bad == 0))
}

count() {
	sqlite3 "$AWM_DB" "select count(*) from $1"
}

add_many() {
	local k

	for ((k = 1; k <= adds; k++)); do
		awm --wait 300 task add -q "task $k of process $1" || return
	done
}

@test "64 processes add tasks to a database that does not exist yet: none fails, none is lost" {
	local total=$((64 * adds))

	in_parallel 64 add_many
	all_succeeded 64

	# each id that was printed is there, and none was given twice
	cat out-* | sort -n >printed
	[ "$(wc -l <printed)" -eq "$total" ]
	[ "$(sort -nu printed | wc -l)" -eq "$total" ]
	awm_ok task list --all -q | sort -n | diff -q - printed

	# each title once
	[ "$(sqlite3 "$AWM_DB" 'select count(distinct title) from tasks')" -eq "$total" ]
	[ "$(sqlite3 "$AWM_DB" "select count(*) from activities where type = 'task.created'")" -eq "$total" ]
	[ "$(sqlite3 "$AWM_DB" "select count(*) from search_indexes where entityType = 'task'")" -eq "$total" ]

	# one schema, one admin, one project, places in the list without a gap
	[ "$(count users)" -eq 1 ]
	[ "$(count projects)" -eq 1 ]
	[ "$(sqlite3 "$AWM_DB" 'select count(*) from schema_migrations' | sort -u)" = \
		"$(sqlite3 "$AWM_DB" 'pragma user_version')" ]
	[ "$(sqlite3 "$AWM_DB" 'select count(distinct "order"), min("order"), max("order") from tasks')" = \
		"$total|0|$((total - 1))" ]
	awm_ok db check >/dev/null
}

tag_one() {
	awm --wait 120 task tag 1 "t$1"
}

@test "32 processes tag one task at once: 32 tags" {
	awm_ok task add -q 'To be tagged'
	in_parallel 32 tag_one
	all_succeeded 32

	run_awm task show 1 --json
	assert_json '.tags | length == 32 and (unique | length == 32)'
	[ "$(count task_tags)" -eq 32 ]
	awm_ok db check >/dev/null
}

first_use() {
	awm --wait 120 task list
}

@test "20 first uses at once make one database with one admin" {
	in_parallel 20 first_use
	all_succeeded 20

	[ "$(sqlite3 "$AWM_DB" 'select email, role from users')" = 'ada@example.com|admin' ]
	[ "$(sqlite3 "$AWM_DB" 'select count(*) - max(version) from schema_migrations')" -eq 0 ]
	awm_ok db check >/dev/null
}

first_use_unnamed() {
	env -u AWM_USER awm --wait 120 user list -q
}

@test "20 first uses at once by the person of the account make one admin" {
	in_parallel 20 first_use_unnamed
	all_succeeded 20

	[ "$(sqlite3 "$AWM_DB" 'select group_concat(role) from users')" = admin ]
	[ "$(count identities)" -eq 1 ]
	[ "$(sort -u out-*)" = 1 ]
}

first_use_by() {
	awm --wait 120 --as "user$1@example.com" task list
}

@test "of 20 different people who come first at once one becomes admin, the others are refused" {
	local i

	in_parallel 20 first_use_by
	[ "$(count users)" -eq 1 ]
	[ "$(sqlite3 "$AWM_DB" 'select role from users')" = admin ]
	cat rc-* | sort -n | uniq -c >codes
	[ "$(tr -s ' ' <codes)" = $' 1 0\n 19 6' ]
}

migrate_one() {
	awm --wait 120 db migrate
}

@test "20 racing migrations apply once" {
	in_parallel 20 migrate_one
	all_succeeded 20

	[ "$(sqlite3 "$AWM_DB" 'select count(*) - max(version) from schema_migrations')" -eq 0 ]
	awm_ok db check >/dev/null
}

finish_one() {
	awm --wait 120 task 'done' 1
}

@test "16 processes finish one task at once: it is finished once" {
	awm_ok task add -q 'To be done'
	in_parallel 16 finish_one

	[ "$(sqlite3 "$AWM_DB" 'select status from tasks')" = 'done' ]
	[ "$(sqlite3 "$AWM_DB" "select count(*) from activities where type = 'task.completed'")" -eq 1 ]
}

@test "listings and shows never fail while others write" {
	local writers=4 readers=0 i pids=()

	awm_ok task add -q 'The first one'
	for ((i = 1; i <= writers; i++)); do
		(
			for ((k = 0; k < 25; k++)); do
				awm --wait 120 task add -q "busy $k" || exit
			done
		) >/dev/null 2>"err-w$i" 3>&- &
		pids+=($!)
	done
	while kill -0 "${pids[@]}" 2>/dev/null; do
		awm task list --json >listing 2>err
		jq -e 'length > 0' listing >/dev/null
		awm task show 1 >/dev/null 2>err
		[ ! -s err ]
		readers=$((readers + 1))
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	((readers > 0))
	[ "$(count tasks)" -eq $((writers * 25 + 1)) ]
}

@test "a writer who may not wait says that the database is busy: 7" {
	awm_ok task add -q 'The first one'
	mkfifo held
	sqlite3 "$AWM_DB" <held >/dev/null 2>&1 3>&- &
	exec 4>held
	printf 'begin immediate;\ninsert into database_info values (1, 2);\nselect 1;\n' >&4
	sleep 0.5

	run_awm --wait 0 task add 'No room'
	exec 4>&-
	wait
	assert_status 7
	assert_error 'busy'
	assert_error 'hint: '
	[ "$(count tasks)" -eq 1 ]
}

@test "what one process wrote, the next one reads" {
	local i id

	for ((i = 1; i <= 10; i++)); do
		id=$(awm_ok task add -q "task $i")
		[ "$(awm_ok task show "$id" --json | jq -r .title)" = "task $i" ]
	done
}

# Each process is the first to open the database, so it recovers the log that
# the others left: that must stay short, or every command gets slower.
@test "the log stays short over hundreds of commands, one at a time" {
	local i

	for ((i = 1; i <= 150; i++)); do
		awm_ok task add -q "task $i" >/dev/null
	done
	[ "$(stat -c %s "$AWM_DB-wal")" -lt 1000000 ]
	[ "$(awm_ok task list -q | wc -l)" -eq 150 ]
}
