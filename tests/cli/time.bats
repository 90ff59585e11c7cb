#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Time: the timer, entries by hand, what is refused, sums and reports.

load checks

setup() {
	awm_setup
	awm_ok project add Web -q >/dev/null
	awm_ok task add -p Web one --tag a,b -q >/dev/null
	awm_ok task add -p Web two --tag b -q >/dev/null
}

# at TIME ARG…: awm at another time of the 22nd of November 2026.
at() {
	local time=$1

	shift
	AWM_NOW=2026-11-22T${time}Z "$@"
}

sums_hold() {
	run_awm db check
	assert_status 0
}

# minutes TASK: what the task has, and hours PROJECT.
minutes() {
	awm task show "$1" --json | jq -c .actualMinutes
}

hours() {
	awm project show "$1" --json | jq -c .actualHours
}

@test "start and stop: one entry, the task in progress, the sums follow" {
	at 09:00 prints "started time entry 1 on task 1 'one'" \
		time start 1 -d Thinking
	json '.status == "in_progress"
		and .startedAt == "2026-11-22T09:00:00.000Z"
		and .actualMinutes == 0' task show 1
	at 10:30:20 prints "stopped time entry 1 on task 1 'one': 1h 30m 20s" \
		time stop
	json '. == [{id: 1, taskId: 1, userId: 1,
		startTime: "2026-11-22T09:00:00.000Z",
		endTime: "2026-11-22T10:30:20.000Z", duration: 5420,
		description: "Thinking", isManual: false, isBillable: false,
		hourlyRate: null, createdAt: "2026-11-22T09:00:00.000Z",
		updatedAt: "2026-11-22T10:30:20.000Z"}]' time list
	[ "$(minutes 1)" = 90 ]
	[ "$(minutes 2)" = null ]
	json '.actualHours == 5420 / 3600' project show 1
	json '[.[].type] == ["time.stopped", "time.started",
		"task.status_changed"]' activity list -n 3
	sums_hold
}

@test "start leaves a task alone that is not to do" {
	awm_ok task 'done' 1 -q >/dev/null
	awm_ok task block 2 --reason 'No key' -q >/dev/null
	awm_ok time start 1 -q >/dev/null
	awm_ok time start 2 --switch -q >/dev/null
	json '.status == "done"' task show 1
	json '.status == "blocked"' task show 2
}

@test "one timer a user: refused with a hint, or switched" {
	at 09:00 awm_ok time start 1 -q >/dev/null
	at 10:00 fails 4 \
		'a timer runs already: time entry 1 on task 1, since 2026-11-22 09:00' \
		time start 2
	assert_error 'awm time stop, or --switch'
	json '.status == "todo"' task show 2
	at 10:00 prints "started time entry 2 on task 2 'two'" \
		time start 2 --switch
	assert_error 'stopped time entry 1 on task 1: 1h'
	json '.[0].endTime == null and .[1].duration == 3600' time list
	# Of another user it is another one.
	awm_ok user add bob@example.com -q >/dev/null
	at 10:00 awm_ok --as bob@example.com time start 2 -q >/dev/null
	at 11:00 awm_ok time stop --at 10:45 -d Done -q >/dev/null
	json '.duration == 2700 and .description == "Done"' time show 2
	prints 3 time list --running -q
	# --switch without one just starts.
	at 12:00 awm_ok time start 1 --switch -q >/dev/null
	sums_hold
}

@test "status: what runs, and how long; 3 when nothing does" {
	fails 3 'no timer is running' time status
	assert_error 'awm time start TASK'
	fails 3 'no timer is running' time stop
	at 09:00 awm_ok time start 1 -q >/dev/null
	at 10:20 json '.id == 1 and .elapsed == 4800 and .duration == 0
		and .endTime == null and .task.title == "one"
		and .user.email == "ada@example.com"' time status
	at 10:20 prints 1 time status -q
	at 10:20 run_awm time status
	assert_contains 'Task:     1 one'
	assert_contains 'Elapsed:  1h 20m'
	awm_ok user add bob@example.com -q >/dev/null
	fails 3 'no timer is running' time status --user bob@example.com
	run_awm --as bob@example.com time status --user ada@example.com --json
	assert_json .id
}

