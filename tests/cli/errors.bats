#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Bad input: the exit status of each kind, and nothing half-written.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	awm_ok project add Web >/dev/null
	awm_ok project use Web >/dev/null
	awm_ok task add one >/dev/null
}

# Whatever was tried, the database is what setup() made.
untouched() {
	json '[.[] | [.id, .title, .status, .tags, .description]] ==
		[[1, "one", "todo", [], null]]' task list --all
	json '[.[].title] == ["Web"]' project list --all
	json 'length == 1' user list
	json 'length == 3' activity list
}

# Another writer, until free_lock; not for longer than a failed test may last.
hold_lock() {
	sqlite3 "$AWM_DB" <<<'BEGIN IMMEDIATE;
.shell touch held; for i in $(seq 500); do [ -e free ] && break; sleep 0.02; done
COMMIT;' 3>&- &
	holder=$!
	while [[ ! -e held ]]; do sleep 0.02; done
}

free_lock() {
	touch free
	wait "$holder"
}

@test "2: unknown commands, verbs and flags, and the nearest real one" {
	fails 2 "unknown command 'tsak'" tsak list
	assert_error "did you mean 'task'?"
	fails 2 "unknown verb 'lst' of 'task'" task lst
	assert_error "did you mean 'list'?"
	fails 2 "'task' wants a verb" task
	fails 2 "unknown verb 'ad' of 'project member'" project member ad
	fails 2 "unknown flag '--stauts' of 'task list'" task list --stauts todo
	assert_error "did you mean '--status'?"
	fails 2 "unknown flag '-Z'" task list -Z
	fails 2 "unknown flag '-Z'" task list -qZ
	fails 2 "flag '--limit' wants a value" task list --limit
	fails 2 "flag '--json' takes no value" task list --json=yes
	fails 2 "unexpected argument 'extra'" task list extra
	fails 2 "unexpected argument 'two'" project add one two
	fails 2 "'task add' wants TITLE" task add
	fails 2 "'task show' wants TASK" task show
	fails 2 "'task assign' wants" task assign
	fails 2 'takes no --dry-run' activity list --dry-run
	untouched
}

@test "2: enum words, numbers, dates, durations, JSON" {
	local deep

	fails 2 "unknown priority 'huge'" task add x -P huge
	assert_error "did you mean 'high'?"
	fails 2 "unknown status 'open'" task add x --status open
	fails 2 "unknown status 'open'" task list --status todo,open
	fails 2 "unknown execution 'both'" task add x --execution both
	fails 2 "unknown provider 'me'" project add x --provider me
	fails 2 "unknown role 'root'" user add x@example.com --role root
	fails 2 "unknown format 'yaml'" task list --format yaml
	fails 2 "unknown color 'red'" task list --color red
	fails 2 'not a whole number' task list -n 1e3
	fails 2 'not a whole number' task list -n ' 1'
	fails 2 'less than' task list -n -1
	fails 2 'whole number' task list -n 99999999999999999999
	fails 2 '' project add x --estimated-hours 1e400
	fails 2 '' project add x --estimated-hours nan
	fails 2 '' project add x --estimated-hours 1,5
	fails 2 '' project add x --estimated-hours 0x10
	fails 2 '' task list --wait soon
	for date in 01/02/2026 2026-13-01 2026-02-30 2026-11-22T25:00 \
		99999999999999 someday 2026-1-1x; do
		fails 2 '' task add x --due "$date"
		fails 2 '' task list --due "before:$date"
	done
	for duration in x -5 1h90x 1:99 P 1e3 99999999999; do
		fails 2 '--estimate' task add x --estimate "$duration"
	done
	fails 2 'malformed JSON' task add x --mcp-config '{'
	fails 2 'malformed JSON' task add x --mcp-config '{"a":1} x'
	fails 2 'malformed JSON' task add x --mcp-config "{'a':1}"
	fails 2 'JSON' task add x --mcp-config '{"a":1,"a":2}'
	fails 2 'JSON' task add x --mcp-config '{"a":9007199254740993}'
	fails 2 'JSON' task add x --mcp-config '{"a":1e999}'
	fails 2 'JSON' task add x --mcp-config '{"a":"\ud800"}'
	fails 2 'not valid UTF-8' task add x --mcp-config $'{"a":"\xff"}'
	deep=$(printf '[%.0s' {1..70})$(printf ']%.0s' {1..70})
	fails 2 'JSON' task add x --mcp-config "{\"a\":$deep}"
	fails 2 "no such field" task list --sort nope
	fails 2 'unknown field' task list --fields nope
	AWM_NOW=whenever fails 2 'AWM_NOW' task list
	untouched
}

