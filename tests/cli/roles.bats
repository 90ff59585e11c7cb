#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Every verb of the command table, as a viewer, as a member and as an admin. A
# verb without a line in matrix() fails, so that nobody forgets to decide who
# may run it: viewers read, members write, admins also manage users, teams,
# providers and integrations, and purge.

# shellcheck disable=SC1010,SC2016,SC2030,SC2031,SC2034,SC2154 # task done; code
# in quotes; each test is a subshell; $NOTE and the like are for lines below
load checks

# VERB | exit status for a viewer, a member, an admin | arguments. + is 0. Of
# what is in $CAPITALS each role has one of its own: NOTE a notification,
# COMMENT a comment, ENTRY a time entry, TASK a task, claimed, RUN an execution
# that runs elsewhere, SKILL a skill, SENT a delivery, AUTOMATION one, SHA a
# commit. Comments, entries and executions with id 1 are the admin's.
matrix() {
	cat <<-'END'
		project add           | 6 + + | New
		project list          | + + + |
		project show          | + + + | Web
		project edit          | 6 + + | Web --title Net
		project archive       | 6 + + | Web
		project unarchive     | 6 + + | Old
		project favorite      | 6 + + | Web
		project unfavorite    | 6 + + | Web
		project rm            | 6 6 + | Web --yes
		project rm            | 6 + + | Mems --yes
		project member add    | 6 + + | Web me
		project member list   | + + + | Web
		project member rm     | 6 + + | Web mem@example.com
		project stats         | + + + | Web
		project use           | 6 + + | Web
		project plan          | 6 + + | Web --from plan.json --apply

		task add              | 6 + + | x -p Web
		task list             | + + + |
		task show             | + + + | 1
		task edit             | 6 + + | 1 --title x
		task history          | + + + | 1
		task start            | 6 + + | 1
		task done             | 6 + + | 1
		task reopen           | 6 + + | 5
		task review           | 6 + + | 1
		task block            | 6 + + | 1 --by 2
		task unblock          | 6 + + | 3
		task assign           | 6 + + | 1 me
		task unassign         | 6 + + | 1
		task watch            | 6 + + | 1
		task unwatch          | 6 + + | 1
		task tag              | 6 + + | 1 red
		task untag            | 6 + + | 1 red
		task move             | 6 + + | 1 --project Mems
		task rm               | 6 + + | 1
		task restore          | 6 + + | 4
		task purge            | 6 6 + | 4 --yes
		task dep add          | 6 + + | 1 2
		task dep rm           | 6 + + | 2 6
		task dep tree         | + + + | 2
		task tree             | + + + | 1
		task split            | 6 + + | 1 --from plan.json --apply
		task next             | + + + |
		task ready            | + + + |
		task claim            | 6 + + | 1
		task claim            | 6 + + | --next
		task heartbeat        | 6 + + |
		task release          | 6 + + | $TASK
		task reclaim          | 6 + + |
		task undo             | 6 + + |
		task redo             | 6 + + |
		search                | + + + | x
		search rebuild        | 6 + + |

		undo                  | 6 + + |
		redo                  | 6 + + |

		time start            | 6 + + | 2 --switch
		time stop             | 6 + + |
		time status           | + + + |
		time add              | 6 + + | 1 1h --at 2026-11-21T08:00
		time list             | + + + |
		time show             | + + + | 1
		time edit             | 6 + + | $ENTRY -d x
		time edit             | 6 6 + | 1 -d x
		time rm               | 6 + + | $ENTRY
		time rm               | 6 6 + | 1
		time report           | + + + |

		comment add           | 6 + + | 1 x
		comment reply         | 6 + + | 1 x
		comment list          | + + + |
		comment show          | + + + | 1
		comment edit          | 6 + + | $COMMENT y
		comment edit          | 6 6 + | 3 y
		comment rm            | 6 + + | $COMMENT
		comment rm            | 6 6 + | 1
		comment restore       | 6 + + | $COMMENT
		comment react         | 6 + + | 1 👍

		user add              | 6 6 + | new@example.com
		user list             | + + + |
		user show             | + + + |
		user edit             | + + + | me --name Me
		user edit             | 6 6 + | gus@example.com --name Gus
		user edit             | 6 6 + | gus@example.com --role viewer
		user rm               | 6 6 + | gus@example.com --yes
		user prefs            | + + + | theme dark
		user prefs            | 6 6 + | gus@example.com theme dark

		team add              | 6 6 + | New
		team list             | + + + |
		team show             | + + + | ops
		team edit             | 6 6 + | ops --name Operations
		team rm               | 6 6 + | ops --yes
		team member add       | 6 6 + | ops me
		team member list      | + + + | ops
		team member rm        | 6 6 + | ops mem@example.com

		template add          | 6 + + | New --from-project Web
		template list         | + + + |
		template show         | + + + | Starter
		template edit         | 6 6 + | Starter -d x
		template rm           | 6 6 + | Starter
		template apply        | 6 + + | Starter --title Fresh
		template rate         | 6 + + | Starter 5
		template export       | + + + | Starter
		template import       | 6 + + | starter.json

		skill add             | 6 + + | New --prompt p
		skill list            | + + + |
		skill show            | + + + | Mine
		skill edit            | 6 6 + | Mine --category x
		skill edit            | 6 + + | $SKILL --category x
		skill rm              | 6 6 + | Mine --yes
		skill rm              | 6 + + | $SKILL --yes
		skill fork            | 6 + + | Mine
		skill publish         | 6 + + | $SKILL
		skill unpublish       | 6 6 + | Mine
		skill tag             | 6 6 + | Mine red
		skill untag           | 6 + + | $SKILL red
		skill history         | + + + | Mine
		skill diff            | + + + | Mine
		skill restore         | 6 + + | $SKILL --version 1
		skill review add      | 6 + + | Mine --rating 5
		skill review list     | + + + | Mine
		skill review rm       | 6 + + | $SKILL
		skill review rm       | 6 6 + | Mine --user gus@example.com
		skill suggest         | 6 + + | 1
		skill attach          | 6 + + | Mine 2
		skill detach          | 6 + + | Mine 1
		skill stats           | + + + |
		skill import          | 6 + + | mine
		skill export          | + + + | Mine
		skill validate        | + + + | mine
		skill run             | 6 + + | Mine --provider local --base-url http://127.0.0.1:9 --model m --dry-run

		exec run              | 6 + + | 1 --provider local --model m --dry-run
		exec retry            | 6 + + | 2 --provider local --model m --dry-run
		exec list             | + + + |
		exec show             | + + + | 1
		exec cancel           | 6 + + | $RUN
		exec cancel           | 6 6 + | 1
		exec rate             | 6 + + | 2 5
		exec feedback         | 6 + + | 2 good
		exec record           | 6 + + | 1 yes --prompt p --provider local --model m
		exec cost             | + + + |
		exec rm               | 6 6 + | 2 --yes
		exec reap             | 6 + + |
		exec reap             | 6 6 + | --force
		provider add          | 6 6 + | google
		provider list         | + + + |
		provider show         | + + + | 1
		provider edit         | 6 6 + | 1 --model m
		provider rm           | 6 6 + | 1
		provider test         | 6 + + | box
		provider models       | 6 + + | tags --dry-run
		provider prices list  | + + + |
		provider prices import | 6 6 + |
		provider prices rm    | 6 6 + | 1

		import                | 6 + + | csv in.csv
		export                | + + + | csv

		integration add       | 6 6 + | desktop
		integration list      | + + + |
		integration show      | + + + | 1
		integration edit      | 6 6 + | 1 --team ops
		integration enable    | 6 6 + | 1
		integration disable   | 6 6 + | 1
		integration test      | 6 6 + | 1 --dry-run
		integration sync      | 6 + + | all
		integration rm        | 6 6 + | 1 --yes
		webhook add           | 6 + + | https://a.invalid --events task.completed
		webhook list          | + + + |
		webhook show          | + + + | 1
		webhook edit          | 6 + + | 1 --name b
		webhook enable        | 6 + + | 1
		webhook disable       | 6 + + | 1
		webhook rotate-secret | 6 + + | 1
		webhook test          | 6 + + | 1 --dry-run
		webhook deliveries    | + + + |
		webhook show-delivery | + + + | 1
		webhook resend        | 6 + + | 1
		webhook deliver       | 6 + + |
		webhook verify        | + + + | $GENUINE
		webhook listen        | + + + | --timeout 1
		webhook rm            | 6 + + | 1

		automate add          | 6 + + | New --manual --do 'notify title=x'
		automate list         | + + + |
		automate show         | + + + | Tidy
		automate edit         | 6 + + | $AUTOMATION --description x
		automate edit         | 6 6 + | Tidy --description x
		automate enable       | 6 + + | $AUTOMATION
		automate disable      | 6 + + | $AUTOMATION
		automate run          | 6 + + | Tidy
		automate rm           | 6 + + | $AUTOMATION
		automate rm           | 6 6 + | Tidy
		automate log          | + + + |
		automate tick         | 6 + + |
		automate watch        | 6 + + |
		automate install      | 6 + + | --yes
		automate uninstall    | 6 + + | --dry-run

		activity list         | + + + |
		activity follow       | + + + | -n 1
		activity show         | + + + | 1
		notify list           | + + + |
		notify read           | + + + | $NOTE
		notify read           | + + + | --all
		notify unread         | + + + | $NOTE
		notify rm             | + + + | $NOTE
		notify scan           | 6 + + |
		notify deliver        | 6 + + |
		notify deliveries     | + + + |
		notify resend         | 6 + + | $SENT

		git link              | 6 + + | HEAD --task 1
		git scan              | 6 + + |
		git log               | + + + | 1
		git branch            | + + + | 1
		git unlink            | 6 + + | $SHA --task 2
		git verify            | + + + | 3
		git hook status       | + + + |
		git hook install      | + + + |
		git hook uninstall    | + + + |
		git hook run          | + + + | post-commit
		init                  | + + + |
		db migrate            | + + + |
		db status             | + + + |
		db generate           | + + + | nothing
		db seed               | 6 6 + |
		db backup             | + + + | copy.db
		db restore            | 6 6 + | clean.db --yes
		db rekey              | 6 6 + |
		db secrets            | + + + |
		db check              | + + + |
		db shell              | + + + | 'SELECT 1'
		db path               | + + + |
		config get            | + + + | db.wait
		config set            | + + + | db.wait 10
		config unset          | + + + | db.wait
		config list           | + + + |
		config path           | + + + |
		completion            | + + + | bash
		schema                | + + + |
		help                  | + + + |
		version               | + + + |
	END
}

