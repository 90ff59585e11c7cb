#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What can be taken up next: dependencies, deferred tasks, the readiness rule,
# subtasks. Claims are in claim.bats.

load checks

setup() {
	awm_setup
	awm_ok project add Web -q >/dev/null
	awm_ok project use Web -q >/dev/null
}

# tasks TITLE…: one task each, ids from 1.
tasks() {
	local title

	for title; do
		awm_ok task add "$title" -q >/dev/null
	done
}

# ready ID…: these are ready, in any order; by every way to ask.
ready() {
	local expected

	expected=$(printf '%s\n' "$@" | sort)
	run_awm task ready -q
	assert_status 0
	[ "$(sort <<<"$output")" = "$expected" ] || {
		show_run
		return 1
	}
	run_awm task list --ready -q
	assert_status 0
	[ "$(sort <<<"$output")" = "$expected" ]
	if (($#)); then
		run_awm task next -q
		assert_status 0
		grep -qx "$output" <<<"$expected"
	else
		fails 3 'no task is ready' task next
	fi
}

# why ID TEXT: the reason that --explain gives; "null" for none.
why() {
	run_awm task ready --explain --json
	assert_status 0
	assert_json '.[] | select(.id == ($id | tonumber)) |
		.reason == (if $why == "null" then null else $why end)' \
		--arg id "$1" --arg why "$2"
}

@test "ready: the status is todo" {
	tasks one two three four
	awm_ok task start 2 -q >/dev/null
	awm_ok task review 3 -q >/dev/null
	awm_ok task done 4 -q >/dev/null
	ready 1
	why 1 null
	why 2 'status: in_progress'
	why 3 'status: in_review'
	json 'map(.id) == [1, 2, 3]' task ready --explain
	json 'map([.id, .reason]) == [[1, null], [2, "status: in_progress"],
		[3, "status: in_review"], [4, "status: done"]]' \
		task list --all --explain --sort id
}

@test "ready: a deleted task is not, and blocks nothing" {
	tasks one two
	awm_ok task dep add 2 1 -q >/dev/null
	ready 1
	awm_ok task rm 1 -q >/dev/null
	ready 2
	json '.[0].reason == "deleted"' task list --deleted --explain
	awm_ok task restore 1 -q >/dev/null
	ready 1
}

@test "ready: not before it is deferred to" {
	tasks one two
	awm_ok task add three --defer 2026-11-24 -q >/dev/null
	json '.deferUntil == "2026-11-23T00:00:00.000Z"' \
		task edit 1 --defer tomorrow
	ready 2
	why 1 'deferred: until 2026-11-23T00:00:00.000Z'
	json '.deferUntil == "2026-11-24T00:00:00.000Z"' task show 3
	AWM_NOW=2026-11-22T23:59:59.999Z ready 2
	AWM_NOW=2026-11-23T00:00:00Z ready 1 2
	json '.deferUntil == null' task edit 1 --defer none
	ready 1 2
	json '[.[] | select(.type == "task.updated").changes.deferUntil] ==
		[{from: null, to: "2026-11-23T00:00:00.000Z"},
		{from: "2026-11-23T00:00:00.000Z", to: null}]' task history 1
	# The same again is no change.
	json '.deferUntil == null' task edit 1 --defer none
	json 'length == 3' task history 1
	fails 2 '--defer' task edit 1 --defer 'some day'
	fails 2 'nothing to change' task edit 1
}

@test "ready: not while a claim lives" {
	tasks one two
	awm_ok task claim 1 --lease 10m -q >/dev/null
	ready 2
	why 1 'claimed: until 2026-11-22T12:10:00.000Z'
	AWM_NOW=2026-11-22T12:09:59Z ready 2
	AWM_NOW=2026-11-22T12:10:00Z ready 1 2
}

@test "ready: no open blocker, of many" {
	tasks one two three four
	prints "task 1 'one' waits for 2, 3, 4" task dep add 1 2-4
	ready 2 3 4
	why 1 'blocked: waits for task 2'
	awm_ok task done 2 -q >/dev/null
	why 1 'blocked: waits for task 3'
	awm_ok task rm 3 -q >/dev/null
	why 1 'blocked: waits for task 4'
	awm_ok task done 4 -q >/dev/null
	ready 1
}

@test "ready: a task that is blocked for a reason waits for unblock" {
	tasks one two
	awm_ok task block 1 --reason 'no key' -q >/dev/null
	ready 2
	why 1 'blocked: no key'
	awm_ok task dep add 1 2 -q >/dev/null
	why 1 'blocked: waits for task 2'
	awm_ok task done 2 -q >/dev/null
	json '.status == "blocked" and .blockedByTaskId == null
		and .blockedReason == "no key"' task show 1
	ready
	awm_ok task unblock 1 -q >/dev/null
	ready 1
}

@test "ready: no blocked ancestor, at any depth" {
	tasks top other
	awm_ok task add part --parent 1 -q >/dev/null
	awm_ok task add 'part of it' --parent 3 -q >/dev/null
	ready 1 2 3 4
	awm_ok task dep add 1 2 -q >/dev/null
	ready 2
	why 3 'ancestor: task 1 is blocked'
	why 4 'ancestor: task 1 is blocked'
	awm_ok task done 2 -q >/dev/null
	ready 1 3 4
	awm_ok task block 3 --reason why -q >/dev/null
	ready 1
	why 4 'ancestor: task 3 is blocked'
}

# What a script or another program wrote says so in task_dependencies alone.
@test "ready: the dependency counts, whatever the status says" {
	tasks one two three
	awm_ok task add part --parent 1 -q >/dev/null
	sqlite3 "$AWM_DB" 'INSERT INTO task_dependencies VALUES (1, 2, 0)'
	ready 2 3
	why 1 'blocked: waits for task 2'
	why 4 'ancestor: task 1 is blocked'
	run_awm db check
	assert_status 4
	assert_contains 'blockedByTaskId differs'
}

@test "ready: by urgency, with filters; the table" {
	awm_ok project add App -q >/dev/null
	tasks plain
	awm_ok task add low -P low -q >/dev/null
	awm_ok task add urgent -P urgent -t api -q >/dev/null
	awm_ok task add late --due 2026-11-10 -q >/dev/null
	awm_ok task add soon --due 2026-11-23 -a me -q >/dev/null
	awm_ok task add far --due 2027-06-01 -q >/dev/null
	awm_ok task add tagged -t next -q >/dev/null
	awm_ok task add elsewhere -p App -P low -q >/dev/null
	awm_ok task add waiting --blocked-by 1 -P low -q >/dev/null
	run_awm task ready
	assert_output <<'TABLE'
Id  Project  Title      Priority  Assignee  Due         Tags  Urgency
 7  Web      tagged     medium    -         -           next       21
 4  Web      late       medium    -         2026-11-10  -          18
 3  Web      urgent     urgent    -         -           api        16
 5  Web      soon       medium    ada       2026-11-23  -      14.571
 1  Web      plain      medium    -         -           -          11
 6  Web      far        medium    -         2027-06-01  -         8.4
 2  Web      low        low       -         -           -           1
 8  App      elsewhere  low       -         -           -           1
TABLE
	prints '8' task ready -q -p App
	prints '3' task ready -q --tag api
	prints $'7\n3' task ready -q --due none -n 2 -P urgent,medium
	prints '5' task ready -q --assignee me
	prints $'8\n7' task ready -q --sort -id -n 2
	prints $'8\n7' task list --ready -q --sort -id -n 2
	prints $'urgency\n21\n18' task next -n 2 --format tsv --fields urgency
	json '.id == 7 and .urgency == 21' task next
	json 'map(.id) == [7]' task next -n 1
	json '.title == "urgent"' task next --tag api
	fails 3 'no task is ready' task next --tag none-of-it
	prints '' task ready -q --tag none-of-it
	prints $'id\treason\n9\tblocked: waits for task 1' \
		task list --blocked --format tsv --fields id,reason
	# A project that is not active comes last.
	awm_ok project edit App --status on_hold -q >/dev/null
	json '.[-1] | .id == 8 and .urgency == -20' task ready
	# A year makes two.
	AWM_NOW=2027-11-22T12:00:00Z json '.[] | select(.id == 2).urgency == 3' \
		task ready
}

@test "dep: add, rm, tree, and what a task is shown with" {
	tasks one two three four
	prints "dry run: task 1 'one' waits for 2" task dep add 1 2 --dry-run
	json '.status == "todo"' task show 1
	json '.status == "blocked" and .blockedByTaskId == 2' task dep add 1 2 3
	json '.blockedByTaskId == 2' task dep add 1 2
	json 'map(.type) == ["task.created", "task.blocked"] and
		.[1].changes.blockers == {from: [], to: [2, 3]}' task history 1
	awm_ok task dep add 2 4 -q >/dev/null
	json '.blockers == [{id: 2, title: "two", status: "blocked"},
		{id: 3, title: "three", status: "todo"}] and .blocking == []' \
		task show 1
	json '.blocking == [{id: 1, title: "one", status: "blocked"}]' \
		task show 3
	run_awm task dep tree 1
	assert_output <<'TABLE'
Id  Title       Status   Priority  Assignee  Due
 1  one         blocked  medium    -         -
 2  ├─ two      blocked  medium    -         -
 4  │  └─ four  todo     medium    -         -
 3  └─ three    todo     medium    -         -
TABLE
	json '.id == 1 and [.blockers[].id] == [2, 3] and
		.blockers[0].blockers[0].id == 4 and
		.blockers[1].blockers == []' task dep tree 1
	json '.id == 4 and .blocking[0].id == 2 and
		.blocking[0].blocking[0].id == 1' task dep tree 4 --reverse
	prints $'id\tof\tdepth\n1\t\t0\n2\t1\t1\n4\t2\t2\n3\t1\t1' \
		task dep tree 1 --format tsv --fields id,of,depth
	prints '1' task list -q --blocked-by 3
	prints '2' task list -q --blocked-by 4

	prints "task 1 'one' no longer waits for 2" task dep rm 1 2
	json '.blockedByTaskId == 3' task show 1
	fails 3 'task 1 does not wait for task 2' task dep rm 1 2
	fails 3 'no task 9' task dep add 1 9
	fails 3 'no task 9' task dep add 9 1
	json '.status == "todo" and .blockedByTaskId == null' task dep rm 1 3
	fails 2 'wants BLOCKER' task dep add 1
	fails 2 "'task dep' wants a verb" task dep
	awm_ok task rm 3 -q >/dev/null
	fails 4 'task 3 is deleted' task dep add 1 3
	fails 4 'task 3 is deleted' task dep add 3 1
	awm_ok db check >/dev/null
}

