#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Meson has no globs: every source, page and test is listed by hand. Nothing
# is forgotten.

# shellcheck source=tests/lint/tap.bash
. "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

# unlisted FILE: those of the words read that do not stand in quotes in FILE.
unlisted() {
	local list=$1 path

	while read -r path; do
		grep -qF "'$path'" "$list" || printf '%s: not in %s\n' "$path" "$list"
	done
}

sources() {
	find cmd lib sql man include \
		-name '*.c' -o -path 'sql/*.sql' -o -name '*.scd' -o \
		-path 'include/*.h' | unlisted meson.build | none
}
tap 'every source is in meson.build' sources

tests() {
	find tests/unit tests/fuzz tests/cli tests/fault tests/lint \
		-name 'test_*.c' -o -name 'fuzz_*.c' -o -name '*.bats' -o -name '*.sh' |
		sed 's|.*/||; s|\.[a-z]*$||; s|^fuzz_||' |
		unlisted tests/meson.build | none
}
tap 'every test is in tests/meson.build' tests

tap_done
