#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Canaries: secrets that are put in, and then looked for wherever they must
# not be, as they are and as base64, hex or a URL would have them.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

API_KEY='sk-canary/Q7xV+tLw9ZeRb4'
PASSWORD='canary/pw+Hn3Kd8Ys5Gm'
PASSPHRASE='canary/pp+Jf6Wc2Uq9Ta'

setup() {
	awm_setup
	unset AWM_NOW
	unset OPENAI_API_KEY OPENAI_BASE_URL ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN
	unset ANTHROPIC_BASE_URL CREDENTIALS_DIRECTORY
	unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
	# Outside of what is searched.
	PATTERNS=$BATS_TEST_TMPDIR/patterns
	python3 - "$API_KEY" "$PASSWORD" "$PASSPHRASE" >"$PATTERNS" <<-'EOF'
		import base64, sys, urllib.parse
		for text in sys.argv[1:]:
		    raw = text.encode()
		    forms = {text, raw.hex(), raw.hex().upper(),
		             urllib.parse.quote(text, safe=""),
		             text.replace("/", "\\/")}
		    for skip in range(3):  # wherever it stands in what is encoded
		        part = raw[skip:len(raw) - (len(raw) - skip) % 3]
		        forms.add(base64.b64encode(part).decode())
		        forms.add(base64.urlsafe_b64encode(part).decode())
		    print("\n".join(sorted(forms)))
	EOF
	printf '#!/bin/sh\ncat "%s"\n' "$BATS_TEST_TMPDIR/passphrase" \
		>"$BATS_TEST_TMPDIR/printer"
	printf '%s\n' "$PASSPHRASE" >"$BATS_TEST_TMPDIR/passphrase"
	chmod +x "$BATS_TEST_TMPDIR/printer"
	LOG=$PWD/log
	: >"$LOG"
}

teardown() {
	[[ -z ${SERVER-} ]] || kill "$SERVER" 2>/dev/null || true
}

# say ARG…: awm, whatever comes of it, with all that it says in $LOG.
say() {
	awm "$@" >>"$LOG" 2>&1 </dev/null || true
}

# put_in: a key, credentials and a passphrase.
# shellcheck disable=SC2129 # each with an input of its own
put_in() {
	awm_ok project add Tides >/dev/null
	awm_ok task add Moon -p 1 >/dev/null
	{
		awm provider add anthropic --name one --model claude-haiku-5-5 \
			--base-url "${URL:-http://127.0.0.1:9}" --stdin <<<"$API_KEY"
		PW="{\"username\":\"ada\",\"password\":\"$PASSWORD\"}" \
			awm integration add smtp --setting host=mail.example.com \
			--setting from=ada@example.com --credentials-env PW --json
		awm db rekey --stdin --json <<<"$PASSPHRASE"
	} >>"$LOG" 2>&1
	awm_ok config set vault.keyCommand "$BATS_TEST_TMPDIR/printer" >/dev/null
}

# model SCRIPT: starts a server that answers so; $URL is where.
model() {
	printf '%s' "$1" >"$BATS_TEST_TMPDIR/script.json"
	python3 "$AWM_SOURCE_ROOT/tests/servers/model.py" \
		"$BATS_TEST_TMPDIR/script.json" "$BATS_TEST_TMPDIR/asked.log" \
		>"$BATS_TEST_TMPDIR/port" 3>&- &
	SERVER=$!
	until_true test -s "$BATS_TEST_TMPDIR/port"
	URL=http://127.0.0.1:$(<"$BATS_TEST_TMPDIR/port")
}

# until_true COMMAND…: waits at most twenty seconds.
until_true() {
	for _ in $(seq 400); do
		"$@" && return
		sleep 0.05
	done
	return 1
}

asked() {
	[[ -s $BATS_TEST_TMPDIR/asked.log ]]
}

# clean FILE…: none of these holds a canary; folders with all that is in them.
clean() {
	local found

	found=$(grep -raFl -f "$PATTERNS" -- "$@" || true)
	if [[ -n $found ]]; then
		printf 'a canary is in %s\n' "$found" >&2
		grep -raoF -f "$PATTERNS" -- "$@" >&2
		return 1
	fi
}

@test "the search finds what it is meant to find" {
	for form in "$API_KEY" "$(base64 <<<"x$API_KEY")" "$(od -An -v -tx1 <<<"$PASSWORD" | tr -d ' \n')" \
		'canary%2Fpp%2BJf6Wc2Uq9Ta'; do
		printf 'before %s after\n' "$form" >here
		run clean here
		[[ $status == 1 ]]
	done
	echo nothing >here
	clean here
}

