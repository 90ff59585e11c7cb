#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Notifications on their way to a mail box, a chat and a desktop.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	LOG=$PWD/log
	: >"$LOG"
	awm_ok config set integration.allowPrivate true >/dev/null
	awm_ok user add bob@example.com --name Bob >/dev/null
	awm_ok project add Web >/dev/null
	PIDS=()
}

teardown() {
	((${#PIDS[@]})) && kill "${PIDS[@]}" 2>/dev/null
	true
}

sql() {
	sqlite3 -cmd 'PRAGMA foreign_keys=ON' "$AWM_DB" "$@"
}

# chat [SCRIPT]: a server for chats on the loopback; sets PORT.
chat() {
	rm -f port
	AI_SCRIPT=${1-'[{"json": {}}]'} \
		python3 "$AWM_SOURCE_ROOT/tests/servers/ai.py" --log "$LOG" \
		--port-file port >/dev/null 2>&1 3>&- &
	PIDS+=("$!")
	for ((i = 0; i < 200; i++)); do
		[[ -s port ]] && break
		sleep 0.05
	done
	PORT=$(<port)
}

# mail_server [CERTIFICATE]: sets SMTP, and with one STARTTLS and SMTPS.
mail_server() {
	local name port

	mkdir -p box
	# its module is Debian's
	/usr/bin/python3 "$AWM_SOURCE_ROOT/tests/servers/mail.py" box "$@" >ports \
		2>mail.log 3>&- &
	PIDS+=("$!")
	for ((i = 0; i < 200; i++)); do
		grep -q ready ports && break
		sleep 0.05
	done
	while read -r name port; do
		case $name in
		smtp) SMTP=$port ;;
		starttls) STARTTLS=$port ;;
		smtps) SMTPS=$port ;;
		esac
	done <ports
}

# slack SETTING…: an integration of bob's with the chat.
slack() {
	awm_ok integration add slack --user bob@example.com --stdin "$@" \
		<<<"http://127.0.0.1:$PORT/hook/s3cr3t" >/dev/null
}

# tell [TITLE]: bob is told of a task.
tell() {
	awm_ok task add "${1-Buy milk}" -p Web --assign bob@example.com -q
}

# logged JQ: the expression holds for the last request.
logged() {
	tail -n 1 "$LOG" | jq -e "$1" >/dev/null || {
		tail -n 1 "$LOG" >&2
		return 1
	}
}

# A mail as Python's email package understands it.
read_mail() {
	python3 - "$1" <<-'END'
		import email, email.policy, json, sys
		raw = open(sys.argv[1], "rb").read()
		m = email.message_from_bytes(raw, policy=email.policy.default)
		print(json.dumps({
		    "subject": m["subject"], "from": m["from"], "to": m["to"],
		    "date": m["date"].datetime.isoformat(), "id": m["message-id"],
		    "auto": m["auto-submitted"], "type": m.get_content_type(),
		    "charset": m.get_content_charset(),
		    "text": m.get_content().replace("\r\n", "\n"),
		    "coding": m["content-transfer-encoding"],
		    "names": sorted(k.lower() for k in m.keys()),
		    "defects": [str(d) for d in m.defects] + [str(d)
		        for h in m.values() for d in h.defects],
		    "ascii": raw.isascii(),
		    "longest": max(map(len, raw.split(b"\r\n"))),
		    "bare": raw.replace(b"\r\n", b"").count(b"\n"),
		}))
	END
}

@test "preferences decide who is told, and how" {
	awm_ok integration add smtp --setting host=mail.example.com \
		--setting from=awm@example.com >/dev/null
	awm_ok integration add desktop >/dev/null
	tell >/dev/null
	json '. == []' notify deliveries
	awm_ok user prefs bob@example.com notifications.email true >/dev/null
	tell >/dev/null
	json 'length == 1 and .[0].integrationId == 1 and .[0].userId == 2
		and .[0].state == "pending" and .[0].attempts == 0
		and .[0].notificationId == 2' notify deliveries
	awm_ok user prefs bob@example.com notifications.desktop true >/dev/null
	awm_ok user prefs bob@example.com notifications.email false >/dev/null
	tell >/dev/null
	json '[.[].integrationId] == [2, 1]' notify deliveries
	# No notification, nothing to send.
	awm_ok user prefs bob@example.com notifications.assignments false \
		>/dev/null
	tell >/dev/null
	awm_ok integration disable desktop >/dev/null
	awm_ok user prefs bob@example.com notifications.assignments true \
		>/dev/null
	tell >/dev/null
	json 'length == 2' notify deliveries
	# What is rolled back is not sent either.
	awm_ok integration enable desktop >/dev/null
	run_awm task add x -p Web --assign bob@example.com --dry-run
	json 'length == 2' notify deliveries
	json 'map(.id) == [1]' notify deliveries --integration smtp
	json '. == []' notify deliveries --status delivered,dead
	json 'length == 2' --as bob@example.com notify deliveries
	awm_ok user add eve@example.com >/dev/null
	json '. == []' --as eve@example.com notify deliveries
}

