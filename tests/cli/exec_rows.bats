#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Executions as they are kept: list, show, cancel, rate, feedback, record, cost,
# rm, reap; prices; budgets. Running a prompt is exec.bats.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	awm_ok project add Web -q >/dev/null
	awm_ok task add one -p Web -q >/dev/null
	awm_ok task add two -p Web -q >/dev/null
}

sql() {
	sqlite3 -cmd 'PRAGMA foreign_keys=ON' "$AWM_DB" "$@"
}

# record TASK ARG…: a call that costs 0.02, unless it is said otherwise.
record() {
	awm_ok exec record "$@" -q
}

paid() {
	record "$1" hello --prompt hi --provider openai --model gpt-5.5 \
		--prompt-tokens 1000 --completion-tokens 500 "${@:2}"
}

# running ID HOST BOOT PID START: an execution of task 1 that runs.
running() {
	sql "INSERT INTO task_executions(id,taskId,prompt,aiProvider,model,
			createdAt,updatedAt) VALUES ($1,1,'p','openai','m',1,1);
		INSERT INTO search_indexes(entityType,entityId,content,createdAt,
			updatedAt) VALUES ('execution',$1,'p',0,0);
		INSERT INTO search_fts(rowid,title,content)
			VALUES (last_insert_rowid(),'','p');
		INSERT INTO execution_runs(executionId,userId,host,bootId,pid,
			pidStart,estimate) VALUES ($1,1,'$2','$3',$4,$5,0.25)"
}

# The name that awm gives this machine, or this pid namespace.
this_host() {
	local inode

	inode=$(stat -Lc %i /proc/self/ns/pid)
	if [[ $inode == 4026531836 ]]; then
		uname -n
	else
		printf '%s/%s\n' "$(uname -n)" "$inode"
	fi
}

this_boot() {
	cat /proc/sys/kernel/random/boot_id
}

started() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20
}

# ---- record ----

@test "record: a call that ended, its cost by the prices of the day" {
	run_awm exec record 1 'Hello, *Ada*.' --prompt 'Say hello' \
		--provider openai --model gpt-5.5-2026-04-23 \
		--prompt-tokens 1000 --completion-tokens 500 --duration 1.5 --json
	assert_status 0
	assert_json '.status == "success" and .executionNumber == 1
		and .cost == 0.02 and .duration == 1500
		and .response == "Hello, *Ada*." and .prompt == "Say hello"
		and .tokensUsed == {promptTokens: 1000, completionTokens: 500,
			totalTokens: 1500}
		and .createdAt == "2026-11-22T11:59:58.500Z"
		and .completedAt == "2026-11-22T12:00:00.000Z"'
	json '.actualCost == 0.02 and .tokenUsage.totalTokens == 1500' task show 1
	json '.totalCost == 0.02' project show Web
	json '.requestedModel == "gpt-5.5-2026-04-23" and .userId == 1
		and .metadata == {recorded: true} and .skillId == null
		and .host == null and .task.title == "one"
		and .user.email == "ada@example.com"' exec show 1
	json '.[0] | .type == "execution.succeeded" and .taskId == 1
		and (.changes | has("prompt") or has("response") | not)' \
		activity list -n 1
	prints 'recorded execution 2' exec record 1 x --prompt p \
		--provider local --model m
	json '.executionNumber == 2 and .cost == 0 and .tokensUsed == null' \
		exec show 2
	awm_ok db check >/dev/null
}

@test "record: texts from files and standard input, each once" {
	printf 'from a file\n' >prompt
	run_awm_in $'line 1\nline 2' exec record 1 - --prompt-file prompt \
		--provider google --model gemini-2.5-pro --json
	assert_status 0
	assert_json '.prompt == "from a file\n" and .response == "line 1\nline 2\n"'
	run_awm_in 'asked' exec record 1 --prompt-file - --response-file prompt \
		--provider local --model m --json
	assert_json '.prompt == "asked\n" and .response == "from a file\n"'
	fails 2 'twice' exec record 1 x --response y --prompt p --provider local \
		--model m
	fails 2 'twice' exec record 1 x --prompt p --prompt-file prompt \
		--provider local --model m
	fails 2 'standard input' exec record 1 - --prompt-file - \
		--provider local --model m
	fails 3 'nope' exec record 1 x --prompt-file nope --provider local --model m
	printf 'a\0b' >nul
	fails 2 'UTF-8' exec record 1 x --prompt-file nul --provider local --model m
	[ "$(sql 'SELECT COUNT(*) FROM task_executions')" = 2 ]
}

