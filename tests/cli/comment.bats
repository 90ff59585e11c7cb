#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Comments: threads, mentions, reactions, and how they look.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the variables
# of run; each test is a subshell
load checks

setup() {
	awm_setup
	awm_ok project add Web >/dev/null
	awm_ok user add bea@example.com --name 'Bea Arthur' >/dev/null
	awm_ok user add cy@example.com >/dev/null
	awm_ok task add -p Web 'Fix it' >/dev/null
	awm_ok task unwatch 1 >/dev/null
}

as_bea() {
	awm_ok --as bea@example.com "$@" >/dev/null
}

# on_terminal WIDTH COMMAND…: what awm prints on a terminal without colours.
on_terminal() {
	COLUMNS=$1 TERM=dumb script -qefc "awm --no-pager --color never ${*:2}" \
		/dev/null </dev/null | tr -d '\r'
}

@test "add: words, -d, -F, -e, - and where the text comes from twice" {
	prints 'added comment 1' comment add 1 two words
	prints 'added comment 2' comment add 1 -d 'one text'
	printf 'of\na file\n' >file
	prints 'added comment 3' comment add 1 -F file
	run_awm_in 'of stdin' comment add 1 -F -
	run_awm_in 'of stdin too' comment add 1 -
	EDITOR='echo edited >' awm_ok comment add 1 -e >/dev/null
	json '[.[].content] == ["two words", "one text", "of\na file",
		"of stdin", "of stdin too", "edited"]' comment list
	json '.contentType == "text" and .userId == 1 and .taskId == 1
		and .mentions == [] and .reactions == {} and .editedAt == null
		and .parentCommentId == null' \
		comment create 1 plain --type text
	fails 2 'given twice' comment add 1 text -d another
	fails 2 'wants a text' comment add 1
	assert_error 'hint: '
	fails 2 'wants TASK' comment add
	fails 4 'needs some text' comment add 1 '  '
	fails 2 "unknown type 'html'" comment add 1 x --type html
	fails 3 'no task 9' comment add 9 x
	awm_ok task rm 1 >/dev/null
	fails 4 'task 1 is deleted' comment add 1 x
	assert_error 'hint: awm task restore 1'
	fails 6 "takes the role 'member'" --as "$(
		awm_ok user add vi@example.com --role viewer >/dev/null
		echo vi@example.com
	)" comment add 1 x
}

@test "reply: below a live comment of the same task" {
	awm_ok task add -p Web other >/dev/null
	awm_ok comment add 1 first >/dev/null
	json '.parentCommentId == 1 and .taskId == 1' comment reply 1 second
	json '.parentCommentId == 2' comment add 1 third --reply-to 2
	fails 4 'comment 1 is about task 1, not task 2' \
		comment add 2 x --reply-to 1
	fails 3 'no comment 9' comment reply 9 x
	awm_ok comment rm 1 >/dev/null
	fails 4 'comment 1 is deleted' comment reply 1 x
	assert_error 'hint: awm comment restore 1'
	fails 4 'comment 1 is deleted' comment add 1 x --reply-to 1
}

# 1 ─ 2 ─ 4, 3, 5 deleted with nothing below
thread() {
	awm_ok comment add 1 first >/dev/null
	as_bea comment reply 1 second
	awm_ok comment add 1 $'# third\nmore' >/dev/null
	awm_ok comment reply 2 fourth >/dev/null
	awm_ok comment add 1 fifth >/dev/null
	awm_ok comment rm 2 5 >/dev/null
}

@test "list: threads, in which deleted ones keep their place" {
	thread
	prints "$(
		cat <<'TABLE'
Id  Task  Author      Comment     Created
 1  1     ada         first       2026-11-22 12:00
 2  1     Bea Arthur    deleted   2026-11-22 12:00
 4  1     ada             fourth  2026-11-22 12:00
 3  1     ada         # third …   2026-11-22 12:00
TABLE
	)" comment list --task 1
	prints "$(
		cat <<'TABLE'
Id  Comment
 1  first
 2    deleted: second
 4      fourth
 3  # third …
 5  deleted: fifth
TABLE
	)" comment list --task 1 --all --fields id,content
	json '[.[].id] == [1, 4, 3]' comment list --task 1
	json '[.[].content] == ["first", "fourth", "# third\nmore"]' \
		comment list --task 1
	prints $'1\n4\n3' comment list --task 1 -q
	json '[.[].id] == [1, 2, 4, 3, 5]' comment list --task 1 --all
	prints $'2\n5' comment list --task 1 --deleted -q
	prints $'4\n3' comment list --task 1 --offset 1 -n 2 -q
	prints $'4\n3\n1' comment list --task 1 --sort -id -q
	prints $'1\n3\n4' comment list -q
}