@test "2: what is no id" {
	for id in 1e3 1.0 0 00 0x1 ' 1' '1 ' 1_000 ١ 99999999999999999999 \
		9223372036854775808 '#' '##1' one; do
		fails 2 '' task show "$id"
		fails 2 '' task done "$id"
		fails 2 '' task add x --parent "$id"
		fails 2 '' task list --parent "$id"
	done
	fails 2 '' task show ''
	fails 2 '' task done ''
	fails 2 '' task show -1
	fails 2 '' task show -- -1
	fails 2 'ends before it begins' task done 3-1
	fails 2 'longer than' task done 1-9999999
	untouched
}

@test "2: bytes that are no UTF-8, and NUL" {
	fails 2 'not valid UTF-8' task add $'\xff\xfe'
	fails 2 'not valid UTF-8' task add ok $'\xc0\x80'
	fails 2 'not valid UTF-8' task add x -d $'\xed\xa0\x80'
	fails 2 'not valid UTF-8' task add x -t $'\xf5'
	fails 2 'not valid UTF-8' task list --title $'\x80'
	fails 2 'not valid UTF-8' project add $'caf\xe9'
	printf 'a\0b' >nul
	printf 'caf\xe9' >latin
	fails 2 'holds a NUL byte' task add x -F nul
	fails 2 'not valid UTF-8' task add x -F latin
	run awm task add x -F - <nul
	assert_status 2
	run awm task add x -F - <latin
	assert_status 2
	run awm task done - <nul
	assert_status 2
	run awm task done - <latin
	assert_status 2
	# The bytes themselves reach nobody's terminal.
	run_awm task add $'\xff'
	[[ $stderr == *'\xFF'* ]]
	untouched
}

@test "3: references that name no row, files that are not there" {
	fails 3 'no task 9' task show 9
	fails 3 'no task 9007199254740993' task show 9007199254740993
	fails 3 'no task 9223372036854775807' task done 9223372036854775807
	fails 3 'no task 9' task add x --parent 9
	fails 3 'no task 9' task edit 1 --parent 9
	fails 3 'no task 9' task block 1 --by 9
	fails 3 'no task 9' task move 1 --before 9
	fails 3 'no task 9' task start 1 9
	fails 3 'no project 9' task add x -p 9
	fails 3 "no project 'Nope'" task add x -p Nope
	fails 3 'no project 9' task edit 1 -p 9
	fails 3 'no project 9' task list -p 9
	fails 3 'no user 9' task add x -a 9
	fails 3 "no user 'x@example.com'" task assign 1 x@example.com
	fails 3 "no team 'Nope'" project add x --team Nope
	fails 3 'nowhere' task add x -F nowhere
	fails 3 'nowhere' -C nowhere task list
	run_awm task add x -F .
	[ "$status" -ne 0 ]
	untouched
}

@test "4: values and transitions that a rule refuses" {
	fails 4 'more than blanks' task add '  '
	fails 4 'needs a blocker or a reason' task edit 1 --status blocked
	fails 4 'needs a blocker or a reason' task add x --status blocked
	local long

	long=$(printf 'x%.0s' {1..1000})
	fails 4 'title' task add ''
	fails 4 'title' task add "${long}x"
	fails 4 'title' project add ''
	fails 4 'title' task edit 1 --title ''
	fails 4 'title' task add $'two\nlines'
	fails 4 'title' task add $'a\e[31m'
	fails 4 'title' task add $'a\x7f'
	fails 4 'title' task add $'a\u0085'
	fails 4 'tags' task add x -t $'a\tb'
	fails 4 'want an object' task add x --mcp-config '[]'
	fails 4 'email' user add nobody
	untouched
	# A million bytes, over many words.
	long=$(printf 'x%.0s' {1..100000})
	fails 4 'title' task add "$long" "$long" "$long" "$long" "$long" \
		"$long" "$long" "$long" "$long" "$long"
	untouched
	# Characters are counted, not bytes.
	long=$(printf '語%.0s' {1..1000})
	json '.title | length == 1000' task add "$long"
	fails 4 'title' task add "${long}x"
	awm_ok task block 1 --by 2 >/dev/null
	fails 4 'blocked by task 2' task start 1
	fails 4 'cycle' task block 2 --by 1
	fails 4 'cycle' task edit 2 --parent 1
	awm_ok task unblock 1 >/dev/null
	awm_ok task edit 2 --parent 1 >/dev/null
	fails 4 'cycle' task edit 1 --parent 2
	fails 4 'cycle' task edit 1 --parent 1
}

