#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Undo: what a command did is taken back as one, step by step, and done again.

# shellcheck disable=SC1010,SC2016,SC2154 # task done; SQL and code in quotes;
# the variables of run
load checks

setup() {
	awm_setup
	awm_ok project add Web -q >/dev/null
	awm_ok project use Web -q >/dev/null
}

# What is left of everything when times of change, and what is deleted, are
# left out. "order" is a place among others, not a number.
dump() {
	sql '.mode quote' "
		SELECT 'task', t.id, projectId, title, description,
			generatedPrompt, status, priority, executionType,
			(SELECT count(*) FROM tasks o
				WHERE o.projectId = t.projectId
				AND o.deletedAt IS NULL
				AND (o.\"order\", o.id) < (t.\"order\", t.id)),
			parentTaskId, assigneeId, watcherIds, estimatedMinutes,
			actualMinutes, dueDate, startedAt, completedAt,
			blockedReason, blockedByTaskId, tags, gitCommits,
			createdAt FROM tasks t WHERE deletedAt IS NULL;
		SELECT 'tag', g.* FROM task_tags g;
		SELECT 'watcher', taskId, userId FROM task_watchers w
			WHERE (SELECT deletedAt FROM tasks
				WHERE id = taskId) IS NULL ORDER BY 2, 3;
		SELECT 'dep', taskId, blockerId FROM task_dependencies d
			WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE deletedAt
				IS NOT NULL AND id IN (taskId, blockerId));
		SELECT 'defer', d.* FROM task_defers d JOIN tasks t
			ON t.id = taskId WHERE deletedAt IS NULL;
		SELECT 'project', id, title, description, status, color,
			isFavorite, estimatedHours, actualHours, totalCost,
			ownerId, teamId, createdAt FROM projects
			WHERE NOT isArchived ORDER BY id;
		SELECT 'member', projectId, userId, role FROM project_members
			ORDER BY 2, 3;
		SELECT 'time', id, taskId, userId, startTime, endTime,
			duration, description, isManual, isBillable,
			hourlyRate, createdAt FROM time_entries ORDER BY id;
		SELECT 'comment', id, taskId, userId, content, mentions,
			parentCommentId, reactions, editedAt, createdAt
			FROM comments WHERE deletedAt IS NULL ORDER BY id;
		SELECT 'index', entityType, entityId, content
			FROM search_indexes x WHERE entityId NOT IN (
				SELECT id FROM projects WHERE isArchived
					AND x.entityType = 'project'
				UNION SELECT id FROM tasks WHERE deletedAt
					AND x.entityType = 'task'
				UNION SELECT id FROM comments WHERE deletedAt
					AND x.entityType = 'comment')
			ORDER BY 2, 3;
		SELECT 'user', id, name, role, preferences, timezone
			FROM users;
		SELECT 'team', id, name, slug FROM teams ORDER BY id;
		SELECT 'teammate', teamId, userId, role FROM team_members
			ORDER BY 2, 3"
}

@test "undo: step by step, and redo the other way" {
	awm_ok task add First -t a,b --due tomorrow -q >/dev/null
	awm_ok task edit 1 --title Other -P high -q >/dev/null
	awm_ok task done 1 -q >/dev/null
	prints "took back change 4: task.completed of task 1 'Other'" undo
	json '.status == "todo" and .completedAt == null' task show 1
	prints "took back change 3: task.updated of task 1 'First'" task undo
	json '.title == "First" and .priority == "medium"' task show 1
	prints "took back change 2: task.created of task 1 'First'" undo
	prints '' task list --all -q
	prints 1 task list --deleted -q
	prints "did change 2 again: task.created of task 1 'First'" redo
	prints "did change 3 again: task.updated of task 1 'Other'" task redo
	json '{id: 10, kind: "redo", undoes: 5, change: 4,
		madeAt: "2026-11-22T12:00:00.000Z", rows: 1, taskIds: [1],
		what: "task.completed of task 1 '"'Other'"'"} == .' redo
	json '.status == "done" and .title == "Other" and .tags == ["a", "b"]
		and .completedAt == "2026-11-22T12:00:00.000Z"' task show 1
	fails 3 'there is no undo to take back' redo
	prints 11 undo -q
	# Something else is done: the way back is closed.
	awm_ok task edit 1 -P low -q >/dev/null
	fails 3 'there is no undo to take back' redo
	prints "took back change 12: task.updated of task 1 'Other'" undo
	prints "took back change 3: task.updated of task 1 'First'" undo
	run_awm undo --list -n 4 --fields id,kind,undoes,undone,rows,what \
		--format tsv
	assert_output <<'TSV'
id	kind	undoes	undone	rows	what
14	undo	3	false	1	task.updated
13	undo	12	false	1	task.updated
12	change		true	1	task.updated
11	undo	4	false	1	task.status_changed
TSV
	run_awm undo --list -q
	[ "$(wc -l <<<"$output")" = 14 ]
	awm_ok db check -q >/dev/null
}

