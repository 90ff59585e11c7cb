#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Prompts that are run: against a model that answers as it is told
# (tests/servers/model.py), and by commands.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load model

setup() {
	model_setup
}

teardown() {
	model_stop
}

# command LINE: the machine's configuration holds a command for local.
local_command() {
	awm_ok config set provider.local.command "$1" >/dev/null
}

holds_text() {
	[[ -s $1 ]]
}

# ---- what is shown, and what is kept ----

@test "the answer of one task is its bytes" {
	model '[{"say": ["The moon ", "pulls.\u001b[1m", " Fin"], "usage": [21, 7],
		"model": "m-2026"}]'
	run_awm exec run 1 "${LOCAL[@]}"
	assert_status 0
	assert_output $'The moon pulls.\e[1m Fin'
	[[ -z $stderr ]]
	awm exec run 1 "${LOCAL[@]}" >out
	[[ $(od -An -v -tx1 out | tr -d ' \n') == *46696e ]]
	row '.status == "success" and .prompt == "Explain tides\n\nIn one sentence."
		and .response == "The moon pulls.\u001b[1m Fin"
		and .tokensUsed == {promptTokens: 21, completionTokens: 7, totalTokens: 28}
		and .cost == 0 and .model == "m-2026" and .requestedModel == "m"
		and .finishReason == "stop" and .executionNumber == 2
		and .retryCount == 0 and .errorMessage == null
		and .metadata.requestId == "req-1" and .metadata.attempts == 1
		and .duration >= 0 and .completedAt >= .createdAt'
	json '.tokenUsage.totalTokens == 56 and .actualCost == 0' task show 1
	jq -es '.[0].method == "POST" and .[0].path == "/v1/chat/completions"
		and .[0].body == {model: "m", stream: true,
			stream_options: {include_usage: true},
			messages: [{role: "user",
				content: "Explain tides\n\nIn one sentence."}]}' asked.log
}

@test "rows, ids and columns in place of the answer" {
	model '[{"say": ["Yes"]}]'
	json '.id == 1 and .response == "Yes" and .status == "success"' \
		exec run 1 "${LOCAL[@]}"
	prints 2 exec run 1 "${LOCAL[@]}" -q
	prints $'status\tresponse\nsuccess\tYes' exec run 1 "${LOCAL[@]}" \
		--format tsv --fields status,response
	awm_ok task add Second -p 1 >/dev/null
	json 'length == 2 and [.[].taskId] == [1, 2]' exec run 2 1 "${LOCAL[@]}"
	run_awm exec run 1 2 "${LOCAL[@]}" --format jsonl
	assert_status 0
	[[ $(jq -c .taskId <<<"$output") == $'1\n2' ]]
}

@test "parameters are sent, in one piece too" {
	model '[{"say": ["Yes"], "usage": [3, 1]}]'
	prints Yes exec run 1 "${LOCAL[@]}" --no-stream --temperature 0.5 \
		--max-tokens 50 --system 'Be brief.'
	jq -es '.[0].body.temperature == 0.5 and .[0].body.max_tokens == 50
		and (.[0].body.stream // false) == false
		and .[0].body.messages[0] == {role: "system", content: "Be brief."}' \
		asked.log
	row '.temperature == 0.5 and .maxTokens == 50
		and .metadata.system == "Be brief."'
}

@test "a dry run shows the request, without its key, and sends none" {
	model '[{"say": ["no"]}]'
	run_awm exec run 1 "${CLAUDE[@]}" --dry-run --json --max-tokens 100
	assert_status 0
	assert_json '(keys == ["body", "headers", "method", "url"])
		and .method == "POST" and .url == ($u + "/v1/messages")
		and ([.headers | to_entries[] | select(.key | ascii_downcase == "x-api-key")
			| .value] == ["***"])
		and .body.max_tokens == 100
		and .body.messages == [{role: "user",
			content: "Explain tides\n\nIn one sentence."}]' \
		--arg u "$URL"
	assert_lacks "$KEY"
	run_awm exec run 1 "${CLAUDE[@]}" --dry-run
	assert_status 0
	assert_contains "POST $URL/v1/messages"
	assert_contains ': ***'
	assert_lacks "$KEY"
	asked 0
	prints '' exec list -q
}

@test "the text of several tasks stands in order, each under its name" {
	model '[{"echo": true, "say": ["!"], "delay": 0.1}]'
	for title in B C D; do
		awm_ok task add "$title" -p 1 --execution parallel >/dev/null
	done
	run_awm exec run 3 2 4 "${LOCAL[@]}" --jobs 3
	assert_status 0
	assert_output $'==> task 3 <==\nC!\n==> task 2 <==\nB!\n==> task 4 <==\nD!'
}

@test "serial tasks of a project run in its order, and stop at a failure" {
	model '[{"echo": true, "say": [""]},
		{"status": 400, "body": "{\"error\": {\"message\": \"no such thing\"}}"},
		{"echo": true, "say": [""]}]'
	awm_ok task add B -p 1 >/dev/null
	awm_ok task add C -p 1 >/dev/null
	awm_ok task move 3 --before 1 >/dev/null
	run_awm exec run 2 1 3 "${LOCAL[@]}" --jobs 4
	assert_status 8
	assert_error 'task 1: '
	assert_error 'no such thing'
	assert_error 'task 2: not run, as task 1 before it failed'
	assert_error '1 of 3 runs failed, and 1 did not begin'
	assert_output $'==> task 3 <==\nC'
	asked 2
	jq -es '[.[].body.messages[0].content | .[0:1]] == ["C", "E"]' asked.log
	run_awm exec run 1 2 "${LOCAL[@]}" --keep-going
	assert_status 0
}

