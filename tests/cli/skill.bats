#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Skills: rows, versions, reviews, who sees them, suggestions, SKILL.md files.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	cat >in.json <<'JSON'
{"type": "object", "properties": {"version": {"type": "string"}},
 "required": ["version"]}
JSON
	echo '{"type": "object"}' >out.json
}

notes() {
	awm_ok skill add 'Release notes' --prompt 'Write {{input.version}}' \
		-d 'Makes notes' --category writing --tag text,release "$@" \
		>/dev/null
}

db_is_sound() {
	run_awm db check --json
	assert_json '[.[] | select(.state != "ok")] == []'
}

@test "add, list, show, edit, rm" {
	prints "added skill 1 'Release notes'" skill add 'Release notes' \
		--prompt 'Write {{input.version}}' -d 'Makes notes' \
		--category writing --tag text,release --tag text \
		--input-schema in.json --output-schema out.json \
		--provider anthropic --mcp git --changelog first
	json '.id == 1 and .tags == ["release", "text"] and .version == 1
		and .category == "writing" and .aiProvider == "anthropic"
		and .mcpRequirements == ["git"] and .outputSchema == {type: "object"}
		and .inputSchema.required == ["version"] and .changelog == "first"
		and .authorId == 1 and .author.email == "ada@example.com"
		and .isPublic == false and .team == null and .forkedFrom == null
		and .versions == 1 and .runs == 0 and .successRate == null
		and .totalTokens == 0 and .totalCost == null and .reviews == []
		and .rating == null' skill show 'release NOTES'
	json '.category == "general" and .description == "" and .tags == []
		and .prompt == "From a file" and .inputSchema == null' \
		skill create Bare -F - <<<'From a file'
	run_awm skill list
	assert_output <<'TABLE'
Id  Name           Category  Version  Uses  Rating  Tags
 2  Bare           general         1     0       -  -
 1  Release notes  writing         1     0       -  release, text
TABLE
	prints '1' skill ls -q --tag text,release
	prints '' skill ls -q --tag text,other
	prints '2' skill list -q --category general
	prints '1' skill list -q --provider anthropic
	prints $'2\n1' skill list -q --author me
	prints '1' skill list -q --name NOTES
	prints '1' skill list -q makes WRITE
	prints '1' skill list -q elease
	prints '' skill list -q makes nothing
	json 'map(.tags) == [[], ["release", "text"]]' skill list
	prints 'name	tags
Bare	[]' skill list -n 1 --fields name,tags --format tsv
	prints $'id,tags\r\n1,"[""release"",""text""]"\r' skill list --tag text \
		--fields id,tags --format csv
	fails 2 "unknown field 'tag'" skill list --fields tag
	json '.description == "x" and .version == 2 and .tags == ["b"]' \
		skill edit bare -d x --tag b
	prints "changed skill 2 'Bare'" skill set 2 --category web
	fails 2 'nothing to change' skill edit 1
	fails 5 'changed since' skill edit 1 --category a \
		--if-updated-at 2026-01-01
	fails 2 '--yes' skill rm bare
	prints "dry run: deleted skill 2 'Bare'" skill rm bare --dry-run
	prints "deleted skill 2 'Bare'" skill delete BARE --yes
	fails 3 "no skill 'bare'" skill show bare
	fails 3 'no skill 2' skill show 2
	prints '1' db shell 'SELECT COUNT(*) FROM skill_versions'
	db_is_sound
}

