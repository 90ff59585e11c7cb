#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Configurations of AI providers, what is asked with them, and where keys go.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	local name

	awm_setup
	for name in $(compgen -e | grep -E \
		'^(OPENAI|ANTHROPIC|GOOGLE|GEMINI|OLLAMA|LLAMA|VLLM)_|_PROXY$'); do
		unset "$name"
	done
	CONFIG=$XDG_CONFIG_HOME/awm/config
	LOG=$BATS_TEST_TMPDIR/requests
}

teardown() {
	if [[ ${SERVER-} ]]; then
		kill "$SERVER" 2>/dev/null || true
	fi
}

SECRET=sk-s3cr3t-4711

# serve [SCRIPT]: a provider on the loopback; sets PORT.
serve() {
	rm -f port
	AI_SCRIPT=${1-} python3 "$AWM_SOURCE_ROOT/tests/servers/ai.py" \
		--log "$LOG" --port-file port >/dev/null 2>&1 3>&- &
	SERVER=$!
	for ((i = 0; i < 100; i++)); do
		[[ -s port ]] && break
		sleep 0.05
	done
	PORT=$(<port)
}

# logged JQ: the expression holds for the last request.
logged() {
	tail -n 1 "$LOG" | jq -e "$1" >/dev/null || {
		tail -n 1 "$LOG" >&2
		return 1
	}
}

# requests: how many there were.
requests() {
	[[ -e $LOG ]] || : >"$LOG"
	wc -l <"$LOG"
}

@test "add, list, show, edit, rm" {
	awm_ok team add Lighthouse >/dev/null
	run_awm_in "$SECRET" provider add openai --stdin --model gpt-6-luna --json
	assert_status 0
	assert_json '. == {
		id: 1, teamId: null, provider: "openai", name: "openai",
		baseUrl: null, defaultModel: "gpt-6-luna", api_key: "set",
		keyEnv: null, settings: {}, isEnabled: true,
		createdAt: "2026-11-22T12:00:00.000Z",
		updatedAt: "2026-11-22T12:00:00.001Z"
	}'
	prints "added provider 2 'Claude of the house'" \
		provider add anthropic --name 'Claude of the house' \
		--key-env HOUSE_KEY --team lighthouse
	prints "added provider 3 'local'" provider new local \
		--base-url http://127.0.0.1:8080/v1 --model qwen
	run_awm provider list
	assert_output <<'TABLE'
Id  Name                 Provider   Model       Base URL                  Key    Key from   Team        Enabled
 2  Claude of the house  anthropic  -           -                         unset  HOUSE_KEY  Lighthouse  yes
 3  local                local      qwen        http://127.0.0.1:8080/v1  unset  -          -           yes
 1  openai               openai     gpt-6-luna  -                         set    -          -           yes
TABLE
	prints $'3\n1' provider ls -q --provider local,openai
	prints '2' provider list -q --team Lighthouse
	prints $'id\tname\tapi_key\n1\topenai\tset' \
		provider show openai --format tsv --fields id,name,api_key
	json '.settings == {flavor: "ollama"} and .baseUrl == null' \
		provider edit local --flavor ollama --base-url ''
	json '.isEnabled == false and .name == "luna"' \
		provider edit 1 --no-enabled --name luna
	prints '1' provider list -q --no-enabled
	# a variable takes the place of the key, and the other way round
	json '.api_key == "unset" and .keyEnv == "LUNA_KEY"' \
		provider edit luna --key-env LUNA_KEY
	run_awm_in "$SECRET" provider edit luna --stdin --json
	assert_json '.api_key == "set" and .keyEnv == null'
	json '.api_key == "unset"' provider edit luna --no-key
	prints 'dry run: deleted provider 1 '"'luna'" provider rm luna --dry-run
	prints "deleted provider 1 'luna'" provider rm luna
	fails 3 "no provider 'luna'" provider show luna
}

