#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Many who work on one database at once, in ways that no file of one noun
# covers: circles that are closed from both ends, workers that die.

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
		printf '{"title":"T%d"}\n' "$i"
	done | awm_ok task add --from - -q >/dev/null
}

# ring N COMMAND…: N at once, {1} and {2} of each being the numbers of two
# tasks that follow each other in a ring; their exit statuses, counted.
ring() {
	local n=$1 i word
	local -a command

	shift
	for ((i = 1; i <= n; i++)); do
		command=()
		for word; do
			word=${word/\{1\}/$i}
			command+=("${word/\{2\}/$((i % n + 1))}")
		done
		(
			rc=0
			awm --wait 120 "${command[@]}" >/dev/null 2>&1 || rc=$?
			echo "$rc" >"rc-$i"
		) 3>&- &
	done
	wait
	cat rc-* | sort -n | uniq -c | tr -s ' '
}

@test "8 processes close a ring of dependencies: one is refused" {
	tasks 8
	[[ $(ring 8 task dep add '{1}' '{2}') == $' 7 0\n 1 4' ]]
	[[ $(sql 'SELECT count(*) FROM task_dependencies') == 7 ]]
	[[ $(awm_ok task ready -q | wc -l) == 1 ]]
	awm_ok db check >/dev/null
}

@test "8 processes close a ring of parents: one is refused" {
	tasks 8
	[[ $(ring 8 task edit '{1}' --parent '{2}') == $' 7 0\n 1 4' ]]
	[[ $(awm_ok task tree -q | sort -n) == "$(seq 8)" ]]
	json 'length == 1' task tree
}