@test "what is malformed is refused" {
	fails 2 'what is the prompt?' skill add X
	fails 2 'exclude each other' skill add X --prompt a -F in.json
	fails 4 'a skill needs a prompt' skill add X --prompt ' '
	fails 2 'prompt' skill add X --prompt '{{#a}} never closed'
	fails 2 'prompt' skill add X --prompt 'a {{b'
	fails 4 'name: want 1 to 1,000' skill add '' --prompt x
	fails 4 'want one line' skill add X --prompt x --tag $'a\nb'
	fails 2 "unknown provider 'x'" skill add X --prompt x --provider x
	fails 3 'nowhere.json' skill add X --prompt x --input-schema nowhere.json
	echo '{' >bad.json
	fails 2 'inputSchema' skill add X --prompt x --input-schema bad.json
	echo '{"type": 7}' >bad.json
	fails 4 'outputSchema' skill add X --prompt x --output-schema bad.json
	echo '[]' >bad.json
	fails 4 'inputSchema' skill add X --prompt x --input-schema bad.json
	fails 3 "no team 'Nine'" skill add X --prompt x --team Nine
	prints '' skill list -q
	notes
	fails 2 'prompt' skill edit 1 --prompt '{{/a}}'
	fails 2 'not from 1' skill show 1 --version 0
	json '.version == 1' skill show 1
}

@test "each change of what it says is a version" {
	notes
	json '.version == 2 and .changelog == "asks first"' skill edit 1 \
		--prompt $'Ask.\nWrite {{input.version}}' --changelog 'asks first'
	# The rest of it is none; a changelog may be reworded.
	json '.version == 2' skill edit 1 --category web --tag a --public
	json '.version == 2 and .changelog == "asks at first"' \
		skill edit 1 --changelog 'asks at first'
	json '.version == 3 and .changelog == null' skill edit 1 \
		--input-schema in.json
	jq -c . in.json >same.json
	json '.version == 3' skill edit 1 --input-schema same.json
	run_awm skill history 1
	assert_output <<'TABLE'
Version  Changed      Changes        By               Created
      3  inputSchema  -              ada@example.com  2026-11-22 12:00
      2  prompt       asks at first  ada@example.com  2026-11-22 12:00
      1  -            -              ada@example.com  2026-11-22 12:00
TABLE
	json 'map(.version) == [3, 2, 1] and map(.userId) == [1, 1, 1]
		and map(.changed) == [["inputSchema"], ["prompt"], []]
		and .[1].prompt == "Ask.\nWrite {{input.version}}"
		and .[1].inputSchema == null' skill history 1
	json '.version == 1 and .prompt == "Write {{input.version}}"
		and .changelog == null' skill show 1 --version 1
	fails 3 'has no version 4' skill show 1 --version 4
	run_awm skill diff 1 --from 1
	assert_output <<'TABLE'
Field        Line     Text
prompt          1  +  Ask.
inputSchema     1  +  {"type":"object","properties":{"version":{"type":"string"}},"required":["version"]}
TABLE
	json '. == [{field: "prompt", line: 1, change: "-", text: "Ask."}]' \
		skill diff 1 --from 2 --to 1
	json 'map(.field) == ["inputSchema"]' skill diff 1
	json 'map(.change) | unique == ["+"]' skill diff 1 --to 1
	fails 3 'has no version 9' skill diff 1 --to 9

	prints "restored skill 1 'Release notes'" skill restore 1 --version 1
	json '.version == 4 and .prompt == "Write {{input.version}}"
		and .inputSchema == null and .category == "web"
		and .changelog == "as in version 1" and .versions == 4' skill show 1
	# As it is already: nothing happens.
	json '.version == 4' skill restore 1 --version 1
	json '.version == 5 and .changelog == "why"' \
		skill restore 1 --version 2 --changelog why
	fails 2 'which version?' skill restore 1
	fails 3 'has no version 9' skill restore 1 --version 9
	db_is_sound
}

@test "undo brings back what it was, in a new version" {
	notes
	awm_ok skill edit 1 --prompt two >/dev/null
	awm_ok undo >/dev/null
	json '.version == 3 and .prompt == "Write {{input.version}}"
		and .tags == ["release", "text"]' skill show 1
	awm_ok redo >/dev/null
	json '.version == 4 and .prompt == "two"' skill show 1
	awm_ok skill tag 1 new >/dev/null
	awm_ok skill untag 1 text >/dev/null
	awm_ok undo >/dev/null
	json '.tags == ["new", "release", "text"]' skill show 1
	awm_ok undo >/dev/null
	json '.tags == ["release", "text"]' skill show 1
	awm_ok skill review add 1 --rating 3 >/dev/null
	awm_ok undo >/dev/null
	json '.rating == null and .reviews == []' skill show 1
	awm_ok skill fork 1 >/dev/null
	json '.forkCount == 1' skill show 1
	awm_ok undo >/dev/null
	fails 3 'no skill 2' skill show 2
	json '.forkCount == 0' skill show 1
	awm_ok redo >/dev/null
	json '.tags == ["release", "text"] and .name == "Release notes (fork)"' \
		skill show 2
	db_is_sound
}

