#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Claims: one worker to a task.

load checks

setup() {
	awm_setup
	awm_ok project add Web -q >/dev/null
	awm_ok project use Web -q >/dev/null
}

# tasks TITLE…: one task each, ids from 1.
tasks() {
	local title

	for title; do
		awm_ok task add "$title" -q >/dev/null
	done
}

# claim ID: claims it and prints the token.
claim() {
	awm_ok task claim "$@" --json | jq -r .token
}

@test "claim: the task is in progress, the acting user's, and nobody else's" {
	tasks one two
	run_awm task claim 1 --json
	assert_status 0
	assert_json '.id == 1 and .title == "one" and .status == "in_progress"
		and .assigneeId == 1 and .claimedBy == 1
		and .startedAt == "2026-11-22T12:00:00.000Z"
		and .leaseUntil == "2026-11-22T12:30:00.000Z"
		and (.token | test("^[0-9a-f]{32}$"))'
	# Also the same user: many agents share one.
	fails 5 "task 1 is claimed by 'ada' until 2026-11-22T12:30:00.000Z" \
		task claim 1
	run_awm task claim 1 --json
	assert_status 5
	[ "$(jq -r .error.code <<<"$stderr")" = conflict ]
	json '.claimedBy == 1 and .leaseUntil == "2026-11-22T12:30:00.000Z"
		and (has("token") | not)' task show 1
	json '.[-1] | .type == "task.claimed" and .changes.claimedBy ==
		{from: null, to: 1} and .changes.status.to == "in_progress"' \
		task history 1
	# The token is told to nobody else.
	token=$(sqlite3 "$AWM_DB" 'select token from task_claims')
	[ "$(sqlite3 "$AWM_DB" .dump | grep -c "$token")" = 1 ]
	prints '2' task claim 2 -q
	run_awm task claim 2
	assert_status 5
	json '.leaseUntil == "2026-11-22T12:00:45.000Z"' \
		task claim "$(awm_ok task add three -q)" --lease 45s
	run_awm task claim "$(awm_ok task add four -q)" --lease 1h
	assert_status 0
	assert_contains "claimed task 4 'four' until 2026-11-22 13:00, token "
}

@test "claim: what is not ready is refused with the rule" {
	tasks one two three four five six
	awm_ok user add bea@example.com -q >/dev/null
	awm_ok task dep add 1 2 -q >/dev/null
	fails 4 'task 1 is not ready (blocked: waits for task 2)' task claim 1
	awm_ok task 'done' 3 -q >/dev/null
	fails 4 'not ready (status: done)' task claim 3
	awm_ok task edit 4 --defer tomorrow -q >/dev/null
	fails 4 'not ready (deferred: until 2026-11-23' task claim 4
	awm_ok task rm 5 -q >/dev/null
	fails 4 'task 5 is deleted' task claim 5
	fails 3 'no task 9' task claim 9
	# In progress without a claim: whose it is may arm a lease.
	awm_ok task start 6 -q >/dev/null
	awm_ok task assign 6 bea@example.com -q >/dev/null
	fails 5 "in progress with 'bea'" task claim 6
	json '.assigneeId == 2' --as bea@example.com task claim 6
	fails 2 'which task?' task claim
	fails 2 'exclude each other' task claim 2 --next
	fails 2 'only --next' task claim 2 -t x
	fails 2 '--lease' task claim 2 --lease 0
	fails 2 '--lease' task claim 2 --lease soon
	awm_ok user edit bea@example.com --role viewer -q >/dev/null
	fails 6 "takes the role 'member'" --as bea@example.com task claim 2
	json '.status == "in_progress"' task claim 2 --dry-run
	json '.status == "todo" and .claimedBy == null' task show 2
}

@test "claim --next: in the order of ready, narrowed by filters" {
	awm_ok project add App -q >/dev/null
	awm_ok user add bea@example.com -q >/dev/null
	tasks plain
	awm_ok task add urgent -P urgent -q >/dev/null
	awm_ok task add tagged -t api -P low -q >/dev/null
	awm_ok task add there -p App -P low -q >/dev/null
	awm_ok task add hers -P urgent -a bea@example.com -q >/dev/null
	awm_ok task add mine -P low -a me -q >/dev/null
	prints '3' task claim --next --tag api -q
	prints '4' task claim --next -p App -q
	prints '2' task claim --next -q
	prints '1' task claim --next -q
	prints '6' task claim --next -q
	# What is assigned to somebody else is not taken.
	fails 3 'no task is ready to be claimed' task claim --next
	assert_error 'hint: awm task ready --explain'
	prints '5' --as bea@example.com task claim --next -q
	run_awm task claim --next --json
	assert_status 3
	[ "$(jq -r .error.code <<<"$stderr")" = not_found ]
}