@test "what cannot be added" {
	fails 2 "mistral" provider add mistral
	fails 4 'malformed base URL' provider add openai --base-url gopher://x
	fails 4 'names a user' provider add openai --base-url https://a:b@c.de
	fails 4 'not the name of an environment variable' \
		provider add openai --key-env "$SECRET"
	[[ $stderr != *"$SECRET"* ]]
	fails 4 "name of another provider" provider add openai --name google
	fails 4 'read as an id' provider add openai --name 12
	fails 4 'only the provider local has a command' \
		provider add openai --command cat
	fails 4 'only the provider local has a flavor' \
		provider add google --flavor ollama
	fails 2 'exclude each other' provider add openai --stdin --key-env A
	fails 2 'neither address, flavor nor key' provider add local \
		--command cat --base-url http://x
	fails 2 'inside of a quote' provider add local --command "cat 'x"
	run_awm_in '' provider add openai --stdin
	assert_status 2
	awm_ok provider add openai >/dev/null
	fails 5 "there is a provider 'openai' already" provider add openai
	fails 2 'nothing to change' provider edit 1
	prints '1' provider list -q
	[[ ! -e $CONFIG ]]
}

@test "keys are sealed, and nothing gives them away" {
	local file

	serve '[{"status": 401, "json": {"error": {"type": "authentication_error",
		"message": "no such key: '"$SECRET"'"}}}]'
	run_awm_in "$SECRET" provider add anthropic --stdin \
		--base-url "http://127.0.0.1:$PORT"
	assert_status 0
	fails 8 'anthropic: auth: no such key: ***' provider test anthropic
	[[ $stderr != *"$SECRET"* ]]
	assert_error 'hint: check the key: awm provider edit 1 --stdin'
	logged '.headers."x-api-key" == "'"$SECRET"'"'
	for file in "$AWM_DB"* "$CONFIG"; do
		run ! grep -aq "$SECRET" "$file"
	done
	run_awm provider show 1 --json
	assert_lacks "$SECRET"
	run_awm activity list --json
	assert_lacks "$SECRET"
	run_awm provider test anthropic --dry-run
	assert_contains 'x-api-key: ***'
	assert_lacks "$SECRET"
}

@test "another key, a changed and a moved envelope: 6, and nothing is written" {
	local key=$XDG_CONFIG_HOME/awm/key other

	run_awm_in "$SECRET" provider add openai --stdin
	run_awm_in x provider add google --stdin
	mv "$key" key.mine
	other=$(ls -A "$XDG_CONFIG_HOME/awm")
	fails 6 'no key to open secrets with' provider test openai
	[[ $(ls -A "$XDG_CONFIG_HOME/awm") == "$other" ]]
	printf 'awm-key-1 %s\n' "$(head -c 32 /dev/zero | base64)" >"$key"
	chmod 600 "$key"
	cp "$key" key.other
	fails 6 "the key of the provider 'openai'" provider test openai
	cmp "$key" key.other
	mv key.mine "$key"
	chmod 644 "$key"
	fails 6 'key' provider test openai
	chmod 600 "$key"
	sqlite3 "$AWM_DB" 'UPDATE ai_provider_configs SET "api_key" =
		(SELECT "api_key" FROM ai_provider_configs WHERE id = 2)
		WHERE id = 1'
	fails 6 "the key of the provider 'openai'" provider test openai
	sqlite3 "$AWM_DB" 'UPDATE ai_provider_configs SET "api_key" = '"'plain'"
	fails 6 'damaged or was not sealed by awm' provider test openai
}

