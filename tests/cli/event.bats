#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What a change causes outside of the database is queued in its transaction.

# shellcheck disable=SC1010,SC2016,SC2154 # task done; code in quotes; run
load checks

setup() {
	awm_setup
	awm_ok config set webhook.background false
	awm_ok project add P -q >/dev/null
}

# hook EVENTS [PROJECT]: a webhook that wants these, a JSON array.
hook() {
	sql "INSERT INTO webhooks(projectId,name,url,events,createdAt,updatedAt)
		VALUES (${2:-NULL},'h','https://hooks.example.com/','$1',0,0)"
}

queued() {
	sql "SELECT COALESCE(group_concat(eventType, ' '), '') FROM
		(SELECT eventType FROM webhook_deliveries ORDER BY id)"
}

@test "a change is queued once for each webhook that wants it" {
	hook '["task.*"]'
	hook '["*"]'
	hook '["project.updated","task.completed"]'
	awm_ok task add one -p P -q >/dev/null
	[ "$(queued)" = 'task.created task.created' ]
	awm_ok task done 1 -q >/dev/null
	[ "$(sql "SELECT count(*), count(DISTINCT messageId), count(activityId)
		FROM webhook_deliveries WHERE eventType = 'task.completed'")" = '3|3|3' ]
	[ "$(sql "SELECT count(*) FROM webhook_deliveries
		WHERE messageId NOT GLOB 'msg_*' OR messageId GLOB '*.*'")" = 0 ]
}

@test "nobody waits: nothing is queued; a disabled webhook waits for nothing" {
	hook '["*"]'
	sql 'UPDATE webhooks SET isEnabled = 0'
	awm_ok task add one -p P -q >/dev/null
	[ "$(queued)" = '' ]
}

@test "a webhook of a project hears of it alone" {
	hook '["*"]' 1
	awm_ok project add Other -q >/dev/null
	awm_ok task add theirs -p Other -q >/dev/null
	[ "$(queued)" = '' ]
	awm_ok task add ours -p P -q >/dev/null
	[ "$(queued)" = 'task.created' ]
}

@test "no event without its change: a rehearsal and a failure leave none" {
	hook '["*"]'
	awm_ok task add one -p P -q >/dev/null
	awm_ok task edit 1 --priority high --dry-run >/dev/null
	printf '%s\n' '{"title":"a"}' '{"title":"b","priority":"none"}' >lines
	run_awm task add --from lines -p P
	assert_status 2
	[ "$(queued)" = 'task.created' ]
}

@test "data: ids, who did it, what changed, and the row" {
	hook '["*"]'
	awm_ok task add one -p P -q >/dev/null
	awm_ok task edit 1 --priority urgent -q >/dev/null
	awm_ok comment add 1 hello -q >/dev/null
	output=$(sql 'SELECT payload FROM webhook_deliveries ORDER BY id' | jq -s .)
	assert_json 'map(.type) == ["task.created", "task.updated",
		"comment.created"] and all(keys_unsorted ==
			["type", "timestamp", "data"])'
	assert_json '.[1].timestamp == "2026-11-22T12:00:00.000Z"'
	assert_json '.[1].data | .id == 1 and .projectId == 1 and .taskId == 1
		and .actor == {id: 1, email: "ada@example.com", name: "ada"}
		and .changes == {priority: {from: "medium", to: "urgent"}}
		and .task.title == "one" and .task.priority == "urgent"'
	assert_json '.[2].data | .id == 1 and .taskId == 1 and .projectId == 1
		and .comment.content == "hello"'
}

@test "data of what is gone: the row as it last stood" {
	hook '["project.deleted"]'
	awm_ok project add Gone -q >/dev/null
	awm_ok project rm Gone --yes -q >/dev/null
	output=$(sql 'SELECT payload FROM webhook_deliveries')
	assert_json '.data | .id == 2 and .projectId == null
		and .project.title == "Gone"'
}

@test "data holds no prompts and answers, no secrets, and cuts long texts" {
	hook '["*"]'
	awm_ok task add one -p P -d "$(printf 'ä%.0s' {1..5000})" -q >/dev/null
	awm_ok exec record 1 Geheim-B --prompt Geheim-A --provider local \
		--model m -q >/dev/null
	run sql "SELECT payload FROM webhook_deliveries"
	[[ $output != *Geheim* ]]
	output=$(sql "SELECT payload FROM webhook_deliveries
		WHERE eventType = 'task.created'")
	assert_json '.data.task.description | length == 1025 and endswith("ä…")'
	[ "$(sql "SELECT count(*) > 0 FROM webhook_deliveries
		WHERE eventType GLOB 'execution.*'")" = 1 ]
	printf 'hunter2' >key
	awm_ok integration add smtp --setting host=mail.example.com \
		--setting from=a@example.com --stdin -q <key >/dev/null
	run sql "SELECT payload FROM webhook_deliveries"
	[[ $output != *hunter2* && $output != *awm1:* ]]
}

@test "taking a change back is an event as well" {
	hook '["task.*"]'
	awm_ok task add one -p P -q >/dev/null
	awm_ok task done 1 -q >/dev/null
	awm_ok undo -q >/dev/null
	[ "$(queued)" = 'task.created task.completed task.status_changed' ]
}
