#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The n-th call of the database fails, for n = 1, 2, 3 … until the command goes
# through: each time it must end with an error, not by a signal and not with a
# leak, and leave the database as it was. The same with memory that runs out.

# shellcheck source=tests/lint/tap.bash
. "$(dirname "${BASH_SOURCE[0]}")/../lint/tap.bash"

limit=${AWM_TORTURE_LIMIT:-3000}

scratch=$tap_folder/torture
mkdir -p "$scratch"
cd "$scratch"
export HOME=$scratch XDG_CONFIG_HOME=$scratch/config AWM_USER=ada@example.com
export AWM_DB=$scratch/awm.db AWM_NOW=2026-11-22T12:00:00Z
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
unset AWM_FAULT AWM_TRACE

content() {
	if [[ -s $AWM_DB ]]; then
		sqlite3 "$AWM_DB" .dump | sha256sum
	else
		echo nothing
	fi
}

restore() {
	rm -f "$AWM_DB" "$AWM_DB"-*
	[[ ! -e base.db ]] || cp base.db "$AWM_DB"
}

make_base() {
	awm task add -q 'The first one' --tag a
	awm task add -q 'The second one' --tag a,b -d text --due 2026-12-01
	awm task add -q 'The third one' --parent 2
	awm project add -q 'Another project'
	awm user add -q bob@example.com
	awm project member add 2 bob@example.com
	awm time add -q 2 1h
	awm time start -q 1
	awm task rm 3
	awm task add -q 'The claimed one'
	awm task claim 4
	awm comment add -q 1 'a word to @bob'
	awm automate add -q Tell --on task.created --do 'comment.add content=new' \
		--do 'task.update addTags=seen'
	awm automate add -q Hand --manual --do 'notify title=x'
	awm task add -q 'One that is told of'
	sqlite3 "$AWM_DB" 'pragma wal_checkpoint(truncate)'
	mv "$AWM_DB" base.db
	rm -f "$AWM_DB"-*
}

# An error is an exit status of its own and a line that says what failed.
failed_well() {
	local rc=$1

	((rc >= 1 && rc <= 8)) &&
		head -n 1 err | grep -qE '^(awm: error: |\{"error":\{"code":)' &&
		! grep -qE 'Sanitizer|runtime error' err
}

complain() {
	printf 'AWM_FAULT=%s awm %s: %s\n' "$fault" "$*" "$problem"
	cat err
	return 1
}

# torture KIND COMMAND…
torture() {
	local kind=$1 n rc before expected good=0 fault problem

	shift
	restore
	before=$(content)
	awm "$@" >/dev/null 2>err || {
		fault=none problem="exit $?"
		complain "$@"
		return
	}
	expected=$(content)
	for ((n = 1; n <= limit && good < 3; n++)); do
		fault=$kind:$n
		restore
		rc=0
		AWM_FAULT=$fault awm "$@" >out 2>err </dev/null || rc=$?
		if ((rc == 0)); then
			# Past the last call, or a call that may fail.
			good=$((good + 1))
			problem='success, but the database differs'
			[[ $(content) == "$expected" ]] || complain "$@" || return
			continue
		fi
		good=0
		problem="exit $rc"
		failed_well "$rc" || complain "$@" || return
		problem="exit $rc, but the database changed"
		[[ $(content) == "$before" ]] || complain "$@" || return
	done
	problem="no end after $limit calls"
	((good == 3)) || complain "$@" || return
	printf '%d calls\n' $((n - 4))
}

# From nothing: what a failed first use leaves must do for the next one.
torture_new() {
	local kind=$1 n rc good=0 fault problem

	for ((n = 1; n <= limit && good < 3; n++)); do
		fault=$kind:$n
		rm -f "$AWM_DB" "$AWM_DB"-*
		rc=0
		AWM_FAULT=$fault awm task add -q 'The first one' >out 2>err || rc=$?
		if ((rc == 0)); then
			good=$((good + 1))
		else
			good=0
			problem="exit $rc"
			failed_well "$rc" || complain 'task add' || return
			problem='exit 0 was wanted of the next use'
			awm task add -q 'The first one' >out 2>err ||
				complain 'task add' || return
		fi
		problem='not one task'
		[[ $(sqlite3 "$AWM_DB" 'select count(*) from tasks') == 1 ]] ||
			complain 'task add' || return
	done
	problem="no end after $limit calls"
	((good == 3)) || complain 'task add' || return
	awm db check >/dev/null
}

make_base >/dev/null 2>&1

commands=(
	'task add -q Fourth --tag x,y --priority high --due 2026-12-24'
	'task edit 1 --title Changed --description changed'
	'task tag 1 c d e'
	'task done 1 2'
	'task block 1 --by 2'
	'task move 1 --project 2'
	'task rm 1 2'
	'task restore 3'
	'task purge 3 --yes'
	'project add Third'
	'project rm 1 --yes'
	'project archive 2'
	'user edit 2 --role viewer'
	'user rm 2 --yes'
	'time start 2 --switch'
	'time stop --at 12:00'
	'time edit 1 --task 1 --duration 30m'
	'time report --by tag'
	'task dep add 1 2 4'
	'task edit 2 --blocked-by 1 --defer tomorrow'
	'task done 4 2 --recursive'
	'task heartbeat --lease 2h'
	'task release'
	'task ready --explain --json'
	'comment reply 1 so-says-@ada-to-@bob'
	'comment edit 1 nothing'
	'comment react 1 eyes'
	'comment rm 1'
	'comment list --task 1'
	'comment show 1'
	'automate add New --every @daily --do notify'
	'automate tick'
	'automate run Hand --task 1'
	'automate disable Tell'
	'task list --json'
	'task show 2 --json'
	'project show 1'
)

# Memory runs out at the same places: a few commands stand for all.
short_of_memory=("${commands[0]}" "${commands[1]}" "${commands[10]}"
	"${commands[@]: -3:2}")

for command in "${commands[@]}"; do
	# shellcheck disable=SC2086 # words
	tap "db: $command" torture db $command
done
tap 'db: first use' torture_new db
for command in "${short_of_memory[@]}"; do
	# shellcheck disable=SC2086 # words
	tap "nomem: $command" torture nomem $command
done
tap 'nomem: first use' torture_new nomem
tap_done
