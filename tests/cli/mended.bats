#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What somebody once found broken at the command line, and must stay mended.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
}

# screen COLUMNS ARG…: what a terminal so wide is shown, in the file screen.
screen() {
	local width=$1

	shift
	TERM=dumb script -qec "stty cols $width; awm --no-pager $*" /dev/null \
		</dev/null | tr -d '\r' >screen
}

# no_wider WIDTH: no line of the screen is wider.
no_wider() {
	local widest

	widest=$(wc -L <screen)
	((widest <= $1)) && return
	head -n 5 screen
	return 1
}

@test "git link: - reads commits from standard input" {
	git_repo
	awm_ok project add Web >/dev/null
	awm_ok task add one -p Web >/dev/null
	git_commit 'AWM-1' >/dev/null
	git_commit 'nothing' >/dev/null
	git_commit 'awm#1 too' >/dev/null
	run --separate-stderr bash -c 'git rev-list HEAD | awm git link - -q'
	assert_status 0
	assert_output $'1\n1'
	[ "$(awm task show 1 --json | jq '.gitCommits | length')" = 2 ]
	run_awm_in $'HEAD~1 HEAD\n' git link - HEAD~2
	assert_status 0
	assert_error '3 commits read'
	run_awm_in 'nope' git link -
	assert_status 3
	# No commits are no commits, and not HEAD.
	run --separate-stderr bash -c 'git rev-list HEAD..HEAD | awm git link - --json'
	assert_status 0
	assert_output '[]'
	assert_error '0 commits read'
}

@test "git link: a dry run says that it is one" {
	git_repo
	awm_ok project add Web >/dev/null
	awm_ok task add one -p Web >/dev/null
	git_commit 'AWM-1' >/dev/null
	run_awm git link --dry-run --json
	assert_json '.[0].state == "would link"'
	[ "$stderr" = 'awm: dry run: 1 commit read, 1 names a task, 1 would be linked' ]
	run_awm git link --json
	assert_json '.[0].state == "linked"'
	[ "$stderr" = 'awm: 1 commit read, 1 names a task, 1 newly linked' ]
	run_awm git link --dry-run --json
	assert_json '.[0].state == "present"'
}

# tasks that fill every column
wide_tasks() {
	awm_ok user add beatrice.longfellow@example.com --name 'Beatrice Longfellow' >/dev/null
	awm_ok project add 'The website of the company' >/dev/null
	awm_ok task add 'Ship the first version of the thing at last' -p 1 \
		--priority medium --due 2026-11-30T17:00 --assign 2 \
		--tag frontend,backend --status in_progress >/dev/null
	awm_ok task add 'Look at the numbers' -p 1 --priority urgent \
		--due 2026-12-24T09:30 --assign me --status in_review >/dev/null
	sql "UPDATE tasks SET estimatedMinutes = 100000"
}

@test "tables are never wider than the terminal" {
	wide_tasks
	for width in 100 80 60 40 30 20 10; do
		for command in 'task list' 'project list' 'user list' \
			'activity list' 'project stats 1' \
			'task list --fields id,title,description,status,priority,dueDate,createdAt,updatedAt,tags,estimatedMinutes'; do
			screen "$width" "$command"
			[[ $command = *stats* ]] || no_wider "$width" || {
				printf '%s: %s\n' "$width" "$command" >&2
				return 1
			}
			grep -q '1' screen
		done
	done
	# $COLUMNS says it as well, and first.
	COLUMNS=40 screen 200 task list
	no_wider 40
	screen 20 task list --fields id,status,priority,dueDate,createdAt
	grep -q ' …$' screen
}

@test "tables: a time gives up its hours before words are cut" {
	wide_tasks
	screen 200 task list
	grep -q '2026-11-30 17:00' screen
	screen 80 task list
	no_wider 80
	grep -q ' in_progress ' screen
	grep -q ' medium ' screen
	grep -q '2026-11-30' screen
	run ! grep -q '17:00' screen
	# A date that is alone stays whole.
	screen 40 task list --fields id,title,dueDate
	grep -q '2026-11-30' screen
}

