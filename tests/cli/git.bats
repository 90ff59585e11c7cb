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

# history N: N commits on the branch, each naming one of the three tasks.
history() {
	for i in $(seq 1 "$1"); do
		printf 'commit refs/heads/%s\ncommitter A <a@example.com> %d +0000\ndata <<X\nAWM-%d change %d\nX\n\n' \
			"${2:-main}" "$((1700000000 + i))" "$((i % 3 + 1))" "$i"
	done | git fast-import --quiet
}

@test "scan: a whole history, and then only what is new" {
	history 30
	run_awm git scan --json
	assert_status 0
	assert_json 'length == 30 and all(.[]; .state == "linked")'
	[ "$stderr" = 'awm: 30 commits read, 30 name a task, 30 newly linked' ]
	# Oldest first within a task.
	json '[.gitCommits[].message | split(" ")[2] | tonumber] ==
		[3, 6, 9, 12, 15, 18, 21, 24, 27, 30]' task show 1
	run_awm git scan --json
	assert_output '[]'
	assert_error '0 commits read'
	git_commit 'AWM-2, once more' >/dev/null
	prints 2 git scan -q
	[ "$(awm git scan 2>&1)" = 'awm: 0 commits read, 0 name a task, 0 newly linked' ]
	run_awm git scan --again
	assert_output ''
	assert_error '31 commits read, 31 name a task, 0 newly linked'
}

@test "scan: HEAD, or every reference; since a time; dry runs" {
	history 3
	git branch -q side
	git switch -q side
	git_commit 'AWM-3 beside' >/dev/null
	git switch -q main
	run_awm git scan --dry-run --json
	assert_json 'length == 3 and all(.[]; .state == "would link")'
	json '.gitCommits == []' task show 1
	run_awm git scan
	assert_error '3 commits read'
	run_awm git scan --all --json
	assert_json '[.[] | [.task, .subject]] == [[3, "AWM-3 beside"]]'
	assert_error '1 commit read'
	run_awm git scan --all
	assert_error '0 commits read'
	run_awm git scan --all --again --since 2025-01-01
	assert_error '1 commit read'
	run_awm git scan --all --again
	assert_error '4 commits read'
}

@test "scan: tasks that came later are found by --again" {
	git_commit 'AWM-4 before there is one' >/dev/null
	run_awm git scan
	assert_error '1 reference to tasks that are not here'
	awm_ok task add four >/dev/null
	run_awm git scan
	assert_error '0 commits read'
	prints 4 git scan --again -q
}

@test "scan: what was merged is read, and nothing of what was read" {
	history 5
	awm_ok git scan >/dev/null
	git switch -q -c side HEAD~3
	git_commit 'AWM-1 on the side' >/dev/null
	git switch -q main
	git merge -q --no-edit side
	run_awm git scan --json
	assert_error '2 commits read'
	assert_json '[.[].subject] == ["AWM-1 on the side"]'
}

@test "scan: the log of a task does not grow with the square" {
	history 3
	awm_ok git scan >/dev/null
	git_commit 'AWM-1 again' >/dev/null
	awm_ok git scan >/dev/null
	json '[.[] | select(.type == "git.linked") | .changes.gitCommits
		| [(.from | length), (.to | length)]] | all(.[]; . == [0, 1])' \
		task history 1
	# And each link is taken back by itself, whatever came after.
	awm_ok undo >/dev/null
	json '[.gitCommits[].message | split(" ")[1]] == ["change"]' task show 1
}

@test "scan: interrupted it goes on, and links nothing twice" {
	history 400
	timeout -s KILL 0.02 awm git scan -q >/dev/null || true
	awm_ok git scan -q >/dev/null
	for task in 1 2 3; do
		json '[.gitCommits[].sha] | length == (unique | length)' \
			task show "$task"
	done
	run_awm git scan
	assert_error '0 commits read'
	[ "$(for i in 1 2 3; do awm task show $i --json; done |
		jq -s '[.[].gitCommits | length] | add')" = 400 ]
}

@test "unlink: by hash or by its beginning, of one task" {
	local sha

	sha=$(git_commit 'AWM-1 and AWM-2')
	awm_ok git link >/dev/null
	fails 2 "wants --task" git unlink "$sha"
	fails 2 'no hash' git unlink abc --task 1
	fails 2 'no hash' git unlink HEAD --task 1
	fails 3 'no commit' git unlink 0123456 --task 1
	fails 3 'no commit' git unlink "$sha" --task 3
	json '.gitCommits == []' git unlink "${sha:0:7}" --task 1 --dry-run
	json '.gitCommits | length == 1' task show 1
	json '.gitCommits == []' git unlink "${sha:0:7}" --task 1
	json '.gitCommits | length == 1' task show 2
	json '.[-1].changes.gitCommits | (.from | length) == 1 and .to == []' \
		task history 1
	awm_ok undo >/dev/null
	json ".gitCommits[0].sha == \"$sha\"" task show 1
}

