#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Looking after the database, and a database of a folder's own.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	newest=$(find "$AWM_SOURCE_ROOT/sql/migrations/sqlite" -name '*.sql' |
		wc -l)
}

# old_database FILE: at version 1, with one user and one project.
old_database() {
	local file=$1 sum

	awm_ok --db made.db task list >/dev/null
	sum=$(sqlite3 made.db 'SELECT checksum FROM schema_migrations
		WHERE version = 1')
	rm made.db*
	{
		cat "$AWM_SOURCE_ROOT"/sql/migrations/sqlite/0001_*.sql
		printf 'INSERT INTO schema_migrations VALUES
			(1, %s, %s, 0);\n' "'0001_specification'" "'$sum'"
		printf 'PRAGMA application_id = %d;\n' $((0x41574d31))
		printf 'PRAGMA user_version = 1;\n'
		printf "INSERT INTO users(email, name, role, createdAt, updatedAt)
			VALUES ('ada@example.com', 'Ada', 'admin', 0, 0);
			INSERT INTO projects(title, ownerId, createdAt, updatedAt)
			VALUES ('Old', 1, 0, 0);
			INSERT INTO search_indexes(entityType, entityId,
			content, createdAt, updatedAt)
			VALUES ('project', 1, 'Old', 0, 0);\n"
	} | sqlite3 "$file"
}

@test "path: where it is or would be" {
	prints "$AWM_DB" db path
	prints "$PWD/x.db" db path --db x.db
	json '.path == env.AWM_DB' db path
	[ ! -e "$AWM_DB" ]
	unset AWM_DB
	prints "$XDG_DATA_HOME/awm/awm.db" db path
	mkdir -p .awm sub/deep
	touch .awm/awm.db
	prints "$PWD/.awm/awm.db" -C sub/deep db path
	fails 2 'empty database path' db path --db ''
}

@test "made on first use, for its owner only" {
	unset AWM_DB
	umask 000
	awm_ok task add one >/dev/null
	[ "$(stat -c %a "$XDG_DATA_HOME/awm/awm.db")" = 600 ]
	[ "$(stat -c %a "$XDG_DATA_HOME/awm")" = 700 ]
	prints "$newest" db shell 'PRAGMA user_version'
}

@test "status: applied and pending" {
	fails 3 'no database' db status
	awm_ok task list >/dev/null
	json "length == $newest and all(.[]; .state == \"applied\"
		and .appliedAt == \"2026-11-22T12:00:00.000Z\")
		and .[0] == {version: 1, name: \"0001_specification\",
		state: \"applied\", appliedAt: \"2026-11-22T12:00:00.000Z\"}" \
		db status
	run_awm db status --exit-code
	assert_status 0
	old_database old.db
	json '.[0].state == "applied" and all(.[1:][]; .state == "pending"
		and .appliedAt == null)' \
		--db old.db db status
	run_awm --db old.db db status --exit-code -q
	assert_status 7
	assert_error 'at version 1 of'
	assert_error 'hint: awm db migrate'
}

@test "migrate: an older database is refused, then taken along with a backup" {
	old_database old.db
	export AWM_DB=$PWD/old.db

	fails 7 'but this program needs' project list
	assert_error "run 'awm db migrate'"
	fails 7 'but this program needs' task add x
	json ".from == 1 and .to == $newest" db migrate --dry-run
	[ "$(echo old.db*.bak)" = 'old.db*.bak' ] # a rehearsal leaves nothing
	fails 7 'but this program needs' project list
	fails 2 'no migration 99' db migrate --to 99
	json ".from == 1 and .to == $newest
		and (.backup | startswith(env.AWM_DB))" db migrate
	run jq -r .backup <<<"$output"
	[ "$(stat -c %a "$output")" = 600 ]
	[ "$(sqlite3 "$output" 'PRAGMA user_version')" = 1 ]
	json '[.[].title] == ["Old"]' project list
	json '[.[].state] | all(. == "ok")' db check
	prints "at version $newest already" db migrate
	prints $'from\tto\tsteps\tnewest\tbackup\n'"$newest	$newest	0	$newest	" \
		db migrate --format tsv
	json ".from == $newest and .to == $newest and .newest == $newest
		and .backup == null" db migrate
	fails 2 'cannot go down' db migrate --to 1
}

@test "newer and foreign files are refused, their bytes unchanged" {
	local sum

	awm_ok task list >/dev/null
	sqlite3 "$AWM_DB" 'PRAGMA wal_checkpoint(TRUNCATE); PRAGMA user_version = 99' \
		>/dev/null
	sum=$(sha256sum <"$AWM_DB")
	fails 7 'newer than this program' task list
	fails 7 'newer than this program' task add x
	fails 7 'newer than this program' db migrate
	[ "$(sha256sum <"$AWM_DB")" = "$sum" ]

	sqlite3 foreign.db 'CREATE TABLE t(x); INSERT INTO t VALUES (1)'
	sum=$(sha256sum <foreign.db)
	fails 7 'not a database of awm' --db foreign.db task list
	fails 7 'not a database of awm' --db foreign.db task add x
	fails 7 'not a database of awm' --db foreign.db db migrate
	[ "$(sha256sum <foreign.db)" = "$sum" ]
	[ "$(sqlite3 foreign.db .tables)" = t ]

	printf 'this is a letter to my aunt, and no database at all\n%.0s' \
		{1..100} >letter.db
	sum=$(sha256sum <letter.db)
	fails 7 'letter.db' --db letter.db task list
	fails 7 'letter.db' --db letter.db task add x
	[ "$(sha256sum <letter.db)" = "$sum" ]

	mkdir folder
	fails 7 'folder' --db folder task list
	fails 7 '' --db postgres://localhost/x task list
}

@test "a damaged file is a clear error" {
	awm_ok project add Web >/dev/null
	awm_ok task add one -p Web >/dev/null
	sqlite3 "$AWM_DB" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
	cp "$AWM_DB" half.db
	truncate -s 8000 half.db
	for args in 'task list' 'task add x' 'db check'; do
		# shellcheck disable=SC2086 # words on purpose
		run_awm --db half.db $args
		assert_status 7
		assert_output ''
	done
}

@test "a file that may only be read is read, and not written" {
	local folder=$BATS_TEST_TMPDIR/readable
	local -a nobody=()

	awm_ok project add Web >/dev/null
	awm_ok task add one -p Web >/dev/null
	sqlite3 "$AWM_DB" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
	mkdir "$folder"
	cp "$AWM_DB" "$folder/awm.db"
	chmod 444 "$folder/awm.db"
	if ((EUID == 0)); then # who may write everywhere
		nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" \
			"$BATS_TEST_TMPDIR"
		cd /
		"${nobody[@]}" awm version >/dev/null 2>&1 ||
			skip 'nobody else may run the program that root built'
	fi
	chmod 555 "$folder"
	run --separate-stderr "${nobody[@]}" awm --db "$folder/awm.db" \
		task add two
	assert_status 7
	assert_error "database is read-only: '$folder/awm.db'"
	run --separate-stderr "${nobody[@]}" awm --db "$folder/awm.db" \
		task list --json
	assert_status 0
	assert_json 'length == 1'
	chmod 755 "$folder"
	[ "$(sqlite3 "$folder/awm.db" 'SELECT count(*) FROM tasks')" = 1 ]
}

@test "backup and restore" {
	awm_ok project add Web >/dev/null
	awm_ok task add one -p Web >/dev/null
	prints 'wrote copy.db' db backup copy.db
	[ "$(stat -c %a copy.db)" = 600 ]
	fails 5 'exists' db backup copy.db
	run_awm db backup no/such/folder/copy.db
	[ "$status" -ne 0 ]
	awm_ok task add two -p Web >/dev/null
	prints $'1\n2' task list -q --sort id

	fails 2 'there is no terminal to ask on' db restore copy.db
	fails 3 'no.db' db restore no.db --yes
	printf 'no database' >text
	fails 7 'text' db restore text --yes
	sqlite3 foreign.db 'CREATE TABLE t(x)'
	fails 7 'foreign.db' db restore foreign.db --yes
	prints $'1\n2' task list -q --sort id

	AWM_NOW=2026-11-22T13:00:00Z json '.path == env.AWM_DB
		and (.backup | startswith(env.AWM_DB))' db restore copy.db --yes
	run jq -r .backup <<<"$output"
	[ "$(sqlite3 "$output" 'SELECT count(*) FROM tasks')" = 2 ]
	prints '1' task list -q
	json 'all(.[]; .state == "ok")' db check
	# A copy of an older version is taken back, and then migrated.
	old_database old.db
	AWM_NOW=2026-11-22T14:00:00Z run_awm db restore old.db --yes
	assert_status 0
	fails 7 "run 'awm db migrate'" project list
}

@test "restore: over a damaged database, into a missing one, twice at once" {
	awm_ok task add one -q >/dev/null
	awm_ok db backup "$PWD/copy.db" -q >/dev/null
	printf 'rubbish' | dd of="$AWM_DB" bs=1 seek=100 conv=notrunc status=none
	rm -f "$AWM_DB-wal" "$AWM_DB-shm"
	fails 7 damaged task list
	json '(.backup | endswith(".bak")) and (.path | endswith("awm.db"))' \
		db restore copy.db --yes
	prints 1 task list -q
	# The clock stands still: the second copy finds the first one's name taken.
	awm_ok db restore copy.db --yes -q >/dev/null
	awm_ok db restore copy.db --yes -q >/dev/null
	[ "$(find "$(dirname "$AWM_DB")" -name '*.bak' | wc -l)" = 3 ]
	rm -f "$AWM_DB"*
	json '.backup == null' db restore copy.db --yes
	prints 1 task list -q
	awm_ok db check >/dev/null

	fails 3 "no file 'nope.db'" db restore nope.db --yes
	awm_ok user add bob@example.com -q >/dev/null
	fails 6 'restore a database' --as bob@example.com db restore copy.db --yes
}

@test "check: finds what is wrong, and says where" {
	awm_ok project add Web >/dev/null
	awm_ok task add one -p Web -t a,b >/dev/null
	awm_ok task watch 1 >/dev/null
	json 'all(.[]; .state == "ok" and .detail == null)' db check
	sqlite3 "$AWM_DB" "PRAGMA foreign_keys = OFF;
		UPDATE tasks SET assigneeId = 99;
		UPDATE task_tags SET tag = 'z' WHERE tag = 'a';
		DELETE FROM search_indexes WHERE entityType = 'task';
		UPDATE tasks SET watcherIds = '[]'"
	run_awm db check --json
	assert_status 4
	assert_json '[.[] | select(.state == "problem") | .check] | unique
		| length >= 4'
	jq -e '.error.code == "invalid"' <<<"$stderr"
	run_awm db check
	assert_status 4
	assert_contains 'tasks'
}

@test "generate: the SQL of what is missing, to the next file or to stdout" {
	awm_ok task list >/dev/null
	prints 'nothing to do: no drift' db generate nothing
	json '. == {path: null, sql: ""}' db generate nothing
	fails 2 'no name for a migration' db generate 'Bad Name'
	fails 2 'no name for a migration' db generate ../x
	sqlite3 "$AWM_DB" 'DROP TABLE skill_tags'
	run_awm db generate back
	assert_status 0
	assert_contains 'CREATE TABLE "skill_tags"'
	mkdir -p sql/migrations/sqlite
	touch sql/migrations/sqlite/0007_seven.sql
	prints 'wrote sql/migrations/sqlite/0008_back.sql' db generate back
	run cat sql/migrations/sqlite/0008_back.sql
	assert_contains 'CREATE TABLE "skill_tags"'
	mkdir elsewhere
	json '.path == "elsewhere/0001_back.sql"
		and (.sql | contains("skill_tags"))' \
		db generate back --dir elsewhere
	fails 3 'nowhere' db generate back --dir nowhere
	# What it wrote is what was missing.
	sqlite3 "$AWM_DB" <elsewhere/0001_back.sql
	prints 'nothing to do: no drift' db generate back
}

@test "seed: every table, twice without doubling" {
	local table before

	json 'all(.[]; .count > 0)' db seed
	for table in users teams projects tasks task_executions skills comments \
		time_entries templates notifications activities automations \
		webhooks integrations search_indexes team_members \
		project_members task_watchers task_suggested_skills \
		template_tasks skill_tags ai_provider_configs; do
		run sqlite3 "$AWM_DB" "SELECT count(*) > 0 FROM \"$table\""
		[ "$output" = 1 ] || {
			echo "empty: $table" >&2
			return 1
		}
	done
	before=$(sqlite3 "$AWM_DB" .dump | grep -v lastActiveAt | sha256sum)
	json 'all(.[]; .count == 0)' db seed
	[ "$(sqlite3 "$AWM_DB" .dump | grep -v lastActiveAt | sha256sum)" = "$before" ]
	json 'all(.[]; .state == "ok")' db check
	json '.role == "admin"' user show
}

@test "shell: sqlite3 on this database" {
	awm_ok project add Web >/dev/null
	prints 'Web' db shell 'select title from projects'
	prints '[{"id":1}]' db shell -- -json 'select id from projects'
	run_awm_in 'select 1+1;' db shell
	assert_output 2
	run_awm db shell 'insert into tasks(projectId,title,createdAt,updatedAt)
		values (9,1,1,1)'
	[ "$status" -ne 0 ]
	fails 3 'no database' --db no.db db shell 'select 1'
	mkdir empty
	run -1 --separate-stderr env PATH="$PWD/empty" "$(command -v awm)" \
		db shell
	assert_error 'sqlite3 is not installed'
	assert_error 'hint: '
}

@test "init: a folder's own, found from below, left alone by git" {
	unset AWM_DB
	git_repo
	umask 022
	prints "made $PWD/.awm/awm.db" init
	assert_error 'git ignores that folder'
	[ "$(stat -c %a .awm)" = 700 ]
	[ "$(stat -c %a .awm/awm.db)" = 600 ]
	[ "$(cat .awm/.gitignore)" = '*' ]
	[ -z "$(git status --porcelain)" ]
	awm_ok task add here >/dev/null
	prints "already there: $PWD/.awm/awm.db" init
	json '.created == false and (.path | endswith("/.awm/awm.db"))' init
	mkdir -p sub/deep
	prints '1' -C sub/deep task list -q
	json '.created == true' init --dir sub
	prints '' -C sub/deep task list -q
	fails 3 'no/where' init --dir no/where
	fails 2 'takes no --db' init --db x.db
	# A linked work tree finds the folder of the main one.
	git_commit first >/dev/null
	git worktree add -q "$BATS_TEST_TMPDIR/linked" 2>/dev/null
	prints '1' -C "$BATS_TEST_TMPDIR/linked" task list -q
	AWM_DB=$PWD/other.db run_awm init --dir sub
	assert_error 'AWM_DB is set'
}
