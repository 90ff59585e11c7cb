#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Commits are kept with the tasks that they name, once.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2154 # task done; code in
# quotes; the variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	git_repo
	awm_ok project add Web >/dev/null
	awm_ok project use Web >/dev/null
	for title in one two three; do
		awm_ok task add "$title" >/dev/null
	done
}

@test "link: HEAD, a commit, a range; every form of a reference" {
	local sha

	git remote add origin git@github.com:ada/web.git
	git_commit 'nothing to see' >/dev/null
	sha=$(git_commit $'Do the first thing\n\nAWM-Task: 1')
	run_awm git link
	assert_status 0
	[ "$stderr" = 'awm: 1 commit read, 1 names a task, 1 newly linked' ]
	json ".gitCommits == [{sha: \"$sha\",
		message: \"Do the first thing\n\nAWM-Task: 1\n\",
		author: \"Ada Lovelace <ada@example.com>\",
		timestamp: \"2026-11-20T10:00:00+00:00\",
		url: \"https://github.com/ada/web/commit/$sha\"}]" task show 1

	git_commit $'Two at once\n\nTask: 1, #2' >/dev/null
	git_commit 'AWM-3 in the subject' >/dev/null
	git_commit 'see awm#2' >/dev/null
	git_commit $'code:\n\n```\nAWM-1\n```\nhttps://example.com/AWM-1' >/dev/null
	run_awm git link HEAD~4..HEAD --json
	assert_status 0
	[ "$stderr" = 'awm: 4 commits read, 3 name a task, 4 newly linked' ]
	json '.gitCommits | length == 2' task show 2
	json '[.gitCommits[].message | split("\n")[0]] == ["AWM-3 in the subject"]' \
		task show 3
}

@test "link: once per sha, again and again, a row for each" {
	local sha

	sha=$(git_commit 'AWM-1 and AWM-2')
	run_awm git link "$sha" --json
	assert_json "[.[] | [.task, .sha, .state]] ==
		[[1, \"$sha\", \"linked\"], [2, \"$sha\", \"linked\"]]"
	assert_json '.[0] | .subject == "AWM-1 and AWM-2" and .url == null
		and (.timestamp | startswith("2026-11-20T10:00:00"))'
	for spec in HEAD "${sha:0:8}" main "HEAD~0"; do
		run_awm git link "$spec" --json
		assert_json '[.[].state] == ["present", "present"]'
		assert_error '0 newly linked'
	done
	json '.gitCommits | length == 1' task show 1
	json '[.[].type] == ["task.created", "git.linked"]' task history 1
	prints $'1\n2' git link -q
	[ -z "$stderr" ]
	run_awm git link --fields task,state
	assert_output 'Task  State
   1  present
   2  present'
}

@test "link: unknown tasks are told of, and fail nothing" {
	git_commit 'AWM-1 and AWM-99' >/dev/null
	run_awm git link --json
	assert_status 0
	assert_json '[.[] | [.task, .state]] == [[1, "linked"], [99, "unknown"]]'
	assert_error '1 newly linked'
	assert_error 'not here'
}

@test "link: --task takes every commit, whatever it says" {
	git_commit first >/dev/null
	git_commit second >/dev/null
	git_commit 'third, AWM-1' >/dev/null
	json '[.[].task] == [2, 2]' git link --task 2 HEAD~2..HEAD
	json '.gitCommits | length == 2' task show 2
	json '.gitCommits == []' task show 1
	fails 3 'no task 9' git link --task 9
}

@test "link: what cannot be found, who may not, what is only tried" {
	git_commit 'AWM-1' >/dev/null
	fails 3 "no commit 'nope'" git link nope
	fails 3 'nope' git link nope..HEAD
	fails 3 "no commit '00000000" git link \
		0000000000000000000000000000000000000001
	mkdir "$BATS_TEST_TMPDIR/plain"
	fails 3 'no git repository' -C "$BATS_TEST_TMPDIR/plain" git link
	fails 3 'no git repository' -C "$BATS_TEST_TMPDIR/plain" git link --json
	mkdir empty && git_repo empty
	run_awm -C empty git link
	assert_status 3
	fails 3 'nope' git link HEAD nope
	json '.gitCommits == []' task show 1
	awm_ok user add bea@example.com --role viewer >/dev/null
	fails 6 "takes the role 'member'" --as bea@example.com git link
	json '.[0].state == "would link"' git link --dry-run
	json '.gitCommits == []' task show 1
	# From a folder below, and with -C from outside.
	mkdir -p sub/deep
	json '.[0].state == "linked"' -C sub/deep git link
	(cd / && json '.[0].state == "present"' \
		-C "$BATS_TEST_TMPDIR/work" git link)
}

@test "link: many commits in one go" {
	for i in $(seq 1 300); do
		printf 'commit refs/heads/many\ncommitter A <a@example.com> %d +0000\ndata <<X\nAWM-%d change\nX\n\n' \
			"$((1700000000 + i))" "$((i % 3 + 1))"
	done | git fast-import --quiet
	run_awm git link many -q
	assert_output 1
	git_commit base >/dev/null
	run_awm git link HEAD..many
	assert_status 0
	assert_error '300 commits read, 300 name a task, 299 newly linked'
	json '.gitCommits | length == 100' task show 1
	json '.[0].type == "git.linked"' activity list -n 1
}
