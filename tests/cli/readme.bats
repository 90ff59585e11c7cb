#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Every example works as pasted: the ```sh blocks of README.md, and the lines
# that begin with "$ " under EXAMPLES of each page of the manual, as it is
# rendered. Each page has a home and an empty folder of its own, as a newcomer
# has.

load helper

setup() {
	awm_setup
	: "${AWM_SOURCE_ROOT:?is the folder of the source}"
	unset AWM_DB AWM_USER AWM_NOW
	unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME
}

# The examples of README.md, a command a line.
readme_examples() {
	awk '/^```sh$/ { inside = 1; next }
	     /^```/ { inside = 0 }
	     inside && NF' "$AWM_SOURCE_ROOT/README.md"
}

# The examples of a page, as its author meant them.
written_examples() {
	awk '/^# / { inside = $0 == "# EXAMPLES" }
	     inside && sub(/^\$ /, "")' "$1" | sed 's/\\\\/\\/g'
}

# The examples of a page, as a reader sees them: what scdoc makes of a
# backslash or a quote counts. A bold letter is overstruck.
page_examples() {
	scdoc <"$1" | mandoc -T utf8 -O width=1000 | sed 's/.\x08//g' |
		awk '/^[^ ]/ { inside = $0 == "EXAMPLES" }
		     inside && sub(/^ +\$ /, "")'
}

# Runs the commands of standard input one by one, in one shell, in a fresh home
# and an empty folder; stops at the first that fails.
run_examples() {
	local place=$BATS_TEST_TMPDIR/$1 commands

	mapfile -t commands
	if ((${#commands[@]} == 0)); then
		printf '%s: no examples\n' "$1" >&2
		return 1
	fi
	mkdir -p "$place/home" "$place/work"
	(
		export HOME=$place/home
		export GIT_CEILING_DIRECTORIES=$place
		cd "$place/work" || exit
		set -o pipefail
		for command in "${commands[@]}"; do
			eval "$command" </dev/null >"$place/out" 2>&1 && continue
			printf '%s: exit %d: %s\n' "$1" "$?" "$command" >&2
			cat "$place/out" >&2
			exit 1
		done
	)
}

@test "the examples of README.md work" {
	readme_examples | run_examples README.md
}

@test "the examples of the manual pages work" {
	local page failed=0

	for page in "$AWM_SOURCE_ROOT"/man/*.scd; do
		page_examples "$page" | run_examples "${page##*/}" || failed=1
	done
	((failed == 0))
}

@test "the examples of the manual pages look as they were written" {
	local page

	# A backslash stands twice in the source.
	for page in "$AWM_SOURCE_ROOT"/man/*.scd; do
		diff <(written_examples "$page") <(page_examples "$page")
	done
}

@test "every noun that the manual names has its page" {
	local page

	while read -r page; do
		if [[ ! -f $AWM_SOURCE_ROOT/man/$page.1.scd ]]; then
			printf 'no page %s(1)\n' "$page" >&2
			return 1
		fi
	done < <(grep -oh '\*awm[a-z-]*\*(1)' "$AWM_SOURCE_ROOT"/man/*.scd |
		tr -d '*()1' | sort -u)
}
