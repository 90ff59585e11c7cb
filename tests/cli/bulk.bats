#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Many tasks at once: from JSON lines, under a key, by what they are.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; each test is a subshell; the
# variables of run
load checks

setup() {
	awm_setup
	awm_ok project add Web -q >/dev/null
	awm_ok project use Web -q >/dev/null
}

# from LINE… -- ARG…: awm task add --from - with these lines.
from() {
	local lines=()

	while [ "$1" != -- ]; do
		lines+=("$1")
		shift
	done
	shift
	run_awm_in "$(printf '%s\n' "${lines[@]}")" task add --from - "$@"
}

# refuses STATUS TEXT LINE…: nothing is added.
refuses() {
	local wanted=$1 text=$2

	shift 2
	from "$@" --
	assert_status "$wanted"
	assert_error "$text"
	assert_output ''
	run_awm task list --all --deleted -q
	assert_output ''
}

# ---- --from ----

@test "from: one task a line, reported in their order" {
	cat >lines <<'LINES'
{"title":"One","priority":"high","tags":["a","b"]}

{"title":"Two","description":"none","dueDate":"tomorrow"}
{"title":"Three","status":"done"}
LINES
	prints $'added task 1 \'One\'\nadded task 2 \'Two\'\nadded task 3 \'Three\'' \
		task add --from lines
	prints $'4\n5\n6' task add --from lines -q
	json 'map([.id, .title, .status]) == [[7, "One", "todo"],
		[8, "Two", "todo"], [9, "Three", "done"]]
		and .[1].description == "none" and .[0].tags == ["a", "b"]
		and .[1].dueDate == "2026-11-23T00:00:00.000Z"
		and .[2].completedAt == "2026-11-22T12:00:00.000Z"' \
		task add --from lines
	prints $'id\ttitle\n10\tOne\n11\tTwo\n12\tThree' task add --from lines \
		--format tsv --fields id,title
	run_awm_in '{"title":"x"}' task create --from - --format jsonl \
		--fields id,title
	assert_output '{"id":13,"title":"x"}'
	run_awm_in '' task add --from - --json
	assert_status 0
	assert_output '[]'
}

@test "from: every column, names for references, dates as people write them" {
	awm_ok user add bea@example.com -q >/dev/null
	awm_ok project add App -q >/dev/null
	from '{"title":"All","project":"app","assignee":"bea@example.com",
"due":"+1d","estimate":"1h30m","prompt":"Do it","executionType":"parallel",
"aiProvider":"google","mcpConfig":{"a":[1]},"order":7,"estimatedCost":0.5,
"status":"in-progress","startedAt":"2026-11-01","createdAt":"2026-10-01",
"gitCommits":[],"watcherIds":[2],"actualMinutes":null}' --
	assert_status 2
	assert_error 'line 1: malformed JSON'
	from '{"title":"All","project":"app","assignee":"bea@example.com","due":"+1d","estimate":"1h30m","prompt":"Do it","executionType":"parallel","aiProvider":"google","mcpConfig":{"a":[1]},"order":7,"estimatedCost":0.5,"status":"in-progress","startedAt":"2026-11-01","createdAt":"2026-10-01","gitCommits":[],"watcherIds":[2],"actualMinutes":null}' \
		'{"title":"Ids","projectId":1,"assigneeId":2,"estimatedMinutes":5,"dueDate":1795348800000}' \
		'{"title":"Me","project":"1","assignee":"me"}' -- --json
	assert_status 0
	assert_json '.[0] | .projectId == 2 and .assigneeId == 2
		and .dueDate == "2026-11-23T12:00:00.000Z"
		and .estimatedMinutes == 90 and .generatedPrompt == "Do it"
		and .executionType == "parallel" and .aiProvider == "google"
		and .mcpConfig == {a: [1]} and .order == 7
		and .estimatedCost == 0.5 and .status == "in_progress"
		and .startedAt == "2026-11-01T00:00:00.000Z"
		and .createdAt == "2026-10-01T00:00:00.000Z"
		and .watcherIds == [1, 2]'
	assert_json '.[1] | .projectId == 1 and .assigneeId == 2
		and .estimatedMinutes == 5
		and .dueDate == "2026-11-22T12:00:00.000Z"'
	assert_json '.[2] | .projectId == 1 and .assigneeId == 1'
}

