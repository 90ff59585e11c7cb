#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The program loads the light libraries only: its start-up time depends on it.

# shellcheck source=tests/lint/tap.bash
. "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

# The libraries that a file asks the loader for, without versions and without
# the loader and the runtime of the sanitizers.
needed() {
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*\]$/\1/p' |
		matching -vE '^(lib(asan|ubsan|gcc_s|clang_rt.*)|ld-linux.*)$' | LC_ALL=C sort
}

as_recorded() {
	needed "$build/$1" | diff -u "tests/golden/$2" -
}
tap 'awm needs what tests/golden/needed.txt lists' as_recorded awm needed.txt
tap 'awm-git.so needs what tests/golden/needed-git.txt lists' \
	as_recorded awm-git.so needed-git.txt
tap 'awm-net.so needs what tests/golden/needed-net.txt lists' \
	as_recorded awm-net.so needed-net.txt

no_search_path() {
	readelf -d "$build/awm" "$build/awm-git.so" "$build/awm-net.so" |
		matching -E 'RPATH|RUNPATH' | none
}
tap 'no library is looked for in a folder of our own' no_search_path

tap_done