@test "one's own way comes first, then a team's, then an admin's" {
	awm_ok user prefs bob@example.com notifications.email true >/dev/null
	awm_ok team add Ops >/dev/null
	awm_ok integration add smtp >/dev/null
	tell >/dev/null
	awm_ok integration add smtp --team ops >/dev/null
	tell >/dev/null
	awm_ok team member add ops bob@example.com >/dev/null
	tell >/dev/null
	awm_ok integration add smtp --user bob@example.com >/dev/null
	tell >/dev/null
	json '[.[].integrationId] == [3, 2, 1, 1]' notify deliveries
	# A member's is nobody else's.
	awm_ok user add eve@example.com >/dev/null
	awm_ok user prefs eve@example.com notifications.email true >/dev/null
	awm_ok integration disable 1 >/dev/null
	awm_ok task assign 1 eve@example.com >/dev/null
	json '. == []' notify deliveries --user eve@example.com
}

@test "a team's chat is told of the team's projects" {
	chat
	awm_ok team add Ops >/dev/null
	awm_ok integration add slack --team ops --stdin \
		<<<"http://127.0.0.1:$PORT/hook" >/dev/null
	tell >/dev/null
	awm_ok project add Ours --team ops >/dev/null
	awm_ok task add Theirs -p Ours --assign bob@example.com -q >/dev/null
	json 'length == 1 and .[0].state == "delivered"' notify deliver
	logged '.body.text | contains("Theirs") and contains("(for Bob)")'
}

@test "a chat: what is sent, and in which shape" {
	local flavor=slack

	chat
	slack --setting channel='#ops'
	tell 'a <!channel> & @here "b"' >/dev/null
	run_awm notify deliver --json
	assert_status 0
	assert_json '. == [{id: 1, integrationId: 1, notificationId: 1, userId: 2,
		state: "delivered", attempts: 1, nextAttemptAt: null,
		lastError: null, deliveredAt: "2026-11-22T12:00:00.000Z",
		createdAt: "2026-11-22T12:00:00.000Z",
		updatedAt: "2026-11-22T12:00:00.000Z"}]'
	logged '.method == "POST" and .path == "/hook/s3cr3t"
		and .headers["content-type"] == "application/json"
		and .body == {channel: "#ops", text: "Task 1: a &lt;!channel&gt; &amp; @here \"b\"\nada assigned this task to you\n(for Bob)\nawm task show 1"}'
	prints '' notify deliver -q
	[ "$(wc -l <"$LOG")" = 1 ]
	for flavor in mattermost teams discord ntfy; do
		awm_ok integration edit slack --setting flavor=$flavor >/dev/null
		tell 'a <b> @here' >/dev/null
		awm_ok notify deliver >/dev/null
		case $flavor in
		mattermost) logged '.body.text | contains("<b> @\u200bhere")' ;;
		teams) logged '.body.text | contains("a <b> @here")' ;;
		discord) logged '(.body.content | contains("a <b> @here"))
			and .body.allowed_mentions == {parse: []}' ;;
		ntfy) logged '.raw | startswith("Task 5: a <b> @here\n")' ;;
		esac
	done
	# As long as it gets, and no longer than it may.
	awm_ok integration edit slack --setting flavor=discord >/dev/null
	awm_ok comment add 1 "$(printf 'ü%.0s' {1..3000})" >/dev/null
	tell "$(printf '👍%.0s' {1..990})" >/dev/null
	awm_ok notify deliver >/dev/null
	logged '(.body.content | length) <= 2000 and (.body.content | length) > 800'
}

