#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Hooks of git: commits are linked as they are made, and nothing that awm does
# or fails to do stops one.

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

names=(prepare-commit-msg commit-msg post-commit post-rewrite post-merge)

# hook NAME < SCRIPT: a hook of somebody's own.
hook() {
	mkdir -p "${2:-.git/hooks}"
	cat >"${2:-.git/hooks}/$1"
	chmod +x "${2:-.git/hooks}/$1"
}

# commits N: how many task N has.
commits() {
	awm task show "$1" --json | jq '.gitCommits | length'
}

message() {
	git log -1 --format=%B
}

# The folder of hooks, to the byte and the mode.
snapshot() {
	(cd "${1:-.git/hooks}" && find . ! -name '.' | sort | while read -r f; do
		stat -c '%A %N' "$f"
		[[ -d $f || -L $f ]] || sha256sum "$f"
	done)
}

@test "install and uninstall: idempotent, and nothing is left" {
	local before after

	before=$(snapshot)
	run_awm git hook install --dry-run --json
	assert_json 'length == 5 and all(.[]; .state == "would install")'
	[ "$(snapshot)" = "$before" ]
	json 'length == 5 and all(.[]; .state == "installed" and (.chained | not))' \
		git hook install
	after=$(snapshot)
	json 'all(.[]; .state == "present")' git hook install
	[ "$(snapshot)" = "$after" ]
	json 'all(.[]; .state == "installed")' git hook status
	for name in "${names[@]}"; do
		sh -n ".git/hooks/$name"
		shellcheck -s sh -e SC1090 ".git/hooks/$name" || return
	done
	json 'all(.[]; .state == "would remove")' git hook uninstall --dry-run
	[ "$(snapshot)" = "$after" ]
	json 'all(.[]; .state == "removed")' git hook uninstall
	[ "$(snapshot)" = "$before" ]
	json 'all(.[]; .state == "absent")' git hook uninstall
	json 'all(.[]; .state == "absent")' git hook status
	fails 3 'no git repository' -C "$BATS_TEST_TMPDIR" git hook install
	fails 2 'pre-push' git hook run pre-push
}

@test "a commit on the branch of a task gets the trailer, and is linked" {
	awm_ok git hook install >/dev/null
	git commit -q --allow-empty -m base
	[ "$(message)" = base ]
	awm_ok git branch 2 >/dev/null
	git commit -q --allow-empty -m 'Do it'
	[ "$(message)" = $'Do it\n\nAWM-Task: 2' ]
	[ "$(commits 2)" = 1 ]
	# What names the task already, and what goes into another commit.
	git commit -q --allow-empty -m 'Do awm#2 well'
	[ "$(message)" = 'Do awm#2 well' ]
	git commit -q --allow-empty -m 'fixup! Do it'
	[ "$(message)" = 'fixup! Do it' ]
	git commit -q --allow-empty -m $'Sign\n\nSigned-off-by: A <a@b>'
	[ "$(message)" = $'Sign\n\nSigned-off-by: A <a@b>\nAWM-Task: 2' ]
	[ "$(commits 2)" = 3 ]
}

@test "an editor that is left without a word makes no commit" {
	awm_ok git hook install >/dev/null
	git commit -q --allow-empty -m base
	git switch -q -c task/1
	GIT_EDITOR=true run git commit --allow-empty
	[ "$status" -ne 0 ]
	[[ $output == *'empty commit message'* ]]
	run git commit -q --allow-empty -m ''
	[ "$status" -ne 0 ]
	[ "$(git rev-list --count HEAD)" = 1 ]
	GIT_EDITOR='sed -i 1s/^/Words/' git commit -q --allow-empty
	[ "$(message)" = $'Words\n\nAWM-Task: 1' ]
	# The branch stands in the comments of the template.
	git switch -q -c awm-2
	GIT_EDITOR='sed -i 1s/^/Words/' git commit -q --allow-empty
	[ "$(message)" = $'Words\n\nAWM-Task: 2' ]
}

