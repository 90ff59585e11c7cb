/* SPDX-License-Identifier: MIT */
#include "edge/gitprogram.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/err.h"
#include "edge/process.h"

#define OUTPUT_MAX ((size_t)64 << 20)
#define STEP_MS	   100

static int keep(void *ctx, const char *bytes, size_t len)
{
	if (!ctx)
		return 0;
	buf_add(ctx, bytes, len);
	return buf_check(ctx);
}

static int run(struct process *p, int epoll, struct buf *out)
{
	struct epoll_event event;
	bool done = false;
	int rc = process_step(p, keep, out, &done);

	while (!rc && !done) {
		epoll_wait(epoll, &event, 1, STEP_MS);
		rc = process_step(p, keep, out, &done);
	}
	return rc;
}

/* "fatal: …" and "error: …" go without saying. */
static int refused(const char *const *argv, const struct process_end *end)
{
	const char *s = end->errors, *last;
	size_t len = end->errors_len;

	while (len && s[len - 1] == '\n')
		len--;
	last = len ? memrchr(s, '\n', len) : NULL;
	if (last) {
		len -= (size_t)(last + 1 - s);
		s = last + 1;
	}
	if (len > 7 && (!memcmp(s, "fatal: ", 7) || !memcmp(s, "error: ", 7))) {
		s += 7;
		len -= 7;
	}
	return err_set(AWM_ERROR, "git %s: %.*s", argv[1], (int)len, s);
}

static int call(const char *const *argv, struct buf *out, bool *ret_yes)
{
	struct process_opts opts = {.argv = argv, .max_output = OUTPUT_MAX};
	struct process *p = NULL;
	struct process_end end;
	int rc;

	opts.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (opts.epoll < 0)
		return err_errno(AWM_ERROR, "cannot wait for git");
	rc = process_start(&opts, &p);
	if (!rc)
		rc = run(p, opts.epoll, out);
	if (!rc) {
		process_ended(p, &end);
		*ret_yes = end.status == 0;
		if (end.too_large)
			rc = err_set(AWM_ERROR, "git %s: too much output",
				     argv[1]);
		else if (!*ret_yes)
			refused(argv, &end);
	}
	process_free(p);
	close(opts.epoll);
	return rc;
}

int git_program(const char *const *argv, struct buf *out)
{
	bool yes = false;
	int rc = call(argv, out, &yes);

	return rc || yes ? rc : -AWM_ERROR;
}

int git_program_says(const char *const *argv, struct buf *out, bool *ret_yes)
{
	int rc = call(argv, out, ret_yes);

	if (!rc && !*ret_yes)
		err_clear();
	return rc;
}
