#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The same rows as a table, JSON, JSON lines, CSV and TSV.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	awm_ok project add Web >/dev/null
	awm_ok project use Web >/dev/null
}

# Two tasks with everything that is hard to write down.
hard() {
	awm_ok task add 'Say "hi", then go' -d $'one\ntwo\tthree\\' -t 'a,b' \
		--due 2026-12-24 --estimated-cost 0.1 >/dev/null
	awm_ok task add '日本語 👩‍💻' -P urgent >/dev/null
}

@test "table: aligned by display width, one line a row" {
	hard
	run_awm task list --fields id,title,priority,description,estimatedCost
	assert_output <<'TABLE'
Id  Title              Priority  Description       Estimated cost
 2  日本語 👩‍💻          urgent    -                              -
 1  Say "hi", then go  medium    one\ntwo\tthree\             0.1
TABLE
	run_awm task show 1 --fields id,description,tags
	assert_output <<'TABLE'
Id:          1
Description: one
             two	three\
Tags:        a, b
TABLE
	prints '' task list --status done
}

@test "json: the schema's names and types, an array or one object" {
	hard
	run_awm task list --json --fields title,description,dueDate,estimatedCost,tags,parentTaskId
	assert_output '[{"title":"日本語 👩‍💻","description":null,"dueDate":null,"estimatedCost":null,"tags":[],"parentTaskId":null},{"title":"Say \"hi\", then go","description":"one\ntwo\tthree\\","dueDate":"2026-12-24T00:00:00.000Z","estimatedCost":0.1,"tags":["a","b"],"parentTaskId":null}]'
	prints '[]' task list --status done --json
	run_awm project show Web --json --fields id,isArchived,owner
	assert_json '.id == 1 and .isArchived == false
		and .owner.email == "ada@example.com"'
	prints '{"id":3,"title":"x"}' task add x --json --fields id,title
	prints '{"id":3,"status":"done"}' task done 3 --json --fields id,status
	prints '[{"id":3,"status":"todo"}]' task reopen 3-3 --json \
		--fields id,status
	# Every table's keys are those of the specification, in its order.
	json 'keys_unsorted == ["id", "projectId", "title", "description",
		"generatedPrompt", "status", "priority", "executionType",
		"aiProvider", "mcpConfig", "order", "parentTaskId",
		"assigneeId", "watcherIds", "estimatedMinutes",
		"actualMinutes", "tokenUsage", "estimatedCost", "actualCost",
		"dueDate", "startedAt", "completedAt", "blockedReason",
		"blockedByTaskId", "tags", "gitCommits", "deletedAt",
		"createdAt", "updatedAt"]' task reopen 3
}

@test "jsonl: one object a line" {
	hard
	run_awm task list --format jsonl --fields id,title
	assert_output '{"id":2,"title":"日本語 👩‍💻"}
{"id":1,"title":"Say \"hi\", then go"}'
	prints '' task list --format jsonl --status done
	prints '{"id":1}' task show 1 --format jsonl --fields id
}

@test "csv: RFC 4180 with a header" {
	hard
	awm task list --format csv --fields id,title,description,tags >out.csv
	printf 'id,title,description,tags\r\n2,日本語 👩‍💻,,[]\r\n1,"Say ""hi"", then go","one\ntwo\tthree\\","[""a"",""b""]"\r\n' |
		diff - out.csv
	printf 'id,title\r\n' |
		diff - <(awm task list --format csv --fields id,title --status done)
	run python3 -c 'import csv, sys
rows = list(csv.DictReader(open("out.csv", newline="")))
print(rows[1]["title"], len(rows))'
	assert_output 'Say "hi", then go 2'
}

@test "tsv: a header, and one line a row whatever is in it" {
	hard
	run_awm task list --format tsv --fields id,title,description
	assert_output $'id\ttitle\tdescription
2\t日本語 👩‍💻\t
1\tSay "hi", then go\tone\\ntwo\\tthree\\\\'
	prints $'id\ttitle' task list --format tsv --fields id,title \
		--status done
}

