#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Templates: their structure, applying it, ratings, JSON documents.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	cat >shop.json <<'JSON'
{
  "tasks": [
    {"title": "Set up {{client}}", "description": "Ask {{ contact }} at {{client}}.",
     "priority": "high", "estimatedMinutes": 90, "skills": ["Code review"]},
    {"title": "Write \\{{name}} for {{title}}", "estimatedMinutes": 12.5},
    {"title": "Go live"}
  ],
  "skills": ["Code review", "House style"],
  "automations": [
    {"name": "Tell", "trigger": {"type": "event", "event": "task.completed"},
     "actions": [{"type": "notify", "params": {"title": "{{task.title}} is done"}}]}
  ]
}
JSON
}

skills() {
	local name

	for name; do
		awm_ok skill add "$name" --prompt p >/dev/null
	done
}

apply() {
	awm_ok template apply shop --title "$1" --set client=Lumen \
		--set contact=Ann --skip-missing --json 2>/dev/null
}

db_is_sound() {
	run_awm db check --json
	assert_json '[.[] | select(.state != "ok")] == []'
}

@test "add, list, show, edit, rm" {
	prints "added template 1 'Shop'" template add Shop -F shop.json \
		--category web -d 'A web shop' --tag web,shop --public \
		--cover-image https://example.com/c.png \
		--ai-settings '{"openai": {"temperature": 0.5}}'
	json '. as $t | .tasks | length == 3
		and map(.templateId == 1) == [true, true, true]
		and map(.order) == [0, 1, 2]
		and map(.priority) == ["high", "medium", "medium"]
		and map(.estimatedMinutes) == [90, 13, null]
		and map(.skills) == [["Code review"], [], []]
		and map(.title) == ($t.projectStructure.tasks | map(.title))' \
		template show shop
	json '.author.email == "ada@example.com" and .authorId == 1
		and .name == "Shop" and .category == "web"
		and .description == "A web shop" and .tags == ["web", "shop"]
		and .isPublic and (.isOfficial | not) and .usageCount == 0
		and .rating == null and .coverImage == "https://example.com/c.png"
		and .aiProviderRecommendations == {openai: {temperature: 0.5}}' \
		template view 1
	json '.category == "general" and .description == "" and .tags == []' \
		template add Bare -F - <<<'{"tasks":[]}'
	run_awm template list
	assert_output <<'TABLE'
Id  Name  Category  Tags       Uses  Rating
 2  Bare  general   -             0       -
 1  Shop  web       web, shop     0       -
TABLE
	prints '1' template ls -q --tag shop
	prints '2' template list -q --category general
	prints '1' template list -q --public
	prints $'2\n1' template list -q --author me
	prints '1' template list -q --name HO
	json '.name == "Web shop" and .category == "sale" and .tags == ["x"]' \
		template edit shop --name 'Web shop' --category sale --tag x
	prints "changed template 2 'Bare'" template set 2 -F - \
		<<<'{"tasks":[{"title":"one"},{"title":"two"}]}'
	json '.tasks | map(.title) == ["one", "two"]' template show bare
	prints "dry run: deleted template 2 'Bare'" template rm bare --dry-run
	prints "deleted template 2 'Bare'" template delete BARE
	prints '3' db shell 'SELECT COUNT(*) FROM template_tasks'
	fails 3 "no template 'bare'" template show bare
	fails 5 'changed since' template edit 1 --category a \
		--if-updated-at 2026-01-01
	fails 2 'nothing to change' template edit 1
	db_is_sound
}

@test "a structure that is none is refused" {
	fails 2 'what does the template make?' template add X
	fails 3 'nowhere.json' template add X -F nowhere.json
	echo '{"tasks": [}' >bad.json
	fails 2 'projectStructure' template add X -F bad.json
	echo '{"tasks": [{"title": "a", "prio": "low"}]}' >bad.json
	fails 4 'projectStructure.tasks[0].prio: unknown key' \
		template add X -F bad.json
	echo '{"skills": []}' >bad.json
	fails 4 'projectStructure: missing tasks' template add X -F bad.json
	echo '{"tasks": [{"title": "a"}, {"title": "b {{#c}}"}]}' >bad.json
	fails 4 "projectStructure.tasks[1].title: '{{#c}}' is no placeholder" \
		template add X -F bad.json
	echo '{"tasks": [{"title": "a", "description": "{{b"}]}' >bad.json
	fails 4 'projectStructure.tasks[0].description' template add X -F bad.json
	awm_ok project add P >/dev/null
	fails 2 'exclude each other' template add X -F shop.json --from-project P
	fails 3 "no project 'Q'" template add X --from-project Q
	fails 4 'want one of' template add X -F - <<<'{"tasks":[],"automations":
		[{"name":"n","trigger":{"type":"manual"},"actions":[]}]}' || true
	prints '' template list -q
}

