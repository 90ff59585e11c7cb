#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Automations as rows: how they are written, and what is refused.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	awm_ok project add Web >/dev/null
}

note=(--do 'notify title=x')

@test "add, list, show, edit, enable, disable, rm" {
	json '. == {
		id: 1, projectId: 1, name: "Ship", description: "tells",
		trigger: {type: "event", event: "task.completed", conditions: [
			{field: "status", op: "eq", value: "done"},
			{field: "priority", op: "in", value: ["high", "urgent"]},
			{field: "estimatedMinutes", op: "gt", value: 30},
			{field: "status", op: "changed"},
			{field: "title", op: "matches", value: "^fix, then"}]},
		actions: [
			{type: "comment.add", params: {content: "Done by {{actor.name}}"}},
			{type: "task.update", params: {addTags: ["a", "b"], priority: "low"}},
			{type: "template.apply", params: {template: "T", set: {k: "v"}}},
			{type: "command.run", params: {argv: ["notify", "a b"]}}],
		isEnabled: true, lastRunAt: null, runCount: 0, createdBy: 1,
		createdAt: "2026-11-22T12:00:00.000Z",
		updatedAt: "2026-11-22T12:00:00.000Z"}' \
		automate add Ship -p Web -d tells --on task.completed \
		--if status=done --if 'priority in high,urgent' \
		--if 'estimatedMinutes gt 30' --if 'status changed' \
		--if 'title matches ^fix, then' \
		--do 'comment.add content="Done by {{actor.name}}"' \
		--do 'task.update addTags=a,b priority=low' \
		--do 'template.apply template=T set.k=v' \
		--do "command.run argv='notify \"a b\"'"
	prints "added automation 2 'Daily'" automate create Daily \
		--every @daily "${note[@]}" --disabled
	prints $'1\n2' automate ls -q --sort id
	json 'map(.name) == ["Ship"]' automate list --enabled
	json '.trigger == {type: "schedule", cron: "@daily", timezone: "UTC",
		misfire: "once"} and .nextRunAt == null and .queuedRuns == 0 and
		.creator.email == "ada@example.com" and .runs == []' \
		automate show daily
	prints "enabled automation 2 'Daily'" automate enable 2
	json '.nextRunAt == "2026-11-23T00:00:00.000Z"' automate show 2
	json '.trigger.misfire == "skip" and .trigger.cron == "@daily"' \
		automate edit 2 --misfire skip
	json '.trigger == {type: "manual"} and .name == "By hand"' \
		automate set Daily --manual --name 'By hand'
	json '.trigger.conditions == [{field: "title", op: "eq", value: "x"}] and
		(.actions | length) == 4' automate edit Ship --if title=x
	prints "disabled automation 1 'Ship'" automate disable Ship
	prints "deleted automation 1 'Ship'" automate delete Ship
}

@test "a file" {
	cat >a.json <<-'END'
		{"name": "Triage", "project": "web", "description": null,
		"trigger": {"type": "event", "event": "task.created"},
		"actions": [{"type": "task.assign", "params": {"assignee": "me"}}]}
	END
	json '.name == "Triage" and .projectId == 1' automate add -F a.json
	run_awm_in "$(<a.json)" automate add Other -F - --json
	assert_status 0
	assert_json '.name == "Other" and .actions[0].params.assignee == "me"'
	# What show prints can be read again.
	awm_ok automate show Other --json >b.json
	json '.name == "Again"' automate add Again -F b.json
	fails 4 "an automation has no 'when'" automate add X -F - \
		<<<'{"when": 1}'
	fails 4 'actions[0].params.y: unknown key' automate add X -F - <<-'END'
		{"trigger": {"type": "manual"}, "actions":
			[{"type": "comment.add", "params": {"content": "x", "y": 1}}]}
	END
	fails 2 'at byte' automate add X -F - <<<'{'
	fails 3 'nowhere' automate add X -F nowhere.json
}

