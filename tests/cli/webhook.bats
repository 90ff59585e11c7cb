#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Webhooks: who may be told, what is sent, and what becomes of it. The receiver
# is tests/servers/webhook.py.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

SECRET=whsec_YXdtLXRlc3Qtc2VjcmV0LWtleS0zMi1ieXRlcy0hISE=
HOOK=https://hooks.example.com/awm

setup() {
	awm_setup
	unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
	export SECRET
	LOG=$BATS_TEST_TMPDIR/received
	: >"$LOG"
	awm_ok config set webhook.background false
	awm_ok config set webhook.allowPrivate true
	awm_ok project add P -q >/dev/null
}

teardown() {
	[[ -z ${SERVER-} ]] || kill "$SERVER" 2>/dev/null || true
}

sql() {
	sqlite3 -cmd 'PRAGMA foreign_keys=ON' "$AWM_DB" "$@"
}

# serve [SCRIPT]: starts a receiver; $URL is where.
serve() {
	printf '%s' "${1-[]}" >script.json
	python3 "$AWM_SOURCE_ROOT/tests/servers/webhook.py" --log "$LOG" \
		--script script.json >port 3>&- &
	SERVER=$!
	for _ in $(seq 100); do
		[[ -s port ]] && break
		sleep 0.05
	done
	URL=http://127.0.0.1:$(<port)
}

# hook [FLAG…]: adds a webhook at $URL that wants everything of tasks.
hook() {
	awm_ok webhook add "$URL/" --events 'task.*' --name h --allow-private \
		--secret-env SECRET -q "$@" >/dev/null
}

# received N: so many requests came.
received() {
	local n

	n=$(wc -l <"$LOG")
	if [[ $n != "$1" ]]; then
		printf '%s requests, expected %s\n' "$n" "$1" >&2
		cat "$LOG" >&2
		return 1
	fi
}

# later MINUTES: from here on it is so much later.
later() {
	AWM_NOW=$(date -u -d "$AWM_NOW + $1 minutes" +%Y-%m-%dT%H:%M:%SZ)
}

states() {
	sql "SELECT group_concat(state, ' ') FROM
		(SELECT state FROM webhook_deliveries ORDER BY id)"
}

# ---- the noun ----

@test "add makes a secret and shows it once" {
	run_awm webhook add "$HOOK" --events task.completed,comment.\* --json
	assert_status 0
	assert_json '.name == "hooks.example.com" and .url == $url and .isEnabled
		and .events == ["task.completed", "comment.*"]
		and (.secret | test("^whsec_[A-Za-z0-9+/]{43}=$"))' --arg url "$HOOK"
	json '.secret == "set" and .ownerId == 1 and .pending == 0
		and .allowPrivate == false and .unordered == false' webhook show 1
	run_awm webhook list --json
	[[ $output != *whsec_* ]]
	run sql 'SELECT secret FROM webhooks'
	[[ $output == awm1:* ]]
	run_awm activity list --json
	[[ $output != *whsec_* && $output != *awm1:* ]]
	run_awm webhook add "$HOOK" --events '*' --name two
	assert_contains "added webhook 2 'two'"
	assert_contains 'secret: whsec_'
}

@test "a given secret is not shown; a malformed one is refused" {
	run_awm webhook add "$HOOK" --events '*' --secret-env SECRET --json
	assert_status 0
	assert_json '.secret == "set"'
	printf '%s\n' "$SECRET" >secret
	awm webhook add "$HOOK" --events '*' --name b --stdin -q <secret
	for bad in whsec_ x whsec_AAAA 'whsec_####' "${SECRET}AAAA" \
		whsec_YXdtLXRlc3Qtc2VjcmV0LWtleS0zMi1ieXRlcy0hISE; do
		SECRET=$bad fails 2 'malformed secret' webhook add "$HOOK" \
			--events '*' --secret-env SECRET
	done
	fails 2 'exclude each other' webhook add "$HOOK" --events '*' \
		--secret-env SECRET --stdin
	json 'length == 2' webhook list
}