@test "record: what is missing, malformed or cannot be" {
	fails 2 '--prompt' exec record 1 x --provider local --model m
	fails 2 '--provider' exec record 1 x --prompt p --model m
	fails 2 '--model' exec record 1 x --prompt p --provider local
	fails 2 'skynet' exec record 1 x --prompt p --provider skynet --model m
	fails 4 'has a response' exec record 1 --prompt p --provider local --model m
	fails 4 'no error' exec record 1 x --prompt p --provider local --model m \
		--status success --error e
	fails 2 "running" exec record 1 x --prompt p --provider local \
		--model m --status running
	fails 4 'future' exec record 1 x --prompt p --provider local --model m \
		--started tomorrow
	fails 4 'future' exec record 1 x --prompt p --provider local --model m \
		--started -1h --duration 2h
	fails 3 'no task 9' exec record 9 x --prompt p --provider local --model m
	fails 4 'cost' exec record 1 x --prompt p --provider local --model m \
		--cost=-1
	fails 2 'prompt-tokens' exec record 1 x --prompt p --provider local \
		--model m --prompt-tokens -5
	awm_ok task rm 2 >/dev/null
	fails 4 'task 2 is deleted' exec record 2 x --prompt p --provider local \
		--model m
	[ "$(sql 'SELECT COUNT(*) FROM task_executions')" = 0 ]
	[ "$(sql 'SELECT COUNT(*) FROM execution_runs')" = 0 ]
}

@test "record: failed, with a cost of its own, of a day before a price fell" {
	run_awm exec record 1 --prompt p --provider openai --model gpt-5.6 \
		--error 'rate limited' --cost 0.5 --json
	assert_json '.status == "failed" and .errorMessage == "rate limited"
		and .cost == 0.5 and .response == null'
	run_awm exec record 1 part --prompt p --provider openai --model gpt-5.6 \
		--status cancelled --prompt-tokens 1000 --completion-tokens 0 \
		--started 2026-08-20T23:59 --json
	assert_json '.status == "cancelled" and .cost == 0.005
		and .createdAt == "2026-08-20T23:59:00.000Z"'
	run_awm exec record 1 x --prompt p --provider openai --model gpt-5.6 \
		--prompt-tokens 1000 --completion-tokens 0 \
		--started 2026-08-21T00:00 --json
	assert_json '.cost == 0.004'
	run_awm exec record 1 x --prompt p --provider openai --model unheard-of \
		--prompt-tokens 1000 --completion-tokens 0 --json
	assert_json '.cost == null and .tokensUsed.promptTokens == 1000'
}

@test "record: a skill's version is noted and its use counted" {
	sql "INSERT INTO skills(id,name,description,prompt,category,authorId,version,
			createdAt,updatedAt) VALUES (1,'Greet','d','p','c',1,3,0,0);
		INSERT INTO search_indexes(entityType,entityId,content,createdAt,
			updatedAt) VALUES ('skill',1,'Greet d p c',0,0);
		INSERT INTO search_fts(search_fts) VALUES ('rebuild')"
	record 1 x --prompt p --provider local --model m --skill greet
	json '.skillId == 1 and .skillVersion == 3' exec show 1
	[ "$(sql 'SELECT usageCount FROM skills')" = 1 ]
	prints 1 exec list --skill greet -q
	record 1 x --prompt p --provider local --model m
	prints 1 exec list --skill greet -q
	json '. == [{id: 1, name: "Greet", runs: 1}, {id: null, name: null, runs: 1}]' \
		exec cost --by skill --fields id,name,runs
}

# ---- list, show ----