@test "from: what was listed as jsonl can be added elsewhere" {
	awm_ok task add 'One task' -t a,b -P urgent --due 2026-12-01 >/dev/null
	awm_ok task add 'Another' --parent 1 -d $'of\nlines' >/dev/null
	awm_ok task start 2 >/dev/null
	awm_ok task list --all --sort id --format jsonl >lines
	refused=$(awm task add --from lines 2>&1) || true
	[[ $refused == *'line 1: task 1 is there already'* ]]
	export AWM_DB=$BATS_TEST_TMPDIR/other.db
	awm_ok project add Other -q >/dev/null
	awm_ok task add --from lines -q >/dev/null
	awm_ok task list --all --sort id --format jsonl >again
	diff lines again
	awm_ok db check -q >/dev/null
}

@test "from: keys name tasks of earlier lines" {
	from '{"title":"Whole","key":"whole"}' \
		'{"title":"Part","parent":"whole","key":"part"}' \
		'{"title":"Last","blockedBy":["part",1],"deferUntil":"+3d"}' \
		'{"title":"By one","blockedBy":2}' \
		'{"title":"Other","key":"whole"}' -- --json
	assert_status 0
	assert_json 'map(.id) == [1, 2, 3, 4, 1]'
	json '.parentTaskId == 1' task show 2
	json '.status == "blocked" and .blockedByTaskId == 1
		and .deferUntil == "2026-11-25T12:00:00.000Z"' task show 3
	json '.status == "blocked" and .blockedByTaskId == 2' task show 4
	from '{"title":"Whole","key":"whole"}' --
	assert_output "found task 1 'Whole'"
	from '{"title":"x","parent":"nope"}' --
	assert_status 3
	assert_error "line 1: parentTaskId: no task was added with the key 'nope'"
	from '{"title":"x","blockedBy":[99]}' --
	assert_status 3
	assert_error 'line 1'
	awm_ok db check -q >/dev/null
}

@test "from: options say what a line leaves open; the project" {
	awm_ok project add App -q >/dev/null
	from '{"title":"a"}' '{"title":"b","priority":"low","project":"Web"}' \
		-- -p App -P urgent -t x --json
	assert_json 'map([.projectId, .priority, .tags]) ==
		[[2, "urgent", ["x"]], [1, "low", ["x"]]]'
	from '{"title":"part","parent":1}' -- --json
	assert_json '.[0].projectId == 2'
	awm_ok project use --unset >/dev/null
	from '{"title":"nowhere"}' '{"title":"too"}' -- --json
	assert_json 'map(.projectId) == [3, 3]'
	json '.title == "Inbox"' project show 3
}

@test "from: all or nothing, and the line is named" {
	local good='{"title":"good"}'

	refuses 2 "line 2: unknown key 'titel'" "$good" '{"titel":"x"}'
	from '{"titel":"x"}' --
	assert_error "did you mean 'title'?"
	refuses 2 'line 4: want a JSON object' "$good" '' "$good" '["x"]'
	refuses 2 'line 1: malformed JSON' '{"title":"x"'
	refuses 2 'line 1: malformed JSON' '{"title":"x"} {}'
	refuses 2 'line 1' '{"title":"x","title":"y"}'
	refuses 2 'line 2: dueDate' "$good" '{"title":"x","due":"someday"}'
	refuses 2 "'dueDate' is given twice" \
		'{"title":"x","due":"today","dueDate":"today"}'
	refuses 2 'priority' '{"title":"x","priority":"huge"}'
	refuses 4 'tags: want an array' '{"title":"x","tags":"a"}'
	refuses 2 'actualMinutes' '{"title":"x","actualMinutes":3}'
	refuses 2 'id: want 1 or more' '{"title":"x","id":0}'
	refuses 2 'key' '{"title":"x","key":""}'
	refuses 2 'deferUntil' '{"title":"x","deferUntil":3}'
	refuses 4 'title' '{"title":""}'
	refuses 4 'title' '{"description":"no title"}'
	refuses 3 "line 2: no project 'Wep'" "$good" \
		'{"title":"x","project":"Wep"}'
	refuses 3 'line 1: no user' '{"title":"x","assignee":"who@example.com"}'
	refuses 3 'no task 99' '{"title":"x","parent":99}'
	refuses 4 'blocker or a reason' '{"title":"x","status":"blocked"}'
	refuses 2 'valid UTF-8' "$(printf '{"title":"\xff"}')"
	fails 3 nope task add --from nope
	fails 2 'exclude each other' task add --from lines Title
	fails 2 'exclude each other' task add --from lines --idempotency-key k
	fails 2 'wants TITLE' task add
	run_awm activity list --type 'task.*' -q
	assert_output ''
}

