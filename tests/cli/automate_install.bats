#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The line of the crontab and the units of systemd.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # code in quotes; the
# variables of run; each test is a subshell
load checks

setup() {
	awm_setup
	export PATH=$AWM_SOURCE_ROOT/tests/data/cron:$PATH
	awm_ok user list >/dev/null
}

@test "cron: shown, written, and taken out to the byte" {
	for before in '' $'MAILTO=x\n5 4 * * * true\n' $'# no end'; do
		rm -f "$HOME/crontab"
		[[ ! $before ]] || printf %s "$before" >"$HOME/crontab"
		run_awm automate install --cron --dry-run
		assert_status 0
		assert_contains 'automate tick --max-seconds 50 >/dev/null'
		[[ ! $before || $(<"$HOME/crontab") == "${before%$'\n'}" ]]
		fails_without_terminal
		awm_ok automate install --yes >/dev/null
		awm_ok automate install --every 5 --yes >/dev/null
		[[ $(grep -c 'automate tick' "$HOME/crontab") == 1 ]]
		grep -qF '*/5 * * * * XDG_CONFIG_HOME=' "$HOME/crontab"
		awm_ok automate uninstall --yes >/dev/null
		if [[ $before ]]; then
			cmp "$HOME/crontab" <(printf %s "$before")
		else
			[[ ! -e $HOME/crontab ]]
		fi
		fails 3 'the crontab has no entry' automate uninstall --yes
	done
}

fails_without_terminal() {
	run --separate-stderr awm automate install </dev/null
	assert_status 2
	assert_error '--yes'
}

@test "cron: the line runs, whatever is in the paths" {
	odd=$BATS_TEST_TMPDIR/"it's 100% \$HOME"
	mkdir -p "$odd"
	awm_ok --db "$odd/a.db" automate install --yes >/dev/null
	awm_ok --db "$odd/b.db" automate install --yes >/dev/null
	[[ $(grep -c 'automate tick' "$HOME/crontab") == 2 ]]
	awm_ok --db "$odd/b.db" automate uninstall --yes >/dev/null
	awm_ok --db "$odd/a.db" automate add Hi --every '* * * * *' \
		--do 'notify title=hi' >/dev/null
	# What cron does with a line: % is a line's end unless a \ is before it.
	line=$(sed -n 's/^\* \* \* \* \* //p' "$HOME/crontab" | sed 's/\\%/%/g')
	AWM_NOW=2026-11-22T12:01:05Z sh -c "$line"
	run sqlite3 "$odd/a.db" 'SELECT COUNT(*) FROM notifications'
	assert_output 1
}

@test "cron: what cannot be read is not written" {
	mkdir bin
	printf '#!/bin/sh\necho broken >&2\nexit 1\n' >bin/crontab
	chmod +x bin/crontab
	PATH=$PWD/bin:$PATH fails 1 'cannot read the crontab: broken' \
		automate install --yes
}

@test "systemd: units, and none left behind" {
	mkdir bin
	printf '#!/bin/sh\necho "$@" >>calls\n' >bin/systemctl
	chmod +x bin/systemctl
	PATH=$PWD/bin:$PATH
	json 'map(.method) == ["systemd", "systemd"] and
		(.[0].content | contains("automate tick --max-seconds 290"))' \
		automate install --systemd --every 5 --dry-run
	[[ ! -e calls ]]
	awm_ok automate install --systemd --yes >/dev/null
	units=$XDG_CONFIG_HOME/systemd/user
	[[ $(find "$units" -type f | wc -l) == 2 ]]
	grep -q '^ExecStart=".*/awm" --db ' "$units"/*.service
	grep -qF 'OnCalendar=*:0/1' "$units"/*.timer
	grep -q -- '--user enable --now awm-automate-.*timer' calls
	awm_ok automate uninstall --systemd --yes >/dev/null
	[[ -z $(find "$units" -type f) ]]
	grep -q -- '--user disable --now awm-automate-.*timer' calls
	fails 3 'there is no timer' automate uninstall --systemd --yes
}
