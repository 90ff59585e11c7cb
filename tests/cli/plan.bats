#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Plans of projects and tasks. Calls go to a command of this machine, which
# answers what a test wants and keeps what it was asked.

# shellcheck disable=SC2016 # code of others in quotes
load checks

setup() {
	awm_setup
	awm_ok project add Web --main-prompt 'Sell {{things}} online' >/dev/null
	awm_ok task add 'Buy a domain' -p Web >/dev/null
}

PLAN='{"tasks":[
	{"title":"Draw {{it}}","description":"In \\{{blue}}","priority":"high",
		"estimatedMinutes":90},
	{"title":"Write it","estimatedMinutes":45.5},
	{"title":"Launch"}]}'

# answers TEXT: what the next call is answered.
answers() {
	printf '%s' "$1" >answer
	printf '#!/bin/sh\ncat >asked\ncat answer\n' >model
	chmod +x model
	awm_ok config set provider.local.command "$PWD/model" >/dev/null
}

@test "a plan is shown as a tree, and makes nothing" {
	printf '%s' "$PLAN" >plan.json
	prints 'Web
├─ Draw {{it}}  (high, 1h 30m)
├─ Write it  (46m)
└─ Launch
3 tasks, 2h 16m estimated, 1 without an estimate' project plan Web --from plan.json
	json 'length == 1' task list
}

@test "a plan is made, its texts as they stand" {
	run_awm_in "$PLAN" project plan Web --from - --apply
	assert_status 0
	assert_contains 'added 3 tasks, 2 to 4'
	json 'map([.title, .description, .priority, .estimatedMinutes]) == [
		["Draw {{it}}", "In \\{{blue}}", "high", 90],
		["Buy a domain", null, "medium", null],
		["Write it", null, "medium", 46],
		["Launch", null, "medium", null]]' task list
	# behind those that are there, in the order of the plan
	json '[.tasks[].title] ==
		["Buy a domain", "Draw {{it}}", "Write it", "Launch"]' project show Web
	awm_ok undo >/dev/null
	json 'length == 1' task list
}

@test "what --json prints is read again" {
	printf '%s' "$PLAN" >plan.json
	awm_ok project plan Web --from plan.json --json >shown.json
	jq -e '[.id, .title, .tasks, .estimatedMinutes, .unestimated, .taskIds] ==
		[1, "Web", 3, 136, 1, null] and (.plan.tasks | length) == 3' shown.json
	jq '.plan.tasks |= .[:2] | .plan.tasks[0].title = "Paint"' shown.json >mine.json
	json '.tasks == 2 and .taskIds == [2, 3]' project plan Web --from mine.json --apply
	json '.title == "Paint"' task show 2
	prints '4
5' project plan Web --from mine.json --apply -q
	prints $'id\ttasks
1\t2' project plan Web --from mine.json --fields id,tasks --format tsv
}

@test "a rehearsal leaves nothing behind" {
	printf '%s' "$PLAN" >plan.json
	run_awm project plan Web --from plan.json --apply --dry-run
	assert_status 0
	assert_contains 'dry run: added 3 tasks'
	json 'length == 1' task list
}

@test "the plan of a task makes subtasks" {
	printf '%s' "$PLAN" >plan.json
	prints 'Buy a domain
├─ Draw {{it}}  (high, 1h 30m)
├─ Write it  (46m)
└─ Launch
3 tasks, 2h 16m estimated, 1 without an estimate
added 3 tasks, 2 to 4' task split 1 --from plan.json --apply
	json 'map(.parentTaskId) == [1, 1, 1]' task list --parent 1
	awm_ok task rm 1 >/dev/null
	fails 4 'task 1 is deleted' task split 1 --from plan.json --apply
	fails 3 'no task 99' task split 99 --from plan.json
}

@test "skills are suggested that are here, the others named" {
	awm_ok skill add Review --prompt x >/dev/null
	cat >plan.json <<-'END'
		{"tasks":[{"title":"a","skills":["review","rm -rf /"]},
			{"title":"b","skills":["Review","Review"]}]}
	END
	run_awm project plan Web --from plan.json --apply --json
	assert_status 0
	assert_json '.skippedSkills == "rm -rf /"'
	assert_error 'left out skills that are not here: rm -rf /'
	run sqlite3 "$AWM_DB" 'SELECT taskId, skillId FROM task_suggested_skills
		ORDER BY 1'
	assert_output '2|1
3|1'
}

@test "automations of a plan are switched off" {
	cat >plan.json <<-'END'
		{"tasks":[{"title":"a"}],"automations":[{"name":"spy",
			"trigger":{"type":"event","event":"*"},
			"actions":[{"type":"command.run","params":{"argv":["id"]}}]}]}
	END
	run_awm project plan Web --from plan.json --apply
	assert_status 0
	assert_error 'automations of a plan are switched off'
	run sqlite3 "$AWM_DB" 'SELECT name, isEnabled FROM automations'
	assert_output 'spy|0'
	fails 4 'the plan of a task cannot have automations' \
		task split 1 --from plan.json --apply
}

