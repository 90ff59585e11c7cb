#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# activity --follow: what any process commits comes out at once, and once.

# shellcheck disable=SC2030,SC2031,SC2154 # the variables of run; each test is a
# subshell
load checks

setup() {
	awm_setup
	awm_ok project add Web >/dev/null
	awm_ok project use Web >/dev/null
	followers=()
}

teardown() {
	((${#followers[@]} == 0)) || kill "${followers[@]}" 2>/dev/null || true
}

# follow FILE ARG…: awm activity list --follow ARG… into FILE; it is ready when
# this returns. A background job of a script has SIGINT ignored: python gives it
# back.
follow() {
	local out=$1

	shift
	python3 -c '
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp("awm", ["awm"] + sys.argv[1:])' \
		activity list --follow "$@" >"$out" 2>"$out.err" 3>&- &
	followers+=($!)
	until_true watches "$!"
}

# Whether the process waits for the kernel to tell of writes.
watches() {
	[[ $(cat /proc/"$1"/fdinfo/* 2>/dev/null) == *'inotify wd'* ]] &&
		[[ $(awk '{ print $3 }' "/proc/$1/stat") == S ]]
}

until_true() {
	local n

	for ((n = 0; n < 1000; n++)); do
		! "$@" || return 0
		sleep 0.01
	done
	printf 'waited in vain: %s\n' "$*" >&2
	return 1
}

has_lines() {
	[[ $(wc -l <"$1") -ge $2 ]]
}

# ends PID STATUS: waits for it; that is its exit status.
ends() {
	local rc=0

	wait "$1" || rc=$?
	[[ $rc == "$2" ]] || printf 'exit status %d, not %d\n' "$rc" "$2" >&2
	[[ $rc == "$2" ]]
}

@test "new activities come as JSON lines, with the filters of list" {
	awm_ok task add before >/dev/null
	follow all
	follow tasks --type 'task.*' --fields id,type
	follow 'done' --type task.completed,task.deleted -q
	awm_ok task add one >/dev/null
	awm_ok project edit Web --emoji 🌍 >/dev/null
	awm_ok task 'done' 1 >/dev/null
	until_true has_lines all 3
	until_true has_lines tasks 2
	until_true has_lines 'done' 1
	[ "$(jq -sc '[.[].type]' all)" = \
		'["task.created","project.updated","task.completed"]' ]
	[ "$(jq -c . tasks | tail -n 1)" = "$(jq -c '{id, type}' all | tail -n 1)" ]
	[ "$(cat 'done')" = "$(jq .id all | tail -n 1)" ]
	diff <(jq -c 'keys_unsorted' all | head -n 1) \
		<(awm_ok activity list --json | jq -c '.[0] | keys_unsorted')
}

@test "what was there before comes first when it is asked for" {
	awm_ok task add one two >/dev/null
	awm_ok task add three >/dev/null
	follow last -n 2 --format csv --fields type
	follow since --since 2026-01-01 -q
	follow json --limit 1 --json
	awm_ok task rm 1 >/dev/null
	until_true has_lines last 4
	until_true has_lines since 5
	until_true has_lines json 2
	[ "$(tr -d '\r' <last)" = $'type\ntask.created\ntask.created\ntask.deleted' ]
	[ "$(cat since)" = "$(awm_ok activity list -q --sort id)" ]
	[ "$(jq -sc '[.[].type]' json)" = '["task.created","task.deleted"]' ]
	fails 2 '--sort' activity list --follow --sort id
	fails 2 '--offset' activity list --follow --offset 1
	fails 2 "unknown flag '--sort'" activity follow --sort id
}

@test "a table has its header once, and rows as they come" {
	follow table --format table --fields id,type
	awm_ok task add one >/dev/null
	until_true has_lines table 2
	awm_ok task 'done' 1 >/dev/null
	until_true has_lines table 3
	[ "$(sed 's/  */ /g; s/^ //' table)" = \
		$'Id Type\n3 task.created\n4 task.completed' ]
}

@test "SIGINT and SIGTERM end it with 130" {
	follow int
	kill -INT "${followers[0]}"
	ends "${followers[0]}" 130
	[ "$(cat int.err)" = \
		'{"error":{"code":"interrupted","message":"interrupted"}}' ]
	follow term --format table
	kill -TERM "${followers[1]}"
	ends "${followers[1]}" 130
	[ ! -s term ]
}

@test "it ends quietly when nobody reads any more, before and after a row" {
	mkfifo pipe
	awm activity follow >pipe 2>err 3>&- &
	followers=($!)
	exec 4<pipe
	until_true watches "$!"
	exec 4<&-
	ends "${followers[0]}" 141
	[ ! -s err ]

	awm activity list --follow 2>err | head -n 1 >first 3>&- &
	followers=($!)
	# the one that head was waiting for, and then it is gone
	until_true add_until_seen first
	ends "${followers[0]}" 0
	[ ! -s err ]
}

add_until_seen() {
	awm task add -q row >/dev/null
	[[ -s $1 ]]
}

@test "a row comes within 200 ms of its commit" {
	python3 - <<'PYTHON'
import subprocess, time
f = subprocess.Popen(["awm", "activity", "follow"], stdout=subprocess.PIPE)
time.sleep(1)
late = []
for i in range(20):
    subprocess.run(["awm", "task", "add", "-q", "t"], check=True,
                   stdout=subprocess.DEVNULL)
    committed = time.monotonic()
    f.stdout.readline()
    late.append(time.monotonic() - committed)
    time.sleep(0.02 * (i % 5))
f.terminate()
f.wait()
late.sort()
print(late)
# one of twenty may have met a busy machine
assert late[-2] < 0.2, late
PYTHON
}

add_many() {
	local k

	for ((k = 1; k <= 50; k++)); do
		awm --wait 300 task add -q "task $k of $1" >/dev/null || return
	done
}

@test "8 writers of 50 tasks: none is missed, none comes twice" {
	local i writers=()

	follow all
	follow slow --type task.created -q
	for i in {1..8}; do
		add_many "$i" 3>&- &
		writers+=($!)
	done
	wait "${writers[@]}"
	until_true has_lines all 400
	until_true has_lines slow 400
	jq .id all >ids
	diff ids <(awm_ok activity list --type task.created -q --sort id)
	diff ids slow
	[ "$(awm_ok task list --all -q | wc -l)" = 400 ]
}

@test "an activity that replaces deleted ones is not missed" {
	awm_ok user add bea@example.com >/dev/null
	awm_ok --as bea@example.com task add one >/dev/null
	awm_ok --as bea@example.com task add two >/dev/null
	follow all
	awm_ok user rm bea@example.com --yes >/dev/null
	awm_ok task add three >/dev/null
	until_true has_lines all 4
	# the two tasks that bea had watched lose a watcher
	[ "$(jq -sc '[.[].type]' all)" = \
		'["task.updated","task.updated","user.deleted","task.created"]' ]
	awm_ok project rm Web --yes >/dev/null
	until_true has_lines all 5
	[ "$(jq -sc '[.[].id] == ([.[].id] | sort | unique)' all)" = true ]
}

@test "what is rolled back does not come" {
	follow all
	awm_ok task add one --dry-run >/dev/null
	run_awm task 'done' 9
	awm_ok task add two >/dev/null
	until_true has_lines all 1
	[ "$(jq -r .changes.title.to all)" = two ]
}

@test "nobody writes: it does next to nothing" {
	local before after

	follow all
	sleep 0.2
	before=$(awk '{ print $14 + $15 }' "/proc/${followers[0]}/stat")
	sleep 2
	after=$(awk '{ print $14 + $15 }' "/proc/${followers[0]}/stat")
	((after - before <= 2))
}

@test "a database that is replaced ends it: 7" {
	follow all
	cp "$AWM_DB" copy.db
	mv copy.db "$AWM_DB"
	ends "${followers[0]}" 7
	grep -q 'moved or replaced' all.err
}
