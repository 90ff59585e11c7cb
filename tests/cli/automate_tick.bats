#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Schedules and ticks: each time once, whatever the clock and however many
# ticks there are.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	awm_ok project add Web >/dev/null
	awm_ok task add 'Buy milk' -p Web >/dev/null
}

auto() {
	awm_ok automate add "$@" >/dev/null
}

# at TIME: a tick at that time; prints how many runs it queued.
at() {
	AWM_NOW=$1 awm_ok automate tick --json | jq .due
}

# slots NAME: the slots that were run, oldest first.
slots() {
	awm_ok automate log "$1" --json |
		jq -r '[.[].slot | sub(":00.000Z"; "")] | sort | join(" ")'
}

@test "each slot once; those that were missed once or not at all" {
	auto Once --every '0 * * * *' --misfire once --do 'notify title=o'
	auto Skip --every '0 * * * *' --misfire skip --do 'notify title=s'
	[[ $(at 2026-11-22T12:59:59Z) == 0 ]]
	[[ $(at 2026-11-22T13:00:00Z) == 2 ]]
	[[ $(at 2026-11-22T13:00:00Z) == 0 ]]
	[[ $(at 2026-11-22T14:10:00Z) == 2 ]] # within the grace
	[[ $(at 2026-11-22T15:10:01Z) == 1 ]] # past it
	[[ $(at 2026-11-22T19:30:00Z) == 1 ]] # four were missed
	[[ $(at 2026-11-22T23:05:00Z) == 3 ]] # three were, and one was not
	run slots Once
	assert_output '2026-11-22T13:00 2026-11-22T14:00 2026-11-22T15:00 2026-11-22T19:00 2026-11-22T22:00 2026-11-22T23:00'
	run slots Skip
	assert_output '2026-11-22T13:00 2026-11-22T14:00 2026-11-22T23:00'
	json 'all(.[]; .state == "success") and .[0].input.type == "schedule"' \
		automate log
}

@test "the clock goes back a day, and forward again: nothing twice" {
	auto Hourly --every '0 * * * *' --do 'notify title=h'
	[[ $(at 2026-11-22T13:00:01Z) == 1 ]]
	[[ $(at 2026-11-21T13:00:01Z) == 0 ]]
	[[ $(at 2026-11-21T14:00:01Z) == 0 ]]
	[[ $(at 2026-11-22T13:00:02Z) == 0 ]]
	[[ $(at 2026-11-22T14:00:01Z) == 1 ]]
	# Changing the schedule makes up for nothing, and repeats nothing.
	AWM_NOW=2026-11-22T14:30:00Z awm_ok automate edit Hourly \
		--every '*/30 * * * *' >/dev/null
	[[ $(at 2026-11-22T14:30:05Z) == 0 ]]
	[[ $(at 2026-11-22T15:00:00Z) == 1 ]]
	AWM_NOW=2026-11-22T15:01:00Z awm_ok automate disable Hourly >/dev/null
	[[ $(at 2026-11-22T15:31:00Z) == 0 ]]
	AWM_NOW=2026-11-22T15:35:00Z awm_ok automate enable Hourly >/dev/null
	[[ $(at 2026-11-22T15:36:00Z) == 0 ]]
	[[ $(at 2026-11-22T16:00:00Z) == 1 ]]
}

