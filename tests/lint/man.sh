#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The manual says what the program does: its generated parts are those of the
# command table, and every page is clean.

# shellcheck source=tests/lint/tap.bash
. "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

tap 'the option sections are those of the command table' \
	scripts/man-update --check "$build/awm"

clean_page() {
	# These two are scdoc's doing, and no page's fault.
	{ mandoc -T lint "$1" || true; } |
		sed '/skipping paragraph macro/d
			/lower case character in document title/d' | none
}
for page in man/*.scd; do
	name=$(basename "$page" .scd)
	tap "$name is well formed" clean_page "$build/$name"
done

every_noun_has_a_page() {
	"$build/awm" __complete -- '' | while read -r noun _; do
		[[ -f man/awm-$noun.1.scd ]] || grep -qw "$noun" man/awm.1.scd ||
			printf 'no page tells of awm %s\n' "$noun"
	done | none
}
tap 'every noun is in the manual' every_noun_has_a_page

tap_done
