#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The tree holds sources only: no binaries, nobody's home, no scratch files,
# and at the top what the house names.

# shellcheck source=tests/lint/tap.bash
. "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

# The files that belong to the project: those that git knows or would add, or
# all but builds in a tree that was copied without git.
files() {
	if git -c "safe.directory=$root" rev-parse --git-dir >/dev/null 2>&1; then
		git -c "safe.directory=$root" ls-files --cached --others \
			--exclude-standard
	else
		find . -path './build*' -prune -o -type f -print | sed 's|^\./||'
	fi | LC_ALL=C sort -u
}

# Corpora of fuzz targets and what came over a wire are bytes on purpose.
sources() {
	local file

	files | matching -vE '^tests/(fuzz/corpus|golden|fixtures|data)/' |
		while read -r file; do
			[[ ! -f $file ]] || printf '%s\n' "$file"
		done
}

top_level() {
	files | cut -d/ -f1 | sort -u | matching -v '^\.' |
		matching -vxE 'CHANGELOG\.md|CONTRIBUTING\.md|LICENSE|README\.md|cmd|completions|include|lib|man|meson\.build|meson_options\.txt|scripts|sql|tests' |
		none
}
tap 'the top level is the one the house names' top_level

no_binaries() {
	local file

	# Empty files have no line of text either.
	sources | { xargs -d '\n' grep -LI . || true; } |
		while read -r file; do
			[[ ! -s $file ]] || printf '%s\n' "$file"
		done | none
}
tap 'no binaries' no_binaries

no_leftovers() {
	files | matching -E '(\.orig|\.rej|\.swp|\.bak|~|\.o|\.so|\.a|\.log|\.DS_Store|\.pyc)$|__pycache__' |
		none
}
tap 'no leftovers of editors and builds' no_leftovers

no_personal_paths() {
	# The pattern is split so that it does not find itself.
	sources | { xargs -d '\n' grep -nIE \
		'/(home|Users)/[a-z]+/|/roo''t/|/wor''k/|/tm''p/ci' || true; } |
		matching -vE '/home/(ada|user|USER|you)/' | none
}
tap 'no personal paths' no_personal_paths

no_newline_at_the_end() {
	local file

	while read -r file; do
		[[ ! -s $file || -z $(tail -c 1 "$file") ]] ||
			printf '%s: no newline at the end\n' "$file"
	done
}

text_files_end_well() {
	# A cell of a table may be empty in scdoc, two blanks break a line in
	# Markdown.
	{
		sources | no_newline_at_the_end
		sources | { xargs -d '\n' grep -nIH $'\r$' || true; }
		sources | matching -vE '\.(md|scd)$' |
			{ xargs -d '\n' grep -nIHE '[ 	]+$' || true; }
	} | none
}
tap 'text ends in a newline, lines without blanks' text_files_end_well

executable_scripts() {
	local file

	sources | while read -r file; do
		if head -c 2 "$file" | grep -qa '^#!' && [[ ! -x $file ]] &&
			[[ $file != tests/* && $file != .ci/* ]]; then
			printf '%s is not executable\n' "$file"
		fi
	done | none
}
tap 'scripts are executable' executable_scripts

licence_lines() {
	sources | matching -E '\.[ch]$|^scripts/|^completions/|\.sh$|\.bash$|\.bats$|meson\.build$' |
		{ xargs -d '\n' grep -L 'SPDX-License-Identifier: MIT' || true; } |
		none
}
tap 'every source names its licence' licence_lines

tap_done