@test "undo: one command is one change, whatever it did" {
	awm_ok task add a -q >/dev/null
	awm_ok task add b -q >/dev/null
	awm_ok task add part --parent 1 -q >/dev/null
	dump >before
	awm_ok task edit 1 2 3 -P high --add-tag x -q >/dev/null
	prints 'took back change 5: 3 × task.updated' undo
	dump | diff before -
	awm_ok task rm 1 2 -q >/dev/null
	awm_ok undo >/dev/null
	dump | diff before -
	awm_ok task done 1 2 -r -q >/dev/null
	awm_ok undo >/dev/null
	dump | diff before -
	awm_ok project add App -q >/dev/null
	dump >before
	awm_ok task move 1 2 -p App -q >/dev/null
	awm_ok undo >/dev/null
	dump | diff before -
	awm_ok task move 3 --before 1 >/dev/null
	awm_ok task move 1 --after 2 >/dev/null
	prints $'3\n2\n1' task list -q --sort order
	awm_ok undo >/dev/null
	prints $'3\n1\n2' task list -q --sort order
	awm_ok undo >/dev/null
	dump | diff before -
}

@test "undo: comments, time, dependencies, watchers, members" {
	local command

	awm_ok user add bea@example.com --name Bea -q >/dev/null
	awm_ok task add a -q >/dev/null
	awm_ok task add b -q >/dev/null
	awm_ok comment add 1 'Hello' -q >/dev/null
	awm_ok time add 1 1h --at 2026-11-20 -q >/dev/null
	dump >before
	while read -r command; do
		# shellcheck disable=SC2086 # words are wanted
		awm_ok $command >/dev/null
		dump >after
		! diff -q before after >/dev/null
		awm_ok undo >/dev/null
		dump | diff before -
		awm_ok redo >/dev/null
		dump | diff after -
		awm_ok undo >/dev/null
		dump | diff before -
	done <<'COMMANDS'
comment add 1 More
comment reply 1 Yes
comment edit 1 Bye
comment react 1 👍
comment rm 1
time add 2 30m --at 2026-11-21
time edit 1 --duration 2h
time rm 1
time start 2
task dep add 1 2
task block 1 --reason why
task unwatch 1
task assign 1 bea@example.com
task edit 1 --defer +3d
task edit 1 --blocked-by 2 --due tomorrow
task edit 1 --parent 2
project member add 1 bea@example.com
project archive 1
project edit 1 --title W
project add New
team add Crew
user edit 2 --name Bee
user prefs theme dark
COMMANDS
}