@test "texts up to 16 MiB, and no longer" {
	head -c 16777216 /dev/zero | tr '\0' x >most
	head -c 16777217 /dev/zero | tr '\0' x >longer
	awm_ok task add long -F most -q
	prints '16777216' db shell \
		'select length(description) from tasks where id = 2'
	run_awm task add bigger -F longer
	assert_status 2
	run awm task add bigger -F - <longer
	assert_status 2
	prints '2' task list -q --title long
}

@test "5: ambiguous names, duplicates, stale edits" {
	awm_ok project add web >/dev/null
	fails 5 "2 projects are called 'WEB'" task add x -p WEB
	assert_error '1 (Web), 2 (web)'
	fails 5 'already' user add ada@example.com
	fails 5 'changed since' task edit 1 --title x \
		--if-updated-at 2026-11-22T11:59:59.999Z
}

@test "6: who may not" {
	awm_ok user add bea@example.com --role viewer >/dev/null
	fails 6 "takes the role 'member'" --as bea@example.com task add x
	fails 6 'unknown user' --as nobody@example.com task list
	json '[.[].title] == ["one"]' task list --all
}

@test "7: who waits too long for another writer" {
	hold_lock
	json '[.[].title] == ["one"]' task list
	fails 7 '' --wait 0.2 task add late
	free_lock
	awm_ok --wait 5 task add 'in time' >/dev/null
	prints $'1\n2' task list -q
}

@test "1: standard output that cannot be written" {
	for format in table json jsonl csv tsv; do
		run --separate-stderr bash -c \
			"awm task list --format $format >/dev/full"
		assert_status 1
		assert_error 'cannot write to standard output'
		run --separate-stderr bash -c \
			"awm task list --format $format >&-"
		assert_status 1
	done
	for args in 'task show 1' 'task list -q' 'help' 'db path' 'version' \
		'project stats' 'user prefs theme dark' 'task history 1'; do
		run bash -c "awm $args >/dev/full 2>&1"
		assert_status 1
	done
	# With nothing open at all, no database file gets number 1 or 2.
	run bash -c 'awm task add "nowhere to tell" <&- >&- 2>&-'
	assert_status 1
	json 'all(.[]; .state == "ok")' db check
}

@test "a reader that goes away ends it quietly" {
	sqlite3 "$AWM_DB" <<'SQL'
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<20000)
INSERT INTO tasks(projectId,title,createdAt,updatedAt)
SELECT 1,'task '||i,0,0 FROM n;
SQL
	for format in table json jsonl csv tsv; do
		run bash -c "awm task list --format $format 2>err | head -c 10 >/dev/null
			echo \${PIPESTATUS[0]}"
		[ "$output" = 141 ]
		[ ! -s err ]
	done
}

@test "130: interrupted while it waits, and nothing is written" {
	hold_lock
	for signal in INT TERM; do
		run --separate-stderr timeout --preserve-status -s "$signal" \
			0.5 awm --wait 20 task add late
		assert_status 130
		assert_output ''
	done
	free_lock
	untouched
}

@test "nothing asks without a terminal" {
	fails 2 '--yes' project rm Web
	fails 2 '--yes' user rm me
	fails 2 '--yes' task purge 1 --force
	fails 2 '--yes' db restore x.db
	run bash -c 'yes | awm project rm Web'
	assert_status 2
	run bash -c 'echo y | awm task purge 1 --force'
	assert_status 2
	unset VISUAL EDITOR
	fails 2 'editor' task add x -e
	untouched
}