# The users ada (admin), mem, viv (viewer) and gus, and rows of each kind.
setup() {
	awm_setup
	awm_ok user add mem@example.com >/dev/null
	awm_ok user add viv@example.com >/dev/null
	awm_ok user add gus@example.com >/dev/null
	awm_ok team add Ops >/dev/null
	awm_ok team member add ops mem@example.com >/dev/null
	awm_ok project add Web --team ops >/dev/null
	awm_ok project add Mems --owner mem@example.com >/dev/null
	awm_ok project add Old >/dev/null
	awm_ok project member add Web mem@example.com >/dev/null
	for title in one two three four five six seven eight nine; do
		awm_ok task add $title -p Web --tag red >/dev/null
	done
	awm_ok task block 3 --reason x >/dev/null
	awm_ok task rm 4 >/dev/null
	awm_ok task done 5 >/dev/null
	awm_ok project archive Old >/dev/null
	for user in mem viv; do
		awm_ok task assign 2 $user@example.com >/dev/null
	done
	awm_ok --as mem@example.com task assign 2 ada@example.com >/dev/null
	for user in ada mem viv; do
		awm_ok --as $user@example.com time add 1 1h \
			--at 2026-11-20T08:00 >/dev/null
		awm_ok --as $user@example.com time start 1 >/dev/null
		awm_ok --as $user@example.com comment add 1 x >/dev/null
	done
	awm_ok task dep add 2 6 >/dev/null
	awm_ok template add Starter --from-project Web >/dev/null
	awm_ok template export Starter >starter.json
	printf '{"tasks":[{"title":"a"}]}' >plan.json
	awm_ok integration add desktop >/dev/null
	awm_ok config set webhook.background false
	export WEBHOOK_SECRET=whsec_YXdtLXRlc3Qtc2VjcmV0LWtleS0zMi1ieXRlcy0hISE=
	GENUINE='--id a --timestamp 1795348800'
	GENUINE+=' --signature v1,ZBZxZmrodnicu9hzYbNP5HdyDn3vqdgffaHtQ3sV6j8='
	awm_ok webhook add https://hooks.invalid/ --events task.completed -q \
		>/dev/null 2>&1
	sqlite3 "$AWM_DB" "INSERT INTO webhook_deliveries(messageId,webhookId,
			eventType,payload,createdAt,updatedAt)
		VALUES ('msg_1',1,'task.completed','{}',0,0)"
	awm_ok webhook disable 1 >/dev/null
	awm_ok automate add Tidy --manual --do 'notify title=x' >/dev/null
	awm_ok provider add local --name box --command true >/dev/null
	awm_ok provider add local --name tags --flavor ollama >/dev/null
	awm_ok skill add Mine --prompt p --public >/dev/null
	awm_ok skill attach Mine 1 >/dev/null
	for user in gus ada mem viv; do
		awm_ok --as $user@example.com skill review add Mine --rating 3 \
			>/dev/null
		awm_ok --as $user@example.com skill add "of $user" --prompt p \
			>/dev/null
		awm_ok --as $user@example.com automate add "by $user" --manual \
			--do 'notify title=x' >/dev/null
		awm_ok --as $user@example.com skill review add "of $user" \
			--rating 3 >/dev/null
	done
	awm_ok skill export Mine mine 2>/dev/null
	printf 'local,m,1,2\n' | awm_ok provider prices import - >/dev/null
	sqlite3 "$AWM_DB" "INSERT INTO task_executions(id,taskId,prompt,aiProvider,
			model,createdAt,updatedAt)
			SELECT value,1,'p','local','m',1,1 FROM json_each('[1,2,3,4]');
		UPDATE task_executions SET status='success' WHERE id=2;
		INSERT INTO search_indexes(entityType,entityId,content,createdAt,
			updatedAt) SELECT 'execution',id,'p',0,0 FROM task_executions;
		INSERT INTO search_fts(search_fts) VALUES ('rebuild');
		INSERT INTO execution_runs(executionId,userId,host,pid)
			SELECT x.id,u.id,'elsewhere',1 FROM task_executions x JOIN users u
			ON u.email=CASE x.id WHEN 3 THEN 'mem@example.com'
				WHEN 4 THEN 'viv@example.com' ELSE 'ada@example.com' END;
		INSERT INTO integration_deliveries(integrationId,notificationId,
			userId,state,createdAt,updatedAt)
			SELECT 1,id,userId,'dead',0,0 FROM notifications"
	git_repo
	git_commit x >/dev/null
	awm_ok git link --task 2 >/dev/null
	task=6
	for user in ada mem viv; do
		awm_ok --as $user@example.com task claim $task >/dev/null
		awm_ok --as $user@example.com task tag $task x >/dev/null
		awm_ok --as $user@example.com undo >/dev/null
		task=$((task + 1))
	done
	sqlite3 "$AWM_DB" "UPDATE users SET role = 'viewer'
		WHERE email = 'viv@example.com'"
	sqlite3 "$AWM_DB" 'VACUUM INTO "clean.db"'
	PATH=$AWM_SOURCE_ROOT/tests/data/cron:$PATH
	cp clean.db one.db
	awm_ok --db one.db automate install --yes >/dev/null
	printf 'title\nImported\n' >in.csv
}

