#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What is refused, how it is said, and that nothing is half done.
#
# shellcheck disable=SC2016 # evaluated later
# shellcheck disable=SC2030,SC2031 # each test has its own
# shellcheck disable=SC2154 # set by `run`

load helper

setup() {
	awm_setup
}

teardown() {
	if [[ -d ${mounted-} ]]; then
		umount "$mounted" || umount -l "$mounted"
	fi
	if [[ -d ${open_folder-} ]]; then
		chmod -R u+rwX "$open_folder"
		rm -rf "$open_folder"
	fi
}

# A database with one task, and all of it in the one file.
database() {
	awm_ok --db "$1" task add -q 'The first one' >/dev/null
	at_rest "$1"
}

at_rest() {
	sqlite3 "$1" 'pragma wal_checkpoint(truncate)' >/dev/null
	rm -f "$1-wal" "$1-shm"
}

# What the database says, without its file's bytes.
content() {
	sqlite3 "$AWM_DB" .dump | sha256sum
}

# An error is a line, perhaps a hint, and nothing on standard output.
assert_refused() {
	assert_status "$1"
	[[ -z $output ]] || {
		show_run
		return 1
	}
	[[ $stderr =~ ^'awm: error: '[^$'\n']+($'\n''hint: '[^$'\n']+)?$ ]] || {
		printf 'not one line and a hint\n' >&2
		show_run
		return 1
	}
}

# refused FILE STATUS MESSAGE COMMAND…: the file keeps its bytes and its name
# remains alone in its folder.
refused() {
	local file=$1 status_wanted=$2 message=$3 before after

	shift 3
	before=$(sha256sum <"$file")
	run_awm --db "$file" "$@"
	assert_refused "$status_wanted"
	assert_error "$message"
	after=$(sha256sum <"$file")
	[ "$before" = "$after" ]
}

refused_by_all() {
	local file=$1 command

	shift
	for command in 'task list' 'task add x' 'task show 1' 'user list' \
		'db migrate' 'db seed' 'db check' 'db status'; do
		# shellcheck disable=SC2086
		refused "$file" "$@" $command
	done
}

# ---- values ----

@test "text that is no UTF-8 is refused: 2" {
	awm_ok task add -q 'The first one'
	local before
	before=$(content)

	for bad in $'bad \xff' $'\xc0\xaf' $'\xed\xa0\x80' $'cut \xe2\x82' $'\xf5\x80\x80\x80'; do
		run_awm task add "$bad"
		assert_refused 2
		assert_error 'not valid UTF-8'
		run_awm task edit 1 -d "$bad"
		assert_refused 2
		run_awm task tag 1 "$bad"
		assert_refused 2
		run_awm project add "$bad"
		assert_refused 2
		run_awm task list --title "$bad"
		assert_refused 2
	done
	printf 'bad \xff\n' >file
	run_awm task add x -F file
	assert_refused 2
	run --separate-stderr awm task add x -F - <file
	assert_refused 2
	[ "$(content)" = "$before" ]
}

@test "a NUL in a file or in standard input is refused: 2" {
	awm_ok task add -q 'The first one'
	local before
	before=$(content)

	printf 'one\0two\n' >file
	run_awm task add x -F file
	assert_refused 2
	assert_error NUL
	run --separate-stderr awm task edit 1 -F - <file
	assert_refused 2
	assert_error NUL
	[ "$(content)" = "$before" ]
}