@test "the vendors' own variables need no set-up" {
	serve '[{"text": "OK", "model": "served"}]'
	OPENAI_API_KEY=k1 OPENAI_ORG_ID=o OPENAI_PROJECT_ID=p \
		OPENAI_CUSTOM_HEADERS=$'X-Team: blue\nX-Other: 1' \
		OPENAI_BASE_URL=http://127.0.0.1:$PORT/v1/ \
		json '.servedModel == "served" and .keySource == "OPENAI_API_KEY"
			and .model == "gpt-6.1-terra" and .response == "OK"
			and .latencyMs >= 0 and .name == null' provider test
	logged '.path == "/v1/responses" and .body.max_output_tokens == 16
		and .body.store == false
		and .headers.authorization == "Bearer k1"
		and .headers."openai-organization" == "o"
		and .headers."openai-project" == "p"
		and .headers."x-team" == "blue"
		and (.headers."user-agent" | startswith("awm/"))
		and .headers.expect == null'
	ANTHROPIC_AUTH_TOKEN=t1 ANTHROPIC_BASE_URL=http://127.0.0.1:$PORT \
		json '.keySource == "ANTHROPIC_AUTH_TOKEN"' provider test
	logged '.path == "/v1/messages" and .headers.authorization == "Bearer t1"
		and .headers."x-api-key" == null
		and .headers."anthropic-version" == "2023-06-01"'
	ANTHROPIC_API_KEY=k2 ANTHROPIC_AUTH_TOKEN=t1 \
		ANTHROPIC_BASE_URL=http://127.0.0.1:$PORT \
		json '.keySource == "ANTHROPIC_API_KEY"' provider test
	logged '.headers.authorization == null and .headers."x-api-key" == "k2"'
	GOOGLE_API_KEY=k3 GEMINI_API_KEY=k4 \
		GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:$PORT/ \
		json '.keySource == "GOOGLE_API_KEY"' provider test google -m m-1
	logged '.path == "/v1beta/models/m-1:generateContent"
		and .headers."x-goog-api-key" == "k3"'
	OLLAMA_HOST=127.0.0.1:$PORT json '.keySource == null and .cost == 0' \
		provider test local --model llama3.2
	logged '.path == "/api/chat" and .body.stream == false
		and .headers.authorization == null'
}

@test "which provider is asked" {
	fails 6 'no AI provider is set up' provider test --dry-run
	assert_error 'OPENAI_API_KEY'
	fails 6 "no key for the provider 'google'" provider test google --dry-run
	assert_error 'hint: set GEMINI_API_KEY'
	fails 3 "no provider 'mistral'" provider test mistral --dry-run
	export GEMINI_API_KEY=k
	json '.url | startswith("https://generativelanguage.googleapis.com/")' \
		provider test --dry-run
	export OPENAI_API_KEY=k
	fails 6 'several providers could be asked: openai, google' \
		provider test --dry-run
	awm_ok user prefs defaultAI openai >/dev/null
	json '.url == "https://api.openai.com/v1/responses"' \
		provider test --dry-run
	# a row before the environment; the one called as the provider first
	awm_ok provider add openai --name other --model m1 >/dev/null
	json '.body.model == "m1"' provider test --dry-run
	awm_ok provider add openai --model m2 >/dev/null
	json '.body.model == "m2"' provider test openai --dry-run
	json '.body.model == "m1"' provider test OTHER --dry-run
	json '.body.model == "m1"' provider test 1 --dry-run
	json '.body.model == "m3"' provider test other --model m3 --dry-run
	awm_ok provider edit openai --no-enabled >/dev/null
	json '.body.model == "m1"' provider test openai --dry-run
	awm_ok provider edit other --no-enabled >/dev/null
	fails 4 "the provider 'other' is disabled" provider test other --dry-run
	json '.body.model == "gpt-6.1-terra"' provider test openai --dry-run
	# of a team: not for those outside
	awm_ok team add Ops >/dev/null
	awm_ok provider add openai --name ops --team ops --model m4 >/dev/null
	json '.body.model == "gpt-6.1-terra"' provider test openai --dry-run
	json '.body.model == "m4"' provider test ops --dry-run
}

