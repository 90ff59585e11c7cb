#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# git link over a history of thousands of commits, in which it is known which
# commits name a task: exactly those are linked.

load checks

COMMITS=4000

setup() {
	awm_setup
}

# The message of commit $1, and in `names` the tasks that it names.
message() {
	local n=$1 task=$(($1 % 40 + 1)) other=$((($1 + 7) % 40 + 1))

	names=
	case $((n % 97)) in
	0) text="Fix the parser

AWM-Task: $task" names=$task ;;
	1) text="Two at once

Some prose.

AWM-Task: $task, $other
Signed-off-by: A <a@example.com>" names="$task $other" ;;
	2) text="fixes awm#$task" names=$task ;;
	3) text="see AWM-$task and awm#$other" names="$task $other" ;;
	4) text="Body

Task: #$task" names=$task ;;
	# These only look like it.
	5) text="fixes #$task" ;;
	6) text="task $task is done, xawm#$task too" ;;
	7) text="AWM-Task: $task" ;;
	8) text='Code

```
awm#'"$task"'
```' ;;
	9) text="See https://example.com/awm#$task" ;;
	10) text="Not a trailer

AWM-Task: $task
in the middle of prose, awm#0 and AWM-${task}x" ;;
	11) text="AWM#${task}_a, awm-1.2.3" ;;
	12) text="Tell of \`awm#$task\` and \`\`awm#$other\`\`" ;;
	13) text="Tell of \`\`\`fixes awm#$task\`\`\`" ;;
	14) text="Indented code

    fixes awm#$task

	awm#$other" ;;
	15) text="Quoted code

> \`\`\`
> fixes awm#$task
> \`\`\`" ;;
	# And these look as if they did not.
	16) text="\`code\` and awm#$task" names=$task ;;
	17) text="A list

- first

    see awm#$task" names=$task ;;
	18) text="Text that goes
    on with awm#$task" names=$task ;;
	*) text="Change number $n" ;;
	esac
}

# A repository made by git's own import; `expected` gets "task subject" lines.
import() {
	local n

	git init -q -b main repo
	for ((n = 1; n <= COMMITS; n++)); do
		message "$n"
		printf 'commit refs/heads/main\ncommitter A <a@example.com> %d +0100\n' \
			$((1700000000 + n * 60))
		printf 'data %d\n%s\n' ${#text} "$text"
		for task in $names; do
			printf '%d %d\n' "$task" "$n" >>expected
		done
	done | git -C repo fast-import --quiet
}

@test "exactly the commits that name a task are linked, once" {
	awm_ok project add P -q >/dev/null
	for n in {1..40}; do
		printf 'Task %d\0' "$n"
	done | xargs -0 -n 1 awm task add -q -p P >/dev/null
	import
	run_awm -C repo git link '*' --format jsonl
	assert_status 0
	[ "$(wc -l <<<"$output")" = "$(wc -l <expected)" ]
	assert_error "$COMMITS commits read"

	# From the database, by the time of the commit, which tells its number.
	awm task list --all --format jsonl --fields id,gitCommits |
		jq -r '.id as $t | .gitCommits[] |
			"\($t) \(((.timestamp | sub("\\+01:00$"; "Z") |
			fromdateiso8601) - 3600 - 1700000000) / 60)"' |
		sort >linked
	sort expected | diff - linked

	run_awm -C repo git link '*' --format jsonl
	assert_status 0
	[ "$(grep -vc '"state":"present"' <<<"$output")" = 0 ]
	run_awm db check
	assert_status 0
}