@test "-q: ids only, one a line" {
	hard
	prints $'2\n1' task list -q
	prints '1' task show 1 -q
	prints '3' task add x -q
	prints $'1\n2' task done 1 2 -q
	prints '1' project list -q
	prints $'2\n1' task list -q --all --json -n 2 --sort -id --offset 1
}

@test "--fields: in every format; an unknown one names those there are" {
	hard
	for format in table json jsonl csv tsv; do
		run_awm task list --format "$format" --fields title,id -n 1
		assert_status 0
		assert_contains itle
		fails 2 "unknown field 'titel'" task list --format "$format" \
			--fields id,titel
		fails 2 'title' task show 1 --format "$format" --fields titel
		fails 2 'unknown field' task add x --format "$format" \
			--fields titel
	done
	json 'length == 2' task list
	prints '{"title":"日本語 👩‍💻","id":2}' task show 2 --json \
		--fields ' title, id,'
	fails 2 'names no field' task list --fields ''
	fails 2 "unknown format 'xml'" task list --format xml
}

@test "what a terminal would act on is never written raw" {
	hard
	sqlite3 "$AWM_DB" "UPDATE tasks SET
		title = 'a' || char(27) || '[31mred' || char(7) || char(155) || 'x',
		description = char(8238) || 'evil' || char(127)"
	for format in table json jsonl; do
		awm task list --format "$format" --fields title,description >out
		awm task show 1 --format "$format" --fields title,description >>out
		if LC_ALL=C grep -aqP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xae' out; then
			printf 'raw control characters in %s\n' "$format" >&2
			return 1
		fi
	done
	json '.[0].title | startswith("a\u001b[31mred")' task list
	run_awm task done 1
	assert_output "completed task 1 'a\\x1B[31mred\\x07\\u009Bx'"
	# A terminal is shown the same, in csv and tsv too.
	for format in table csv tsv; do
		TERM=xterm script -qec "awm task list --no-pager --format $format --fields title" \
			/dev/null >out </dev/null
		if LC_ALL=C grep -aqP '\x1b\[31m|\x07|\xc2\x9b' out; then
			printf 'raw control characters in %s\n' "$format" >&2
			return 1
		fi
	done
	# Messages too.
	run_awm task show $'\e[31mx'
	assert_status 2
	[[ $stderr != *$'\e'* ]]
}

@test "errors: one line and a hint, or JSON, on stderr" {
	run_awm task show 9
	[ "$stderr" = $'awm: error: no task 9\nhint: awm task list' ]
	run_awm tsak list
	[ "$stderr" = "awm: error: unknown command 'tsak'
hint: did you mean 'task'?" ]
	run_awm task show 9 --json
	assert_output ''
	[ "$stderr" = '{"error":{"code":"not_found","message":"no task 9","hint":"awm task list"}}' ]
	run_awm --format jsonl tsak list
	[ "$stderr" = "{\"error\":{\"code\":\"usage\",\"message\":\"unknown command 'tsak'\",\"hint\":\"did you mean 'task'?\"}}" ]
}

@test "a listing streams: rows before the last one is read, memory flat" {
	sqlite3 "$AWM_DB" <<'SQL'
PRAGMA synchronous = OFF;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<100000)
INSERT INTO tasks(projectId,title,"order",createdAt,updatedAt)
SELECT 1,'task '||i,i,0,0 FROM n;
SQL
	for format in jsonl csv tsv json; do
		run bash -c "awm task list --format $format | head -c 100"
		[ "${#output}" -ge 90 ]
	done
	[ -n "${AWM_SANITIZED-}" ] && skip 'memory of a sanitized build'
	for format in jsonl csv tsv json; do
		bash -c "ulimit -v 60000; awm task list --format $format" |
			wc -l >count
		[ "$(cat count)" -ge 1 ]
	done
	bash -c "ulimit -v 60000; awm task list -q" | wc -l >count
	[ "$(cat count)" = 100000 ]
}