@test "dep tree: what stands in several places is taken apart once" {
	tasks top left right bottom deep
	awm_ok task dep add 1 2 3 -q >/dev/null
	awm_ok task dep add 2 4 -q >/dev/null
	awm_ok task dep add 3 4 -q >/dev/null
	awm_ok task dep add 4 5 -q >/dev/null
	run_awm task dep tree 1
	assert_output <<'TABLE'
Id  Title                 Status   Priority  Assignee  Due
 1  top                   blocked  medium    -         -
 2  ├─ left               blocked  medium    -         -
 4  │  └─ bottom          blocked  medium    -         -
 5  │     └─ deep         todo     medium    -         -
 3  └─ right              blocked  medium    -         -
 4     └─ bottom (above)  blocked  medium    -         -
TABLE
	json '.blockers[1].blockers[0] | .id == 4 and .repeated == true
		and .blockers == []' task dep tree 1
}

@test "add and edit --blocked-by" {
	tasks one two
	json '.status == "blocked" and .blockedByTaskId == 1' \
		task add three --blocked-by 1,2
	json '[.blockers[].id] == [1, 2]' task show 3
	json '.status == "done" and .blockedByTaskId == null' \
		task add four --blocked-by 1 --status 'done'
	json '.blockedByTaskId == 2' task add five --blocked-by '#2'
	json '.blockedByTaskId == 1' task edit 5 --blocked-by 1
	json 'map(.blockedByTaskId) == [null, null]' \
		task edit 3 5 --blocked-by none
	json '.blockers == [] and .status == "todo"' task show 3
	fails 3 'no task 9' task add six --blocked-by 9
	json 'length == 5' task list --all
	fails 3 'no task 9' task edit 1 --title x --blocked-by 9
	json '.title == "one"' task show 1
	# Of what was added under a key before nothing is changed.
	json '.blockedByTaskId == 1' task add seven --idempotency-key k \
		--blocked-by 1
	json '.id == 6 and .blockedByTaskId == 1' \
		task add seven --idempotency-key k --blocked-by 2
	json '[.blockers[].id] == [1]' task show 6
	# Lines say it too.
	run_awm_in '{"title":"a","key":"a"}
{"title":"b","blockedBy":["a",2]}' task add --from - --json
	assert_status 0
	json '[.blockers[].id] == [2, 7] and .status == "blocked"' task show 8
}