@test "list: filters" {
	awm_ok comment add 1 'hello @bea' >/dev/null
	as_bea comment reply 1 'hello @ada'
	AWM_NOW=2026-11-24T10:00:00Z awm_ok comment add 1 later >/dev/null
	awm_ok task add -p Web other >/dev/null
	awm_ok comment add 2 'about another' >/dev/null
	prints $'2' comment list --mentions me -q
	prints $'1' comment list --mentions bea@example.com -q
	prints $'2' comment list --author bea@example.com -q
	prints $'1\n3\n4' comment list --author me -q --sort id
	prints $'2' comment list --task 1 --author bea@example.com -q
	prints $'2' comment list --reply-to 1 -q
	prints $'1\n4\n3' comment list --reply-to none -q
	prints $'3' comment list --since 2026-11-23 -q
	prints $'1\n2' comment list --content HELLO -q
	prints '' comment list --task 2 --deleted -q
	fails 3 'no task 9' comment list --task 9
	fails 3 "no user 'nobody'" comment list --mentions nobody
}

@test "list of a task takes the same statements for 2 comments and for 200" {
	local few many

	awm_ok comment add 1 one >/dev/null
	awm_ok comment reply 1 two >/dev/null
	few=$(AWM_TRACE=sql awm comment list --task 1 2>&1 >/dev/null |
		grep -c '^sql: ')
	sql "WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i+1 FROM n
		WHERE i<200) INSERT INTO comments(id,taskId,userId,content,
		parentCommentId,createdAt,updatedAt)
		SELECT i,1,1+i%3,'c'||i,i/2,i,i FROM n"
	many=$(AWM_TRACE=sql awm comment list --task 1 2>&1 >/dev/null |
		grep -c '^sql: ')
	[ "$few" = "$many" ]
	few=$(AWM_TRACE=sql awm comment show 60 2>&1 >/dev/null |
		grep -c '^sql: ')
	many=$(AWM_TRACE=sql awm comment show 1 2>&1 >/dev/null |
		grep -c '^sql: ')
	[ "$few" = "$many" ]
	[ "$(awm_ok comment list --task 1 -q | wc -l)" = 200 ]
}

@test "a circle of replies, which awm does not make, ends" {
	thread
	sql 'UPDATE comments SET parentCommentId = 4 WHERE id = 2'
	prints $'1\n4\n3' comment list --task 1 -q
	json '.replies == []' comment show 4
	awm_ok comment show 2 >/dev/null
	awm_ok task show 1 >/dev/null
}

@test "show: with its task, its author and what answers it" {
	thread
	json '.id == 1 and .task.title == "Fix it" and .user.id == 1
		and [.replies[].id] == [4] and .replies[0].user.id == 1' \
		comment show 1
	awm_ok comment react 4 👍 >/dev/null
	prints "$(
		cat <<'TEXT'
Id:      1
Task:    1 Fix it
Author:  1 ada
Comment: first
Format:  markdown
Created: 2026-11-22 12:00
Updated: 2026-11-22 12:00

Replies (2)
#2 deleted

  #4 ada  2026-11-22 12:00
    fourth
    👍 1
TEXT
	)" comment show 1
	json '.content == "second" and .deletedAt != null' comment view 2
	fails 3 'no comment 9' comment show 9
	fails 2 "no id of a comment" comment show first
}

@test "task show has the threads" {
	thread
	run_awm task show 1
	assert_contains "$(
		cat <<'TEXT'
Comments (4)
#1 ada  2026-11-22 12:00
  first

  #2 deleted

    #4 ada  2026-11-22 12:00
      fourth

#3 ada  2026-11-22 12:00
  # third
  more
TEXT
	)"
	json '[.comments[].id] == [1, 3, 4] and all(.comments[]; .user.id == 1)' \
		task show 1
}

