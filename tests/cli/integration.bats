#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Integrations, and that nothing gives their credentials away.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
}

SECRET=s3cr3t-token-4711

# Adds with the text as standard input; prints what awm prints.
add_in() {
	local input=$1

	shift
	awm_ok integration add "$@" --stdin <<<"$input"
}

@test "add, list, show, edit, enable, disable, rm" {
	awm_ok team add Lighthouse >/dev/null
	run_awm_in "$SECRET" integration add github --stdin --json \
		--setting repo=acme/shop --setting labels=bug,help \
		--setting baseUrl=https://git.example.org/api
	assert_status 0
	assert_json '. == {
		id: 1, userId: 1, teamId: null, type: "github", credentials: "set",
		settings: {repository: "acme/shop", labels: ["bug", "help"],
			baseUrl: "https://git.example.org/api"},
		isEnabled: true, lastSyncAt: null,
		createdAt: "2026-11-22T12:00:00.000Z",
		updatedAt: "2026-11-22T12:00:00.001Z"
	}'
	HOOK=https://hooks.example.com/x prints "added integration 2 'slack'" \
		integration add slack --credentials-env HOOK --team lighthouse \
		--setting flavor=discord --no-enabled
	prints "added integration 3 'smtp'" integration add smtp \
		--setting host=mail.example.org --setting port=587 \
		--setting from=awm@example.org --setting tls=starttls
	prints "added integration 4 'desktop'" integration new desktop
	run_awm integration list
	assert_output <<'TABLE'
Id  Type     User  Team        Credentials  Enabled  Last sync
 4  desktop  ada   -           unset        yes      -
 1  github   ada   -           set          yes      -
 2  slack    -     Lighthouse  set          no       -
 3  smtp     ada   -           unset        yes      -
TABLE
	prints '2' integration ls -q --type slack,x
	prints '2' integration list -q --team Lighthouse
	prints $'4\n1\n3' integration list -q --user me
	prints $'4\n1\n3' integration list -q --enabled
	json '.id == 2 and .credentials == "set" and .teamId == 1
		and .settings == {flavor: "discord"}' integration show SLACK
	json '.settings.port == 587 and .credentials == "unset"' \
		integration view smtp

	json '.settings == {repository: "acme/other", labels: ["bug", "help"]}' \
		integration edit github --setting repository=acme/other \
		--setting baseUrl=
	json '.teamId == 1 and .userId == null' integration edit github --team 1
	json '.teamId == null and .userId == 1' integration edit github --user me
	run_awm_in '{"username": "awm", "password": "pw-4711"}' \
		integration edit smtp --stdin --json
	assert_status 0
	assert_json '.credentials == "set"'
	prints "enabled integration 2 'slack'" integration enable slack
	json 'map(.isEnabled) == [false, false]' integration disable 1 3
	fails 2 'nothing to change' integration edit 1
	fails 5 'changed since' integration edit 1 --setting repo=a/b \
		--if-updated-at 2026-01-01
	prints "dry run: deleted integration 4 'desktop'" \
		integration rm desktop --dry-run
	fails 2 'cannot be undone' integration rm desktop
	prints "deleted integration 4 'desktop'" \
		integration delete desktop --yes
	fails 3 "no integration 'desktop'" integration show desktop
	awm_ok integration add desktop >/dev/null
	awm_ok integration add desktop --team 1 >/dev/null
	fails 5 "2 integrations are called 'desktop'" integration show desktop
}