@test "on a terminal: escaped, a line that says how it goes" {
	model '[{"say": ["a\u001b[1mb\u00e9", "\u00fc"], "wait": 0.5, "usage": [1, 1]}]'
	TERM=xterm script -qefc "awm exec run 1 ${LOCAL[*]}" /dev/null \
		</dev/null >shown
	tr -d '\r' <shown >plain
	grep -qF 'a\x1B[1mbéü' plain
	grep -q '0\.[1-9] s' plain
	grep -qxE $'(\e\\[K)?awm: execution 1: [0-9.]+ s' plain
	[[ $(tail -n 1 plain) == *'awm: execution 1: '* ]]
	TERM=dumb script -qefc "awm exec run 1 ${LOCAL[*]}" /dev/null \
		</dev/null >shown
	[[ $(tr -d '\r' <shown) == 'a\x1B[1mbéü' ]]
}

# ---- templates ----

@test "a skill is filled in, its input checked" {
	model '[{"echo": true, "say": [""]}]'
	printf '%s' '{"type": "object", "required": ["n"], "properties": {
		"n": {"type": "integer"}, "tone": {"type": "string", "default": "calm"}}}' \
		>in.json
	awm_ok skill add Say --description d --category c --input-schema in.json \
		--prompt '{{task.title}} {{n}} {{input.tone}} {{project.title}}' >/dev/null
	prints 'Explain tides 5 calm Tides' exec run 1 --skill Say --input n=5 \
		"${LOCAL[@]}"
	row '.skillId == 1 and .skillVersion == 1
		and (.context | if type == "string" then fromjson else . end
			| .input == {n: 5, tone: "calm"})'
	prints 'Explain tides 7 <b> Tides' exec run 1 --skill Say \
		--input-json - --input 'tone=<b>' "${LOCAL[@]}" <<<'{"n": 7}'
	fails 4 'n' exec run 1 --skill Say "${LOCAL[@]}"
	fails 2 "input 'n'" exec run 1 --skill Say --input n=five "${LOCAL[@]}"
	fails 2 'NAME=VALUE' exec run 1 --skill Say --input n "${LOCAL[@]}"
	asked 2
}

@test "an answer is held to its schema" {
	model '[{"say": ["{\"a\": ", "1}"]}, {"say": ["{\"a\": \"x\"}"]},
		{"say": ["hello"]}]'
	printf '%s' '{"type": "object", "required": ["a"], "additionalProperties": false,
		"properties": {"a": {"type": "integer"}}}' >out.json
	awm_ok skill add Count --description d --category c --prompt 'Count.' \
		--output-schema out.json >/dev/null
	prints '{"a": 1}' exec run 1 --skill Count "${LOCAL[@]}"
	jq -es '.[0].body.response_format.json_schema.name == "Count"' asked.log
	run_awm exec run 1 --skill Count "${LOCAL[@]}"
	assert_status 4
	assert_error 'the answer does not match its schema'
	row '.status == "failed" and .response == "{\"a\": \"x\"}"
		and (.errorMessage | startswith("the answer does not match its schema"))
		and .tokensUsed.totalTokens == 15'
	run_awm exec run 1 --skill Count "${LOCAL[@]}"
	assert_status 4
	assert_error 'it is no JSON'
	asked 3
}

# ---- retries ----