@test "edit: sets editedAt, mentions anew, by author and admin only" {
	awm_ok comment add 1 'hello @bea' >/dev/null
	AWM_NOW=2026-11-22T13:00:00Z json '.content == "hello @cy"
		and .editedAt == "2026-11-22T13:00:00.000Z"
		and .mentions == [3]' comment edit 1 hello @cy
	json '.editedAt == "2026-11-22T13:00:00.000Z"' \
		comment edit 1 -d 'hello @cy'
	AWM_NOW=2026-11-22T14:00:00Z json '.contentType == "text"' \
		comment edit 1 --type text
	fails 5 'was changed since' comment edit 1 x \
		--if-updated-at 2026-11-22T13:00:00Z
	prints 'changed comment 1' comment edit 1 y \
		--if-updated-at 2026-11-22T14:00:00Z
	fails 2 'nothing to change' comment edit 1
	fails 4 'needs some text' comment edit 1 ''
	fails 6 'written by somebody else' \
		--as bea@example.com comment edit 1 mine
	as_bea comment add 1 hers
	prints 'changed comment 2' comment edit 2 'as an admin'
	json '.content == "y"' comment show 1
	awm_ok comment rm 1 >/dev/null
	fails 4 'comment 1 is deleted' comment edit 1 z
	EDITOR='sed -i s/admin/editor/' awm_ok comment edit 2 -e >/dev/null
	json '.content == "as an editor"' comment show 2
}

@test "rm and restore: softly, by author and admin, with the search index" {
	awm_ok comment add 1 first >/dev/null
	as_bea comment add 1 second
	fails 6 'written by somebody else' --as cy@example.com comment rm 2
	json 'map(.entityId) == [2, 1]' search 'first OR second'
	prints 'dry run: deleted comment 1' comment rm 1 --dry-run
	prints $'deleted comment 1\ndeleted comment 2' comment rm 1-2
	json '. == []' search 'first OR second'
	json 'length == 0' comment list
	prints 'deleted comment 1' comment rm 1
	fails 6 'written by somebody else' --as cy@example.com comment restore 2
	json '.deletedAt == null and .editedAt == null' comment restore 1
	json 'map(.entityId) == [1]' search 'first OR second'
	fails 3 'no comment 9' comment rm 9
	json '[.[] | select(.type | startswith("comment")).type] ==
		["comment.updated", "comment.deleted", "comment.deleted",
		"comment.created", "comment.created"]' activity list --task 1
	awm_ok db check >/dev/null
}

@test "react: one sign each, once for each user" {
	awm_ok comment add 1 first >/dev/null
	json '.reactions == {"👍": [1]}' comment react 1 👍
	json '.reactions == {"👍": [1]}' comment react 1 +1
	json '.reactions == {"👍": [1, 2], "❤️": [2]}' \
		--as bea@example.com comment react 1 👍 :heart:
	json '.reactions == {"👍": [2], "❤️": [2]}' comment react 1 👍 --remove
	json '.reactions == {"👍": [2], "❤️": [2]}' comment react 1 👍 --remove
	run_awm --json comment react 1 -- -1
	assert_json '.reactions == {"👍": [2], "❤️": [2], "👎": [1]}'
	json '.reactions["👩‍💻"] == [1] and .reactions["🇩🇪"] == [1]' \
		comment react 1 👩‍💻 🇩🇪
	fails 2 "'yes' is no emoji" comment react 1 yes
	fails 2 'is no emoji' comment react 1 👍👍
	fails 2 'is no emoji' comment react 1 $'\u009b'
	fails 2 'is no emoji' comment react 1 ''
	fails 2 'wants EMOJI' comment react 1
	awm_ok comment rm 1 >/dev/null
	fails 4 'comment 1 is deleted' comment react 1 👍
	json '.editedAt == null' comment show 1
}

@test "32 processes react at once: 32 reactions" {
	local i

	awm_ok comment add 1 first >/dev/null
	for i in {1..32}; do
		awm_ok user add "u$i@example.com" >/dev/null
	done
	for i in {1..32}; do
		awm --wait 120 --as "u$i@example.com" comment react 1 👍 \
			>/dev/null 3>&- &
	done
	wait
	json '.reactions["👍"] | length == 32 and (unique | length == 32)' \
		comment show 1
}

# mentions IDS TEXT…
mentions() {
	local ids=$1

	shift
	json ".mentions == $ids" comment add 1 "$@"
}

@test "mentions: by email, name and local part, whatever the case" {
	mentions '[2]' 'hello @bea@example.com.'
	mentions '[2]' '@BEA, look'
	mentions '[2]' 'is @bea arthur there?'
	mentions '[3, 2]' '@cy @Bea Arthur @bea @cy'
	mentions '[1]' 'mine: @ada'
	mentions '[]' '@nobody bea@example.com x@bea \@bea @beatrice @bea.tle'
	mentions '[]' '`@bea` ``@cy``' $'\n\n```\n@bea\n```\n\n    @cy'
	mentions '[3]' $'> `@bea` @cy'
	mentions '[2]' '`@bea`' --type text
}