@test "from: ends of lines, a byte order mark, a pipe, a long line" {
	printf '\xef\xbb\xbf{"title":"a"}\r\n \t\n{"title":"b"}' >lines
	prints $'1\n2' task add --from lines -q
	prints $'3\n4' task add --from <(cat lines) -q
	run bash -c 'head -c 3000000 /dev/zero | tr "\0" x |
		sed "s/.*/{\"title\":\"long\",\"description\":\"&\"}/" |
		awm task add --from - -q'
	assert_output 5
	json '.description | length == 3000000' task show 5
	[ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'awm.??????' \
		-user "$(id -u)" -newer lines)" ]
}

@test "from: --dry-run shows what would be added" {
	from '{"title":"a","key":"k"}' '{"title":"b"}' -- --dry-run
	assert_output $'dry run: added task 1 \'a\'\ndry run: added task 2 \'b\''
	from '{"title":"a"}' -- --dry-run --json
	assert_json 'map(.title) == ["a"]'
	prints '' task list --all -q
}

@test "from: nobody waits for who writes the lines" {
	(
		printf '{"title":"early"}\n'
		while [ ! -e go ]; do
			sleep 0.05
		done
		printf '{"title":"late"}\n'
	) | awm task add --from - -q >ids &
	prints 1 task add meanwhile -q --wait 1
	touch go
	wait
	[ "$(cat ids)" = $'2\n3' ]
}