@test "block --by takes several; unblock lets go of what is open" {
	tasks one two three four
	awm_ok task done 4 -q >/dev/null
	awm_ok task dep add 1 4 -q >/dev/null
	json '.blockedByTaskId == 2 and .blockedReason == "so"' \
		task block 1 --by 2,3 --reason so
	fails 4 'task 1 is blocked by task 2' task reopen 1
	fails 4 'task 1 is blocked by task 2' task edit 1 --status todo
	fails 4 'task 4 is done' task block 1 --by 4
	json '.status == "todo" and .blockedByTaskId == null and
		.blockedReason == null' task unblock 1
	json '[.blockers[].id] == [4]' task show 1
	# The done one holds it up once more when it is opened again.
	awm_ok task reopen 4 -q >/dev/null
	json '.status == "blocked" and .blockedByTaskId == 4' task show 1
}

@test "blocked is kept true: done, reopened, deleted, restored, purged" {
	tasks one two three
	state() {
		run_awm task show 1 --json
		assert_status 0
		assert_json '[.status, .blockedByTaskId] == $s' --argjson s "$1"
		awm_ok db check >/dev/null
	}

	awm_ok task dep add 1 2 3 -q >/dev/null
	state '["blocked", 2]'
	awm_ok task done 2 -q >/dev/null
	state '["blocked", 3]'
	awm_ok task reopen 2 -q >/dev/null
	state '["blocked", 2]'
	awm_ok task rm 2 -q >/dev/null
	state '["blocked", 3]'
	awm_ok task restore 2 -q >/dev/null
	state '["blocked", 2]'
	awm_ok task purge 2 --force --yes -q >/dev/null
	state '["blocked", 3]'
	awm_ok task purge 3 --force --yes -q >/dev/null
	state '["todo", null]'
	# What had been started goes on; also the waiting task may come and go.
	tasks four
	awm_ok task start 1 -q >/dev/null
	awm_ok task dep add 1 4 -q >/dev/null
	state '["blocked", 4]'
	awm_ok task rm 1 -q >/dev/null
	awm_ok task done 4 -q >/dev/null
	awm_ok task restore 1 -q >/dev/null
	state '["in_progress", null]'
	awm_ok task done 1 -q >/dev/null
	awm_ok task reopen 4 -q >/dev/null
	state '["done", null]'
	json '.status == "blocked"' task reopen 1
	state '["blocked", 4]'
	# Across projects, when one of them goes.
	awm_ok project add App -q >/dev/null
	awm_ok task add there -p App -q >/dev/null
	awm_ok task dep add 1 5 -q >/dev/null
	awm_ok task done 4 -q >/dev/null
	state '["blocked", 5]'
	awm_ok project rm App --yes -q >/dev/null
	state '["in_progress", null]'
}

