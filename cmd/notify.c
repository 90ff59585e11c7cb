/* SPDX-License-Identifier: MIT */
#include "cmd/command.h"

/* Notifications. */

struct notify_list_args {
	struct int_arg limit;
};

static const struct option list_options[] = {
	OPT_INT("limit", 'n', struct notify_list_args, limit, 1, INT64_MAX, "N",
		"show at most N rows"),
	{0},
};

static int notify_list(struct run *r)
{
	const struct notify_list_args *args = r->args;
	int64_t user = awm_session_actor(r->session)->id;
	int err = report_begin(r);

	if (!err)
		err = awm_notify_list(r->session, user, args->limit.value,
				      report_row, r);
	return err ? err : report_end(r);
}

extern const struct command cmd_notify[];
const struct command cmd_notify[] = {
	{
		.name = "notify list",
		.aliases = "ls",
		.summary = "list your notifications",
		.details = "Those not read yet come first, then the newest.",
		.options = list_options,
		.args_size = sizeof(struct notify_list_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "notification",
		.run = notify_list,
	},
	{0},
};