@test "what fails is tried again, as often and as late as is fair" {
	local delay attempt=1

	chat '[{"status": 503}]'
	slack
	tell >/dev/null
	for delay in 5 300 1800 7200 18000 36000 50400 72000 86400; do
		json ".[0].state == \"failed\" and .[0].attempts == $attempt
			and .[0].lastError == \"the server answered with status 503\"
			and ((.[0].nextAttemptAt[:19] + \"Z\" | fromdate)
				- (\"$AWM_NOW\" | fromdate)) as \$d
				| \$d >= $delay * 0.8 - 1 and \$d <= $delay * 1.2" \
			notify deliver
		json '. == []' notify deliver
		AWM_NOW=$(sql 'SELECT strftime("%Y-%m-%dT%H:%M:%SZ",
			nextAttemptAt / 1000 + 1, "unixepoch")
			FROM integration_deliveries')
		((++attempt))
	done
	json '.[0].state == "dead" and .[0].attempts == 10
		and .[0].nextAttemptAt == null' notify deliver
	[ "$(wc -l <"$LOG")" = 10 ]
	AWM_NOW=2027-01-01T00:00:00Z
	json '. == []' notify deliver
	awm_ok user add eve@example.com >/dev/null
	fails 6 'others' --as eve@example.com notify resend 1
	json '.state == "pending" and .attempts == 0' notify resend 1
	json '.[0].state == "failed" and .[0].attempts == 1' notify deliver
}

@test "a server says when, and what it will never take" {
	chat '[{"status": 429, "headers": {"retry-after": "7200"}},
		{"status": 429, "headers": {"retry-after": "Sun, 22 Nov 2026 15:00:00 GMT"}},
		{"status": 404}, {"status": 200, "json": {}}]'
	slack
	tell >/dev/null
	json '.[0].nextAttemptAt == "2026-11-22T14:00:00.000Z"' notify deliver
	AWM_NOW=2026-11-22T14:00:00Z json \
		'.[0].nextAttemptAt == "2026-11-22T15:00:00.000Z"' notify deliver
	tell >/dev/null
	AWM_NOW=2026-11-22T16:00:00Z json 'map(.state) == ["dead", "delivered"]
		and .[0].lastError == "the server answered with status 404"' \
		notify deliver
}

@test "a channel that is down is asked once, and all that waits has failed" {
	local i

	chat '[{"status": 500}]'
	slack
	for i in {1..20}; do
		tell "t$i" >/dev/null
	done
	json 'length == 20 and all(.state == "failed" and .attempts == 1)' \
		notify deliver
	[ "$(wc -l <"$LOG")" = 1 ]
}

@test "eight at once send each message once" {
	local i

	chat
	slack
	for i in {1..40}; do
		tell "t$i" >/dev/null
	done
	PIDS_D=()
	for i in {1..8}; do
		awm notify deliver >/dev/null 2>"err$i" 3>&- &
		PIDS_D+=("$!")
	done
	wait "${PIDS_D[@]}"
	cat err*
	[ "$(wc -l <"$LOG")" = 40 ]
	[ "$(jq -r .raw "$LOG" | sort | uniq -d | wc -l)" = 0 ]
	json 'length == 40 and all(.state == "delivered")' notify deliveries
}

@test "one that dies in the middle is sent by another, later" {
	chat '[{"wait": 30, "json": {}}, {"json": {}}]'
	slack
	tell >/dev/null
	awm notify deliver >/dev/null 2>&1 3>&- &
	PID=$!
	for ((i = 0; i < 200; i++)); do
		[[ -s $LOG ]] && break
		sleep 0.05
	done
	kill -9 "$PID"
	wait "$PID" || true
	json '. == []' notify deliver
	json '.[0].state == "pending" and .[0].attempts == 0' notify deliveries
	AWM_NOW=2026-11-22T12:20:00Z json \
		'.[0].state == "delivered" and .[0].attempts == 1' notify deliver
}

@test "an interrupt ends it, and what was not sent waits on" {
	chat '[{"wait": 30, "json": {}}]'
	slack
	tell >/dev/null
	tell >/dev/null
	awm notify deliver >/dev/null 2>err 3>&- &
	PID=$!
	for ((i = 0; i < 200; i++)); do
		[[ -s $LOG ]] && break
		sleep 0.05
	done
	kill -TERM "$PID"
	rc=0
	wait "$PID" || rc=$?
	[ "$rc" = 130 ]
	json 'map(.state) == ["pending", "pending"] and map(.attempts) == [0, 0]
		and map(.nextAttemptAt) == ["2026-11-22T12:00:00.000Z",
			"2026-11-22T12:00:00.000Z"]' notify deliveries
}

@test "a writer does not wait for a server that hangs" {
	chat '[{"wait": 30, "json": {}}]'
	slack
	awm notify deliver >/dev/null 2>&1 3>&- &
	PIDS+=("$!")
	tell >/dev/null
	awm notify deliver --max-seconds 1 >/dev/null 2>&1 3>&- &
	PIDS+=("$!")
	for ((i = 0; i < 200; i++)); do
		[[ -s $LOG ]] && break
		sleep 0.05
	done
	# The send is under way: no lock is held meanwhile.
	timeout 10 awm task add x -p Web --assign bob@example.com --wait 2 -q
}

@test "when time is up nothing more is begun" {
	chat '[{"wait": 1.5, "json": {}}]'
	slack
	tell >/dev/null
	tell >/dev/null
	tell >/dev/null
	json 'map(.state) == ["delivered"]' notify deliver --max-seconds 1
	json 'map(.state) == ["pending", "pending", "delivered"]
		and map(.attempts) == [0, 0, 1]' notify deliveries
}

@test "addresses: private ones only where the machine says so" {
	chat
	slack
	tell >/dev/null
	awm_ok config unset integration.allowPrivate >/dev/null
	json '.[0].state == "failed" and (.[0].lastError | contains("https://"))' \
		notify deliver
	awm_ok integration edit slack --stdin \
		<<<"https://127.0.0.1:$PORT/hook" >/dev/null
	tell >/dev/null
	json '.[0].lastError | contains("not a public address")' notify deliver
	fails 8 'not a public address' integration test slack
	awm_ok integration edit slack --stdin \
		<<<"https://[::ffff:10.0.0.1]/hook" >/dev/null
	fails 8 'not a public address' integration test slack
	[ ! -s "$LOG" ]
}

@test "a mail: what another program reads in it" {
	mail_server
	awm_ok integration add smtp --setting host=127.0.0.1 \
		--setting "port=$SMTP" --setting tls=none \
		--setting from=awm@example.org >/dev/null
	awm_ok user prefs bob@example.com notifications.email true >/dev/null
	awm_ok user edit bob@example.com --name 'Bob "Ü" Ünal, jr.' >/dev/null
	awm_ok project edit Web -q --title Web >/dev/null
	tell 'Grüße an 中文 – und noch viel mehr Wörter, bis die Zeile zu Ende ist 👍' \
		>/dev/null
	json '.[0].state == "delivered"' notify deliver
	output=$(read_mail box/1.eml)
	assert_json '.subject == "Task 1: Grüße an 中文 – und noch viel mehr Wörter, bis die Zeile zu Ende ist 👍"
		and .from == "awm <awm@example.org>"
		and (.to | contains("bob@example.com") and contains("Ünal, jr."))
		and .date == "2026-11-22T12:00:00+00:00"
		and .auto == "auto-generated" and .type == "text/plain"
		and .charset == "utf-8" and .ascii and .defects == []
		and .longest <= 78 and .bare == 0
		and (.text | startswith("ada assigned this task to you\n\nawm task show 1\n"))
		and (.id | test("^<1\\.1795348800000\\.[0-9a-f]{32}@example\\.org>$"))'
	output=$(<box/1.json)
	assert_json '.from == "awm@example.org" and .to == ["bob@example.com"]'
	# No text of a database makes a header.
	sql "UPDATE notifications SET title = 'x' || char(13, 10) ||
		'Bcc: eve@example.com' || char(13, 10, 13, 10) || 'hi',
		content = char(13) || '.' || char(13, 10) || 'QUIT' || char(10)
			|| 'ü' || char(0x2028), actionUrl = NULL"
	sql "UPDATE integration_deliveries SET state = 'failed',
		nextAttemptAt = 0"
	json '.[0].state == "delivered"' notify deliver
	output=$(read_mail box/2.eml)
	assert_json '.subject == "x  Bcc: eve@example.com    hi" and .defects == []
		and (.names | length) == 9
		and (.text | startswith("\n.\nQUIT\nü\u2028\n"))'
	# The same message is the same mail, however often it is sent.
	[ "$(read_mail box/1.eml | jq .id)" = "$(read_mail box/2.eml | jq .id)" ]
	output=$(<box/2.json)
	assert_json '.to == ["bob@example.com"]'
}

@test "a mail: encryption, and a password" {
	mkdir -p tls
	bash "$AWM_SOURCE_ROOT/tests/servers/certificates.sh" tls >tls.log 2>&1
	mail_server tls/good.pem
	awm_ok user prefs bob@example.com notifications.email true >/dev/null
	awm_ok integration add smtp --stdin --setting host=localhost \
		--setting "port=$STARTTLS" --setting from=awm@example.org \
		<<<'{"username": "ada", "password": "secret"}' >/dev/null
	tell >/dev/null
	# An authority that nobody knows.
	json '.[0].state == "failed" and (.[0].lastError | contains("certificate"))' \
		notify deliver
	export SSL_CERT_FILE=$PWD/tls/ca.pem
	sql 'UPDATE integration_deliveries SET nextAttemptAt = 0'
	json '.[0].state == "delivered"' notify deliver
	output=$(<box/1.json)
	assert_json '.secure and .user == "ada"'
	awm_ok integration edit smtp --setting tls=tls --setting "port=$SMTPS" \
		>/dev/null
	tell >/dev/null
	json '.[0].state == "delivered"' notify deliver
	output=$(<box/2.json)
	assert_json '.secure and .user == "ada"'
	awm_ok integration edit smtp --stdin \
		<<<'{"username": "ada", "password": "wr0ng-4711"}' >/dev/null
	tell >/dev/null
	json '.[0].state == "failed" and (.[0].lastError | contains("login"))' \
		notify deliver
	run grep -l 'wr0ng-4711' "$AWM_DB" "$AWM_DB-wal"
	assert_status 1
}

@test "a mail: people whom no mail reaches" {
	mail_server
	awm_ok integration add smtp --setting host=127.0.0.1 \
		--setting "port=$SMTP" --setting tls=none >/dev/null
	for email in bad@example.com octo@source.invalid busy@example.com \
		ok@example.com; do
		awm_ok user add $email >/dev/null
		awm_ok user prefs $email notifications.email true >/dev/null
		awm_ok task add x -p Web --assign $email -q >/dev/null
	done
	json 'map(.state) == ["dead", "dead", "failed", "delivered"]
		and (.[0].lastError | contains("550 5.1.1 no such user"))
		and (.[1].lastError | contains("no address"))
		and (.[2].lastError | contains("451 4.3.0"))' notify deliver
	# Without a setting it comes from whose integration it is.
	output=$(<box/1.json)
	assert_json '.from == "ada@example.com" and .to == ["ok@example.com"]'
}

@test "credentials go where they were given for" {
	mail_server
	awm_ok user prefs bob@example.com notifications.email true >/dev/null
	awm_ok integration add smtp --stdin --setting host=mail.example.com \
		--setting from=awm@example.org <<<'pw-4711' >/dev/null
	tell >/dev/null
	sql "UPDATE integrations SET settings = json_set(settings, '\$.host',
		'127.0.0.1', '\$.port', $SMTP, '\$.tls', 'none')"
	json '.[0].state == "pending" and .[0].attempts == 0
		and (.[0].lastError | contains("another place"))' notify deliver
	fails 6 'another place' integration test smtp
	# awm's own changes are those of who has the key.
	sql "UPDATE integrations SET settings = json_set(settings, '\$.host',
		'mail.example.com') -> '\$'"
	awm_ok integration edit smtp --setting "port=$SMTP" >/dev/null
	fails 6 'another place' integration test smtp
	awm_ok integration edit smtp --stdin <<<'pw-4711' >/dev/null
	awm_ok integration edit smtp --setting host=127.0.0.1 \
		--setting tls=none >/dev/null
	run_awm integration test smtp
	[ "$status" = 0 ] || [[ $stderr == *'login'* ]]
	# Another machine has no key: it leaves them to this one.
	XDG_CONFIG_HOME=$PWD/other awm_ok config set \
		integration.allowPrivate true >/dev/null
	AWM_NOW=2026-11-22T13:00:00Z XDG_CONFIG_HOME=$PWD/other json \
		'.[0].state == "pending" and .[0].attempts == 0
		and (.[0].lastError | contains("no key"))' notify deliver
}

