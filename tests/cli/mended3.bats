#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What somebody once found broken where people and agents work together
# (undo, claims, time, comments, teams, templates), and must stay mended.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; SQL and
# code in quotes; each test is a subshell; the variables of run
load checks

setup() {
	awm_setup
	awm_ok project add Web -q >/dev/null
	awm_ok project use Web -q >/dev/null
}

# tasks N: adds tasks 1 to N.
tasks() {
	local i

	for ((i = 1; i <= $1; i++)); do
		awm_ok task add "T$i" -q >/dev/null
	done
}

bob() {
	awm_ok user add bob@example.com --name Bob -q >/dev/null
}

# edges: who waits for whom, whether deleted or not.
edges() {
	sql 'SELECT taskId || "<" || blockerId FROM task_dependencies
		ORDER BY taskId, blockerId' | tr '"\n' '  '
}

@test "undo of blockers leaves those that others added, and deleted ones" {
	bob
	tasks 4
	awm_ok task dep add 1 2 -q
	awm_ok --as bob@example.com task dep add 1 3 -q
	awm_ok undo -q
	json '.blockedByTaskId == 3' task show 1
	awm_ok task dep add 1 2 4 -q
	awm_ok task rm 2 -q
	awm_ok task dep rm 1 3 -q
	awm_ok undo -q
	awm_ok task restore 2 -q
	run_awm task dep tree 1 --format tsv --fields id
	assert_status 0
	assert_output $'id\n1\n2\n3\n4'
}

@test "undo of a deferral that somebody changed since is refused" {
	bob
	tasks 1
	awm_ok task edit 1 --defer 2026-12-01 -q
	awm_ok --as bob@example.com task edit 1 --defer 2026-12-24 -q
	fails 5 'changed since' undo
	json '.deferUntil[:10] == "2026-12-24"' task show 1
}

@test "undo of a claim of a task in progress ends the claim" {
	tasks 1
	awm_ok task start 1 -q
	awm_ok task claim 1 -q >/dev/null
	awm_ok undo -q
	json '.status == "in_progress" and .claimedBy == null' task show 1
	run_awm task claim 1
	assert_status 0
}

@test "undo of a claim that somebody else took over is refused" {
	bob
	tasks 1
	awm_ok task start 1 -q
	awm_ok task claim 1 --lease 1m -q >/dev/null
	export AWM_NOW=2026-11-22T13:00:00Z
	awm_ok --as bob@example.com task claim 1 -q >/dev/null
	run_awm undo
	assert_status 5
	json '.claimedBy == 2' task show 1
}

@test "a key that differs by its case is unknown, not the end of the lines" {
	run_awm_in '{"title":"x","TITLE":"y"}' task add --from -
	assert_status 2
	assert_error "unknown key 'TITLE'"
	assert_error "did you mean 'title'"
	prints '' task list -q
}

@test "a task has each tag once, however they come" {
	json '.tags == ["x"]' task add T --tag x,x --tag x
	json '.tags == ["a", "b"]' task edit 1 --tags a,a,b
	awm_ok undo -q
	json '.tags == ["x"]' task show 1
	run_awm_in '{"title":"L","tags":["q","r","q"]}' task add --from - --json
	assert_status 0
	assert_json '.[0].tags == ["q", "r"]'
}

@test "done --token finishes what its holder still holds, and nothing else" {
	tasks 3
	a=$(awm_ok task claim 1 --json | jq -r .token)
	b=$(awm_ok task claim 2 --lease 1m --json | jq -r .token)
	fails 5 'the token is that of a claim of task 1' \
		task done 3 --token "$a"
	fails 2 'of one task' task done 1 2 --token "$a"
	fails 2 'of one task' task done --where status=todo --token "$a"
	fails 2 "wants TASK, or --token" task done
	fails 5 'no claim has this token' task done 1 --token nonsense
	prints "completed task 1 'T1'" task done --token "$a"
	fails 5 'no claim has this token' task done 1 --token "$a"
	export AWM_NOW=2026-11-22T12:30:00Z
	fails 5 'ran out' task done 2 --token "$b"
	json '.status != "done"' task show 2
	run_awm_in '' task done -
	assert_status 0
}

@test "watch --user: somebody else is told, too" {
	bob
	tasks 2
	json 'map(.watcherIds) == [[1, 2], [1, 2]]' \
		task watch 1 2 --user bob@example.com
	awm_ok task start 1 -q
	awm_ok --as bob@example.com task start 2 -q
	run_awm --as bob@example.com notify list --json
	assert_json 'map(.relatedTaskId) == [1]'
	json '.watcherIds == [2]' task unwatch 1 --user me
	awm_ok undo -q
	json '.watcherIds == [1, 2]' task show 1
	fails 3 "no user 'nobody@example.com'" \
		task watch 1 --user nobody@example.com
}