@test "mentions: a name of two means nobody" {
	awm_ok user add bea@example.org >/dev/null
	mentions '[]' 'hello @bea'
	mentions '[4]' 'hello @bea@example.org'
	mentions '[2]' 'hello @Bea Arthur'
	awm_ok user add xy@example.com --name 'José Núñez' >/dev/null
	mentions '[5]' 'hello @jose nunez'
}

@test "mentions: who is mentioned is told, once, and can find it" {
	awm_ok comment add 1 'look @bea and @ada' >/dev/null
	run_awm --as bea@example.com notify list --json
	assert_json 'length == 1 and .[0].type == "comment.mention"
		and .[0].title == "Task 1: Fix it"
		and .[0].content == "ada mentioned you: look @bea and @ada"
		and .[0].actionUrl == "awm comment show 1"
		and .[0].relatedTaskId == 1 and .[0].relatedProjectId == 1'
	json 'length == 0' notify list
	awm_ok comment edit 1 'look here @bea and @cy' >/dev/null
	awm_ok comment rm 1 >/dev/null
	awm_ok comment restore 1 >/dev/null
	run_awm --as bea@example.com notify list -q
	assert_output 1
	run_awm --as cy@example.com notify list --json
	assert_json 'length == 1'
	as_bea user prefs notifications.mentions false
	awm_ok comment add 1 'again @bea' >/dev/null
	run_awm --as bea@example.com notify list -q
	assert_output 1
}

@test "on a terminal markdown is rendered for its width" {
	awm_ok comment add 1 -d $'# Head\n\nSome **bold** and `code` in a line that is longer than the terminal.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |' >/dev/null
	as_bea comment reply 1 $'> quoted\n\nsee [this](https://a.b/)'
	on_terminal 40 comment show 1 >out
	diff -u - out <<'TEXT'
Id:      1
Task:    1 Fix it
Author:  1 ada
Comment: # Head

         Some **bold** and `code` in a
         line that is longer than the
         terminal.

         • one
         • two

         a  b
         ─  ─
         1  2
Format:  markdown
Created: 2026-11-22 12:00
Updated: 2026-11-22 12:00

Replies (1)
#2 Bea Arthur  2026-11-22 12:00
  │ quoted

  see this (https://a.b/)
TEXT
	TERM=xterm script -qefc 'awm --no-pager comment show 1' /dev/null \
		</dev/null >out
	grep -qF $'\033[0;1mbold\033[0m' out
}

@test "a text is no markdown, and what is piped is as it was written" {
	awm_ok comment add 1 '**not** bold' --type text >/dev/null
	awm_ok comment add 1 '**bold** `code`' >/dev/null
	TERM=xterm script -qefc 'awm --no-pager comment show 1' /dev/null \
		</dev/null >out
	grep -qF '**not** bold' out
	run_awm comment show 2 --color always
	assert_contains '**bold** `code`'
	run_awm comment show 2 --fields content --format tsv
	assert_output $'content\n**bold** `code`'
}

@test "task show renders its description and comments" {
	awm_ok task edit 1 -d $'- one\n- **two**' >/dev/null
	awm_ok comment add 1 $'1. first\n2. second' >/dev/null
	on_terminal 80 task show 1 >out
	grep -qxF 'Description: • one' out
	grep -qxF '             • **two**' out
	grep -qxF '  1. first' out
	run_awm task show 1
	assert_contains $'Description: - one\n             - **two**'
}

@test "escape sequences of a comment never reach the terminal" {
	awm_ok comment add 1 $'a \033[31mred\033]0;t\007 &#27;[2J `\033c`' \
		>/dev/null
	awm_ok comment add 1 $'\033[31m\u009b' --type text >/dev/null
	sql "UPDATE comments SET content = content || x'ff1b9b' WHERE id = 1"
	{
		on_terminal 80 comment show 1
		on_terminal 80 comment show 2
		on_terminal 80 task show 1
		on_terminal 80 comment list
		on_terminal 80 comment list --task 1
	} >out
	run ! grep -q $'[\001-\010\013-\037\177]' out
	LC_ALL=C run ! grep -q $'\302[\200-\237]' out
	grep -qF '\x1B[31m' out
}

@test "undo takes a comment, an edit and a reaction back" {
	awm_ok comment add 1 first >/dev/null
	awm_ok comment edit 1 second >/dev/null
	awm_ok undo >/dev/null
	json '.content == "first" and .editedAt == null' comment show 1
	awm_ok comment rm 1 >/dev/null
	awm_ok undo >/dev/null
	json '.deletedAt == null' comment show 1
}