@test "undo: what somebody changed since is not touched" {
	awm_ok user add bea@example.com -q >/dev/null
	awm_ok task add a -q >/dev/null
	awm_ok task edit 1 -P high --title b -q >/dev/null
	AWM_USER=bea@example.com awm_ok task edit 1 -d 'of mine' --due tomorrow \
		-q >/dev/null
	# Other columns are no matter.
	awm_ok undo >/dev/null
	json '.priority == "medium" and .title == "a"
		and .description == "of mine"' task show 1
	awm_ok redo >/dev/null
	AWM_USER=bea@example.com awm_ok task edit 1 --title c -q >/dev/null
	fails 5 "change 4: 'title' of task 1 was changed since" undo
	assert_error 'awm task history 1'
	json '.priority == "high"' task show 1
	AWM_USER=bea@example.com awm_ok task edit 1 --title b -q >/dev/null
	awm_ok undo >/dev/null
	# Neither is a task that others work on, or below.
	fails 5 "change 3: 'description' of task 1 was changed since" undo
	awm_ok task add d -q >/dev/null
	AWM_USER=bea@example.com awm_ok task add part --parent 2 -q >/dev/null
	fails 5 'task 2 is in use now' undo
	awm_ok task add e -q >/dev/null
	awm_ok task edit 4 --title f -q >/dev/null
	AWM_USER=bea@example.com awm_ok task rm 4 -q >/dev/null
	fails 5 'task 4 was deleted since' undo
}

@test "undo: what cannot be taken back is said" {
	awm_ok task add a -q >/dev/null
	awm_ok task rm 1 -q >/dev/null
	awm_ok task purge 1 -y -q >/dev/null
	fails 4 'deleting task 1 for good cannot be taken back' undo
	assert_error 'awm undo --list'
	awm_ok project add Gone -q >/dev/null
	awm_ok project rm Gone -y -q >/dev/null
	fails 4 'deleting project 2 for good cannot be taken back' undo
	awm_ok user add bea@example.com -q >/dev/null
	fails 4 'adding a user cannot be taken back' undo
	awm_ok user rm bea@example.com -y -q >/dev/null
	fails 4 'deleting user 2 for good cannot be taken back' undo
	# By number an earlier one can be.
	awm_ok task add b -q >/dev/null
	awm_ok user add cy@example.com -q >/dev/null
	number=$(awm undo --list --fields id,what --format tsv |
		awk '$2 == "task.created" { print $1; exit }')
	json ".undoes == $number" undo "$number"
	prints '' task list -q --all
	fails 4 "change $number is taken back already" undo "$number"
	number=$(awm undo --list -q -n 1)
	json '.kind == "redo"' undo "$number"
	prints 2 task list -q --all
}

@test "undo: only one's own, and only whoever may write" {
	awm_ok user add bea@example.com -q >/dev/null
	awm_ok user add cy@example.com --role viewer -q >/dev/null
	awm_ok task add a -q >/dev/null
	export AWM_USER=bea@example.com
	fails 3 'you have nothing to take back' undo
	fails 6 "change 4 is somebody else's" undo 4
	fails 3 'no change 99' undo 99
	fails 2 "'x' is no number of a change" undo x
	fails 2 'exclude each other' undo 4 --list
	fails 2 '-n goes with --list' undo -n 3
	json '. == []' undo --list
	awm_ok task edit 1 --title b >/dev/null
	prints "took back change 5: task.updated of task 1 'a'" undo
	AWM_USER=cy@example.com fails 6 'may not take back a change' undo
}

@test "undo: --dry-run shows, and takes nothing back" {
	awm_ok task add a -q >/dev/null
	prints "dry run: took back change 2: task.created of task 1 'a'" undo \
		--dry-run
	prints 1 task list -q
	awm_ok undo >/dev/null
	prints "dry run: did change 2 again: task.created of task 1 'a'" redo \
		--dry-run
	prints '' task list -q
}

