#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Issues and tasks, brought up to each other.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	LOG=$PWD/log
	: >"$LOG"
	python3 "$AWM_SOURCE_ROOT/tests/servers/github.py" "$LOG" >port \
		2>server.log 3>&- &
	SERVER=$!
	for ((i = 0; i < 200; i++)); do
		[[ -s port ]] && break
		sleep 0.05
	done
	PORT=$(<port)
	awm_ok config set integration.allowPrivate true >/dev/null
	awm_ok project add Shop >/dev/null
	awm_ok integration add github --stdin --setting repo=acme/shop \
		--setting project=shop --setting baseUrl="http://127.0.0.1:$PORT" \
		--setting users=ada-l=ada@example.com <<<'t0ken-4711' >/dev/null
}

teardown() {
	kill "$SERVER" 2>/dev/null || true
}

sql() {
	sqlite3 -cmd 'PRAGMA foreign_keys=ON' "$AWM_DB" "$@"
}

# control JSON: the other side.
control() {
	curl -sS --fail -d "$1" "http://127.0.0.1:$PORT/control" >/dev/null
}

# issue JSON: adds one there, or changes it.
issue() {
	control "{\"issue\": $1}"
}

# there JQ: the expression holds for the issues.
there() {
	curl -sS "http://127.0.0.1:$PORT/control" >there.json
	jq -e "$1" there.json >/dev/null || {
		cat there.json >&2
		return 1
	}
}

# requests [METHOD]: how many came, since the log was last emptied.
requests() {
	jq -r .method "$LOG" | grep -c "${1-.}" || true
}

# What a sync did: ACTION NUMBER TASK, one a line.
sync() {
	: >"$LOG"
	run_awm integration sync github --format csv \
		--fields action,number,taskId "$@"
	assert_status 0
	output=$(tr -d '\r' <<<"$output" | sed 1d | tr ',' ' ')
}

@test "issues become tasks, with all that they say" {
	issue '{"title": "First", "body": "one\ntwo", "labels": ["bug", "a b"],
		"assignees": ["Ada-L", "other"]}'
	issue '{"title": "Pull", "pull_request": true}'
	issue '{"title": "Closed", "state": "closed"}'
	control '{"comment": {"issue": 1, "id": 71, "body": "so it **is**"}}'
	control '{"comment": {"issue": 1, "id": 72, "body": "and I", "login": "ada-l"}}'
	sync
	assert_output $'added 1 1\ncommented 1 1\ncommented 1 1'
	jq -e '.headers.authorization == "Bearer t0ken-4711"
		and .headers["x-github-api-version"] == "2022-11-28"
		and .headers.accept == "application/vnd.github+json"
		and (.headers["user-agent"] | startswith("awm/"))' "$LOG"
	run_awm task show 1 --json
	assert_json '.title == "First" and .description == "one\ntwo"
		and .tags == ["a b", "bug"] and .status == "todo"
		and .assigneeId == 1 and .projectId == 1
		and .createdAt == "2026-11-22T10:00:00.000Z"
		and [.comments[].content] ==
			["**octocat** on GitHub:\n\nso it **is**", "and I"]'
	json '.lastSyncAt == "2026-11-22T12:00:00.000Z"' integration show github
	# The same again is nothing.
	sync
	assert_output ''
	json 'length == 1' task list --all
	awm_ok db check >/dev/null
}

@test "closed ones too, when asked for" {
	issue '{"title": "Old", "state": "closed"}'
	awm_ok integration edit github --setting state=all >/dev/null
	sync
	assert_output 'added 1 1'
	json '.status == "done" and .completedAt != null' task show 1
}

@test "nothing new costs a request of each listing, and none of the limit" {
	issue '{"title": "First"}'
	sync
	control '{"clock": "2026-11-22T11:00:00Z"}'
	sync
	sync
	sync
	[ "$(requests)" = 2 ]
	[ "$(jq -r '.headers["if-none-match"]' "$LOG" | grep -c 'W/')" = 2 ]
	grep -q 'since=2026-11-22T10:' "$LOG"
	issue '{"title": "Second"}'
	sync
	assert_output 'added 2 2'
}

@test "pages, to the last one" {
	local i

	control '{"page": 2}'
	for i in {1..7}; do
		issue "{\"title\": \"t$i\"}"
		control "{\"comment\": {\"issue\": $i, \"id\": $i, \"body\": \"c\"}}"
	done
	sync
	[ "$(grep -c added <<<"$output")" = 7 ]
	[ "$(grep -c commented <<<"$output")" = 7 ]
	json '[.[].title] == ["t1", "t2", "t3", "t4", "t5", "t6", "t7"]' \
		task list --sort id
}

