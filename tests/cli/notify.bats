#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Who is told of what, and what they do with it.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

bea=bea@example.com
cleo=cleo@example.com

setup() {
	awm_setup
	awm_ok user add $bea --name Bea >/dev/null
	awm_ok user add $cleo --name Cleo >/dev/null
	awm_ok project add Web >/dev/null
}

# told USER [ARG…]: what the user was told, oldest first, a line each.
told() {
	awm --as "$1" notify list --sort id --format tsv \
		--fields type,title,content "${@:2}" | sed 1d
}

tell() {
	run --separate-stderr told "$@"
	assert_status 0
}

@test "an assignment is told to whom it is made, with where to look" {
	awm_ok task add 'Buy milk' -p Web --assign $bea >/dev/null
	awm_ok task add 'Mine' -p Web --assign me >/dev/null
	run_awm --as $bea notify list --json
	assert_json '. == [{
		id: 1, userId: 2, type: "task.assigned", title: "Task 1: Buy milk",
		content: "ada assigned this task to you", relatedProjectId: 1,
		relatedTaskId: 1, isRead: false, readAt: null,
		actionUrl: "awm task show 1",
		createdAt: "2026-11-22T12:00:00.000Z",
		updatedAt: "2026-11-22T12:00:00.000Z"}]'
	# What it says can be run.
	# shellcheck disable=SC2046 # words on purpose
	run_awm --as $bea $(jq -r '.[0].actionUrl | ltrimstr("awm ")' <<<"$output")
	assert_status 0
	prints '' notify list -q
	# Again only when it changes.
	awm_ok task assign 1 $bea >/dev/null
	awm_ok task edit 1 --title 'Buy oat milk' >/dev/null
	json 'length == 1' --as $bea notify list
	awm_ok task assign 1 $cleo >/dev/null
	awm_ok task unassign 1 >/dev/null
	json 'length == 1' --as $bea notify list
	json 'length == 1' --as $cleo notify list
}