@test "list, edit, enable, disable, rm" {
	awm_ok webhook add "$HOOK" --events '*' --name a -H 'X-A: 1' -q >/dev/null
	awm_ok webhook add "$HOOK" --events '*' --name b -p P -q >/dev/null
	json 'map(.name) == ["b"]' webhook list --project P
	run_awm webhook edit a -H 'X-B: 2' -H 'x-a:' --events 'task.*' --json
	assert_status 0
	assert_json '.headers == {"X-B": "2"} and .events == ["task.*"]'
	awm_ok webhook edit a --unordered --allow-private >/dev/null
	json '.unordered and .allowPrivate' webhook show a
	awm_ok webhook edit a --ordered --no-private >/dev/null
	json '(.unordered or .allowPrivate) | not' webhook show a
	fails 2 'nothing to change' webhook edit a
	json 'map(.isEnabled) == [false, false]' webhook disable a b
	json 'map(.name) == ["a", "b"]' webhook list --no-enabled
	json '.isEnabled' webhook enable a
	prints "deleted webhook 2 'b'" webhook rm b
	json 'map(.name) == ["a"]' webhook list
	fails 3 'webhook' webhook show b
}

@test "what is no event, header or URL is refused" {
	fails 2 'events' webhook add "$HOOK"
	fails 4 'events' webhook add "$HOOK" --events 'tusk.done'
	fails 4 'events' webhook add "$HOOK" --events 'Task Done'
	fails 2 'header' webhook add "$HOOK" --events '*' -H nothing
	for header in 'Host: x' 'webhook-id: x' 'Content-Type: x' 'User-Agent: x' \
		'content-length: 1' 'Transfer-Encoding: chunked' 'Proxy-X: 1'; do
		fails 4 "awm's own" webhook add "$HOOK" --events '*' -H "$header"
	done
	fails 4 'one line' webhook add "$HOOK" --events '*' -H $'X-A: 1\r\nX-B: 2'
	fails 4 'header names' webhook add "$HOOK" --events '*' -H 'X A: 1'
	for url in ftp://example.com/ file:///etc/passwd gopher://example.com \
		https://user@example.com/ https://user:pw@example.com/ \
		https:// javascript:x 'https://example.com:22/' \
		http://example.com:6379/ http://example.com:25/; do
		fails 4 'URL' webhook add "$url" --events '*'
	done
	json 'length == 0' webhook list
}

# ---- addresses ----

@test "private addresses are refused, however they are spelled" {
	local address

	for address in 127.0.0.1 127.1 0x7f000001 2130706433 0177.0.0.1 0 0.0.0.0 \
		10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 \
		192.0.0.1 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 \
		224.0.0.1 240.0.0.1 255.255.255.255 '[::]' '[::1]' '[fc00::1]' \
		'[fd00::1]' '[fe80::1]' '[ff02::1]' '[2001:db8::1]' '[3fff::1]' \
		'[100::1]' '[2002:7f00:1::]' '[64:ff9b::7f00:1]' '[64:ff9b:1::1]' \
		'[5f00::1]' '[::ffff:127.0.0.1]' '[::ffff:10.0.0.1]' \
		'[::127.0.0.1]' localhost LOCALHOST localhost. a.localhost \
		printer.local metadata.google.internal; do
		run_awm webhook add "http://$address/" --events '*'
		assert_status 4
		assert_error 'private address'
	done
	json 'length == 0' webhook list
	# Both must say so.
	awm_ok config set webhook.allowPrivate false
	fails 4 'private address' webhook add http://127.0.0.1/ --events '*' \
		--allow-private
	assert_error 'webhook.allowPrivate'
	awm_ok webhook add "$HOOK" --events '*' -q >/dev/null
	fails 4 'private address' webhook edit 1 --url http://10.0.0.1/
	awm_ok config set webhook.allowPrivate true
	fails 4 'private address' webhook edit 1 --url http://10.0.0.1/
	awm_ok webhook edit 1 --url http://10.0.0.1/ --allow-private >/dev/null
}

