#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# awm search: what is found and what is not, in which order, how it is shown;
# and that the index follows whatever is done.

load checks

setup() {
	awm_setup
}

# finds WANTED QUERY [ARG…]: what is found as "task 1, comment 2", in order.
finds() {
	local wanted=$1

	shift
	run_awm search --json "$@"
	assert_status 0
	output=$(jq -r 'map("\(.entityType) \(.entityId)") | join(", ")' \
		<<<"$output")
	assert_output "$wanted"
}

# as finds, but in whatever order
finds_all() {
	local wanted=$1

	shift
	run_awm search --json "$@"
	assert_status 0
	output=$(jq -r 'map("\(.entityType) \(.entityId)") | sort | join(", ")' \
		<<<"$output")
	assert_output "$wanted"
}

sound() {
	run_awm db check --json
	assert_status 0
}

# One of everything that can be found, with the word quokka.
everything() {
	awm_ok project add 'Quokka site' -q >/dev/null
	awm_ok task add 'Feed the quokka' -p 1 -q >/dev/null
	awm_ok comment add 1 'Quokka is hungry' -q >/dev/null
	awm_ok skill add Keeper --prompt 'Ask the quokka' -q >/dev/null
	awm_ok template add Zoo --from-project 1 -d 'As many a quokka' -q \
		>/dev/null
	awm_ok exec record 1 --prompt 'Say quokka' --response no \
		--provider local --model m -q >/dev/null
}

@test "every kind of row is found, with its fields" {
	everything
	finds_all 'comment 1, execution 1, project 1, skill 1, task 1, template 1' \
		quokka
	json 'all(.[]; keys_unsorted ==
		["entityType", "entityId", "title", "snippet", "score"])' \
		search quokka
	json '.[0].score == 1 and (map(.score) | . == (sort | reverse))' \
		search quokka
	json '.[0] == {entityType: "comment", entityId: 1,
		title: "Feed the quokka", snippet: "Quokka is hungry", score: 1}' \
		search hungry
	prints $'Type       Id  Title            Found\nexecution   1  Feed the quokka  Say quokka no' \
		search 'say'
	run_awm search hungry --format tsv
	assert_output $'entityType\tentityId\ttitle\tsnippet\tscore\ncomment\t1\tFeed the quokka\tQuokka is hungry\t1'
	prints '{"title":"Feed the quokka","score":1}' search hungry \
		--format jsonl --fields title,score
	prints 1 search hungry -q
	fails 2 "unknown field 'x'" search hungry --fields x
	sound
}

@test "words, phrases, prefixes, without, or, groups" {
	local n

	for n in 'red apple pie' 'green apple' 'red pepper' 'pineapple'; do
		awm_ok task add "$n" -q >/dev/null
	done
	finds_all 'task 1, task 2' apple
	finds 'task 1' 'apple red'
	finds 'task 1' apple red
	finds 'task 1' '"apple pie"'
	finds '' '"pie apple"'
	finds_all 'task 1, task 3' 'r*'
	finds_all 'task 1, task 4' 'pi*'
	finds 'task 2' 'apple -red'
	finds 'task 2' 'apple NOT pie'
	finds_all 'task 1, task 2, task 3' 'apple OR pepper'
	finds_all 'task 1, task 3' 'red (pie OR pepper)'
	finds 'task 3' 'red -(pie OR tart)'
	finds 'task 1' 'APPLE PIE'
	# several arguments are words
	finds '' apple OR pepper
	finds 'task 1' -- apple -red
	finds 'task 1' red 'pi*'
	run_awm_in 'green apple' search -
	assert_status 0
	assert_contains 'green apple'
}

