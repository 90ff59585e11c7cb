#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What libawm exports is what its public headers declare with AWM_EXPORT.

# shellcheck source=tests/lint/tap.bash
. "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

declared() {
	python3 - include/awm/*.h <<'PYTHON'
import re
import sys

for path in sys.argv[1:]:
    text = open(path, encoding="utf-8").read()
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r"^[ \t]*#.*(\\\n.*)*$", "", text, flags=re.M)
    for body in re.findall(r"\bAWM_EXPORT\b([^;]*);", text):
        name = re.search(r"\b(awm_\w+)\s*(?:\(|\[|$)", body.strip())
        print(name.group(1) if name else "unreadable:" + body)
PYTHON
}

exported() {
	nm -D --defined-only "$build/libawm.so" | awk '{ print $3 }' |
		sed 's/@.*//' | matching -vE '^(__asan_|__ubsan_|__odr_asan|_init$|_fini$)'
}

same_symbols() {
	declared | LC_ALL=C sort -u >"$tap_folder/declared"
	exported | LC_ALL=C sort -u >"$tap_folder/exported"
	diff -u "$tap_folder/declared" "$tap_folder/exported"
}
tap 'exported symbols are those of the public headers' same_symbols

prefixed() {
	exported | matching -v '^awm_' | none
}
tap 'exported symbols begin with awm_' prefixed

documented() {
	# At least 15 % of the lines of each are comment.
	local file

	for file in include/awm/*.h; do
		awk '
			/\/\*/ { inside = 1 }
			NF { lines++; if (inside) prose++ }
			/\*\// { inside = 0 }
			END { if (prose < lines * 0.15) print FILENAME, prose "/" lines }' \
			"$file"
	done | none
}
tap 'public headers are prose' documented

tap_done