# own TABLE USER: the first row of the table that is the user's.
own() {
	sqlite3 clean.db "SELECT MIN(id) FROM \"$1\" WHERE userId =
		(SELECT id FROM users WHERE email = '$2')"
}

dump() {
	sqlite3 "$1" .dump
}

# One line of the matrix as the user, in a copy of the database.
run_line() {
	local user=$1 verb=$2 wanted=$3 args limit=60

	args=$(trim "$4")
	cp clean.db one.db
	rm -rf one.db-* copy.db .awm
	[[ $wanted != + ]] || wanted=0
	# These go on until they are stopped.
	[[ ! $verb =~ ^(activity follow|automate watch)$ || $wanted != 0 ]] ||
		limit=1 wanted=124
	eval "AWM_DB=\$PWD/one.db run --separate-stderr \
		timeout $limit awm --as $user $verb $args" </dev/null
	if [[ $status != "$wanted" ]]; then
		printf '%s: awm %s %s: exit %s, not %s: %s\n' "$user" "$verb" \
			"$args" "$status" "$wanted" "$stderr" >>wrong
	elif [[ $wanted == 6 ]] && ! diff <(dump clean.db) <(dump one.db); then
		printf '%s: awm %s %s: denied, and changed something\n' \
			"$user" "$verb" "$args" >>wrong
	fi >&2
}

