#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What runs do: events, conditions, templates, every action, and what stops
# them.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	awm_ok project add Web >/dev/null
	awm_ok task add 'Buy milk' -p Web --tag old >/dev/null
}

auto() {
	awm_ok automate add "$@" >/dev/null
}

tick() {
	awm_ok automate tick
}

@test "an event queues a run in its transaction, and a tick runs it" {
	auto Ship --on task.completed --if status=done \
		--do 'comment.add content="Shipped {{task.title}} by {{actor.name}}, was {{event.changes.status.from}}"' \
		--do 'task.update rmTags=old addTags=shipped priority=high'
	awm_ok task done 1 --dry-run >/dev/null
	prints '' automate log -q
	awm_ok task done 1 >/dev/null
	json 'map(.state) == ["queued"] and .[0].input.type == "task.completed" and
		.[0].input.data.changes.status.to == "done" and
		.[0].activityId != null' automate log
	prints '1 run succeeded' automate tick
	prints '' automate tick
	json 'map([.state, .duration, .errorMessage]) == [["success", 0, null]] and
		.[0].output == [{action: "comment.add", taskId: 1, commentId: 1},
			{action: "task.update", taskId: 1}]' automate log Ship
	json '.[0].content == "Shipped Buy milk by ada, was todo"' comment list
	json '.tags == ["shipped"] and .priority == "high"' task show 1
	json '.runCount == 1 and .lastRunAt == "2026-11-22T12:00:00.000Z"' \
		automate show Ship
	# What it did is marked, is no change that undo takes back, and tells.
	run sql "SELECT type, userId, metadata ->> 'automation.id' FROM activities
		WHERE metadata -> '\$.automation' IS NOT NULL ORDER BY id"
	assert_contains 'comment.created|1|'
	assert_contains 'automation.ran'
	run_awm undo --dry-run
	assert_contains 'task.completed'
}

@test "a task that is done has changed its status as well" {
	auto S --on task.status_changed --if status=done --do 'notify title=s'
	auto U --on task.updated --if 'priority changed' --do 'notify title=u'
	auto A --on task.assigned --if 'assigneeId to 1' --do 'notify title=a'
	auto Any --on 'task.*' --do 'notify title=any'
	awm_ok task edit 1 --priority low --status in_progress --assign me >/dev/null
	awm_ok task done 1 >/dev/null
	tick >/dev/null
	run sql "SELECT title, COUNT(*) FROM notifications
		WHERE type = 'automation.notice' GROUP BY 1 ORDER BY 1"
	assert_output $'a|1\nany|2\ns|1\nu|1'
}

@test "operators" {
	local id=0 condition
	while read -r wanted condition; do
		id=$((id + 1))
		auto "A$id" --on task.updated --if "$condition" --do 'notify'
		sql "CREATE TABLE IF NOT EXISTS wanted(id INTEGER, n INTEGER);
			INSERT INTO wanted VALUES ($id, $wanted)"
	done <<-'END'
		1 priority=high
		0 priority!=high
		1 priority>medium
		1 priority gte high
		0 priority < low
		1 priority in low,high
		0 priority nin low,high
		1 tags contains old
		0 tags contains ol
		1 title contains MILK
		1 title matches ^Buy\s
		0 title matches ^milk
		1 title =~ milk$
		1 priority changed
		0 title changed
		1 priority from medium
		0 priority from low
		1 priority to high
		1 estimatedMinutes >= 90
		0 estimatedMinutes > 90
		1 dueDate lt 2026-12-01
		0 dueDate > +20d
		1 description = null
		1 assigneeId ne 1
		1 actor.email = ada@example.com
		0 actor.email = bob@example.com
	END
	awm_ok task edit 1 --priority high --estimate 90 --due 2026-11-25 >/dev/null
	run sql "SELECT w.id, w.n, a.trigger FROM wanted w JOIN automations a
		ON a.id = w.id WHERE w.n <> (SELECT COUNT(*) FROM automation_runs r
			WHERE r.automationId = w.id)"
	assert_output ''
	sql 'DROP TABLE wanted'
}

