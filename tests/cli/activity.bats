#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Every change leaves one activity, and a change that failed none.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	awm_ok project add Web >/dev/null
	awm_ok project use Web >/dev/null
	awm_ok user add bea@example.com >/dev/null
}

@test "list: newest first, filters, patterns" {
	AWM_NOW=2026-11-20T10:00:00Z awm_ok task add one >/dev/null
	AWM_NOW=2026-11-21T10:00:00Z awm_ok task start 1 >/dev/null
	AWM_NOW=2026-11-21T11:00:00Z awm_ok --as bea@example.com task done 1 \
		>/dev/null
	awm_ok project edit Web --emoji 🌍 >/dev/null

	json '[.[].type] == ["project.updated", "task.completed",
		"task.status_changed", "task.created", "user.created",
		"project.created", "user.created"]' activity list
	json '.[0].id > .[1].id' activity ls -n 2
	json '[.[].type] == ["task.completed", "task.status_changed",
		"task.created"]' activity list --task 1
	json 'length == 3 and all(.[]; .type | startswith("task."))' \
		activity list --type 'task.*'
	json '[.[].type] == ["task.completed"]' \
		activity list --user bea@example.com
	json '[.[].type] == ["task.completed", "task.created"]' \
		activity list --type task.created,task.completed
	json 'length == 5' activity list --project Web
	json 'length == 2' activity list --project Web --type 'project.*'
	json '[.[].type] == ["task.completed", "task.status_changed"]' \
		activity list --since 2026-11-21 --until 2026-11-22
	json 'length == 7' activity list --type '*'
	json '[.[].type] == ["task.created"]' \
		activity list --sort id --type 'task.*' --limit 1
	fails 2 "cannot look for 't*d'" activity list --type 't*d'
	fails 2 'cannot look for' activity list --type 'task.*,user.*'
	fails 3 'no task 9' activity list --task 9
	fails 2 'cannot read the time' activity list --since whenever
	json '.type == "user.created" and .metadata.entity == "user"' \
		activity show 1
	fails 3 'no activity 99' activity show 99
	json '.id == 1' activity view 1
}

@test "every kind of change is one row, with its difference" {
	awm_ok task add one -d text -t a >/dev/null
	awm_ok task edit 1 -d other --add-tag b >/dev/null
	awm_ok task tag 1 c >/dev/null
	awm_ok task start 1 >/dev/null
	awm_ok task assign 1 me >/dev/null
	awm_ok task block 1 --reason why >/dev/null
	awm_ok task unblock 1 >/dev/null
	awm_ok task done 1 >/dev/null
	awm_ok task rm 1 >/dev/null
	awm_ok task restore 1 >/dev/null
	awm_ok project archive Web >/dev/null
	awm_ok project unarchive Web >/dev/null
	awm_ok user edit 2 --role admin >/dev/null
	awm_ok user rm 2 --yes >/dev/null
	run awm activity list --sort id --format tsv --fields type
	assert_output <<'TSV'
type
user.created
project.created
user.created
task.created
task.updated
task.updated
task.status_changed
task.assigned
task.blocked
task.unblocked
task.completed
task.deleted
task.restored
project.archived
project.unarchived
user.updated
user.deleted
TSV
	json '.changes == {description: {from: "text", to: "other"},
		tags: {from: ["a"], to: ["a", "b"]}}
		and .userId == 1 and .taskId == 1 and .projectId == 1' \
		activity show 5
	json '.changes.role == {from: "member", to: "admin"}' activity show 16
}

@test "what fails or changes nothing leaves no activity" {
	awm_ok task add one >/dev/null
	awm_ok task add two >/dev/null
	awm_ok task block 2 --by 1 >/dev/null
	run awm activity list -q
	local before=$output

	fails 4 'blocked' task start 1 2
	fails 3 'no task 9' task done 1 9
	fails 4 'title' task edit 1 --title ''
	fails 4 'cycle' task block 1 --by 2
	fails 2 'unknown status' task edit 1 --status nope
	awm_ok task edit 1 --title one >/dev/null
	awm_ok task tag 1 x --dry-run >/dev/null
	awm_ok project rm Web --dry-run >/dev/null
	prints "$before" activity list -q
}