@test "a rate limit is waited for" {
	model '[{"status": 429, "headers": {"Retry-After": "1"},
		"body": "{\"error\": {\"message\": \"slow down\"}}"}, {"say": ["Yes"]}]'
	SECONDS=0
	run_awm exec run 1 "${LOCAL[@]}"
	assert_status 0
	assert_output Yes
	assert_error 'trying again in 1.0 s (1 of 2)'
	((SECONDS >= 1))
	asked 2
	row '.retryCount == 1 and .metadata.attempts == 2 and .status == "success"'
}

@test "what does not pass is not tried again" {
	model '[{"status": 400, "body": "{\"error\": {\"message\": \"bad\"}}"}]'
	fails 8 'bad' exec run 1 "${LOCAL[@]}"
	asked 1
	row '.status == "failed" and .retryCount == 0
		and (.errorMessage | contains("bad"))'
	model '[{"status": 503, "body": "down"}]'
	fails 8 '' exec run 1 "${LOCAL[@]}" --no-retry
	asked 1
	model '[{"status": 429, "headers": {"Retry-After": "3600"}, "body": "{}"}]'
	fails 8 'wait for 3600 seconds' exec run 1 "${LOCAL[@]}"
	asked 1
}

@test "what was shown is not asked for again" {
	model '[{"say": ["half of "], "cut": true}, {"say": ["Yes"]}]'
	run_awm exec run 1 "${LOCAL[@]}"
	assert_status 8
	assert_output 'half of '
	asked 1
	row '.status == "failed" and .response == "half of " and .tokensUsed == null'
}

@test "an execution is repeated as it was" {
	model '[{"echo": true, "say": ["!"]}]'
	awm_ok exec run 1 "${LOCAL[@]}" --system 'Be brief.' --max-tokens 40 >/dev/null
	awm_ok task edit 1 --title Other >/dev/null
	prints $'Explain tides\n\nIn one sentence.!' exec retry 1 \
		--base-url "$URL/v1" --model n
	row '.retryOfId == 1 and .executionNumber == 2 and .maxTokens == 40
		and .requestedModel == "n" and .metadata.system == "Be brief."'
	fails 3 'execution 9' exec retry 9
}

# ---- ends ----

@test "an interrupt keeps what had come" {
	model '[{"say": ["one ", "two ", "three "], "delay": 0.4, "repeat": 20}]'
	# a shell has its background jobs ignore SIGINT
	env --default-signal=INT awm exec run 1 "${LOCAL[@]}" >out 2>err 3>&- &
	pid=$!
	until_true holds_text out
	kill -INT "$pid"
	status=0
	wait "$pid" || status=$?
	((status == 130))
	grep -q interrupted err
	row '.status == "cancelled" and (.response | startswith("one "))
		and .errorMessage == "interrupted" and .metadata.attempts == 1'
	prints '' exec list -q --status running
}

@test "SIGTERM ends a run as well" {
	model '[{"say": ["one "], "delay": 0.3, "repeat": 50}]'
	awm exec run 1 "${LOCAL[@]}" >out 2>err 3>&- &
	pid=$!
	until_true holds_text out
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	((status == 130))
	row '.status == "cancelled" and (.response | startswith("one "))'
}

@test "a run that was killed is found by the next" {
	model '[{"say": ["one "], "delay": 0.3, "repeat": 50}]'
	awm exec run 1 "${LOCAL[@]}" >out 2>err 3>&- &
	pid=$!
	until_true holds_text out
	kill -KILL "$pid"
	wait "$pid" || true
	model '[{"say": ["Yes"]}]'
	prints Yes exec run 1 "${LOCAL[@]}"
	json '.status == "failed" and (.errorMessage | contains("ended without a word"))' \
		exec show 1
}

@test "exec cancel ends a run of another process" {
	model '[{"say": ["one "], "delay": 0.2, "repeat": 100}]'
	awm exec run 1 "${LOCAL[@]}" >out 2>err 3>&- &
	pid=$!
	until_true holds_text out
	run_awm exec cancel 1
	assert_status 0
	status=0
	wait "$pid" || status=$?
	((status == 130))
	row '.status == "cancelled" and (.response | startswith("one "))'
}

@test "a reader that goes away leaves what had come" {
	model '[{"say": ["one\n"], "delay": 0.1, "repeat": 100}]'
	awm exec run 1 "${LOCAL[@]}" 2>err 3>&- | head -n 1 >first
	[[ $(<first) == one ]]
	row '.status == "cancelled" and (.response | startswith("one\n"))'
	[[ ! -s err ]]
}