@test "log: the commits of a task, the newest first, without a repository" {
	history 6
	awm_ok git scan >/dev/null
	cd "$BATS_TEST_TMPDIR" || return
	json '[.[].subject] == ["AWM-1 change 6", "AWM-1 change 3"]' git log 1
	run_awm git log 1 --fields subject,author
	assert_output 'Subject         Author
AWM-1 change 6  A <a@example.com>
AWM-1 change 3  A <a@example.com>'
	fails 3 'no task 9' git log 9
}

@test "branch: made from the title, found again by its number" {
	git_commit base >/dev/null
	awm_ok task edit 1 --title 'Fix the Login, again: ünd  more & more words than fit' >/dev/null
	json '.state == "would create"' git branch 1 --dry-run
	[ "$(git branch --show-current)" = main ]
	json '. == {task: 1, branch: "task/1-fix-the-login-again-nd-more-more-words",
		state: "created"}' git branch 1
	[ "$(git branch --show-current)" = task/1-fix-the-login-again-nd-more-more-words ]
	git switch -q main
	awm_ok task edit 1 --title 'Another title' >/dev/null
	json '.state == "switched"' git branch 1
	git branch -q ada/awm-2
	json '.branch == "ada/awm-2"' git branch 2
	fails 3 'no task 9' git branch 9
	cd "$BATS_TEST_TMPDIR" && fails 3 'no git work tree' git branch 1
}

@test "branch: what git refuses" {
	echo one >f && git add f && git commit -qm base
	git switch -q -c task/1
	echo two >f && git commit -qam two
	git switch -q main
	echo three >f
	fails 1 'git switch' git branch 1
	[ "$(cat f)" = three ]
}

@test "verify: exists, names the task, is reached" {
	local sha

	git_commit 'AWM-1 good' >/dev/null
	awm_ok git scan >/dev/null
	run_awm git verify
	assert_status 0
	assert_error '1 link, all of them true'
	git_commit 'names none' >/dev/null
	awm_ok git link --task 3 >/dev/null
	sha=$(git_commit 'AWM-2 gone soon')
	awm_ok git link >/dev/null
	git reset -q --hard HEAD~1
	run_awm git verify --json
	assert_status 4
	assert_json '[.[] | [.task, .problem]] == [[2, "unreachable"], [3, "names no such task"]]'
	assert_error '2 of 3 links do not hold'
	run_awm git verify 1
	assert_status 0
	git reflog expire --expire=now --all
	git prune --expire=now
	run_awm git verify 2 --json
	assert_status 4
	assert_json ".[0] | .sha == \"$sha\" and .problem == \"missing\""
	fails 3 'no git repository' -C "$BATS_TEST_TMPDIR" git verify
}

@test "verify: links of other repositories are left aside" {
	git remote add origin git@github.com:ada/web.git
	git_commit 'AWM-1 here' >/dev/null
	awm_ok git scan >/dev/null
	git_repo ../other
	git -C ../other remote add origin https://gitlab.com/ada/other.git
	git_commit 'AWM-1 there' ../other >/dev/null
	awm_ok -C ../other git scan >/dev/null
	json '[.gitCommits[].url | split("/")[2]] == ["github.com", "gitlab.com"]' \
		task show 1
	run_awm git verify
	assert_status 0
	assert_error '1 link of other repositories'
}

# status N: of a task.
status_of() {
	awm task show "$1" --json | jq -r .status
}

@test "closing: on the default branch at once, elsewhere when it is merged" {
	git_commit 'fixes awm#1' >/dev/null
	run_awm git link --json
	assert_json '.[0].state == "completed"'
	assert_error '1 task completed'
	[ "$(status_of 1)" = done ]

	git switch -q -c side
	git_commit $'Do it\n\nAWM-Close: 2' >/dev/null
	json '.[0].state == "linked"' git scan
	[ "$(status_of 2)" = todo ]
	git switch -q main
	json '. == []' git scan
	git merge -q --ff-only side
	run_awm git scan --json
	assert_json '[.[] | [.task, .subject, .state]] == [[2, "Do it", "completed"]]'
	[ "$(status_of 2)" = done ]
	json '. == []' git scan --again
}

@test "closing: reopened is reopened" {
	git_commit 'fixes awm#1' >/dev/null
	awm_ok git scan >/dev/null
	awm_ok task reopen 1 >/dev/null
	awm_ok git scan --again >/dev/null
	awm_ok git link >/dev/null
	[ "$(status_of 1)" = todo ]
}

@test "closing: as soon as it is linked, or never" {
	git_commit base >/dev/null
	git switch -q -c side
	git_commit 'fixes awm#1' >/dev/null
	awm_ok config set git.completeOn never
	awm_ok git link >/dev/null
	[ "$(status_of 1)" = todo ]
	git_commit 'fixes awm#2' >/dev/null
	awm_ok config set git.completeOn commit
	json '.[0].state == "would complete"' git link --dry-run
	json '.[0].state == "completed"' git link
	[ "$(status_of 2)" = done ]
	[ "$(status_of 1)" = todo ]
	fails 2 completeOn config set git.completeOn sometimes
}