@test "start and stop at another time; not in the future, not backwards" {
	awm_ok time start 1 --at 09:15 -q >/dev/null
	json '.startTime == "2026-11-22T09:15:00.000Z" and .elapsed == 9900' \
		time status
	fails 4 'cannot end before it starts' time stop --at 09:00
	fails 4 'cannot end in the future: 2026-11-22 13:00' time stop --at 13:00
	awm_ok time stop --at 11:15 -q >/dev/null
	json '.duration == 7200' time show 1
	fails 4 'cannot start in the future: 2026-11-22 12:01' \
		time start 1 --at 12:01
	# A timer that is stopped at once has no length, and is gone from no one.
	awm_ok time start 1 -q >/dev/null
	awm_ok time stop -q >/dev/null
	json '.duration == 0' time show 2
	sums_hold
}

@test "add: ends now, or begins at a time; durations as people write them" {
	local text

	prints "added time entry 1 on task 1 'one': 1h 30m" time add 1 1h30m
	json '.startTime == "2026-11-22T10:30:00.000Z" and .duration == 5400
		and .endTime == "2026-11-22T12:00:00.000Z" and .isManual
		and .isBillable == false' time show 1
	json '.startTime == "2026-11-21T09:00:00.000Z" and .duration == 2700
		and .isBillable and .hourlyRate == 85.5' \
		time add 2 45 --at 2026-11-21T09:00 --rate 85.5 -d 'At home'
	json '.isBillable == false and .hourlyRate == 10' \
		time add 2 1m --at 2026-11-20 --rate 10 --no-billable
	for text in 1:30 PT1H30M 1.5h '1h 30m'; do
		json '.duration == 5400' time add 1 "$text" --allow-overlap
	done
	[ "$(minutes 1)" = 450 ]
	[ "$(minutes 2)" = 46 ]
	[ "$(hours 1)" = 8.266666666666667 ]
	json '.[0].type == "time.added"' activity list -n 1
	sums_hold
}

@test "what no entry can be" {
	fails 4 'at least a second' time add 1 0
	fails 4 'want 0 or more' time add 1 -- -5
	fails 2 "cannot read the duration 'long'" time add 1 long
	fails 2 "cannot read the duration" time add 1 11y
	fails 4 'cannot end in the future: 2026-11-22 12:30' \
		time add 1 1h --at 11:30
	assert_error '--at is when it started'
	fails 3 'no task 9' time add 9 1h
	fails 3 'no task 9' time start 9
	fails 4 'hourlyRate: want 0 to 1000000000' time add 1 1h --rate=-1
	fails 2 'is no number' time add 1 1h --rate much
	awm_ok task rm 2 -q >/dev/null
	fails 4 'task 2 is deleted' time add 2 1h
	fails 4 'task 2 is deleted' time start 2
	awm_ok time add 1 1h -q >/dev/null
	fails 4 'task 2 is deleted' time edit 1 --task 2
	prints '' time list --task 2
	fails 6 'add a time entry' --as "$(viewer)" time add 1 1h
	fails 6 'start a timer' --as "$(viewer)" time start 1
	[ "$(minutes 2)" = null ]
	[ "$(minutes 1)" = 60 ]
}

viewer() {
	awm user add viv@example.com --role viewer -q >/dev/null 2>&1 || true
	printf viv@example.com
}

@test "entries of one user do not overlap; the other one is named" {
	awm_ok time add 2 1h --at 09:00 -q >/dev/null
	fails 4 'overlaps time entry 1 on task 2, from 2026-11-22 09:00 to 2026-11-22 10:00' \
		time add 1 1h --at 09:30
	assert_error '--allow-overlap'
	fails 4 'overlaps time entry 1' time add 1 1h --at 08:30
	fails 4 'overlaps time entry 1' time add 1 3h --at 08:00
	fails 4 'overlaps time entry 1' time add 1 1m --at 09:30
	fails 4 'overlaps time entry 1' time start 1 --at 08:00
	# Side by side is no overlap.
	awm_ok time add 1 1h --at 08:00 -q >/dev/null
	awm_ok time add 1 1h --at 10:00 -q >/dev/null
	fails 4 'overlaps time entry 2' time edit 1 --at 08:59
	fails 4 'overlaps time entry 3' time edit 1 --duration 61m
	awm_ok time edit 1 --duration 61m --allow-overlap -q >/dev/null
	# One that does is still described.
	awm_ok time edit 1 -d words -q >/dev/null
	# Of somebody else it is no matter.
	awm_ok user add bob@example.com -q >/dev/null
	awm_ok --as bob@example.com time add 1 1h --at 09:00 -q >/dev/null
	# A timer has no end yet.
	awm_ok time start 1 --at 11:30 -q >/dev/null
	fails 4 'overlaps time entry 5 on task 1, which runs since 2026-11-22 11:30' \
		time add 2 10m
	awm_ok time add 2 10m --allow-overlap -q >/dev/null
	sums_hold
}

