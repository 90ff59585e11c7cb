#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What somebody once found broken where prompts are run, paid for and shared
# (executions, skills, plans, providers), and must stay mended.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load model

setup() {
	model_setup
}

teardown() {
	model_stop
}

# as USER ARG…: awm, acting as somebody else.
as() {
	local user=$1

	shift
	AWM_USER=$user@example.com awm "$@"
}

# lock SECONDS: another program writes for so long, as soon as it can.
lock() {
	python3 - "$AWM_DB" "$1" <<-'PY' 3>&- &
		import sqlite3, sys, time
		db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
		db.execute("BEGIN IMMEDIATE")
		time.sleep(float(sys.argv[2]))
		db.execute("ROLLBACK")
	PY
}

runs() {
	[[ -n $(awm exec list -q -s running) ]]
}

# without TEXT FILE: it is not in the file.
without() {
	if grep "$1" "$2" >&2; then
		return 1
	fi
}

# ---- answers ----

@test "a model that echoes no name of a model loses no answer" {
	local long

	long=$(printf 'x%.0s' {1..5000})
	model '[{"say": ["one"], "model": "m\u001b[31m\n2"},
		{"say": ["two"], "model": "  "},
		{"say": ["three"], "model": "'"$long"'"},
		{"say": ["four"], "model": "m\u009b2"}]'
	prints one exec run 1 "${LOCAL[@]}"
	row '.status == "success" and .response == "one" and .model == "m [31m 2"'
	prints two exec run 1 "${LOCAL[@]}"
	row '.status == "success" and .response == "two" and .model == "m"'
	prints three exec run 1 "${LOCAL[@]}"
	row '.status == "success" and (.model | length) <= 1000'
	prints four exec run 1 "${LOCAL[@]}"
	row '.status == "success" and .response == "four" and .model == "m"'
}

@test "what a model says of its answer is not told at any length" {
	local long

	long=$(printf 'f%.0s' {1..50000})
	model '[{"say": ["one"], "finish": "'"$long"'"}]'
	run_awm exec run 1 "${LOCAL[@]}"
	assert_status 0
	((${#stderr} < 1000))
	row '(.metadata | tostring | length) < 2000'
}

@test "an answer that has begun with thoughts is not asked for again" {
	model '[{"headers": {"Content-Type": "text/event-stream"}, "body":
		"data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}]}\n\n"},
		{"say": ["Yes"]}]'
	fails 8 'stream ended early' exec run 1 "${LOCAL[@]}"
	asked 1
	row '.status == "failed" and .retryCount == 0'
}

@test "the model is repeated where the address is given again" {
	model '[{"say": ["one"]}]'
	awm_ok exec run 1 "${LOCAL[@]}" >/dev/null
	prints one exec retry 1 --base-url "$URL/v1"
	row '.requestedModel == "m" and .retryOfId == 1'
	fails 4 'no model' exec retry 1 --provider local --base-url "$URL/v1"
}

# ---- rows ----

@test "the id of a deleted run that somebody else has now is left alone" {
	local first rc=0

	awm_ok task add Other -p 1 >/dev/null
	model '[{"say": ["old "], "repeat": 20, "delay": 0.1},
		{"say": ["new "], "repeat": 30, "delay": 0.1}]'
	awm exec run 1 "${LOCAL[@]}" >old 2>err 3>&- &
	first=$!
	until_true runs
	awm_ok task rm 1 >/dev/null
	awm_ok task purge 1 --yes >/dev/null
	awm_ok exec run 2 "${LOCAL[@]}" >new 3>&-
	[[ $(<new) != *old* ]]
	wait "$first" || rc=$?
	[[ $rc == 3 ]]
	json '.taskId == 2 and .status == "success"
		and (.response | test("^(new )+$"))' exec show 1
}

@test "others that write for long cost no answer" {
	model '[{"say": ["one ", "two"], "delay": 0.3}]'
	awm exec run 1 "${LOCAL[@]}" --wait 1 >out 3>&- &
	local pid=$!
	until_true runs
	lock 2.5
	wait "$pid"
	row '.status == "success" and .response == "one two"'
}

@test "a terminal that is closed leaves what had come" {
	model '[{"say": ["one "], "repeat": 100, "delay": 0.1}]'
	env --default-signal=HUP awm exec run 1 "${LOCAL[@]}" >out 2>err 3>&- &
	local pid=$! rc=0
	until_true test -s out
	kill -HUP "$pid"
	wait "$pid" || rc=$?
	[[ $rc == 130 ]]
	row '.status == "cancelled" and (.response | startswith("one "))'
}

@test "an answer is kept once, not in the log of what happened too" {
	model '[{"say": ["a rather long answer"]}]'
	awm_ok exec run 1 "${LOCAL[@]}" >/dev/null
	awm activity list --json >log
	without 'rather long' log
	jq -e '.[0].type == "execution.succeeded" and .[0].changes.status != null' log
}

# ---- money ----

@test "what is no amount is no cost" {
	fails 4 'cost: want an amount' exec record 1 --prompt p --response r \
		--provider openai --model gpt-5 --cost 1e308
	awm_ok exec record 1 --prompt p --response r --provider openai \
		--model gpt-5 --cost 1e12 >/dev/null
	json '.actualCost == 1e12' task show 1
}