@test "tag, untag" {
	notes
	awm_ok skill add Other --prompt o >/dev/null
	json '.tags == ["a", "b", "release", "text"]' skill tag 1 b,a text
	prints "tagged skill 1 'Release notes'
tagged skill 2 'Other'" skill tag 1-2 c
	json '.tags == ["release", "text"]' skill untag 1 a b c none
	json '[.[] | select(.type == "skill.updated") | .changes.tags | select(.)]
		| .[-1] == {from: ["release", "text"],
			to: ["a", "b", "release", "text"]}' activity list
	fails 2 'empty tag' skill tag 1 ,
	fails 3 'no skill 9' skill tag 9 a
	db_is_sound
}

@test "fork: one's own, from the beginning" {
	notes --public --changelog x --output-schema out.json
	awm_ok skill review add 1 --rating 5 >/dev/null
	awm_ok user add bea@example.com >/dev/null
	json '.id == 2 and .authorId == 2 and .version == 1
		and .isPublic == false and .reviews == [] and .rating == null
		and .changelog == null and .tags == ["release", "text"]
		and .prompt == "Write {{input.version}}" and .name == "Mine"
		and .outputSchema == {type: "object"} and .category == "writing"' \
		--as bea@example.com skill fork 1 --name Mine
	json '.forkedFrom == 1' skill show 2
	json '.forkCount == 1 and .version == 1' skill show 1
	json '.name == "Release notes (fork)"' skill fork 1
	json '[.[] | select(.type == "skill.forked")] | length == 2' activity list
	# What was forked lives on without what it came from.
	awm_ok skill rm 1 --yes >/dev/null
	json '.forkedFrom == null' skill show 2
	db_is_sound
}

@test "reviews: one of everybody, the average of all" {
	notes --public
	awm_ok user add bea@example.com >/dev/null
	prints "reviewed skill 1 'Release notes'" skill review add 1 --rating 5
	json '.rating == 4.5 and (.reviews | length == 2)' --as bea@example.com \
		skill review add 1 --rating 4 --comment 'Good.'
	json '.rating == 3 and .reviews == [
		{userId: 2, rating: 4, comment: "Good.",
			createdAt: "2026-11-22T12:00:00.000Z"},
		{userId: 1, rating: 2, createdAt: "2026-11-22T12:00:00.000Z"}]
		and .version == 1' skill review create 'release notes' -r 2
	run_awm skill review list 1
	assert_output <<'TABLE'
By               Rating  Comment  Created
ada@example.com       2  -        2026-11-22T12:00:00.000Z
bea@example.com       4  Good.    2026-11-22T12:00:00.000Z
TABLE
	json 'map(.userId) == [1, 2]' skill review ls 1
	# Saying it again is no change.
	awm_ok --as bea@example.com skill review add 1 --rating 4 \
		--comment 'Good.' >/dev/null
	json '[.[] | select(.type == "skill.reviewed")] | length == 3' \
		activity list
	fails 2 'how do you rate it?' skill review add 1
	fails 4 'rating: want 1 to 5' skill review add 1 --rating 6
	fails 4 'rating: want 1 to 5' skill review add 1 --rating 0
	fails 2 'not a whole number' skill review add 1 --rating good
	fails 3 'no skill 9' skill review add 9 --rating 3
	fails 6 "another user's review" --as bea@example.com \
		skill review rm 1 --user ada@example.com
	json '.rating == 4' skill review rm 1
	fails 3 'did not review' skill review rm 1
	db_is_sound
	awm_ok --as ada@example.com skill review add 1 --rating 1 >/dev/null
	awm_ok user rm bea@example.com --yes >/dev/null
	json '.rating == 1 and (.reviews | map(.userId) == [1])' skill show 1
	db_is_sound
}

