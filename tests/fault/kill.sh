#!/bin/bash
# SPDX-License-Identifier: MIT
#
# kill -9 at random moments: whatever a process has said that it did is there
# afterwards, the database opens, and nothing in it is half done. Each round
# runs a handful of writers and kills them all, every tenth on a new database.
#
# AWM_KILL_ROUNDS says how many rounds (tests/fault/soak sets thousands),
# AWM_KILL_SEED repeats a run.

# shellcheck source=tests/lint/tap.bash
. "$(dirname "${BASH_SOURCE[0]}")/../lint/tap.bash"

rounds=${AWM_KILL_ROUNDS:-40}
seed=${AWM_KILL_SEED:-$$}
writers=6
RANDOM=$seed

scratch=$tap_folder/kill
mkdir -p "$scratch"
cd "$scratch"
export HOME=$scratch XDG_CONFIG_HOME=$scratch/config AWM_USER=ada@example.com
export AWM_DB=$scratch/awm.db
unset AWM_NOW AWM_FAULT AWM_TRACE

acknowledged=() # id|title
total=0

# The words of one writer's command; ids are printed when it is done.
start_writer() {
	local round=$1 w=$2 title="round $1 writer $2"

	case $((RANDOM % 8)) in
	0) awm --wait 60 task edit 1 -q --description "$title" >"out-$w" 2>/dev/null & ;;
	1) awm --wait 60 task tag 1 -q "r$round" >"out-$w" 2>/dev/null & ;;
	2) awm --wait 60 db seed >/dev/null 2>&1 & ;;
	*) awm --wait 60 task add -q --tag "w$w" "$title" >"out-$w" 2>/dev/null & ;;
	esac
	pids+=($!)
}

# Those who printed an id for a task of their own.
collect() {
	local round=$1 w id

	for ((w = 1; w <= writers; w++)); do
		[[ -s out-$w ]] || continue
		read -r id <"out-$w" || continue
		total=$((total + 1))
		acknowledged+=("$id|round $round writer $w")
	done
}

# What a title belongs to, from the database: the last writer of the loop is
# awm itself, so it must be able to open it, recover it and write to it.
verify() {
	local pair id title found

	awm --wait 60 task add -q 'After the crash' >/dev/null || return
	awm db check >checked 2>&1 || {
		cat checked
		return 1
	}
	sqlite3 "$AWM_DB" "select id || '|' || title from tasks
		where title like 'round %'" | sort >found
	for pair in ${acknowledged[@]+"${acknowledged[@]}"}; do
		id=${pair%%|*} title=${pair#*|}
		# an edit or a tag acknowledges task 1
		((id == 1)) && continue
		found=$(grep -cxF "$pair" found || true)
		if ((found != 1)); then
			printf 'lost: task %s, %s (seed %s)\n' "$id" "$title" "$seed"
			return 1
		fi
	done
}

# No task without what is written with it, in the same transaction.
whole() {
	sqlite3 "$AWM_DB" "
		select 'no activity: ' || id from tasks t where title like 'round %'
			and not exists (select 1 from activities
				where taskId = t.id and type = 'task.created');
		select 'not indexed: ' || id from tasks t where title like 'round %'
			and not exists (select 1 from search_indexes
				where entityType = 'task' and entityId = t.id);
		select 'without its tag: ' || id from tasks t where title like 'round %'
			and not exists (select 1 from task_tags where taskId = t.id);
		select 'twice: ' || title from tasks where title like 'round %'
			group by title having count(*) > 1" | none
}

one_round() {
	local round=$1 w
	pids=()

	if ((round % 10 == 1)); then
		((round == 1)) || { verify && whole; } || return
		rm -f "$AWM_DB" "$AWM_DB"-*
		acknowledged=()
	fi
	rm -f out-*
	for ((w = 1; w <= writers; w++)); do
		start_writer "$round" "$w"
	done
	sleep "0.0$(printf '%02d' $((RANDOM % 100)))"
	for pid in "${pids[@]}"; do
		((RANDOM % 5)) || continue
		kill -9 "$pid" 2>/dev/null || true
	done
	for pid in "${pids[@]}"; do
		wait "$pid" 2>/dev/null || true
	done
	collect "$round"
}

all_rounds() {
	local round

	for ((round = 1; round <= rounds; round++)); do
		one_round "$round" || return
	done
}

# Only files made by one of ours, and no process of ours is left.
tidy() {
	find . -name 'awm.db*' ! -name awm.db ! -name 'awm.db-wal' \
		! -name 'awm.db-shm' ! -name 'awm.db-lock' | none
}

# Not through tap(), which would read the list in a subshell's copy.
if all_rounds >"$tap_folder/rounds" 2>&1; then
	result=true
else
	result=false
fi
show() {
	cat "$tap_folder/rounds"
	"$result"
}
tap "$rounds rounds of killed writers, $total rows acknowledged, seed $seed" show
tap 'what was acknowledged is there, and the database is sound' verify
tap 'nothing is half written' whole
tap 'no files are left over' tidy
tap_done