@test "a planted address gets no key" {
	serve
	export OPENAI_API_KEY=$SECRET AWS_SECRET=aws-4711
	awm_ok user list >/dev/null
	# as somebody who can write the file, and not on this machine
	sqlite3 "$AWM_DB" "INSERT INTO ai_provider_configs(provider, name, baseUrl,
		keyEnv, createdAt, updatedAt) VALUES
		('openai', 'openai', 'http://127.0.0.1:$PORT/v1', NULL, 1, 1),
		('openai', 'aws', 'http://127.0.0.1:$PORT/v1', 'AWS_SECRET', 1, 1),
		('local', 'box', 'http://127.0.0.1:$PORT/v1', 'AWS_SECRET', 1, 1)"
	for name in openai aws box; do
		fails 6 "the database would have a key sent to '127.0.0.1'" \
			provider test "$name" --model m
		assert_error 'hint: if it is meant: awm provider edit'
		fails 6 '' provider models "$name"
	done
	[[ $(requests) == 0 ]]
	# whoever means it says so
	run_awm provider test openai --base-url "http://127.0.0.1:$PORT/v1"
	assert_status 0
	awm_ok provider edit aws --base-url "http://127.0.0.1:$PORT/v1" >/dev/null
	[[ $(awm_ok config get provider.trust) == "http://127.0.0.1:$PORT" ]]
	run_awm provider test aws
	assert_status 0
	logged '.headers.authorization == "Bearer aws-4711"'
	awm_ok provider edit aws box --base-url http://127.0.0.1:9 >/dev/null
	[[ $(awm_ok config get provider.trust) == \
		"http://127.0.0.1:$PORT http://127.0.0.1:9" ]]
}

@test "private addresses of a database are for local alone" {
	serve
	awm_ok user list >/dev/null
	sqlite3 "$AWM_DB" "INSERT INTO ai_provider_configs(provider, name, baseUrl,
		createdAt, updatedAt) VALUES
		('local', 'box', 'http://127.0.0.1:$PORT', 1, 1)"
	json '.models == 3' provider test box
	logged '.path == "/v1/models" and .headers.authorization == null'
	# a key that was meant for another server does not follow
	LLAMA_API_KEY=$SECRET json '.models == 3' provider test box
	logged '.headers.authorization == "Bearer '"$SECRET"'"'
	sqlite3 "$AWM_DB" "UPDATE ai_provider_configs
		SET baseUrl = 'http://127.1:$PORT'"
	LLAMA_API_KEY=$SECRET json '.models == 3' provider test box
	logged '.headers.authorization == null'
}

@test "models, with prices" {
	serve
	OPENAI_API_KEY=k OPENAI_BASE_URL=http://127.0.0.1:$PORT/v1 \
		run_awm provider models
	assert_status 0
	assert_output <<'TABLE'
Model              Provider  Default  Input  Output
gpt-6.1-terra      openai    yes          1       5
claude-sonnet-5-5  openai    no           -       -
local-model        openai    no           -       -
TABLE
	GEMINI_API_KEY=k GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:$PORT \
		json 'map(.model) == ["gemini-3.8-flash"]' provider models
	OLLAMA_HOST=127.0.0.1:$PORT json 'map(.model) == ["llama3.2", "qwen3:4b"]' \
		provider models local
	ANTHROPIC_API_KEY=$SECRET json '.method == "GET" and .body == null
		and .headers."x-api-key" == "***"
		and .url == "https://api.anthropic.com/v1/models?limit=1000"' \
		provider models anthropic --dry-run
	serve '[{"body": "<html>", "headers": {"content-type": "text/html"}}]'
	OLLAMA_HOST=127.0.0.1:$PORT fails 8 'no list of models' \
		provider models local
}

# models N: how many statements a listing of so many takes.
models() {
	local list

	list=$(jq -nc '[range($n) | {id: "m-\(.)"}]' --argjson n "$1")
	serve "{\"/v1/models\": [{\"json\": {\"data\": $list}}]}"
	OPENAI_API_KEY=k OPENAI_BASE_URL=http://127.0.0.1:$PORT/v1 AWM_TRACE=sql \
		awm provider models openai --json 2>trace >listed
	kill "$SERVER"
	[[ $(jq length listed) == "$1" ]]
	grep -c '^sql: ' trace
}

