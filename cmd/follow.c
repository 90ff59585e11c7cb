/* SPDX-License-Identifier: MIT */
#include "cmd/follow.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "cmd/noun.h"
#include "cmd/out.h"
#include "cmd/report.h"
#include "cmd/signals.h"

/* Signals come while it waits, and at no other time: none is overlooked
 * between a look and the wait. */
static int wait_for(struct pollfd *fds, nfds_t n, int ms, const sigset_t *open)
{
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	if (signals_caught() || (ppoll(fds, n, &t, open) < 0 && errno != EINTR))
		return signals_caught()
			       ? err_set(AWM_INTERRUPTED, "interrupted")
			       : err_errno(AWM_ERROR, "cannot wait");
	return signals_caught() ? err_set(AWM_INTERRUPTED, "interrupted") : 0;
}

/* Whoever read the output may go away while nothing happens. */
static int wait_more(const struct awm_follow *f, const sigset_t *open)
{
	struct pollfd fds[] = {{.fd = awm_follow_fd(f), .events = POLLIN},
			       {.fd = STDOUT_FILENO}};
	int err = wait_for(fds, ARRAY_LEN(fds), awm_follow_timeout(f), open);

	if (!err && fds[1].revents & (POLLERR | POLLHUP))
		out_gone();
	return err;
}

static int go_on(struct run *r, struct awm_follow *f, const sigset_t *open)
{
	int err = 0;

	while (!err) {
		err = awm_follow_read(f, report_row, r);
		if (!err)
			err = report_flush(r);
		if (!err)
			err = wait_more(f, open);
	}
	return err;
}

/* The last of what was there before, the oldest of them first. */
static int put_earlier(struct run *r, const struct awm_query *q, int64_t last)
{
	struct awm_value to = AWM_VALUE_INT(last);
	struct awm_query before = *q;
	struct awm_sort newest = {q->entity->fields, true};
	struct rows rows = {.run = r};
	int err = run_cond(r, &before, "id", AWM_OP_LE, &to, 1);

	before.sort = &newest;
	before.nsort = 1;
	before.limit = r->list.limit.set ? r->list.limit.value : 0;
	if (!err)
		err = awm_list(r->session, &before, rows_keep, &rows);
	while (rows.count && !err)
		err = report_row(r, rows.items[--rows.count]);
	return err;
}

static int follow(struct run *r, struct awm_query *q, bool earlier,
		  const sigset_t *open)
{
	struct awm_follow *f;
	int err = awm_follow_open(r->session, q, &f);

	if (err)
		return err;
	err = report_begin(r);
	if (!err)
		report_live(r);
	if (!err && earlier)
		err = put_earlier(r, q, awm_follow_last(f));
	if (!err)
		err = go_on(r, f, open);
	awm_follow_close(f);
	return err;
}

static int refuse(const struct run *r)
{
	if (r->list.sort || r->list.offset.set)
		return err_set(AWM_USAGE,
			       "--follow goes neither with --sort nor with "
			       "--offset: rows come as they are made");
	return 0;
}

void follow_format(struct run *r)
{
	struct globals *g = &r->globals;
	bool plain = g->format == FORMAT_TABLE && !g->format_arg.set;

	/* what never ends is no array */
	if (g->format == FORMAT_JSON || (plain && !out_is_tty()))
		g->format = FORMAT_JSONL;
}

int follow_rows(struct run *r, struct awm_query *q, bool earlier)
{
	sigset_t stop, open;
	int err = refuse(r);

	if (err)
		return err;
	pager_unwant();
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, &open);
	err = follow(r, q, earlier || r->list.limit.set, &open);
	sigprocmask(SIG_SETMASK, &open, NULL);
	return err;
}