@test "what is no plan makes nothing" {
	local want text wanted

	while IFS='|' read -r want text wanted; do
		printf '%b' "$text" >bad.json
		fails "$want" "$wanted" project plan Web --from bad.json --apply
	done <<-'END'
		2||bad.json: the plan is no JSON
		2|{"tasks":[|bad.json: the plan is no JSON
		2|{"tasks":[{"title":"a","title":"b"}]}|duplicate
		4|[]|bad.json: plan: want an object
		4|{}|plan: missing tasks
		4|{"tasks":[]}|plan.tasks: there are none
		4|{"tasks":[{}]}|plan.tasks[0]: missing title
		4|{"tasks":[{"title":""}]}|plan.tasks[0].title: want
		4|{"tasks":[{"title":null}]}|plan.tasks[0]: missing title
		4|{"tasks":[{"title":"a\\u001b[31m"}]}|plan.tasks[0].title: want
		4|{"tasks":[{"title":"a\\nb"}]}|plan.tasks[0].title: want
		4|{"tasks":[{"title":"a","priority":"asap"}]}|plan.tasks[0].priority: want one of low, medium, high, urgent
		4|{"tasks":[{"title":"a","estimatedMinutes":-1}]}|plan.tasks[0].estimatedMinutes: want
		4|{"tasks":[{"title":"a","estimatedMinutes":"1"}]}|plan.tasks[0].estimatedMinutes: want
		4|{"tasks":[{"title":"a","skills":"x"}]}|plan.tasks[0].skills: want an array
		4|{"tasks":[{"title":"a","status":"done"}]}|plan.tasks[0].status: unknown key
		4|{"tasks":[{"title":"a"}],"role":"admin"}|plan.role: unknown key
		4|{"plan":{"tasks":7}}|plan.tasks: want an array
	END
	json 'length == 1' task list
}

@test "plans that run away" {
	jq -n '{tasks: [range(10000) | {title: "t\(.)"}]}' >many.json
	fails 4 'plan.tasks: more than 1000' project plan Web --from many.json --apply
	jq -n '{tasks: [{title: "t", skills: [range(51) | "s\(.)"]}]}' >skills.json
	fails 4 'plan.tasks[0].skills: more than 50' project plan Web --from skills.json
	jq -n '{tasks: [{title: "t", description: ("x" * 5000000)}]}' >huge.json
	run_awm project plan Web --from huge.json
	((status == 2 || status == 4))
	jq -n '[range(100)] | reduce .[] as $_ ({}; {plan: .})' >deep.json
	run_awm project plan Web --from deep.json
	assert_status 2
	jq -n '{tasks: [range(1000) | {title: "t\(.)", description: "{{d}}",
		skills: [range(50) | "s\(.)"]}]}' >full.json
	json '.tasks == 1000 and (.taskIds | length) == 1000' \
		project plan Web --from full.json --apply
}

@test "escape sequences of a plan are shown, not sent" {
	printf '{"tasks":[{"title":"a","description":"\\u001b[31m","skills":["x\\u009b31m"]}]}' \
		>plan.json
	run_awm project plan Web --from plan.json
	[[ $output != *$'\e'* && $output != *$'\u9b'* ]]
}

@test "options that do not go together" {
	fails 2 '--from asks nobody' project plan Web --from x --model m
	fails 3 'no execution 7' project plan Web --execution 7
	fails 3 'no-such-file' project plan Web --from no-such-file
	fails 2 'count' project plan Web --count 0
}

@test "a call is an execution of the task for plans" {
	answers "$PLAN"
	run_awm project plan Web --provider local --prompt 'Nothing {{fancy}}'
	assert_status 0
	assert_contains '└─ Launch'
	assert_error "awm project plan 1 --execution 1 --apply"
	json '.title == "Plan: Web" and .status == "done" and .tags == ["plan"]' \
		task show 2
	json '.taskId == 2 and .status == "success"' exec show 1
	# what is wanted, what is there, and nothing put in for braces of people
	grep -q 'Sell {{things}} online' asked
	grep -q 'Nothing {{fancy}}' asked
	grep -q -- '- Buy a domain' asked
	grep -q 'Plan: Web' asked && false
	# the answer is paid for: it is made without another call
	rm asked
	run_awm project plan Web --execution 1 --apply
	assert_status 0
	assert_contains 'added 3 tasks, 3 to 5'
	[ ! -e asked ]
	fails 2 '--from and --execution exclude each other' \
		project plan Web --from x --execution 1
	fails 2 '--execution asks nobody' project plan Web --execution 1 --count 3
	# the same task serves the next plan
	awm_ok project plan Web --provider local -q >/dev/null
	json '.taskId == 2' exec show 2
	grep -q -- '- Draw {{it}}' asked
}

@test "a call for a task is an execution of that task" {
	answers '{"tasks":[{"title":"Half","description":null,"priority":null,
		"estimatedMinutes":null,"skills":[]}]}'
	awm_ok task split 1 --provider local --model tiny --count 4 --apply \
		>/dev/null
	grep -q 'About 4 tasks are wanted' asked
	grep -q 'Task: Buy a domain' asked
	json '.taskId == 1 and .model == "tiny"' exec show 1
	json '.title == "Half" and .description == null and .priority == "medium"
		and .parentTaskId == 1' task show 2
}

@test "an answer that is no plan is kept, and makes nothing" {
	answers '{"tasks":[{"title":"a","priority":"asap"}]}'
	run_awm project plan Web --provider local --apply
	assert_status 4
	json '.response | contains("asap")' exec show 1
	json 'map(.title) == ["Buy a domain"]' task list
	fails 4 'execution 1: plan.tasks[0].priority' \
		project plan Web --execution 1 --apply
}

@test "nothing is asked without a wish, or in a rehearsal" {
	awm_ok project add Bare >/dev/null
	answers "$PLAN"
	fails 4 'project 2 says nowhere what is wanted' \
		project plan Bare --provider local
	run_awm project plan Web --provider local --dry-run --json
	assert_status 0
	assert_json '(.argv | length) == 1 and (.stdin | contains("Sell {{things}}"))'
	[ ! -e asked ]
	json 'length == 1' task list --all
	json 'length == 0' exec list
}
