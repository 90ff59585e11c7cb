#!/bin/bash
# SPDX-License-Identifier: MIT
#
# usage: tests/interop/webhooks.sh BUILD
#
# Messages of every type of event that commands cause, verified by another
# implementation of Standard Webhooks: the npm package standardwebhooks, which
# is fetched into a scratch folder. Without node, or without the registry, it
# says so and checks nothing; so it is no part of meson's tests.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(cd "${1:?which build}" && pwd)
package=standardwebhooks@1.1.1

scratch=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null; rm -rf "$scratch"' EXIT
cd "$scratch"

skip() {
	printf 'skipped: %s\n' "$1"
	exit 0
}
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	skip 'no node here'
fi
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
	"$package" >/dev/null 2>&1 || skip "cannot fetch $package"

export HOME=$scratch XDG_CONFIG_HOME=$scratch/config AWM_USER=ada@example.com
export AWM_DB=$scratch/awm.db PATH=$build:$PATH AWM_MODULE_PATH=$build
export SECRET=whsec_YXdtLXRlc3Qtc2VjcmV0LWtleS0zMi1ieXRlcy0hISE=
unset AWM_NOW AWM_TRACE AWM_FAULT http_proxy https_proxy all_proxy

: >received
python3 "$root/tests/servers/webhook.py" --log received >port 2>/dev/null &
server=$!
until [[ -s port ]]; do sleep 0.05; done

awm config set webhook.allowPrivate true
awm config set webhook.background false
awm project add P -q >/dev/null
awm webhook add "http://127.0.0.1:$(<port)/" --events '*' --name h \
	--allow-private --secret-env SECRET -q >/dev/null
# A second secret, so that each message has two signatures.
NEW=$(awm webhook rotate-secret h --json 2>/dev/null | jq -r .secret)
export NEW

trap 'cat said >&2' ERR
# Something of everything. What a command prints is of no interest.
{
	awm user add bob@example.com
	awm user edit bob@example.com --name Bob
	awm team add Ops
	awm team member add ops bob@example.com
	awm project add Q
	awm project edit Q --title R
	awm project archive R
	awm project unarchive R
	awm task add one -p P
	awm task add two -p P
	awm task edit 1 --priority high
	awm task start 1
	awm task assign 1 bob@example.com
	awm task block 1 --reason 'ümläut ✓'
	awm task unblock 1
	awm task 'done' 1
	awm task reopen 1
	awm task rm 2
	awm task restore 2
	awm comment add 1 'hello @bob@example.com'
	awm comment edit 1 'hello'
	awm comment rm 1
	awm time start 1
	awm time stop
	awm time add 1 30m --at 2026-11-20T08:00
	awm exec record 1 answer --prompt ask --provider local --model m
	awm skill add S --prompt 'do {{it}}'
	awm skill edit S --description x
	awm template add T --from-project P
	awm template apply T --title Made
	awm template rm T
	awm skill rm S --yes
	awm integration add desktop
	awm project rm R --yes
	awm team rm ops --yes
	awm user rm bob@example.com --yes
	awm webhook test h
	awm webhook deliver
} >/dev/null 2>said
trap - ERR

cat >verify.mjs <<'END'
import fs from "node:fs";
import { Webhook } from "standardwebhooks";

const lines = fs.readFileSync("received", "utf8").trim().split("\n");
const types = new Set();
for (const line of lines) {
	const { headers, body } = JSON.parse(line);
	for (const secret of [process.env.SECRET, process.env.NEW])
		types.add(new Webhook(secret).verify(body, headers).type);
	let refused = false;
	try {
		new Webhook(process.env.SECRET).verify(body + " ", headers);
	} catch {
		refused = true;
	}
	if (!refused) throw new Error("a changed body passes");
}
console.log([...types].sort().join("\n"));
END
node verify.mjs >types

wanted=$(sqlite3 "$AWM_DB" "SELECT count(*) FROM webhook_deliveries")
came=$(wc -l <received)
printf '%s messages of %s types verified by %s\n' "$came" \
	"$(wc -l <types)" "$package"
[[ $came == "$wanted" ]]
for type in project.created task.created task.completed task.blocked \
	comment.created time.added execution.succeeded skill.created \
	template.applied user.created team.created webhook.test; do
	grep -qxF "$type" types || {
		printf 'no %s came; there were:\n' "$type" >&2
		cat types >&2
		exit 1
	}
done