@test "what is malformed is refused, with the nearest right one" {
	fails 2 "unknown event 'task.complete'" automate add X \
		--on task.complete "${note[@]}"
	assert_error "did you mean 'task.completed'?"
	fails 2 "unknown event 'tasks.*'" automate add X --on 'tasks.*' "${note[@]}"
	fails 2 "a task has no 'statsu'" automate add X --on 'task.*' \
		--if statsu=done "${note[@]}"
	assert_error "did you mean 'status'?"
	fails 2 "malformed condition 'status'" automate add X --on 'task.*' \
		--if status "${note[@]}"
	fails 2 "malformed condition 'status changed to'" automate add X \
		--on 'task.*' --if 'status changed to' "${note[@]}"
	fails 4 "the pattern '('" automate add X --on 'task.*' \
		--if 'title matches (' "${note[@]}"
	fails 2 "--if goes with --on" automate add X --every @daily \
		--if status=done "${note[@]}"
	fails 2 "--timezone and --misfire go with --every" automate add X \
		--manual --timezone UTC "${note[@]}"
	fails 2 'exclude each other' automate add X --manual --every @daily \
		"${note[@]}"
	fails 2 'needs a trigger' automate add X "${note[@]}"
	fails 2 'needs something to do' automate add X --manual
	fails 2 'needs a name' automate add --manual "${note[@]}"
	fails 4 'unknown type' automate add X --manual --do 'frob a=b'
	fails 2 "malformed action 'content'" automate add X --manual \
		--do 'comment.add content'
	fails 4 'missing content' automate add X --manual --do comment.add
	fails 2 "a task has no 'colour'" automate add X --manual \
		--do 'task.update colour=red'
	fails 4 "awm keeps 'createdAt' itself" automate add X --manual \
		--do 'task.update createdAt=today'
	fails 2 'is not closed' automate add X --manual \
		--do 'comment.add content="{{task.title"'
	fails 2 "malformed minute '61'" automate add X --every '61 * * * *' \
		"${note[@]}"
	fails 4 'want five cron fields' automate add X --every '1 2 3' "${note[@]}"
	fails 2 "unknown schedule '@reboot'" automate add X --every @reboot \
		"${note[@]}"
	fails 4 "'0 0 30 2 *' never happens" automate add X \
		--every '0 0 30 2 *' "${note[@]}"
	fails 4 'want a time zone' automate add X --every @daily \
		--timezone Europe/Nowhere "${note[@]}"
	fails 3 'no automation 1' automate edit 1 --manual
	prints '' automate list -q
}

@test "only the creator and admins change one" {
	awm_ok user add bob@example.com >/dev/null
	awm_ok --as bob@example.com automate add Bobs --manual "${note[@]}" >/dev/null
	awm_ok automate add Mine --manual "${note[@]}" >/dev/null
	for verb in 'edit Mine --description x' 'disable Mine' 'rm Mine'; do
		# shellcheck disable=SC2086 # words
		fails 6 'an automation of somebody else' --as bob@example.com \
			automate $verb
	done
	# An admin's change leaves it the creator's.
	json '.createdBy == 2 and .description == "x"' automate edit Bobs \
		--description x
	# Nobody adds one in the name of somebody else.
	json '.createdBy == 2' --as bob@example.com automate add -F - <<-'END'
		{"name": "Up", "createdBy": 1, "trigger": {"type": "manual"},
		"actions": [{"type": "notify", "params": {}}]}
	END
}

@test "undo, formats, fields" {
	awm_ok automate add A --manual "${note[@]}" >/dev/null
	awm_ok automate edit A --name B >/dev/null
	awm_ok undo >/dev/null
	prints $'name\nA' automate list --format tsv --fields name
	prints $'id,name\r\n1,A\r' automate list --format csv --fields id,name
	fails 2 "unknown field 'x'" automate list --fields x
	run_awm automate show A
	assert_status 0
	assert_contains 'Trigger:'
}
