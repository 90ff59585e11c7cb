#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What somebody once found broken beneath the commands (settings, homes, names
# of files, copies, damage), and must stay mended.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; each test is
# a subshell; the variables of run
load checks

setup() {
	awm_setup
}

teardown() {
	[[ -z ${open_folder-} ]] || rm -rf "$open_folder"
}

# settings TEXT: the file of settings, where \n is a line break.
settings() {
	mkdir -p "$XDG_CONFIG_HOME/awm"
	printf '%b' "$1" >"$XDG_CONFIG_HOME/awm/config"
}

@test "without HOME it is the account's" {
	unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME
	for home in '' relative/home; do
		HOME=$home prints '' task list -q
	done
	run --separate-stderr env -u HOME awm task list -q
	assert_status 0
	account=$(getent passwd "$(id -u)" | cut -d: -f6)
	run --separate-stderr env -u HOME awm config path
	assert_status 0
	assert_output "$account/.config/awm/config"
}

@test "an account that nobody knows has no settings" {
	((EUID == 0)) || skip 'only root can be somebody else'
	unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME
	open_folder=$(mktemp -d)
	chmod 777 "$open_folder"
	export AWM_DB=$open_folder/awm.db
	nobody() {
		run --separate-stderr env -u HOME setpriv --reuid 54321 \
			--clear-groups awm -C / "$@"
	}
	setpriv --reuid 54321 --clear-groups test -x "$(command -v awm)" ||
		skip 'the build is out of its reach'
	nobody task list -q
	assert_status 0
	nobody config list
	assert_status 0
	nobody config path
	assert_status 3
	nobody config set user.name Ada
	assert_status 1
	assert_error 'HOME is not set'
}

@test "settings that could never be used are refused: 2" {
	for value in $'a\nb@c' '' ada '@' 'a@' 'a b@c'; do
		fails 2 'user.email: ' config set user.email "$value"
	done
	for key in user.name core.editor core.pager alias.ls; do
		fails 2 "$key: want a value that is not empty" \
			config set "$key" ''
		fails 2 "$key: want one line" config set "$key" $'a\eb'
	done
	[ ! -e "$XDG_CONFIG_HOME/awm/config" ]
	fails 3 "'core.pager' is not set" config get core.pager
	fails 2 'did you mean' config get core.pagr
}

@test "a broken setting in the file is told with its line, and mended" {
	while IFS='|' read -r text line message; do
		settings "$text"
		fails 2 "line $line: $message" task list
		awm_ok config path >/dev/null
	done <<'EOT'
[db]\n\twait = abc\n|2|db.wait: cannot read the duration 'abc'
[user]\n\tname = A\n[output]\n\tformat = xml\n|4|output.format: 'xml'
# mine\n\n[color]\n\tui = purple\n|4|color.ui: 'purple'
[user]\n\temail = ada\n|2|user.email: 'ada'
garbage\n[user]\n\tname = A\n|1|'garbage' stands outside of a section
EOT
	settings '[db]\n\twait = abc\n[color]\n\tui = purple\n'
	fails 2 'db.wait' task list
	prints $'Key       Value\ndb.wait   abc\ncolor.ui  purple' config list
	awm_ok config set db.wait 5s
	awm_ok config unset color.ui
	prints '' task list -q
}

@test "settings are read from plain files only: 2" {
	mkdir -p "$XDG_CONFIG_HOME/awm"
	mkfifo "$XDG_CONFIG_HOME/awm/config"
	for command in 'task list' 'config list' 'config set user.name A'; do
		# shellcheck disable=SC2086 # words on purpose
		run --separate-stderr timeout 10 awm $command
		assert_status 2
		assert_error 'is no plain file'
	done
	rm "$XDG_CONFIG_HOME/awm/config"
	ln -s /dev/null "$XDG_CONFIG_HOME/awm/config"
	prints '' task list -q
	fails 2 'is no plain file' config set user.name A
	[ -c /dev/null ]
}