@test "edit: each column; what follows from it" {
	awm_ok time add 1 1h --at 09:00 -q >/dev/null
	prints 'changed time entry 1' time edit 1 --duration 2h
	json '.endTime == "2026-11-22T11:00:00.000Z" and .duration == 7200' \
		time show 1
	json '.endTime == "2026-11-22T12:00:00.000Z" and .duration == 7200' \
		time edit 1 --at 10:00
	json '.startTime == "2026-11-22T10:00:00.000Z" and .duration == 1800' \
		time edit 1 --end 10:30
	json '.startTime == "2026-11-22T08:00:00.000Z" and .duration == 900
		and .endTime == "2026-11-22T08:15:00.000Z"' \
		time edit 1 --at 08:00 --duration 15
	fails 4 'does not fit' time edit 1 --end 09:00 --duration 10
	fails 4 'at least a second' time edit 1 --duration 0
	fails 4 'cannot end in the future' time edit 1 --at 11:50
	json '.isBillable and .hourlyRate == 50' time edit 1 --rate 50
	json '.isBillable == false' time edit 1 --no-billable
	json '.hourlyRate == null and .isBillable == false' \
		time edit 1 --rate none
	json '.taskId == 2' time edit 1 --task 2
	[ "$(minutes 1)" = null ]
	[ "$(minutes 2)" = 15 ]
	fails 2 'nothing to change' time edit 1
	fails 5 'was changed since' time edit 1 --if-updated-at 2026-01-01 -d x
	fails 3 'no time entry 7' time edit 7 -d x
	# A timer ends by it, and runs again without an end.
	awm_ok time start 1 --at 10:00 -q >/dev/null
	awm_ok time edit 2 --at 10:30 -q >/dev/null
	json '.endTime == "2026-11-22T11:30:00.000Z"' time edit 2 --duration 1h
	json '.endTime == null and .duration == 0' time edit 2 --end none
	awm_ok time stop -q >/dev/null
	awm_ok time start 1 -q >/dev/null
	fails 4 'a timer runs already: time entry 3' time edit 2 --end none
	sums_hold
}

@test "rm: no --yes, --dry-run, several; the sums follow" {
	awm_ok time add 1 1h --at 09:00 -q >/dev/null
	awm_ok time add 1 1h --at 10:00 -q >/dev/null
	awm_ok time add 2 1h --at 11:00 -q >/dev/null
	prints 'dry run: deleted time entry 1' time rm 1 --dry-run
	[ "$(minutes 1)" = 120 ]
	prints 'deleted time entry 1' time rm 1
	[ "$(minutes 1)" = 60 ]
	prints $'deleted time entry 2\ndeleted time entry 3' time rm 2 3
	[ "$(minutes 1)$(minutes 2)$(hours 1)" = nullnullnull ]
	fails 3 'no time entry 2' time rm 2
	json '.[0].type == "time.deleted" and .[0].metadata.id == 3
		and .[0].changes.duration.from == 3600' activity list -n 1
	sums_hold
}

