#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Projects, members, the default project of a folder.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
}

@test "add: every column, defaults, the three sources of a long text" {
	prints "added project 1 'Website'" project add Website \
		-d 'The public site' --main-prompt 'Plan it' --status on_hold \
		--provider openai --estimated-hours 12.5 --emoji 🚀 \
		--color '#3366ff' --cover-image https://example.com/a.png \
		--git-repository https://example.com/web.git --favorite
	json 'del(.owner, .members, .tasks, .budget, .budgetLeft) == {
		id: 1, title: "Website", description: "The public site",
		mainPrompt: "Plan it", status: "on_hold", aiProvider: "openai",
		templateId: null, coverImage: "https://example.com/a.png",
		color: "#3366ff", emoji: "🚀", isArchived: false,
		isFavorite: true, estimatedHours: 12.5, actualHours: null,
		totalCost: 0, archivedAt: null, ownerId: 1, teamId: null,
		gitRepository: "https://example.com/web.git",
		createdAt: "2026-11-22T12:00:00.000Z",
		updatedAt: "2026-11-22T12:00:00.000Z"
	}' project show 1

	json '.status == "active" and .description == null and .totalCost == 0
		and .isFavorite == false and .isArchived == false' \
		project new Plain
	printf 'from a file\n\n' >text
	json '.description == "from a file"' project create F -F text
	run_awm_in 'from stdin' project add S -F - --json
	assert_json '.description == "from stdin"'
	printf '#!/bin/sh\necho edited >"$1"\n' >editor
	chmod +x editor
	EDITOR=$PWD/editor json '.description == "edited"' project add E -e
	json '.ownerId == 2' project add Hers --owner \
		"$(awm_ok user add bea@example.com -q)"
}

@test "list: filters, order, archived ones only when asked for" {
	awm_ok user add bea@example.com >/dev/null
	awm_ok project add Beta --status on_hold >/dev/null
	awm_ok project add alpha --favorite >/dev/null
	awm_ok project add Gamma --owner bea@example.com --provider local \
		>/dev/null
	awm_ok project add Old >/dev/null
	awm_ok project archive Old >/dev/null

	prints $'1\n3\n2' project list -q --sort title
	prints $'4' project list -q --archived
	prints $'1\n2\n3\n4' project ls -q --all --sort id
	prints $'4' project list -q --status archived
	prints $'1' project list -q --status on_hold,completed
	prints $'2' project list -q --favorite
	prints $'1\n3' project list -q --no-favorite --sort id
	prints $'3' project list -q --owner bea@example.com
	prints $'1\n2' project list -q --owner me --sort id
	prints $'3' project list -q --provider local
	prints $'1\n2\n3' project list -q --team none --sort id
	prints $'1\n2\n3' project list -q --title a --sort id
	prints $'2' project list -q --sort -id -n 1 --offset 1
	prints '' project list -q --created before:2026-11-22
	prints $'1\n2\n3' project list -q --created today --sort id
	json '. == []' project list --status completed
	run_awm project list --sort id
	assert_output <<'TABLE'
Id  Title  Status   Favorite  Cost  Owner  Team
 1  Beta   on_hold  no           0  ada    -
 2  alpha  active   yes          0  ada    -
 3  Gamma  active   no           0  bea    -
TABLE
}

@test "show: by id, title in any case, default; with owner, members, tasks" {
	awm_ok project add Website >/dev/null
	awm_ok user add bea@example.com --name Bea >/dev/null
	awm_ok project member add Website bea@example.com --role viewer >/dev/null
	awm_ok task add Second -p Website >/dev/null
	awm_ok task add First -p Website >/dev/null
	awm_ok task add Gone -p Website >/dev/null
	awm_ok task rm 3 >/dev/null
	awm_ok task move 2 --before 1 >/dev/null

	json '.id == 1 and .owner.email == "ada@example.com"
		and (.members | length) == 1 and .members[0].role == "viewer"
		and .members[0].user.name == "Bea"
		and [.tasks[].title] == ["First", "Second"]' project show website
	awm_ok project use 1 >/dev/null
	run_awm project view
	assert_status 0
	assert_contains $'Title:    Website\n'
	assert_contains 'Members (1)'
	assert_contains 'Tasks (2)'
	prints '1' project show '#1' -q
	fails 3 "no project 'Nope'" project show Nope
	fails 3 'no project 9' project show 9
	awm_ok project add WEBSITE >/dev/null
	fails 5 "2 projects are called 'website'" project show website
	assert_error '1 (Website), 2 (WEBSITE)'
}

