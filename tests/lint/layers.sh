#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Dependencies point down only, as the folders say: cmd > lib/domain >
# lib/edge, lib/entity > lib/db > lib/base. Read from the #include lines.

# shellcheck source=tests/lint/tap.bash
. "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

# includes FOLDER: "file header" of every #include below the folder, the
# header with its "" or <>.
includes() {
	# shellcheck disable=SC2016 # awk's own fields
	find "$1" -name '*.[ch]' | LC_ALL=C sort | xargs -r awk '
		/^[ \t]*#[ \t]*include/ { print FILENAME, $2 $3 }
		/^[ \t]*#include[<"]/ { sub(/^[ \t]*#include/, ""); print FILENAME, $1 }'
}

# layer_includes FOLDER LAYERS: quoted headers outside the folder's own and
# those of the named layers.
layer_includes() {
	includes "$1" | awk -v allowed="$2" '
		BEGIN { n = split(allowed, word, " ") }
		$2 ~ /^"/ {
			header = substr($2, 2, length($2) - 2)
			if (header !~ /\//) next # beside the file, or generated
			if (header ~ /^awm\//) next # public
			for (i = 1; i <= n; i++)
				if (index(header, word[i] "/") == 1) next
			print
		}'
}

below() {
	layer_includes "lib/$1" "$2" | none
}

tap 'base knows nobody above' below base 'base'
tap 'db is built on base' below db 'base db'
tap 'entity is built on db' below entity 'base db entity'
tap 'edge is built on base' below edge 'base edge'
tap 'provider is built on base' below provider 'base provider'
tap 'jsonschema is built on base' below jsonschema 'base jsonschema'
tap 'domain is built on edge, entity and db' \
	below domain 'base db entity edge provider jsonschema domain'

cmd_is_a_client() {
	layer_includes cmd 'base cmd' | none
}
tap 'cmd sees the public headers, base, and itself' cmd_is_a_client

public_headers_stand_alone() {
	includes include | awk '$2 ~ /^"/ || $2 ~ /<(sqlite3|curl|git2|sodium|cjson)/' |
		none
}
tap 'public headers include nothing of the inside' public_headers_stand_alone

one_engine() {
	{
		includes lib | matching -v '^lib/db/sqlite\.c '
		includes cmd
	} | matching '<sqlite3' | none
}
tap 'lib/db/sqlite.c alone includes sqlite3.h' one_engine

heavy_libraries_in_modules() {
	{
		includes lib | matching -v '^lib/edge/[a-z]*/'
		includes cmd
	} | matching -E '<(curl/|git2|libpq)' | none
}
tap 'curl and libgit2 are seen by their modules only' heavy_libraries_in_modules

sodium_in_edges() {
	{
		includes cmd
		includes lib/entity
		includes lib/domain
	} | matching '<sodium' | none
}
tap 'libsodium is seen by base, db and the vault only' sodium_in_edges

tap_done