@test "there to here: each field" {
	issue '{"title": "First", "body": "one"}'
	sync
	awm_ok task start 1 >/dev/null
	sync
	assert_output ''
	issue '{"number": 1, "title": "Renamed", "labels": ["x"],
		"assignees": ["ada-l"]}'
	sync
	assert_output 'changed 1 1'
	json '.title == "Renamed" and .tags == ["x"] and .assigneeId == 1
		and .status == "in_progress"' task show 1
	issue '{"number": 1, "state": "closed", "body": null}'
	sync
	json '.status == "done" and .description == null' task show 1
	issue '{"number": 1, "state": "open", "assignees": ["stranger"]}'
	sync
	json '.status == "todo" and .assigneeId == 1' task show 1
	issue '{"number": 1, "assignees": []}'
	sync
	json '.assigneeId == null' task show 1
	sync
	assert_output ''
	[ "$(requests PATCH)" = 0 ]
}

@test "here to there: each field, and no echo" {
	issue '{"title": "First", "body": "one", "labels": ["bug"]}'
	sync
	awm_ok task edit 1 --title Mine --description $'a\nb' >/dev/null
	sync
	assert_output 'pushed 1 1'
	[ "$(requests PATCH)" = 1 ]
	jq -se '.[-1].body == {title: "Mine", body: "a\nb"}' "$LOG"
	sync
	assert_output ''
	sync
	assert_output ''
	awm_ok task tag 1 red >/dev/null
	awm_ok task done 1 >/dev/null
	awm_ok task assign 1 me >/dev/null
	sync
	assert_output 'pushed 1 1'
	there '.[0] | .state == "closed" and .state_reason == "completed"
		and [.labels[].name] == ["bug", "red"] and .title == "Mine"
		and .assignee.login == "ada-l" and .body == "a\r\nb"'
	sync
	assert_output ''
	awm_ok task reopen 1 >/dev/null
	awm_ok user add bob@example.com >/dev/null
	awm_ok task assign 1 bob@example.com >/dev/null
	sync
	there '.[0] | .state == "open" and .assignee.login == "ada-l"'
	json '.assigneeId == 2' task show 1
	sync
	assert_output ''
	awm_ok db check >/dev/null
}

@test "both at once: field by field, and the later one of the same" {
	issue '{"title": "First", "body": "one"}'
	sync
	issue '{"number": 1, "title": "Theirs"}'
	awm_ok task edit 1 --description mine >/dev/null
	sync
	assert_output $'changed 1 1\npushed 1 1'
	there '.[0] | .title == "Theirs" and .body == "mine"'
	json '.title == "Theirs" and .description == "mine"' task show 1
	sync
	assert_output ''
	# Ours is of 12:00, theirs of later.
	awm_ok task edit 1 --title Ours >/dev/null
	issue '{"number": 1, "title": "Later", "updated_at": "2026-11-22T13:00:00Z"}'
	sync
	json '.title == "Later"' task show 1
	[ "$(requests PATCH)" = 0 ]
	issue '{"number": 1, "title": "Earlier", "updated_at": "2026-11-22T13:10:00Z"}'
	AWM_NOW=2026-11-22T14:00:00Z awm_ok task edit 1 --title Newest >/dev/null
	AWM_NOW=2026-11-22T14:00:00Z sync
	there '.[0].title == "Newest"'
	# The same change on both sides is none.
	issue '{"number": 1, "title": "Same", "updated_at": "2026-11-22T15:00:00Z"}'
	awm_ok task edit 1 --title Same >/dev/null
	sync
	assert_output ''
	sync
	assert_output ''
}

@test "pull only" {
	awm_ok integration edit github --setting push=none >/dev/null
	issue '{"title": "First"}'
	sync
	awm_ok task edit 1 --title Mine >/dev/null
	sync
	[ "$(requests PATCH)" = 0 ]
	issue '{"number": 1, "title": "Theirs", "updated_at": "2020-01-01T00:00:00Z"}'
	issue '{"number": 1, "labels": ["x"]}'
	sync
	json '.title == "Theirs"' task show 1
}