@test "cycles: dependencies, parents, and both" {
	tasks a b c
	awm_ok task add part --parent 1 -q >/dev/null     # 4 below 1
	awm_ok task add 'part of it' --parent 4 -q >/dev/null # 5 below 4
	fails 4 'cycle' task dep add 1 1
	awm_ok task dep add 2 1 -q >/dev/null
	awm_ok task dep add 3 2 -q >/dev/null
	fails 4 'cycle' task dep add 1 2
	fails 4 'cycle' task dep add 1 3
	fails 4 'task 1 cannot wait for task 3' task dep add 1 3
	# Neither for what it is part of, nor for its parts.
	fails 4 'cycle' task dep add 4 1
	fails 4 'cycle' task dep add 5 1
	fails 4 'cycle' task dep add 1 5
	# A part cannot wait for what waits for the whole.
	fails 4 'cycle' task dep add 5 2
	fails 4 'cycle' task dep add 4 3
	# The whole cannot wait for what waits for a part.
	awm_ok task add d -q >/dev/null # 6
	awm_ok task dep add 6 5 -q >/dev/null
	fails 4 'cycle' task dep add 1 6
	fails 4 'cycle' task add e --parent 6 --blocked-by 6
	# And by a new parent.
	fails 4 'cycle' task edit 1 --parent 5
	fails 4 'cycle' task edit 1 --parent 1
	fails 4 'cycle' task edit 5 --parent 6
	fails 4 'cycle' task edit 2 --parent 1
	# Parts of one thing may wait for each other; the old parent is no
	# part of it.
	awm_ok task add sibling --parent 1 -q >/dev/null # 7
	awm_ok task dep add 7 4 -q >/dev/null
	awm_ok task edit 7 --parent none -q >/dev/null
	awm_ok task edit 7 --parent 2 -q >/dev/null
	awm_ok task edit 6 --parent 4 -q >/dev/null
	# A refusal leaves nothing behind.
	json 'length == 7' task list
	awm_ok db check >/dev/null
}