@test "undo takes back what was done with time, sums as well" {
	local before

	at 09:00 awm_ok time start 1 -d one -q >/dev/null
	at 10:00 awm_ok time start 2 --switch --rate 60 -q >/dev/null
	[ "$(minutes 1)" = 60 ]
	# One command, three rows: stopped, task 2 in progress, started.
	at 10:00 awm_ok undo -q >/dev/null
	prints 1 time list --running -q
	json '.status == "todo" and .actualMinutes == null' task show 2
	[ "$(minutes 1)" = 0 ]
	at 11:00 awm_ok time stop -q >/dev/null
	before=$(awm time show 1 --json | jq -c 'del(.updatedAt, .task, .user)')
	awm_ok time edit 1 --duration 10m -q >/dev/null
	awm_ok time rm 1 -q >/dev/null
	[ "$(minutes 1)" = null ]
	awm_ok undo -q >/dev/null
	[ "$(minutes 1)" = 10 ]
	awm_ok undo -q >/dev/null
	[ "$(minutes 1) $(hours 1)" = '120 2' ]
	[ "$(awm time show 1 --json |
		jq -c 'del(.updatedAt, .task, .user)')" = "$before" ]
	awm_ok undo -q >/dev/null
	prints 1 time list --running -q
	# A timer does not come back beside another one.
	awm_ok time rm 1 -q >/dev/null
	awm_ok --as ada@example.com time start 2 -q >/dev/null
	awm_ok undo -q >/dev/null
	awm_ok undo -q >/dev/null
	prints 1 time list --running -q
	sums_hold
}

@test "whose entries they are" {
	awm_ok user add bob@example.com -q >/dev/null
	awm_ok user add eve@example.com -q >/dev/null
	awm_ok --as bob@example.com time add 1 1h -q >/dev/null
	fails 6 "another user's time entries" --as eve@example.com time edit 1 -d x
	fails 6 "another user's time entries" --as eve@example.com time rm 1
	awm_ok --as bob@example.com time edit 1 -d mine -q >/dev/null
	awm_ok time edit 1 -d 'an admin' -q >/dev/null
	json '.userId == 2 and .description == "an admin"' time show 1
	awm_ok --as bob@example.com time rm 1 -q >/dev/null
}

@test "sums follow a task that moves, is purged, and a user who goes" {
	awm_ok project add Other -q >/dev/null
	awm_ok task add --parent 1 below -q >/dev/null
	awm_ok user add bob@example.com -q >/dev/null
	awm_ok time add 1 1h --at 08:00 -q >/dev/null
	awm_ok time add 3 30m --at 09:00 -q >/dev/null
	awm_ok --as bob@example.com time add 1 15m -q >/dev/null
	awm_ok --as bob@example.com time add 2 15m --at 06:00 -q >/dev/null
	[ "$(hours 1) $(hours 2)" = '2 null' ]
	awm_ok task move 1 --project Other -q >/dev/null
	[ "$(hours 1) $(hours 2)" = '0.25 1.75' ]
	sums_hold
	# Time that was spent is spent, also on what is deleted.
	awm_ok task rm 3 -q >/dev/null
	[ "$(hours 2)" = 1.75 ]
	awm_ok task purge 3 --yes -q >/dev/null
	[ "$(hours 2)" = 1.25 ]
	sums_hold
	awm_ok user rm bob@example.com --yes -q >/dev/null
	[ "$(minutes 1) $(minutes 2) $(hours 1) $(hours 2)" = '60 null null 1' ]
	sums_hold
}

@test "db check knows a sum that is off, and the next write mends it" {
	awm_ok time add 1 1h --at 08:00 -q >/dev/null
	sqlite3 "$AWM_DB" 'UPDATE tasks SET actualMinutes = 5;
		UPDATE projects SET actualHours = 9, totalCost = 1'
	run_awm db check
	assert_status 4
	assert_contains 'task 1: actualMinutes is 5, its time entries make 60'
	assert_contains 'task 2: actualMinutes is 5, its time entries make null'
	assert_contains 'project 1: actualHours is 9.0, its time entries make 1.0'
	assert_contains 'project 1: totalCost is 1.0, its executions cost 0.0'
	sqlite3 "$AWM_DB" 'UPDATE projects SET totalCost = 0'
	awm_ok time add 1 1h --at 09:00 -q >/dev/null
	awm_ok time add 2 1h --at 10:00 -q >/dev/null
	sums_hold
	sqlite3 "$AWM_DB" 'UPDATE time_entries SET duration = 60 WHERE id = 1'
	run_awm db check
	assert_contains 'time entry 1: duration is 60, from start to end are 3600'
}