@test "projects, disabling, and events of nobody" {
	awm_ok project add Other >/dev/null
	awm_ok task add 'Else' -p Other >/dev/null
	auto P -p Web --on 'task.*' --do 'notify title=p'
	auto All --on 'task.*' --do 'notify title=all'
	awm_ok task edit 2 --priority low >/dev/null
	prints $'2' automate log --format tsv --fields automationId -n 1 | tail -n 1
	awm_ok automate disable All >/dev/null
	json 'map([.automationId, .state, .errorMessage]) ==
		[[2, "cancelled", "the automation was disabled"]]' automate log
	awm_ok task edit 1 --priority low >/dev/null
	json 'map([.automationId, .state]) == [[1, "queued"], [2, "cancelled"]]' \
		automate log
	prints '1 run succeeded' automate tick
	json 'length == 1' automate log --status cancelled
	json 'length == 0' automate log --since 2026-11-23
}

@test "all actions on rows" {
	awm_ok user add bob@example.com >/dev/null
	awm_ok template add Starter --from-project Web >/dev/null
	auto All --manual \
		--do 'task.create title="Follow {{task.title}}" project=Web due=+3d tags=a,b parent={{task.id}} assignee=bob@example.com' \
		--do 'task.assign assignee=bob@example.com' \
		--do 'comment.add content="see {{input.where}}"' \
		--do 'notify user=bob@example.com title="Look, {{project.title}}" content={{task.id}}' \
		--do 'template.apply template=Starter title="From {{task.id}}"'
	run_awm automate run All --task 1 --input where=there --dry-run
	assert_status 0
	assert_contains 'task.create taskId=2'
	assert_contains 'project.created'
	json 'length == 1' task list
	prints 'ended automation run 1' automate run All --task 1 \
		--input where=there
	json '.title == "Follow Buy milk" and .dueDate == "2026-11-25T12:00:00.000Z"
		and .tags == ["a", "b"] and .parentTaskId == 1 and .assigneeId == 2' \
		task show 2
	json '.assigneeId == 2 and .comments[0].content == "see there"' task show 1
	json 'any(.[]; .title == "Look, Web" and .content == "1" and
		.type == "automation.notice")' --as bob@example.com notify list
	json 'map(.title) | contains(["From 1"])' project list
}

@test "a run that fails changes nothing, and says why" {
	auto F --manual --do 'comment.add content=first' \
		--do 'task.update assignee=nobody@example.com'
	fails 3 'task.update: assignee:' automate run F --task 1
	json 'length == 0' comment list
	json '.[0].state == "failed" and .[0].output == [] and
		(.[0].errorMessage | startswith("task.update: assignee:"))' automate log
	run sql "SELECT json_extract(changes, '\$.error.to') FROM activities
		WHERE type = 'automation.failed'"
	assert_contains 'task.update: assignee:'
	# A name without a value, a task that is gone.
	auto G --on task.deleted --do 'comment.add content={{task.nothing}}'
	awm_ok task rm 1 >/dev/null
	prints '1 run failed' automate tick
	json '.[0].errorMessage | contains("task.nothing")' automate log G
	fails 4 'there is no task' automate run F
}

@test "the creator's role is the one of today" {
	awm_ok user add bob@example.com >/dev/null
	awm_ok --as bob@example.com automate add B --on 'task.*' \
		--do 'comment.add content=hi' >/dev/null
	awm_ok task edit 1 --priority low >/dev/null
	awm_ok user edit bob@example.com --role viewer >/dev/null
	prints '1 run failed' automate tick
	json '.[0].errorMessage | contains("bob@example.com")' automate log
	awm_ok user edit bob@example.com --role member >/dev/null
	awm_ok task edit 1 --priority high >/dev/null
	prints '1 run succeeded' automate tick
	json '.[0].userId == 2' comment list
}