@test "new tasks become issues, when asked for, and once" {
	awm_ok task add Mine -p Shop --tag red -d 'of mine' --assign me \
		>/dev/null
	sync
	assert_output ''
	awm_ok integration edit github --setting push=all >/dev/null
	sync
	assert_output 'opened 1 1'
	there '.[0] | .title == "Mine" and [.labels[].name] == ["red"]
		and .assignee.login == "ada-l"
		and (.body | test("^of mine\r\n\r\n<!-- awm [0-9a-f]{32}/1 -->$"))'
	sync
	assert_output ''
	json '.description == "of mine"' task show 1
	# One that it did not live to write down.
	sql 'DELETE FROM integration_links'
	sync
	assert_output ''
	json 'length == 1' task list --all
	[ "$(sql 'SELECT taskId FROM integration_links')" = 1 ]
	# Nobody else may claim a task.
	awm_ok task add Other -p Shop >/dev/null
	id=$(sql "SELECT value FROM database_info WHERE key = 'id'")
	issue "{\"title\": \"Mallory\", \"body\": \"<!-- awm $id/2 -->\"}"
	sync
	assert_output $'added 2 3\nopened 3 2'
}

@test "nothing is deleted, and what is deleted here stays away" {
	issue '{"title": "First"}'
	issue '{"title": "Second"}'
	control '{"comment": {"issue": 2, "id": 1, "body": "c"}}'
	sync
	awm_ok task rm 1 >/dev/null
	awm_ok task purge 1 --yes >/dev/null
	awm_ok task rm 2 >/dev/null
	issue '{"number": 1, "title": "Again"}'
	issue '{"number": 2, "title": "Again"}'
	sync
	assert_output ''
	there 'map(.state) == ["open", "open"]'
	json 'map(.title) == ["Second"]' task list --deleted
}

@test "comments: edits, purged ones, and those of a label that came late" {
	issue '{"title": "First"}'
	awm_ok integration edit github --setting labels=ours >/dev/null
	control '{"comment": {"issue": 1, "id": 1, "body": "early"}}'
	sync
	assert_output ''
	control '{"clock": "2026-11-22T11:00:00Z"}'
	issue '{"title": "Quiet", "labels": ["ours"]}'
	sync
	control '{"clock": "2026-11-22T11:30:00Z"}'
	issue '{"number": 1, "labels": ["ours", "x"]}'
	sync
	assert_output $'added 1 2\ncommented 1 2'
	grep -q 'labels=ours' "$LOG"
	control '{"comment": {"issue": 1, "id": 1, "body": "edited"}}'
	sync
	assert_output 'commented 1 2'
	json '.[0].content | endswith("edited")' comment list --task 2
	sql "DELETE FROM comments; DELETE FROM search_indexes
		WHERE entityType = 'comment';
		INSERT INTO search_fts(search_fts) VALUES ('rebuild')"
	control '{"comment": {"issue": 1, "id": 1, "body": "once more"}}'
	sync
	assert_output ''
}

@test "a dry run asks, and changes neither side" {
	issue '{"title": "First", "body": "b"}'
	sync --dry-run
	assert_output 'added 1 '
	json '. == []' task list
	sync
	issue '{"number": 1, "title": "Theirs"}'
	awm_ok task edit 1 --title Ours -d mine >/dev/null
	issue '{"number": 1, "labels": ["x"], "updated_at": "2026-11-22T13:00:00Z"}'
	run_awm integration sync github --dry-run --json
	assert_json 'map([.action, .detail]) ==
		[["changed", null], ["pushed", "description"]]'
	[ "$(requests PATCH)" = 0 ]
	json '.title == "Ours"' task show 1
	sync
	assert_output $'changed 1 1\npushed 1 1'
}

@test "limits: waited for when short, told of when long; what came is kept" {
	issue '{"title": "First"}'
	control '{"replies": [{"status": 429, "headers": {"retry-after": "1"}},
		{"status": 503}]}'
	sync
	assert_output 'added 1 1'
	control '{"page": 1}'
	issue '{"title": "Second"}'
	issue '{"title": "Third"}'
	reset=$(date -d '2026-11-22T12:40:00Z' +%s)
	control "{\"replies\": [{\"status\": 403, \"headers\":
		{\"x-ratelimit-remaining\": \"0\", \"x-ratelimit-reset\": \"$reset\"}}]}"
	run_awm integration sync github
	assert_status 8
	assert_error 'is used up until 2026-11-22T12:40:01'
	sync
	[ "$(grep -c added <<<"$output")" = 2 ]
}