@test "statements do not grow with the models of a listing" {
	awm_ok provider list >/dev/null
	[[ $(models 2) == "$(models 100)" ]]
}

@test "what goes wrong is 8, with a hint" {
	local base

	serve '{"/1": [{"status": 429, "headers": {"retry-after": "7"},
			"file": "openai-responses/rate_limited.json"}],
		"/2": [{"status": 429,
			"file": "openai-responses/insufficient_quota.json"}],
		"/3": [{"status": 404, "file": "openai-responses/not_found.json"}],
		"/4": [{"status": 502,
			"file": "openai-responses/bad_gateway_html.html"}],
		"/5": [{"file": "openai-responses/ok.json", "cut": 40}],
		"/6": [{"text": "late", "wait": 5}],
		"/7": [{"status": 302, "headers": {"location": "http://127.0.0.1:1/"},
			"body": ""}],
		"/8": [{"body": "no json", "headers": {"content-type":
			"application/json"}}]}'
	export OPENAI_API_KEY=$SECRET
	base=http://127.0.0.1:$PORT
	fails 8 'openai: rate_limited: Rate limit reached' \
		provider test --base-url "$base/1"
	assert_error 'hint: try again in 7 s'
	fails 8 'openai: billing:' provider test --base-url "$base/2"
	fails 8 'openai: not_found:' provider test --base-url "$base/3"
	assert_error "hint: 'awm provider models openai' lists"
	fails 8 'openai: server: HTTP 502' provider test --base-url "$base/4"
	fails 8 'openai: network:' provider test --base-url "$base/5"
	fails 8 'openai: timeout:' provider test --base-url "$base/6" --timeout 1
	fails 8 'HTTP 302' provider test --base-url "$base/7"
	fails 8 'no JSON' provider test --base-url "$base/8"
	OLLAMA_HOST=127.0.0.1:1 fails 8 'local: network:' provider models local
	assert_error 'ollama serve'
	fails 4 'malformed base URL' provider test --base-url file:///etc/passwd
}

@test "an interrupt ends a test" {
	local pid

	serve '[{"text": "late", "wait": 20}]'
	OPENAI_API_KEY=k awm provider test --base-url "http://127.0.0.1:$PORT" \
		2>err 3>&- &
	pid=$!
	for ((i = 0; i < 100 && $(requests) == 0; i++)); do sleep 0.05; done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	assert_status 130
}

@test "a command of this machine" {
	prints "added provider 1 'local'" provider add local \
		--command "cat 'a b' -"
	[[ $(awm_ok config get provider.local.command) == "cat 'a b' -" ]]
	run ! grep -aq 'a b' "$AWM_DB"
	json '.settings == {command: true}' provider show local
	json '. == {argv: ["cat", "a b", "-"], stdin: "Reply with the word OK."}' \
		provider test local --dry-run
	fails 8 "the command 'cat' ended with status 1" provider test local
	awm_ok provider edit local --command cat >/dev/null
	json '.response == "Reply with the word OK." and .provider == "local"' \
		provider test local
	fails 4 "is a command" provider models local
	awm_ok provider edit local --command 'sleep 20' >/dev/null
	fails 8 'it took too long' provider test local --timeout 1
	# what a database says of it is not enough
	awm_ok config unset provider.local.command >/dev/null
	fails 6 'this machine has no command' provider test local
	assert_error 'provider.local.command'
	# and who may not manage providers does not come to write it
	awm_ok user add mem@example.com >/dev/null
	fails 6 'a provider' --as mem@example.com provider add local --name x \
		--command cat
	fails 6 'a provider' --as mem@example.com provider edit 1 --command cat
	run_awm config get provider.local.command
	assert_output ''
	prints "dry run: added provider 2 'y'" provider add local --name y \
		--command cat --dry-run
	run_awm config get provider.local.command
	assert_output ''
	# an address takes the command's place
	json '.settings == {}' provider edit local --base-url http://127.0.0.1:1
}