@test "tree: subtasks, the whole forest, formats" {
	tasks one two
	awm_ok task add part --parent 1 -q >/dev/null
	awm_ok task add deep --parent 3 -q >/dev/null
	awm_ok task add last --parent 1 -q >/dev/null
	awm_ok task done 5 -q >/dev/null
	run_awm task tree 1
	assert_output <<'TABLE'
Id  Title       Status  Priority  Assignee  Due
 1  one         todo    medium    -         -
 3  ├─ part     todo    medium    -         -
 4  │  └─ deep  todo    medium    -         -
 5  └─ last     done    medium    -         -
TABLE
	run_awm task tree
	assert_output <<'TABLE'
Id  Title       Status  Priority  Assignee  Due
 1  one         todo    medium    -         -
 3  └─ part     todo    medium    -         -
 4     └─ deep  todo    medium    -         -
 2  two         todo    medium    -         -
TABLE
	prints $'1\n3\n4\n5\n2' task tree --all -q
	json '.id == 1 and [.subtasks[].id] == [3, 5] and
		.subtasks[0].subtasks == [{id: 4, title: "deep",
		status: "todo", priority: "medium", assigneeId: null,
		dueDate: null, subtasks: []}]' task tree 1
	json 'map(.id) == [1, 2] and .[0].subtasks[0].id == 3' task tree
	prints '{"id":3,"subtasks":[{"id":4,"title":"deep","status":"todo","priority":"medium","assigneeId":null,"dueDate":null,"subtasks":[]}]}' \
		task tree 3 --format jsonl --fields id,subtasks
	prints $'id\tof\tdepth\n3\t1\t0\n4\t3\t1' \
		task tree 3 --format tsv --fields id,of,depth
	json '[.subtasks[] | [.id, .status]] == [[3, "todo"], [5, "done"]]' \
		task show 1
	json '. == []' task tree -p "$(awm_ok project add App -q)"
	fails 3 'no task 9' task tree 9
	fails 2 'exclude each other' task tree 1 -p App
}