@test "what the server refuses" {
	issue '{"title": "First"}'
	issue '{"title": "Second"}'
	sync
	awm_ok task edit 1 --title "$(printf 'x%.0s' {1..300})" >/dev/null
	awm_ok task edit 2 --title Good >/dev/null
	sync
	assert_output $'skipped 1 1\npushed 2 2'
	control '{"replies": [{"status": 301}]}'
	fails 8 'status 301' integration sync github
	assert_error 'another name'
	control '{"replies": [{"status": 200, "json": {"a": 1}}]}'
	fails 8 'is no list' integration sync github
	control '{"replies": [{"status": 200, "json": [{"number": 1}]}]}'
	fails 8 'is no issue' integration sync github
	control '{"replies": [{"status": 200, "json": [],
		"headers": {"link": "<https://evil.example/x>; rel=\"next\""}}]}'
	fails 8 'another server' integration sync github
	awm_ok integration edit github --setting repo=acme/none >/dev/null
	fails 8 'status 404: Not Found' integration sync github
	awm_ok integration edit github --stdin <<<'wr0ng-4711' >/dev/null
	fails 8 'status 401: Bad credentials' integration sync github
	run grep -l 'wr0ng-4711' "$AWM_DB" "$AWM_DB-wal"
	assert_status 1
	kill "$SERVER"
	wait "$SERVER" || true
	fails 8 'cannot connect' integration sync github
}

@test "what awm's own rules refuse is told of, and is no end" {
	issue '{"title": "First"}'
	issue '{"title": "Second"}'
	sync
	awm_ok task dep add 1 2 >/dev/null
	issue '{"number": 1, "title": "Renamed", "state": "closed"}'
	issue '{"number": 2, "title": "Renamed"}'
	run_awm integration sync github --json
	assert_status 0
	assert_json 'any(.number == 2 and .action == "changed")'
	json '.title == "Renamed"' task show 2
	awm_ok db check >/dev/null
}

@test "where to, and who may" {
	awm_ok user add bob@example.com >/dev/null
	awm_ok user add viv@example.com --role viewer >/dev/null
	issue '{"title": "First"}'
	fails 6 'sync an integration' --as viv@example.com \
		integration sync github
	awm_ok integration edit github --setting project= >/dev/null
	fails 2 'the project is missing' integration sync github
	awm_ok project add Other >/dev/null
	prints '1' --as bob@example.com integration sync github -p Other -q
	json '.projectId == 2' task show 1
	issue '{"title": "Second"}'
	sync
	json '.projectId == 2' task show 2
	fails 3 "no project 'Nope'" integration edit github \
		--setting project=Nope
	awm_ok integration disable github >/dev/null
	fails 4 'is disabled' integration sync github
	prints '' integration sync all -q
	awm_ok integration enable github >/dev/null
	run_awm integration sync all
	assert_status 0
	awm_ok config unset integration.allowPrivate >/dev/null
	fails 6 'without encryption' integration sync github
	awm_ok integration add desktop >/dev/null
	fails 4 'it is desktop' integration sync desktop
}

@test "test: what the repository says" {
	issue '{"title": "First"}'
	run_awm integration test github
	assert_output "github 1 works: http://127.0.0.1:$PORT/acme/shop, 1 open issues and pull requests, read and write"
	run_awm integration test github --dry-run
	assert_contains "GET http://127.0.0.1:$PORT/repos/acme/shop"
	assert_contains 'authorization: Bearer ***'
	awm_ok integration edit github --stdin <<<'wr0ng' >/dev/null
	fails 8 'status 401' integration test github
	sql "UPDATE integrations SET settings = json_set(settings, '\$.baseUrl',
		'http://127.0.0.1:$PORT/evil')"
	fails 6 'another place' integration test github
	fails 6 'another place' integration sync github
}

@test "two at once: one does it" {
	local i

	awm_ok integration edit github --setting push=all >/dev/null
	for i in {1..5}; do
		awm_ok task add "t$i" -p Shop >/dev/null
	done
	PIDS=()
	for i in {1..4}; do
		awm integration sync github >/dev/null 2>"err$i" 3>&- &
		PIDS+=("$!")
	done
	for i in "${PIDS[@]}"; do
		wait "$i" || true
	done
	there 'length == 5'
	sync
	assert_output ''
	# One that died holds it for a while.
	sql "UPDATE integration_cursors SET since =
		strftime('%s', '2026-11-22T12:10:00Z') * 1000
		WHERE resource = 'lease'"
	fails 5 'by another process' integration sync github
	AWM_NOW=2026-11-22T12:11:00Z sync
	assert_output ''
}

@test "of several, one that fails does not stop the others" {
	awm_ok integration add github --stdin --setting repo=acme/shop \
		--setting project=shop --setting \
		baseUrl="http://127.0.0.1:$PORT" <<<'wr0ng' >/dev/null
	issue '{"title": "First"}'
	run_awm integration sync 2 1
	assert_status 8
	assert_error 'status 401'
	assert_error '1 of 2 integrations failed'
	json 'length == 1' task list
}