@test "list: filters, columns, formats; small amounts are not cut" {
	awm_ok user add bob@example.com -q >/dev/null
	awm_ok project add Other -q >/dev/null
	awm_ok task add three -p Other -q >/dev/null
	paid 1 --started 2026-11-20
	record 2 x --prompt p --provider anthropic --model claude-haiku-5-5 \
		--prompt-tokens 12 --completion-tokens 3
	awm_ok --as bob@example.com exec record 3 --prompt p --provider google \
		--model g --error boom -q >/dev/null
	prints $'3\n2\n1' exec list -q
	prints 1 exec list -q --task 1
	prints $'2\n1' exec list -q --project Web
	prints 3 exec list -q --status failed,cancelled
	prints 2 exec list -q --provider anthropic
	prints 1 exec list -q --model gpt-5.5
	prints 3 exec list -q --user bob@example.com
	prints $'2\n1' exec list -q --user me
	prints $'3\n2' exec list -q --since 2026-11-21
	prints 1 exec list -q --before 2026-11-21
	prints 2 exec list -q -n 1 --offset 1
	prints $'1\n2\n3' exec list -q --sort id
	fails 3 'Nobody' exec list --skill Nobody
	fails 2 "unknown field 'x'" exec list --fields x
	json 'length == 3 and (.[0] | has("response") and has("tokensUsed"))' \
		exec list
	run_awm exec list
	assert_contains '0.0000027'
	run_awm exec list --format csv --fields id,cost,status --sort id
	assert_output $'id,cost,status\r\n1,0.02,success\r\n2,2.7e-06,success\r\n3,,failed\r'
}

@test "show: nothing in an answer reaches the terminal as it is" {
	record 1 $'# Done\n\e[31mred\e[0m \e]0;title\a' --prompt $'p\e[2J' \
		--provider local --model m
	run_awm exec show 1
	assert_status 0
	assert_lacks $'\e'
	assert_lacks $'\a'
	assert_contains '\x1B[31m'
	run_awm exec list
	assert_lacks $'\e'
	json '.response | contains("\u001b[31m")' exec show 1
	fails 3 'no execution 7' exec show 7
}

@test "show: markdown of an answer is rendered on a terminal" {
	record 1 $'# Done\n\n**bold** \e[31mred' --prompt '**as it is**' \
		--provider local --model m
	TERM=xterm script -qefc 'awm --no-pager exec show 1' /dev/null \
		</dev/null >out
	grep -qF $'\e[0;1mbold' out
	grep -qF '**as it is**' out
	run -1 grep -q $'\e\\[31m' out
}

@test "task show has the executions, search finds them" {
	paid 1
	json '.executions | length == 1 and .[0].model == "gpt-5.5"' task show 1
	[ "$(sql "SELECT COUNT(*) FROM search_indexes
		WHERE entityType = 'execution' AND content LIKE '%hello%'")" = 1 ]
}

# ---- rate, feedback ----

@test "rate and feedback: set, changed, taken away" {
	paid 1
	prints 'rated execution 1' exec rate 1 4
	json '.rating == 5' exec rate 1 5
	json '.rating == null' exec rate 1 none
	fails 4 rating exec rate 1 6
	fails 2 rating exec rate 1 good
	fails 3 'no execution 9' exec rate 9 1
	json '.userFeedback == "quite good"' exec feedback 1 quite good
	run_awm_in 'from stdin' exec feedback 1 - --json
	assert_json '.userFeedback == "from stdin"'
	printf 'from a file' >f
	json '.userFeedback == "from a file"' exec feedback 1 -F f
	cat >editor <<-'END'
		#!/bin/sh
		printf ' and an editor' >>"$1"
	END
	chmod +x editor
	VISUAL=$PWD/editor run_awm exec feedback 1 -e --json
	assert_json '.userFeedback == "from a file and an editor"'
	fails 2 twice exec feedback 1 x -F f
	fails 2 'wants a text' exec feedback 1
	json '.userFeedback == null' exec feedback 1 ''
	prints $'1' exec list -q --rating none
	awm_ok db check >/dev/null
}

@test "runs are not taken back" {
	paid 1
	fails 4 'run of AI' undo
	[ "$(sql 'SELECT status FROM task_executions')" = success ]
}

# ---- cost ----