@test "tables: a column that comes back late keeps to the width" {
	awm_ok project add P >/dev/null
	sql "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
			WHERE i < 700)
		INSERT INTO tasks(projectId,title,\"order\",createdAt,updatedAt)
		SELECT 1, 'A title of some length ' || i, i, 0, 0 FROM n;
		UPDATE tasks SET assigneeId = 1, tags = '[\"someword\",\"other\"]',
			dueDate = 1800000000000
		WHERE id = 699"
	screen 50 task list --sort id
	no_wider 50
	grep -q 'someword\|some…\|so…' screen
}

@test "task tag, untag: commas divide, as with --tag" {
	awm_ok task add one --tag a,b >/dev/null
	json '.tags == ["a", "b", "p", "q", "r"]' task tag 1 p,q r
	json '.tags == ["b", "q"]' task untag 1 a,p r,
	fails 2 "'task tag' wants TAG" task tag 1 ,
}

@test "config: path and get keep to the format, and to the terminal" {
	local path=$XDG_CONFIG_HOME/awm/config

	prints "$path" config path
	json ".path == \"$path\"" config path
	prints "{\"path\":\"$path\"}" config path --format jsonl
	run_awm config path --format csv
	assert_output $'path\r\n'"$path"$'\r'
	run_awm config path --fields path
	assert_contains "$path"
	fails 2 "unknown field 'x'" config path --fields x
	mkdir -p "${path%/*}"
	printf '[alias]\n\tx = task \u202e list\n' >"$path"
	prints $'task \u202e list' config get alias.x
	screen 80 config get alias.x
	grep -q 'task \\u202E list' screen
	run_awm config get alias.x --fields value
	assert_contains 'task \u202E list'
}

@test "a long text comes from one place" {
	awm_ok task add one >/dev/null
	printf 'from a file\n' >text
	fails 2 '--description and --file exclude each other' \
		task add two -d x -F text
	fails 2 '--file and --description exclude each other' \
		task edit 1 -F text -d x
	fails 2 'exclude each other' task edit 1 -d x -e
	fails 2 'exclude each other' task edit 1 -F text -e
	prints 1 task list -q
	json '.description == "y"' task edit 1 -d x -d y
}

@test "a database of another kind is refused by every command" {
	for command in 'db path' 'db shell' 'db status' 'task list' \
		'db restore x --yes'; do
		# shellcheck disable=SC2086 # words on purpose
		fails 7 "cannot open 'postgres://x/y'" $command \
			--db postgres://x/y
		# shellcheck disable=SC2086
		AWM_DB=postgres://x/y fails 7 "cannot open 'postgres://x/y'" \
			$command
	done
}

@test "db backup: not to standard output; a dry run of restore says so" {
	awm_ok task add one >/dev/null
	fails 2 'not to standard output' db backup -
	[ ! -e - ]
	prints 'wrote copy.db' db backup copy.db
	awm_ok task add two >/dev/null
	prints "dry run: restored $AWM_DB" db restore copy.db --dry-run
	prints $'1\n2' task list -q --sort id
}

@test "nobody is asked whose input is something else" {
	awm_ok project add A >/dev/null
	for input in '</dev/null' '<<<y' '< <(echo y)'; do
		run timeout 10 script -qec "bash -c \"awm project rm 1 $input\"" \
			/dev/null </dev/null
		[ "$status" = 2 ]
		assert_contains 'add --yes'
	done
	prints 1 project list -q
}

@test "Ctrl-C at a question is 'interrupted'" {
	awm_ok project add A >/dev/null
	run bash -c '{ sleep 1; printf "\003"; sleep 1; } |
		timeout 20 script -qec "awm project rm 1" /dev/null'
	[ "$status" = 130 ]
	assert_contains 'awm: error: interrupted'
	assert_lacks 'cannot read'
	prints 1 project list -q
}