@test "depth: two that set each other off come to rest, and the owner knows" {
	auto Ping --on task.updated --do 'task.update description="{{task.description}}x"'
	auto Pong --on comment.created --do 'task.update task={{comment.taskId}} description="{{task.description}}x"'
	sql "UPDATE tasks SET description = ''"
	awm_ok task edit 1 --priority low >/dev/null
	tick >/dev/null
	json 'map(.depth) == [6,5,4,3,2,1,0] and .[0].state == "skipped" and
		(.[0].errorMessage | contains("more than 5"))' automate log
	json '.description == "xxxxxx"' task show 1
	json 'map(select(.type == "automation.notice")) | length == 1 and
		(.[0].title | contains("Ping"))' notify list
}

@test "rate: no more than automate.maxRunsPerHour" {
	awm_ok config set automate.maxRunsPerHour 3 >/dev/null
	auto R --on comment.created --do 'notify title=r'
	for i in 1 2 3 4 5; do
		awm_ok comment add 1 "$i" >/dev/null
	done
	prints '3 runs succeeded' automate tick
	json 'map(.state) == ["skipped", "skipped", "success", "success",
		"success"]' automate log
	json 'map(select(.content | contains("maxRunsPerHour"))) | length == 1' \
		notify list
	AWM_NOW=2026-11-22T13:00:01Z awm_ok comment add 1 later >/dev/null
	AWM_NOW=2026-11-22T13:00:01Z prints '1 run succeeded' automate tick
}

@test "what runs do is told to those alone who ask for it" {
	auto Any --on '*' --do 'notify title=any'
	auto Ran --on automation.ran --do 'notify title=ran'
	awm_ok task edit 1 --priority low >/dev/null
	tick >/dev/null
	json 'map(.automationId) | sort == [1, 2]' automate log
}

@test "commands: only where this machine allows it, as words, event on stdin" {
	auto C --on task.completed --do 'comment.add content=before' \
		--do "command.run argv='sh -c \"cat >got; echo \\\"\$1\\\"\" sh \"{{task.title}}; touch bad\"'"
	awm_ok task done 1 >/dev/null
	prints '1 run failed' automate tick
	json '.[0].errorMessage | contains("does not run commands")' automate log
	# Neither the row nor the database can allow it.
	awm_ok config set automate.allowCommands true >/dev/null
	awm_ok task reopen 1 >/dev/null
	run_awm automate run C --task 1 --dry-run
	assert_status 0
	assert_contains 'argv=["sh","-c"'
	[[ ! -e got ]]
	awm_ok task done 1 >/dev/null
	prints '1 run succeeded' automate tick
	jq -e '.event.type == "task.completed" and .task.id == 1 and
		.automation.name == "C"' got
	[[ ! -e bad ]]
	json '.[0].output[1].stdout == "Buy milk; touch bad\n"' automate log
	run sql 'SELECT COUNT(*) FROM automation_claims'
	assert_output 0
	auto D --manual --do 'command.run argv=false'
	fails 8 "the command 'false' ended with status 1" automate run D
	awm_ok automate edit D --do \
		"command.run argv='sh -c \"echo oh >&2; exit 3\"'" >/dev/null
	fails 8 'ended with status 3' automate run D
	json '.[0].output[0].hint == "oh"' automate log D
	# Its own row can go while it runs.
	awm_ok automate edit D --do "command.run argv='awm automate rm D'" >/dev/null
	run_awm automate run D
	json 'map(.name) == ["C"]' automate list
	run awm db check -q
	assert_status 0
}

@test "conditions and templates see the task and the project of what is theirs" {
	auto C --on comment.created --if 'task.priority = high' \
		--if 'project.title contains web' --if 'content matches ^/done' \
		--do 'task.update status=done' \
		--do 'notify title="{{comment.content}} on {{task.title}}"'
	awm_ok comment add 1 '/done' >/dev/null
	prints '' automate log -q
	awm_ok task edit 1 --priority high >/dev/null
	awm_ok comment add 1 'hello' >/dev/null
	awm_ok comment add 1 '/done now' >/dev/null
	prints '1 run succeeded' automate tick
	json '.status == "done"' task show 1
	json 'any(.[]; .title == "/done now on Buy milk")' notify list
}

