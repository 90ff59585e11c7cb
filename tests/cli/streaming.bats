#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Long listings: the first row at once, memory that does not grow, and an end
# at any moment that the reader or the person likes. Nothing here is timed: that
# a row came before the others were read is seen by what the program has done.
#
# shellcheck disable=SC2154 # set by `run`

load helper

# One file for all tests: 100,000 tasks, put in by the sqlite3 shell, with a
# small one beside it.
setup_file() {
	awm_setup
	export STREAM_MANY=$BATS_FILE_TMPDIR/many.db
	export STREAM_FEW=$BATS_FILE_TMPDIR/few.db
	fill "$STREAM_MANY" 100000
	fill "$STREAM_FEW" 1000
}

setup() {
	awm_setup
	AWM_DB=$STREAM_MANY
}

fill() {
	awm_ok --db "$1" task add -q 'Task 1' >/dev/null
	sqlite3 -bail "$1" >/dev/null <<-EOT
		pragma synchronous = off;
		with recursive n (i) as (select 2 union all select i + 1 from n where i < $2)
		insert into tasks (id, projectId, title, description, status, priority,
				"order", createdAt, updatedAt)
			select i, 1, 'Task ' || i,
				'What is to be done, told in a sentence of some length.',
				iif(i % 4 = 0, 'done', 'todo'),
				iif(i % 10 = 0, 'high', 'medium'), i, i, i
			from n;
		pragma wal_checkpoint(truncate);
	EOT
}

# peak COMMAND…: the most memory that it took, in kB.
peak() {
	python3 -c '
import os, sys
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[
    (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
_, status, usage = os.wait4(pid, 0)
assert status == 0, status
print(usage.ru_maxrss)' "$@"
}

@test "every format lists every row once" {
	awm_ok task list --all --format jsonl >rows
	[ "$(wc -l <rows)" -eq 100000 ]
	[ "$(jq -r .id rows | sort -nu | wc -l)" -eq 100000 ]
	[ "$(awm_ok task list --all --json | jq length)" -eq 100000 ]
	[ "$(awm_ok task list --all --format csv --fields id | wc -l)" -eq 100001 ]
	[ "$(awm_ok task list --all --format tsv --fields id | wc -l)" -eq 100001 ]
	[ "$(awm_ok task list --all -q | wc -l)" -eq 100000 ]
	# without --all those that are open
	[ "$(awm_ok task list -q | wc -l)" -eq 75000 ]
}

# A pipe holds 64 kB and the program's own buffer as much: with nobody reading,
# it can have read only a few hundred rows when it comes to a stop.
stops_early() {
	local pid waited=0 bytes

	rm -f pipe
	mkfifo pipe
	awm task list "$@" >pipe 3>&- &
	pid=$!
	exec 4<pipe
	read -r -N 20 _ <&4
	until [[ $(awk '{print $3}' "/proc/$pid/stat") == S ]] ||
		((waited++ > 500)); do
		sleep 0.01
	done
	bytes=$(sed -n 's/^rchar: //p' "/proc/$pid/io")
	exec 4<&-
	wait "$pid" || [[ $? == 141 ]]
	printf '%s: %d bytes read\n' "$*" "$bytes" >&2
	((bytes < $(stat -c %s "$AWM_DB") / 4))
}

@test "the first rows are written before the others are read" {
	local format

	for format in json jsonl csv tsv; do
		stops_early --format "$format"
		stops_early --format "$format" --all --sort id
		stops_early --format "$format" --status todo
		stops_early --format "$format" -p 1
	done
}

@test "also with --all" {
	stops_early --all --format jsonl
}

@test "memory does not grow with the listing: json, jsonl, csv, tsv" {
	local format few many

	# A sanitizer keeps what was freed, so there it does grow.
	[[ -z ${AWM_SANITIZED-} ]] || skip 'sanitizers keep freed memory'
	for format in json jsonl csv tsv; do
		for all in '' --all; do
			few=$(peak awm --db "$STREAM_FEW" task list \
				--format "$format" ${all:+"$all"})
			many=$(peak awm --db "$STREAM_MANY" task list \
				--format "$format" ${all:+"$all"})
			printf '%s %s: %d kB, %d kB\n' "$format" "$all" "$few" \
				"$many" >&2
			((many - few < 4096))
		done
	done
}

@test "ids are streamed too" {
	local few many

	[[ -z ${AWM_SANITIZED-} ]] || skip 'sanitizers keep freed memory'
	few=$(peak awm --db "$STREAM_FEW" task list -q)
	many=$(peak awm --db "$STREAM_MANY" task list -q)
	((many - few < 4096))
}

@test "a reader who has had enough ends the listing quietly: 141" {
	local args

	for args in --json '--format jsonl' '--format csv' '--format tsv' -q \
		'' '--all --format jsonl'; do
		# shellcheck disable=SC2086
		run --separate-stderr bash -c 'set -o pipefail
			awm task list "$@" | head -c 1' - $args
		[ "$status" -eq 141 ]
		[ -z "$stderr" ]
		[ "${#output}" -eq 1 ]
	done
	# also where the parent has SIGPIPE ignored
	run --separate-stderr bash -c 'trap "" PIPE; set -o pipefail
		awm task list --format jsonl | head -n 1'
	[ "$status" -eq 141 ]
	[ -z "$stderr" ]
	jq -e .id <<<"$output"
}

# interrupted SIGNAL ARGUMENT…: sends it while the listing is under way and
# nobody reads; then reads on. $status is the exit status.
interrupted() {
	local signal=$1 pid

	shift
	rm -f pipe
	mkfifo pipe
	# Job control, or the shell would have SIGINT ignored in the background.
	set -m
	awm "$@" >pipe 2>err 3>&- &
	pid=$!
	set +m
	exec 4<pipe
	read -r -N 10 _ <&4
	kill "-$signal" "$pid"
	cat <&4 >rest
	exec 4<&-
	status=0
	wait "$pid" || status=$?
	output=''
	stderr=$(cat err)
}

@test "Ctrl-C ends a listing: 130" {
	interrupted INT task list --format jsonl
	assert_status 130
	[ "$(wc -l <rest)" -lt 75000 ]
	interrupted INT task list --json
	assert_status 130
	[[ $stderr == *interrupted* ]]
	interrupted TERM task list --format csv
	assert_status 130
}

@test "a listing that was cut short leaves the database to others" {
	run bash -c 'awm task list --format jsonl | head -n 1'
	awm_ok task edit 1 --title 'Task 1' >/dev/null
	awm_ok task list -n 1 -q
}

@test "limit, offset and sort are asked for, and hold" {
	[ "$(awm_ok task list -n 3 -q --sort id | tr '\n' ' ')" = '1 2 3 ' ]
	[ "$(awm_ok task list --all --sort -id -n 2 -q | tr '\n' ' ')" = '100000 99999 ' ]
	[ "$(awm_ok task list --all --sort id --offset 99998 -q | tr '\n' ' ')" = '99999 100000 ' ]
	[ "$(awm_ok task list -n 0 -q | wc -l)" -le 75000 ]
}