@test "no canary in what is said, in the database, its copies, or the settings" {
	put_in
	while read -r name; do
		# shellcheck disable=SC2086 # a verb is words
		{
			say $name
			say $name --json
			say $name 1 --json
			say $name one --format csv
		}
	done < <(awm schema --json | jq -r '.commands[]
		| select(.effect == "read")
		| select(.name | test("^(db backup|activity follow|skill export)$") | not)
		.name')
	say provider show one
	say provider edit one --model claude-sonnet-5-5
	say integration edit 1 --setting port=2525 --json
	say integration test 1
	say exec run 1 --provider one --dry-run
	say exec run 1 --provider one --dry-run --json
	say exec run 1 --provider one --retries 0 --max-tokens 10
	say search canary
	say undo
	say db seed
	say db rekey
	AWM_TRACE=sql say exec run 1 --provider one --dry-run
	awm_ok db backup copy.db >/dev/null
	sqlite3 copy.db .dump >dump
	for table in activities search_indexes; do
		grep -q "INSERT INTO $table" dump
	done
	if awm schema --json | jq -e 'any(.commands[]; .name == "export jsonl")' \
		>/dev/null; then
		say export jsonl everything.jsonl
		say export jsonl -
	fi
	[[ -s $LOG && -s ${AWM_DB}-wal ]]
	clean "$LOG" "$BATS_TEST_TMPDIR"/awm.db* "$HOME" .
}

@test "no canary in errors" {
	put_in
	chmod 644 "$XDG_CONFIG_HOME/awm/key"
	say exec run 1 --provider one --dry-run
	say db rekey
	chmod 600 "$XDG_CONFIG_HOME/awm/key"
	printf 'not-%s\n' "$PASSPHRASE" >"$BATS_TEST_TMPDIR/passphrase"
	say exec run 1 --provider one --dry-run
	say --json db rekey
	printf '#!/bin/sh\necho "%s" >&2\necho "%s"\nexit 3\n' "$PASSPHRASE" \
		"$PASSPHRASE" >"$BATS_TEST_TMPDIR/printer"
	say exec run 1 --provider one --dry-run
	grep -q 'ended with status 3' "$LOG"
	say db check
	# Where a secret is not taken, it is not repeated.
	awm provider add local --command cat --stdin >>"$LOG" 2>&1 <<<"$API_KEY" || true
	awm integration add smtp --stdin >>"$LOG" 2>&1 \
		<<<"{\"password\":\"$PASSWORD\",\"more\":1}" || true
	awm integration add github --stdin >>"$LOG" 2>&1 <<<"{\"token\":\"$API_KEY" || true
	clean "$LOG" "$BATS_TEST_TMPDIR"/awm.db*
}

@test "no canary on a command line, in the environment, or with a child" {
	put_in
	cat >look <<-'EOF'
		#!/bin/sh
		cat >/dev/null
		tr '\0' '\n' </proc/self/environ
		tr '\0' '\n' </proc/$PPID/cmdline
		cat /proc/$PPID/environ >parent
		cat <&5
		ls -l /proc/self/fd
	EOF
	chmod +x look
	awm_ok provider add local --command "$PWD/look" >/dev/null
	AWM_PASSPHRASE_FD=5 awm exec run 1 --provider local >seen 2>&1 \
		5<"$BATS_TEST_TMPDIR/passphrase" || true
	grep -q '^PATH=' seen
	run ! grep -q -e '^AWM_PASSPHRASE' -e "/passphrase$" seen
	[[ -s parent ]]
	clean seen parent
}

@test "a process that holds a key leaves no core, and shows itself to nobody" {
	ulimit -c unlimited 2>/dev/null || skip 'no core dumps here'
	model '[{"say": ["The ", "moon"], "wait": 20}]'
	put_in
	cat >abort.py <<-'EOF'
		import os, signal, sys, time
		ready, argv = sys.argv[1], sys.argv[2:]
		pid = os.fork()
		if pid == 0:
		    os.execvp(argv[0], argv)
		for _ in range(400):
		    time.sleep(0.05)
		    if os.path.exists(ready) and os.path.getsize(ready):
		        break
		for name in ("cmdline", "environ"):
		    sys.stdout.buffer.write(open(f"/proc/{pid}/{name}", "rb").read())
		os.kill(pid, signal.SIGABRT)
		print("\ncore:", os.WCOREDUMP(os.waitpid(pid, 0)[1]))
	EOF
	run -0 python3 abort.py "$BATS_TEST_TMPDIR/asked.log" \
		awm exec run 1 --provider one --retries 0
	printf '%s' "$output" >held
	clean held
	asked # so it had the key
	assert_contains 'core: False'
	[[ -z $(find . -name 'core*') ]]
	# The same without a key, to know that the kernel would.
	run python3 abort.py "$BATS_TEST_TMPDIR/asked.log" sleep 20
	if [[ $output != *'core: True'* ]]; then
		echo '# this kernel writes no cores at all' >&3
	fi
}