@test "heartbeat: by token, by task, or the only one" {
	tasks one two
	a=$(claim 1)
	AWM_NOW=2026-11-22T12:20:00Z json '
		.leaseUntil == "2026-11-22T12:50:00.000Z" and .id == 1 and
		(has("token") | not)' task heartbeat
	AWM_NOW=2026-11-22T12:40:00Z json '
		.leaseUntil == "2026-11-22T12:45:00.000Z"' \
		task heartbeat --token "$a" --lease 5m
	b=$(AWM_NOW=2026-11-22T12:41:00Z claim 2)
	AWM_NOW=2026-11-22T12:42:00Z fails 5 'you hold several claims' \
		task heartbeat
	AWM_NOW=2026-11-22T12:42:00Z json '.id == 2' task heartbeat 2
	AWM_NOW=2026-11-22T12:42:00Z fails 5 'the token is that of a claim of task 2' \
		task heartbeat 1 --token "$b"
	AWM_NOW=2026-11-22T12:42:00Z fails 5 'no claim has this token' \
		task heartbeat --token "${a/[0-9a-f]/x}"
	awm_ok user add bea@example.com -q >/dev/null
	AWM_NOW=2026-11-22T12:42:00Z fails 5 'you hold no claim of task 1' \
		--as bea@example.com task heartbeat 1
	AWM_NOW=2026-11-22T12:42:00Z fails 3 'you hold no live claim' \
		--as bea@example.com task heartbeat
	# Past its end a claim is lost, even before somebody else takes it.
	AWM_NOW=2026-11-22T12:45:00Z fails 5 'the lease of task 1 ran out' \
		task heartbeat --token "$a"
	fails 3 'no task 9' task heartbeat 9
	# Its activity is no news.
	json 'map(.type) == ["task.created", "task.claimed"]' task history 2
}

@test "release: back to the queue, as it was before" {
	tasks one two
	awm_ok task assign 2 me -q >/dev/null
	a=$(claim 1)
	claim 2 >/dev/null
	prints "released task 1 'one'" task release --token "$a"
	json '.status == "todo" and .assigneeId == null and .claimedBy == null' \
		task show 1
	json '.status == "todo" and .assigneeId == 1' task release
	json '.[-1] | .type == "task.released" and .metadata == {
		claim: "released", userId: 1,
		leaseUntil: "2026-11-22T12:30:00.000Z"}' task history 1
	fails 5 'no claim has this token' task release --token "$a"
	fails 3 'you hold no live claim' task release
	fails 5 'you hold no claim of task 1' task release 1
	[ "$(sqlite3 "$AWM_DB" 'select count(*) from task_claims')" = 0 ]
}

@test "a claim ends with the work" {
	local i

	tasks one two three four five
	for i in 1 2 3 4 5; do
		claim "$i" >/dev/null
	done
	awm_ok task 'done' 1 -q >/dev/null
	awm_ok task review 2 -q >/dev/null
	awm_ok task block 3 --reason why -q >/dev/null
	awm_ok task reopen 4 -q >/dev/null
	awm_ok task rm 5 -q >/dev/null
	[ "$(sqlite3 "$AWM_DB" 'select count(*) from task_claims')" = 0 ]
	awm_ok db check >/dev/null
	prints '4' task claim --next -q
	# And with whoever held it.
	awm_ok user add bea@example.com -q >/dev/null
	tasks six
	awm_ok --as bea@example.com task claim 6 -q >/dev/null
	awm_ok user rm bea@example.com --yes -q >/dev/null
	json '.status == "todo" and .assigneeId == null' task show 6
	awm_ok db check >/dev/null
}