@test "both days of a change of the clock, in Berlin and on Lord Howe" {
	export AWM_NOW=2026-03-28T00:00:00Z
	auto Berlin --every '30 2 * * *' --timezone Europe/Berlin --do 'notify'
	auto Quarter --every '*/15 * * * *' --timezone Europe/Berlin --misfire skip --do 'notify'
	awm_ok automate disable Quarter >/dev/null
	[[ $(at 2026-03-28T01:30:00Z) == 1 ]]
	[[ $(at 2026-03-29T00:59:00Z) == 0 ]]
	[[ $(at 2026-03-29T01:00:00Z) == 1 ]] # 3:00, the end of the gap
	[[ $(at 2026-03-29T01:30:00Z) == 0 ]]
	[[ $(at 2026-03-30T00:30:00Z) == 1 ]]
	at 2026-10-24T12:00:00Z >/dev/null
	[[ $(at 2026-10-25T00:30:00Z) == 1 ]] # the first 2:30
	[[ $(at 2026-10-25T01:30:00Z) == 0 ]] # the second
	export AWM_NOW=2026-04-04T00:00:00Z
	auto Howe --every '45 1 * * *' --timezone Australia/Lord_Howe --do 'notify'
	[[ $(at 2026-10-25T01:31:00Z) == 1 ]]
	auto Howe2 --every '15 2 * * *' --timezone Australia/Lord_Howe --do 'notify'
	json '.nextRunAt == "2026-04-04T15:45:00.000Z"' automate show Howe2
	AWM_NOW=2026-10-03T15:00:00Z json \
		'.nextRunAt == "2026-10-03T15:30:00.000Z"' automate show Howe2
	AWM_NOW=2026-10-03T15:30:00Z json \
		'.nextRunAt == "2026-10-04T15:15:00.000Z"' automate show Howe2
}

@test "8 overlapping ticks and 200 due schedules are 200 runs" {
	for i in $(seq 200); do
		printf '{"name":"A%s","trigger":{"type":"schedule","cron":"1 12 * * *","timezone":"UTC"},"actions":[{"type":"task.create","params":{"title":"of %s","project":"Web"}}]}\n' "$i" "$i"
	done >all
	while read -r one; do
		awm automate add -F - <<<"$one" >/dev/null
	done <all
	export AWM_NOW=2026-11-22T12:01:30Z
	for i in $(seq 8); do
		awm automate tick --json >"out.$i" &
	done
	wait
	[[ $(cat out.* | jq -s 'map(.due) | add') == 200 ]]
	[[ $(cat out.* | jq -s 'map(.succeeded) | add') == 200 ]]
	[[ $(cat out.* | jq -s 'map(.failed) | add') == 0 ]]
	run sql "SELECT COUNT(*), COUNT(DISTINCT automationId),
		SUM(state = 'success') FROM automation_runs"
	assert_output '200|200|200'
	run sql "SELECT COUNT(*), COUNT(DISTINCT title) FROM tasks
		WHERE title LIKE 'of %'"
	assert_output '200|200'
}

@test "kill -9: no run is lost, and nothing is done twice" {
	auto C --on task.created --do 'comment.add content="on {{task.id}}"' \
		--do 'task.update addTags=seen'
	for i in $(seq 60); do
		printf '{"title":"t%s","projectId":1}\n' "$i"
	done | awm task add --from - >/dev/null
	for i in $(seq 25); do
		awm automate tick >/dev/null 2>&1 &
		pid=$!
		sleep "0.0$((i % 5))"
		kill -9 $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
	done
	awm_ok automate tick >/dev/null
	run sql "SELECT COUNT(*), SUM(state = 'success') FROM automation_runs"
	assert_output '60|60'
	run sql 'SELECT COUNT(*), COUNT(DISTINCT taskId) FROM comments'
	assert_output '60|60'
	run awm db check -q
	assert_status 0
}

@test "a run whose process dies outside is marked, and not repeated" {
	awm_ok config set automate.allowCommands true >/dev/null
	auto Slow --manual --do 'comment.add content=before' \
		--do "command.run argv='sh -c \"echo \$\$ >>ran; exec sleep 60\"'"
	awm automate run Slow --task 1 >/dev/null 2>&1 &
	pid=$!
	for _ in $(seq 100); do
		[[ ! -s ran ]] || break
		sleep 0.05
	done
	json 'map(.state) == ["running"]' automate log
	prints '' automate tick
	kill -9 $pid
	wait $pid || true
	prints '1 run whose process died' automate tick
	json '.[0].state == "failed" and
		(.[0].errorMessage | contains("ended in the middle")) and
		.[0].output[0].commentId == 1' automate log
	prints '' automate tick
	[[ $(wc -l <ran) == 1 ]]
	json 'length == 1' comment list
	kill "$(<ran)"
}