@test "closing: what may not be completed is linked, and gets its turn" {
	awm_ok task block 1 --by 2 >/dev/null
	awm_ok task add part --parent 3 >/dev/null
	git_commit 'fixes awm#1, closes awm#3' >/dev/null
	run_awm git scan
	assert_status 0
	assert_error '2 tasks cannot be completed yet'
	[ "$(status_of 1) $(status_of 3)" = 'blocked todo' ]
	awm_ok task done 2 4 >/dev/null
	run_awm git scan
	assert_error '2 tasks completed'
	[ "$(status_of 1) $(status_of 3)" = 'done done' ]
}

@test "closing: the default branch is the remote's, or the one that is set" {
	git_commit base >/dev/null
	git switch -q -c trunk
	git_commit 'fixes awm#1' >/dev/null
	git config awm.defaultBranch trunk
	json '.[0].state == "completed"' git scan
	git config --unset awm.defaultBranch
	git_commit 'fixes awm#2' >/dev/null
	json '.[0].state == "linked"' git scan
	git update-ref refs/remotes/origin/trunk HEAD
	git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/trunk
	json '[.[] | [.task, .state]] == [[2, "completed"]]' git scan
}

@test "task done --require-commit" {
	git_commit 'AWM-1' >/dev/null
	awm_ok git link >/dev/null
	fails 4 'no commit is linked with task 2' task done 1 2 --require-commit
	assert_error 'awm git link'
	[ "$(status_of 1)" = todo ]
	awm_ok task done 1 --require-commit >/dev/null
	[ "$(status_of 1)" = done ]
	fails 3 'no task 9' task done 9 --require-commit
}

# ---- odd repositories ----

@test "work trees and bare repositories share what was read" {
	git_commit 'AWM-1 base' >/dev/null
	awm_ok git scan --all >/dev/null
	git worktree add -q ../side -b side
	git_commit 'AWM-2 beside' ../side >/dev/null
	run_awm -C ../side git scan
	assert_error '1 commit read, 1 names a task, 1 newly linked'
	git clone -q --bare . ../bare.git
	run_awm -C ../bare.git git scan --all
	assert_error '2 commits read'
	run_awm -C ../bare.git git verify
	assert_status 0
	fails 3 'no git work tree' -C ../bare.git git branch 1
}

@test "a submodule is a repository of its own" {
	git_repo ../lib
	git_commit 'AWM-2 in the library' ../lib >/dev/null
	git_commit 'AWM-1 in the whole' >/dev/null
	git -c protocol.file.allow=always submodule --quiet add ../lib lib
	run_awm -C lib git scan --json
	assert_json '[.[].subject] == ["AWM-2 in the library"]'
	run_awm git scan --json
	assert_json '[.[].subject] == ["AWM-1 in the whole"]'
}

@test "a repository of SHA-256 is refused, and told why" {
	git init -q -b main --object-format=sha256 ../new
	git -C ../new commit -q --allow-empty -m 'AWM-1'
	for verb in scan link verify; do
		fails 1 'cannot read' -C ../new git $verb
		assert_error 'SHA-1'
	done
}

@test "a shallow clone: what is there, and later the rest" {
	history 10
	git clone -q --depth 3 "file://$PWD" ../shallow
	run_awm -C ../shallow git scan
	assert_status 0
	assert_error '3 commits read, 3 name a task, 3 newly linked'
	run_awm -C ../shallow git scan
	assert_error '0 commits read'
	git -C ../shallow fetch -q --deepen 2
	run_awm -C ../shallow git scan
	assert_error '5 commits read, 5 name a task, 2 newly linked'
	git -C ../shallow fetch -q --unshallow
	run_awm -C ../shallow git scan
	assert_error '10 commits read, 10 name a task, 5 newly linked'
}

@test "signed commits, other encodings, bytes that are no text" {
	local tree parent sha

	git_commit base >/dev/null
	tree=$(git rev-parse 'HEAD^{tree}') parent=$(git rev-parse HEAD)
	sha=$(printf 'tree %s\nparent %s\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1700000000 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n AWM-2\n -----END PGP SIGNATURE-----\n\nAWM-1 signed\n' \
		"$tree" "$parent" | git hash-object -t commit -w --stdin)
	sha=$(printf 'tree %s\nparent %s\nauthor J\344n <a@b> 1 +0000\ncommitter A <a@b> 1700000001 +0000\nencoding ISO-8859-1\n\nAWM-1 gr\374n\n' \
		"$tree" "$sha" | git hash-object -t commit -w --stdin)
	sha=$(printf 'tree %s\nparent %s\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1700000002 +0000\n\nAWM-1 b\377d\n' \
		"$tree" "$sha" | git hash-object -t commit -w --stdin)
	git update-ref refs/heads/main "$sha"
	run_awm git scan --json
	assert_json '[.[] | [.task, .subject, .author]] == [
		[1, "AWM-1 signed", "A <a@b>"],
		[1, "AWM-1 grün", "Jän <a@b>"],
		[1, "AWM-1 b\ufffdd", "A <a@b>"]]'
	run_awm git verify
	assert_status 0
}
