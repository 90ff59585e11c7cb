#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The library neither prints nor ends the process, and reads only the
# environment variables that it documents: no object of it refers to such a
# call, but for those that tests/golden/library-calls.txt lists.

# shellcheck source=tests/lint/tap.bash
. "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

calls='printf|fprintf|vprintf|vfprintf|dprintf|vdprintf|puts|fputs|putchar|putc|fputc|putchar_unlocked|fputs_unlocked|perror|psignal|error|warn|warnx|err|errx|stdout|stderr|exit|_exit|_Exit|quick_exit|abort|getenv|secure_getenv|getopt|getopt_long|system|popen|setlocale|signal'

# "call object" of every reference from the library's objects to one of them,
# the forms of _FORTIFY_SOURCE under their plain names.
references() {
	nm -A -u "$build/libawm.a" |
		sed -E 's/^[^:]*:([^:]*):.* (\w+)(@.*)?$/\2 \1/; s/^__(\w+)_chk /\1 /' |
		sed -E 's/\.c\.o$/.c/; s/ lib_(base|db|entity|edge|domain)_/ lib\/\1\//' |
		matching -E "^($calls) " | LC_ALL=C sort -u
}

as_listed() {
	references | diff -u tests/golden/library-calls.txt -
}
tap 'the library prints nothing, ends nothing, reads listed variables only' \
	as_listed

# Where SQL is put together at run time: the store, and what is on record.
sql_by_printf() {
	matching -rlE --include='*.c' \
		'(buf_addf|arena_printf|snprintf)\([^;]*"(SELECT|INSERT|UPDATE|DELETE|PRAGMA|CREATE|DROP) ' \
		lib cmd |
		matching -vE '^lib/(entity|db)/' | LC_ALL=C sort |
		diff -u tests/golden/sql-by-printf.txt -
}
tap 'SQL is composed by lib/entity, lib/db and what is listed only' sql_by_printf

tap_done