@test "the guard holds at the connection, whatever the row says" {
	serve
	hook
	awm_ok task add one -p P -q >/dev/null
	# The machine changes its mind; somebody else writes to the database.
	awm_ok config set webhook.allowPrivate false
	json '.failed == 1 and .delivered == 0' webhook deliver
	received 0
	run_awm webhook deliveries --json
	assert_json '.[0].state == "failed" and .[0].lastStatus == null
		and (.[0].lastError | test("address"))'
	awm_ok config set webhook.allowPrivate true
	sql 'UPDATE webhook_settings SET allowPrivate = 0'
	# A name that leads to this machine, which no spelling tells.
	sql "UPDATE webhooks SET url = 'http://$(hostname):$(<port)/'"
	awm_ok webhook resend 1 -q >/dev/null
	json '.failed == 1' webhook deliver
	received 0
	# And through a proxy, which is an address as well.
	awm_ok config set webhook.proxy "$URL"
	sql "UPDATE webhooks SET url = 'http://127.0.0.1:$(<port)/'"
	awm_ok webhook resend 1 -q >/dev/null
	json '.failed == 1' webhook deliver
	received 0
}

# ---- delivery ----

# genuine N: request N (from 1) was signed with each of the secrets, as python
# computes it, in this order.
genuine() {
	local n=$1

	shift
	python3 - "$LOG" "$n" "$@" <<-'END'
		import base64, hashlib, hmac, json, sys
		line = json.loads(open(sys.argv[1], encoding="utf-8").read()
		                  .splitlines()[int(sys.argv[2]) - 1])
		h = line["headers"]
		signed = "%s.%s.%s" % (h["webhook-id"], h["webhook-timestamp"],
		                       line["body"])
		def sign(secret):
		    key = base64.b64decode(secret.removeprefix("whsec_"))
		    mac = hmac.new(key, signed.encode(), hashlib.sha256).digest()
		    return "v1," + base64.b64encode(mac).decode()
		assert h["webhook-signature"] == " ".join(map(sign, sys.argv[3:])), h
	END
}

@test "a delivery: headers, signature, and the bytes that were queued" {
	serve
	hook -H 'X-Team: core'
	awm_ok task add 'fertig ✓' -p P -q >/dev/null
	json '.attempts == 1 and .delivered == 1' webhook deliver
	received 1
	genuine 1 "$SECRET"
	output=$(<"$LOG")
	assert_json '.headers | ."content-type" == "application/json"
		and ."x-team" == "core" and (."user-agent" | test("^awm/"))
		and (."webhook-id" | test("^msg_[0-9a-f]{32}$"))
		and ."webhook-timestamp" == "1795348800"'
	[ "$(jq -r .body "$LOG")" = "$(sql 'SELECT payload FROM webhook_deliveries')" ]
	json '.[0] | .state == "delivered" and .attempts == 1 and .lastStatus == 204
		and .nextAttemptAt == null and .lastError == null
		and .deliveredAt == "2026-11-22T12:00:00.000Z"' webhook deliveries
	json '.attempts | length == 1 and .[0].status == 204' \
		webhook show-delivery 1
	json '.lastTriggeredAt == "2026-11-22T12:00:00.000Z"' webhook show h
	# Nothing is left to do, and nothing in hand.
	json '.attempts == 0' webhook deliver
	[ "$(sql 'SELECT count(*) FROM delivery_leases')" = 0 ]
}

@test "failures are tried again by the schedule, under the same id" {
	local minutes

	serve '[{"status": 500}]'
	hook
	awm_ok task add one -p P -q >/dev/null
	for minutes in 1 7 40 150 370 740 1020 1450 1740; do
		json '.failed == 1 and .dead == 0' webhook deliver
		# Not before its time.
		json '.attempts == 0' webhook deliver
		later "$minutes"
	done
	json '.dead == 1' webhook deliver
	received 10
	later 10000
	json '.attempts == 0' webhook deliver
	[ "$(jq -r '.headers."webhook-id"' "$LOG" | sort -u | wc -l)" = 1 ]
	[ "$(jq -r '.headers."webhook-timestamp"' "$LOG" | sort -u | wc -l)" = 10 ]
	json '.[0] | .state == "dead" and .attempts == 10 and .lastStatus == 500
		and .lastError == "HTTP 500"' webhook deliveries --status dead
}

