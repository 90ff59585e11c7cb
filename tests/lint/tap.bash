# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For the tests of this folder: each check prints one line of TAP.

set -euo pipefail

root=${AWM_SOURCE_ROOT:?run through meson test}
# shellcheck disable=SC2034 # used by those who source this
build=${AWM_BUILD_ROOT:?run through meson test}
cd "$root"

tap_count=0
tap_failed=0
tap_folder=$(mktemp -d)
trap 'rm -rf "$tap_folder"' EXIT

# tap NAME COMMAND…: passes when the command succeeds; what it prints explains
# a failure.
tap() {
	local name=$1

	shift
	tap_count=$((tap_count + 1))
	if "$@" >"$tap_folder/out" 2>&1; then
		printf 'ok %d - %s\n' "$tap_count" "$name"
	else
		printf 'not ok %d - %s\n' "$tap_count" "$name"
		sed 's/^/# /' "$tap_folder/out"
		tap_failed=$((tap_failed + 1))
	fi
}

tap_done() {
	printf '1..%d\n' "$tap_count"
	((tap_failed == 0))
}

# grep as a filter: finding nothing is no failure.
matching() {
	grep "$@" || [[ $? == 1 ]]
}

# Prints what it reads and fails when that is anything.
none() {
	! grep . -
}