@test "edit: columns, none, several at once or none at all, stale rows" {
	awm_ok project add A -d text --color '#111111' >/dev/null
	awm_ok project add B >/dev/null

	prints "changed project 1 'Alpha'" project edit A --title Alpha
	json '.color == null and .description == null and .mainPrompt == "x"' \
		project update 1 --color none -d '' --main-prompt x
	json '[.[].status] == ["completed", "completed"]' \
		project set 1-2 --status completed
	fails 3 'no project 9' project edit 1 9 --title Both
	json '[.[].title] == ["Alpha", "B"]' project list --status completed
	json '.title == "New"' project edit 1 --title New --if-updated-at \
		"$(awm_ok project show 1 --json | jq -r .updatedAt)"
	fails 5 'changed since' project edit 1 --title Newer \
		--if-updated-at 2026-11-01
	fails 2 'nothing to change' project edit 1
	fails 4 'title' project edit 1 --title ''
	fails 2 'unknown flag' project edit 1 --cost 7
	# What is written twice with the same value is no change.
	run_awm project edit 1 --title New
	json 'length == 5' activity list --project 1
}

@test "archive and favorite, of many, and what follows" {
	awm_ok project add A >/dev/null
	awm_ok project add B >/dev/null
	awm_ok task add x -p A >/dev/null

	prints "archived project 1 'A'
archived project 2 'B'" project archive 1 2
	json '.isArchived and .status == "archived"
		and .archivedAt == "2026-11-22T12:00:00.000Z"' project show 1
	fails 4 'archived' task add y -p A
	json '(.isArchived | not) and .status == "active"
		and .archivedAt == null' project unarchive A
	json '[.[].isFavorite] == [true, true]' project favorite A B
	json '.isFavorite == false' project unfavorite B
	json '.isArchived and .status == "archived"' \
		project edit 1 --status archived
	run awm project list --all -q
	run_awm_in "$output" project unarchive -
	assert_output "unarchived project 1 'A'
unarchived project 2 'B'"
	json '[.[].type] | index("project.archived") and
		index("project.unarchived")' activity list --project 1
}

@test "rm: wants --yes, shows in a dry run, takes everything along" {
	awm_ok project add A >/dev/null
	awm_ok project add B >/dev/null
	awm_ok task add one -p A >/dev/null
	awm_ok task add two -p A --parent 1 >/dev/null
	awm_ok task add three -p B >/dev/null
	awm_ok task block 3 --by 1 >/dev/null

	fails 2 'there is no terminal to ask on' project rm A
	assert_error 'hint: add --yes'
	prints "dry run: deleted project 1 'A' with 2 tasks" project rm A --dry-run
	prints '1' project rm A --dry-run -q
	prints $'1\n2' project list -q --sort id
	fails 3 'no project 9' project rm 1 9 --yes
	json '.id == 1 and .title == "A"' project delete A --yes
	prints '2' project list -q
	prints '3' task list -q --all
	json '.status == "todo" and .blockedByTaskId == null' task show 3
	prints '0' db shell 'select count(*) from pragma_foreign_key_check'
	prints '0' db shell \
		"select count(*) from search_indexes where entityId in (1,2) and entityType='task'"
	json '[.[] | select(.type == "project.deleted")] | length == 1' \
		activity list
}

