// SPDX-License-Identifier: MIT
/* One word of a local command. */
#include "domain/provider_try.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/err.h"
#include "base/utf8.h"
#include "edge/process.h"

#define STEP_MS	   100
#define OUTPUT_MAX ((size_t)1 << 20)

/* With these it could open every secret. */
static const char *const hidden[] = {"CREDENTIALS_DIRECTORY",
				     "AWM_PASSPHRASE*",
				     "AWM_KEY*",
				     "AWM_VAULT*",
				     "AWM_SECRET*",
				     NULL};

static int on_output(void *ctx, const char *bytes, size_t len)
{
	buf_add(ctx, bytes, len);
	return 0;
}

/* Until it has ended; *ret_why says what else ended it. */
static int wait_for(struct awm_session *s, struct process *p, int epoll,
		    int64_t timeout_ms, struct buf *out, const char **ret_why)
{
	int64_t end = provider_clock() + timeout_ms;
	struct epoll_event events[8];
	bool done = false;
	int rc = 0;

	while (!rc && !done) {
		if (!*ret_why && (s->stop || provider_clock() >= end)) {
			*ret_why = s->stop ? "interrupted" : "it took too long";
			process_stop(p);
		}
		if (epoll_wait(epoll, events, 8, STEP_MS) < 0)
			rc = 0; /* a signal: looked at above */
		rc = process_step(p, on_output, out, &done);
	}
	return rc ? rc : buf_check(out);
}

static int judge(const struct process *p, const char *why, const char *name)
{
	struct process_end end;
	_cleanup_buf_ struct buf line = {0};

	process_ended(p, &end);
	if (why && !strcmp(why, "interrupted"))
		return err_set(AWM_INTERRUPTED, "interrupted");
	if (end.too_large)
		why = "it wrote too much";
	if (why)
		return err_set(AWM_REMOTE, "the command '%s' was ended: %s",
			       name, why);
	if (!end.status && !end.signal)
		return 0;
	while (end.errors_len && end.errors[end.errors_len - 1] == '\n')
		end.errors_len--;
	if (end.errors_len)
		buf_add(&line, end.errors, end.errors_len);
	if (end.signal)
		err_set(AWM_REMOTE, "the command '%s' was ended by signal %d",
			name, end.signal);
	else
		err_set(AWM_REMOTE, "the command '%s' ended with status %d",
			name, end.status);
	return line.len ? err_hint("%s", buf_str(&line)) : -AWM_REMOTE;
}

static int run(struct awm_session *s, const char *const *argv,
	       const char *input, int64_t timeout_ms, int epoll,
	       struct buf *out)
{
	struct process_opts opts = {
		.argv = argv,
		.hidden = hidden,
		.input = input,
		.input_len = strlen(input),
		.max_output = OUTPUT_MAX,
		.epoll = epoll,
	};
	const char *why = NULL;
	struct process *p;
	int rc = process_start(&opts, &p);

	if (rc)
		return rc;
	rc = wait_for(s, p, epoll, timeout_ms, out, &why);
	if (!rc)
		rc = judge(p, why, argv[0]);
	if (s->stop)
		s->stop = 0;
	process_free(p);
	return rc;
}

int provider_try_command(struct awm_session *s, const char *const *argv,
			 const char *input, int64_t timeout_ms, struct arena *a,
			 const char **ret)
{
	_cleanup_buf_ struct buf out = {0};
	int epoll = epoll_create1(EPOLL_CLOEXEC), rc;

	if (epoll < 0)
		return err_errno(AWM_ERROR, "cannot wait for the command");
	rc = run(s, argv, input, timeout_ms, epoll, &out);
	close(epoll);
	if (rc)
		return rc;
	if (!utf8_valid(buf_str(&out), out.len) ||
	    memchr(buf_str(&out), '\0', out.len))
		return err_set(AWM_REMOTE,
			       "the command '%s' wrote what is no text",
			       argv[0]);
	*ret = arena_strndup(a, buf_str(&out), out.len);
	return *ret ? 0 : -AWM_NOMEM;
}