@test "the delay is that of the schedule, within a fifth" {
	serve '[{"status": 500}]'
	hook
	awm_ok task add one -p P -q >/dev/null
	awm_ok webhook deliver >/dev/null
	[ "$(sql 'SELECT (nextAttemptAt - updatedAt) BETWEEN 4000 AND 6000
		FROM webhook_deliveries')" = 1 ]
	later 1
	awm_ok webhook deliver >/dev/null
	[ "$(sql 'SELECT (nextAttemptAt - updatedAt) BETWEEN 240000 AND 360000
		FROM webhook_deliveries')" = 1 ]
}

@test "redirects are not followed, and are failures" {
	serve '[{"status": 302, "headers": {"location": "/elsewhere"}}]'
	hook
	awm_ok task add one -p P -q >/dev/null
	json '.failed == 1' webhook deliver
	received 1
	json '.[0].lastStatus == 302' webhook deliveries
}

@test "Retry-After is waited for, a day at most" {
	serve '[{"status": 503, "headers": {"retry-after": "3600"}},
		{"status": 503, "headers": {"retry-after": "99999999"}}]'
	hook
	awm_ok task add one -p P -q >/dev/null
	awm_ok webhook deliver >/dev/null
	[ "$(sql 'SELECT nextAttemptAt - updatedAt FROM webhook_deliveries')" \
		= 3600000 ]
	later 59
	json '.attempts == 0' webhook deliver
	later 2
	json '.failed == 1' webhook deliver
	[ "$(sql 'SELECT nextAttemptAt - updatedAt FROM webhook_deliveries')" \
		= 86400000 ]
}

@test "order is kept: a failed message holds back those behind it" {
	serve '[{"status": 500}, {"status": 204}]'
	hook
	for title in one two three; do
		awm_ok task add $title -p P -q >/dev/null
	done
	json '.failed == 1 and .attempts == 1' webhook deliver
	[ "$(states)" = 'failed pending pending' ]
	later 1
	json '.delivered == 3' webhook deliver
	[ "$(jq -r '.body | fromjson | .data.task.title' "$LOG" | tr '\n' ' ')" \
		= 'one one two three ' ]
}

@test "unordered: each is on its own" {
	serve '[{"status": 500}, {"status": 204}]'
	hook --unordered
	for title in one two three; do
		awm_ok task add $title -p P -q >/dev/null
	done
	json '.failed == 1 and .delivered == 2' webhook deliver
	later 1
	json '.delivered == 1' webhook deliver
}

@test "one dead letter lets the others pass" {
	serve '[{"status": 500}, {"status": 204}]'
	hook
	awm_ok task add one -p P -q >/dev/null
	awm_ok task add two -p P -q >/dev/null
	sql 'UPDATE webhook_deliveries SET attempts = 9 WHERE id = 1'
	json '.dead == 1 and .delivered == 1' webhook deliver
	[ "$(states)" = 'dead delivered' ]
}

@test "429 holds back the others of an unordered webhook as well" {
	serve '[{"status": 429, "headers": {"retry-after": "600"}}]'
	hook --unordered
	awm_ok task add one -p P -q >/dev/null
	json '.failed == 1' webhook deliver
	awm_ok task add two -p P -q >/dev/null
	json '.attempts == 0' webhook deliver
	json '.throttledUntil == "2026-11-22T12:10:00.000Z"' webhook show h
	later 11
	json '.attempts == 2' webhook deliver
}

@test "410 disables at once; enabling begins anew" {
	serve '[{"status": 410}, {"status": 204}]'
	hook
	awm_ok task add one -p P -q >/dev/null
	awm_ok task add two -p P -q >/dev/null
	json '.failed == 1 and .disabled == 1' webhook deliver
	json '.isEnabled == false and .disabledReason == "it answered 410 Gone"
		and .failureCount == 1' webhook show h
	json 'map(select(.type == "webhook.disabled")) | length == 1' notify list
	json 'length == 1' activity list --type webhook.disabled
	later 60
	json '.attempts == 0' webhook deliver
	# Nothing is queued for it meanwhile.
	awm_ok task add three -p P -q >/dev/null
	json '.failureCount == 0' webhook enable h
	json '.disabledReason == null and .failingSince == null' webhook show h
	json '.delivered == 2' webhook deliver
}

@test "five days of failures disable; less does not, success forgets" {
	serve '[{"status": 500}]'
	hook --unordered
	awm_ok task add one -p P -q >/dev/null
	json '.disabled == 0' webhook deliver
	later $((4 * 1440))
	json '.disabled == 0' webhook deliver
	later $((2 * 1440))
	json '.disabled == 1' webhook deliver
	json '.disabledReason == "everything failed for five days"' webhook show h
	json 'map(select(.type == "webhook.disabled" and
		.relatedProjectId == null)) | length == 1' notify list
	awm_ok webhook enable h -q >/dev/null
	json '.failingSince == null' webhook show h
	later 2000
	json '.disabled == 0' webhook deliver
}