@test "apply: project, tasks, skills, automations in one transaction" {
	skills 'Code Review' 'house style'
	awm_ok user add bea@example.com >/dev/null
	awm_ok team add Lighthouse >/dev/null
	awm_ok template add Shop -F shop.json >/dev/null

	prints "added project 1 'Lumen shop' with 3 tasks and 1 automation" \
		template apply shop --title 'Lumen shop' -d 'For {{them}}' \
		--owner bea@example.com --team lighthouse \
		--set client=Lumen --set contact='{{client}} & Ann'
	json '.title == "Lumen shop" and .templateId == 1 and .ownerId == 2
		and .teamId == 1 and .description == "For {{them}}"
		and (.tasks | map(.title) == ["Set up Lumen",
			"Write {{name}} for Lumen shop", "Go live"])
		and (.tasks | map(.order) == [0, 1, 2])
		and (.tasks | map(.priority) == ["high", "medium", "medium"])
		and (.tasks | map(.estimatedMinutes) == [90, 13, null])
		and (.tasks | map(.status) | unique == ["todo"])
		and .tasks[0].description == "Ask {{client}} & Ann at Lumen."
		and .tasks[2].description == null' project show 1
	# A skill of its own; one that is for all.
	run sql 'SELECT taskId, skillId, isAttached FROM task_suggested_skills
		ORDER BY taskId, skillId'
	assert_output $'1|1|0\n1|2|0\n2|2|0\n3|2|0'
	run sql 'SELECT projectId, name, createdBy, isEnabled, actions
		FROM automations'
	assert_output '1|Tell|1|1|[{"type":"notify","params":{"title":"{{task.title}} is done"}}]'
	json '.usageCount == 1' template show 1
	json '[.[] | select(.type == "template.applied")] | length == 1
		and .[0].changes == {usageCount: {from: 0, to: 1}}
		and .[0].metadata == {entity: "template", id: 1, projectId: 1}' \
		activity list
	json '[.[] | select(.type == "task.created")] | length == 3' activity list
	# The project itself, with its tasks, is what JSON gives.
	json '.id == 2 and (.tasks | length == 3)' template apply 1 --title Two \
		--set client=a --set client=b --set contact=c
	json '.tasks[0].title == "Set up b"' project show 2
	db_is_sound
}

@test "apply: what is missing is named, and nothing is made" {
	awm_ok template add Shop -F shop.json >/dev/null
	fails 2 'what is the project called?' template apply shop
	fails 3 "no template 'nope'" template apply nope --title T
	fails 4 'wants values for: client, contact' template apply shop --title T
	fails 4 'wants values for: contact' template apply shop --title T \
		--set client=L
	fails 2 'want NAME=VALUE' template apply shop --title T --set client
	fails 2 'want NAME=VALUE' template apply shop --title T --set =x
	fails 3 'no skills with these names: Code review, House style' \
		template apply shop --title T --set client=L --set contact=A
	fails 4 'task 1 of the template: title: want one line' \
		template apply shop --title T --set client=$'a\nb' \
		--set contact=A --skip-missing
	fails 4 'title: want 1 to 1,000' template apply shop --title '' \
		--set client=L --set contact=A --skip-missing
	prints $'0\n0\n0' db shell 'SELECT COUNT(*) FROM projects;
		SELECT COUNT(*) FROM tasks; SELECT usageCount FROM templates'

	run_awm template apply shop --title T --set client=L --set contact=A \
		--skip-missing --dry-run
	assert_status 0
	assert_output "dry run: added project 1 'T' with 3 tasks and 1 automation"
	assert_error 'left out skills that are not here: Code review, House style'
	prints '' project list -q
	apply T >/dev/null
	prints '0' db shell 'SELECT COUNT(*) FROM task_suggested_skills'
	skills same same
	awm_ok template add Two -F - <<<'{"tasks":[{"title":"a","skills":["same"]}]}' \
		>/dev/null
	fails 5 "2 skills are called 'same'" template apply Two --title T
}

@test "values are never looked through again" {
	awm_ok template add T -F - >/dev/null <<'JSON'
{"tasks": [{"title": "{{a}}{{b}} \\\\{{a}} {{ a }}"}]}
JSON
	json '.tasks[0].title == "{{b}}\\{{a}} \\{{a}} {{b}}"' \
		template apply T --title P --set 'a={{b}}' --set 'b=\{{a}}'
}