@test "prompts: run behind the rest, kept as executions" {
	awm_ok provider add local --command 'tr a-z A-Z' >/dev/null
	awm_ok skill add Shout --prompt 'say {{task.title}} {{input.n}}' >/dev/null
	auto E --on task.completed \
		--do 'exec.run skill=Shout provider=local input.n={{task.id}}' \
		--do 'comment.add content=asked'
	run_awm automate run E --task 1 --dry-run
	assert_status 0
	assert_contains 'stdin=say Buy milk 1'
	awm_ok task done 1 >/dev/null
	prints '1 run succeeded' automate tick
	json '.[0].output | map(.action) == ["comment.add", "exec.run"] and
		.[1].status == "success" and .[1].executionId == 1' automate log
	json '.[0].response == "SAY BUY MILK 1"' exec list
	run sql "SELECT metadata -> '\$.automation.id' FROM activities
		WHERE type = 'execution.succeeded'"
	assert_output 1
	auto F --manual --do 'exec.run provider=local skill=Nowhere'
	fails 3 'exec.run:' automate run F --task 1
}

@test "webhook.send queues the event for one webhook" {
	sql "INSERT INTO webhooks(name,url,events,createdAt,updatedAt)
		VALUES ('Chat','http://127.0.0.1:9/x','[\"user.created\"]',1,1)"
	auto W --on task.completed --do 'webhook.send webhook=Chat'
	run_awm automate run W --task 1 --dry-run
	assert_status 0
	assert_contains 'webhook.send webhookId=1'
	awm_ok task done 1 >/dev/null
	json '.succeeded == 1' automate tick
	run sql "SELECT eventType, payload -> '\$.type',
		payload -> '\$.data.task.id' FROM webhook_deliveries"
	assert_output 'task.completed|"task.completed"|1'
}

@test "every event that is recorded can be waited for" {
	awm_ok db seed -q >/dev/null
	sql 'SELECT DISTINCT type FROM activities' >types
	while read -r type; do
		auto "on $type" --on "$type" --do notify
		auto "all of ${type%%.*}" --on "${type%%.*}.*" --do notify
	done <types
	[[ $(wc -l <types) -gt 15 ]]
}

@test "a damaged row stops no other one" {
	auto Good --on 'task.*' --do 'notify title=good'
	auto Bad --on 'task.*' --do 'notify title=bad'
	auto Worse --every '* * * * *' --do 'notify title=worse'
	sql "UPDATE automations SET actions = '[{\"type\":\"nope\"}]' WHERE id = 2;
		UPDATE automations SET trigger = '{\"type\":\"schedule\",\"cron\":1}'
			WHERE id = 3"
	awm_ok task edit 1 --priority low >/dev/null
	AWM_NOW=2026-11-22T12:02:00Z prints '1 run succeeded, 1 run failed' \
		automate tick
	run_awm automate show 3
	assert_status 0
	# What is no fault of the run stays queued, and stops no later one.
	awm_ok automate rm 2 3 >/dev/null
	auto Tag --on task.updated --do 'task.update addTags=b'
	awm_ok task add Other -p Web >/dev/null
	awm_ok task edit 1 --priority high >/dev/null
	awm_ok task edit 2 --priority high >/dev/null
	sql 'PRAGMA ignore_check_constraints = 1' \
		"UPDATE tasks SET tags = '{' WHERE id = 1"
	run_awm automate tick
	assert_status 7
	json 'map([.automationId, .state]) | unique | contains([[4, "queued"],
		[4, "success"]])' automate log
	sql "UPDATE tasks SET tags = '[]' WHERE id = 1"
	run_awm automate tick
	assert_status 0
	json 'all(.[]; .state != "queued")' automate log
}
