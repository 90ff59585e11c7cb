#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Tasks: from the first word to the purge.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
}

# What a test needs most: a project that is the default here.
web() {
	awm_ok project add Web >/dev/null
	awm_ok project use Web >/dev/null
}

# tasks TITLE…: one task each, ids from 1.
tasks() {
	local title

	for title; do
		awm_ok task add "$title" -q >/dev/null
	done
}

@test "add: words are joined, every column, defaults" {
	web
	prints "added task 1 'Buy milk and bread'" task add Buy milk and bread
	run_awm task add 'Ship it' now -p Web -d 'all of it' -P urgent \
		--due 2026-12-24T18:00+01:00 -a me -t home,work -t 'two words' \
		--estimate 1h30m --prompt 'Do it' --execution parallel \
		--provider google --estimated-cost 0.25 --parent 1 \
		--status in_progress --mcp-config '{"servers":["a"]}' --json
	assert_status 0
	assert_json '. == {
		id: 2, projectId: 1, title: "Ship it now",
		description: "all of it", generatedPrompt: "Do it",
		status: "in_progress", priority: "urgent",
		executionType: "parallel", aiProvider: "google",
		mcpConfig: {servers: ["a"]}, order: 1, parentTaskId: 1,
		assigneeId: 1, watcherIds: [1], estimatedMinutes: 90,
		actualMinutes: null, tokenUsage: null, estimatedCost: 0.25,
		actualCost: null, dueDate: "2026-12-24T17:00:00.000Z",
		startedAt: "2026-11-22T12:00:00.000Z", completedAt: null,
		blockedReason: null, blockedByTaskId: null,
		tags: ["home", "work", "two words"], gitCommits: [],
		deletedAt: null, createdAt: "2026-11-22T12:00:00.000Z",
		updatedAt: "2026-11-22T12:00:00.000Z"
	}'
	json '.status == "todo" and .priority == "medium" and .tags == []
		and .executionType == "serial" and .description == null' \
		task new Plain
	prints '4' task create -q -- -f is a title
	json '.title == "-f is a title"' task show 4
	json '.estimatedMinutes == 1' task add Short --estimate 45s
}

@test "add: which project, and the inbox of first use" {
	run_awm task add First
	assert_status 0
	assert_output "added task 1 'First'"
	[ "$stderr" = 'awm: added to Inbox' ]
	run_awm task add Second -q
	assert_output 2
	[ -z "$stderr" ]
	json '[.[] | [.id, .title]] == [[1, "Inbox"]]' project list

	awm_ok project add Web >/dev/null
	awm_ok project add App >/dev/null
	json '.projectId == 2' task add Third -p web
	json '.projectId == 2' task add 'Part of it' --parent 3
	awm_ok project use App >/dev/null
	json '.projectId == 3' task add Fourth
	json '.projectId == 2' task add 'Still the parent' --parent 3
	json '.projectId == 1' task add Fifth --project 1
	fails 4 'another project' task add Odd --parent 3 -p App
	# A task that is refused leaves no inbox behind.
	rm -f "$AWM_DB"*
	fails 4 title task add ''
	json '. == []' project list --all
}

