/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/time.h"
#include "cmd/noun.h"
#include "cmd/option.h"

/* Tasks: who works on them. */

static const struct argument claim_arguments[] = {
	{.name = "TASK", .kind = ARG_REF, .entity = "task", .help = "an id"},
	{0},
};

/* The first member of each command's args. */
struct lease_args {
	struct int_arg lease;
};
#define OPT_LEASE(HELP)                                                        \
	OPT_DURATION("lease", 0, struct lease_args, lease, "DURATION", HELP)

#define LEASE_HELP                                                             \
	"how long the claim lives without a heartbeat: 45s, 30 (minutes), "    \
	"2h; "                                                                 \
	"30m when not given"

static int lease_of(const struct lease_args *args, int64_t *ret)
{
	*ret = args->lease.value;
	if (args->lease.set && *ret < 1)
		return err_set(AWM_USAGE,
			       "--lease: a lease lasts a second or more");
	return 0;
}

static const char *local_time(struct run *r, const struct awm_record *row,
			      const char *field, char out[TIME_ISO_SIZE])
{
	time_format_local(awm_record_int(row, field),
			  awm_session_actor(r->session)->timezone, out);
	return out;
}

static int tell(struct run *r, const struct awm_record *row, const char *did)
{
	const char *dry = r->globals.dry_run ? "dry run: " : "";
	const char *token = awm_record_text(row, "token");
	char until[TIME_ISO_SIZE];

	local_time(r, row, "leaseUntil", until);
	return noun_tell(r, row, "%s%s task %lld '%s' until %s%s%s", dry, did,
			 (long long)awm_record_int(row, "id"),
			 awm_record_text(row, "title"), until,
			 *token ? ", token " : "", token);
}

/* ---- claim ---- */

struct claim_args {
	struct lease_args lease;
	bool next;
};

static const struct option claim_options[] = {
	OPT_FLAG("next", 0, struct claim_args, next,
		 "the most urgent ready task that is assigned to nobody else"),
	OPT_LEASE(LEASE_HELP),
	OPT_FILTER("project", 'p', "projectId", "PROJECT",
		   "with --next, of this project"),
	OPT_FILTER("tag", 't', "tags", "TAG",
		   "with --next, with all of these tags: a,b"),
	OPT_FILTER("priority", 'P', "priority", "PRIORITY",
		   "with --next, with this priority, or one of several"),
	OPT_FILTER("parent", 0, "parentTaskId", "TASK",
		   "with --next, parts of this task"),
	{0},
};

static int which(struct run *r, const struct claim_args *args, int64_t *ret)
{
	int err = run_ref(r, 0, ret);

	if (err)
		return err;
	if (!*ret == !args->next)
		return err_set(AWM_USAGE, *ret ? "--next and a task exclude "
						 "each other"
					       : "which task? an id, or "
						 "--next");
	if (*ret && (run_has(r, "projectId") || run_has(r, "tags") ||
		     run_has(r, "priority") || run_has(r, "parentTaskId")))
		return err_set(AWM_USAGE, "only --next is narrowed by filters");
	return 0;
}

static int task_claim(struct run *r)
{
	const struct claim_args *args = r->args;
	struct awm_record *row;
	struct awm_query q;
	int64_t id, lease;
	int err = which(r, args, &id);

	if (!err)
		err = lease_of(&args->lease, &lease);
	if (!err && !id)
		err = run_query(r, &q);
	if (err)
		return err;
	err = id ? awm_task_claim(r->session, id, lease, r->pool, &row)
		 : awm_task_claim_next(r->session, &q, lease, r->pool, &row);
	return err ? err : tell(r, row, "claimed");
}

/* ---- heartbeat, release ---- */

struct held_args {
	struct lease_args lease;
	const char *token;
};

#define OPT_TOKEN                                                              \
	OPT_TEXT("token", 0, struct held_args, token, "TOKEN",                 \
		 "the claim with this token, as 'task claim' printed it")

static const struct option heartbeat_options[] = {
	OPT_TOKEN,
	OPT_LEASE("how long the claim lives from now on; 30m when not given"),
	{0},
};

static const struct option release_options[] = {
	OPT_TOKEN,
	{0},
};