@test "blanks around hours leave them hours" {
	for hours in 5 ' 5' '5 ' 5h; do
		json '.estimatedHours == 5' project add x \
			--estimated-hours "$hours"
	done
	fails 4 'estimatedHours: want 0 to 87672' project add x \
		--estimated-hours 87673
}

@test "a database is not restored from itself: 4, at once" {
	awm_ok task add one -q >/dev/null
	ln "$AWM_DB" hard
	ln -s "$AWM_DB" soft
	for file in "$AWM_DB" hard soft; do
		run --separate-stderr timeout 10 awm db restore "$file" --yes
		assert_status 4
		assert_error 'is the database itself'
	done
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.bak*')" ]
	prints 1 task list -q
}

@test "a name too long for what stands beside it: 7, and nothing is made" {
	name=$(printf 'x%.0s' {1..250})
	fails 7 'too long' --db "./$name" task list
	[ -z "$(ls)" ]
}

@test "what a killed restore left is removed by the next" {
	awm_ok task add one -q >/dev/null
	awm_ok db backup copy >/dev/null
	stale=$AWM_DB.2026-11-22T12-00-00.000Z.bak.999999999.part
	kept=$AWM_DB.mine.bak.999999999.part
	touch "$stale" "$kept"
	awm_ok db restore copy --yes >/dev/null
	[ ! -e "$stale" ]
	[ -e "$kept" ]
}

@test "git's name and address are used only if they are any" {
	unset AWM_USER
	export GIT_CONFIG_GLOBAL=$HOME/gitconfig
	git config --file "$GIT_CONFIG_GLOBAL" user.email $'a\tb@example.com'
	git config --file "$GIT_CONFIG_GLOBAL" user.name $'Git\e[31mPerson'
	json '.email | test("^[^@]+@localhost$")' user show
	json '.name | test("Git") | not' user show
}

@test "a database that another hand took apart is damaged: 7" {
	awm_ok task add one -q >/dev/null
	cp "$AWM_DB" saved
	sqlite3 "$AWM_DB" 'pragma wal_checkpoint(truncate)' >/dev/null
	sqlite3 "$AWM_DB" 'alter table tasks rename to taskz'
	fails 7 'is damaged: no such table: tasks' task list
	assert_error 'awm db check'
	sqlite3 "$AWM_DB" 'alter table taskz rename to tasks;
		alter table tasks rename column title to titel'
	fails 7 'is damaged: no such column' task show 1
}

@test "a database with a version that awm never writes is refused: 7" {
	awm_ok task add one -q >/dev/null
	for version in -1 0 -2147483648; do
		sqlite3 "$AWM_DB" "pragma user_version=$version;
			pragma wal_checkpoint(truncate)" >/dev/null
		before=$(sha256sum <"$AWM_DB")
		for command in 'task list' 'db migrate' 'db status' 'db check'; do
			# shellcheck disable=SC2086 # words on purpose
			fails 7 "damaged: its version is $version" $command
		done
		[ "$(sha256sum <"$AWM_DB")" = "$before" ]
	done
}

@test "racing migrations tell of each step once" {
	sum=$(sha256sum "$AWM_SOURCE_ROOT"/sql/migrations/sqlite/0001_*.sql)
	{
		printf 'begin;\n'
		cat "$AWM_SOURCE_ROOT"/sql/migrations/sqlite/0001_*.sql
		printf "insert into schema_migrations values
			(1, '0001_specification', '%s', 0);\n" "${sum%% *}"
		printf 'pragma application_id = %d;
			pragma user_version = 1;\ncommit;\n' 0x41574d31
	} | sqlite3 "$AWM_DB"
	for i in {1..8}; do
		awm --wait 60 db migrate --json >"told.$i" 3>&- &
	done
	wait
	# Each step is told of by whoever did it.
	cat told.* | jq -se 'length == 8
		and (map(.steps) | add) == .[0].newest - 1
		and all(.[]; .steps <= .to - .from)'
}