@test "an expired lease goes back to the queue when it is looked at" {
	local look

	awm_ok user add bea@example.com -q >/dev/null
	for look in 'task ready' 'task next' 'task list' 'task show 1' \
		'task reclaim' '--as bea@example.com task claim 1' \
		'--as bea@example.com task claim --next'; do
		rm -f "$AWM_DB"*
		awm_ok project add Web -q >/dev/null
		awm_ok user add bea@example.com -q >/dev/null
		awm_ok task add one -p 1 -q >/dev/null
		a=$(claim 1)
		export AWM_NOW=2026-11-22T12:30:00Z
		# shellcheck disable=SC2086 # words are wanted
		run_awm $look
		assert_status 0
		json 'map(select(.type == "task.released")) | length == 1 and
			(.[0].metadata.claim == "expired")' task history 1
		fails 5 'no claim has this token' task release --token "$a" ||
			fails 5 '' task heartbeat --token "$a"
		awm_ok db check >/dev/null
		export AWM_NOW=$AWM_TEST_NOW
	done
	# A viewer looks, and changes nothing.
	rm -f "$AWM_DB"*
	awm_ok project add Web -q >/dev/null
	awm_ok user add eve@example.com --role viewer -q >/dev/null
	awm_ok task add one -p 1 -q >/dev/null
	claim 1 >/dev/null
	AWM_NOW=2026-11-22T12:30:00Z prints '' --as eve@example.com \
		task ready -q
	json 'map(.type) == ["task.created", "task.claimed"]' task history 1
}

@test "reclaim: lists what ran out, or takes one over" {
	tasks one two three
	awm_ok user add bea@example.com -q >/dev/null
	claim 1 >/dev/null
	claim 2 >/dev/null
	claim 3 --lease 2h >/dev/null
	prints '' task reclaim
	json '. == []' task reclaim
	fails 5 'claimed by' --as bea@example.com task reclaim 1
	export AWM_NOW=2026-11-22T12:31:00Z
	json 'map(.id) == [1, 2]' task reclaim --dry-run
	json '.claimedBy == 2 and .assigneeId == 2 and .id == 1 and
		(.token | length == 32)' --as bea@example.com task reclaim 1
	json '.status == "todo" and .assigneeId == null' task show 2
	fails 5 'claimed by' --as bea@example.com task reclaim 3
	AWM_NOW=2026-11-22T14:01:00Z prints "took back task 1 'one'
took back task 3 'three'" task reclaim
}

# ---- races ----

in_parallel() {
	local n=$1 i

	shift
	for ((i = 1; i <= n; i++)); do
		(
			rc=0
			"$@" "$i" >"out-$i" 2>"err-$i" || rc=$?
			printf '%d\n' "$rc" >"rc-$i"
		) 3>&- &
	done
	wait
}

claim_first() {
	awm --wait 120 task claim 1
}

@test "32 processes race for one task: one wins, 31 lose with 5" {
	unset AWM_NOW
	tasks one
	in_parallel 32 claim_first
	[ "$(cat rc-* | sort -n | uniq -c | tr -s ' ')" = $' 1 0\n 31 5' ]
	[ "$(sqlite3 "$AWM_DB" "select count(*) from activities where type = 'task.claimed'")" = 1 ]
	[ "$(sqlite3 "$AWM_DB" 'select count(*) from task_claims')" = 1 ]
	grep -q "$(sqlite3 "$AWM_DB" 'select token from task_claims')" out-*
}

claim_next() {
	awm --wait 120 task claim --next -q
}

@test "32 processes for 32 tasks: each gets one, none twice" {
	local i

	unset AWM_NOW
	for i in {1..32}; do
		printf '{"title":"task %d"}\n' "$i"
	done | awm_ok task add --from - -q >/dev/null
	in_parallel 32 claim_next
	[ "$(cat rc-* | sort -u)" = 0 ]
	[ "$(cat out-* | sort -n)" = "$(seq 32)" ]
	fails 3 'no task is ready' task claim --next
	awm_ok db check >/dev/null
}

# An expired lease is worth as much as none: one of many takes it over.
reclaim_first() {
	AWM_NOW=2026-11-23T12:00:00Z awm --wait 120 task claim 1
}

@test "16 processes race for an expired lease: one wins" {
	tasks one
	claim 1 >/dev/null
	in_parallel 16 reclaim_first
	[ "$(cat rc-* | sort -n | uniq -c | tr -s ' ')" = $' 1 0\n 15 5' ]
	[ "$(sqlite3 "$AWM_DB" "select count(*) from activities where type = 'task.released'")" = 1 ]
}
