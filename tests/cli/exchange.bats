#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# awm import and awm export: beads, GitHub, CSV, iCalendar, Timewarrior, and
# Taskwarrior against the real program.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

DATA=$AWM_SOURCE_ROOT/tests/data/exchange

setup() {
	awm_setup
}

sqlite() {
	sqlite3 "$AWM_DB" "$@"
}

# A Taskwarrior of its own, in a folder: `tw FOLDER ARGUMENT...`.
tw() {
	local folder=$PWD/$1

	shift
	mkdir -p "$folder/data"
	[[ -f $folder/rc ]] || cat >"$folder/rc" <<-RC
		data.location=$folder/data
		confirmation=off
		recurrence.confirmation=no
		verbose=nothing
		hooks=off
		recurrence.limit=2
		uda.estimate.type=duration
		uda.estimate.label=Estimate
		uda.reviewed.type=date
		uda.reviewed.label=Reviewed
		uda.size.type=numeric
		uda.size.label=Size
		uda.kind.type=string
		uda.kind.label=Kind
	RC
	TASKRC=$folder/rc TASKDATA=$folder/data task "$@"
}

# Everything that Taskwarrior keeps: attributes of its own and of the user,
# annotations, waits, dependencies, recurrence, all five states.
tw_fill() {
	tw tw add 'Write the report' project:work.docs priority:H +writing \
		due:2026-12-01T10:00 estimate:PT2H size:2.5 kind:big \
		reviewed:2026-11-01
	tw tw add 'Buy milk' +home
	tw tw add 'Ship it' project:work depends:1,2 scheduled:2026-11-30
	tw tw add 'Later' wait:2037-01-01 priority:L
	tw tw 1 annotate 'first, with "quotes" and ünïcode'
	tw tw 1 annotate 'second https://example.com/?a=b&c=d'
	tw tw 2 start
	tw tw add 'Water plants' due:2026-11-28 recur:weekly until:2037-06-01
	tw tw list >/dev/null 2>&1
	tw tw add 'Finished already'
	tw tw 'Finished already' done
	tw tw add 'Gone'
	tw tw Gone delete
	tw tw add 'Waits for what is done' depends:"$(tw tw _get 1.uuid)"
	tw tw add "[brackets] (and) /slashes/ 'x'"
} >/dev/null

# The tasks of a file, in one order and spelling. Taskwarrior counts id and
# urgency anew.
sorted() {
	jq -S "sort_by(.uuid)${2:-}" "$1"
}

@test "what Taskwarrior exports goes in and comes back with no field lost" {
	tw_fill
	tw tw export >out.json
	json '.records == 11 and .added == 11 and .comments == 2 and .links == 3' \
		import taskwarrior out.json
	json '.added == 0 and .changed == 0 and .unchanged == 11' \
		import taskwarrior out.json
	awm_ok export taskwarrior >back.json
	diff -u <(sorted out.json) <(sorted back.json)
	awm_ok db check >/dev/null

	# and into the real program
	tw other import back.json >/dev/null
	tw other export >other.json
	diff -u <(sorted out.json '|map(del(.id,.urgency))') \
		<(sorted other.json '|map(del(.id,.urgency))')
}