@test "who sees what, and who changes it" {
	local who

	awm_ok team add Ops >/dev/null
	for who in bea cleo; do
		awm_ok user add "$who@example.com" >/dev/null
	done
	awm_ok user add vic@example.com --role viewer >/dev/null
	awm_ok team member add ops bea@example.com >/dev/null
	awm_ok team member add ops vic@example.com >/dev/null
	export AWM_USER=bea@example.com
	awm_ok skill add Private --prompt p >/dev/null
	awm_ok skill add Team --prompt t --team ops >/dev/null
	awm_ok skill add Public --prompt u --public >/dev/null
	fails 6 'no member of team 1' --as cleo@example.com \
		skill add X --prompt x --team ops
	fails 6 'official' skill edit Private --official

	prints $'1\n3\n2' skill list -q
	prints $'1\n3\n2' --as ada@example.com skill list -q
	prints $'3\n2' --as vic@example.com skill list -q
	prints '3' --as cleo@example.com skill list -q
	export AWM_USER=cleo@example.com
	for who in 1 Private 2 Team; do
		fails 3 "no skill" skill show "$who"
		fails 3 "no skill" skill history "$who"
		fails 3 "no skill" skill stats "$who"
		fails 3 "no skill" skill export "$who"
		fails 3 "no skill" skill edit "$who" --category x
		fails 3 "no skill" skill rm "$who" --yes
		fails 3 "no skill" skill fork "$who"
		fails 3 "no skill" skill review add "$who" --rating 1
	done
	prints '3' skill stats -q
	fails 6 "change another user's skill" skill edit Public --category x
	fails 6 "change another user's skill" skill tag Public x
	fails 6 "change another user's skill" skill unpublish Public
	fails 6 "delete another user's skill" skill rm Public --yes
	json '.rating == 4' skill review add Public --rating 4
	json '.authorId == 3' skill fork Public
	awm_ok skill rm 'public (fork)' --yes >/dev/null
	fails 6 'add a skill' --as vic@example.com skill add X --prompt x
	fails 6 'review a skill' --as vic@example.com \
		skill review add Team --rating 4

	export AWM_USER=ada@example.com
	json '.category == "x" and .authorId == 2' skill edit Private --category x
	awm_ok skill edit Private --official >/dev/null
	prints $'1\n3' --as cleo@example.com skill list -q
	awm_ok skill edit Private --no-official >/dev/null
	prints "published skill 1 'Private'" --as bea@example.com \
		skill publish Private
	json '.name == "Private"' --as cleo@example.com skill show 1
	prints "unpublished skill 1 'Private'" skill unpublish 1
	json '[.[].type] | contains(["skill.published", "skill.unpublished"])' \
		activity list
	# Their skills go with users and teams.
	awm_ok user rm bea@example.com --yes >/dev/null
	prints '' skill list -q
	db_is_sound
}