@test "an id cannot be the first user: no database is made for it" {
	fails 6 "unknown user '5'" --db new.db --as 5 task list
	[[ ! -e new.db ]]
	AWM_USER='not an address' fails 6 'unknown user' --db new.db task list
	[[ ! -e new.db ]]
	prints '' --db new.db task list -q
}

@test "output.format is that of errors, too, whatever they are of" {
	awm_ok config set output.format json
	for words in 'frobnicate' 'task frobnicate' 'task list --nope' \
		'task list --fields nope' 'task done'; do
		# shellcheck disable=SC2086 # several words
		run_awm $words
		assert_status 2
		jq -e '.error.code == "usage"' <<<"$stderr"
	done
	run_awm --format table frobnicate
	assert_error "awm: error: unknown command 'frobnicate'"
}

@test "db status: a migration applied in another form is not 'applied'" {
	sql "UPDATE schema_migrations SET checksum = 'x' WHERE version = 2"
	run_awm db status --json
	assert_status 7
	assert_json '.[0].state == "applied" and .[1].state == "changed"'
	assert_error 'made by another build'
	sql 'DELETE FROM schema_migrations WHERE version = 2'
	run_awm db status --exit-code --json
	assert_status 7
	assert_json '.[1].state == "missing" and .[1].appliedAt == null'
}

@test "time report: lines add up to the total, however they are grouped" {
	tasks 3
	for id in 1 2 3; do
		awm_ok time add "$id" 37s --rate 12.345 --allow-overlap -q
		awm_ok time add "$id" 3h --at 2026-11-21T22:30 --rate 0.333 \
			--allow-overlap -q
	done
	for by in project task user day; do
		run_awm time report --by "$by" --json
		assert_json '(map(.amount * 100 | round) | add) == 339'
	done
	fails 4 'hourlyRate: want 0 to 1000000000' time add 1 2h --rate 1e308
}

@test "a mention ends before quotes and dashes of any kind" {
	bob
	tasks 1
	# shellcheck disable=SC1112 # quotes and dashes as people type them
	for text in '@bob’s turn' '“@bob”' '@bob—now' '«@bob»' '@bob…'; do
		json '.mentions == [2]' comment add 1 "$text"
	done
	json '.mentions == []' comment add 1 '@bobé'
}

@test "a parent in another project: with --project, at once" {
	tasks 3
	awm_ok project add Ops -q >/dev/null
	awm_ok task add there -p Ops -q >/dev/null
	awm_ok task edit 2 --parent 1 -q
	fails 4 'the parent, task 4, is in another project' \
		task edit 3 --parent 4
	at=$(awm_ok task show 3 --json | jq -r .updatedAt)
	json '.projectId == 2 and .parentTaskId == 4 and .title == "N"' \
		task edit 3 --project Ops --parent 4 --title N \
		--if-updated-at "$at"
	json '.projectId == 2 and .parentTaskId == 4' \
		task edit 2 --parent 4 --project Ops
	awm_ok undo -q
	json '.projectId == 1 and .parentTaskId == 1' task show 2
	json '.projectId == 2 and .parentTaskId == null' \
		task edit 2 --parent none --project Ops
}

@test "blocked, and by what, in one command" {
	tasks 3
	json '.status == "blocked" and .blockedByTaskId == 2' \
		task edit 1 --status blocked --blocked-by 2
	json '.status == "blocked"' task add T --status blocked --blocked-by 3
	awm_ok task done 3 -q
	fails 4 'all that it waits for is done' \
		task edit 2 --status blocked --blocked-by 3
	json '.status == "todo" and .blockers == []' task show 2
}

@test "undo of another rating brings the first one back" {
	printf '{"tasks":[{"title":"t"}]}' >t.json
	awm_ok template add T -F t.json -q >/dev/null
	awm_ok template rate T 4 -q
	awm_ok template rate T 2 -q
	awm_ok undo -q
	json '.rating == 4' template show T
	awm_ok redo -q
	json '.rating == 2' template show T
	awm_ok undo -q
	awm_ok undo -q
	json '.rating == null' template show T
}

