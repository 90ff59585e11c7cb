# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154 # variables of who loads it
#
# A model that answers as it is told (tests/servers/model.py), for files whose
# tests run prompts. Loads checks.bash.

load checks

# What its requests carry.
KEY=sk-ant-secret-4711-do-not-tell

# No key, address or proxy of whoever runs the tests; one project with a task.
model_setup() {
	awm_setup
	unset AWM_NOW
	unset OPENAI_API_KEY OPENAI_BASE_URL ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN
	unset ANTHROPIC_BASE_URL GEMINI_API_KEY GOOGLE_API_KEY OLLAMA_HOST
	unset ANTHROPIC_CUSTOM_HEADERS OPENAI_CUSTOM_HEADERS
	unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
	awm_ok project add Tides >/dev/null
	awm_ok task add 'Explain tides' -p 1 -d 'In one sentence.' >/dev/null
}

# For teardown().
model_stop() {
	[[ -z ${SERVER-} ]] || kill "$SERVER" 2>/dev/null || true
}

# model SCRIPT: starts a server that answers so; $URL is where.
model() {
	printf '%s' "$1" >script.json
	: >asked.log
	rm -f port
	python3 "$AWM_SOURCE_ROOT/tests/servers/model.py" script.json asked.log \
		>port 3>&- &
	SERVER=$!
	for _ in $(seq 100); do
		[[ -s port ]] && break
		sleep 0.05
	done
	URL=http://127.0.0.1:$(<port)
	LOCAL=(--provider local --model m --base-url "$URL/v1")
	CLAUDE=(--provider anthropic --model claude-haiku-5-5 --base-url "$URL")
	export ANTHROPIC_API_KEY=$KEY
}

# asked N: so many requests were made.
asked() {
	local n

	n=$(wc -l <asked.log)
	if [[ $n != "$1" ]]; then
		printf '%s requests, expected %s\n' "$n" "$1" >&2
		show_run
		return 1
	fi
}

# row EXPR: of the newest execution.
row() {
	local id

	id=$(awm exec list -q -n 1)
	json "$1" exec show "$id"
}

# until_true COMMAND…: waits at most ten seconds.
until_true() {
	for _ in $(seq 200); do
		"$@" && return
		sleep 0.05
	done
	return 1
}
