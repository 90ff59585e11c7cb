#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Who acts, and what their role lets them do.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
}

@test "the first user of a database is its admin" {
	json '.id == 1 and .email == "ada@example.com" and .role == "admin"
		and .name == "ada"' user show
	json '[.[].type] == ["user.created"] and .[0].userId == 1' activity list
}

@test "--as goes before AWM_USER, that before user.email, that before git" {
	unset AWM_USER
	export GIT_CONFIG_GLOBAL=$HOME/gitconfig
	git config --file "$GIT_CONFIG_GLOBAL" user.email git@example.com
	git config --file "$GIT_CONFIG_GLOBAL" user.name 'Git Person'

	json '.email == "git@example.com" and .name == "Git Person"
		and .role == "admin"' user show
	# Remembered for this account, whatever git says later.
	git config --file "$GIT_CONFIG_GLOBAL" user.email else@example.com
	json '.email == "git@example.com"' user show
	awm_ok user add conf@example.com >/dev/null
	awm_ok user add env@example.com >/dev/null
	awm_ok user add flag@example.com >/dev/null
	awm_ok config set user.email conf@example.com
	json '.email == "conf@example.com"' user show
	AWM_USER=env@example.com json '.email == "env@example.com"' user show
	AWM_USER=env@example.com json '.email == "flag@example.com"' \
		--as flag@example.com user show
	AWM_USER=env@example.com json '.email == "flag@example.com"' \
		user show --as FLAG@example.com
	json '.email == "env@example.com"' --as 3 user show
}

@test "without git's, it is the account at localhost" {
	unset AWM_USER
	json '.email | test("^[^@]+@localhost$")' user show
}

@test "an unknown user is denied, with the command that adds it" {
	awm_ok user list >/dev/null
	fails 6 "unknown user 'who@example.com'" --as who@example.com task list
	assert_error 'user add who@example.com'
	AWM_USER=who@example.com fails 6 'unknown user' task add x
	run_awm task list --as who@example.com --json
	assert_status 6
	jq -e '.error.code == "denied" and (.error.hint | length > 0)' \
		<<<"$stderr"
	prints '1' user list -q
}

@test "viewers read, and write nothing" {
	awm_ok project add Web >/dev/null
	awm_ok task add one -p Web >/dev/null
	awm_ok user add bea@example.com --role viewer >/dev/null
	export AWM_USER=bea@example.com

	json '.[0].title == "one"' task list
	json '.title == "one"' task show 1
	json 'length == 1' project list
	json 'length > 0' activity list
	json '.role == "viewer"' user show
	for command in 'project add X' 'project edit 1 --title X' \
		'project archive 1' 'project favorite 1' 'project rm 1 --yes' \
		'project member add 1 me' 'project use 1' 'task add X' \
		'task add X -p 1' 'task edit 1 --title X' 'task start 1' \
		'task done 1' 'task block 1 --reason x' 'task assign 1 me' \
		'task tag 1 x' 'task rm 1' 'task purge 1 --force --yes' \
		'user add x@example.com' 'user edit me --role admin' \
		'user edit 1 --name X' 'user rm 1 --yes'; do
		# shellcheck disable=SC2086 # words on purpose
		fails 6 "that takes the role '" $command
	done
	json '.name == "Bea"' user edit me --name Bea
	AWM_USER=ada@example.com json '[.[].title] == ["one"]' task list
	AWM_USER=ada@example.com json 'length == 1' user list --role admin
}

@test "members write, and leave what an admin does to an admin" {
	awm_ok project add Adas >/dev/null
	awm_ok user add bea@example.com >/dev/null
	export AWM_USER=bea@example.com

	json '.ownerId == 2' project add Web
	json '.id == 1' task add one -p Web
	json '.status == "done"' task done 1
	awm_ok task rm 1 >/dev/null
	fails 6 "'bea@example.com' may not purge" task purge 1 --yes
	fails 6 "delete another user's project" project rm Adas --yes
	json '.title == "Web"' project rm Web --yes
	fails 6 "takes the role 'admin'" user add x@example.com
	fails 6 "takes the role 'admin'" user rm 1 --yes
	fails 6 "takes the role 'admin'" user edit me --role admin
	fails 6 "takes the role 'admin'" user edit 1 --name X
	json '.timezone == "Europe/Berlin"' user edit me \
		--timezone Europe/Berlin
}

@test "there is always an admin" {
	awm_ok user add bea@example.com --role admin >/dev/null
	json '.role == "member"' user edit me --role member
	fails 4 'the last admin' --as bea@example.com user edit me --role viewer
	fails 4 'cannot delete yourself' --as bea@example.com user rm me --yes
	fails 6 "takes the role 'admin'" user edit me --role admin
	json '.role == "admin"' --as bea@example.com user edit 1 --role admin
}

@test "dates are read in the acting user's zone, and kept in UTC" {
	awm_ok user edit me --timezone America/New_York >/dev/null
	awm_ok project add Web >/dev/null
	json '.dueDate == "2026-12-24T05:00:00.000Z"' \
		task add x -p Web --due 2026-12-24
	json '.dueDate == "2026-12-24T22:00:00.000Z"' \
		task add x -p Web --due 2026-12-24T17:00
	json '.dueDate == "2026-12-24T17:00:00.000Z"' \
		task add x -p Web --due 2026-12-24T17:00Z
	run_awm task list --fields id,dueDate --sort id
	assert_output <<'TABLE'
Id  Due
 1  2026-12-24
 2  2026-12-24 17:00
 3  2026-12-24 12:00
TABLE
	prints $'1\n2\n3' task list -q --due 2026-12-24 --sort id
}