@test "a success in between begins the five days anew" {
	serve '[{"status": 500}, {"status": 204}, {"status": 500}]'
	hook --unordered
	awm_ok task add one -p P -q >/dev/null
	awm_ok webhook deliver >/dev/null
	later $((3 * 1440))
	json '.delivered == 1' webhook deliver
	json '.failingSince == null and .failureCount == 0' webhook show h
	later $((3 * 1440))
	awm_ok task add two -p P -q >/dev/null
	json '.failed == 1 and .disabled == 0' webhook deliver
}

@test "resend: by id, and a time again" {
	serve
	hook
	for title in one two three; do
		awm_ok task add $title -p P -q >/dev/null
		later 60
	done
	awm_ok webhook deliver >/dev/null
	json '.state == "pending" and .attempts == 0' webhook resend 2
	json '.delivered == 1' webhook deliver
	[ "$(jq -r '.headers."webhook-id"' "$LOG" | sort | uniq -d | wc -l)" = 1 ]
	run_awm webhook resend --webhook h --since 2026-11-22T12:30Z \
		--until 2026-11-22T13:30Z --dry-run --json
	assert_status 0
	assert_json 'map(.id) == [2]'
	json '.attempts == 0' webhook deliver
	json 'map(.id) == [1, 2, 3]' webhook resend --webhook h \
		--since 2026-11-22T12:00Z --status delivered
	json '.delivered == 3' webhook deliver
	fails 2 'what is to be sent again' webhook resend
	fails 2 'exclude each other' webhook resend 1 --webhook h
	fails 3 'delivery' webhook resend 99
}

@test "rotate-secret: two signatures for a day, then one" {
	serve
	hook
	NEW=$(awm_ok webhook rotate-secret h --json 2>/dev/null | jq -r .secret)
	[[ $NEW == whsec_* && $NEW != "$SECRET" ]]
	awm_ok task add one -p P -q >/dev/null
	awm_ok webhook deliver >/dev/null
	genuine 1 "$NEW" "$SECRET"
	later 1441
	awm_ok task add two -p P -q >/dev/null
	awm_ok webhook deliver >/dev/null
	genuine 2 "$NEW"
	awm_ok webhook rotate-secret h --overlap 0 --secret-env SECRET >/dev/null
	awm_ok task add three -p P -q >/dev/null
	awm_ok webhook deliver >/dev/null
	genuine 3 "$SECRET"
	run_awm activity list --json
	[[ $output != *whsec_* ]]
}

@test "test: one attempt, now, also to a disabled one; not tried again" {
	serve '[{"status": 204}, {"status": 500}]'
	hook
	awm_ok webhook disable h -q >/dev/null
	json '.state == "delivered" and .eventType == "webhook.test"' webhook test h
	genuine 1 "$SECRET"
	[ "$(jq -r '.body | fromjson | .type' "$LOG")" = webhook.test ]
	fails 8 'HTTP 500' webhook test h
	[ "$(states)" = 'delivered dead' ]
	json '.failureCount == 0 and .isEnabled == false' webhook show h
	run_awm webhook test h --dry-run --json
	assert_status 0
	assert_json '.method == "POST" and .url == $url
		and .headers."webhook-signature" == "v1,***"
		and .body.type == "webhook.test"' --arg url "$URL/"
	received 2
}