# on_terminal ANSWER ARG…: runs awm on a terminal that answers.
on_terminal() {
	local answer=$1

	shift
	run bash -c "printf '%s\\n' '$answer' | script -qec 'awm $*' /dev/null"
}

@test "rm: asks on a terminal, and does what it is told" {
	awm_ok project add A >/dev/null
	awm_ok task add one -p A >/dev/null
	on_terminal n project rm A
	[ "$status" = 1 ]
	assert_contains "delete project 'A' with 1 task for good?"
	assert_contains 'nothing was changed'
	prints '1' project list -q
	on_terminal y project rm A
	[ "$status" = 0 ]
	prints '' project list -q
}

@test "members: add, change, list, remove" {
	awm_ok project add Web >/dev/null
	awm_ok user add bea@example.com --name Bea >/dev/null

	prints 'added bea@example.com to project Web as member' \
		project member add Web bea@example.com
	json '.role == "admin" and .projectId == 1 and .userId == 2' \
		project member add Web 2 --role admin
	json '.role == "admin"' project member create Web 2
	awm_ok project member add Web me --role owner >/dev/null
	run_awm project member list Web
	assert_output <<'TABLE'
Id  Email            Name  Role   Created
 2  bea@example.com  Bea   admin  2026-11-22 12:00
 1  ada@example.com  ada   owner  2026-11-22 12:00
TABLE
	prints $'2\n1' project member ls Web -q
	fails 2 "unknown role 'boss'" project member add Web 2 --role boss
	fails 3 "no user 'x@example.com'" project member add Web x@example.com
	fails 3 'no project 9' project member list 9
	fails 3 'no project 9' project member list 9 --json
	prints 'removed bea@example.com from project Web' \
		project member rm Web bea@example.com
	fails 3 'no member' project member rm Web bea@example.com
	json '.id == 1 and .role == "owner"' project member delete Web me
	json '. == []' project member list Web
}

@test "stats: tasks by status, hours, cost" {
	awm_ok project add Web --estimated-hours 8 >/dev/null
	awm_ok project use Web >/dev/null
	for title in a b c d e; do
		awm_ok task add "$title" --estimate 1h >/dev/null
	done
	awm_ok task start 1 >/dev/null
	awm_ok task done 2 >/dev/null
	awm_ok task review 3 >/dev/null
	awm_ok task block 4 --reason waiting >/dev/null
	awm_ok task edit 5 --due 2026-11-01 >/dev/null

	json '. == {id: 1, title: "Web", tasks: 5, todo: 1, in_progress: 1,
		in_review: 1, done: 1, blocked: 1, overdue: 1,
		estimatedHours: 8, actualHours: null, totalCost: 0,
		budget: null, budgetLeft: null}' \
		project stats
	run_awm project stats Web --format csv
	assert_output $'id,title,tasks,todo,in_progress,in_review,done,blocked,overdue,estimatedHours,actualHours,totalCost,budget,budgetLeft\r
1,Web,5,1,1,1,1,1,1,8,,0,,\r'
	fails 3 'no project 9' project stats 9
}

@test "use: of the repository or the folder, shown, replaced, unset" {
	awm_ok project add One >/dev/null
	awm_ok project add Two >/dev/null
	mkdir -p repo/deep other
	git_repo repo

	fails 3 'no default project' project use
	fails 2 'no default' project stats
	(cd repo/deep && awm_ok project use One >/dev/null)
	(cd repo && prints "using project 1 'One'" project use)
	(cd repo/deep && json '.projectId == 1' task add in the repository)
	(cd other && fails 3 'no default project' project use)
	prints "using project 2 'Two'" -C other project use Two
	(cd repo && json '.id == 2' project use 2)
	(cd repo && fails 2 'exclude' project use 1 --unset)
	(cd repo && prints "no longer using project 2 'Two'" project use --unset)
	(cd repo && fails 3 'no default project' project use --unset)
	# A deleted project is no default any more.
	awm_ok project rm Two --yes >/dev/null
	(cd other && fails 3 'no default project' project use)
}