@test "a title of 1 MB is refused: 4; one of 1,000 characters is taken" {
	local part before
	awm_ok task add -q 'The first one'
	before=$(content)

	part=$(head -c 100000 /dev/zero | tr '\0' x)
	run_awm task add "$part" "$part" "$part" "$part" "$part" "$part" \
		"$part" "$part" "$part" "$part"
	assert_refused 4
	((${#stderr} < 500))
	run_awm task edit 1 --title "$part"
	assert_refused 4
	run_awm project add "$part"
	assert_refused 4
	[ "$(content)" = "$before" ]

	# characters, not bytes
	part=$(printf 'ä%.0s' {1..1000})
	awm_ok task add -q "$part"
	run_awm task add "${part}x"
	assert_refused 4
}

@test "titles without text, of several lines or with control characters are refused: 4" {
	awm_ok task add -q 'The first one'
	local before title
	before=$(content)

	for title in '' $'two\nlines' $'a\ttab' $'\e[31mred' $'a\x7f' $'\u009b31m'; do
		run_awm task add "$title"
		assert_refused 4
		run_awm task edit 1 --title "$title"
		assert_refused 4
	done
	[ "$(content)" = "$before" ]
}

@test "a description of 1 MB is taken and comes back; one over 16 MiB is refused" {
	awm_ok task add -q 'The first one'
	head -c 1000000 /dev/zero | tr '\0' 'd' >file
	awm_ok task edit 1 -F file >/dev/null
	awm_ok task show 1 --json | jq -j .description | cmp - file

	head -c $((17 * 1024 * 1024)) /dev/zero | tr '\0' 'd' >file
	run_awm task edit 1 -F file
	[[ $status == [24] ]]
	((${#stderr} < 500))
	[ "$(awm_ok task show 1 --json | jq '.description | length')" -eq 1000000 ]
}

@test "an unknown word is refused with a hint: 2" {
	awm_ok task add -q 'The first one'
	local before
	before=$(content)

	run_awm task add x --priority hgih
	assert_refused 2
	assert_error "unknown priority 'hgih'"
	assert_error "did you mean 'high'"
	for args in 'edit 1 --priority 1' 'edit 1 --status doen' \
		'list --status todo,doen' 'list --priority x' \
		'edit 1 --execution later' 'edit 1 --provider skynet' \
		'list --format xml' 'list --color maybe' 'list --sort nothing' \
		'list --fields nothing'; do
		# shellcheck disable=SC2086
		run_awm task $args
		assert_refused 2
		assert_error 'hint: '
	done
	run_awm task ad x
	assert_refused 2
	assert_error "did you mean 'add'"
	run_awm tsak list
	assert_refused 2
	assert_error "did you mean 'task'"
	[ "$(content)" = "$before" ]
}

@test "with JSON output the error is JSON on stderr, and stdout is empty" {
	run_awm task add x --priority hgih --json
	assert_status 2
	[ -z "$output" ]
	jq -e '.error | .code == "usage" and (.message | contains("hgih"))
		and (.hint | contains("high"))' <<<"$stderr"
	run_awm task show 99 --format jsonl
	assert_status 3
	jq -e '.error.code == "not_found"' <<<"$stderr"
	run_awm --db . task list --json
	assert_status 7
	jq -e '.error.code == "database"' <<<"$stderr"
}

@test "an id is a plain decimal number: 2" {
	awm_ok task add -q 'The first one'

	for id in 1e3 1.0 0x1 0 1x '1 ' ' 1' '١' 9223372036854775808 \
		99999999999999999999999 '#' '' 3-1 1-; do
		run_awm task show "$id"
		assert_refused 2
		run_awm task edit "$id" --title y
		assert_refused 2
	done
	run_awm task show -- -1
	assert_refused 2
	[ "$(awm_ok task show 1 --json | jq -r .title)" = 'The first one' ]
}

@test "an id that no row has: 3, and it is not rounded" {
	awm_ok task add -q 'The first one'
	sqlite3 "$AWM_DB" "insert into tasks (id, projectId, title, createdAt, updatedAt)
		values (9007199254740992, 1, 'Near 2^53', 0, 0)"

	run_awm task show 9007199254740993
	assert_refused 3
	assert_error 9007199254740993
	run_awm task 'done' 9007199254740993
	assert_refused 3
	run_awm task show 9223372036854775807
	assert_refused 3
	# the one next to it is found, and printed exactly
	run_awm task show 9007199254740992 --json
	assert_status 0
	assert_contains '"id":9007199254740992,'
}

@test "a reference that names no row: 3, and nothing is written" {
	awm_ok task add -q 'The first one'
	local before args
	before=$(content)

	for args in 'task add x -p 77' 'task add x -p Nowhere' \
		'task add x --parent 77' 'task add x --assign 77' \
		'task edit 1 --project 77' 'task edit 1 --parent 77' \
		'task edit 1 --assign 77' 'task assign 1 77' \
		'task assign 1 nobody@example.com' 'task block 1 --by 77' \
		'task move 1 --after 77' \
		'task move 1 --project 77' 'project edit 1 --owner 77' \
		'project member add 1 77' 'task done 77' 'task rm 77' \
		'task tag 77 x' 'task list -p 77' 'task list --assignee 77'; do
		# shellcheck disable=SC2086
		run_awm $args
		[[ $status == 3 ]] || {
			printf 'awm %s\n' "$args" >&2
			show_run
			return 1
		}
	done
	# one that is missing among several: none is changed
	run_awm task 'done' 1 77
	assert_refused 3
	[ "$(content)" = "$before" ]
}

@test "malformed dates, durations, numbers and JSON: 2" {
	awm_ok task add -q 'The first one'
	local before
	before=$(content)

	while IFS='|' read -r flag value; do
		run_awm task edit 1 "$flag" "$value"
		[[ $status == 2 ]] || {
			printf '%s %s\n' "$flag" "$value" >&2
			show_run
			return 1
		}
	done <<-'EOT'
		--due|2026-02-30
		--due|2026-13-01
		--due|someday
		--due|2026-11-22T25:00
		--estimate|soon
		--estimate|-5
		--estimate|1e3
		--estimated-cost|lots
		--estimated-cost|nan
		--estimated-cost|inf
		--mcp-config|{
		--mcp-config|{"a":1}x
		--mcp-config|{"a":1,"a":2}
		--mcp-config|{"a":9007199254740993}
	EOT
	for value in abc -1 1e3 99999999999999999999; do
		run_awm task list --limit "$value"
		assert_refused 2
	done
	[ "$(content)" = "$before" ]
}

@test "unknown, doubled and lacking arguments: 2" {
	run_awm task add
	assert_refused 2
	run_awm task show
	assert_refused 2
	run_awm task add x --nonsense
	assert_refused 2
	run_awm task add x --priority
	assert_refused 2
	run_awm task list --limit=
	assert_refused 2
	run_awm task list --json=yes
	assert_refused 2
	[ ! -e "$AWM_DB" ]
}

# ---- files that are no database of ours ----

@test "a text file, a picture of zeros and a file of a few bytes are no database: 7" {
	printf 'Dear diary, SQLite format 3 is nice.\n' >file
	refused_by_all file 7 'is not a database'
	head -c 100000 /dev/zero >file
	refused_by_all file 7 'is not a database'
	printf 'SQLite format 3\0' >file
	refused file 7 '' task list
	refused file 7 '' task add x
}

@test "a database of another program is refused: 7" {
	sqlite3 file 'create table notes (a); insert into notes values (1)'
	refused_by_all file 7 'is not a database of awm'
	[ "$(sqlite3 file .schema)" = 'CREATE TABLE notes (a);' ]

	# also with its own application id, version or log
	sqlite3 file 'pragma application_id = 252006674; pragma user_version = 1'
	refused_by_all file 7 'is not a database of awm'
	sqlite3 file 'pragma journal_mode = wal' >/dev/null
	refused file 7 'is not a database of awm' task add x
	[ "$(sqlite3 file 'select * from notes')" = 1 ]
}

@test "a database of a newer awm is refused: 7" {
	database file
	sqlite3 file 'pragma user_version = 999; pragma wal_checkpoint(truncate)' >/dev/null
	at_rest file
	refused_by_all file 7 'newer'
}

found_by_check() {
	run_awm --db "$1" db check
	assert_status 7
	assert_error damaged
	assert_lacks 'integrity  ok'
}

@test "a damaged database is refused, and stays as it is: 7" {
	local size

	database file
	size=$(stat -c %s file)
	# the root of the schema is gone
	cp file broken
	printf 'rubbish rubbish rubbish' | dd of=broken bs=1 seek=100 conv=notrunc status=none
	refused broken 7 damaged task list
	refused broken 7 damaged task add x
	found_by_check broken
	# every page but the first
	cp file broken
	head -c $((size - 4096)) /dev/zero | tr '\0' '\377' |
		dd of=broken bs=4096 seek=1 conv=notrunc status=none
	refused broken 7 damaged task list
	refused broken 7 damaged task add x
	found_by_check broken
	# cut in the middle
	head -c $((size / 2 / 4096 * 4096)) file >broken
	refused broken 7 damaged task add x
	head -c 3000 file >broken
	refused broken 7 damaged task list
}

@test "folders, devices and pipes are no database: 7" {
	mkdir folder
	run_awm --db folder task list
	assert_refused 7
	assert_error 'folder'
	run_awm --db /dev/null task add x
	assert_refused 7
	run_awm --db /dev/full task add x
	assert_refused 7
	mkfifo pipe
	run --separate-stderr timeout 10 awm --db pipe task list
	assert_refused 7
	printf 'x' >file
	run_awm --db file/awm.db task list
	assert_refused 7
	ln -s nowhere dangling
	run_awm --db dangling task list
	[[ $status == [037] ]]
	run_awm --db '' task list
	assert_refused 2
	run_awm --db postgres://localhost/awm task list
	assert_refused 7
}

# ---- files that cannot be written ----

# Root writes everywhere, so a person without rights tries it.
plain_user() {
	if ((EUID == 0)); then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}

# A folder, $open_folder, that a plain user may enter, with the program in it.
plain_user_setup() {
	if ((EUID == 0)) && ! plain_user true 2>/dev/null; then
		skip 'cannot become another user here'
	fi
	open_folder=$(mktemp -d "${TMPDIR:-/tmp}/awm-badinput.XXXXXX")
	chmod 755 "$open_folder"
	mkdir "$open_folder/home" "$open_folder/data"
	cp "$(command -v awm)" "$open_folder/awm"
	plain_user test -x "$open_folder/awm" ||
		skip 'the folder of temporary files is closed to others'
	export HOME=$open_folder/home XDG_CONFIG_HOME=$open_folder/home/config
	export AWM_DB=$open_folder/data/awm.db
	if ((EUID == 0)); then
		chown -R 65534:65534 "$open_folder/home" "$open_folder/data"
	fi
	plain_user "$open_folder/awm" task add -q 'The first one'
	at_rest "$AWM_DB"
	rm -f "$AWM_DB-lock"
	if ((EUID == 0)); then
		chown 65534:65534 "$AWM_DB"
	fi
}

run_plain() {
	run --separate-stderr plain_user "$open_folder/awm" "$@"
}

@test "a file that may only be read is listed, and refuses every write: 7" {
	local before

	plain_user_setup
	chmod 444 "$AWM_DB"
	before=$(sha256sum <"$AWM_DB")

	run_plain task list --json
	assert_status 0
	assert_json '.[0].title == "The first one"'
	run_plain task add 'Another'
	assert_refused 7
	assert_error 'read-only'
	run_plain task edit 1 --title 'Another'
	assert_refused 7
	run_plain db seed
	assert_refused 7
	[ "$(sha256sum <"$AWM_DB")" = "$before" ]
}

@test "in a folder that may only be read the database is listed, and refuses every write: 7" {
	local before

	plain_user_setup
	chmod 444 "$AWM_DB"
	chmod 555 "${AWM_DB%/*}"
	before=$(sha256sum <"$AWM_DB")

	run_plain task list --json
	assert_status 0
	assert_json '.[0].title == "The first one"'
	run_plain task show 1
	assert_status 0
	run_plain task add 'Another'
	assert_refused 7
	[ "$(sha256sum <"$AWM_DB")" = "$before" ]
	[ "$(ls "${AWM_DB%/*}")" = awm.db ]
}

@test "a file that may not be read, and a place where none can be made: 7" {
	plain_user_setup
	chmod 000 "$AWM_DB"
	run_plain task list
	assert_refused 7
	assert_error 'Permission denied'

	chmod 555 "$open_folder/data"
	run_plain --db "$open_folder/data/new.db" task list
	assert_refused 7
	run_plain --db "$open_folder/data/new/awm.db" task list
	assert_refused 7
	[ "$(ls "$open_folder/data")" = awm.db ]
}

@test "on a full disk a write fails whole, and reading goes on: 7" {
	local before i

	((EUID == 0)) || skip 'mounting a small disk needs root'
	mounted=$BATS_TEST_TMPDIR/disk
	mkdir "$mounted"
	if ! mount -t tmpfs -o size=2m tmpfs "$mounted" 2>/dev/null; then
		mounted=
		skip 'nothing can be mounted here'
	fi
	AWM_DB=$mounted/awm.db
	awm_ok task add -q 'The first one'
	before=$(content)
	awm_ok task list >/dev/null # what readers share is made
	dd if=/dev/zero of="$mounted/ballast" bs=4k status=none 2>/dev/null || true

	head -c 1000000 /dev/zero | tr '\0' 'd' >file
	for i in 1 2 3; do
		run_awm task add "Number $i" -F file
		assert_refused 7
		assert_error 'full'
	done
	run_awm task list --json
	assert_status 0
	assert_json 'length == 1'

	rm "$mounted/ballast"
	[ "$(content)" = "$before" ]
	awm_ok db check >/dev/null
	run_awm task add -q 'Another'
	assert_status 0
	assert_output 2
}

@test "a new database that does not fit is made whole by the next try" {
	((EUID == 0)) || skip 'mounting a small disk needs root'
	mounted=$BATS_TEST_TMPDIR/disk
	mkdir "$mounted"
	if ! mount -t tmpfs -o size=200k tmpfs "$mounted" 2>/dev/null; then
		mounted=
		skip 'nothing can be mounted here'
	fi
	run_awm --db "$mounted/awm.db" task add x
	assert_refused 7
	mount -o remount,size=8m "$mounted"
	run_awm --db "$mounted/awm.db" task add -q x
	assert_status 0
	assert_output 1
	awm_ok --db "$mounted/awm.db" db check >/dev/null
}

@test "past the limit of a file's size a write fails whole: 7" {
	local before

	awm_ok task add -q 'The first one'
	before=$(content)
	head -c 3000000 /dev/zero | tr '\0' 'd' >file
	# with the signal ignored the system says it by an error
	run --separate-stderr bash -c 'trap "" XFSZ
		ulimit -f 1500
		exec awm task add "Another" -F file'
	assert_refused 7
	[ "$(content)" = "$before" ]

	# and a process that the signal kills leaves nothing half written
	run bash -c 'ulimit -c 0
		ulimit -f 1500
		exec awm task add "Another" -F file'
	[[ $status != 0 ]]
	[ "$(content)" = "$before" ]
	awm_ok db check >/dev/null
	awm_ok task add -q 'Another'
}

# ---- standard output ----

@test "a full standard output: 1, for every command that prints" {
	awm_ok task add -q 'The first one'
	for args in 'task list' 'task list --json' 'task list --format jsonl' \
		'task list --format csv' 'task list --format tsv' \
		'task list -q' 'task show 1' 'task add x' 'task add -q x' \
		'help' 'help -a' '--version' 'schema' 'db path' \
		'completion bash' 'db status' 'user list'; do
		# shellcheck disable=SC2086
		run --separate-stderr bash -c 'awm "$@" >/dev/full' - $args
		[[ $status == 1 && $stderr == *'No space left on device'* ]] || {
			printf 'awm %s\n' "$args" >&2
			show_run
			return 1
		}
	done
}

@test "a closed standard output: 1, and no file of ours is written into" {
	awm_ok task add -q 'The first one'
	for args in 'task list' 'task list --json' 'task show 1' 'task add x' \
		'--version' 'help'; do
		# shellcheck disable=SC2086
		run --separate-stderr bash -c 'awm "$@" >&-' - $args
		[[ $status == 1 ]] || {
			printf 'awm %s\n' "$args" >&2
			show_run
			return 1
		}
	done
	awm_ok db check >/dev/null
	# none of them open
	run bash -c 'awm task list <&- >&- 2>&-'
	[ "$status" -eq 1 ]
	awm_ok db check >/dev/null
}

# ---- escape sequences ----

# Data as a foreign hand may have stored it: colour, a window title, a C1
# introducer, the direction of text turned round, bell and backspace.
evil=$'\e[31mred\e]0;pwned\a\u009b2J\u202egnp\u2066\b\x7f\r'

poison() {
	awm_ok task add -q 'The first one' >/dev/null
	sqlite3 "$AWM_DB" "update tasks set title = '$evil', description = '$evil',
		blockedReason = '$evil', tags = json_array('$evil');
		update task_tags set tag = '$evil';
		update projects set title = '$evil';
		update users set name = '$evil'"
}

# No control byte but newline and tab, no C1, no turning characters.
assert_clean() {
	if LC_ALL=C grep -naP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$1"; then
		cat -v "$1" >&2
		return 1
	fi
}

# What a terminal gets: script(1) gives the command one, and adds CRs.
on_terminal() {
	TERM=dumb script -qefc "awm --no-pager --color never $*" /dev/null </dev/null |
		tr -d '\r' >screen
}

@test "no escape sequence in data reaches a terminal, in any format" {
	local format

	poison
	for format in table json jsonl csv tsv; do
		on_terminal task list --format "$format" --fields id,title,description,tags
		assert_clean screen
		[ -s screen ]
		on_terminal task show 1 --format "$format"
		assert_clean screen
		on_terminal project show 1 --format "$format"
		assert_clean screen
		on_terminal user list --format "$format"
		assert_clean screen
		on_terminal activity list --format "$format"
		assert_clean screen
	done
}

@test "a table never carries escape sequences of data, also into a file" {
	poison
	for args in 'task list --fields id,title,description,tags' 'task show 1' \
		'project list' 'project show 1' 'user list'; do
		# shellcheck disable=SC2086
		awm_ok $args >screen
		assert_clean screen
	done
}

@test "JSON escapes them, and gives back what is stored" {
	poison
	awm_ok task show 1 --json >screen
	assert_clean screen
	[ "$(jq -r .description screen)" = "$evil" ]
}

@test "csv into a file carries the data as it is" {
	poison
	awm_ok task list --format csv --fields description >file
	tail -n +2 file >data
	grep -qF "$evil" data
}

@test "errors and hints never carry escape sequences" {
	awm_ok task add -q 'The first one'
	sqlite3 "$AWM_DB" "insert into projects (title, ownerId, createdAt, updatedAt)
		values ('$evil', 1, 0, 0), ('$evil', 1, 0, 0)"
	printf 'x' >"$evil"

	while read -r -d '' args; do
		eval "set -- $args"
		awm "$@" 2>screen && return 1
		assert_clean screen
		[ -s screen ]
		awm "$@" --json 2>screen && return 1
		assert_clean screen
	done < <(printf '%s\0' 'task show "$evil"' 'task list --status "$evil"' \
		'task list -p "$evil"' 'project show "$evil"' '"$evil"' \
		'task "$evil"' 'task list "--$evil"' 'task list --sort "$evil"' \
		'task add x -F "/nowhere/$evil"' '--db "$evil" task list' \
		'--as "$evil" task list' 'task add x --due "$evil"' \
		'config get "$evil"' 'task edit 1 --mcp-config "$evil"' \
		'db restore "$evil" --yes' '-C "/nowhere/$evil" task list')
}