@test "without the key that sealed it nothing is sent, and it is told why" {
	serve
	hook
	awm_ok task add one -p P -q >/dev/null
	mv "$XDG_CONFIG_HOME/awm/key" key
	fails 6 'key' webhook deliver
	fails 6 'key' webhook test h
	received 0
	# It was not tried either.
	json '.[0] | .state == "pending" and .attempts == 0' webhook deliveries \
		--event task.created
	mv key "$XDG_CONFIG_HOME/awm/key"
	json '.delivered == 1' webhook deliver
}

@test "a bounded run ends, and leaves the rest" {
	serve '[{"status": 204, "wait": 30}]'
	hook
	awm_ok task add one -p P -q >/dev/null
	awm_ok task add two -p P -q >/dev/null
	unset AWM_NOW
	run_awm webhook deliver --max-seconds 1 --json
	assert_status 0
	assert_json '.attempts == 1 and .failed == 1'
	[ "$(states)" = 'failed pending' ]
	[ "$(sql 'SELECT count(*) FROM delivery_leases')" = 0 ]
}

@test "an interrupt ends it with 130, and nothing is in hand" {
	serve '[{"status": 204, "wait": 30}]'
	hook
	awm_ok task add one -p P -q >/dev/null
	unset AWM_NOW
	awm webhook deliver 3>&- &
	pid=$!
	for _ in $(seq 100); do
		[[ -s $LOG ]] && break
		sleep 0.05
	done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" = 130 ]
	[ "$(states)" = pending ]
	[ "$(sql 'SELECT count(*) FROM delivery_leases')" = 0 ]
}

@test "what a process that died had in hand is sent again, with its id" {
	serve '[{"status": 204, "wait": 30}, {"status": 204}]'
	hook
	awm_ok task add one -p P -q >/dev/null
	unset AWM_NOW
	awm webhook deliver 3>&- &
	pid=$!
	for _ in $(seq 100); do
		[[ -s $LOG ]] && break
		sleep 0.05
	done
	[ "$(sql 'SELECT count(*) FROM delivery_leases')" = 1 ]
	kill -KILL "$pid"
	wait "$pid" || true
	json '.delivered == 1' webhook deliver
	received 2
	[ "$(jq -r '.headers."webhook-id"' "$LOG" | sort -u | wc -l)" = 1 ]
}

@test "two at once send each message once" {
	serve
	hook --unordered
	for i in $(seq 40); do printf '{"title":"t%s"}\n' "$i"; done >lines
	awm_ok task add --from lines -p P -q >/dev/null
	awm webhook deliver 3>&- &
	one=$!
	awm webhook deliver 3>&- &
	two=$!
	wait "$one"
	wait "$two"
	received 40
	[ "$(jq -r '.headers."webhook-id"' "$LOG" | sort -u | wc -l)" = 40 ]
	json '.pending == 0 and .failed == 0' webhook show h
}

# ---- in the background ----

@test "a writer leaves a process behind, and holds nothing of it" {
	serve '[{"status": 204, "wait": 1}]'
	hook
	unset AWM_NOW
	awm_ok config set webhook.background true
	# A pipe ends when its last writer does: nobody else has it.
	out=$(timeout 20 awm task add one -p P -q | cat)
	[ "$out" = 1 ]
	[ "$(states)" = pending ]
	for _ in $(seq 200); do
		[[ $(states) == delivered ]] && break
		sleep 0.05
	done
	[ "$(states)" = delivered ]
	received 1
	genuine 1 "$SECRET"
}

@test "webhook.background false leaves nothing behind; neither does --dry-run" {
	serve
	hook
	awm_ok task add one -p P -q >/dev/null
	awm_ok config set webhook.background true
	awm_ok task edit 1 --priority high --dry-run >/dev/null
	[ ! -e "$AWM_DB-deliver" ]
	[ "$(states)" = pending ]
}

# ---- receiving ----