@test "from a project, and back" {
	skills One Two
	awm_ok project add Old >/dev/null
	awm_ok task add 'With {{braces}}' -p Old --priority urgent \
		--estimate 45 -d 'And \{{more}}' >/dev/null
	awm_ok task add Child -p Old --parent 1 >/dev/null
	awm_ok task add Gone -p Old >/dev/null
	awm_ok task add Last -p Old >/dev/null
	awm_ok task rm 3 >/dev/null
	awm_ok task done 4 >/dev/null
	awm_ok task move 4 --before 2 >/dev/null
	sql 'INSERT INTO task_suggested_skills(taskId,skillId,createdAt,updatedAt)
		VALUES (1,2,1,1),(1,1,1,1),(4,2,1,1)'
	sql "INSERT INTO automations(projectId,name,trigger,actions,createdBy,
		createdAt,updatedAt) VALUES (1,'Run','{\"type\":\"manual\"}',
		'[{\"type\":\"notify\",\"params\":{}}]',1,1,1)"
	json '.projectStructure == {
		tasks: [{title: "With \\{{braces}}", description: "And \\\\{{more}}",
				priority: "urgent", estimatedMinutes: 45,
				skills: ["One", "Two"]},
			{title: "Last", priority: "medium", skills: ["Two"]},
			{title: "Child", priority: "medium"}],
		skills: ["One", "Two"],
		automations: [{name: "Run", trigger: {type: "manual"},
			actions: [{type: "notify", params: {}}]}]
	}' template add Again --from-project Old
	awm_ok template apply again --title New >/dev/null
	json '.tasks | map([.title, .description]) == [
		["With {{braces}}", "And \\{{more}}"], ["Last", null],
		["Child", null]]' project show New
	# What is made of it is made of the same.
	json '.projectStructure' template show again
	local first=$output
	json '.projectStructure' template add Third --from-project New
	diff <(jq -S .projectStructure <<<"$first") \
		<(jq -S .projectStructure <<<"$output")
	json '.projectStructure == {tasks: []}' \
		template edit third --from-project "$(awm_ok project add E -q)"
	db_is_sound
}

@test "export and import: the same again, and nothing twice" {
	awm_ok template add Shop -F shop.json --tag web -d 'ä "quoted"' \
		--ai-settings '{"local": {"x": 1e2}}' --public >/dev/null
	awm_ok template export shop >one.json
	prints "unchanged template 1 'Shop'" template import one.json
	json '[.[] | select(.type | startswith("template."))] | length == 1' \
		activity list
	AWM_DB=$BATS_TEST_TMPDIR/other.db awm_ok template import - \
		<one.json >/dev/null
	AWM_DB=$BATS_TEST_TMPDIR/other.db awm_ok template export Shop two.json \
		2>/dev/null
	cmp one.json two.json
	jq '.category = "sale" | .projectStructure.tasks |= .[:1]' one.json >three.json
	prints "changed template 1 'Shop'" template import three.json
	json '.category == "sale" and (.tasks | length == 1)' template show 1
	jq -s '[.[0], (.[0] | .name = "Other")]' one.json >many.json
	run_awm template import many.json --dry-run
	assert_output "dry run: changed template 1 'Shop'
dry run: added template 2 'Other'"
	json 'map(.name) == ["Shop", "Other"]' template import many.json
	run_awm template import many.json
	assert_output "unchanged template 1 'Shop'
unchanged template 2 'Other'"
	# Absent is the default; a name is meant to the letter.
	json '.id == 3 and .category == "general" and .tags == []' \
		template import - <<<'{"name":"shop","projectStructure":{"tasks":[]}}'
	db_is_sound
}

@test "import: what is no template is refused, all or nothing" {
	fails 3 'nowhere.json' template import nowhere.json
	echo '{' >bad.json
	fails 2 'at byte' template import bad.json
	echo '5' >bad.json
	fails 4 'want an object' template import bad.json
	echo '{"name": "a"}' >bad.json
	fails 4 'missing projectStructure' template import bad.json
	echo '{"name": "a", "projectStructure": {"tasks": []}, "uses": 3}' >bad.json
	fails 4 "unknown key 'uses'" template import bad.json
	echo '[{"name": "a", "projectStructure": {"tasks": []}},
		{"name": "b", "projectStructure": {}}]' >bad.json
	fails 4 'template 2: projectStructure: missing tasks' \
		template import bad.json
	prints '' template list -q
	awm_ok template add a -F - <<<'{"tasks":[]}' >/dev/null
	awm_ok template add a -F - <<<'{"tasks":[]}' >/dev/null
	echo '{"name": "a", "projectStructure": {"tasks": []}}' >same.json
	fails 5 "several templates are called 'a'" template import same.json
	fails 5 "2 templates are called 'a'" template show a
}

