# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Whole runs in one line, for files that make many of them. Loads helper.bash.

load helper

# prints EXPECTED ARG…: awm succeeds, and this is the whole of its stdout.
prints() {
	local expected=$1

	shift
	run_awm "$@"
	assert_status 0
	assert_output "$expected"
}

# fails STATUS TEXT ARG…: awm ends with the status, TEXT is on stderr, and
# nothing on stdout.
fails() {
	local wanted=$1 text=$2

	shift 2
	run_awm "$@"
	assert_status "$wanted"
	assert_error "$text"
	assert_output ''
}

# json EXPR ARG…: awm succeeds, and the jq expression holds for its stdout.
json() {
	local expr=$1

	shift
	run_awm "$@" --json
	assert_status 0
	assert_json "$expr"
}

# sql SQL…: what the sqlite3 shell finds in the database.
sql() {
	sqlite3 -batch "$AWM_DB" "$@"
}
