#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Users and their preferences.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
}

@test "add, list, show, edit" {
	prints "added user 2 'Bea'" user add bea@example.com --name Bea \
		--role viewer --timezone Europe/Berlin --locale de \
		--avatar https://example.com/b.png
	json '. == {
		id: 2, email: "bea@example.com", name: "Bea", googleId: null,
		avatar: "https://example.com/b.png", role: "viewer",
		preferences: {}, timezone: "Europe/Berlin", locale: "de",
		onboardingCompleted: false, lastActiveAt: null,
		createdAt: "2026-11-22T12:00:00.000Z",
		updatedAt: "2026-11-22T12:00:00.000Z"
	}' user show bea@example.com
	json '.name == "cleo" and .role == "member" and .timezone == "UTC"
		and .locale == "en" and .email == "cleo@example.com"' \
		user new Cleo@Example.com --name cleo
	json '.name == "dan"' user add dan@example.com
	run_awm user list --sort id
	assert_output <<'TABLE'
Id  Email             Name  Role    Time zone
 1  ada@example.com   ada   admin   UTC
 2  bea@example.com   Bea   viewer  Europe/Berlin
 3  cleo@example.com  cleo  member  UTC
 4  dan@example.com   dan   member  UTC
TABLE
	prints $'1\n2' user ls -q --role admin,viewer --sort id
	prints '2' user list -q --name be
	prints '3' user list -q --email cleo
	prints '2' user list -q --timezone Europe/Berlin
	json '.email == "ada@example.com"' user show
	json '.id == 1' user view me
	json '.id == 2' user show 2
	fails 3 'no user 9' user show 9
	fails 3 "no user 'x@example.com'" user show x@example.com

	json '.role == "member" and .avatar == null and .locale == "en-GB"' \
		user edit 2 --role member --avatar none --locale en-GB
	json '[.[].onboardingCompleted] == [true, true]' \
		user set bea@example.com 3 --onboarded
	fails 2 'nothing to change' user edit 2
	fails 5 'already' user add BEA@example.com
	fails 5 'already' user edit 3 --email bea@example.com
	fails 2 "unknown role 'boss'" user add x@example.com --role boss
	fails 4 'time zone' user add x@example.com --timezone Mars/Base
	fails 4 'email' user add nobody
	fails 5 'changed since' user edit 2 --name B --if-updated-at 2026-01-01
}

@test "rm: wants --yes, takes along what the schema says" {
	awm_ok user add bea@example.com >/dev/null
	awm_ok project add Hers --owner bea@example.com >/dev/null
	awm_ok project add Mine >/dev/null
	awm_ok task add one -p Hers >/dev/null
	awm_ok task add two -p Mine -a bea@example.com >/dev/null

	fails 2 'there is no terminal to ask on' user rm bea@example.com
	prints "dry run: deleted user 2 'bea' with 1 project" user rm 2 --dry-run
	fails 4 'cannot delete yourself' user rm me --yes
	json '.email == "bea@example.com"' user delete 2 --yes
	prints '2' project list -q
	json '[.[] | [.id, .assigneeId]] == [[2, null]]' task list
	prints '0' db shell 'select count(*) from pragma_foreign_key_check'
	fails 3 'no user 2' user rm 2 --yes
}

@test "prefs: list, get, set, unset, of oneself and of others" {
	awm_ok user add bea@example.com >/dev/null

	prints '' user prefs
	json '. == []' user prefs
	prints "changed user 1 'ada'" user prefs theme dark
	awm_ok user prefs notifications.email true >/dev/null
	awm_ok user prefs editor.fontSize 14 >/dev/null
	json '.preferences == {theme: "dark", notifications: {email: true},
		editor: {fontSize: 14, keyBindings: "vim"}}' \
		user prefs me editor.keyBindings vim
	prints 'Key                  Value
theme                dark
notifications.email  true
editor.fontSize      14
editor.keyBindings   vim' user prefs
	json '. == [{key: "theme", value: "dark"},
		{key: "notifications.email", value: true},
		{key: "editor.fontSize", value: 14},
		{key: "editor.keyBindings", value: "vim"}]' user prefs
	prints 'dark' user prefs theme
	prints '14' user prefs 1 editor.fontSize
	json '. == {key: "notifications", value: {email: true}}' \
		user prefs notifications
	awm_ok user prefs bea@example.com theme light >/dev/null
	prints 'light' user prefs bea@example.com theme
	json '.preferences.theme == null' user prefs --unset theme
	fails 3 "'theme' is not set" user prefs theme
	fails 2 'nothing is set beside it' user prefs theme x --unset theme
	fails 4 'preferences.theme: want one of' user prefs theme blue
	fails 4 'preferences.nope: unknown key' user prefs nope x
	fails 4 'preferences.editor.fontSize' user prefs editor.fontSize big
	json '.preferences.editor.fontSize == 14' user show
	# Everybody has their own, viewers too; not those of others.
	awm_ok user edit 2 --role viewer >/dev/null
	json '.preferences.theme == "system"' \
		--as bea@example.com user prefs theme system
	fails 6 "takes the role 'admin'" --as bea@example.com \
		user prefs ada@example.com theme dark
}

@test "notifications: one's own, unread first, then the newest" {
	awm_ok user add bea@example.com >/dev/null
	sqlite3 "$AWM_DB" <<'SQL'
INSERT INTO notifications(userId,type,title,content,isRead,createdAt,updatedAt)
VALUES (1,'t','old','c',0,1000,1000),(1,'t','read','c',1,3000,3000),
	(1,'t','new','c',0,2000,2000),(2,'t','other','c',0,4000,4000);
SQL
	json '[.[].title] == ["new", "old", "read"]' notify list
	prints $'3\n1\n2' notify ls -q
	prints $'3\n1' notify list -q -n 2
	prints '4' --as bea@example.com notify list -q
	fails 2 'less than 1' notify list -n 0
	run_awm notify list --fields id,title,isRead
	assert_output <<'TABLE'
Id  Title  Read
 3  new    no
 1  old    no
 2  read   yes
TABLE
}