@test "list: filters, order, columns" {
	awm_ok project add Other -q >/dev/null
	awm_ok task add -p Other three -q >/dev/null
	awm_ok user add bob@example.com -q >/dev/null
	awm_ok time add 1 1h --at 2026-11-20T09:00 -q >/dev/null
	awm_ok time add 3 1h --at 2026-11-21T09:00 -b -d Meeting -q >/dev/null
	awm_ok --as bob@example.com time add 2 1h --at 09:00 -q >/dev/null
	awm_ok time start 1 -q >/dev/null
	prints $'4\n3\n2\n1' time list -q
	prints $'4\n1' time list --task 1 -q
	prints $'4\n3\n1' time list -p Web -q
	prints 2 time list --project Other -q
	prints 3 time list --user bob@example.com -q
	prints $'4\n2\n1' time list --user me -q
	prints $'4\n3' time list --from 2026-11-22 -q
	prints $'2\n1' time list --to yesterday -q
	prints 2 time list --from 2026-11-21 --to 2026-11-21 -q
	prints 2 time list --billable -q
	prints $'4\n3\n1' time list --no-billable -q
	prints 4 time list --running -q
	prints 2 time list -d meet -q
	prints $'1\n2' time list --sort startTime -n 2 -q
	prints '' time list -p Web --billable -q
	fails 3 "no project 'Nowhere'" time list -p Nowhere
	prints 'Id  Task  User  Start             End               Duration  Description  Billable
 2  3     ada   2026-11-21 09:00  2026-11-21 10:00        1h  Meeting      yes' \
		time list --billable
	fails 3 'no time entry 9' time show 9
}

@test "report: by project, task, user, day and tag, with a total" {
	awm_ok project add Other -q >/dev/null
	awm_ok task add -p Other three -q >/dev/null
	awm_ok user add bob@example.com --name Bob -q >/dev/null
	awm_ok time add 1 1h30m --at 2026-11-20T23:00 --rate 60 -q >/dev/null
	awm_ok time add 2 20m --at 2026-11-21T09:00 -b -q >/dev/null
	awm_ok --as bob@example.com time add 3 10m --at 2026-11-21T10:00 \
		--rate 85 -q >/dev/null
	prints 'Id  Name   Entries    Time  Hours  Billable  Amount  Running
 1  Web          2  1h 50m   1.83    1h 50m   90.00  no
 2  Other        1     10m   0.17       10m   14.17  no
 -  total        3      2h   2.00        2h  104.17  no' time report
	prints 'Name        Entries  Time  Hours  Billable  Amount  Running
2026-11-20        1    1h   1.00        1h   60.00  no
2026-11-21        3    1h   1.00        1h   44.17  no
total             3    2h   2.00        2h  104.17  no' \
		time report --by day
	prints 'Name   Entries    Time  Hours  Billable  Amount  Running
b            2  1h 50m   1.83    1h 50m   90.00  no
a            1  1h 30m   1.50    1h 30m   90.00  no
-            1     10m   0.17       10m   14.17  no
total        3      2h   2.00        2h  104.17  no' \
		time report --by tag
	json '. == [
		{id: 1, name: "one", entries: 1, seconds: 5400, hours: 1.5,
		 billableSeconds: 5400, amount: 90, running: false},
		{id: 2, name: "two", entries: 1, seconds: 1200,
		 hours: (1200 / 3600), billableSeconds: 1200, amount: null,
		 running: false},
		{id: 3, name: "three", entries: 1, seconds: 600,
		 hours: (600 / 3600), billableSeconds: 600, amount: 14.17,
		 running: false}]' time report --by task
	json '[.[] | [.id, .name, .seconds]] == [[1, "ada", 6600], [2, "Bob", 600]]' \
		time report --by user
	run_awm time report --by day --format csv
	assert_output $'name,entries,seconds,hours,billableSeconds,amount,running\r
2026-11-20,1,3600,1,3600,60,false\r
2026-11-21,3,3600,1,3600,44.17,false\r'
	prints $'1\n2\n3' time report --by task -q
	prints $'2026-11-20\n2026-11-21' time report --by day -q
	prints $'Name   Time\nBob     10m\ntotal   10m' time report --by user \
		--user bob@example.com --fields name,seconds
	fails 2 'month' time report --by month
}