@test "suggest, attach, detach" {
	awm_ok project add Web >/dev/null
	awm_ok task add 'Write the release notes of 2.0' -p Web >/dev/null
	awm_ok task add 'Fix bugs in the café login' -p Web --tag login >/dev/null
	awm_ok task add '設計を確認する' -p Web >/dev/null
	notes
	awm_ok skill add 'Bug triage' --prompt x -d 'Judges a bug report.' \
		>/dev/null
	awm_ok skill add 'Cafe' --prompt x --tag login >/dev/null
	awm_ok skill add 'Lunch' --prompt x -d 'The one that is for it' >/dev/null
	awm_ok skill add '確認' --prompt x >/dev/null

	json 'map(.name) == ["Release notes"] and (.[0] | .taskId == 1
		and .skillId == 1 and .id == 1 and .score > 0 and .score < 1
		and .isAttached == false and .runs == 0 and .successRate == null)' \
		skill suggest 1
	json 'map(.name) == ["Cafe", "Bug triage"]' skill suggest 2 --dry-run
	prints '1|1|0' db shell \
		'SELECT taskId, skillId, isAttached FROM task_suggested_skills'
	json 'map(.name) == ["Cafe"]' skill suggest 2 -n 1
	json 'map([.name, .isAttached])
		== [["Cafe", true], ["Bug triage", false]]' skill suggest 2 --attach 1
	json 'map(.name) == ["確認"]' skill suggest 3
	# Once more: nothing changes.
	sql 'SELECT * FROM task_suggested_skills' >before
	awm_ok skill suggest 2 >/dev/null
	sql 'SELECT * FROM task_suggested_skills' | diff before -
	json '[.[] | select(.type == "skill.attached")] | length == 1
		and .[0].taskId == 2' activity list

	# What did well comes first.
	awm_ok skill add 'Bug hunt' --prompt x -d 'Judges a bug report.' >/dev/null
	awm_ok skill review add 'Bug hunt' --rating 5 >/dev/null
	json 'map(.name) | index("Bug hunt") < index("Bug triage")' \
		skill suggest 2
	awm_ok skill review add 'Bug hunt' --rating 1 >/dev/null
	json 'map(.name) | index("Bug hunt") > index("Bug triage")' \
		skill suggest 2
	# What is suggested no more goes, unless it is attached.
	awm_ok task edit 2 --title Lunch --rm-tag login >/dev/null
	json 'map(.name) == ["Lunch"]' skill suggest 2
	prints $'3|1\n4|0' db shell 'SELECT skillId, isAttached
		FROM task_suggested_skills WHERE taskId = 2 ORDER BY 1'

	prints "detached skill 3 'Cafe' from task 2" skill detach cafe 2
	fails 3 'not attached' skill detach cafe 2
	prints "attached skill 1 'Release notes' to task 1
attached skill 1 'Release notes' to task 2" skill attach 1 1-2
	json '.taskId == 1 and .skillId == 1 and .isAttached' skill attach 1 1
	awm_ok undo >/dev/null
	prints '0' db shell 'SELECT COUNT(*) FROM task_suggested_skills
		WHERE skillId = 1 AND isAttached = 1'
	fails 3 'no task 9' skill attach 1 9
	fails 3 'no skill 9' skill attach 9 1
	awm_ok task rm 1 >/dev/null
	fails 4 'task 1 is deleted' skill attach 1 1
	fails 4 'task 1 is deleted' skill suggest 1
	db_is_sound
}

@test "stats: from what ran" {
	awm_ok project add Web >/dev/null
	awm_ok task add One -p Web >/dev/null
	notes
	awm_ok skill add Idle --prompt x >/dev/null
	awm_ok exec record 1 yes --prompt p --provider openai --model m --skill 1 \
		--prompt-tokens 10 --completion-tokens 5 --cost 0.5 \
		--duration 2 >/dev/null
	awm_ok exec record 1 --prompt p --provider openai --model m --skill 1 \
		--error broken --cost 0.25 --duration 4 >/dev/null
	json '.runs == 2 and .succeeded == 1 and .failed == 1
		and .successRate == 0.5 and .promptTokens == 10
		and .completionTokens == 5 and .totalTokens == 15
		and .cost == 0.75 and .averageCost == 0.375
		and .averageDuration == 3000 and .usageCount == 2
		and .version == 1 and .versions == 1 and .rating == null' \
		skill stats 1
	json 'map(.name) == ["Idle", "Release notes"]
		and .[0].successRate == null and .[0].cost == null' skill stats
	json '.runs == 2 and .successRate == 0.5 and .totalCost == 0.75' \
		skill show 1
	awm_ok skill rm 1 --yes >/dev/null
	prints '2' db shell 'SELECT COUNT(*) FROM task_executions'
	db_is_sound
}

# ---- SKILL.md ----

data() {
	printf '%s/tests/data/skills/%s' "$AWM_SOURCE_ROOT" "$1"
}