@test "list: open tasks by priority and due date, filters" {
	web
	awm_ok project add App >/dev/null
	awm_ok user add bea@example.com >/dev/null
	awm_ok task add low -P low --due 2026-11-23 -t a >/dev/null
	awm_ok task add late -P high --due 2026-11-20 -a me -t a,b >/dev/null
	awm_ok task add urgent -P urgent --estimate 30 >/dev/null
	awm_ok task add today --due today -a bea@example.com >/dev/null
	awm_ok task add part --parent 1 -p Web >/dev/null
	awm_ok task add other -p App --execution parallel --provider local \
		>/dev/null
	tasks done gone
	awm_ok task done 7 >/dev/null
	awm_ok task rm 8 >/dev/null

	prints $'3\n2\n4\n5\n6\n1' task list -q
	run_awm task list
	assert_output <<'TABLE'
Id  Project  Title   Status  Priority  Assignee  Due         Tags
 3  Web      urgent  todo    urgent    -         -           -
 2  Web      late    todo    high      ada       2026-11-20  a, b
 4  Web      today   todo    medium    bea       2026-11-22  -
 5  Web      part    todo    medium    -         -           -
 6  App      other   todo    medium    -         -           -
 1  Web      low     todo    low       -         2026-11-23  a
TABLE
	prints '7' task list -q --status done
	prints $'7\n6' task ls -q --status todo,done --sort -id -n 2
	prints '' task list -q --status blocked
	prints $'3\n2' task list -q --priority urgent,high
	prints '2' task list -q --assignee me
	prints '4' task list -q --assignee bea@example.com
	prints $'3\n5\n6\n1' task list -q --assignee none
	prints $'2\n1' task list -q --tag a
	prints '2' task list -q --tag a,b
	prints '' task list -q --tag nope
	prints '4' task list -q --due today
	prints '2' task list -q --due overdue
	prints $'2\n4' task list -q --due before:2026-11-23
	prints '1' task list -q --due after:today
	prints $'2\n4' task list -q --due 2026-11-20..2026-11-22
	prints $'3\n5\n6' task list -q --due none
	prints '5' task list -q --parent 1
	prints $'3\n2\n4\n6\n1' task list -q --parent none
	prints '6' task list -q -p App
	prints '6' task list -q --execution parallel
	prints '6' task list -q --provider local
	prints $'2\n1' task list -q --title L --status todo --tag a
	prints '3' task list -q --estimate 10..60
	prints '7' task list -q --completed today
	prints $'3\n2' task list -q -n 2
	prints $'4\n5' task list -q -n 2 --offset 2
	prints $'1\n2\n3\n4\n5\n6' task list -q --sort id
	prints $'2\n4\n1\n3\n5\n6' task list -q --sort dueDate,id
	prints '8' task list -q --deleted
	prints $'1\n2\n3\n4\n5\n6\n7' task list -q --all --sort id
	prints $'1\n2\n3\n4\n5\n6\n7\n8' task list -q --all --deleted \
		--sort id
	awm_ok task block 4 --by 3 >/dev/null
	prints '4' task list -q --blocked
	prints '4' task list -q --blocked-by 3
}

@test "list: nothing is cut, and there is no default limit" {
	web
	for i in $(seq 60); do
		printf 'INSERT INTO tasks(projectId,title,"order",createdAt,updatedAt) SELECT 1,%s,%s,0,0 FROM (SELECT 1 UNION SELECT 2 UNION SELECT 3);\n' \
			"$i" "$i"
	done | sqlite3 "$AWM_DB"
	json 'length == 180' task list
	run_awm task add "$(printf 'x%.0s' {1..1000})" -q
	COLUMNS=40 run_awm task list -n 1 --sort -id
	assert_contains "$(printf 'x%.0s' {1..1000})"
}

@test "show: with all that belongs to it" {
	web
	tasks one
	awm_ok task edit 1 --assign me >/dev/null
	sqlite3 "$AWM_DB" <<'SQL'
INSERT INTO comments(taskId,userId,content,createdAt,updatedAt,deletedAt)
VALUES (1,1,'second',2,2,NULL),(1,1,'first',1,1,NULL),(1,1,'gone',3,3,3);
INSERT INTO time_entries(taskId,userId,startTime,duration,createdAt,updatedAt)
VALUES (1,1,1000,60,1,1);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<12)
INSERT INTO task_executions(taskId,prompt,aiProvider,model,createdAt,updatedAt)
SELECT 1,'p'||i,'local','m',i,i FROM n;
SQL
	json '.project.title == "Web" and .assignee.email == "ada@example.com"
		and [.comments[].content] == ["first", "second"]
		and .comments[0].user.email == "ada@example.com"
		and .timeEntries[0].duration == 60
		and .timeEntries[0].user.id == 1
		and (.executions | length) == 10
		and .executions[0].prompt == "p12"' task show 1
	run_awm task view '#1'
	assert_contains 'Comments (2)'
	assert_contains 'Executions (10)'
	prints $'Id:    1\nTitle: one' task show 1 --fields id,title
	fails 3 'no task 2' task show 2
	awm_ok task rm 1 >/dev/null
	json '.deletedAt == "2026-11-22T12:00:00.000Z"' task show 1
}