@test "from: thousands of lines in one change, in bounded memory" {
	seq 20000 | sed 's/.*/{"title":"Task &","tags":["t&"],"project":"Web"}/' \
		>lines
	if [ -n "${AWM_SANITIZED-}" ]; then
		awm task add --from lines -q >ids
	else
		# more than the rows would take
		(
			ulimit -v 120000
			awm task add --from lines -q >ids
		)
	fi
	seq 20000 | diff - ids
	[ "$(sqlite3 "$AWM_DB" 'SELECT count(DISTINCT changeId), count(*)
		FROM activities WHERE type = "task.created"')" = '1|20000' ]
	run_awm undo
	assert_output 'took back change 2: 20000 × task.created'
	prints '' task list -q --all
	awm_ok redo >/dev/null
	[ "$(awm task list -q | wc -l)" = 20000 ]
	awm_ok db check -q >/dev/null
}

# ---- keys ----

@test "idempotency-key: the first task is shown again" {
	prints "added task 1 'Deploy'" task add Deploy --idempotency-key 'run 7'
	prints "found task 1 'Deploy'" task add Other --idempotency-key 'run 7'
	json '.id == 1 and .title == "Deploy"' task add Deploy \
		--idempotency-key 'run 7'
	prints "added task 2 'Deploy'" task add Deploy --idempotency-key 'run 8'
	# Somebody took it away: no reason to make a second one.
	awm_ok task rm 1 >/dev/null
	prints 1 task add Deploy --idempotency-key 'run 7' -q
	json '.deletedAt != null' task show 1
	awm_ok task purge 1 -y >/dev/null
	prints "added task 3 'Deploy'" task add Deploy --idempotency-key 'run 7'
	fails 2 key task add x --idempotency-key ''
	fails 2 key task add x --idempotency-key $'a\nb'
	fails 4 title task add '' --idempotency-key new
	prints 4 task add fine --idempotency-key new -q
	awm_ok task add rehearsal --idempotency-key dry --dry-run >/dev/null
	prints 5 task add real --idempotency-key dry -q
}

@test "idempotency-key: many processes get one task" {
	local i

	for i in {1..32}; do
		awm task add "Try $i" --idempotency-key one -q >"id.$i" &
	done
	for i in {33..40}; do
		printf '{"title":"Line","key":"one"}\n' |
			awm task add --from - -q >"id.$i" &
	done
	wait
	[ "$(cat id.* | sort -u)" = 1 ]
	[ "$(cat id.* | wc -l)" = 40 ]
	prints 1 task list --all -q
}

# ---- --where ----

@test "where: edits what the list shows, in one change" {
	awm_ok user add bea@example.com -q >/dev/null
	awm_ok task add a -t old -q >/dev/null
	awm_ok task add b -t old -P high -q >/dev/null
	awm_ok task add c -a bea@example.com -q >/dev/null
	awm_ok task add d -t old -q >/dev/null
	awm_ok task done 4 -q >/dev/null
	prints $'dry run: changed task 1 \'a\'\ndry run: changed task 2 \'b\'' \
		task edit --where tag=old --priority low --dry-run
	prints 2 task edit -q -w tag=old -w priority=high -P urgent
	json 'map(.id) == [1, 2]' task edit -w tag=old --due tomorrow \
		--add-tag new
	prints "completed task 1 'a'" task done -w title=A
	prints $'4\n2\n1' task list -q --status todo,done --tag old --sort -id
	prints $'1\n4' task reopen -q -w status=done
	prints $'1\n2\n4' task rm -q -w tag=old
	prints $'1\n2\n4' task restore -q -w tag=old
	prints 3 task start -q -w assignee=bea@example.com
	prints 3 task block -q -w status=in_progress --reason why
	prints 3 task unblock -q -w blocked
	prints $'1\n2\n4' task watch -q -w ready
	prints '' task edit -q -w tag=none-such -P low
	json '. == []' task edit -w tag=none-such -P low
	json 'map(.id) == [1, 2]' task edit -w due=tomorrow -P low
	json 'map(.id) == [3]' task edit -w startedAt=today -P low
	awm_ok undo >/dev/null
	awm_ok undo >/dev/null
	json '.priority == "urgent"' task show 2
	json '.priority == "medium"' task show 1
}

@test "where: what it refuses" {
	awm_ok task add a -t old -q >/dev/null
	fails 2 "unknown filter 'tga'" task edit -w tga=old -P low
	assert_error "did you mean 'tag'?"
	fails 2 'want a value: tag=VALUE' task edit -w tag -P low
	fails 2 "'blocked' takes no value" task start -w blocked=yes
	fails 2 "unknown status 'toto'" task start -w status=toto
	fails 3 "no project 'nope'" task start -w project=nope
	fails 2 'TASK and --where exclude each other' task start 1 -w tag=old
	fails 2 "'task start' wants TASK" task start
	fails 2 'nothing to change' task edit -w tag=old
	# One that cannot be: none is.
	awm_ok task add b -t old -q >/dev/null
	awm_ok task add part --parent 2 -q >/dev/null
	fails 4 'open subtasks' task done -w tag=old
	json '.status == "todo"' task show 1
}

# ---- --if-updated-at ----

@test "if-updated-at: one stale task of several, and none is changed" {
	local then

	awm_ok task add a -q >/dev/null
	awm_ok task add b -q >/dev/null
	then=$(awm_ok task show 1 --fields updatedAt --format tsv | tail -n 1)
	prints $'1\n2' task edit 1 2 -P high --if-updated-at "$then" -q \
		--dry-run
	export AWM_NOW=2026-11-22T13:00:00Z
	awm_ok task edit 2 --title c >/dev/null
	fails 5 'task 2 was changed since' task edit 1 2 -P high \
		--if-updated-at "$then"
	fails 5 'task 2 was changed since' task edit -w title=c -P high \
		--if-updated-at "$then"
	json '.priority == "medium"' task show 1
	prints 1 task edit 1 -P high --if-updated-at "$then" -q
}