@test "import: folders, files, collections" {
	run_awm skill import "$(data valid/release-notes)"
	assert_status 0
	assert_output "added skill 1 'release-notes'"
	assert_error 'not kept: license, compatibility, allowed-tools'
	assert_error 'left out references/style.md'
	json '.description | startswith("Drafts release notes")' skill show 1
	json '.category == "documentation" and .version == 3
		and .tags == ["git", "writing"] and .aiProvider == "anthropic"
		and .mcpRequirements == ["git"]
		and .inputSchema.required == ["since"] and .outputSchema == null
		and (.prompt | startswith("# Release notes\n\nCollect"))
		and (.prompt | endswith("references/style.md\n"))' skill show 1
	# Twice: nothing changes.
	prints "unchanged skill 1 'release-notes'" skill import \
		"$(data valid/release-notes/SKILL.md)"
	run_awm skill import "$(data valid)" --dry-run
	assert_output "dry run: added skill 2 'block-description'
dry run: added skill 3 'crlf'
dry run: added skill 4 'minimal'
dry run: unchanged skill 1 'release-notes'"
	json 'length == 4 and map(.name) == ["block-description", "crlf",
		"minimal", "release-notes"]' skill import "$(data valid)"
	json '.prompt == "Body line.\n"' skill show crlf

	cp -r "$(data valid/minimal)" minimal
	echo More >>minimal/SKILL.md
	prints "changed skill 4 'minimal'" skill import minimal
	json '.version == 2 and .prompt == "Do nothing.\nMore\n"' skill show 4
	# What the file does not say of tags and category stays.
	awm_ok skill edit 4 --tag kept --category kept >/dev/null
	prints "unchanged skill 4 'minimal'" skill import minimal
	json '.tags == ["kept"] and .category == "kept"' skill show 4
	cd minimal && prints "unchanged skill 4 'minimal'" skill import .
	cd .. && db_is_sound
}

@test "import: warned of, or refused" {
	run_awm skill import "$(data lenient)"
	assert_status 0
	assert_error "a text with ': ' is to be quoted"
	assert_error "unknown key 'version'"
	assert_error 'allowed-tools is a text, not a list'
	assert_error "name 'other-name' is not that of the folder, 'wrong-folder'"
	json '.description == "Use this when: the user asks for PDFs"' \
		skill show colon-in-description
	fails 4 'no description' skill import "$(data invalid/no-description)"
	fails 4 'an empty description' skill import \
		"$(data invalid/empty-description)"
	fails 2 'line 1' skill import "$(data invalid/no-frontmatter)"
	fails 2 'not closed' skill import "$(data invalid/unclosed)"
	fails 2 "SKILL.md: line 3: the key 'name' is given twice" \
		skill import "$(data invalid/duplicate-key)"
	# All or nothing, unless told otherwise.
	fails 2 'duplicate-key/SKILL.md' skill import "$(data invalid)"
	fails 3 "no skill 'Bad--Name'" skill show Bad--Name
	run_awm skill import "$(data invalid)" --skip-invalid
	assert_status 0
	assert_output "added skill 5 'Bad--Name'"
	assert_error 'left out: '
	fails 3 'no file or folder' skill import nowhere
	mkdir empty
	fails 3 "no SKILL.md in 'empty'" skill import empty
	printf -- '---\nname: a\ndescription: d\n---\n' >a.md
	fails 4 'a skill needs a prompt' skill import a.md
	echo '{{#never}}' >>a.md
	fails 2 'a.md: prompt' skill import a.md
	printf -- '---\nname: a\ndescription: d\nmetadata:\n  %s\n---\nB\n' \
		"awm-input-schema: '{'" >a.md
	fails 2 'inputSchema' skill import a.md
	printf -- '---\nname: a\ndescription: d\nmetadata:\n  %s\n---\nB\n' \
		'awm-ai-provider: hal' >a.md
	fails 2 'aiProvider' skill import a.md
	prints '5' db shell 'SELECT COUNT(*) FROM skills'
	db_is_sound
}