static int task_heartbeat(struct run *r)
{
	const struct held_args *args = r->args;
	struct awm_claim_ref ref = {.token = args->token};
	struct awm_record *row;
	int64_t lease;
	int err = run_ref(r, 0, &ref.task);

	if (!err)
		err = lease_of(&args->lease, &lease);
	if (!err)
		err = awm_task_heartbeat(r->session, &ref, lease, r->pool,
					 &row);
	return err ? err : tell(r, row, "holding");
}

static int task_release(struct run *r)
{
	const struct held_args *args = r->args;
	struct awm_claim_ref ref = {.token = args->token};
	struct awm_record *row;
	int err = run_ref(r, 0, &ref.task);

	if (!err)
		err = awm_task_release(r->session, &ref, r->pool, &row);
	return err ? err : report_change(r, "released", row);
}

/* ---- reclaim ---- */

struct reclaim_args {
	struct lease_args lease;
};

static const struct option reclaim_options[] = {
	OPT_LEASE("with a task, " LEASE_HELP),
	{0},
};

static int reclaim_all(struct run *r)
{
	struct rows rows = {.run = r};
	int err = awm_task_expire(r->session, rows_keep, &rows);

	for (size_t i = 0; i < rows.count && !err; i++)
		if (r->globals.format == FORMAT_TABLE && !r->globals.fields &&
		    !r->globals.quiet)
			err = report_change(r, "took back", rows.items[i]);
	if (err || (r->globals.format == FORMAT_TABLE && !r->globals.fields &&
		    !r->globals.quiet))
		return err;
	return rows_report(&rows);
}

static int task_reclaim(struct run *r)
{
	const struct reclaim_args *args = r->args;
	struct awm_record *row;
	int64_t id, lease;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = lease_of(&args->lease, &lease);
	if (!err && !id)
		return reclaim_all(r);
	if (!err)
		err = awm_task_claim(r->session, id, lease, r->pool, &row);
	return err ? err : tell(r, row, "claimed");
}

/* ---- the table ---- */

extern const struct command cmd_task_claim[];
const struct command cmd_task_claim[] = {
	{
		.name = "task claim",
		.summary = "take a task, so that nobody else does",
		.details =
			"Takes a ready task, or with --next the most urgent "
			"one that is assigned to nobody else. The task is in "
			"progress then, and assigned to the acting user if it "
			"was nobody's. Of many who claim one task at once one "
			"gets it, and the others exit status 5, also those "
			"who act as the same user. Exit status 3: there is "
			"nothing to take; 4: the task is not ready. The token "
			"that is printed (with JSON as 'token') is what tells "
			"one holder from another. A claim ends with the work, "
			"or when its lease runs out without a heartbeat: then "
			"the task goes back to the queue, at the latest when "
			"somebody looks for ready tasks.",
		.arguments = claim_arguments,
		.options = claim_options,
		.args_size = sizeof(struct claim_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.computed = "claimedBy,leaseUntil,token",
		.run = task_claim,
	},
	{
		.name = "task heartbeat",
		.summary = "say that work on a claimed task goes on",
		.details =
			"The lease runs from now. The claim is that of "
			"--token, or the acting user's of TASK, or the acting "
			"user's only one. Exit status 5: its lease has run "
			"out, and somebody else may have the task.",
		.arguments = claim_arguments,
		.options = heartbeat_options,
		.args_size = sizeof(struct held_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.computed = "claimedBy,leaseUntil",
		.run = task_heartbeat,
	},
	{
		.name = "task release",
		.summary = "give a claimed task back",
		.details =
			"The task goes back to the queue: its status is todo, "
			"and it is nobody's if the claim made it the acting "
			"user's. Which claim, see 'awm task heartbeat'.",
		.arguments = claim_arguments,
		.options = release_options,
		.args_size = sizeof(struct held_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = task_release,
	},
	{
		.name = "task reclaim",
		.summary = "take back tasks whose lease has run out",
		.details =
			"Without a task, every task whose lease has run out "
			"goes back to the queue, and is listed. With one, that "
			"task is claimed; exit status 5 says that its lease "
			"still lives.",
		.arguments = claim_arguments,
		.options = reclaim_options,
		.args_size = sizeof(struct reclaim_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.computed = "claimedBy,leaseUntil,token",
		.run = task_reclaim,
	},
	{0},
};