@test "diacritics, scripts without spaces, emoji" {
	awm_ok task add 'Résumé hochladen' -d 'Über Ångström' -q >/dev/null
	awm_ok task add '日本語のテキスト' -d '東京都の天気' -q >/dev/null
	awm_ok task add 'Ship it 🎉🚀' -d 'สวัสดีชาวโลก' -q >/dev/null
	awm_ok task add '안녕하세요 세계' -q >/dev/null
	finds 'task 1' resume
	finds 'task 1' RÉSUMÉ
	finds 'task 1' $'re\u0301sume\u0301'
	finds 'task 1' 'uber angstrom'
	finds 'task 2' 日本
	finds 'task 2' 本語
	finds 'task 2' 語
	finds '' 語日
	finds 'task 2' 京都
	finds 'task 2' 'テキ*'
	finds 'task 3' 🎉
	finds 'task 3' 🚀
	finds 'task 3' ชาว
	finds 'task 4' 하세
	# what is shown is what was written
	json '.[0].snippet == "日本語のテキスト"' search 本語
	json '.[0].title == "日本語のテキスト"' search 天気
	run ! grep -q $'\u200b' <<<"$output"
	sound
}

@test "odd input is a query, or one line about usage" {
	local query

	awm_ok task add 'odd' -q >/dev/null
	for query in '"' '*' 'AND (' '' ' ' '()' '-' 'OR' '"" ""' '-odd' \
		'status:todo' ')))' '^' "\\" $'\t' $'\u200b' '+' ':' '{a' 'a:b:c' \
		'odd"' '"odd' 'odd)' '(odd' 'odd AND' 'NEAR(odd odd)' 'odd^2' \
		'{title}:odd' 'title:odd' "o'dd" 'odd;DROP TABLE tasks' '%' '?1'; do
		run_awm search -- "$query"
		[[ $status == 0 || $status == 2 ]] || show_run
		[[ $status == 0 || $status == 2 ]]
		[ "${#stderr_lines[@]}" -le 2 ]
	done
	finds 'task 1' 'odd)'
	finds 'task 1' '"odd'
	finds 'task 1' 'odd AND'
	fails 2 'no word to search for' search 'AND ('
	fails 2 'says only what to leave out' search -- -odd
	fails 2 'WORDS' search
	fails 2 'longer than' search -- "$(printf 'x%.0s' {1..9000})"
	head -c 1000000 /dev/zero | tr '\0' 'a' >big
	run --separate-stderr awm search - <big
	assert_status 2
	printf 'a\0b' >nul
	run --separate-stderr awm search - <nul
	assert_status 2
	fails 2 '' search $'\xff'
}

@test "filters, as options and in the query" {
	awm_ok user add bob@example.com -q >/dev/null
	awm_ok project add Web -q >/dev/null
	awm_ok project add 'My site, two' -q >/dev/null
	awm_ok task add 'fix one' -p Web -t red --assign bob@example.com -q >/dev/null
	awm_ok task add 'fix two' -p 2 -t blue --assign me -q >/dev/null
	awm_ok task add 'fix three' -p Web -q >/dev/null
	awm_ok task done 3 -q >/dev/null
	awm_ok comment add 1 'fix it' -q >/dev/null
	AWM_NOW=2026-11-20T12:00:00Z awm_ok task add 'fix early' -p 2 -q >/dev/null
	finds_all 'comment 1, task 1, task 2, task 3, task 4' fix
	finds_all 'comment 1, task 1, task 3' fix --project web
	finds_all 'comment 1, task 1, task 3' 'fix project:web'
	finds_all 'task 2, task 4' 'fix project:"my site, two"'
	finds_all 'task 2, task 4' 'fix -project:1'
	finds_all 'task 2, task 4' fix -p 'My site, two'
	finds 'task 3' 'fix status:done'
	finds_all 'task 1, task 2, task 4' 'fix status:todo,blocked'
	finds_all 'comment 1, task 1, task 2, task 4' 'fix -status:done'
	finds 'comment 1' 'fix type:comment'
	finds 'comment 1' fix type:comment
	finds 'comment 1' fix --type comment,skill
	finds_all 'comment 1, task 1' 'fix assignee:bob@example.com'
	finds 'task 2' fix --assignee me
	finds_all 'task 3, task 4' 'fix assignee:none'
	finds_all 'comment 1, task 1' 'fix tag:red'
	finds_all 'task 2, task 3, task 4' 'fix -tag:red'
	finds 'task 4' 'fix before:2026-11-21'
	finds 'task 4' fix --before yesterday
	finds_all 'comment 1, task 1, task 2, task 3' 'fix after:today'
	finds 'task 1' 'fix type:task tag:red OR blue'
	finds '' 'fix status:todo status:done tag:green'
	fails 2 "unknown status 'odd'" search 'fix status:odd'
	fails 2 "nothing of type 'user'" search fix --type user
	fails 2 'nonsense' search 'fix after:nonsense'
	fails 3 "no project" search 'fix project:nowhere'
	fails 3 'no user' search 'fix assignee:nobody@example.com'
	finds '' '"status:done"'
}