@test "template rm is taken back, with ratings and the projects made of it" {
	bob
	printf '{"tasks":[{"title":"t"}]}' >t.json
	awm_ok template add T -F t.json --tag x -q >/dev/null
	awm_ok template apply T --title P -q >/dev/null
	awm_ok template rate T 4 -q
	awm_ok --as bob@example.com template rate T 1 -q
	before=$(awm_ok template show T --json | jq 'del(.updatedAt)')
	awm_ok template rm T -q >/dev/null
	json '.templateId == null' project show P
	awm_ok undo -q
	after=$(awm_ok template show T --json | jq 'del(.updatedAt)')
	[[ $before == "$after" ]]
	json '.rating == 2.5 and .usageCount == 1' template show T
	json '.templateId == 1' project show P
	[[ $(sql 'SELECT count(*) FROM template_ratings') == 2 ]]
	awm_ok redo -q
	prints '' template list -q
	awm_ok db check >/dev/null
}

@test "template apply: a value that has no place is refused" {
	printf '{"tasks":[{"title":"{{what}} for {{title}}"}]}' >t.json
	awm_ok template add T -F t.json -q >/dev/null
	fails 4 "no variable 'waht'" template apply T --title P \
		--set what=x --set waht=y
	fails 4 'wants values for: what' template apply T --title P \
		--set waht=y
	prints 2 template apply T --title P --set what=a --set what=x -q
	prints $'title\nx for P' task list --format tsv --fields title
}

@test "subtasks stand on 64 levels at most, however they come there: 4" {
	for ((i = 1; i <= 64; i++)); do
		((i == 1)) || printf '{"title":"T%d","key":"%d","parent":"%d"}\n' \
			"$i" "$i" "$((i - 1))"
		((i > 1)) || printf '{"title":"T1","key":"1"}\n'
	done >chain
	awm_ok task add --from chain -q >/dev/null
	fails 4 'more than 64 levels' task add Deeper --parent 64
	awm_ok task add 'With one below' -q >/dev/null
	awm_ok task add 'The one below' --parent 65 -q >/dev/null
	fails 4 'more than 64 levels' task edit 65 --parent 63
	prints 65 task edit 65 --parent 62 -q
	fails 4 'cycle' task edit 1 --parent 64

	# All of them are seen, and go along.
	run_awm task tree 1 -q
	assert_status 0
	((${#lines[@]} == 66))
	run_awm task tree 1 --json
	assert_status 0
	assert_json '[recurse(.subtasks[])] | length == 66'
	awm_ok project add App -q >/dev/null
	awm_ok task move 1 -p App >/dev/null
	[[ $(sql 'SELECT count(*) FROM tasks WHERE projectId = 2') == 66 ]]
	awm_ok task done 1 --recursive >/dev/null
	[[ $(sql "SELECT count(*) FROM tasks WHERE status = 'done'") == 66 ]]
	awm_ok task rm 1 >/dev/null
	[[ $(sql 'SELECT count(*) FROM tasks WHERE deletedAt IS NULL') == 0 ]]
}

@test "dep tree shows a chain as long as it is; JSON that nobody reads: 4" {
	for ((i = 1; i <= 1200; i++)); do
		((i == 1)) || printf '{"title":"T%d","key":"%d","blockedBy":["%d"]}\n' \
			"$i" "$i" "$((i - 1))"
		((i > 1)) || printf '{"title":"T1","key":"1"}\n'
	done >chain
	awm_ok task add --from chain -q >/dev/null
	run_awm task dep tree 1200 -q
	assert_status 0
	[[ ${#lines[@]} == 1200 && ${lines[1199]} == 1 ]]
	run_awm task dep tree 1200 --format tsv --fields id,of,depth
	assert_status 0
	[[ ${lines[1200]} == $'1\t2\t1199' ]]
	run_awm task dep tree 1200
	assert_status 0
	((${#lines[@]} == 1201))
	assert_lacks '(above)'
	fails 4 'too many for JSON' task dep tree 82 --json
	json '[recurse(.blockers[])] | length == 80' task dep tree 80
}

@test "a watcher who is nobody is refused: 3" {
	run_awm_in '{"title":"A","watcherIds":[1,99]}' task add --from -
	assert_status 3
	assert_error 'line 1: watcherIds: no user 99'
	bob
	run_awm_in '{"title":"A","watcherIds":[2,1,2]}' task add --from - --json
	assert_status 0
	assert_json '.[0].watcherIds == [1, 2]'
}

@test "undo of an assignment from somebody who is gone tells so" {
	tasks 1
	bob
	awm_ok task assign 1 bob@example.com >/dev/null
	awm_ok task assign 1 me >/dev/null
	awm_ok user rm bob@example.com --yes >/dev/null
	change=$(awm_ok undo --list --format tsv --fields id,what |
		awk '/assigned/ { print $1; exit }')
	fails 5 'what was there before is gone: ' undo "$change"
	run_awm undo "$change"
	[[ $stderr == *'user 2'* && $stderr != *'deleted since'* ]]
}