@test "import: nothing outside of the folder, nothing without end" {
	mkdir -p out trap/scripts
	printf -- '---\nname: out\ndescription: d\n---\nB\n' >out/SKILL.md
	ln -s ../out/SKILL.md trap/SKILL.md
	fails 4 'is a link out of its folder' skill import trap
	rm trap/SKILL.md
	mkfifo trap/SKILL.md
	fails 2 'SKILL.md' skill import trap
	rm trap/SKILL.md
	printf -- '---\nname: trap\ndescription: d\n---\nB\n' >trap/real.md
	ln -s real.md trap/SKILL.md
	mkdir trap/assets
	echo secret >secret
	ln -s ../../secret trap/assets/input.schema.json
	fails 4 'is a link out of its folder' skill import trap
	rm trap/assets/input.schema.json
	# A script is neither run nor kept.
	printf '#!/bin/sh\ntouch ran\n' >trap/scripts/run.sh
	chmod +x trap/scripts/run.sh
	echo '{"type": "object"}' >trap/assets/output.schema.json
	echo 'All new' >trap/CHANGELOG.md
	run_awm skill import trap --json
	assert_status 0
	assert_json '.outputSchema == {type: "object"} and .changelog == "All new\n"'
	assert_error 'left out real.md, scripts/run.sh: only'
	[[ ! -e ran && ! -e trap/ran ]]
	# A folder of folders does not follow links to others.
	mkdir all && ln -s ../out all/out
	fails 3 "no SKILL.md in 'all'" skill import all
	head -c 1100000 /dev/zero | tr '\0' a >big.md
	fails 2 'big.md' skill import big.md
	printf 'a\0b' >big.md
	fails 2 'not valid UTF-8' skill import big.md
	cp -r out twice
	fails 5 'both make the skill' skill import out twice
}

@test "export and import: the same again" {
	local other=$BATS_TEST_TMPDIR/other.db

	notes --input-schema in.json --output-schema out.json --provider local \
		--mcp git,web --changelog $'one\n"two"'
	awm_ok skill add 'ÜÖ #1: "x"' --prompt $'\n \n{{a}}\r\n---\n\n' \
		-d $'two\nlines\n' --tag 'a' >/dev/null
	awm_ok skill add plain-name --prompt $'Body\n' >/dev/null
	sql "INSERT INTO skill_tags(skillId,tag,createdAt,updatedAt)
		VALUES (2,'a, b',0,0)"
	for id in 1 2 3; do
		awm_ok skill export "$id" "x/$id" 2>/dev/null
		AWM_DB=$other awm_ok skill import "x/$id/SKILL.md" >/dev/null 2>&1
		AWM_DB=$other awm_ok skill export "$id" "y/$id" 2>/dev/null
		cmp "x/$id/SKILL.md" "y/$id/SKILL.md"
		awm_ok skill show "$id" --json >a.json
		AWM_DB=$other awm_ok skill show "$id" --json >b.json
		diff <(jq 'del(.author)' a.json) <(jq 'del(.author)' b.json)
		prints "unchanged skill $id '$(jq -r .name a.json)'" \
			skill import "x/$id/SKILL.md"
	done
	awm_ok skill export 3 | cmp - x/3/SKILL.md
	awm_ok skill export 3 - | cmp - x/3/SKILL.md
	# Every other reader takes it.
	awm_ok skill export 1 release-notes 2>/dev/null
	json '.[0].valid and .[0].name == "release-notes"' \
		skill validate release-notes
}

@test "export: what is there already" {
	notes
	run_awm skill export 1 out
	assert_status 0
	assert_error "wrote 'out/SKILL.md'"
	assert_error "look for it in a folder 'release-notes'"
	run_awm skill export 1 out
	assert_error "unchanged 'out/SKILL.md'"
	awm_ok skill edit 1 -d new >/dev/null
	run_awm skill export 1 out --dry-run
	assert_error "dry run: wrote 'out/SKILL.md'"
	run ! grep -q 'description: new' out/SKILL.md
	awm_ok skill export 1 out 2>/dev/null
	grep -q 'description: new' out/SKILL.md
	awm_ok skill add Other --prompt x >/dev/null
	fails 5 'is of another skill' skill export 2 out
	awm_ok skill export 2 out --force 2>/dev/null
	run_awm skill export 1 a/b/release-notes
	assert_status 0
	[[ $stderr != *'look for it'* && -f a/b/release-notes/SKILL.md ]]
	fails 1 "'in.json' is no folder" skill export 1 in.json
	fails 3 'no skill 9' skill export 9 out
}

