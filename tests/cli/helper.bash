# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What every tests/cli/*.bats file starts from:
#
#	load helper
#	setup() { awm_setup; }
#
#	@test "a task is added and listed" {
#		run_awm task add 'Buy milk' --json
#		assert_status 0
#		assert_json '.title == "Buy milk"'
#	}
#
# Each test has a home, a database, a clock and a git identity of its own, so
# that nothing of the person who runs it is read or written.

bats_require_minimum_version 1.5.0

# The clock that every test stands at, unless it sets another.
AWM_TEST_NOW='2026-11-22T12:00:00Z'

# Makes the scratch environment of one test. Call it from setup().
awm_setup() {
	local name

	# Nothing of the caller's own awm or git reaches a test.
	for name in $(compgen -e AWM_ || true); do
		case $name in
		AWM_SOURCE_ROOT | AWM_BUILD_ROOT | AWM_MODULE_PATH | AWM_SANITIZED) ;;
		*) unset "$name" ;;
		esac
	done
	for name in $(compgen -e GIT_ || true); do
		unset "$name"
	done
	unset VISUAL EDITOR PAGER NO_COLOR COLUMNS LINES

	export HOME=$BATS_TEST_TMPDIR/home
	export XDG_CONFIG_HOME=$HOME/.config
	export XDG_DATA_HOME=$HOME/.local/share
	export XDG_STATE_HOME=$HOME/.local/state
	export XDG_CACHE_HOME=$HOME/.cache
	mkdir -p "$HOME" "$BATS_TEST_TMPDIR/work"

	export AWM_DB=$BATS_TEST_TMPDIR/awm.db
	export AWM_NOW=$AWM_TEST_NOW
	export AWM_USER=ada@example.com
	export TZ=UTC
	export LC_ALL=C.UTF-8
	export TERM=dumb
	export USER=ada LOGNAME=ada

	export GIT_CONFIG_GLOBAL=/dev/null
	export GIT_CONFIG_NOSYSTEM=1
	export GIT_CEILING_DIRECTORIES=$BATS_TEST_TMPDIR
	export GIT_AUTHOR_NAME='Ada Lovelace' GIT_AUTHOR_EMAIL=ada@example.com
	export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME
	export GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
	export GIT_AUTHOR_DATE='2026-11-20T10:00:00Z'
	export GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE

	cd "$BATS_TEST_TMPDIR/work" || return 1
}

# Runs awm: $status, $output (stdout) and $stderr are set, as `run` does.
run_awm() {
	run --separate-stderr awm "$@"
}

# Runs awm with standard input from the first argument.
run_awm_in() {
	local input=$1

	shift
	run --separate-stderr awm "$@" <<<"$input"
}

# Runs awm, which must succeed, and prints its stdout: for setting up.
awm_ok() {
	local rc=0

	awm "$@" || rc=$?
	if ((rc != 0)); then
		printf 'awm %s: exit %d\n' "$*" "$rc" >&2
		return 1
	fi
}

# What the last run printed, for a failed assertion.
show_run() {
	# shellcheck disable=SC2154 # set by `run`
	{
		printf 'status: %s\n' "$status"
		printf 'stdout: %s\n' "$output"
		printf 'stderr: %s\n' "${stderr-}"
	} >&2
}

# assert_status N: the exit status of the last run.
assert_status() {
	if [[ $status != "$1" ]]; then
		printf 'expected exit status %s\n' "$1" >&2
		show_run
		return 1
	fi
}

# assert_json EXPR [JQ-ARG…]: the jq expression holds for stdout.
assert_json() {
	local expr=$1

	shift
	if ! jq -e "$@" "$expr" <<<"$output" >/dev/null; then
		printf 'does not hold: %s\n' "$expr" >&2
		show_run
		return 1
	fi
}

# assert_output [TEXT]: the whole of stdout; from standard input without TEXT.
assert_output() {
	local expected

	if (($#)); then
		expected=$1
	else
		expected=$(cat)
	fi
	if [[ $output != "$expected" ]]; then
		diff -u --label expected --label output \
			<(printf '%s\n' "$expected") \
			<(printf '%s\n' "$output") >&2 || true
		show_run
		return 1
	fi
}

# assert_contains TEXT: stdout holds the text. assert_error TEXT: stderr does.
assert_contains() {
	if [[ $output != *"$1"* ]]; then
		printf 'stdout lacks: %s\n' "$1" >&2
		show_run
		return 1
	fi
}

assert_lacks() {
	if [[ $output == *"$1"* ]]; then
		printf 'stdout holds: %s\n' "$1" >&2
		show_run
		return 1
	fi
}

assert_error() {
	if [[ ${stderr-} != *"$1"* ]]; then
		printf 'stderr lacks: %s\n' "$1" >&2
		show_run
		return 1
	fi
}

# git_repo [FOLDER]: an empty repository with a fixed branch name.
git_repo() {
	git init -q -b main "${1:-.}"
}

# git_commit MESSAGE [FOLDER]: an empty commit; prints its sha.
git_commit() {
	git -C "${2:-.}" commit -q --allow-empty -m "$1"
	git -C "${2:-.}" rev-parse HEAD
}