@test "an answer that ends early says so" {
	model '[{"say": ["So much"], "finish": "length"}]'
	run_awm exec run 1 "${LOCAL[@]}" --max-tokens 20
	assert_status 0
	assert_output 'So much'
	assert_error 'it reached the limit of 20 tokens'
	row '.status == "success" and .finishReason == "length"'
	model '[{"say": ["I will not"], "finish": "refusal"}]'
	run_awm exec run 1 "${CLAUDE[@]}"
	assert_status 8
	row '.status == "failed" and .response == "I will not"
		and .finishReason == "content_filter"'
	model '[{"say": []}]'
	fails 8 'the answer is empty' exec run 1 "${LOCAL[@]}"
}

# ---- bad peers ----

@test "bad peers: a clear error, a failed row" {
	local -a replies=(
		'{"status": 200, "headers": {"Content-Type": "text/event-stream"},
			"body": "data: {\"choices\": [{\"index\":0,\"delta\""}'
		'{"status": 200, "headers": {"Content-Type": "application/json"},
			"body": "{\"choices\": [{"}'
		'{"status": 400, "headers": {"Content-Type": "text/html"},
			"body": "<html><body>\u001b[31mBad gateway</body></html>"}'
		'{"status": 200, "body": ""}'
		'{"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}, "body": ""}'
		'{"status": 200, "many_headers": 10000, "body": "{}"}'
		'{"status": 200, "gzip": true, "repeat": 100000000, "body": " "}'
	)
	local reply

	for reply in "${replies[@]}"; do
		model "[$reply]"
		run_awm exec run 1 "${LOCAL[@]}" --no-retry
		assert_status 8
		[[ $stderr == 'awm: error: '* && $stderr != *$'\e'* ]]
		row '.status == "failed" and (.errorMessage | length) > 0'
		asked 1
		kill "$SERVER"
	done
}

@test "a byte a second is waited for only so long" {
	model '[{"status": 200, "headers": {"Content-Type": "text/event-stream"},
		"body": "data: {}\n\ndata: {}\n\n", "step": 1, "delay": 1}]'
	SECONDS=0
	fails 8 '' exec run 1 "${LOCAL[@]}" --no-retry --timeout 2
	((SECONDS < 8))
	row '.status == "failed" and .metadata.errorClass == "timeout"'
}

@test "nobody there" {
	fails 8 '' exec run 1 --provider local --model m --no-retry \
		--base-url http://127.0.0.1:1/v1
	row '.status == "failed"'
}

@test "a key that comes back is told to nobody" {
	model "$(jq -n --arg k "$KEY" '[{status: 401, body: ({type: "error", error:
		{type: "authentication_error", message: "bad \($k)"}} | tojson)},
		{say: ["your key is \($k)"]}]')"
	run_awm exec run 1 "${CLAUDE[@]}"
	assert_status 8
	[[ $stderr != *"$KEY"* ]]
	jq -es --arg k "$KEY" '.[0].headers["x-api-key"] == $k' asked.log
	awm_ok exec run 1 "${CLAUDE[@]}" --json >out
	run ! grep -q "$KEY" out
	sqlite3 "$AWM_DB" .dump >dump
	run ! grep -q "$KEY" dump
}

@test "a key that comes back is not shown as it streams, however it is cut" {
	model "$(jq -n --arg k "$KEY" '[
		{say: (["keys: "] + ($k | split("")) + [", ", $k[:5], $k[5:], "."])},
		{say: ["it begins ", $k[:9]]}]')"
	awm exec run 1 "${CLAUDE[@]}" >out
	[[ $(<out) == 'keys: ***, ***.' ]]
	row '.response == "keys: ***, ***."'
	# What only looked like it is whole, to the byte.
	awm exec run 1 "${CLAUDE[@]}" >out
	[[ $(<out) == "it begins ${KEY:0:9}" ]]
}

@test "no key is 6, and a viewer runs nothing" {
	unset ANTHROPIC_API_KEY
	fails 6 '' exec run 1 --provider anthropic --model claude-haiku-5-5
	awm_ok user add eve@example.com --role viewer >/dev/null
	local_command cat
	fails 6 'run a prompt' exec run 1 --provider local --as eve@example.com
	prints '' exec list -q
}

# ---- money ----

@test "cost is from the tokens, and sums follow" {
	model '[{"say": ["Yes"], "usage": [1000000, 1000]}]'
	awm_ok exec run 1 "${CLAUDE[@]}" >/dev/null
	row '.cost > 0 and .tokensUsed.totalTokens == 1001000'
	cost=$(awm exec show 1 --json | jq .cost)
	json '.actualCost == $c' task show 1 --json "--argjson=c=$cost" 2>/dev/null ||
		[[ $(awm task show 1 --json | jq .actualCost) == "$cost" ]]
	[[ $(awm project show 1 --json | jq .totalCost) == "$cost" ]]
	run_awm db check
	assert_status 0
}