@test "rate: one of everybody, the average of all" {
	awm_ok user add bea@example.com >/dev/null
	awm_ok template add Shop -F shop.json >/dev/null
	prints "rated template 1 'Shop'" template rate shop 5
	json '.rating == 5' template show 1
	json '.rating == 4.5' --as bea@example.com template rate 1 4
	json '.rating == 3' template rate 1 2
	json '[.[] | select(.type == "template.rated")] | length == 3' \
		activity list
	fails 4 'rating: want 1 to 5' template rate 1 6
	fails 4 'rating: want 1 to 5' template rate 1 0
	fails 4 'rating: want 1 to 5' template rate 1 -- -1
	fails 2 'not a whole number' template rate 1 good
	fails 3 'no template 9' template rate 9 3
	db_is_sound
	awm_ok user rm bea@example.com --yes >/dev/null
	json '.rating == 2' template show 1
	db_is_sound
}

@test "only the author or an admin changes one; everybody uses it" {
	awm_ok user add bea@example.com >/dev/null
	awm_ok user add cleo@example.com >/dev/null
	awm_ok user add vic@example.com --role viewer >/dev/null
	awm_ok --as bea@example.com template add Hers -F - \
		<<<'{"tasks":[{"title":"a"}]}' >/dev/null
	awm_ok --as bea@example.com template export Hers >hers.json
	jq '.category = "x"' hers.json >other.json

	fails 6 "change another user's template" --as cleo@example.com \
		template edit Hers --category x
	fails 6 "change another user's template" --as cleo@example.com \
		template import other.json
	fails 6 "delete another user's template" --as cleo@example.com \
		template rm Hers
	fails 6 'official' --as bea@example.com template edit Hers --official
	fails 6 'add a template' --as vic@example.com template add V -F shop.json
	fails 6 'apply a template' --as vic@example.com \
		template apply Hers --title T
	fails 6 'rate a template' --as vic@example.com template rate Hers 3
	json '.ownerId == 3' --as cleo@example.com template apply Hers --title T
	json '.rating == 4' --as cleo@example.com template rate Hers 4
	json '.category == "x"' --as bea@example.com template edit Hers --category x
	json '.isOfficial and .authorId == 2' template edit Hers --official
	json '.name == "Hers"' --as vic@example.com template show hers
	json '.name == "Hers"' --as bea@example.com template rm Hers
}

@test "what was made from it outlives a template" {
	awm_ok user add bea@example.com >/dev/null
	awm_ok template add Shop -F - <<<'{"tasks":[{"title":"a"}]}' >/dev/null
	awm_ok template apply shop --title One >/dev/null
	awm_ok template apply shop --title Two >/dev/null
	awm_ok template rate shop 3 >/dev/null
	awm_ok template rm shop >/dev/null
	json 'map([.title, .templateId]) == [["One", null], ["Two", null]]' \
		project list
	json '[.[] | select(.type == "project.updated")
		| .changes] == [{templateId: {from: 1, to: null}},
			{templateId: {from: 1, to: null}}]' activity list
	prints $'0\n0' db shell 'SELECT COUNT(*) FROM template_tasks;
		SELECT COUNT(*) FROM template_ratings'
	# Also when it goes with its author.
	awm_ok --as bea@example.com template add Hers -F - \
		<<<'{"tasks":[{"title":"a"}]}' >/dev/null
	awm_ok template apply hers --title Three >/dev/null
	awm_ok user rm bea@example.com --yes >/dev/null
	json '.templateId == null' project show Three
	prints '0' db shell 'SELECT COUNT(*) FROM pragma_foreign_key_check'
	db_is_sound
}

@test "db check finds rows that differ from the structure" {
	awm_ok template add Shop -F shop.json >/dev/null
	awm_ok template rate shop 4 >/dev/null
	sql "UPDATE template_tasks SET title = 'x' WHERE \"order\" = 2"
	sql 'UPDATE templates SET rating = 5'
	run_awm db check
	assert_status 4
	assert_contains 'template 1: template_tasks differs from the structure'
	assert_contains 'template 1: rating differs from template_ratings'
}