@test "status: start, review, done, reopen keep their times" {
	web
	tasks one two three
	AWM_NOW=2026-11-22T13:00:00Z prints "started task 1 'one'" task start 1
	AWM_NOW=2026-11-22T14:00:00Z json '.status == "in_review"
		and .startedAt == "2026-11-22T13:00:00.000Z"' task review 1
	AWM_NOW=2026-11-22T15:00:00Z json '.status == "done"
		and .completedAt == "2026-11-22T15:00:00.000Z"' task done 1
	fails 4 'task 1 is done' task start 1
	assert_error 'hint: awm task reopen 1'
	AWM_NOW=2026-11-22T16:00:00Z json '.status == "todo"
		and .completedAt == null
		and .startedAt == "2026-11-22T13:00:00.000Z"' task reopen 1
	AWM_NOW=2026-11-22T17:00:00Z json '
		.startedAt == "2026-11-22T13:00:00.000Z"' task start 1
	prints "completed task 1 'one'
completed task 2 'two'
completed task 3 'three'" task done 1-3
	json '[.[].type] == ["task.created", "task.completed"]' task history 2
	# Again is no change.
	prints "completed task 2 'two'" task done 2
	json 'length == 2' task history 2
}

@test "many ids: ranges, names, standard input, all or nothing" {
	web
	tasks one two three four five
	run awm task list -q --sort id
	run_awm_in "$output" task start - --json
	assert_status 0
	assert_json '[.[].id] == [1, 2, 3, 4, 5]'
	run_awm_in '#1 2-3
5' task done - -q
	assert_output $'1\n2\n3\n5'
	prints '4' task list -q
	fails 3 'no task 9' task done 4 9
	prints '4' task list -q
	json 'map(.id) == [4, 2]' task reopen 4 2 4 2-2
	fails 2 'ends before it begins' task done 5-3
	fails 2 'no id' task done 1e3
	run_awm_in 'nonsense' task done -
	assert_status 2
	run_awm_in '' task done - --json
	assert_status 0
	assert_json '. == []'
	# One id asked for is a thing, several are a listing.
	json 'type == "object"' task start 4
	json 'type == "array"' task start 4 2
	json 'type == "array"' task start 4-4
	# A refusal in the middle leaves everything as it was.
	awm_ok task block 2 --reason why >/dev/null
	awm_ok task reopen 1 3 >/dev/null
	fails 4 'blocked' task start 1 2 3
	json '[.[].status] == ["todo", "blocked", "todo"]' \
		task list --title '' --sort id --fields status -n 3
}

@test "block: by a task or for a reason, freed when that is done" {
	web
	tasks one two three
	json '.status == "blocked" and .blockedByTaskId == 2' \
		task block 1 --by 2
	fails 4 'task 1 is blocked by task 2' task start 1
	fails 4 'blocked' task done 1
	fails 4 'cycle' task block 2 --by 1
	fails 4 'cycle' task block 2 --by 2
	fails 2 'needs --by TASK or --reason TEXT' task block 2
	fails 3 'no task 9' task block 2 --by 9
	json '.status == "done"' task done 2
	json '.status == "todo" and .blockedByTaskId == null' task show 1
	fails 4 'is done' task block 1 --by 2
	awm_ok task start 1 >/dev/null
	json '.status == "blocked" and .blockedReason == "no key"' \
		task block 1 --reason 'no key'
	json '.status == "in_progress" and .blockedReason == null' \
		task unblock 1
	fails 4 'cycle' task block 1 3 --by 3
	# A deleted blocker blocks no more.
	awm_ok task block 1 --by 3 >/dev/null
	awm_ok task rm 3 >/dev/null
	json '.blockedByTaskId == null and .status != "blocked"' task show 1
}

