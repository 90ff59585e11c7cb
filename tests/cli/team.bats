#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Teams, their members, and the members of projects.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	awm_ok user add bea@example.com --name Bea >/dev/null
}

@test "add, list, show, edit" {
	prints "added team 1 'Ops & Tools'" team add 'Ops & Tools' \
		-d 'keeps it running' --plan pro --settings '{"tz":"UTC"}'
	json '. == {
		id: 1, name: "Ops & Tools", slug: "ops-tools",
		description: "keeps it running", plan: "pro", billingInfo: {},
		settings: {tz: "UTC"},
		createdAt: "2026-11-22T12:00:00.000Z",
		updatedAt: "2026-11-22T12:00:00.000Z",
		members: [], projects: []
	}' team show ops-tools
	awm_ok team create Sales --slug money >/dev/null
	run_awm team list
	assert_output <<'TABLE'
Id  Name         Slug       Plan
 1  Ops & Tools  ops-tools  pro
 2  Sales        money      free
TABLE
	prints '2' team ls -q --plan free
	prints '1' team list -q --name tools
	prints $'2\n1' team list -q --sort -id
	json '.slug == "money" and .name == "Selling" and .plan == "enterprise"' \
		team set money --name Selling --plan enterprise
	json '[.[].billingInfo] == [{"a": 1}, {"a": 1}]' \
		team edit 1-2 --billing '{"a":1}'
	json '.description == null' team edit 1 -d ''
	fails 2 'nothing to change' team edit 1
	fails 2 "unknown plan 'gold'" team edit 1 --plan gold
	fails 4 'settings' team edit 1 --settings '[1]'
	fails 5 'changed since' team edit 1 --name X --if-updated-at 2026-01-01
	fails 3 "no team 'nobody'" team show nobody
	json '[.[].type] == ["team.created", "team.created"]' \
		activity list --type team.created
}

@test "slugs: made from the name, unique, of few letters" {
	json '.slug == "ops"' team add Ops
	json '.slug == "ops-2"' team add OPS
	json '.slug == "ops-3"' team add ' ops! '
	json '.slug == "grosse-berge"' team add 'Größe  Bergé'
	json '.slug == "team"' team add 日本
	json '.slug == "team-2"' team add '!!'
	json '.slug | length <= 100' team add "$(printf 'x%.0s' {1..500})"
	json '.slug | length <= 100' team add "$(printf 'x%.0s' {1..500})"
	fails 5 "there is a team 'ops' already" team add New --slug ops
	fails 5 "there is a team 'ops' already" team edit ops-2 --slug ops
	fails 4 'slug' team add New --slug 'Not So'
	fails 4 'slug' team add New --slug -x
	json '.slug == "ops"' team edit ops --name Operations
	json '.id == 1' team show ops
	# A slug is the one that has it, a name may be that of several.
	awm_ok team add 'Twin Peaks' >/dev/null
	awm_ok team add 'Twin Peaks' >/dev/null
	json '.slug == "twin-peaks"' team show twin-peaks
	json '.slug == "twin-peaks-2"' team show Twin-Peaks-2
	fails 5 "'twin peaks'" team show 'twin peaks'
}

@test "members: added, listed, given another role, removed" {
	awm_ok team add Ops >/dev/null
	prints 'added bea@example.com to team ops as member' \
		team member add ops bea@example.com
	prints 'added me to team ops as owner' team member add ops me \
		--role owner
	json '.teamId == 1 and .userId == 2 and .role == "admin"' \
		team member add ops 2 --role admin
	run_awm team member list ops
	assert_output <<'TABLE'
Id  Email            Name  Role   Created
 2  bea@example.com  Bea   admin  2026-11-22 12:00
 1  ada@example.com  ada   owner  2026-11-22 12:00
TABLE
	json '[.members[] | [.user.email, .role]] ==
		[["bea@example.com", "admin"], ["ada@example.com", "owner"]]' \
		team show ops
	json '.email == "bea@example.com"' team member rm ops 2 --dry-run
	prints 'removed bea@example.com from team ops' \
		team member rm ops bea@example.com
	fails 3 'user 2 is no member of team 1' team member rm ops 2
	prints '1' team member list ops -q
	fails 2 "unknown role 'boss'" team member add ops 2 --role boss
	fails 3 "no user 'x@example.com'" team member add ops x@example.com
	fails 3 'no team 9' team member list 9
	json 'length == 4' activity list --type team.updated
}

@test "project members are the same" {
	awm_ok project add Web >/dev/null
	prints 'added bea@example.com to project Web as viewer' \
		project member add Web bea@example.com --role viewer
	# Told, not checked.
	json '.id == 1' --as bea@example.com task add x -p Web
	prints 'added 2 to project Web as viewer' project member add Web 2
	prints '2' project member list Web -q
	prints 'removed 2 from project Web' project member rm Web 2
	fails 3 'user 2 is no member of project 1' project member rm Web 2
}

@test "a team has projects; they leave it, or go with it" {
	awm_ok team add Ops >/dev/null
	awm_ok project add Web --team ops >/dev/null
	awm_ok project add App --team ops >/dev/null
	awm_ok project add Own >/dev/null
	json '[.projects[].title] == ["App", "Web"]' team show ops
	prints $'2\n1' project list -q --team ops
	awm_ok project edit App --team none >/dev/null
	fails 2 'there is no terminal to ask on' team rm ops
	prints "dry run: deleted team 1 'Ops' with 1 project" team rm ops --dry-run
	prints $'2\n3\n1' project list -q
	json '.slug == "ops"' team rm ops --yes
	prints $'2\n3' project list -q
	fails 3 "no team 'ops'" team show ops
	json '[.[].type][0:2] == ["team.deleted", "project.deleted"]' \
		activity list
}

@test "it takes an admin to change a team, and nobody to see it" {
	awm_ok team add Ops >/dev/null
	for role in member viewer; do
		awm_ok user edit 2 --role "$role" >/dev/null
		for verb in 'add New' 'edit ops --name X' 'rm ops --yes' \
			'member add ops me' 'member rm ops 1'; do
			# shellcheck disable=SC2086 # words on purpose
			fails 6 "takes the role 'admin'" \
				--as bea@example.com team $verb
		done
		json 'length == 1' --as bea@example.com team list
		json '.slug == "ops"' --as bea@example.com team show ops
		json '. == []' --as bea@example.com team member list ops
	done
}

@test "a show takes as many statements for many as for few" {
	statements() {
		AWM_TRACE=sql awm "$@" 2>&1 >/dev/null | grep -c '^sql: '
	}

	awm_ok team add Ops >/dev/null
	awm_ok team member add ops me >/dev/null
	awm_ok project add Web --team ops >/dev/null
	few=$(statements team show ops)
	for i in {1..12}; do
		awm_ok user add "u$i@example.com" >/dev/null
		awm_ok team member add ops "u$i@example.com" >/dev/null
		awm_ok project add "P$i" --team ops >/dev/null
	done
	[[ $(statements team show ops) == "$few" ]]
}