@test "cost: sums by each, equal to the rows" {
	local by

	awm_ok user edit me --timezone America/New_York >/dev/null
	awm_ok project add Other -q >/dev/null
	awm_ok task add three -p Other -q >/dev/null
	paid 1 --started 2026-11-20T03:00Z
	paid 1 --started 2026-11-20T06:00Z
	paid 2 --started 2026-11-21T04:59Z
	record 3 x --prompt p --provider anthropic --model claude-haiku-5-5 \
		--prompt-tokens 10 --completion-tokens 5
	record 3 --prompt p --provider openai --model odd --error e
	for by in project task skill model provider user day; do
		run_awm exec cost --by $by --json
		assert_status 0
		assert_json '(map(.runs) | add) == 5 and (map(.unpriced) | add) == 1
			and (map(.totalTokens) | add) == 4515
			and ((map(.cost // 0) | add) - $sum | fabs) < 1e-9' \
			--argjson sum "$(sql 'SELECT SUM(cost) FROM task_executions')"
	done
	json '. == [
		{"name": "2026-11-19", "runs": 1, "cost": 0.02},
		{"name": "2026-11-20", "runs": 2, "cost": 0.04},
		{"name": "2026-11-22", "runs": 2, "cost": 3.5e-6}]' \
		exec cost --by day --fields name,runs,cost
	json '.[0] == {id: 1, name: "one", cost: 0.04}' \
		exec cost --by task --fields id,name,cost
	json 'map(.name) == ["gpt-5.5", "claude-haiku-5-5", "odd"]' \
		exec cost --by model
	json 'map([.name, .runs]) == [["Web", 3]]' exec cost -p Web
	json 'map(.runs) == [1]' exec cost --from 2026-11-22 --provider anthropic
	json 'map(.runs) == [2]' exec cost --from 2026-11-20 --to 2026-11-20
	json 'map(.failed) == [1]' exec cost --status failed
	json '. == []' exec cost --model none
	json 'map(.runs) == [2]' exec cost --task 3
	json 'map(.runs) == [5]' exec cost --by user --user me
	fails 4 'ends before' exec cost --from 2026-11-20 --to 2026-11-18
	run_awm exec cost
	assert_output <<-'END'
		Id  Name   Runs  Failed  Tokens       Cost  Unpriced
		 1  Web       3       0    4500       0.06         0
		 2  Other     2       1      15  0.0000035         1
		 -  total     5       1    4515  0.0600035         1
	END
	run_awm exec cost --by provider --format tsv --fields name,runs
	assert_output $'name\truns\nopenai\t4\nanthropic\t1'
	prints $'1\n2' exec cost -q
}

# ---- rm ----

@test "rm: sums follow; one that runs has to be cancelled before" {
	paid 1
	paid 1
	running 3 elsewhere x 1 1
	fails 2 --yes exec rm 1
	run_awm exec rm 1 --yes --dry-run
	assert_status 0
	json '.actualCost == 0.04' task show 1
	prints 'deleted execution 1' exec rm 1 --yes
	json '.actualCost == 0.02 and .tokenUsage.totalTokens == 1500' task show 1
	json '.totalCost == 0.02' project show Web
	fails 4 'execution 3 is running' exec rm 3 --yes
	awm_ok exec rm 2 --yes >/dev/null
	json '.actualCost == null and .tokenUsage == null' task show 1
	json '.[0] | .type == "execution.deleted"' activity list -n 1
	awm_ok db check >/dev/null
}

@test "db check tells of tokens and cost that differ from the executions" {
	paid 1
	sql "UPDATE tasks SET tokenUsage = '{\"promptTokens\":1,
		\"completionTokens\":500,\"totalTokens\":1500}'"
	run_awm db check
	assert_status 4
	assert_contains 'task 1: tokenUsage differs from its executions'
	assert_contains 'task 2: tokenUsage differs from its executions'
	sql 'UPDATE tasks SET tokenUsage = NULL, actualCost = 5'
	run_awm db check
	assert_contains 'task 1: tokenUsage differs'
	assert_contains 'task 1: actualCost is 5.0, its executions cost 0.02'
	# The next execution of a task makes its sums anew.
	sql 'UPDATE tasks SET actualCost = NULL WHERE id = 2'
	paid 1
	json '.actualCost == 0.04 and .tokenUsage.promptTokens == 2000' task show 1
	awm_ok db check >/dev/null
}

# ---- cancel, reap ----

@test "a run whose process died is found by the next that looks" {
	running 1 "$(this_host)" "$(this_boot)" 4000000 1
	running 2 "$(this_host)" "$(this_boot)" $$ "$(started $$)"
	running 3 "$(this_host)" "$(this_boot)" $$ 1
	running 4 "$(this_host)" an-earlier-boot $$ "$(started $$)"
	running 5 elsewhere "$(this_boot)" 4000000 1
	json 'map(.id) == [5, 2]' exec list --status running
	json '.status == "failed" and (.errorMessage | contains("4000000"))
		and .completedAt == "2026-11-22T12:00:00.000Z"' exec show 1
	json 'length == 3' activity list --type execution.failed
	run_awm undo
	assert_contains 'task.created'
	awm_ok db check >/dev/null
}

@test "every command that looks finds it, also for viewers nothing breaks" {
	local verb

	for verb in 'list' 'show 1' 'cost' 'reap'; do
		sql "DELETE FROM task_executions; DELETE FROM search_indexes
			WHERE entityType = 'execution';
			INSERT INTO search_fts(search_fts) VALUES ('rebuild')"
		running 1 "$(this_host)" "$(this_boot)" 4000000 1
		# shellcheck disable=SC2086 # words on purpose
		awm_ok exec $verb >/dev/null
		[ "$(sql 'SELECT status FROM task_executions')" = failed ]
	done
	sql "DELETE FROM task_executions; DELETE FROM search_indexes
		WHERE entityType = 'execution';
		INSERT INTO search_fts(search_fts) VALUES ('rebuild')"
	running 1 "$(this_host)" "$(this_boot)" 4000000 1
	awm_ok user add viv@example.com --role viewer -q >/dev/null
	json 'map(.status) == ["running"]' --as viv@example.com exec list
}

@test "reap: other machines only by force, and a day later" {
	running 1 elsewhere x 1 1
	running 2 elsewhere x 1 1
	sql "INSERT INTO task_executions(id,taskId,prompt,aiProvider,model,
			createdAt,updatedAt) VALUES (3,1,'p','openai','m',1,1);
		INSERT INTO search_indexes(entityType,entityId,content,createdAt,
			updatedAt) VALUES ('execution',3,'p',0,0);
		INSERT INTO search_fts(search_fts) VALUES ('rebuild');
		UPDATE task_executions SET createdAt = 1795348800000 - 86399000
			WHERE id = 2"
	json '. == []' exec reap
	prints '' exec reap -q
	run_awm exec reap --force --dry-run
	assert_output <<-'END'
		dry run: ended execution 1
		dry run: ended execution 3
	END
	json 'map(.id) == [1, 3] and map(.status) == ["failed", "failed"]' \
		exec reap --force
	json 'map(.id) == [2]' exec list --status running
}

@test "cancel: SIGTERM to its process, the row ends either way" {
	sleep 60 3>&- &
	running 1 "$(this_host)" "$(this_boot)" $! "$(started $!)"
	run_awm exec cancel 1 --dry-run
	assert_output 'dry run: cancelled execution 1'
	kill -0 $!
	[ "$(sql 'SELECT cancelRequested FROM execution_runs')" = 0 ]
	run_awm exec cancel 1 --json
	assert_status 0
	assert_json '.status == "cancelled" and .completedAt != null'
	# Not waited for it is a zombie now, which is no process any more.
	run wait $!
	fails 4 "has ended: its status is 'cancelled'" exec cancel 1
	fails 3 'no execution 9' exec cancel 9
	json '.[0].type == "execution.cancelled"' activity list -n 1
	awm_ok db check >/dev/null
}

@test "cancel: a number that another process has now is left alone" {
	sleep 60 3>&- &
	running 1 "$(this_host)" "$(this_boot)" $! 1
	running 2 elsewhere "$(this_boot)" $! "$(started $!)"
	awm_ok exec cancel 1-2 >/dev/null
	kill $!
	json 'map(.status) == ["cancelled", "cancelled"]' exec list
}

@test "cancel: own ones, or as an admin" {
	awm_ok user add mem@example.com -q >/dev/null
	running 1 elsewhere x 1 1
	running 2 elsewhere x 1 1
	sql 'UPDATE execution_runs SET userId = 2 WHERE executionId = 2'
	fails 6 'somebody else' --as mem@example.com exec cancel 1-2
	[ "$(sql 'SELECT SUM(cancelRequested) FROM execution_runs')" = 0 ]
	awm_ok --as mem@example.com exec cancel 2 >/dev/null
	awm_ok exec cancel 1 >/dev/null
}

# ---- budgets ----

@test "a budget: set, shown, taken away, taken back" {
	json '.budget == 1.5 and .budgetLeft == 1.5' \
		project edit Web --budget 1.5
	paid 1
	running 7 elsewhere x 1 1
	json '.budget == 1.5 and .budgetLeft == 1.23' project show Web
	json '.budget == 1.5 and .budgetLeft == 1.23' project stats Web
	run_awm project stats Web
	assert_contains 'Budget left: 1.23'
	json '.[0] | .type == "project.updated"
		and .changes == {budget: {from: null, to: 1.5}}' \
		activity list -n 1 --type project.updated
	awm_ok project edit Web --budget 3 --color '#112233' >/dev/null
	awm_ok undo >/dev/null
	json '.budget == 1.5 and .color == null' project show Web
	awm_ok redo >/dev/null
	json '.budget == 3 and .color == "#112233"' project show Web
	json '.budget == null and .budgetLeft == null' \
		project edit Web --budget none
	json '.budget == 0' project add Cheap --budget 0
	fails 2 budget project edit Web --budget lots
	fails 4 budget project edit Web --budget=-1
	fails 2 'nothing to change' project edit Web
	[ "$(sql 'SELECT COUNT(*) FROM project_budgets')" = 1 ]
	awm_ok project rm Cheap --yes >/dev/null
	[ "$(sql 'SELECT COUNT(*) FROM project_budgets')" = 0 ]
}

# ---- prices ----

@test "prices list: built in, by name, alias and date" {
	json 'length > 50 and all(.origin == "built-in" and .id == null)
		and all(.currency == "USD")' provider prices list
	json 'map([.model, .inputPrice]) == [["gpt-5.6-sol", 4],
		["gpt-5.6-sol", 5]]' provider prices list --model gpt-5.6
	json 'map(.inputPrice) == [5]' provider prices list --model gpt-5.6 \
		--at 2026-08-01
	json 'map(.inputPrice) == [4] and .[0].aliases == ["gpt-5.6"]
		and .[0].longContext.threshold_prompt_tokens == 272000' \
		provider prices list --model gpt-5.6-20260901 --at today
	json 'all(.provider == "google")' provider prices list --provider google
	json '. == []' provider prices list --model gpt
}