@test "assign, watch, tag: many at once" {
	web
	awm_ok user add bea@example.com --name Bea >/dev/null
	tasks one two three
	json '[.[].assigneeId] == [2, 2]' task assign 1-2 bea@example.com
	json '.assigneeId == 1' task assign 3 me
	fails 3 "no user 'x@example.com'" task assign 1 x@example.com
	fails 2 'wants' task assign 1
	json '.assigneeId == null' task unassign 3
	# Whoever added it and whoever it was assigned to watch it already.
	json '.watcherIds == [1, 2]' task watch 1
	json '.watcherIds == [1]' --as bea@example.com task unwatch 1
	json '.watcherIds == [1, 2]' --as bea@example.com task watch 1
	json '.watcherIds == [2]' task unwatch 1
	json '.tags == ["a", "b"]' task tag 1 a b a
	json '[.[].tags] == [["a", "b"], ["b"]]' task tag 1-2 b
	run awm task list -q --tag b --sort id
	run_awm_in "$output" task untag - b c --json
	assert_json '[.[].tags] == [["a"], []]'
	prints '1' task list -q --tag a
	prints '' task list -q --tag b
	fails 2 'wants TAG' task tag 1
	fails 4 'tags' task tag 1 "$(printf 'a\nb')"
}

@test "edit: any column, tags, move, stale rows, nothing" {
	web
	awm_ok project add App >/dev/null
	tasks one two
	awm_ok task tag 1 old keep >/dev/null
	run_awm task edit 1 --title 'One' -d text --status in_review -P high \
		--due +3d --assign me --estimate 2d --prompt p \
		--execution parallel --provider openai --estimated-cost 2 \
		--mcp-config '{}' --add-tag new,more --rm-tag old --json
	assert_status 0
	assert_json '.title == "One" and .description == "text"
		and .status == "in_review" and .priority == "high"
		and .dueDate == "2026-11-25T12:00:00.000Z" and .assigneeId == 1
		and .estimatedMinutes == 2880 and .generatedPrompt == "p"
		and .executionType == "parallel" and .aiProvider == "openai"
		and .estimatedCost == 2 and .mcpConfig == {}
		and .tags == ["keep", "new", "more"]'
	json '.description == null and .dueDate == null and .assigneeId == null
		and .estimatedMinutes == null and .aiProvider == null
		and .mcpConfig == null and .tags == ["x"]' \
		task set 1 -d '' --due none --assign none --estimate none \
		--provider none --mcp-config none --tags x
	json '.tags == []' task update 1 --tags ''
	json '.description == "from stdin"' task edit 1 -F <(echo from stdin)
	json '.projectId == 2 and .title == "Two"' \
		task edit 2 --project App --title Two
	json '[.[].priority] == ["low", "low"]' task edit 1-2 -P low
	fails 2 'nothing to change' task edit 1
	fails 3 'no task 9' task edit 1 9 --title Both
	json '.title == "One"' task show 1
	fails 3 'no project 9' task edit 1 --project 9
	fails 5 'changed since' task edit 1 --title Stale \
		--if-updated-at 2026-11-22T11:59:59Z
	json '.title == "Fresh"' task edit 1 --title Fresh --if-updated-at \
		"$(awm_ok task show 1 --json | jq -r .updatedAt)"
	# The editor begins with what is there.
	printf '#!/bin/sh\ntr a-z A-Z <"$1" >x && cat x >"$1"\n' >editor
	chmod +x editor
	EDITOR=$PWD/editor json '.description == "FROM STDIN"' task edit 1 -e
	printf '#!/bin/sh\nexit 1\n' >editor
	EDITOR=$PWD/editor fails 1 'the editor' task edit 1 -e
	# The row as it stood stays in the activity.
	json '.[0].changes.description == {from: "from stdin", to: "FROM STDIN"}' \
		task history 1 --sort -id -n 1
}