@test "Taskwarrior's fields are columns" {
	tw_fill
	tw tw export | awm_ok import taskwarrior >/dev/null
	json 'map({title, status, priority, tags}) | . == [
		{title: "Write the report", status: "todo", priority: "high",
			tags: ["writing"]},
		{title: "Buy milk", status: "in_progress", priority: "medium",
			tags: ["home"]},
		{title: "Ship it", status: "blocked", priority: "medium", tags: []}]' \
		task list --all --sort id -n 3
	json '.project.title == "work.docs" and (.comments | length) == 2
		and .dueDate == "2026-12-01T10:00:00.000Z"' task show 1
	json '.deferUntil == "2037-01-01T00:00:00.000Z"' task show 4
	json '.blockers | map(.title) | sort == ["Buy milk", "Write the report"]' \
		task show 3
	prints 'Gone' task list --deleted --fields title --format csv --no-pager \
		--sort id -q || prints "$(sqlite 'select id from tasks
			where deletedAt is not null')" task list --deleted -q
	[[ $(sqlite "select name || ' ' || isEnabled || ' ' ||
		json_extract(trigger, '\$.cron') from automations") == \
		'Water plants 0 0 0 * * 6' ]]
	# what has no column is in the activity of the task
	[[ $(sqlite "select json_extract(metadata, '\$.import.record.kind')
		from activities where taskId = 1 and type = 'task.created'") == big ]]
}

@test "what was changed here and there meets in Taskwarrior" {
	tw_fill
	tw tw export >out.json
	awm_ok import taskwarrior out.json >/dev/null
	awm_ok task done 2 >/dev/null
	awm_ok task edit 1 --title 'Write it' --due none --priority urgent \
		>/dev/null
	awm_ok comment add 1 'From awm' >/dev/null
	awm_ok task review 4 >/dev/null
	awm_ok task add 'Made here' -d $'two\nlines' -t a:b -p work \
		--blocked-by 1 >/dev/null
	awm_ok export taskwarrior >back.json
	tw tw import back.json >/dev/null
	tw tw export >new.json

	run -0 jq -c 'map(select(.description == "Write it"))[0]
		| [has("due"), .kind, .size, (.annotations | length)]' new.json
	assert_output '[false,"big",2.5,3]'
	run -0 jq -r '.[] | select(.description == "Buy milk").status' new.json
	assert_output 'completed'
	run -0 jq -c '.[] | select(.description == "Made here")
		| [.awmdescription, .tags, (.depends | length)]' new.json
	assert_output '["two\nlines",["a.b"],1]'
	run -0 jq -c '[.[] | select(.tags == ["status.in_review"])] | length' \
		new.json
	assert_output 1

	# It knows its own task again, and takes what is newer.
	tw tw 'Made here' modify 'Made there' >/dev/null
	tw tw export >newer.json
	json '.added == 0' import taskwarrior newer.json
	json '.title == "Made there" and .description == "two\nlines"
		and .tags == ["a.b"]' task show 11
	json '.status == "in_review"' task show 4
	awm_ok db check >/dev/null
}

@test "beads: in, again, and out as it came" {
	json '.added == 7 and .skipped == 1 and .comments == 2 and .links == 2
		and .users == 2' import beads "$DATA/beads.jsonl"
	json '.added == 0 and .changed == 0 and .unchanged == 7' \
		import beads "$DATA/beads.jsonl"
	json '.description == "A form\n\n## Design\n\nTwo fields\n\n## Acceptance criteria\n\nIt works\n\n## Notes\n\nSee wiki"
		and .priority == "urgent" and .estimatedMinutes == 90
		and .tags == ["ui", "auth", "type:feature", "ref:gh-9"]
		and .parentTaskId == 1 and .blockedByTaskId == 3
		and .assignee.email == "alice@beads.invalid"
		and .createdAt == "2025-11-01T10:00:00.000Z"
		and .updatedAt == "2025-11-03T10:00:00.000Z"' task show 2
	json '.createdAt == "2025-11-01T18:00:00.123Z"' task show 1
	json '.status == "done" and .comments[0].content == "Closed: fixed it"' \
		task show 4
	json '.status == "blocked"' task show 5
	json '.deferUntil == "2027-01-01T00:00:00.000Z"' task show 6
	awm_ok export beads >out.jsonl
	diff -u <(jq -cS 'select(.status != "tombstone")' "$DATA/beads.jsonl") \
		<(jq -cS . out.jsonl)
	awm_ok db check >/dev/null

	# A change leaves everything else as it came.
	awm_ok comment add 2 'From awm' >/dev/null
	awm_ok task dep rm 2 3 >/dev/null
	awm_ok export beads >out.jsonl
	run -0 jq -c 'select(.id == "bd-2") | [.content_hash, .design,
		(.dependencies | map(.type)), (.comments | map(.id)),
		.comments[1].text]' out.jsonl
	assert_output '["abc","Two fields",["parent-child","discovered-from"],[7,null],"From awm"]'
}

@test "GitHub: in, again, and out as it came" {
	json '.added == 2 and .comments == 1 and .projects == 1 and .users == 2' \
		import github "$DATA/github.json" --priority sev1=urgent
	json '.unchanged == 2 and .added == 0' import github "$DATA/github.json"
	json '.project.title == "o/r" and .priority == "high"
		and .assignee.name == "octo" and (.watcherIds | length) == 1
		and .tags == ["bug", "priority: high", "milestone:v1.0", "ref:gh-5"]
		and .comments[0].content == "Same here"' task show 1
	json '.gitRepository == "https://github.com/o/r"' project show o/r
	json '.status == "done" and .priority == "urgent"
		and .tags == ["sev1", "cancelled", "ref:gh-4"]' task show 2
	awm_ok export github >out.json
	diff -u <(jq -S . "$DATA/github.json") <(jq -S . out.json)

	awm_ok comment add 1 'From awm' >/dev/null
	awm_ok task tag 1 new >/dev/null
	awm_ok export github >out.json
	run -0 jq -c '.[0] | [(.comments | map(.id)),
		.comments[0].reactionGroups[0].users.totalCount,
		(.labels | map(.name)), .labels[0].color]' out.json
	assert_output '[["IC_1",null],2,["bug","priority: high","new"],"d73a4a"]'
}

@test "CSV: quotes, foreign headers, columns that awm has no place for" {
	printf '\xef\xbb\xbf' >in.csv
	printf '%s\r\n' \
		'Key,Summary,State,Due,Labels,Story points,Owner' \
		'A-1,"Say ""hi"", twice",In Progress,2026-12-24,"a, b",3,ada@example.com' \
		'A-2,"Two' 'lines",Closed,,,5,' '' 'A-3,Third,,,,,' >>in.csv
	json '.added == 3' import csv in.csv
	json '.unchanged == 3' import csv in.csv
	json '.title == "Say \"hi\", twice" and .status == "in_progress"
		and .dueDate == "2026-12-24T00:00:00.000Z" and .tags == ["a", "b"]
		and .assignee.email == "ada@example.com"' task show 1
	json '.title == "Two  lines" and .description == "Two\r\nlines"
		and .status == "done"' task show 2
	awm_ok export csv >out.csv
	run -0 python3 - out.csv <<-'PY'
		import csv, sys
		rows = list(csv.DictReader(open(sys.argv[1], newline="")))
		print(len(rows), rows[0]["title"], rows[0]["Story points"],
			rows[0]["dueDate"], rows[1]["id"], repr(rows[1]["title"]))
	PY
	assert_output "3 Say \"hi\", twice 3 2026-12-24 A-2 'Two\\r\\nlines'"
	fails 2 'line 2: there is no title' import csv - <<<$'a,b\n1,2'
	printf 'What,When\nMapped,2026-12-01\n' >map.csv
	json '.added == 1' import csv map.csv --map title=What --map dueDate=When
	json '.title == "Mapped" and .dueDate == "2026-12-01T00:00:00.000Z"' \
		task show 4
	fails 2 'a quote is never closed' import csv - <<<$'title\n"x'
	fails 2 'twice' import csv - <<<$'title,title\nx,y'
	fails 2 'line 2: more cells' import csv - <<<$'title\nx,y'
}

@test "ids of a CSV are those of one file" {
	printf 'id,title,blockedBy\n1,One,\n2,Two,1\n' >a.csv
	printf 'id,title\n1,Uno\n' >b.csv
	printf 'id,title,blockedBy\n1,One more,\n2,Two,1\n' >c.csv
	json '.added == 2' import csv a.csv
	json '.added == 1' import csv b.csv
	json '.changed == 1 and .unchanged == 1' import csv c.csv --source a.csv
	run -0 awm export csv
	[[ $(cut -d, -f1,2,13 <<<"${output//$'\r'/}") == \
		$'id,title,blockedBy\n1,One more,\n2,Two,1\n1,Uno,' ]]
}

@test "rows of a CSV without ids are known by what they say" {
	printf 'title\nSame\nSame\nOther\n' >in.csv
	json '.added == 3' import csv in.csv
	json '.added == 0 and .unchanged == 3' import csv in.csv
}

@test "iCalendar after RFC 5545" {
	awm_ok task add "$(printf 'ü%.0s' {1..60}), \\ ; end" \
		-d $'two\nlines, and; more' --due 2026-12-24T17:00 -t 'a,b;c' \
		--priority urgent -p "$(awm_ok project add P -q)" >/dev/null
	awm_ok task add Below --parent 1 >/dev/null
	awm_ok task done 2 >/dev/null
	awm_ok task add Gone >/dev/null
	awm_ok task rm 3 >/dev/null
	awm_ok export ical >out.ics
	run -0 python3 - out.ics <<-'PY'
		import re, sys
		data = open(sys.argv[1], "rb").read()
		lines = data.split(b"\r\n")
		assert b"\n" not in data.replace(b"\r\n", b""), "bare newline"
		assert max(map(len, lines)) <= 75, "long line"
		[line.decode() for line in lines]
		text = data.replace(b"\r\n ", b"").decode()
		for line in text.split("\r\n"):
		    if not line.startswith(("UID", "RELATED")):
		        print(line)
	PY
	assert_output <<-ICS
		BEGIN:VCALENDAR
		VERSION:2.0
		PRODID:-//awm//awm 0.1.0//EN
		BEGIN:VTODO
		DTSTAMP:20261122T120000Z
		CREATED:20261122T120000Z
		LAST-MODIFIED:20261122T120000Z
		SUMMARY:$(printf 'ü%.0s' {1..60})\\, \\\\ \\; end
		DESCRIPTION:two\\nlines\\, and\\; more
		DUE:20261224T170000Z
		PRIORITY:1
		STATUS:NEEDS-ACTION
		CATEGORIES:a,b\\;c
		END:VTODO
		BEGIN:VTODO
		DTSTAMP:20261122T120000Z
		CREATED:20261122T120000Z
		LAST-MODIFIED:20261122T120000Z
		SUMMARY:Below
		PRIORITY:5
		STATUS:COMPLETED
		COMPLETED:20261122T120000Z
		END:VTODO
		END:VCALENDAR
	ICS
}

@test "Timewarrior's intervals are time entries" {
	awm_ok task add foo >/dev/null
	cat >tw.json <<-'JSON'
		[
		{"id":2,"start":"20261120T100000Z","end":"20261120T110000Z","tags":["bar baz","foo"]},
		{"id":1,"start":"20261120T120000Z","end":"20261120T123000Z","tags":["x"],"annotation":"note here"},
		{"id":0,"start":"20261122T113000Z"}
		]
	JSON
	json '.added == 3' import timewarrior tw.json
	json '.added == 0 and .unchanged == 3' import timewarrior tw.json
	json 'map([.taskId, .duration, .description]) == [
		[2, 0, null], [2, 1800, "note here"], [1, 3600, "bar baz, foo"]]' \
		time list
	json '.title == "Timewarrior" and .actualMinutes == 30' task show 2
	sed -i 's/"20261122T113000Z"/&,"end":"20261122T114500Z"/' tw.json
	json '.changed == 1' import timewarrior tw.json
	awm_ok db check >/dev/null
}

@test "newer, skip, fail" {
	local old='{"id":"b1","title":"One","status":"open","priority":2,"created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-02T00:00:00Z"}'
	local new=${old/One/Two}
	local newer=${new/01-02/01-03}

	awm_ok import beads - <<<"$old" >/dev/null
	json '.unchanged == 1' import beads - <<<"$new"
	fails 5 "line 1: 'b1' is task 1 already, and differs from it" \
		import beads --on-conflict fail - <<<"$newer"
	json '.unchanged == 1' import beads --on-conflict fail - <<<"$old"
	json '.unchanged == 1' import beads --on-conflict skip - <<<"$newer"
	json '.title == "One"' task show 1
	# What was changed here in a field that the record leaves alone stays.
	awm_ok task edit 1 --priority high >/dev/null
	json '.unchanged == 1' import beads - <<<"$newer"
	json '.changed == 1' import beads - <<<"${new/2025-01-02/2027-01-02}"
	json '.title == "Two" and .priority == "high"
		and .updatedAt == "2027-01-02T00:00:00.000Z"' task show 1
}

@test "all or nothing, with the line" {
	local good='{"id":"b1","title":"One"}'

	fails 2 'line 2: ' import beads - <<<"$good"$'\n{"id":"b2","title":'
	fails 2 'line 2: there is no title' \
		import beads - <<<"$good"$'\n{"id":"b2","title":""}'
	fails 2 'line 2: want a JSON object' import beads - <<<"$good"$'\n[]'
	fails 5 "line 3: 'b1' is there twice, first on line 1" \
		import beads - <<<"$good"$'\n{"id":"b2","title":"x"}\n'"$good"
	fails 4 'cycle' import beads - <<-'JSON'
		{"id":"b1","title":"One","dependencies":[{"depends_on_id":"b2","type":"blocks"}]}
		{"id":"b2","title":"Two","dependencies":[{"depends_on_id":"b1","type":"blocks"}]}
	JSON
	fails 4 'line 1: ' import beads - \
		<<<'{"id":"b1","title":"One","dependencies":[{"depends_on_id":"b1","type":"blocks"}]}'
	fails 2 'line 1: ' import taskwarrior - \
		<<<"[{\"description\":$(printf '[%.0s' {1..70})$(printf ']%.0s' {1..70})}]"
	fails 2 "want ',' or ']'" import taskwarrior - \
		<<<'[{"description":"x"} {"description":"y"}]'
	fails 2 'ends within the array' import taskwarrior - <<<'[{"description":"x"}'
	fails 2 "unknown status 'odd'" import taskwarrior - \
		<<<'[{"description":"x","status":"odd"}]'
	fails 3 'cannot read' import beads nothing.jsonl
	prints '[]' task list --all --json
	json '.added == 0' import beads - </dev/null
}

@test "long chains of dependencies, either way round" {
	local n=3000

	jq -nc "range($n) | {id: \"a\\(.)\", title: \"t\\(.)\", dependencies:
		[{depends_on_id: \"a\\(. + 1)\", type: \"blocks\"}]}" >there.jsonl
	jq -nc "range($n) | {id: \"b\\(.)\", title: \"t\\(.)\", dependencies:
		[{depends_on_id: \"b\\(. - 1)\", type: \"blocks\"}]}" >back.jsonl
	json ".links == $((n - 1)) and .unlinked == 1" import beads there.jsonl
	json ".links == $((n - 1)) and .unlinked == 1" import beads back.jsonl
	# One more closes the circle.
	printf '{"id":"a%d","title":"x","dependencies":[{"depends_on_id":"a0","type":"blocks"}]}\n' \
		$n >circle.jsonl
	fails 4 'cycle' import beads - < <(sed 's/"a/"c/g' there.jsonl circle.jsonl)
}

@test "a rehearsal says what would be, and does nothing" {
	json '.added == 7 and .dryRun' import beads "$DATA/beads.jsonl" --dry-run
	prints '[]' task list --all --json
	prints 'dry run: 8 records: 7 added, 1 skipped, 2 comments, 2 links, 2 new users' \
		import beads --dry-run "$DATA/beads.jsonl"
	prints $'records\tadded\n8\t7' import beads --dry-run \
		"$DATA/beads.jsonl" --format tsv --fields records,added
}

@test "into one project, and out of it" {
	awm_ok project add Here >/dev/null
	awm_ok import github "$DATA/github.json" -p Here >/dev/null
	awm_ok task add Elsewhere >/dev/null
	json 'length == 2' task list --all --project Here
	awm_ok export github -p Here -o out.json >/dev/null
	run -0 jq length out.json
	assert_output 2
	[[ $(stat -c %a out.json) == 600 ]]
	prints 'wrote 3 tasks to all.json' export github -o all.json
	[[ $(ls) == $'all.json\nout.json' ]]
}

@test "members may import, for people who are there" {
	awm_ok user add mem@example.com >/dev/null
	fails 6 "'alice'" --as mem@example.com import beads "$DATA/beads.jsonl"
	awm_ok user add alice@beads.invalid >/dev/null
	awm_ok user add bob@beads.invalid >/dev/null
	AWM_USER=mem@example.com json '.users == 0 and .added == 7' \
		import beads "$DATA/beads.jsonl"
	prints '[]' notify list --json --as alice@beads.invalid
}

@test "undo takes an import back, and it can be repeated" {
	printf 'id,title,blockedBy\na,One,\nb,Two,a\n' >in.csv
	json '.added == 2 and .links == 1' import csv in.csv
	awm_ok undo >/dev/null
	prints '[]' task list --json
	json '.added == 0 and .unchanged == 2' import csv in.csv
	awm_ok undo --redo >/dev/null || awm_ok redo >/dev/null
	json 'length == 2' task list
}

@test "webhooks hear of an import, unless told not to" {
	awm_ok user list >/dev/null
	sqlite "INSERT INTO webhooks(name,url,events,createdAt,updatedAt)
		VALUES ('w','https://hooks.example.com/x','[\"task.*\"]',0,0)"
	awm_ok import csv - --source a --no-events <<<$'title\nOne' >/dev/null
	[[ $(sqlite 'SELECT COUNT(*) FROM webhook_deliveries') == 0 ]]
	awm_ok import csv - --source a <<<$'title\nTwo' >/dev/null
	[[ $(sqlite 'SELECT eventType FROM webhook_deliveries') == task.created ]]
}

@test "words that are none" {
	fails 2 "did you mean 'taskwarrior'" import taskwarior x
	fails 2 'ical' import ical x
	fails 2 'timewarrior' export timewarrior
	fails 2 '--map goes with csv only' import beads --map a=b x
	fails 2 'want COLUMN=HEADER' import csv --map title x
	fails 2 "unknown priority 'huge'" import github --priority a=huge x
	fails 2 '--no-secrets goes with jsonl only' export csv --no-secrets
}