@test "report: only what lies in the period, and what is asked for" {
	awm_ok time add 1 4h --at 2026-11-20T22:00 --rate 10 -q >/dev/null
	awm_ok time add 2 1h --at 2026-11-21T10:00 -q >/dev/null
	json '.[0].seconds == 7200 + 3600 and .[0].amount == 20' \
		time report --from 2026-11-21
	json '.[0].seconds == 7200' time report --to 2026-11-20
	json '[.[].seconds] == [7200, 10800]' time report --by day
	json '. == []' time report --from 2026-11-22
	json '[.[].name] == ["2026-11-21"] and .[0].entries == 2' \
		time report --by day --from 2026-11-21 --to 2026-11-21
	json '.[0].seconds == 1800' time report --from 2026-11-20T23:00 \
		--to 2026-11-20T23:30
	json '.[0].seconds == 14400' time report --billable
	json '.[0].seconds == 3600' time report --task 2
	json '.[0].seconds == 14400' time report --tag a
	json '[.[].name] == ["a", "b"]' time report --by tag --tag a
	fails 4 'ends before it begins' time report --from today --to 2026-11-01
}

@test "report: a timer counts up to now, and is marked" {
	awm_ok time start 1 --at 2026-11-21T23:30 --rate 20 -q >/dev/null
	json '. == [
		{name: "2026-11-21", entries: 1, seconds: 1800, hours: 0.5,
		 billableSeconds: 1800, amount: 10, running: false},
		{name: "2026-11-22", entries: 1, seconds: 43200, hours: 12,
		 billableSeconds: 43200, amount: 240, running: true}]' \
		time report --by day
	[ "$(minutes 1)" = 0 ]
	sums_hold
}

@test "days on which clocks change have 23 and 25 hours" {
	awm_ok user edit me --timezone Europe/Berlin -q >/dev/null
	awm_ok time add 1 26h --at 2026-03-28T22:00 -q >/dev/null
	json '[.[] | [.name, .hours]] == [["2026-03-28", 2],
		["2026-03-29", 23], ["2026-03-30", 1]]' time report --by day
	json '.[0].hours == 23' time report --from 2026-03-29 --to 2026-03-29
	awm_ok time add 2 28h --at 2026-10-24T22:00 -q >/dev/null
	json '[.[] | [.name, .hours]] == [["2026-10-24", 2],
		["2026-10-25", 25], ["2026-10-26", 1]]' \
		time report --by day --task 2
	json '.[0].hours == 25' time report --from 2026-10-25 --to 2026-10-25
	# Over the hour that is not there: one hour, not two.
	AWM_NOW=2026-03-29T03:30:00+02:00 awm_ok time start 2 \
		--at 2026-03-29T01:30 --allow-overlap -q >/dev/null
	AWM_NOW=2026-03-29T03:30:00+02:00 json '.duration == 3600' time stop
	# Whoever looks from elsewhere has other days.
	awm_ok user edit me --timezone America/New_York -q >/dev/null
	json '[.[] | [.name, .hours]] == [["2026-03-28", 7], ["2026-03-29", 19]]' \
		time report --by day --task 1
	sums_hold
}

@test "eight processes start a timer: one does" {
	local i

	for ((i = 0; i < 8; i++)); do
		{
			rc=0
			awm time start 1 -q >/dev/null 2>&1 || rc=$?
			echo "$rc" >"rc-$i"
		} 3>&- &
	done
	wait
	[ "$(cat rc-* | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = ' 1 0; 7 4;' ]
	prints 1 time list --running -q
	sums_hold
}

# entries FROM TO: of the user, an hour each, a day apart.
entries() {
	sqlite3 "$AWM_DB" "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL
			SELECT i + 1 FROM n WHERE i < $2)
		INSERT INTO time_entries(taskId,userId,startTime,endTime,duration,
			createdAt,updatedAt)
		SELECT 1 + i % 2, 1, i * 86400000, i * 86400000 + 3600000, 3600,
			0, 0 FROM n"
}

statements() {
	local command

	for command in 'time list' 'time list -p Web' 'time report --by day' \
		'time report --by tag' 'time report --by user' 'time show 1' \
		'time add 1 1m'; do
		# shellcheck disable=SC2086 # words are wanted
		printf '%s %s\n' "$(AWM_TRACE=sql awm $command 2>&1 >/dev/null |
			grep -c '^sql: ')" "$command"
		sqlite3 "$AWM_DB" 'DELETE FROM time_entries WHERE isManual'
	done
}

@test "a constant number of statements, however many entries there are" {
	entries 1 2
	statements >few
	entries 3 200
	statements >many
	diff few many
	json 'length == 200 and all(.[]; .seconds == 3600)' time report --by day
}