@test "move: within the order, to another project, subtasks along" {
	web
	awm_ok project add App >/dev/null
	tasks a b c d e
	order() {
		prints "$1" task list -p Web --sort order,id --format tsv \
			--fields title
	}
	awm_ok task move 5 --before 1 >/dev/null
	order $'title\ne\na\nb\nc\nd'
	awm_ok task move 5 --after 2 >/dev/null
	order $'title\na\nb\ne\nc\nd'
	awm_ok task move 4 1 --after 3 >/dev/null
	order $'title\nb\ne\nc\nd\na'
	awm_ok task mv 1 2 --before 5 >/dev/null
	order $'title\na\nb\ne\nc\nd'
	fails 4 'beside itself' task move 1 --before 1
	fails 2 'exclude' task move 1 --before 2 --after 3
	fails 2 'where to' task move 1
	awm_ok task add sub --parent 1 >/dev/null
	awm_ok task add subsub --parent 6 >/dev/null
	json '.projectId == 2' task move 1 -p App
	json '[.[].projectId] == [2, 2, 2]' task list -p App
	json '.parentTaskId == 1' task show 6
	json '.projectId == 1 and .parentTaskId == null' task move 6 -p Web
	json '.parentTaskId == 6 and .projectId == 1' task show 7
	fails 4 'another project' task move 1 --before 2
}

@test "rm, restore, purge" {
	web
	awm_ok user add bea@example.com >/dev/null
	tasks one two three
	awm_ok task add sub --parent 1 >/dev/null
	awm_ok task add subsub --parent 4 >/dev/null

	prints "deleted task 1 'one' with 2 subtasks" task rm 1
	prints $'2\n3' task list -q
	prints $'1\n4\n5' task list -q --deleted --sort id
	fails 4 'task 1 is deleted' task start 1
	assert_error 'hint: awm task restore 1'
	fails 4 'is deleted' task edit 1 --title x
	fails 4 'deleted' task add more --parent 1
	fails 4 'the parent of task 4 is deleted' task restore 4
	json '.deletedAt == null' task restore 1
	json '[.[].deletedAt] == [null, null]' task restore 4 5
	prints $'1\n2\n3\n4\n5' task list -q --sort id

	fails 2 '--yes' task purge 1
	fails 4 'task 1 is not deleted' task purge 1 --yes
	fails 6 "that takes the role 'admin'" --as bea@example.com \
		task purge 1 --yes --force
	awm_ok task delete 1 2 >/dev/null
	json '[.[].id] == [1, 2]' task purge 1 2 --yes --dry-run
	# What went along with another is no error.
	run awm task list -q --deleted --sort id
	run_awm_in "$output" task purge - --yes
	assert_status 0
	assert_contains "purged task 1 'one'"
	assert_contains "purged task 2 'two'"
	prints '3' task list -q --all
	fails 3 'no task 1' task purge 1 --yes
	fails 3 'no task 1' task restore 1
	fails 3 'no task 9' task purge 3 9 --yes --force
	json '.id == 3' task purge 3 --yes --force
	prints '0' db shell 'select count(*) from tasks'
	prints '0' db shell \
		"select count(*) from search_indexes where entityType='task'"
}

@test "history: the oldest first, with what changed" {
	web
	tasks one two
	awm_ok task start 1 >/dev/null
	awm_ok task assign 1 me >/dev/null
	awm_ok task block 1 --reason why >/dev/null
	awm_ok task unblock 1 >/dev/null
	awm_ok task done 1 >/dev/null
	awm_ok task rm 1 >/dev/null
	awm_ok task restore 1 >/dev/null
	json '[.[].type] == ["task.created", "task.status_changed",
		"task.assigned", "task.blocked", "task.unblocked",
		"task.completed", "task.deleted", "task.restored"]' \
		task history 1
	json '.[0].changes == {status: {from: "todo", to: "in_progress"},
		startedAt: {from: null, to: "2026-11-22T12:00:00.000Z"}}' \
		task history 1 -n 1 --offset 1
	prints $'type\ntask.created' task log 2 --format tsv --fields type
	fails 3 'no task 9' task history 9
}

@test "dry runs change nothing" {
	web
	tasks one
	prints "dry run: completed task 1 'one'" task done 1 --dry-run
	prints "dry run: deleted task 1 'one'" task rm 1 --dry-run
	json '.id == 2' task add two --dry-run
	json '.title == "x"' task edit 1 --title x --dry-run
	json '[.[] | [.id, .title, .status]] == [[1, "one", "todo"]]' \
		task list --all
	json 'length == 1' task history 1
	fails 2 'takes no --dry-run' task list --dry-run
}