@test "settings are those of the type" {
	local hook=https://hooks.example.com/x

	fails 2 "unknown" integration add jira --stdin
	fails 2 "unknown setting 'host' of github" \
		integration add github --stdin --setting host=x <<<t
	assert_error 'one of repository, baseUrl, labels'
	fails 4 'settings.repository: want a repository as OWNER/NAME' \
		integration add github --stdin --setting repo=acme <<<t
	fails 4 'settings.repository' integration add github --stdin \
		--setting repo=a/b/c <<<t
	fails 4 'settings.baseUrl' integration add github --stdin \
		--setting baseUrl=ftp://x <<<t
	fails 4 'settings.flavor: want one of slack, discord, mattermost, teams, ntfy' \
		integration add slack --stdin --setting flavor=irc <<<"$hook"
	fails 4 'settings.port: want a whole number from 1 to 65535' \
		integration add smtp --setting port=0
	fails 4 'settings.port' integration add smtp --setting port=high
	fails 4 'settings.host' integration add smtp --setting 'host=a b'
	fails 4 'settings.from' integration add smtp --setting from=nobody
	fails 2 "unknown setting 'x' of desktop" integration add desktop \
		--setting x=1
	assert_error 'desktop has no settings'
	fails 2 'want KEY=VALUE' integration add smtp --setting host
	fails 4 'of a user or of a team' integration add desktop --user me --team \
		"$(awm_ok team add T -q)"
	prints '' integration list -q
}

@test "credentials: from where they come, and what they are" {
	fails 2 'credentials is missing' integration add github
	fails 2 'are empty' integration add github --stdin </dev/null
	fails 2 '$NOPE is not set' integration add github --credentials-env NOPE
	fails 2 'exclude each other' integration add github --stdin \
		--credentials-env HOME
	fails 2 'takes no credentials' integration add desktop --stdin <<<x
	fails 4 'credentials: missing token' integration add github --stdin \
		<<<'{}'
	fails 4 'credentials.url' integration add slack --stdin <<<'not-a-url'
	fails 2 'unknown' integration add github --token x
	# An object may take several lines.
	add_in $'{\n  "token": "'"$SECRET"$'"\n}' github >/dev/null
	json 'length == 1 and .[0].credentials == "set"' integration list
}

@test "it takes an admin" {
	awm_ok user add bea@example.com >/dev/null
	add_in "$SECRET" github >/dev/null
	fails 6 'add an integration' --as bea@example.com integration add desktop
	fails 6 'change an integration' --as bea@example.com \
		integration edit github --setting repo=a/b
	fails 6 "takes the role 'admin'" --as bea@example.com \
		integration disable github
	fails 6 "takes the role 'admin'" --as bea@example.com \
		integration rm github --yes
	json '.credentials == "set"' --as bea@example.com integration show github
}

@test "no secret is to be found anywhere" {
	local word format

	add_in "$SECRET" github --setting repo=acme/shop >/dev/null
	add_in '{"username": "u", "password": "pass-w0rd-4711"}' smtp >/dev/null
	# Replaced, and deleted, ones neither.
	awm_ok integration edit github --stdin <<<'{"token":"second-4711"}' \
		>/dev/null
	awm_ok integration rm smtp --yes >/dev/null
	for format in table json jsonl csv tsv; do
		awm_ok integration list --format $format
		awm_ok integration show github --format $format
		awm_ok activity list --format $format
	done >out
	{
		awm_ok integration list --fields credentials --json
		# Where they are wrong as well.
		awm integration edit github --stdin <<<'{"token":"'"$SECRET" || true
		awm integration edit github --stdin \
			<<<'{"token":"'"$SECRET"'", "x": 1}' || true
		awm integration edit github --stdin <<<"$SECRET"$'\n'x || true
		sqlite3 "$AWM_DB" .dump
		sqlite3 "$AWM_DB" 'SELECT content, metadata FROM search_indexes'
	} >>out 2>&1
	for word in "$SECRET" second-4711 pass-w0rd "$(base64 -w0 <<<"$SECRET" |
		cut -c-16)"; do
		run ! grep -aF -e "$word" out "$AWM_DB" "$AWM_DB"-*
	done
	grep -q awm1: out
	# What is told of them is that they were set.
	json '[.[] | select(.type == "integration.updated") | .changes.credentials]
		== [{from: "set", to: "set"}, {from: "unset", to: "set"},
			{from: "unset", to: "set"}]' activity list
}