@test "rm says what goes along" {
	awm_ok user add bea@example.com --name Bea >/dev/null
	awm_ok project add Web --owner 2 >/dev/null
	awm_ok project add App >/dev/null
	awm_ok project add Empty >/dev/null
	awm_ok team add Ops >/dev/null
	for title in one two three; do
		awm_ok task add "$title" -p Web >/dev/null
	done
	awm_ok task add sub -p Web --parent 1 >/dev/null
	awm_ok task add subsub -p Web --parent 4 >/dev/null
	awm_ok task add x -p App >/dev/null

	prints "dry run: deleted task 1 'one' with 2 subtasks" task rm 1 --dry-run
	prints "deleted task 4 'sub' with 1 subtask" task rm 4
	prints "deleted task 1 'one'" task rm 1
	prints "dry run: purged task 1 'one' with 2 subtasks" \
		task purge 1 --dry-run
	prints "dry run: purged task 4 'sub' with 1 subtask
dry run: purged task 1 'one'" task purge 4 1 --dry-run
	prints "dry run: deleted project 1 'Web' with 5 tasks
dry run: deleted project 2 'App' with 1 task
dry run: deleted project 3 'Empty'" project rm 1-3 --dry-run
	prints "dry run: deleted user 2 'Bea' with 1 project" user rm 2 --dry-run
	awm_ok project edit Web App --team Ops >/dev/null
	prints "dry run: deleted team 1 'Ops' with 2 projects" \
		team rm Ops --dry-run
	json '.id == 1 and (has("with") | not)' project rm 1 --dry-run

	run bash -c "echo n | script -qec 'awm task purge 1' /dev/null"
	assert_contains "delete task 'one' with 2 subtasks for good?"
	run bash -c "echo n | script -qec 'awm task purge 1 4' /dev/null"
	assert_contains 'delete 2 tasks with 1 subtask for good?'
	run bash -c "echo n | script -qec 'awm user rm 2' /dev/null"
	assert_contains "delete user 'bea@example.com' with 1 project for good?"
}

@test "a duration past all bounds is not a negative one" {
	awm_ok task add one >/dev/null
	sql 'PRAGMA ignore_check_constraints=ON;
		UPDATE tasks SET estimatedMinutes = 9223372036854775807'
	run_awm task list --fields id,estimatedMinutes
	assert_status 0
	assert_contains '106751991167300d'
	assert_lacks '-1m'
}

@test "user prefs: what is no object is damage" {
	awm_ok task list >/dev/null
	for value in '[1]' '"x"' '1' 'null'; do
		sql "PRAGMA ignore_check_constraints=ON;
			UPDATE users SET preferences='$value'"
		fails 7 'user 1 is damaged: its preferences are no object' \
			user prefs
		fails 7 'its preferences are no object' user prefs theme
		fails 7 'its preferences are no object' user prefs theme dark
	done
}

@test "help knows aliases and the programs of others" {
	mkdir -p bin "$XDG_CONFIG_HOME/awm"
	printf '#!/bin/sh\n' | tee bin/awm-zap bin/awm-task bin/awm-dull >/dev/null
	chmod +x bin/awm-zap bin/awm-task
	export PATH=$PWD/bin:$PWD/bin:/nonexistent:$PATH
	printf '[alias]\n\tmine = task list --assignee me\n\ttask = user list\n' \
		>"$XDG_CONFIG_HOME/awm/config"
	prints "'mine' is an alias of 'awm task list --assignee me'" help mine
	prints "'zap' is the program awm-zap" help zap
	fails 2 "unknown command 'dull'" help dull
	run_awm help -a
	assert_status 0
	assert_contains $'\nAliases:\n  mine '
	assert_contains $'\nPrograms on PATH:\n  zap\n'
	assert_lacks 'user list --'
	[ "$(grep -c zap <<<"$output")" = 1 ]
	# A broken configuration takes nobody's help away.
	printf '[alias\n' >"$XDG_CONFIG_HOME/awm/config"
	run_awm help -a
	assert_status 0
	assert_contains 'task add'
}