@test "prices import: the table goes before the list" {
	printf 'provider,model,input,output,cached,from\nopenai,gpt-5.5,1,2,,2026-10-01\nlocal,mine,1,1,,\n' >p.csv
	run_awm provider prices import p.csv --dry-run --json
	assert_json 'length == 2'
	json 'all(.origin == "built-in")' provider prices list
	json 'map([.id, .model, .inputPrice, .validFrom]) == [
		[1, "gpt-5.5", 1, "2026-10-01T00:00:00.000Z"],
		[2, "mine", 1, "1970-01-01T00:00:00.000Z"]]' \
		provider prices import p.csv
	json '. == []' provider prices import p.csv
	json 'map([.id, .origin]) == [[1, "table"]]' \
		provider prices list --model gpt-5.5
	run_awm exec record 1 x --prompt p --provider openai --model gpt-5.5 \
		--prompt-tokens 1000000 --completion-tokens 0 --json
	assert_json '.cost == 1'
	# Before that date the list still knows.
	run_awm exec record 1 x --prompt p --provider openai --model gpt-5.5 \
		--prompt-tokens 1000 --completion-tokens 0 --started 2026-09-01 --json
	assert_json '.cost == 0.005'
	# What runs here costs nothing, whatever the table says.
	run_awm exec record 1 x --prompt p --provider local --model mine \
		--prompt-tokens 1000 --completion-tokens 0 --json
	assert_json '.cost == 0'
	sed 's/,1,2/,3,2/' p.csv | awm_ok provider prices import - --json >changed
	jq -e 'map([.id, .inputPrice]) == [[1, 3]]' changed
	prints 'deleted model price 1' provider prices rm 1
	json 'map(.origin) == ["built-in"]' provider prices list --model gpt-5.5
	fails 3 'no model price 1' provider prices rm 1
}

