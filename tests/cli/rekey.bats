#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The key of the secrets: another one for it, a passphrase, what is lost when
# it is, and what may happen in between.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	unset OPENAI_API_KEY OPENAI_BASE_URL CREDENTIALS_DIRECTORY
	KEYS=$XDG_CONFIG_HOME/awm/key
	awm_ok project add Tides >/dev/null
	awm_ok task add Moon -p 1 >/dev/null
}

# provider NAME KEY: a configuration with a sealed key.
provider() {
	awm provider add openai --name "$1" --stdin >/dev/null <<<"$2"
}

# opens NAME…: the keys of these providers can be used.
opens() {
	local name

	for name in "$@"; do
		awm_ok exec run 1 --provider "$name" --dry-run >/dev/null || return
	done
}

# states TEXT: "current 3", "old 1" and so on, as db secrets lists them.
states() {
	run_awm db secrets --json
	assert_status 0
	output=$(jq -r '.[] | select(.secrets > 0 or .state == "current")
		| "\(.state) \(.secrets)"' <<<"$output")
	assert_output "$1"
}

key_id() {
	awm db secrets --json | jq -r '.[] | select(.state == "current").key'
}

# stored: what the database holds of secrets.
stored() {
	sqlite3 "$AWM_DB" 'SELECT id, api_key FROM ai_provider_configs;
		SELECT id, credentials FROM integrations'
}

@test "every secret of every table gets the new key, and nothing else changes" {
	provider one sk-one-0001
	provider two sk-two-0002
	awm integration add github --setting repository=a/b --stdin >/dev/null \
		<<<ghp_token
	awm integration add desktop >/dev/null # without a secret
	before=$(awm provider list --json)
	old=$(key_id)
	kept=$(stored)
	json '.secrets == 3 and .sealed == 3 and .oldKeys == 0' db rekey --dry-run
	[[ $(stored) == "$kept" && $(key_id) == "$old" ]]
	run_awm db rekey
	assert_status 0
	assert_contains 'sealed 3 secrets with the key '
	assert_error 'keep a copy of the key file; it also has 1 old key'
	[[ $(key_id) != "$old" ]]
	states 'current 3'
	run ! grep -qF "awm1:$old:" <<<"$(stored)"
	[[ $(awm provider list --json) == "$before" ]]
	[[ $(stat -c %a "$KEYS") == 600 ]]
	opens one two
	run_awm db check --json
	assert_status 0
	assert_json 'any(.check == "secrets" and .state == "ok")'
	run_awm activity list --type vault.rekeyed --json
	assert_json 'length == 1 and .[0].metadata.secrets == 3
		and .[0].metadata.passphrase == false and .[0].changes == {}'
	# It is nothing that could be taken back.
	run_awm undo --dry-run
	[[ $output != *vault* ]]
}

@test "what it prints" {
	provider one sk-one-0001
	run_awm db rekey --json
	assert_status 0
	assert_json '(keys == ["key", "oldKeys", "passphrase", "sealed", "secrets"])
		and (.key | test("^[0-9a-f]{8}$")) and .oldKeys == 1'
	prints $'sealed\toldKeys\n1\t2' db rekey --format tsv --fields sealed,oldKeys
	run_awm db rekey --dry-run
	assert_output 'dry run: 1 secret would be sealed anew'
	fails 2 "unknown field 'colour'" db rekey --fields colour
	fails 2 'exclude each other' db rekey --to-file --to-passphrase
	fails 2 'exclude each other' db rekey --stdin --passphrase-env X
	fails 2 '$NONE is not set' db rekey --passphrase-env NONE
	awm_ok user add eve@example.com >/dev/null
	fails 6 'change the key of the secrets' db rekey --as eve@example.com
	run_awm db secrets --format csv --fields state,secrets,opens
	assert_output $'state,secrets,opens\r
current,1,1\r
old,0,0\r
old,0,0\r'
}

@test "status tells how many there are, and how many this machine opens" {
	run_awm db status
	[[ $stderr != *secret* ]]
	provider one sk-one-0001
	run_awm db status
	assert_status 0
	assert_error '1 sealed secret, of which this machine has the keys'
	mv "$KEYS" away
	run_awm db status
	assert_status 0
	assert_error '1 sealed secret; this machine has the keys of 0'
	states 'missing 1'
	run_awm db check
	assert_status 0
	assert_contains 'not checked'
	provider two sk-two-0002 # makes a key of its own
	states 'current 1
missing 1'
	run_awm db check --json
	assert_status 0
	assert_json '.[] | select(.check == "secrets") | .state == "not checked"
		and (.detail | test("^1 secret: "))'
}

@test "without the key, or with another one, nothing is changed" {
	provider one sk-one-0001
	mv "$KEYS" away
	kept=$(stored)
	fails 6 'no key to open secrets with' db rekey
	[[ ! -e $KEYS && $(stored) == "$kept" ]]
	provider two sk-two-0002
	other=$(<"$KEYS") kept=$(stored)
	fails 6 'was sealed with the key' db rekey
	fails 6 '' db rekey --dry-run
	[[ $(<"$KEYS") == "$other" && $(stored) == "$kept" ]]
	rm "$KEYS"
	mv away "$KEYS"
	chmod 644 "$KEYS"
	fails 6 'open to others' db rekey
	chmod 600 "$KEYS"
	awm_ok provider rm two --yes >/dev/null
	awm_ok db rekey >/dev/null
	opens one
}

@test "check finds what was moved or damaged, and rekey leaves it alone" {
	provider one sk-one-0001
	provider two sk-two-0002
	sqlite3 "$AWM_DB" 'UPDATE ai_provider_configs SET api_key =
		(SELECT api_key FROM ai_provider_configs WHERE id = 1) WHERE id = 2'
	run_awm db check --json
	assert_status 4
	assert_json '[.[] | select(.check == "secrets")] | length == 1
		and .[0].state == "problem"
		and (.[0].detail | test("row 2 does not open"))'
	kept=$(stored)
	fails 6 'row 2 does not open' db rekey
	[[ $(stored) == "$kept" ]]
	sqlite3 "$AWM_DB" "UPDATE ai_provider_configs SET api_key = 'sk-in-clear'
		WHERE id = 2"
	run_awm db check --json
	assert_status 4
	assert_json '.[] | select(.check == "secrets") | .detail
		| test("row 2 is malformed")'
	assert_lacks sk-in-clear
	run_awm db secrets --json
	assert_json 'any(.state == "malformed" and .key == null and .secrets == 1)'
	fails 6 'row 2 is malformed' db rekey
	awm provider edit 2 --stdin >/dev/null <<<sk-two-0003
	awm_ok db rekey >/dev/null
	opens one two
}

# ---- several databases, backups ----

@test "other databases and backups open with the old key, until it is forgotten" {
	provider one sk-one-0001
	awm_ok db backup before.db >/dev/null
	AWM_DB=$PWD/other.db awm_ok project add Other >/dev/null
	AWM_DB=$PWD/other.db provider far sk-far-0001
	awm_ok db rekey >/dev/null
	new=$(key_id)
	AWM_DB=$PWD/before.db opens one
	AWM_DB=$PWD/other.db states 'current 0
old 1'
	# There it goes on with the key that is there already.
	AWM_DB=$PWD/other.db json '.sealed == 1' db rekey
	[[ $(key_id) == "$new" ]]
	AWM_DB=$PWD/other.db states 'current 1'
	json '.oldKeys == 0' db rekey --forget
	opens one
	AWM_DB=$PWD/before.db run_awm exec run 1 --provider one --dry-run
	assert_status 6
	[[ $(wc -l <"$KEYS") == 1 ]]
}

@test "the key file may be a link, and not a credential of the system" {
	provider one sk-one-0001
	mkdir vaults
	mv "$KEYS" vaults/key
	ln -s "$PWD/vaults/key" "$KEYS"
	awm_ok db rekey >/dev/null
	[[ -L $KEYS && $(wc -l <vaults/key) == 2 ]]
	opens one
	mkdir credentials
	cp vaults/key credentials/awm-key
	export CREDENTIALS_DIRECTORY=$PWD/credentials
	opens one
	fails 6 'is a credential of the system' db rekey
	cmp vaults/key credentials/awm-key
}

# ---- passphrases ----

@test "a passphrase, from a descriptor or a command" {
	provider one sk-one-0001
	fails 6 'a new passphrase is wanted' db rekey --to-passphrase
	states 'current 1'
	NEW='correct horse' awm_ok db rekey --passphrase-env NEW >/dev/null
	run ! grep -q awm-key-1 "$KEYS"
	[[ $(stat -c %a "$KEYS") == 600 ]]
	states 'current 1' # no passphrase is wanted for that
	run_awm exec run 1 --provider one --dry-run </dev/null
	assert_status 6
	assert_error 'has a passphrase, and there is no terminal'
	assert_error AWM_PASSPHRASE_FD
	AWM_PASSPHRASE_FD=5 opens one 5<<<'correct horse'
	AWM_PASSPHRASE_FD=5 run_awm exec run 1 --provider one --dry-run 5<<<'wrong'
	assert_status 6
	assert_error 'the passphrase does not open the key file'
	[[ $stderr != *wrong* ]]
	AWM_PASSPHRASE_FD=5 run_awm exec run 1 --provider one --dry-run 5</dev/null
	assert_status 6
	AWM_PASSPHRASE_FD=77 run_awm db secrets
	assert_status 2
	AWM_PASSPHRASE_FD=x run_awm db secrets
	assert_status 2

	printf '#!/bin/sh\nprintf "correct horse\\nmore\\n"\n' >printer
	chmod +x printer
	awm_ok config set vault.keyCommand "'$PWD/printer' --for awm" >/dev/null
	opens one
	provider two sk-two-0002
	awm_ok db rekey >/dev/null # with the same passphrase
	opens one two
	awm_ok config set vault.keyCommand false >/dev/null
	fails 6 'vault.keyCommand ended with status 1' db rekey
	awm_ok config set vault.keyCommand /no/such/program >/dev/null
	fails 6 'vault.keyCommand' db rekey
	awm_ok config set vault.keyCommand true >/dev/null
	fails 6 'vault.keyCommand gives no passphrase' db rekey
}

@test "a passphrase is taken off again, and changed" {
	provider one sk-one-0001
	awm db rekey --stdin >/dev/null <<<first
	export AWM_PASSPHRASE_FD=5
	awm db rekey --stdin >/dev/null <<<second 5<<<first
	run_awm db check --json 5<<<first
	assert_json '.[] | select(.check == "secrets") | .state == "not checked"'
	run_awm db check --json 5<<<second
	assert_json '.[] | select(.check == "secrets") | .state == "ok"'
	awm_ok db rekey --to-file 5<<<second >/dev/null
	unset AWM_PASSPHRASE_FD
	opens one
}

@test "only this machine's configuration names a command" {
	provider one sk-one-0001
	awm db rekey --stdin >/dev/null <<<first
	git_repo
	mkdir .awm
	printf '[vault]\n\tkeyCommand = touch ran\n' |
		tee .awm/config config .awmconfig >/dev/null
	git config vault.keyCommand 'touch ran'
	run_awm exec run 1 --provider one --dry-run
	assert_status 6
	[[ ! -e ran ]]
}

@test "a person is asked without echo, and may try again" {
	provider one sk-one-0001
	awm db rekey --stdin >/dev/null <<<'correct horse'
	cat >person.py <<-'EOF'
		import os, pty, sys
		answers = [b"wrong\n", b"correct horse\n"]
		pid, fd = pty.fork()
		if pid == 0:
		    os.execvp("awm", ["awm", "db", "check", "--json"])
		said, asked = b"", 0
		while True:
		    try:
		        said += os.read(fd, 4096)
		    except OSError:
		        break
		    if said.count(b"passphrase of ") > asked:
		        os.write(fd, answers[asked])
		        asked += 1
		sys.stdout.write(said.decode())
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	EOF
	run -0 timeout 60 python3 person.py
	[[ ${output//[[:space:]]/} == *'"check":"secrets","state":"ok"'* ]]
	assert_lacks horse
	assert_lacks wrong
}

# ---- what goes wrong on the way ----

many() {
	local i

	for ((i = 1; i <= $1; i++)); do
		provider "p$i" "sk-many-$i-0000"
	done
}

@test "whichever call fails, what is left opens, and the next run goes on" {
	many 3
	failed=0
	for n in $(seq 1 5 90); do
		AWM_FAULT=db:$n awm db rekey >out 2>err || failed=$((failed + 1))
		run_awm db secrets --json
		assert_json 'all(.state == "current" or .state == "old")
			and ([.[].secrets] | add) == 3'
		run_awm db check --json
		assert_json '.[] | select(.check == "secrets") | .state == "ok"'
	done
	((failed > 10))
	awm_ok db rekey --forget >/dev/null
	opens p1 p2 p3
}

@test "killed at any moment, nothing is lost, and the next run goes on" {
	many 40
	went_on=0
	RANDOM=4711
	for round in $(seq 12); do
		awm db rekey >/dev/null 2>&1 &
		pid=$!
		sleep "0.0$((RANDOM % 6))$((RANDOM % 10))"
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		run_awm db check --json
		assert_status 0
		assert_json '.[] | select(.check == "secrets") | .state == "ok"'
		run_awm db secrets --json
		if jq -e 'any(.state == "old" and .secrets > 0)' <<<"$output" >/dev/null; then
			went_on=$((went_on + 1))
			key=$(key_id)
			awm_ok db rekey >/dev/null
			[[ $(key_id) == "$key" ]]
		fi
	done
	echo "# $went_on of $round rounds left secrets to seal" >&3
	awm_ok db rekey >/dev/null
	states 'current 40'
	opens p1 p40
}

@test "others store and read secrets while it runs" {
	many 20
	for w in 1 2 3; do
		for n in $(seq 8); do
			provider "w$w-$n" "sk-writer-$w-$n" &&
				awm exec run 1 --provider "p$n" --dry-run >/dev/null ||
				echo "writer $w, $n" >>failed
		done &
		writers[w]=$!
	done
	for n in 1 2 3 4; do
		awm db rekey >/dev/null
	done
	wait "${writers[@]}"
	[[ ! -e failed ]]
	run_awm db check --json
	assert_status 0
	assert_json '.[] | select(.check == "secrets") | .state == "ok"'
	awm_ok db rekey --forget >/dev/null
	states 'current 44'
}