@test "a tick looks after the rest as well" {
	awm_ok task edit 1 --due 2026-11-22T18:00 --assign me >/dev/null
	awm_ok task claim 1 --lease 1m >/dev/null
	sql "INSERT INTO task_executions(taskId,prompt,aiProvider,model,status,
			createdAt,updatedAt) VALUES (1,'p','local','m','running',1,1);
		INSERT INTO search_indexes(entityType,entityId,content,createdAt,
			updatedAt) VALUES ('execution',1,'p',0,0);
		INSERT INTO search_fts(search_fts) VALUES ('rebuild');
		INSERT INTO execution_runs(executionId,userId,host,pid)
			VALUES (1,1,'$(hostname)',999999)"
	AWM_NOW=2026-11-22T12:02:00Z json '.leases == 1 and .reminders == 1' \
		automate tick
	json '.status == "todo"' task show 1
}

@test "a tick delivers to webhooks and to people" {
	mkdir bin
	printf '#!/bin/sh\necho "$*" >>told\n' >bin/notify-send
	chmod +x bin/notify-send
	export PATH=$PWD/bin:$PATH DISPLAY=:9 DBUS_SESSION_BUS_ADDRESS=unix:path=/x
	unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
	awm_ok config set webhook.background false >/dev/null
	awm_ok config set webhook.allowPrivate true >/dev/null
	printf '[]' >script
	: >received
	python3 "$AWM_SOURCE_ROOT/tests/servers/webhook.py" --log received \
		--script script >port 3>&- &
	pid=$!
	for _ in $(seq 100); do
		[[ ! -s port ]] || break
		sleep 0.05
	done
	SECRET=whsec_YXdtLXRlc3Qtc2VjcmV0LWtleS0zMi1ieXRlcy0hISE= \
		awm_ok webhook add "http://127.0.0.1:$(<port)/" --name Hook \
		--events user.created --allow-private --secret-env SECRET >/dev/null
	awm_ok integration add desktop >/dev/null
	awm_ok user prefs notifications.desktop true >/dev/null
	auto Tell --on task.completed --do 'webhook.send webhook=Hook' \
		--do 'notify title="Done: {{task.title}}"'
	awm_ok task done 1 >/dev/null
	json '.succeeded == 1 and .delivered == 2 and .undelivered == 0' \
		automate tick
	kill $pid
	grep -q 'Done: Buy milk' told
	[[ $(wc -l <received) == 1 ]]
	grep -q task.completed received
	# Nobody there any more.
	awm_ok automate run Tell --task 1 >/dev/null
	json '.undelivered == 1 and .delivered == 1' automate tick
}

@test "dry run, bounds" {
	auto H --every '0 * * * *' --do 'notify title=h'
	export AWM_NOW=2026-11-22T13:00:00Z
	prints '1 run due' automate tick --dry-run
	prints '' automate log -q
	prints '1 run succeeded' automate tick --max-seconds 5
	fails 2 'max-seconds' automate tick --max-seconds 0
}

@test "watch: wakes for new work, and ends at a signal" {
	unset AWM_NOW
	auto W --on task.created --do 'comment.add content=seen'
	awm automate watch >out 2>err &
	pid=$!
	sleep 0.5
	awm_ok task add new -p Web >/dev/null
	for _ in $(seq 100); do
		[[ $(sql 'SELECT COUNT(*) FROM comments') != 1 ]] || break
		sleep 0.1
	done
	run sql 'SELECT COUNT(*) FROM comments'
	assert_output 1
	kill -TERM $pid
	rc=0
	wait $pid || rc=$?
	[[ $rc == 130 ]]
	grep -q '1 run succeeded' out
}