@test "prices import: the whole list, once, and what is malformed" {
	run_awm provider prices import --json
	assert_status 0
	assert_json 'length > 50'
	run_awm provider prices import --json
	assert_json '. == []'
	json 'all(.origin == "table")' provider prices list
	run_awm exec record 1 x --prompt p --provider openai --model gpt-5.6 \
		--prompt-tokens 300000 --completion-tokens 1000 --json
	assert_json '.cost == 2.43'
	printf 'openai,good,1,2\nopenai,bad,x,2\n' >bad.csv
	fails 2 'line 2: input' provider prices import bad.csv
	json '. == []' provider prices list --model good
	fails 3 nope provider prices import nope
	run_awm_in '{"models":[{"id":"m","vendor":"x"}]}' provider prices import -
	assert_status 2
	assert_error "model 'm'"
	awm_ok user add mem@example.com -q >/dev/null
	fails 6 'import prices' --as mem@example.com provider prices import bad.csv
	awm_ok db check >/dev/null
}

# ---- migration ----

@test "a database of before comes along: skills keep a version, runs their sums" {
	local step file number=0

	export AWM_DB=$PWD/old.db
	for step in 0001_specification 0002_workflow 0003_collaboration; do
		file=$AWM_SOURCE_ROOT/sql/migrations/sqlite/$step.sql
		number=$((number + 1))
		sqlite3 "$AWM_DB" <"$file"
		sqlite3 "$AWM_DB" "INSERT INTO schema_migrations VALUES ($number,
			'$step', '$(sha256sum <"$file" | cut -d' ' -f1)', 0)"
	done
	sql "PRAGMA application_id=$((0x41574d31)); PRAGMA user_version=3;
		INSERT INTO users(id,email,name,role,createdAt,updatedAt)
			VALUES (1,'ada@example.com','Ada','admin',0,0);
		INSERT INTO projects(id,title,ownerId,totalCost,createdAt,updatedAt)
			VALUES (1,'P',1,0.5,0,0);
		INSERT INTO tasks(id,projectId,title,actualCost,tokenUsage,createdAt,
			updatedAt) VALUES (1,1,'a',0.5,'{\"promptTokens\":1,
				\"completionTokens\":2,\"totalTokens\":3}',0,0);
		INSERT INTO task_executions(id,taskId,prompt,aiProvider,model,cost,
			tokensUsed,status,createdAt,updatedAt) VALUES
			(1,1,'p','openai','m',0.5,'{\"promptTokens\":1,
				\"completionTokens\":2,\"totalTokens\":3}','success',0,0),
			(2,1,'p','openai','m',NULL,NULL,'running',0,0);
		INSERT INTO skills(id,name,description,prompt,category,authorId,version,
			changelog,createdAt,updatedAt)
			VALUES (1,'S','d','p','c',1,4,'more','1','2');
		INSERT INTO search_indexes(entityType,entityId,content,createdAt,
			updatedAt) VALUES ('project',1,'P',0,0),('task',1,'a',0,0),
			('execution',1,'p',0,0),('execution',2,'p',0,0),
			('skill',1,'S d p c',0,0)"
	fails 7 migrate exec list
	awm_ok db migrate >/dev/null
	run sql 'SELECT skillId, version, prompt, changelog, userId, createdAt
		FROM skill_versions'
	assert_output '1|4|p|more|1|2'
	json 'map(.status) == ["running", "success"]' exec list
	json '.userId == null and .metadata == null' exec show 1
	json '.[0] | .runs == 2 and .cost == 0.5 and .running == 1' exec cost
	# Nobody knows who runs it.
	json 'map(.id) == [2]' exec reap --force
	run_awm db check
	assert_lacks 'cost          problem'
	assert_lacks 'differs from the entity'
}