@test "amend and rebase put the new commits in place of the old" {
	awm_ok git hook install >/dev/null
	git_commit base >/dev/null
	git_commit 'AWM-1 first' >/dev/null
	git commit -q --amend --allow-empty -m 'AWM-1 amended'
	json "[.gitCommits[] | [.sha, .message]] ==
		[[\"$(git rev-parse HEAD)\", \"AWM-1 amended\n\"]]" task show 1
	git_commit 'by hand' >/dev/null
	awm_ok git link --task 3 >/dev/null
	git switch -q -c side HEAD~2
	echo x >x && git add x && git commit -qm 'moved base'
	git switch -q main
	git rebase -q side
	[ "$(commits 1) $(commits 3)" = '1 1' ]
	json ".gitCommits[0].sha == \"$(git rev-parse HEAD)\"" task show 3
	json ".gitCommits[0].sha == \"$(git rev-parse HEAD~1)\"" task show 1
	run_awm git verify 1
	assert_status 0
	# Two become one.
	git_commit 'AWM-1 second' >/dev/null
	[ "$(commits 1)" = 2 ]
	GIT_SEQUENCE_EDITOR="sed -i '2,\$s/^pick/fixup/'" GIT_EDITOR=true \
		git rebase -q -i HEAD~3
	json "[.gitCommits[].sha] == [\"$(git rev-parse HEAD)\"]" task show 1
}

@test "merge and pull link what arrived, and complete what waited" {
	awm_ok git hook install >/dev/null
	git_commit base >/dev/null
	git switch -q -c side
	git_commit 'fixes awm#1' >/dev/null
	[ "$(awm task show 1 --json | jq -r .status)" = todo ]
	git switch -q main
	git merge -q side
	[ "$(awm task show 1 --json | jq -r .status)" = done ]

	git clone -q . ../other
	git -C ../other commit -q --allow-empty -m 'AWM-2 elsewhere'
	git pull -q ../other main
	[ "$(commits 2)" = 1 ]
	git switch -q -c squash
	echo y >y && git add y && git commit -qm 'AWM-3 in parts'
	git switch -q main
	git merge -q --squash squash >/dev/null
	[ "$(git rev-list --count HEAD)" = 3 ]
}

@test "hooks that were there run first, with arguments, input and status" {
	local before

	hook post-commit <<'SH'
#!/bin/sh
set -e
echo "post-commit $# $(basename "$0")" >>log
false
echo never >>log
SH
	hook post-rewrite <<'SH'
#!/bin/bash
echo "post-rewrite $1 $(wc -l)" >>log
SH
	hook prepare-commit-msg <<'SH'
#!/usr/bin/env sh
echo "prepare $#" >>log
[ ! -e refuse ]
SH
	printf '#!/bin/sh\necho not executable >>log\n' >.git/hooks/post-merge
	ln -s /nonexistent/hook .git/hooks/commit-msg
	before=$(snapshot)
	run_awm git hook install --json
	assert_json '[.[] | select(.chained) | .hook] | length == 5'
	awm_ok git hook install >/dev/null
	git_commit 'AWM-1' >/dev/null
	git commit -q --amend --allow-empty -m 'AWM-1 again'
	[ "$(cat log)" = 'prepare 2
post-commit 0 post-commit
prepare 2
post-commit 0 post-commit
post-rewrite amend 1' ]
	[ "$(commits 1)" = 1 ]
	touch refuse
	run git commit -q --allow-empty -m 'AWM-1 refused'
	[ "$status" -ne 0 ]
	[ "$(git rev-list --count HEAD)" = 1 ]
	awm_ok git hook uninstall >/dev/null
	[ "$(snapshot)" = "$before" ]
}

@test "core.hooksPath: a folder of husky's, one that is tracked, none" {
	local before

	# As husky has it: a folder that is ignored calls one that is tracked.
	mkdir -p .husky/_
	echo '*' >.husky/_/.gitignore
	printf '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n' | hook post-commit .husky/_
	printf 'n=$(basename "$0")\ns=$(dirname "$(dirname "$0")")/$n\n[ ! -f "$s" ] && exit 0\nsh -e "$s" "$@"\n' >.husky/_/h
	echo 'echo husky >>log' >.husky/post-commit
	git add .husky && git commit -qm base
	git config core.hooksPath .husky/_
	before=$(snapshot .husky/_)
	mkdir -p deep && (cd deep && awm_ok git hook install >/dev/null)
	git_commit 'AWM-1' >/dev/null
	[ "$(cat log)" = husky ]
	[ "$(commits 1)" = 1 ]
	# npm install writes it again; then awm is installed again.
	cp .husky/_/post-commit.awm-orig .husky/_/post-commit
	json '.[2].state == "other"' git hook status
	awm_ok git hook install >/dev/null
	json '.[2] | .state == "installed" and .chained' git hook status
	awm_ok git hook uninstall >/dev/null
	[ "$(snapshot .husky/_)" = "$before" ]

	git config core.hooksPath .husky
	fails 4 'tracks its hooks' git hook install
	assert_error 'awm git hook run'
	before=$(snapshot .husky)
	awm_ok git hook install --force >/dev/null
	awm_ok git hook uninstall >/dev/null
	[ "$(snapshot .husky)" = "$before" ]

	git config core.hooksPath /dev/null
	fails 4 'switched off' git hook install
}

@test "a hook that was replaced since is nobody's to throw away" {
	printf '#!/bin/sh\necho one\n' | hook post-merge
	awm_ok git hook install >/dev/null
	printf '#!/bin/sh\necho two\n' | hook post-merge
	fails 5 'was replaced since' git hook install
	json '.[4].state == "other"' git hook uninstall
	[ "$(cat .git/hooks/post-merge)" = $'#!/bin/sh\necho two' ]
	[ "$(cat .git/hooks/post-merge.awm-orig)" = $'#!/bin/sh\necho one' ]
}

@test "work trees share the hooks, each with its branch" {
	git_commit base >/dev/null
	git worktree add -q ../side -b task/3-beside
	awm_ok -C ../side git hook install >/dev/null
	[ -x .git/hooks/post-commit ]
	git_commit 'In a tree' ../side >/dev/null
	[ "$(git -C ../side log -1 --format=%B)" = $'In a tree\n\nAWM-Task: 3' ]
	[ "$(commits 3)" = 1 ]
}

# quick COMMAND: it succeeds within three seconds, silently.
quick() {
	local out

	out=$(timeout 3 "$@" 2>&1) || return
	[ -z "$out" ]
}

@test "no database stops a commit: locked, missing, read-only, corrupt, new" {
	local pid

	awm_ok git hook install >/dev/null
	git switch -q -c task/1
	git_commit base >/dev/null
	sqlite3 "$AWM_DB" 'VACUUM INTO "clean.db"'

	# A writer that holds its lock for longer than a hook may wait.
	python3 - "$AWM_DB" >held <<-'PY' &
		import sqlite3, sys, time
		db = sqlite3.connect(sys.argv[1], isolation_level=None)
		db.execute("BEGIN IMMEDIATE")
		print("held", flush=True)
		time.sleep(20)
	PY
	pid=$!
	until [[ -s held ]]; do sleep 0.05; done
	quick git commit -q --allow-empty -m locked
	kill "$pid"
	wait "$pid" || true
	[ "$(commits 1)" = 1 ]

	AWM_DB=$PWD/missing.db quick git commit -q --allow-empty -m missing
	[ ! -e missing.db ]
	printf 'no database at all, only text\n' >bad.db
	AWM_DB=$PWD/bad.db quick git commit -q --allow-empty -m corrupt
	[ "$(cat bad.db)" = 'no database at all, only text' ]
	cp clean.db new.db
	sqlite3 new.db 'PRAGMA user_version = 9999'
	AWM_DB=$PWD/new.db quick git commit -q --allow-empty -m new
	mkdir folder.db
	AWM_DB=$PWD/folder.db quick git commit -q --allow-empty -m folder
	cp clean.db ro.db && chmod 400 ro.db
	AWM_DB=$PWD/ro.db quick git commit -q --allow-empty -m read-only
	AWM_USER=nobody@example.com quick git commit -q --allow-empty -m who
	mkdir -p "$XDG_CONFIG_HOME/awm"
	echo '[broken' >"$XDG_CONFIG_HOME/awm/config"
	quick git commit -q --allow-empty -m settings
	rm "$XDG_CONFIG_HOME/awm/config"
	[ "$(git rev-list --count HEAD)" = 9 ]
	[ "$(message)" = $'settings\n\nAWM-Task: 1' ]
	# What was left out is found.
	awm_ok git scan >/dev/null
	[ "$(commits 1)" = 9 ]
}

@test "without awm on PATH there is nothing to see" {
	local bin=$BATS_TEST_TMPDIR/bin name

	awm_ok git hook install >/dev/null
	git switch -q -c task/1
	mkdir "$bin"
	for name in git sh cat sed basename; do
		ln -s "$(command -v "$name")" "$bin/$name"
	done
	run env PATH="$bin" git commit -q --allow-empty -m alone
	[ "$status" = 0 ]
	[ -z "$output" ]
	[ "$(message)" = alone ]
}

@test "git commit in a pipe ends when git does" {
	awm_ok git hook install >/dev/null
	run timeout 5 bash -c 'git commit -q --allow-empty -m "AWM-1" | cat'
	[ "$status" = 0 ]
	[ -z "$output" ]
	[ "$(commits 1)" = 1 ]
}

@test "--require-task refuses what names none" {
	awm_ok git hook install --require-task >/dev/null
	run git commit -q --allow-empty -m 'Nothing'
	[ "$status" -ne 0 ]
	[[ $output == *'names no task'* ]]
	git commit -q --allow-empty -m 'AWM-1 something'
	git commit -q --allow-empty --no-verify -m 'Nothing'
	git commit -q --allow-empty -m 'fixup! Nothing'
	git switch -q -c side
	git commit -q --allow-empty -m 'AWM-2 side'
	git switch -q main
	git commit -q --allow-empty -m 'AWM-3 main'
	git merge -q --no-edit side
	json 'all(.[]; .state == "installed")' git hook status
	awm_ok git hook install >/dev/null
	git commit -q --allow-empty -m 'Nothing'
}

@test "run: what goes wrong is said, and is no failure" {
	run_awm git hook run post-commit
	assert_status 0
	assert_error 'post-commit: '
	run_awm git hook run prepare-commit-msg
	assert_status 0
	assert_error 'wants FILE'
	run_awm git hook run post-rewrite amend </dev/null
	assert_status 0
}