@test "what may cost too much is refused before anything is sent" {
	model '[{"say": ["Yes"]}]'
	fails 4 'may cost' exec run 1 "${CLAUDE[@]}" --max-cost 0.000001
	fails 4 'may cost' exec run 1 "${CLAUDE[@]}" --max-cost 0.01 \
		--max-tokens 100000
	fails 4 'nobody knows' exec run 1 --provider anthropic --model mystery \
		--base-url "$URL" --max-cost 1
	awm_ok project edit 1 --budget 0.000001 >/dev/null
	fails 4 'budget' exec run 1 "${CLAUDE[@]}" --max-tokens 1000
	fails 4 'budget' exec run 1 "${CLAUDE[@]}"
	asked 0
	prints '' exec list -q
	prints Yes exec run 1 "${CLAUDE[@]}" --ignore-budget
	prints Yes exec run 1 "${LOCAL[@]}" --max-cost 0
}

@test "an answer is bounded by what it may cost" {
	model '[{"say": ["word "], "repeat": 20000, "usage": [10, 20000]}]'
	run_awm exec run 1 "${CLAUDE[@]}" --max-cost 0.01
	assert_status 4
	assert_error 'the answer is held to '
	assert_error 'it passes what it may cost'
	row '.status == "cancelled" and (.response | startswith("word word "))
		and .maxTokens > 100'
	jq -es '.[0].body.max_tokens > 100 and .[0].body.max_tokens < 20000' asked.log
}

# ---- commands ----

@test "a command of this machine answers" {
	printf '#!/bin/sh\necho "got $#: $1"\ncat\n' >answer
	chmod +x answer
	local_command "$PWD/answer 'a b'"
	run_awm exec run 1 --provider local
	assert_status 0
	assert_output $'got 1: a b\nExplain tides\n\nIn one sentence.'
	row '.status == "success" and .cost == 0 and .model == "answer"
		and .tokensUsed == null'
	run_awm exec run 1 --provider local --dry-run --json --system S
	assert_status 0
	assert_json '.argv[1:] == ["a b"]
		and .stdin == "S\n\nExplain tides\n\nIn one sentence."
		and keys == ["argv", "stdin"]'
}

@test "a command that fails, dawdles or writes rubbish" {
	printf '#!/bin/sh\necho part\necho why it failed >&2\nexit 3\n' >bad
	printf '#!/bin/sh\nprintf "a\\377b\\000c"\n' >rubbish
	printf '#!/bin/sh\necho begun\nsleep 60 &\nsleep 60\n' >slow
	chmod +x bad rubbish slow
	local_command "$PWD/bad"
	run_awm exec run 1 --provider local
	assert_status 8
	assert_output part
	assert_error 'ended with status 3: why it failed'
	row '.status == "failed" and .response == "part\n" and .retryCount == 0'
	local_command "$PWD/rubbish"
	json '.response == "a\ufffdb\ufffdc"' exec run 1 --provider local
	local_command "$PWD/slow"
	SECONDS=0
	run_awm exec run 1 --provider local --timeout 1
	assert_status 8
	assert_error 'took longer than 1 seconds'
	((SECONDS < 10))
	row '.response == "begun\n" and .status == "failed"'
	local_command /nonexistent/command
	fails 8 "cannot run '/nonexistent/command'" exec run 1 --provider local
	row '.status == "failed"'
}

@test "a command sees no secret of awm, and reads no more than it wants" {
	export CREDENTIALS_DIRECTORY=$PWD
	printf '#!/bin/sh\nenv\n' >answer
	chmod +x answer
	local_command "$PWD/answer"
	run_awm exec run 1 --provider local
	assert_status 0
	assert_lacks CREDENTIALS_DIRECTORY
	assert_contains HOME=
	head -c 3000000 /dev/zero | tr '\0' x >long
	awm_ok task edit 1 -F long >/dev/null
	run_awm exec run 1 --provider local -q
	assert_status 0
}

# ---- words ----

@test "options that make no sense" {
	fails 2 'exclude each other' exec run 1 --retries 1 --no-retry
	fails 2 'exclude each other' exec run 1 --stream --no-stream
	fails 2 'temperature' exec run 1 --temperature 3
	fails 2 'max-cost' exec run 1 --max-cost=-1
	fails 2 'max-tokens' exec run 1 --max-tokens 0
	fails 2 'jobs' exec run 1 --jobs 0
	fails 3 'no task 9' exec run 9
	awm_ok task rm 1 >/dev/null
	local_command cat
	fails 4 'deleted' exec run 1 --provider local
}
