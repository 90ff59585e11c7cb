#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What `meson install` lays down works from any place: the program finds its
# modules after the tree was moved, and others can build on libawm.

# shellcheck source=tests/lint/tap.bash
. "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

unset AWM_MODULE_PATH
export HOME=$tap_folder/home
mkdir "$HOME"
prefix=$tap_folder/moved

install_and_move() {
	local made

	meson install -C "$build" --no-rebuild --quiet \
		--destdir "$tap_folder/staged"
	made=$(dirname "$(dirname "$(find "$tap_folder/staged" -path '*/bin/awm')")")
	mv "$made" "$prefix"
}
tap 'the tree is installed, and moved' install_and_move

library=$(dirname "$(find "$prefix" -name libawm.so)")
flags=()
[[ -z ${AWM_SANITIZED-} ]] || flags=("-fsanitize=$AWM_SANITIZED")

runs() {
	"$prefix/bin/awm" --version | grep -q '^awm [0-9]'
}
tap 'the program starts' runs

finds_modules() {
	local repository=$tap_folder/repository

	git init -q "$repository"
	git -C "$repository" -c user.name=Ada -c user.email=ada@example.com \
		commit -q --allow-empty -m 'First'
	"$prefix/bin/awm" --db "$tap_folder/awm.db" -C "$repository" git link
}
tap 'the program finds its module for git' finds_modules

cat >"$tap_folder/client.c" <<'END'
#include <awm/awm.h>
#include <stdio.h>

int main(void)
{
	puts(awm_version());
	return awm_entity_find("task") ? 0 : 1;
}
END

config() {
	PKG_CONFIG_PATH=$library/pkgconfig pkg-config \
		--define-variable=prefix="$prefix" "$@" awm
}

client_shared() {
	local -a options

	read -ra options <<<"$(config --cflags --libs)"
	cc "${flags[@]}" -o "$tap_folder/client" "$tap_folder/client.c" \
		"${options[@]}"
	LD_LIBRARY_PATH=$library "$tap_folder/client"
}
tap 'a program builds on the shared library' client_shared

client_static() {
	local -a options

	read -ra options <<<"$(config --cflags --libs --static)"
	cc "${flags[@]}" -o "$tap_folder/client" "$tap_folder/client.c" \
		"${options[@]/#-lawm/-l:libawm.a}"
	"$tap_folder/client"
}
tap 'a program builds on the static library' client_static

headers_alone() {
	local header

	for header in "$prefix"/include/awm/*.h; do
		cc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
			"-I$prefix/include" -x c "$header" || return
	done
}
tap 'each public header compiles by itself, in C11' headers_alone

tap_done
