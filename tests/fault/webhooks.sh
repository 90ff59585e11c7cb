#!/bin/bash
# SPDX-License-Identifier: MIT
#
# kill -9 at random moments while events flow to a webhook: of every committed
# event the receiver has at least one message, each under the one id that the
# database has for it, and none is lost. Writers, the processes that they leave
# behind, and 'webhook deliver' are all killed.
#
# AWM_KILL_ROUNDS says how many kills (40), AWM_KILL_SEED repeats a run.

# shellcheck source=tests/lint/tap.bash
. "$(dirname "${BASH_SOURCE[0]}")/../lint/tap.bash"

rounds=${AWM_KILL_ROUNDS:-40}
seed=${AWM_KILL_SEED:-$$}
RANDOM=$seed

scratch=$tap_folder/webhooks
mkdir -p "$scratch"
cd "$scratch"
export HOME=$scratch XDG_CONFIG_HOME=$scratch/config AWM_USER=ada@example.com
export AWM_DB=$scratch/awm.db
unset AWM_NOW AWM_FAULT AWM_TRACE http_proxy https_proxy all_proxy

: >received
printf '[]' >script.json
python3 "$root/tests/servers/webhook.py" --log received --script script.json \
	--life 3600 >port 2>/dev/null &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$tap_folder"' EXIT
for _ in $(seq 100); do
	[[ -s port ]] && break
	sleep 0.05
done
url=http://127.0.0.1:$(<port)

awm config set webhook.allowPrivate true
awm project add P -q >/dev/null
awm webhook add "$url/ordered" --events 'task.*' --allow-private --name o \
	-q >/dev/null 2>&1
awm webhook add "$url/loose" --events 'task.*' --allow-private --name l \
	--unordered -q >/dev/null 2>&1

# The processes on this database, whoever started them; those that writers leave
# behind are named after /proc/self/exe.
ours() {
	local pid

	for pid in $(pgrep -x 'awm|exe'); do
		if tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null |
			grep -qxF "AWM_DB=$AWM_DB"; then
			printf '%s\n' "$pid"
		fi
	done
}

committed=0
one_round() {
	local pids=() pid i

	for i in 1 2; do
		awm --wait 60 task add -p P -q "r$1 w$i" >"out-$i" 2>/dev/null &
		pids+=($!)
	done
	((RANDOM % 3)) || {
		awm webhook deliver --max-seconds 5 >/dev/null 2>&1 &
		pids+=($!)
	}
	sleep "0.0$((RANDOM % 8))"
	mapfile -t -O "${#pids[@]}" pids < <(ours)
	for pid in "${pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	wait "${pids[@]:0:2}" 2>/dev/null || true
	for i in 1 2; do
		[[ ! -s out-$i ]] || committed=$((committed + 1))
		: >"out-$i"
	done
}

kills() {
	local i

	for ((i = 1; i <= rounds; i++)); do
		one_round "$i"
	done
	wait_for_all
}

# Everything that is left is sent, now that nobody kills.
wait_for_all() {
	local i

	sqlite3 "$AWM_DB" 'PRAGMA busy_timeout = 20000; UPDATE webhook_deliveries
		SET nextAttemptAt = 0 WHERE nextAttemptAt IS NOT NULL' >/dev/null
	for ((i = 0; i < 20; i++)); do
		awm --wait 60 webhook deliver --max-seconds 120 >/dev/null || return
		[[ $(left) == 0 ]] && return
		sleep 1
	done
	printf '%s deliveries are left\n' "$(left)"
	return 1
}

left() {
	sqlite3 "$AWM_DB" "SELECT count(*) FROM webhook_deliveries
		WHERE state <> 'delivered'"
}

# The ids that the database has for its tasks are those that came.
none_lost() {
	sqlite3 "$AWM_DB" 'SELECT messageId FROM webhook_deliveries' |
		sort >queued
	jq -r '.headers."webhook-id"' received | sort -u >came
	cmp queued came || {
		printf 'seed %s: %s queued, %s came\n' "$seed" \
			"$(wc -l <queued)" "$(wc -l <came)"
		return 1
	}
	((committed > 0))
}

# No change without its event, and no event without its change: two webhooks
# for each task, whoever was killed.
outbox_is_whole() {
	sqlite3 "$AWM_DB" "
		SELECT 'task ' || t.id FROM tasks t WHERE 2 <> (
			SELECT count(*) FROM webhook_deliveries d
			JOIN activities a ON a.id = d.activityId
			WHERE a.taskId = t.id AND a.type = 'task.created');
		SELECT 'delivery ' || d.id FROM webhook_deliveries d
		WHERE d.activityId IS NULL" | none
	((committed <= $(sqlite3 "$AWM_DB" 'SELECT count(*) FROM tasks')))
}

# Under one id the body is the same, every time.
ids_are_stable() {
	jq -r '.headers."webhook-id" + " " + .body' received | sort -u |
		cut -d' ' -f1 | uniq -d | none
}

first_in_order() {
	jq -r 'select(.path == "/ordered") | .headers."webhook-id"' received |
		awk '!seen[$0]++' >order
	sqlite3 "$AWM_DB" 'SELECT messageId FROM webhook_deliveries
		WHERE webhookId = 1 ORDER BY id' >wanted
	cmp order wanted
}

tap "$rounds rounds of kill -9, then all is delivered" kills
tap 'every committed event was received' none_lost
tap 'events and changes are one' outbox_is_whole
tap 'a message keeps its id and its bytes' ids_are_stable
tap 'the first of each came in order' first_in_order
printf '# seed %s: %s tasks committed, %s messages received for %s\n' "$seed" \
	"$committed" "$(wc -l <received)" "$(wc -l <queued)"
tap_done