@test "skills and templates by tag; a skill's state is none" {
	awm_ok skill add Keeper --prompt 'feed wombats' --tag zoo -q >/dev/null
	finds 'skill 1' 'wombats tag:zoo'
	finds '' 'wombats tag:farm'
	finds '' 'wombats status:todo'
}

@test "private skills of others stay unseen, also in suggestions" {
	awm_ok task add x -q >/dev/null
	awm_ok user add bob@example.com -q >/dev/null
	awm_ok --as bob@example.com skill add Mine --prompt 'the wombat secret' -q \
		>/dev/null
	awm_ok user add eve@example.com -q >/dev/null
	finds 'skill 1' wombat --as bob@example.com
	finds '' wombat --as eve@example.com
	run_awm --as eve@example.com search wombta
	assert_output ''
	[[ $stderr != *wombat* ]]
	run_awm --as bob@example.com search wombta
	assert_error "did you mean 'wombat'?"
	awm_ok --as bob@example.com skill publish Mine -q >/dev/null
	finds 'skill 1' wombat --as eve@example.com
}

@test "titles weigh more; what is new and open comes first" {
	awm_ok task add 'other' -d 'about wombats and much else' -q >/dev/null
	awm_ok task add 'wombats' -d 'and much else about other things' -q >/dev/null
	for n in 1 2 3 4 5; do awm_ok task add "filler $n" -q >/dev/null; done
	finds 'task 2, task 1' wombats
	awm_ok task add 'koala' -q >/dev/null
	AWM_NOW=2025-11-22T12:00:00Z awm_ok task add 'koala' -q >/dev/null
	awm_ok task add 'koala' -q >/dev/null
	finds 'task 10, task 8, task 9' koala
	awm_ok task done 10 -q >/dev/null
	finds 'task 8, task 10, task 9' koala
}

@test "limit and offset" {
	local n

	for n in 1 2 3 4 5; do awm_ok task add 'same' -q >/dev/null; done
	finds 'task 5, task 4, task 3, task 2, task 1' same
	finds 'task 5, task 4' same -n 2
	finds 'task 3, task 2' same --limit 2 --offset 2
	finds 'task 1' same --offset 4
	finds '' same --offset 9
	finds '' same -n 1 --offset 9223372036854775807
	fails 2 'limit' search same -n 0
}

@test "nothing found: a word that is spelt alike, if it would find something" {
	awm_ok task add 'the quokka migration' -t zebra -q >/dev/null
	run_awm search quoka
	assert_status 0
	assert_output ''
	assert_error "nothing found; did you mean 'quokka'?"
	run_awm search 'qoukka migratoin tag:zebra'
	assert_error "did you mean 'quokka migration tag:zebra'?"
	run_awm search 'quoka tag:lion'
	[ "$stderr" = '' ]
	run_awm search xylophone
	[ "$stderr" = '' ]
	run_awm search quoka -q
	assert_output ''
	run_awm search quoka --json
	assert_output '[]'
}

@test "what is deleted is found only when asked for" {
	awm_ok task add 'gone wombat' -q >/dev/null
	awm_ok task add 'here wombat' -q >/dev/null
	awm_ok comment add 1 'wombat of gone' -q >/dev/null
	awm_ok comment add 2 'wombat of here' -q >/dev/null
	awm_ok task rm 1 -q >/dev/null
	awm_ok comment rm 2 -q >/dev/null
	finds 'task 2' wombat
	finds_all 'comment 1, comment 2, task 1' wombat --deleted
	finds_all 'comment 1, comment 2, task 1, task 2' wombat --all
	fails 2 'exclude each other' search wombat --all --deleted
	awm_ok task restore 1 -q >/dev/null
	finds_all 'comment 1, task 1, task 2' wombat
	sound
}