@test "a budget counts what nobody told the cost of" {
	local pid left='(.budgetLeft * 1000 | round)'

	awm_ok project edit 1 --budget 0.1 >/dev/null
	model '[{"say": ["one ", "two "], "repeat": 50, "delay": 0.1}]'
	awm exec run 1 "${CLAUDE[@]}" --max-tokens 100000 >out 3>&- &
	pid=$!
	until_true test -s out
	json "$left == 50" project show 1
	awm_ok exec cancel 1 >/dev/null
	wait "$pid" || true
	row '.status == "cancelled" and .cost == null'
	json "$left == 50" project show 1
	# One that never came to be answered cost nothing.
	model '[{"status": 400, "body": "{}"}]'
	run_awm exec run 1 "${CLAUDE[@]}" --max-tokens 50000
	assert_status 8
	json "$left == 50" project show 1
	# One that died may have cost all of it.
	model '[{"say": ["one "], "delay": 5}]'
	awm exec run 1 "${CLAUDE[@]}" --max-tokens 50000 >out 3>&- &
	pid=$!
	until_true runs
	kill -9 "$pid"
	wait "$pid" || true
	awm_ok exec reap >/dev/null
	json "$left == 25" project show 1
	awm_ok exec rm 1 3 --yes >/dev/null
	json "$left == 100" project show 1
}

@test "a price that ends before it begins is refused" {
	echo '{"models": [{"id": "m", "vendor": "openai", "input": 1, "output": 1,
		"effective_from": "2026-02-01", "effective_to": "2026-01-01"}]}' >prices
	fails 4 'before' provider prices import prices
}

@test "token counts that no model has are bounded" {
	model '[{"say": ["x"], "usage": [9007199254740992, 9007199254740992]}]'
	awm_ok exec run 1 "${LOCAL[@]}" >/dev/null
	json '.tokenUsage.promptTokens == 1099511627776' task show 1
}

@test "a schema is read by the model, and counts" {
	python3 -c 'import json; print(json.dumps({"type": "object",
		"description": "x" * 600000}))' >out.json
	model '[{"say": ["{}"]}]'
	awm_ok skill add Big --prompt hi --output-schema out.json >/dev/null
	fails 4 'may cost' exec run 1 -s Big "${CLAUDE[@]}" --max-cost 0.01
	asked 0
}

@test "a schema of thousands of members is refused, not waded through" {
	python3 -c 'import json; print(json.dumps({"properties":
		{f"p{i}": {"default": i} for i in range(50000)}}))' >in.json
	awm_ok skill add Wide --prompt '{{p1}}' --input-schema in.json >/dev/null
	run timeout 20 awm exec run 1 -s Wide --provider local --model m --dry-run
	[[ $status == 4 ]]
}

@test "options of seconds keep to their bounds" {
	local d

	for d in 0 0.0001 99999999; do
		fails 2 '--timeout' exec run 1 --provider local --timeout "$d"
	done
	fails 2 '--duration' exec record 1 --prompt p --response r \
		--provider local --model m --duration 2562047788015h
}

# ---- who sees what ----

@test "a private skill is told of to nobody else" {
	awm_ok user add bob@example.com --role member >/dev/null
	awm_ok user add eve@example.com --role member >/dev/null
	awm_ok config set provider.local.command cat >/dev/null
	as bob skill add 'Bob alone' --prompt 'hush {{task.title}}' \
		--description 'hush hush' >/dev/null
	as bob skill add 'For all' --prompt x >/dev/null
	as bob skill publish 'For all' >/dev/null
	as bob skill edit 'Bob alone' --prompt 'hush hush' >/dev/null
	as bob exec run 1 -s 'Bob alone' --provider local -q >/dev/null
	as bob skill attach 'Bob alone' 1 >/dev/null
	as bob skill attach 'For all' 1 >/dev/null

	as eve exec cost --by skill --json >seen
	jq -e 'length == 1 and .[0].name == null and .[0].runs == 1' seen
	as bob exec cost --by skill --json | jq -e '.[0].name == "Bob alone"'
	as eve activity list --json >seen
	without 'hush\|Bob alone' seen
	grep -q 'For all' seen
	as bob activity list --json | grep -q hush
	awm activity list --json | grep -q hush
	awm activity list --json --type skill.created | jq '.[1].id' >id
	run_awm activity show "$(<id)" --as eve@example.com
	assert_status 3
	as bob activity show "$(<id)" --json | grep -q hush
	as eve template add T --from-project 1 --json >seen
	without 'Bob alone' seen
	grep -q 'For all' seen
	# A plan's prompt is for all who see the project.
	awm project plan 1 --prompt x --provider local --dry-run >asked
	without 'Bob alone' asked
	grep -q 'For all' asked
	as eve __complete skill show '' >seen
	without 'Bob alone' seen
	grep -q 'For all' seen
	as bob __complete skill show '' | grep -q 'Bob alone'
	as nobody __complete skill show '' >seen
	without 'Bob alone' seen
	grep -q 'For all' seen
	# Deleted, it is nobody else's either.
	as bob skill rm 'Bob alone' --yes >/dev/null
	as eve activity list --json >seen
	without 'hush\|Bob alone' seen
}