# A notify-send that writes down what it is told.
fake_desktop() {
	mkdir -p bin
	cat >bin/notify-send <<-'END'
		#!/bin/sh
		for word; do printf '[%s]\n' "$word"; done >>shown
	END
	chmod +x bin/notify-send
	PATH=$PWD/bin:$PATH
}

@test "the desktop of who it is meant for" {
	awm_ok integration add desktop >/dev/null
	awm_ok user prefs bob@example.com notifications.desktop true >/dev/null
	tell 'icon <b>' >/dev/null
	fake_desktop
	# Not on somebody else's.
	json '. == []' notify deliver
	sql "UPDATE notifications SET content = '<b>bold</b> & more'"
	json '.[0].state == "delivered"' --as bob@example.com notify deliver
	[ "$(<shown)" = '[--app-name=awm]
[--]
[Task 1: icon <b>]
[&lt;b&gt;bold&lt;/b&gt; &amp; more]' ]
	printf '#!/bin/sh\necho no display >&2\nexit 1\n' >bin/notify-send
	tell >/dev/null
	json '.[0].state == "failed"' --as bob@example.com notify deliver
	# News of the day before.
	AWM_NOW=2026-11-24T12:00:00Z json '.[0].state == "dead"
		and .[0].lastError == "nobody was there to see it"' \
		--as bob@example.com notify deliver
}

@test "no desktop here" {
	awm_ok integration add desktop >/dev/null
	awm_ok user prefs notifications.desktop true >/dev/null
	awm_ok --as bob@example.com task add x -p Web --assign ada@example.com \
		-q >/dev/null
	run --separate-stderr env PATH=/nowhere "$(command -v awm)" \
		notify deliver --json
	assert_json '.[0].state == "dead"
		and .[0].lastError == "no notify-send on this machine"'
	run --separate-stderr env PATH=/nowhere "$(command -v awm)" \
		integration test desktop
	assert_status 8
	assert_error 'no notify-send'
}

@test "test: whether it works, and what it would send" {
	chat '[{"json": {}}, {"status": 403}]'
	slack
	run_awm integration test slack --dry-run
	assert_status 0
	assert_contains "POST http://127.0.0.1:$PORT/***"
	assert_lacks s3cr3t
	[ ! -s "$LOG" ]
	run_awm integration test slack
	assert_output "slack 1 works: http://127.0.0.1:$PORT/***, a message"
	logged '.body.text | startswith("awm: this is a test")'
	fails 8 'the server answered with status 403' integration test slack
	mail_server
	awm_ok integration add smtp --setting host=127.0.0.1 \
		--setting "port=$SMTP" --setting tls=none >/dev/null
	json '.type == "smtp" and .detail == "a mail to ada@example.com"' \
		integration test smtp
	json '.method == "MAIL" and .headers.to == "ada@example.com"
		and (.body | contains("Subject: awm: this is a test\r\n"))' \
		integration test smtp --dry-run
	read_mail box/1.eml | jq -e '.defects == [] and .coding == "7bit"'
	fake_desktop
	awm_ok integration add desktop >/dev/null
	json '.argv[0] == "notify-send"' integration test desktop --dry-run
	[ ! -e shown ]
	json '.id == 3' integration test desktop
	grep -q 'this is a test' shown
	fails 6 'test an integration' --as bob@example.com integration test slack
}

@test "a dry run, and formats" {
	chat
	slack
	tell >/dev/null
	run_awm notify deliver --dry-run --json
	assert_status 0
	assert_json 'length == 1 and .[0].state == "pending"'
	[ ! -s "$LOG" ]
	json '.[0].attempts == 0' notify deliveries
	run_awm notify deliveries
	assert_output <<'TABLE'
Id  Integration  Notification  User  State    Attempts  Next attempt      Error
 1  slack        1             Bob   pending         0  2026-11-22 12:00  -
TABLE
	prints '1' notify deliveries -q
	prints $'state,attempts\r\npending,0\r' notify deliveries --format csv \
		--fields state,attempts
	fails 2 "unknown field" notify deliveries --fields nope
	prints '{"id":1,"state":"delivered"}' notify deliver --format jsonl \
		--fields id,state
	fails 3 'no channel delivery 9' notify resend 9
	awm_ok notify rm 1 --as bob@example.com >/dev/null
	json '. == []' notify deliveries
}