@test "the index follows: edit, tags, undo, purge, project rm, rollback" {
	everything
	awm_ok task edit 1 --title 'Feed the numbat' -q >/dev/null
	finds '' '"feed the quokka"'
	finds_all 'task 1' 'feed numbat'
	awm_ok undo -q >/dev/null
	finds '' numbat
	awm_ok task tag 1 marsupial -q >/dev/null
	finds 'task 1' marsupial
	awm_ok task untag 1 marsupial -q >/dev/null
	finds '' marsupial
	awm_ok comment edit 1 'Bandicoot' -q >/dev/null
	finds 'comment 1' bandicoot
	awm_ok exec feedback 1 'could be a potoroo' -q >/dev/null
	finds 'execution 1' potoroo
	awm_ok task add 'dry numbat' --dry-run -q >/dev/null || true
	fails 4 '' task edit 1 --title 'numbat' --parent 1
	finds '' numbat
	printf '{"title":"a dibbler"}\n{"title":""}\n' >lines
	run_awm task add --from lines
	[ "$status" -ne 0 ]
	finds '' dibbler
	sound
	awm_ok template apply Zoo --title Second -q >/dev/null
	finds_all 'project 1, project 2, task 1, task 2' \
		'feed OR site OR second type:task,project'
	awm_ok skill rm Keeper --yes -q >/dev/null
	awm_ok template rm Zoo --yes -q >/dev/null
	awm_ok task rm 2 -q >/dev/null
	awm_ok task purge 2 --yes -q >/dev/null
	finds 'task 1' 'feed type:task' --all
	awm_ok project rm 1 --yes -q >/dev/null
	finds '' 'quokka OR bandicoot OR potoroo' --all
	sound
}

@test "db check finds what differs; search rebuild mends it" {
	everything
	sql "UPDATE tasks SET title = 'changed' WHERE id = 1;
		DELETE FROM search_indexes WHERE entityType = 'comment';
		INSERT INTO search_indexes(entityType, entityId, content, createdAt,
			updatedAt) VALUES ('task', 99, 'x', 0, 0), ('odd', 1, 'x', 0, 0),
			('skill', 1, 'twice', 0, 0)"
	run_awm db check --json
	assert_status 4
	assert_json '[.[] | select(.check == "search index").detail] | sort == [
		"comment 1: not in the search index",
		"row 1: in the search index though gone",
		"skill 1: in the search index though gone",
		"task 1: with another text in the search index",
		"task 99: in the search index though gone",
		"the words of the search index are not those of its texts"]'
	assert_error 'awm search rebuild'
	json '. == {rows: 6, added: 1, changed: 1, removed: 3}' search rebuild \
		--dry-run
	run_awm db check
	assert_status 4
	prints 'indexed 6 rows: 1 added, 1 changed, 3 removed' search rebuild
	sound
	finds 'task 1' 'changed type:task'
	finds 'comment 1' hungry
	prints 'indexed 6 rows: 0 added, 0 changed, 0 removed' search rebuild
	fails 6 'rebuild the search index' --as "$(
		awm_ok user add viv@example.com --role viewer -q >/dev/null
		printf 'viv@example.com'
	)" search rebuild
}

@test "words that are not those of the texts are found, and a write says how" {
	awm_ok task add 'one wombat' -q >/dev/null
	sql "UPDATE search_indexes SET content = 'another', title = 'text'
		WHERE entityType = 'task'"
	run_awm db check --json
	assert_status 4
	assert_json '[.[] | select(.check == "search index").detail] | length == 2'
	awm_ok search rebuild -q >/dev/null
	sound
	sql "UPDATE search_fts_data SET block = x'00' WHERE id > 10"
	fails 7 'the search index' search wombat
	run_awm db check --json
	assert_status 4
	awm_ok search rebuild -q >/dev/null
	finds 'task 1' wombat
	sound
	sql "INSERT INTO search_fts(search_fts) VALUES ('delete-all')"
	fails 7 'awm search rebuild' task edit 1 --title 'two wombats'
	awm_ok search rebuild -q >/dev/null
	awm_ok task edit 1 --title 'two wombats' -q >/dev/null
	sound
}