@test "watchers are told of another status, not of bookkeeping" {
	awm_ok task add 'Buy milk' -p Web >/dev/null
	awm_ok --as $bea task watch 1 >/dev/null
	awm_ok --as $cleo task start 1 >/dev/null
	awm_ok --as $cleo task review 1 >/dev/null
	awm_ok --as $cleo task block 1 --reason 'no cow' >/dev/null
	awm_ok --as $cleo task unblock 1 >/dev/null
	awm_ok --as $cleo task done 1 >/dev/null
	awm_ok --as $cleo task reopen 1 >/dev/null
	awm_ok --as $cleo task edit 1 --title 'Buy oat milk' -d x --due +9d \
		--priority high --add-tag a >/dev/null
	awm_ok --as $cleo task tag 1 b >/dev/null
	awm_ok --as $cleo task watch 1 >/dev/null
	tell $bea
	assert_output <<'END'
task.changed	Task 1: Buy milk	Cleo took this task from todo to in_progress
task.changed	Task 1: Buy milk	Cleo took this task from in_progress to in_review
task.changed	Task 1: Buy milk	Cleo blocked this task: no cow
task.changed	Task 1: Buy milk	this task is no longer blocked: it is in_progress
task.changed	Task 1: Buy milk	Cleo completed this task
task.changed	Task 1: Buy milk	Cleo reopened this task
END
	# Whoever added it watches it, and who did it is told nothing.
	run told ada@example.com
	[[ ${#lines[@]} == 6 ]]
	tell $cleo
	assert_output ''
}

@test "who adds a task and who it is assigned to watch it" {
	json '.watcherIds == [1]' task add one -p Web
	json '.watcherIds == [1, 2]' task assign 1 $bea
	json '.watcherIds == [2, 3]' --as $cleo task add two -p Web -a $bea
	json '.watcherIds == [2]' --as $cleo task unwatch 2
	json '.watcherIds == [1, 2, 3]' task assign 1 $cleo
	# To say so is no news of the new task.
	json '.[0].changes | has("watcherIds") | not' \
		activity list --task 2 --type task.created
	awm_ok --as $cleo task start 2 >/dev/null
	tell $bea
	assert_output <<'END'
task.assigned	Task 1: one	ada assigned this task to you
task.assigned	Task 2: two	Cleo assigned this task to you
task.changed	Task 2: two	Cleo took this task from todo to in_progress
END
	prints '0' db shell "SELECT COUNT(*) FROM tasks t WHERE watcherIds <> (
		SELECT json_group_array(userId) FROM task_watchers w
		WHERE w.taskId = t.id)"
	awm_ok db check >/dev/null
}

@test "watchers follow an undo, and a redo" {
	awm_ok task add one -p Web >/dev/null
	awm_ok task assign 1 $bea >/dev/null
	awm_ok --as $cleo task watch 1 >/dev/null
	awm_ok --as $cleo undo >/dev/null
	json '.watcherIds == [1, 2]' task show 1
	awm_ok --as $cleo redo >/dev/null
	json '.watcherIds == [1, 2, 3]' task show 1
	awm_ok --as $cleo task unwatch 1 >/dev/null
	awm_ok --as $cleo undo >/dev/null
	awm_ok --as $cleo task start 1 >/dev/null
	json '[.[].type] == ["task.assigned", "task.changed"]' \
		--as $bea notify list --sort id
	prints '3' db shell 'SELECT COUNT(*) FROM task_watchers WHERE taskId = 1'
	awm_ok db check >/dev/null
}

@test "one change is told once: assigned and started, a blocker done" {
	awm_ok task add one -p Web >/dev/null
	awm_ok task add two -p Web >/dev/null
	awm_ok --as $bea task watch 1 >/dev/null
	awm_ok task edit 1 --assign $bea --status in_progress >/dev/null
	tell $bea
	assert_output $'task.assigned\tTask 1: one\tada assigned this task to you'
	awm_ok task block 1 --by 2 >/dev/null
	awm_ok --as $cleo task done 2 >/dev/null
	tell $bea --type task.changed
	assert_output <<'END'
task.changed	Task 1: one	ada blocked this task: it waits for task 2
task.changed	Task 1: one	this task is no longer blocked: it is in_progress
END
	# In a dry run nobody is.
	awm_ok task done 1 --dry-run >/dev/null
	run told $bea
	[[ ${#lines[@]} == 3 ]]
}

@test "a comment is told to watchers, a mention to whom it mentions" {
	awm_ok task add one -p Web >/dev/null
	awm_ok --as $cleo task watch 1 >/dev/null
	awm_ok --as $bea task watch 1 >/dev/null
	awm_ok comment add 1 'Could you look, @bea@example.com?' >/dev/null
	json 'length == 1 and .[0].type == "comment.mention"
		and .[0].relatedTaskId == 1 and .[0].relatedProjectId == 1' \
		--as $bea notify list
	json 'length == 1 and .[0].type == "task.changed"
		and .[0].content == "ada wrote: Could you look, @bea@example.com?"' \
		--as $cleo notify list
	# Who declines mentions and watches is told as a watcher.
	awm_ok --as $bea user prefs notifications.mentions false >/dev/null
	awm_ok comment add 1 'Well, @bea@example.com?' >/dev/null
	json '.[0].type == "task.changed"' --as $bea notify list --sort -id
	awm_ok comment add 1 "$(printf 'x%.0s' {1..600})" >/dev/null
	json '.[0].content | length == 511 and endswith("…")' \
		--as $cleo notify list --sort -id
}

@test "preferences: assignments are declined, watched changes are not" {
	awm_ok --as $bea user prefs notifications.assignments false >/dev/null
	awm_ok task add one -p Web --assign $bea >/dev/null
	prints '' --as $bea notify list -q
	awm_ok task start 1 >/dev/null
	json '[.[].type] == ["task.changed"]' --as $bea notify list
	awm_ok --as $bea user prefs notifications.assignments true >/dev/null
	awm_ok task add two -p Web --assign $bea >/dev/null
	json '[.[].type] | sort == ["task.assigned", "task.changed"]' \
		--as $bea notify list
}

@test "a title as long as it may be, with its letters whole" {
	awm_ok task add "$(printf 'ä%.0s' {1..1000})" -p Web -a $bea >/dev/null
	json '.[0].title | length == 1000 and startswith("Task 1: ää")
		and endswith("ä…")' --as $bea notify list
}

@test "list: unread first, then the newest; filters, pages" {
	for i in 1 2 3 4; do
		AWM_NOW=2026-11-22T12:0$i:00Z \
			awm_ok task add "T$i" -p Web -a $bea >/dev/null
	done
	export AWM_USER=$bea
	awm_ok notify read 4 2 >/dev/null
	prints $'3\n1\n4\n2' notify list -q
	prints $'3\n1' notify list -q --unread
	prints $'4\n2' notify list -q --read
	prints $'3\n1' notify list -q --no-read
	fails 2 "unknown flag '--no-unread'" notify list --no-unread
	prints $'3\n1\n4' notify list -q -n 3
	prints $'1\n4' notify list -q -n 2 --offset 1
	prints $'4\n3\n2\n1' notify list -q --sort -createdAt
	prints '3' notify list -q --task 3
	prints $'3\n1\n4\n2' notify ls -q --project Web --type task.assigned
	prints '' notify list -q --type task.due
	run_awm notify list -n 2
	assert_output <<'TABLE'
Id  Type           Title       Content                        Task  Read  Created
 3  task.assigned  Task 3: T3  ada assigned this task to you  3     no    2026-11-22 12:03
 1  task.assigned  Task 1: T1  ada assigned this task to you  1     no    2026-11-22 12:01
TABLE
}

@test "read, unread, rm: one's own, and nobody else's" {
	for i in 1 2 3; do
		awm_ok task add "T$i" -p Web -a $bea >/dev/null
	done
	awm_ok task add other -p Web -a $cleo >/dev/null
	awm_ok user edit 2 --role viewer >/dev/null
	export AWM_USER=$bea
	prints "read notification 1 'Task 1: T1'" notify read 1
	json '.isRead and .readAt == "2026-11-22T12:00:00.000Z"' notify read 1
	json '.isRead == false and .readAt == null' notify unread 1
	fails 6 'notification 4 is not yours' notify read 1-4
	fails 6 'notification 4 is not yours' notify rm 4
	fails 6 'notification 1 is not yours' --as ada@example.com notify rm 1
	fails 3 'no notification 9' notify read 9
	fails 2 "wants ids, or --all" notify read
	fails 2 'exclude each other' notify read 1 --all
	json '[.[].isRead] == [true, true, true]' notify read --all --dry-run
	json 'length == 3' notify list --unread
	json 'length == 3 and all(.isRead)' notify read --all
	json '. == []' notify read --all
	json 'length == 1' --as $cleo notify list --unread
	prints "dry run: deleted notification 1 'Task 1: T1'" \
		notify rm 1 --dry-run
	json '[.[].id] == [1, 2]' notify delete 1-2
	prints '3' notify list -q
	run_awm_in 3 notify rm -
	assert_status 0
	prints '' notify list -q
	# No news for the activity feed.
	json 'all(.type | startswith("notification") | not)' activity list
}

@test "due soon: once for each task and due date, to whoever it is for" {
	awm_ok task add soon -p Web -a $bea --due +23h >/dev/null
	awm_ok task add later -p Web -a $bea --due +25h >/dev/null
	awm_ok task add nobody -p Web --due +1h >/dev/null
	awm_ok task add other -p Web -a $cleo --due +2h >/dev/null
	awm_ok task add done -p Web -a $bea --due +1h >/dev/null
	awm_ok task add gone -p Web -a $bea --due +1h >/dev/null
	awm_ok --as $bea task done 5 >/dev/null
	awm_ok task rm 6 >/dev/null
	# Nobody does it: also one's own tasks.
	awm_ok task add mine -p Web -a me --due +3h >/dev/null
	tell $bea --type task.due
	assert_output $'task.due\tTask 1: soon\tthis task is due 2026-11-23 11:00'
	tell $bea --type task.due
	[[ ${#lines[@]} == 1 ]]
	run_awm notify scan --dry-run
	assert_output <<'TABLE'
Id  User  Title          Content                            Created
 8  Cleo  Task 4: other  this task is due 2026-11-22 14:00  2026-11-22 12:00
 9  ada   Task 7: mine   this task is due 2026-11-22 15:00  2026-11-22 12:00
TABLE
	json '[.[] | [.userId, .relatedTaskId]] == [[3, 4], [1, 7]]' notify scan
	json '. == []' notify scan
	json '[.[] | [.userId, .relatedTaskId]] == [[2, 2]]' \
		notify scan --within 2d
	# A new date is told, also after a deletion; the old one is not.
	awm_ok --as $bea notify read --all >/dev/null
	awm_ok --as $bea notify rm 7 >/dev/null
	tell $bea --unread
	assert_output ''
	awm_ok task edit 1 --due +5h >/dev/null
	tell $bea --unread
	assert_output $'task.due\tTask 1: soon\tthis task is due 2026-11-22 17:00'
	awm_ok task edit 1 --due +23h >/dev/null
	tell $bea --unread
	[[ ${#lines[@]} == 1 ]]
}

@test "due soon: a date is over when its day is, where the assignee is" {
	awm_ok user edit 2 --timezone America/New_York >/dev/null
	# Midnight in New York is 05:00 in UTC.
	AWM_NOW=2026-11-20T12:00:00Z awm_ok task add day -p Web -a $bea \
		--due 2026-11-22T05:00Z >/dev/null
	AWM_NOW=2026-11-23T05:00:00Z run_awm --as $bea notify list -q \
		--type task.due
	assert_output ''
	AWM_NOW=2026-11-23T04:59:00Z run_awm --as $bea notify list --json \
		--type task.due
	assert_json 'length == 1 and .[0].content == "this task is due 2026-11-22"'
}

@test "due soon: not in archived projects; scan takes a member" {
	awm_ok task add x -p Web -a $bea --due +1h >/dev/null
	awm_ok project archive Web >/dev/null
	json '. == []' notify scan
	awm_ok project unarchive Web >/dev/null
	awm_ok user edit 3 --role viewer >/dev/null
	awm_ok user edit 2 --role viewer >/dev/null
	fails 6 "takes the role 'member'" --as $cleo notify scan
	# A viewer is reminded of theirs all the same.
	json '[.[].type] | sort == ["task.assigned", "task.due"]' \
		--as $bea notify list
}

@test "a listing with nothing to remind of waits for no writer" {
	awm_ok task add one -p Web -a $bea >/dev/null
	sqlite3 "$AWM_DB" >"$BATS_TEST_TMPDIR/lock" <<-'SQL' &
		BEGIN IMMEDIATE;
		SELECT 1;
		.shell sleep 3
		ROLLBACK;
	SQL
	while [[ ! -s $BATS_TEST_TMPDIR/lock ]]; do sleep 0.05; done
	prints '1' --as $bea --wait 0.1 notify list -q
	wait
}

@test "eight scans at once tell each date once" {
	local pids=() pid i

	for i in {1..10}; do
		awm_ok task add "T$i" -p Web -a $bea --due +1h >/dev/null
	done
	for i in {1..8}; do
		awm notify scan -q >"out$i" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[[ $(cat out? | wc -l) == 10 ]]
	json 'length == 10' --as $bea notify list --type task.due
}