# Half of the ring are dependencies, half are parents.
@test "a ring of dependencies and parents is not closed from two ends" {
	tasks 2
	for _ in 1 2 3 4 5; do
		(awm task dep add 2 1 >/dev/null 2>&1 || true) 3>&- &
		(awm task edit 2 --parent 1 >/dev/null 2>&1 || true) 3>&- &
		wait
		[[ $(sql 'SELECT (SELECT count(*) FROM task_dependencies) +
			(SELECT count(*) FROM tasks
				WHERE parentTaskId IS NOT NULL)') == 1 ]]
		awm task dep rm 2 1 >/dev/null 2>&1 ||
			awm_ok task edit 2 --parent none >/dev/null
	done
}

# worker N: takes tasks, and is killed now and then while it does.
worker() {
	local i pid

	for ((i = 1; i <= 4; i++)); do
		awm --wait 120 task claim --next -q >>"taken-$1" 2>/dev/null &
		pid=$!
		if (((i + $1) % 2)); then
			kill -9 "$pid" 2>/dev/null || true
		fi
		wait "$pid" 2>/dev/null || true
	done
}

@test "8 workers, killed as they claim: no task is taken twice, or lost" {
	local i

	tasks 40
	for i in 1 2 3 4 5 6 7 8; do
		worker "$i" 3>&- &
	done
	wait
	[[ -z $(cat taken-* | sort | uniq -d) ]]
	# Each that is in progress is held, and each that is held, in progress.
	(($(sql 'SELECT count(*) FROM task_claims') >= $(cat taken-* | wc -l)))
	awm_ok db check >/dev/null
	[[ $(sql "SELECT count(*) FROM tasks WHERE status = 'in_progress'") == \
		"$(sql 'SELECT count(*) FROM task_claims')" ]]
	held=$(sql 'SELECT count(*) FROM task_claims')

	export AWM_NOW=2026-11-22T12:30:00Z
	[[ $(awm_ok task ready -q | sort -n) == "$(seq 40)" ]]
	[[ $(sql 'SELECT count(*) FROM task_claims') == 0 ]]
	[[ $(awm_ok activity list --type task.released -q | wc -l) == "$held" ]]
	[[ $(sql 'SELECT count(*) FROM tasks
		WHERE assigneeId IS NOT NULL') == 0 ]]
}

@test "only a claim arms a lease: start, edit and assign do not" {
	tasks 3
	awm_ok task start 1 >/dev/null
	awm_ok task edit 2 --status in_progress >/dev/null
	awm_ok task assign 3 me >/dev/null
	[[ $(sql 'SELECT count(*) FROM task_claims') == 0 ]]
	fails 3 'no live claim' task heartbeat
	export AWM_NOW=2027-11-22T12:00:00Z
	prints '' task reclaim -q
	prints $'id\tstatus\n1\tin_progress\n2\tin_progress\n3\ttodo' \
		task list --sort id --format tsv --fields id,status
}

@test "the manual tells of urgency as it is" {
	local manual=$AWM_SOURCE_ROOT/man/awm-task.1.scd word worth

	grep -qx ':  urgent 15, high 10, medium 5, low 0' "$manual"
	for word in 'urgent 15' 'high 10' 'medium 5' 'low 0'; do
		worth=${word#* }
		awm_ok task add "${word% *}" -P "${word% *}" -q >/dev/null
		json ".[] | select(.title == \"${word% *}\").urgency ==
			$((worth + 1))" task ready
	done
	grep -q '12 when a week overdue, falling evenly to 2.4' "$manual"
	for word in '2026-11-15T12:00Z 12' '2026-10-01 12' \
		'2026-11-26T00:00Z 7.2' '2026-12-06T12:00Z 2.4' '2027-12-06 2.4'; do
		awm_ok task edit 4 --due "${word% *}" >/dev/null
		json ".[] | select(.id == 4).urgency - 1 - ${word#* } | fabs < 0.001" \
			task ready
	done
}

# What is done is in none of the indexes that readiness reads: no plan may
# read the table of tasks from one end to the other.
@test "ready reads open tasks only, however many are done" {
	local plan scans

	tasks 3
	awm_ok task dep add 1 2 >/dev/null
	awm_ok task edit 3 --parent 2 >/dev/null
	AWM_TRACE=sql awm task ready 2>&1 >/dev/null |
		sed -n 's/^sql: //p' | grep "'todo'" >statement
	[[ $(wc -l <statement) == 1 ]]
	plan=$(sql "EXPLAIN QUERY PLAN $(cat statement)")
	[[ $plan == *'SEARCH t USING INDEX idx_tasks_todo'* ]]
	scans=$(grep -vE 'SCAN (up|CONSTANT ROW)$' <<<"$plan")
	[[ $scans != *SCAN* ]]
}

# links: the actionUrl of each notification of bob's, of every type once.
links() {
	awm_ok --as bob@example.com notify list --json |
		jq -r 'unique_by(.type)[] | "\(.type) \(.actionUrl)"'
}

@test "every notification has an actionUrl, and that is a command that works" {
	local link

	awm_ok user add bob@example.com --name Bob -q >/dev/null
	awm_ok task add One --assign bob@example.com --due +3h -q >/dev/null
	awm_ok comment add 1 'Look, @bob' >/dev/null
	awm_ok task edit 1 --title Uno >/dev/null
	awm_ok task review 1 >/dev/null
	awm_ok notify scan >/dev/null
	[[ $(links) == 'comment.mention awm comment show 1
task.assigned awm task show 1
task.changed awm task show 1
task.due awm task show 1' ]]
	links | while read -r _ link; do
		# shellcheck disable=SC2086 # words are wanted
		awm_ok --as bob@example.com ${link#awm } >/dev/null
	done
}

# The verbs of this half of awm that write, on rows that there are.
writes() {
	cat <<-'VERBS'
		task add New
		task add New --idempotency-key k --blocked-by 1
		task edit 1 --title Other --add-tag x
		task edit --where tag=a --priority high
		task start 1
		task done 1
		task review 1
		task block 1 --by 2
		task block 1 --reason why
		task unblock 3
		task reopen 5
		task assign 1 bob@example.com
		task unassign 2
		task watch 1 --user bob@example.com
		task unwatch 1
		task tag 1 x
		task untag 1 a
		task move 1 --before 2
		task move 1 --project App
		task rm 1
		task restore 6
		task purge 6 --yes
		task dep add 1 2
		task dep rm 3 2
		task claim 1
		task claim --next
		task heartbeat 4 --lease 2h
		task release 4
		task undo
		comment add 1 Words
		comment reply 1 Words
		comment edit 1 Words
		comment rm 1
		comment restore 2
		comment react 1 heart
		time start 1
		time add 1 1h
		time edit 1 --duration 2h
		time rm 1
		user add cy@example.com
		user edit bob@example.com --name Robert
		user rm bob@example.com --yes
		user prefs me theme light
		team add Other
		team edit ops --name Other
		team member add ops me
		team member rm ops bob@example.com
		team rm ops --yes
		template edit 1 --category other
		template rate 1 5
		template apply 1 --title Made
		template rm 1
		integration add slack --credentials-env SECRET
		integration disable desktop
		integration rm desktop --yes
		notify read --all
		notify rm 1
		notify scan
		project archive App
		project member add App bob@example.com
		undo
	VERBS
}

@test "a dry run of whatever writes says so, and writes nothing" {
	local before verb

	awm_ok user add bob@example.com --name Bob -q >/dev/null
	awm_ok project add App -q >/dev/null
	tasks 6
	awm_ok task tag 1 a >/dev/null
	awm_ok task assign 2 me >/dev/null
	awm_ok task dep add 3 2 >/dev/null
	awm_ok task claim 4 >/dev/null
	awm_ok task done 5 >/dev/null
	awm_ok task edit 2 --due +3h >/dev/null
	awm_ok task rm 6 >/dev/null
	awm_ok comment add 1 One -q >/dev/null
	awm_ok --as bob@example.com comment add 1 'Two, @ada' -q >/dev/null
	awm_ok comment rm 2 >/dev/null
	awm_ok time add 2 1h --at 2026-11-20 -q >/dev/null
	awm_ok user prefs me theme dark >/dev/null
	awm_ok team add ops -q >/dev/null
	awm_ok team member add ops bob@example.com >/dev/null
	awm_ok template add Kit -F - --description D --category C -q >/dev/null \
		<<<'{"tasks": [{"title": "A"}]}'
	awm_ok integration add desktop -q >/dev/null
	awm_ok task tag 2 undone >/dev/null
	export SECRET='https://hooks.example.com/x'
	before=$(sql .dump)
	while read -r verb; do
		eval "run_awm $verb --dry-run"
		assert_status 0
		[[ $(sql .dump) == "$before" ]] || {
			printf 'wrote: %s\n' "$verb" >&2
			return 1
		}
		# Without it, it does.
		sql ".backup kept.db"
		eval "AWM_DB=kept.db run_awm $verb"
		assert_status 0
		[[ $(sqlite3 kept.db .dump) != "$before" ]] || {
			printf 'writes nothing at all: %s\n' "$verb" >&2
			return 1
		}
		rm -f kept.db*
	done < <(writes)
}