@test "done: parts before wholes" {
	tasks one two
	awm_ok task add part --parent 1 -q >/dev/null
	awm_ok task add deep --parent 3 -q >/dev/null
	fails 4 'task 1 has open subtasks: 3' task 'done' 1
	assert_error 'hint: awm task done 1 --recursive'
	fails 4 'open subtasks' task edit 1 --status 'done'
	# Named together they are done in their order.
	json 'map(.status) == ["done", "done"]' task 'done' 3 4
	awm_ok task reopen 3 4 -q >/dev/null
	# A part that waits for another part has its turn.
	awm_ok task add late --parent 1 --blocked-by 3 -q >/dev/null
	json '.id == 1 and .status == "done"' task 'done' 1 --recursive
	prints '2' task list -q
	json 'map(.type)[-1] == "task.completed"' task history 5

	awm_ok task reopen 1 3 -q >/dev/null
	awm_ok task block 3 --reason why -q >/dev/null
	fails 4 'task 3 is blocked' task 'done' 1 -r
	json '.status == "todo"' task show 1
	# Deleted parts are none.
	awm_ok task rm 3 -q >/dev/null
	json '.status == "done"' task 'done' 1
	# Of two tasks the one that waits is the second, whatever the order.
	tasks six seven
	awm_ok task dep add 6 7 -q >/dev/null
	prints "completed task 6 'six'
completed task 7 'seven'" task 'done' 6 7
	fails 3 'no task 99' task 'done' 2 99
	json '.status == "todo"' task show 2
}

@test "undo takes dependencies, deferral and claims back" {
	tasks one two
	awm_ok task dep add 1 2 -q >/dev/null
	awm_ok undo >/dev/null
	json '.status == "todo" and .blockers == []' task show 1
	awm_ok redo >/dev/null
	json '.status == "blocked" and [.blockers[].id] == [2]' task show 1
	awm_ok task 'done' 2 -q >/dev/null
	awm_ok undo >/dev/null
	json '.status == "blocked" and .blockedByTaskId == 2' task show 1
	awm_ok task edit 2 --defer tomorrow -q >/dev/null
	awm_ok undo >/dev/null
	json '.deferUntil == null' task show 2
	awm_ok task claim 2 -q >/dev/null
	awm_ok undo >/dev/null
	json '.status == "todo" and .claimedBy == null and .assigneeId == null' \
		task show 2
	awm_ok db check >/dev/null
}

# What may be done to tasks $1 and $2; $3 is a number from 0.
whatever() {
	case $3 in
	0 | 1 | 2) awm task dep add "$1" "$2" ;;
	3) awm task dep rm "$1" "$2" ;;
	4) awm task 'done' "$1" ;;
	5) awm task reopen "$1" ;;
	6) awm task rm "$1" ;;
	7) awm task restore "$1" ;;
	8) awm task purge "$1" --yes ;;
	9) awm task edit "$1" --parent "$2" ;;
	10) awm task block "$1" --by "$2" ;;
	11) awm task block "$1" --reason why ;;
	12) awm task unblock "$1" ;;
	13) awm task claim --next ;;
	14) awm task release "$1" ;;
	15) awm task 'done' "$1" --recursive ;;
	16) awm undo ;;
	17) awm task add new --blocked-by "$1" ;;
	esac
}

@test "whatever is done, what follows from it is true, and asks agree" {
	local i rc seed=${AWM_TEST_SEED:-$RANDOM}

	RANDOM=$seed
	echo "AWM_TEST_SEED=$seed"
	tasks one two three four five six seven eight
	for ((i = 1; i <= 150; i++)); do
		rc=0
		whatever $((1 + RANDOM % 10)) $((1 + RANDOM % 10)) \
			$((RANDOM % 18)) >/dev/null 2>&1 || rc=$?
		# Refused, not there, not any more: nothing worse.
		[[ $rc =~ ^[0345]$ ]]
		((i % 10)) || awm_ok db check >/dev/null
	done
	run_awm task ready --explain --format jsonl
	diff <(jq 'select(.reason == null).id' <<<"$output" | sort) \
		<(awm_ok task ready -q | sort)
}