@test "undo: the inbox goes with its first task, and comes back" {
	awm_ok project use --unset >/dev/null
	awm_ok task add First -q 2>/dev/null
	awm_ok undo >/dev/null
	json 'map(.title) == ["Web"]' project list
	awm_ok task add Second -q 2>/dev/null
	json 'map(.title) == ["Inbox", "Web"]' project list
	json 'map(.title) == ["Second"]' task list -p Inbox
	# Somebody else has put something there.
	awm_ok user add bea@example.com -q >/dev/null
	rm -f "$AWM_DB"*
	awm_ok task add First -q 2>/dev/null
	awm_ok user add bea@example.com -q >/dev/null
	AWM_USER=bea@example.com awm_ok task add Third -q 2>/dev/null
	awm_ok undo 1 >/dev/null
	json 'map(.title) == ["Third"]' task list -p Inbox
}

@test "undo: a lease that ran out is nobody's change" {
	awm_ok task add a -q >/dev/null
	awm_ok task claim 1 --lease 5m -q >/dev/null
	export AWM_NOW=2026-11-22T13:00:00Z
	prints 1 task ready -q
	awm_ok task add b -q >/dev/null
	prints "took back change 4: task.created of task 2 'b'" undo
	run_awm undo --list -q
	assert_output $'5\n4\n3\n2\n1'
}

@test "undo: the activities say so, and so does the history" {
	awm_ok task add a -t x -P high -q >/dev/null
	awm_ok user add bea@example.com --name Bea -q >/dev/null
	awm_ok task assign 1 bea@example.com -q >/dev/null
	awm_ok task done 1 -q >/dev/null
	awm_ok undo >/dev/null
	awm_ok redo >/dev/null
	awm_ok comment add 1 'Well done' -q >/dev/null
	awm_ok task rm 1 -q >/dev/null
	run_awm task history 1
	assert_output <<'TABLE'
When              Who  What
2026-11-22 12:00  ada  added 'a': priority: high; tags: x
2026-11-22 12:00  ada  assignee: - → Bea; watchers: ada → ada, Bea
2026-11-22 12:00  ada  status: todo → done
2026-11-22 12:00  ada  status: done → todo (undo)
2026-11-22 12:00  ada  status: todo → done (redo)
2026-11-22 12:00  ada  comment created: comment: Well done
2026-11-22 12:00  ada  deleted
TABLE
	json '.[3].metadata == {undo: 5} and .[4].metadata == {redo: 6}
		and .[3].changes.status == {from: "done", to: "todo"}' \
		task history 1
}

# ---- at random ----

minute=0

# Each command a minute later, so that a time which is not kept shows.
tick() {
	minute=$((minute + 1))
	AWM_NOW=$(date -u -d "2026-11-22T12:00:00Z + $minute minutes" \
		+%Y-%m-%dT%H:%M:%SZ)
	export AWM_NOW
}

pick() {
	printf '%s\n' "${@:RANDOM % $# + 1:1}"
}

