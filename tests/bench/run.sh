#!/bin/bash
# SPDX-License-Identifier: MIT
#
# usage: run.sh [--full] [--rounds N] [GROUP…]
#
# Prints how awm compares with the sqlite3 shell, git and a bare C client doing
# the same, and whether the goals are met: groups start, list, add, stream,
# ready, exec, search, webhook, import, git. awm, ratio, floor, answer and post must be on
# PATH: scripts/bench sees to that. Small is
# 10,000 tasks, big 100,000, with --full 1,000,000. A measurement is not a
# test: a goal that is missed is said, and the exit status is 0 all the same.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
small=10000
big=100000
rounds=100
groups=()

while (($#)); do
	case $1 in
	--full) big=1000000 ;;
	--quick) ;;
	--rounds)
		rounds=${2:?--rounds needs a number}
		shift
		;;
	-*)
		printf 'usage: run.sh [--full] [--rounds N] [GROUP...]\n' >&2
		exit 2
		;;
	*) groups+=("$1") ;;
	esac
	shift
done
((${#groups[@]})) ||
	groups=(start list ready add stream exec search webhook import git)

# Corpora may be kept from run to run.
kept=${BENCH_CORPORA-}
scratch=$(mktemp -d "${BENCH_SCRATCH:-${TMPDIR:-/tmp}}/awm-bench.XXXXXX")
servers=()
# What delivers in the background may still write there for some seconds.
clean_up() {
	local i

	kill "${servers[@]}" 2>/dev/null
	for i in {1..50}; do
		rm -rf "$scratch" 2>/dev/null && return
		sleep 0.2
	done
}
trap clean_up EXIT

export HOME=$scratch XDG_CONFIG_HOME=$scratch/config XDG_DATA_HOME=$scratch/data
export AWM_USER=bench@example.com LC_ALL=C.UTF-8 TZ=UTC TERM=dumb
unset AWM_DB AWM_NOW AWM_TRACE AWM_FAULT NO_COLOR COLUMNS
cd "$scratch"

# Puts the database of N tasks into FILE.
corpus() {
	local n=$1 file=$2

	if [[ -n $kept ]]; then
		mkdir -p "$kept"
		[[ -f $kept/$n.db ]] || "$here/corpus.sh" "$kept/$n.db" "$n"
		cp --reflink=auto "$kept/$n.db" "$file"
	elif [[ -f $scratch/$n.db ]]; then
		cp --reflink=auto "$scratch/$n.db" "$file"
	else
		"$here/corpus.sh" "$file" "$n"
	fi
}

plan() {
	local IFS=$'\t'

	printf '%s\n' "$*" >&9
}

# The statement of a listing as awm runs it, with its only parameter as a
# literal.
listing_sql() {
	local parameter=$1

	shift
	AWM_TRACE=sql awm "$@" -n 50 2>&1 >/dev/null |
		sed -n "s/^sql: \(.* LIMIT 50\)\$/\1/p" | sed "s/?1/$parameter/" |
		grep .
}

plan_start() {
	corpus "$small" start.db
	corpus "$small" alone.db

	plan group 'awm --version against git --version' $((rounds * 3))
	plan run 'awm --version' null awm --version
	plan run 'git --version' null git --version
	plan ratio 'awm --version / git --version' wall 'awm --version' \
		'git --version' 1.0

	plan group 'one task, both on the same file' $((rounds * 3))
	plan run 'awm task show 1' null awm --db start.db task show 1
	plan run 'sqlite3 FILE select' null sqlite3 start.db \
		'select * from tasks where id=1'
	plan run 'floor FILE select' null floor start.db \
		'select * from tasks where id=1'
	plan ratio 'show / sqlite3, same file' wall 'awm task show 1' \
		'sqlite3 FILE select' 2.0
	plan ratio 'show / C client, same file' wall 'awm task show 1' \
		'floor FILE select' 1.3

	plan group 'one task, each on a file of its own' $((rounds * 3))
	plan run 'awm task show 1' null awm --db alone.db task show 1
	plan run 'sqlite3 FILE select' null sqlite3 start.db \
		'select * from tasks where id=1'
	plan ratio 'show / sqlite3, own files' wall 'awm task show 1' \
		'sqlite3 FILE select' 2.0
}

plan_list() {
	local i n title sql
	local -a titles=('top 50' 'top 50 of a tag' 'top 50 of a project'
		'top 50 of a status')
	local -a flags=('' '--tag=tag7' '--project=7' '--status=todo')
	local -a values=('' "'tag7'" 7 '')

	# Readers only: awm and the shell may share a file, but the shell would
	# remove the log that awm leaves, so each has its own.
	for n in "$small" "$big"; do
		corpus "$n" "list-$n.db"
		cp --reflink=auto "list-$n.db" "shell-$n.db"
	done
	for i in "${!titles[@]}"; do
		title=${titles[i]}
		sql=$(listing_sql "${values[i]}" --db "list-$small.db" \
			task list ${flags[i]:+"${flags[i]}"})
		plan group "$title" "$rounds"
		for n in "$small" "$big"; do
			plan run "awm, $n tasks" null awm --db "list-$n.db" \
				task list -n 50 ${flags[i]:+"${flags[i]}"}
			plan run "sqlite3, $n tasks" null sqlite3 \
				"shell-$n.db" "$sql"
		done
		for n in "$small" "$big"; do
			plan ratio "$title / sqlite3, $n" wall "awm, $n tasks" \
				"sqlite3, $n tasks" 1.3
		done
		plan ratio "$title, $big / $small" wall "awm, $big tasks" \
			"awm, $small tasks" 1.5
	done
}

# Two dependencies a task, on tasks with smaller ids, and a parent for each
# fifth.
dependencies() {
	sqlite3 -bail "$1" >/dev/null <<-SQL
		PRAGMA synchronous = OFF;
		BEGIN;
		WITH RECURSIVE n (i) AS (
			SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < $big)
		INSERT OR IGNORE INTO task_dependencies
			SELECT i, 1 + (i * 2654435761) % (i - 1), 0 FROM n
			UNION ALL SELECT i, 1 + (i * 40503 + 977) % (i - 1), 0 FROM n;
		UPDATE tasks SET parentTaskId = id - 1 WHERE id % 5 = 0;
		COMMIT;
	SQL
}

# As many tasks again, all of them done, that waited for each other too.
finished() {
	sqlite3 -bail "$1" >/dev/null <<-SQL
		PRAGMA synchronous = OFF;
		BEGIN;
		INSERT INTO tasks (id, projectId, title, description, status,
				"order", completedAt, createdAt, updatedAt)
			SELECT id + $big, projectId, title, description, 'done',
				"order", 1, createdAt, updatedAt FROM tasks;
		INSERT INTO task_dependencies
			SELECT taskId + $big, blockerId + $big, 0
			FROM task_dependencies;
		COMMIT;
	SQL
}

plan_ready() {
	local i name sql
	local -a names=('next' 'ready -n 50' 'ready')
	local -a verbs=(next ready ready) flags=('' '-n50' '')

	corpus "$big" ready.db
	dependencies ready.db
	cp --reflink=auto ready.db ready-finished.db
	finished ready-finished.db
	cp --reflink=auto ready.db ready-shell.db
	for i in "${!names[@]}"; do
		name=${names[i]}
		sql=$(AWM_TRACE=sql awm --db ready.db task "${verbs[i]}" \
			${flags[i]:+"${flags[i]}"} -q 2>&1 >/dev/null |
			sed -n 's/^sql: \(SELECT t\..*"urgency".*\)$/\1/p' |
			sed "s/?1/$(date +%s000)/g" | grep .)
		plan group "$name, of $big tasks with dependencies" 20
		plan run "awm" null awm --db ready.db task "${verbs[i]}" \
			${flags[i]:+"${flags[i]}"} -q
		plan run "awm, and as many finished" null awm \
			--db ready-finished.db task "${verbs[i]}" \
			${flags[i]:+"${flags[i]}"} -q
		plan run "sqlite3" null sqlite3 ready-shell.db "$sql"
		plan ratio "$name / sqlite3" wall awm sqlite3 3.0
		plan ratio "$name, finished ones / without" wall \
			'awm, and as many finished' awm 1.2
	done
}

# What awm writes for `task add`, as one durable transaction of the shell.
insert_sql() {
	cat <<-'SQL'
		PRAGMA foreign_keys=ON;
		PRAGMA synchronous=FULL;
		BEGIN IMMEDIATE;
		INSERT INTO tasks ("projectId","title","order","createdAt","updatedAt")
			VALUES (1,'One more task of the benchmark',
			(SELECT COALESCE(MAX("order"),-1)+1 FROM tasks
				WHERE "projectId"=1 AND "deletedAt" IS NULL),
			1763985600000,1763985600000);
		INSERT INTO search_indexes ("entityType","entityId","title","content","createdAt","updatedAt")
			VALUES ('task',last_insert_rowid(),'One more task of the benchmark','',
			1763985600000,1763985600000);
		INSERT INTO search_fts (rowid,"title","content")
			VALUES (last_insert_rowid(),'One more task of the benchmark','');
		INSERT INTO activities ("projectId","taskId","userId","type","changes","createdAt","updatedAt")
			VALUES (1,(SELECT MAX(id) FROM tasks),1,'task.created',
			'{"projectId":{"from":null,"to":1},"title":{"from":null,"to":"One more task of the benchmark"},"order":{"from":null,"to":1}}',
			1763985600000,1763985600000);
		COMMIT;
	SQL
}

# The calls that reach the disk, of one command.
fsyncs() {
	local name=$1

	shift
	if ! command -v strace >/dev/null; then
		printf '  %-44s %9s\n' "$name" 'no strace'
		return
	fi
	strace -f -qq -e trace=fsync,fdatasync -o trace "$@" >/dev/null 2>&1 ||
		true
	printf '  %-44s %9d\n' "$name" "$(grep -cE 'sync\(' trace || true)"
}

plan_add() {
	local n sql

	sql=$(insert_sql | tr '\n\t' '  ')
	for n in 0 "$small" "$big"; do
		if ((n == 0)); then
			awm --db add-0.db -q task add first >/dev/null
			sqlite3 add-0.db 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
			cp add-0.db insert-0.db
		else
			corpus "$n" "add-$n.db"
			cp --reflink=auto "add-$n.db" "insert-$n.db"
		fi
	done
	plan group 'add one task, durably' $((rounds * 2))
	for n in 0 "$small" "$big"; do
		plan run "awm, $n tasks" null awm --db "add-$n.db" -q task add \
			-p 1 'One more task of the benchmark'
		plan run "sqlite3, $n tasks" null sqlite3 "insert-$n.db" "$sql"
	done
	for n in 0 "$small" "$big"; do
		plan ratio "add / sqlite3, $n" wall "awm, $n tasks" \
			"sqlite3, $n tasks" 1.1
	done
	plan ratio "add, $big / 0" wall "awm, $big tasks" 'awm, 0 tasks' 1.2
}

after_add() {
	printf '\nfsyncs of one add\n'
	fsyncs 'awm, warm log (goal 2)' awm --db add-0.db task add -p 1 warm
	fsyncs 'sqlite3 shell' sqlite3 insert-0.db "$(insert_sql)"
}

plan_stream() {
	local n format which name

	for n in "$small" "$big"; do
		[[ -f list-$n.db ]] || corpus "$n" "list-$n.db"
	done
	for format in json jsonl csv tsv; do
		for which in '' --all; do
			name="${which:+all }$format"
			plan group "a listing as $name" 5
			for n in "$small" "$big"; do
				plan run "$n tasks" pipe awm --db "list-$n.db" \
					task list --format "$format" ${which:+"$which"}
			done
			plan ratio "first row of $name, $big / $small" first \
				"$big tasks" "$small tasks" 1.5
			plan ratio "memory of $name, $big / $small" rss \
				"$big tasks" "$small tasks" 1.1
			plan limit "memory of $name, kB" rss "$big tasks" 16384
		done
		plan rate "rows a second as $format" "$big tasks" "$big"
	done

	plan group "export of $big tasks" 5
	plan run 'awm jsonl' null awm --db "list-$big.db" task list --all \
		--format jsonl --sort id
	plan run 'sqlite3 -json' null sqlite3 -json "list-$big.db" \
		'select * from tasks'
	plan run 'C client' null floor "list-$big.db" 'select * from tasks'
	plan ratio 'export / C client' wall 'awm jsonl' 'C client' 1.2
	plan ratio 'export / sqlite3 -json' wall 'awm jsonl' 'sqlite3 -json' -
}

# What is typed letter by letter is searched for of 100,000 tasks, also with
# --full.
plan_search() {
	local n prefix rare=$((big * 7 / 9)) typed=100000

	for n in "$small" "$big" "$typed"; do
		[[ -f search-$n.db ]] || corpus "$n" "search-$n.db"
	done
	cp --reflink=auto "search-$big.db" search-shell.db
	plan group "a rare word, of $big tasks" "$rounds"
	plan run 'awm search' null awm --db "search-$big.db" search "$rare"
	plan run 'sqlite3' null sqlite3 search-shell.db "$(found_sql "\"$rare\"")"
	plan ratio 'rare word / sqlite3, same MATCH' wall 'awm search' sqlite3 3.0

	plan group "a word that most rows hold" 10
	plan run "awm, $small tasks" null awm --db "search-$small.db" \
		search error -n 20
	plan run "awm, $big tasks" null awm --db "search-$big.db" \
		search error -n 20
	plan run "sqlite3, $big tasks" null sqlite3 search-shell.db \
		"$(found_sql '"error"')"
	plan ratio "frequent word / sqlite3, same MATCH" wall "awm, $big tasks" \
		"sqlite3, $big tasks" 3.0

	plan group "as it is typed, of $typed tasks" 20
	for prefix in webh webho fla quo 777; do
		plan run "$prefix*" null awm --db "search-$typed.db" search \
			"$prefix*" -n 20
	done
	for prefix in webh webho fla quo 777; do
		plan limit "$prefix*, ms" wall "$prefix*" 50
	done
}

# The 20 best, as a person would ask the shell for them.
found_sql() {
	printf '%s' 'SELECT x."entityType", x."entityId", ' \
		"snippet(search_fts, -1, '', '', '…', 16) " \
		'FROM search_fts f JOIN search_indexes x ON x."id" = f.rowid ' \
		"WHERE search_fts MATCH '$1' ORDER BY rank LIMIT 20"
}

# model SCRIPT: a server that streams so, for a minute; prints nothing, sets
# $url.
model() {
	printf '%s' "$1" >model.json
	rm -f model.port
	python3 "$here/../servers/model.py" model.json /dev/null >model.port &
	servers+=($!)
	until [[ -s model.port ]]; do sleep 0.05; done
	url=http://127.0.0.1:$(<model.port)/v1
}

plan_exec() {
	local url ask='{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}'

	awm --db exec.db -q project add Words >/dev/null
	for _ in {1..64}; do
		awm --db exec.db -q task add 'Say words' -p 1 \
			--execution parallel >/dev/null
	done
	model '[{"say": ["a word or two "], "repeat": 10000}]'
	plan group 'a stream of 10,000 chunks' 10
	plan run 'awm exec run' pipe awm --db exec.db exec run 1 \
		--provider local --model m --base-url "$url"
	plan run 'curl -N' pipe curl -sN -H 'Content-Type: application/json' \
		-d "$ask" "$url/chat/completions"
	plan ratio 'exec run / curl -N' wall 'awm exec run' 'curl -N' 1.05
	plan limit 'first token, ms' first 'awm exec run' -
	plan limit 'first byte of curl, ms (goal: at most 20 less)' first \
		'curl -N' -

	model '[{"say": ["a word or two "], "repeat": 100, "delay": 0.01}]'
	plan group '64 runs in one process' 3
	plan run '64 at once' null awm --db exec.db exec run 1-64 --jobs 64 \
		--provider local --model m --base-url "$url"
	plan limit 'memory of 64 runs, kB' rss '64 at once' 102400
}

# answer HOW: a server for webhooks; sets $url.
receiver() {
	rm -f answer.port
	answer "$1" >answer.port &
	servers+=($!)
	until [[ -s answer.port ]]; do sleep 0.05; done
	url=http://127.0.0.1:$(<answer.port)/
}

# hooks DB N EVENTS: N webhooks at $url.
hooks() {
	local i

	for ((i = 1; i <= $2; i++)); do
		awm --db "$1" webhook add "$url" --name "h$i" --events "$3" \
			--allow-private -q >/dev/null 2>&1
	done
}

# What waits, spread over the N webhooks of DB: 5,000 messages.
fill() {
	sqlite3 "$1" "WITH RECURSIVE n (i) AS (
			SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4999)
		INSERT INTO webhook_deliveries (messageId, webhookId, eventType,
			payload, nextAttemptAt, createdAt, updatedAt)
		SELECT printf('msg_%032x', i), 1 + i % $2, 'task.created',
			CAST(readfile('body') AS TEXT), 0, 0, 0 FROM n;
		PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
}

# A copy is delivered, since it can be only once; the floor copies as well.
plan_webhook() {
	local url n copy

	awm config set webhook.allowPrivate true
	receiver hang
	for n in 0 10; do
		awm --db "write-$n.db" project add P -q >/dev/null
		hooks "write-$n.db" "$n" 'task.*'
	done
	plan group 'a writer, and webhooks at a server that hangs' "$rounds"
	plan run 'none' null awm --db write-0.db -q task add -p 1 x
	plan run '10 that match' null awm --db write-10.db -q task add -p 1 x
	plan ratio 'write with 10 / none' wall '10 that match' none 1.2

	receiver 204
	head -c 1500 /dev/zero | tr '\0' x >body
	printf '{"type":"task.created","data":"%s"}' "$(<body)" >body.json
	mv body.json body
	for n in 8 64; do
		awm --db "send-$n.db" project add P -q >/dev/null
		hooks "send-$n.db" "$n" 'task.completed'
		fill "send-$n.db" "$n"
		plan group "5,000 messages over $n connections" 7
		copy="cp send-$n.db one.db"
		plan run 'awm' null bash -c \
			"$copy && awm --db one.db webhook deliver && rm one.db*"
		plan run 'libcurl' null bash -c \
			"$copy && post $url $n 5000 body && rm one.db*"
		plan ratio "deliver / libcurl, $n (goal: 0.7 of it)" wall awm \
			libcurl 1.43
	done
}

# The rows that an import made, as statements: what the shell has to do.
inserts() {
	local table

	printf 'PRAGMA foreign_keys=ON;\nPRAGMA synchronous=FULL;\nBEGIN IMMEDIATE;\n'
	for table in changes projects tasks search_indexes activities task_tags \
		external_ids; do
		sqlite3 "$1" ".mode insert $table" "SELECT * FROM $table"
	done
	printf 'COMMIT;\n'
}

# The same without statements to parse: from one file into another.
copies() {
	local table

	printf "ATTACH 'rows.db' AS x; PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; BEGIN IMMEDIATE;"
	for table in changes projects tasks search_indexes activities task_tags \
		external_ids; do
		printf 'INSERT INTO %s SELECT * FROM x.%s;' $table $table
	done
	printf 'COMMIT;'
}

# fresh NAME COMMAND: a script that does it with a new copy of empty.db.
fresh() {
	cat >"$1.sh" <<-SH
		rm -f $1.db $1.db-*
		cp --reflink=auto empty.db $1.db
		exec $2
	SH
}

plan_import() {
	corpus "$big" import-from.db
	awm --db import-from.db export taskwarrior -o import.json >/dev/null
	rm import-from.db*
	awm --db empty.db user list >/dev/null
	fresh imported 'awm --db imported.db import taskwarrior import.json'
	bash imported.sh >/dev/null
	inserts imported.db >insert.sql
	sqlite3 empty.db 'DELETE FROM activities; DELETE FROM search_indexes;
		DELETE FROM changes; PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
	fresh inserted 'sqlite3 -bail inserted.db <insert.sql'
	copies >copy.sql
	sqlite3 imported.db "VACUUM INTO 'rows.db'"
	fresh copied 'sqlite3 -bail copied.db <copy.sql'
	plan group "import of $big tasks" 3
	plan run 'awm import' null bash imported.sh
	plan run 'sqlite3 inserts' null bash inserted.sh
	plan run 'sqlite3 copies' null bash copied.sh
	plan ratio 'import / sqlite3' wall 'awm import' 'sqlite3 inserts' 2.0
	plan ratio 'import / sqlite3, nothing to parse' wall 'awm import' \
		'sqlite3 copies' -
	plan limit "memory of the import, kB" rss 'awm import' 1048576
	plan rate 'tasks a second' 'awm import' "$big"
}

# history N: N commits on main, a tenth of which name one of 500 tasks.
history() {
	local i

	for ((i = 1; i <= $1; i++)); do
		printf 'commit refs/heads/main\nauthor A <a@example.com> %d +0100\ncommitter A <a@example.com> %d +0100\ndata <<X\narea%d: change the thing number %d\n\nWhy it was done, in a few words, and\nwhat it is good for.\n' \
			$((1500000000 + i * 60)) $((1500000000 + i * 60)) \
			$((i % 37)) "$i"
		((i % 10)) || printf '\nAWM-Task: %d\n' $((i / 10 % 500 + 1))
		printf 'X\nM 644 inline f%d\ndata <<X\n%d\nX\n\n' \
			$((i % 50)) "$i"
	done
}

plan_git() {
	local n=50000 i

	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
	export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com
	export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com
	for i in "$n" $((n / 10)); do
		git init -q -b main "history-$i"
		history "$i" | git -C "history-$i" fast-import --quiet
	done
	corpus 10000 tasks.db
	cat >scan <<-'SH'
		#!/bin/sh
		rm -f scan.db scan.db-*
		cp tasks.db scan.db
		exec awm --db "$PWD/scan.db" -C "$1" git scan -q
	SH
	cat >log <<-'SH'
		#!/bin/sh
		cp tasks.db log.db
		git -C "$1" log --format='%H%x00%an%x00%aI%x00%B' |
			grep -a AWM-Task
	SH
	chmod +x scan log
	plan group "a history of $n commits" 5
	plan run 'awm git scan' null ./scan "history-$n"
	plan run 'git log | grep' null ./log "history-$n"
	plan ratio 'scan / git log | grep' wall 'awm git scan' \
		'git log | grep' 1.3

	cp tasks.db again.db
	for i in "$n" $((n / 10)); do
		awm --db "$PWD/again.db" -C "history-$i" git scan -q >/dev/null
	done
	plan group 'nothing new' 20
	plan run "after $n commits" null awm --db "$PWD/again.db" \
		-C "history-$n" git scan -q
	plan run "after $((n / 10)) commits" null awm --db "$PWD/again.db" \
		-C "history-$((n / 10))" git scan -q
	plan ratio "nothing new, $n / $((n / 10))" wall "after $n commits" \
		"after $((n / 10)) commits" 1.5

	cp tasks.db hook.db
	for i in plain hooked; do
		git init -q -b main "$i"
	done
	(cd hooked && awm git hook install >/dev/null)
	for i in prepare-commit-msg commit-msg post-rewrite post-merge; do
		rm "hooked/.git/hooks/$i"
	done
	plan group 'post-commit' 50
	plan run 'git commit' null git -C plain commit -q --allow-empty \
		-m 'AWM-1: one more'
	plan run 'git commit, linked' null env AWM_DB="$PWD/hook.db" \
		git -C hooked commit -q --allow-empty -m 'AWM-1: one more'
	plan limit 'git commit, ms' wall 'git commit' -
	plan limit 'git commit, linked, ms (goal: at most 20 more)' wall \
		'git commit, linked' -
}

for group in "${groups[@]}"; do
	printf '== %s\n' "$group"
	exec 9>"plan-$group"
	"plan_$group"
	exec 9>&-
	ratio <"plan-$group"
	if [[ $(type -t "after_$group") == function ]]; then
		"after_$group"
	fi
done