@test "the word rebuild can be searched for" {
	awm_ok task add 'Rebuild the shed' -q >/dev/null
	finds 'task 1' -- rebuild
	finds 'task 1' 'rebuild '
}

@test "a database of an earlier version gets its index" {
	local base=$AWM_SOURCE_ROOT/sql/migrations/sqlite sum

	sqlite3 "$AWM_DB" <"$base/0001_specification.sql"
	sum=$(sha256sum <"$base/0001_specification.sql" | cut -d' ' -f1)
	sql "INSERT INTO users(email,name,role,createdAt,updatedAt)
			VALUES ('ada@example.com','Ada','admin',0,0);
		INSERT INTO projects(title,ownerId,createdAt,updatedAt)
			VALUES ('日本語',1,0,0);
		INSERT INTO tasks(projectId,title,description,tags,deletedAt,createdAt,
			updatedAt) VALUES (1,'old wombat','with text','[\"zoo\"]',NULL,0,0),
			(1,'deleted',NULL,'[]',1,0,0);
		INSERT INTO search_indexes(entityType,entityId,content,createdAt,
			updatedAt) VALUES ('project',1,'日本語',0,0),
			('task',1,'old wombat' || char(10) || 'with text',0,0);
		INSERT INTO schema_migrations VALUES (1,'0001_specification','$sum',0);
		PRAGMA application_id=$((0x41574d31)); PRAGMA user_version=1"
	awm_ok db migrate >/dev/null
	finds 'task 1' 'wombat zoo'
	finds 'project 1' 本語
	finds 'task 2' deleted --deleted
	sound
}

@test "a terminal shows what was found in colour, and cuts to its width" {
	awm_ok task add 'short' -d "$(printf 'word %.0s' {1..60})needle in it" -q \
		>/dev/null
	run_awm search needle --color always
	assert_contains $'\e[1;31mneedle\e[m in it'
	run_awm search needle
	assert_lacks $'\e'
	run_awm search needle --json --color always
	assert_lacks '\u0002'
	# what a text holds itself is no mark
	awm_ok comment add 1 $'plain \x02 pin \x03 text' -q >/dev/null || true
	run_awm search pin --color always
	assert_lacks $'\x02'
}

@test "as many statements for many rows as for few" {
	local few many

	awm_ok task add 'same thing' -q >/dev/null
	few=$(AWM_TRACE=sql awm search same 2>&1 >/dev/null | grep -c '^sql: ')
	sql "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n
			WHERE i < 100)
		INSERT INTO tasks(id,projectId,title,\"order\",createdAt,updatedAt)
		SELECT i, 1, 'same thing ' || i, i, 0, 0 FROM n"
	awm_ok search rebuild -q >/dev/null
	many=$(AWM_TRACE=sql awm search same 2>&1 >/dev/null | grep -c '^sql: ')
	[ "$few" -eq "$many" ]
	json 'length == 100' search same
}

@test "more rows than are ranked: the newest, and a word about it" {
	awm_ok task add 'common 1' -q >/dev/null
	sql "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n
			WHERE i < 10002)
		INSERT INTO tasks(id,projectId,title,\"order\",createdAt,updatedAt)
		SELECT i, 1, 'common ' || i, i, 0, 0 FROM n"
	awm_ok search rebuild -q >/dev/null
	run_awm search common -q
	assert_status 0
	[ "$(wc -l <<<"$output")" = 10000 ]
	run_awm search common
	assert_error 'more than 10000 rows hold this'
	run_awm search common -n 3 --json
	assert_json 'length == 3'
	assert_error 'the newest 10000'
	run_awm search 'common 77'
	[ "$stderr" = '' ]
}

@test "words that cannot be checked now are no problem" {
	awm_ok task add 'one' -q >/dev/null
	coproc python3 -c 'import os, sqlite3, sys
db = sqlite3.connect(os.environ["AWM_DB"], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()'
	read -r -u "${COPROC[0]}" line
	[ "$line" = locked ]
	run_awm db check --wait 0.1 --json
	eval "exec ${COPROC[1]}>&-"
	wait "$COPROC_PID"
	assert_status 0
	assert_json '.[] | select(.check == "search index") |
		.state == "not checked" and (.detail | length > 0)'
}