trim() {
	sed 's/^ *//; s/ *$//' <<<"$1"
}

# as_role COLUMN USER: the whole matrix.
as_role() {
	local user=$2 verb statuses args NOTE COMMENT ENTRY TASK RUN SKILL SENT
	local AUTOMATION SHA

	SHA=$(git rev-parse HEAD)
	NOTE=$(own notifications "$user")
	SENT=$(own integration_deliveries "$user")
	COMMENT=$(own comments "$user")
	ENTRY=$(own time_entries "$user")
	SKILL=$(sqlite3 clean.db "SELECT MAX(id) FROM skills WHERE authorId =
		(SELECT id FROM users WHERE email = '$user')")
	AUTOMATION=$(sqlite3 clean.db "SELECT MAX(id) FROM automations
		WHERE createdBy = (SELECT id FROM users WHERE email = '$user')")
	RUN=$(sqlite3 clean.db "SELECT MIN(executionId) FROM execution_runs
		WHERE userId = (SELECT id FROM users WHERE email = '$user')")
	TASK=$(sqlite3 clean.db "SELECT taskId FROM task_claims WHERE userId =
		(SELECT id FROM users WHERE email = '$user')")
	: >wrong
	while IFS='|' read -r verb statuses args; do
		[[ $verb ]] || continue
		# shellcheck disable=SC2086 # words on purpose
		set -- "$1" $statuses
		run_line "$user" "$(trim "$verb")" "${!1}" "$args"
	done < <(matrix)
	cat wrong >&2
	[[ ! -s wrong ]]
}

@test "every verb has a line, and every line a verb" {
	run_awm schema --json
	assert_status 0
	diff <(jq -r '.commands[].name' <<<"$output" | sort) \
		<(matrix | cut -d'|' -f1 | sed 's/ *$//; /^$/d' | sort -u)
}

@test "what only reads is for everybody; what writes is not for viewers" {
	local verb statuses effect

	run_awm schema --json
	jq -r '.commands[] | .name + "|" + .effect' <<<"$output" >effects
	# Their own rows, and what is no row at all.
	free='^(user edit|user prefs|notify read|notify unread|notify rm|init'
	free+='|config set|config unset|db migrate|db generate|db shell'
	free+='|git branch|git hook install|git hook uninstall|git hook run)$'
	while IFS='|' read -r verb statuses _; do
		[[ $verb ]] || continue
		verb=$(trim "$verb")
		statuses=$(trim "$statuses")
		effect=$(sed -n "s/^$verb|//p" effects)
		case $effect in
		read) [[ $statuses == '+ + +' ]] ;;
		*) [[ $statuses == '6 '* || $verb =~ $free ]] ;;
		esac || {
			printf '%s: %s, which is %s\n' "$verb" "$statuses" "$effect" >&2
			return 1
		}
		# Who may more, may all that others may.
		[[ $statuses =~ ^('+ + +'|'6 + +'|'6 6 +'|'6 6 6')$ ]]
	done < <(matrix)
}

@test "as a viewer" {
	as_role 2 viv@example.com
}

@test "as a member" {
	as_role 3 mem@example.com
}

@test "as an admin" {
	as_role 4 ada@example.com
}