@test "verify: the vectors, and what must be refused" {
	local data=$AWM_SOURCE_ROOT/tests/data/webhooks/signature_vectors.json n i

	n=$(jq '.standard_webhooks | length' "$data")
	for ((i = 0; i < n; i++)); do
		vector() {
			jq -j ".standard_webhooks[$i] | $1" "$data"
		}
		AWM_NOW=$(date -u -d "@$(vector .timestamp)" +%Y-%m-%dT%H:%M:%SZ)
		SECRET=$(vector '.secret // .secrets[-1]')
		vector .body >body
		run awm webhook verify --secret-env SECRET --id "$(vector .id)" \
			--timestamp "$(vector .timestamp)" \
			--signature "$(vector .header)" <body
		assert_status 0
		printf ' ' >>body
		run awm webhook verify --secret-env SECRET --id "$(vector .id)" \
			--timestamp "$(vector .timestamp)" \
			--signature "$(vector .header)" <body
		assert_status 6
	done
	[ "$n" -ge 4 ]
}

@test "verify: headers and secret from the environment, five minutes" {
	local at=1795338000

	printf '%s' '{"type":"task.completed","timestamp":"2026-11-22T09:00:00Z","data":{"id":42,"projectId":7,"status":"done"}}' >body
	export WEBHOOK_SECRET=$SECRET WEBHOOK_ID=msg_2b7T1x9AwmDemo01
	export HTTP_WEBHOOK_TIMESTAMP=$at
	export WEBHOOK_SIGNATURE='v1a,x v1,AAAA v1,x7K9/61N128/lSv3XzX/zzmf+8s3nKgrt4B794f6e88='
	try() {
		AWM_NOW=$(date -u -d "@$((at + $1))" +%Y-%m-%dT%H:%M:%SZ)
		run awm webhook verify <body
		assert_status "$2"
	}
	try 0 0
	try 300 0
	try 301 6
	try -300 0
	try -301 6
	AWM_NOW=$(date -u -d "@$at" +%Y-%m-%dT%H:%M:%SZ)
	{ printf '%s\n' "$SECRET" && cat body; } >both
	unset WEBHOOK_SECRET
	run awm webhook verify --secret-stdin <both
	assert_status 0
	run awm webhook verify <body
	assert_status 2
	HTTP_WEBHOOK_TIMESTAMP=soon WEBHOOK_SECRET=$SECRET run awm webhook verify <body
	assert_status 2
	unset WEBHOOK_ID
	WEBHOOK_SECRET=$SECRET run awm webhook verify <body
	assert_status 2
}

@test "verify and listen need no database" {
	printf x >body
	export AWM_DB=$BATS_TEST_TMPDIR/none.db AWM_USER=nobody@example.com
	WEBHOOK_SECRET=$SECRET run awm webhook verify --id a --timestamp 1 \
		--signature v1,x <body
	assert_status 6
	WEBHOOK_SECRET=$SECRET run timeout 10 awm webhook listen --timeout 1
	assert_status 0
	[ ! -e "$AWM_DB" ]
	run awm webhook verify --webhook h --id a --timestamp 1 --signature v1,x <body
	[ "$status" != 0 ]
}

@test "listen shows what comes and whether it is genuine" {
	unset AWM_NOW
	awm webhook listen --secret-env SECRET --count 2 --timeout 20 --json \
		>heard 2>said 3>&- &
	listener=$!
	for _ in $(seq 100); do
		[[ -s said ]] && break
		sleep 0.05
	done
	URL=$(sed -n 's/.*listening on //p' said)
	URL=${URL%/}
	hook
	awm_ok task add one -p P -q >/dev/null
	json '.delivered == 1' webhook deliver
	awm_ok webhook rotate-secret h --overlap 0 -q >/dev/null
	awm_ok task add two -p P -q >/dev/null
	json '.delivered == 1' webhook deliver
	wait "$listener"
	output=$(jq -s . heard)
	assert_json 'length == 2 and .[0].verified and .[0].type == "task.created"
		and .[0].reason == null and (.[1].verified | not)
		and (.[1].reason | test("signature"))
		and (.[0].body | fromjson | .data.task.title) == "one"'
}
