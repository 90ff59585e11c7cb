#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Skills that are run: what is sent, the task that is made for it, schemas. How
# runs go is in exec.bats.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	unset AWM_NOW
	echo '{"type": "object", "properties": {"count": {"type": "integer"},
		"what": {"type": "string"}}, "required": ["what"]}' >in.json
	awm_ok skill add Notes --provider local --input-schema in.json --prompt \
		'Write of {{input.what}}{{#input.count}} in {{input.count}}{{/input.count}}' \
		>/dev/null
	awm_ok config set provider.local.command 'cat' >/dev/null
}

tasks() {
	prints "$1" db shell 'SELECT COUNT(*) FROM tasks'
}

@test "a task is made for it in the inbox, and has the cost" {
	run_awm skill run notes --input what=tides -i count=3
	assert_status 0
	assert_output 'Write of tides in 3'
	assert_error 'added task 1 for it'
	json '.title == "Notes" and .project.title == "Inbox"
		and (.executions | length == 1)
		and .executions[0].prompt == "Write of tides in 3"
		and .executions[0].status == "success"' task show 1
	json '.skillId == 1 and .skillVersion == 1 and .finishReason != ""' \
		exec show 1
	json '.usageCount == 1 and .runs == 1 and .successRate == 1' skill show 1
	# The default project of the folder comes first; --project before that.
	awm_ok project add Here >/dev/null
	awm_ok project add There >/dev/null
	awm_ok project use Here >/dev/null
	awm_ok skill run 1 -i what=x -q >/dev/null 2>&1
	json '.project.title == "Here"' task show 2
	awm_ok skill run 1 -i what=x -p There >/dev/null 2>&1
	json '.project.title == "There"' task show 3
	json '.taskId == 1 and .response == "Write of x"' \
		skill run 1 -i what=x --task 1
	tasks 3
	awm_ok db check >/dev/null
}

@test "inputs come from JSON as well, and are held to the schema" {
	echo '{"what": "rain", "count": 2}' >values.json
	json '.response == "Write of rain in 2"' skill run notes \
		--input-json values.json
	json '.response == "Write of snow in 2"' skill run notes \
		--input-json - -i what=snow <values.json
	tasks 2
	# What cannot begin leaves nothing behind.
	fails 4 'what' skill run notes
	fails 2 'count' skill run notes -i what=x -i count=many
	fails 4 'count' skill run notes -i what=x -i count=1.5
	fails 2 'NAME=VALUE' skill run notes -i what
	fails 3 'nowhere.json' skill run notes --input-json nowhere.json
	fails 3 "no skill 'None'" skill run None
	fails 3 'no task 9' skill run notes -i what=x --task 9
	fails 2 'exclude each other' skill run notes -i what=x --task 1 -p Inbox
	awm_ok skill add Strict --provider local --prompt '{{never}}' >/dev/null
	fails 4 'never' skill run Strict
	awm_ok skill add Far --provider anthropic --prompt 'x' >/dev/null
	unset ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN
	fails 6 'key' skill run Far
	tasks 2
	prints '2' db shell 'SELECT COUNT(*) FROM task_executions'
	json '.usageCount == 2' skill show notes
}

@test "an answer is held to the output schema" {
	echo '{"type": "object", "required": ["mood"]}' >out.json
	awm_ok skill add Mood --provider local --output-schema out.json \
		--prompt '{{{input.answer}}}' >/dev/null
	json '.status == "success"' skill run Mood -i 'answer={"mood": "calm"}'
	run_awm skill run Mood -i 'answer={"mod": "calm"}'
	assert_status 4
	assert_error 'mood'
	json '.[0].status == "failed"' exec list
	json '.runs == 2 and .successRate == 0.5' skill show Mood
}

@test "a dry run shows what would be sent, and adds nothing" {
	run_awm skill run notes -i what=tides --dry-run
	assert_status 0
	assert_contains 'Write of tides'
	json '.stdin | contains("Write of tides")' skill run notes \
		-i what=tides --dry-run
	tasks 0
	prints '0' db shell 'SELECT COUNT(*) FROM projects'
	json '.usageCount == 0' skill show notes
}

@test "whose it is not, cannot run it" {
	awm_ok user add bea@example.com >/dev/null
	awm_ok user add vic@example.com --role viewer >/dev/null
	fails 3 "no skill 'Notes'" --as bea@example.com \
		skill run Notes -i what=x
	awm_ok task add T >/dev/null
	fails 3 "no skill 'Notes'" --as bea@example.com \
		exec run 1 --skill Notes -i what=x
	awm_ok skill publish Notes >/dev/null
	fails 6 'may not' --as vic@example.com skill run Notes -i what=x
	json '.response == "Write of x"' --as bea@example.com \
		skill run Notes -i what=x
}