@test "import: whose skill it becomes" {
	awm_ok user add bea@example.com >/dev/null
	awm_ok user add cleo@example.com >/dev/null
	awm_ok --as bea@example.com skill import "$(data valid/minimal)" >/dev/null
	# Not somebody else's, though it be seen; an admin's is anybody's.
	awm_ok --as bea@example.com skill publish minimal >/dev/null
	prints "added skill 2 'minimal'" --as cleo@example.com \
		skill import "$(data valid/minimal)"
	prints "unchanged skill 1 'minimal'" --as bea@example.com \
		skill import "$(data valid/minimal)"
	fails 5 "several skills are called 'minimal'" \
		skill import "$(data valid/minimal)"
	awm_ok skill rm 2 --yes >/dev/null
	prints "unchanged skill 1 'minimal'" skill import "$(data valid/minimal)"
	json '.authorId == 2' skill show 1
}

@test "validate: to the letter, without a database" {
	run_awm skill validate "$(data valid)" "$(data lenient)" --json
	assert_status 4
	assert_json 'map(select(.valid) | .name) == ["block-description", "crlf",
		"minimal", "release-notes"] and (map(select(.valid | not)) | length == 4)
		and all(.[]; .valid == (.problems == []))'
	assert_error '4 files not valid'
	run_awm skill validate "$(data invalid/duplicate-key)" --json
	assert_status 4
	assert_json '.[0].problems == ["line 3: the key '\''name'\'' is given twice"]'
	[[ ! -e $AWM_DB ]]
}

# How many statements a command executes.
statements() {
	AWM_TRACE=sql awm "$@" 2>&1 >/dev/null | grep -c '^sql: '
}

# Skills with these numbers, their tags, versions and reviews.
skills() {
	sql "CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL
			SELECT i + 1 FROM n WHERE i < $2) SELECT i FROM n;
		INSERT INTO users(id,email,name,createdAt,updatedAt)
		SELECT i, 'u' || i || '@example.com', 'U', 0, 0 FROM n;
		INSERT INTO skills(id,name,description,prompt,category,authorId,
			createdAt,updatedAt)
		SELECT i, 'S' || i, 'words of ' || i, 'p', 'c', 1, 0, 0 FROM n;
		INSERT INTO skill_tags(skillId,tag,createdAt,updatedAt)
		SELECT i, 't', 0, 0 FROM n;
		INSERT INTO skill_versions(skillId,version,name,description,prompt,
			createdAt) SELECT 1, i, 'S', '', 'p' || i, 0 FROM n;
		UPDATE skills SET version = $2, reviews = (SELECT json_group_array(
				json_object('userId', i, 'rating', 3, 'createdAt',
					'2026-11-22T12:00:00.000Z')) FROM n) WHERE id = 1"
}

@test "statements do not grow with the rows of a listing" {
	local command few many=

	awm_ok project add P >/dev/null
	awm_ok task add words -p P >/dev/null
	notes
	skills 2 3
	few=$(for command in 'skill list' 'skill list words' 'skill show 1' \
		'skill history 1' 'skill review list 1' 'skill stats' \
		'skill suggest 1 -n 2 --dry-run'; do
		# shellcheck disable=SC2086 # words are wanted
		printf '%s %s\n' "$command" "$(statements $command --json)"
	done)
	skills 4 203
	many=$(for command in 'skill list' 'skill list words' 'skill show 1' \
		'skill history 1' 'skill review list 1' 'skill stats' \
		'skill suggest 1 -n 2 --dry-run'; do
		# shellcheck disable=SC2086 # words are wanted
		printf '%s %s\n' "$command" "$(statements $command --json)"
	done)
	diff <(echo "$few") <(echo "$many")
}