# Some command, of which many will be refused.
random_command() {
	local t=$((RANDOM % (tasks + 1) + 1)) o=$((RANDOM % (tasks + 1) + 1))
	local c=$((RANDOM % 6 + 1)) p=$((RANDOM % 4 + 1)) e=$((RANDOM % 6 + 1))

	case $((RANDOM % 46)) in
	[0-4]) words=(task add "Task $minute" -t "$(pick a b c)" -p "$p") ;;
	5) words=(task add "Part $minute" --parent "$t") ;;
	6) words=(task add "Late $minute" --blocked-by "$t" --defer +2d) ;;
	7) words=(task edit "$t" --title "Title $minute" -P "$(pick low high)") ;;
	8) words=(task edit "$t" "$o" --add-tag "$(pick a b d)" --due "+${p}d") ;;
	9) words=(task edit "$t" -d "Text $minute" --estimate "${p}h") ;;
	10) words=(task edit -w "tag=$(pick a b)" -P "$(pick low urgent)") ;;
	11) words=(task edit "$t" --parent "$(pick "$o" none)") ;;
	12) words=(task edit "$t" --defer "$(pick +1d none)") ;;
	13 | 14) words=(task start "$t") ;;
	15 | 16) words=(task done "$t" -r) ;;
	17) words=(task done -w "tag=$(pick a b c)") ;;
	18) words=(task reopen "$t") ;;
	19) words=(task review "$t") ;;
	20) words=(task block "$t" --by "$o") ;;
	21) words=(task block "$t" --reason "Why $minute") ;;
	22) words=(task unblock "$t") ;;
	23) words=(task dep add "$t" "$o") ;;
	24) words=(task dep rm "$t" "$o") ;;
	25) words=(task tag "$t" "$(pick a b c)" e) ;;
	26) words=(task untag "$t" "$(pick a b c)") ;;
	27) words=(task assign "$t" "$(pick me bea@example.com)") ;;
	28) words=(task unassign "$t" "$o") ;;
	29) words=(task "$(pick watch unwatch)" "$t") ;;
	30 | 31) words=(task rm "$t") ;;
	32) words=(task restore "$t") ;;
	33) words=(task move "$t" -p "$p") ;;
	34) words=(task move "$t" "$(pick --before --after)" "$o") ;;
	35) words=(project add "Project $minute") ;;
	36) words=(project edit "$p" --title "Title $minute") ;;
	37) words=(project "$(pick favorite unfavorite archive unarchive)" "$p") ;;
	38) words=(project member "$(pick add rm)" "$p" bea@example.com) ;;
	39) words=(comment add "$t" "Text $minute, @bea") ;;
	40) words=(comment edit "$c" "Other $minute") ;;
	41) words=(comment "$(pick rm restore)" "$c") ;;
	42) words=(time add "$t" "${p}h" --at "2026-11-0$e") ;;
	43) words=(time edit "$e" --duration "${p}0m") ;;
	44) words=(time rm "$e") ;;
	45) words=(task claim "$t" --lease 30d) ;;
	esac
}

# From 1, the numbers of the changes that stand.
count_changes() {
	sql "SELECT count(*) FROM changes WHERE kind = 'change' AND NOT undone"
}

walk() {
	local seed=$1 steps=$2 depth=0 i words tasks

	RANDOM=$seed
	dump >state.0
	for ((i = 0; i < steps; i++)); do
		tick
		tasks=$(sql 'SELECT max(id) FROM tasks')
		random_command
		printf '%s\n' "${words[*]}" >>log
		awm "${words[@]}" >/dev/null 2>>log || continue
		[ "$(count_changes)" = $((first + depth + 1)) ] || continue
		depth=$((depth + 1))
		dump >"state.$depth"
	done
	printf 'seed %s: %s changes\n' "$seed" "$depth" >>log
	[ "$depth" -ge $((steps / 10)) ] || return 1
	for ((i = depth - 1; i >= 0; i--)); do
		tick
		awm undo >>log || return 1
		dump >state
		diff "state.$i" state || return 1
	done
	awm db check -q >/dev/null || return 1
	for ((i = 1; i <= depth; i++)); do
		tick
		awm redo >>log || return 1
		dump >state
		diff "state.$i" state || return 1
	done
	awm db check -q >/dev/null || return 1
	for ((i = depth - 1; i >= 0; i--)); do
		tick
		awm undo >>log || return 1
		dump >state
		diff "state.$i" state || return 1
	done
}

@test "undo: whatever was done at random is taken back, and done again" {
	local seed

	awm_ok user add bea@example.com --name Bea -q >/dev/null
	awm_ok task add Zero -q >/dev/null
	sqlite3 "$AWM_DB" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
	cp "$AWM_DB" fresh
	for seed in ${UNDO_SEEDS:-1 2 3 4 5 6}; do
		rm -f "$AWM_DB"*
		cp fresh "$AWM_DB"
		first=$(count_changes) minute=0
		: >log
		if ! walk "$seed" "${UNDO_STEPS:-40}"; then
			tail -n 100 log >&2
			return 1
		fi
	done
}
