// SPDX-License-Identifier: MIT
/* Running prompts: what is checked first, in what order, and what came of it.
 */
#include "domain/exec.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "domain/pool.h"

/* ---- order ---- */

static int by_order(const void *a, const void *b)
{
	const struct exec_job *x = *(struct exec_job *const *)a;
	const struct exec_job *y = *(struct exec_job *const *)b;

	if (x->project != y->project)
		return x->project < y->project ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->spec->task != y->spec->task)
		return x->spec->task < y->spec->task ? -1 : 1;
	return x->run < y->run ? -1 : x->run > y->run;
}

static int by_run(const void *a, const void *b)
{
	const struct exec_job *x = *(struct exec_job *const *)a;
	const struct exec_job *y = *(struct exec_job *const *)b;

	if (x->project != y->project)
		return x->project < y->project ? -1 : 1;
	return x->run < y->run ? -1 : x->run > y->run;
}

/* Serial jobs of one project change places among themselves, so that they
 * stand in its order; all others stay where they were asked for. */
static int put_in_order(struct exec *x)
{
	_cleanup_free_ struct exec_job **slots =
		calloc(x->n + 1, sizeof(*slots));
	_cleanup_free_ struct exec_job **order =
		calloc(x->n + 1, sizeof(*order));
	_cleanup_free_ struct exec_job *sorted = calloc(x->n, sizeof(*sorted));
	size_t n = 0;

	if (!slots || !order || !sorted)
		return err_nomem();
	for (size_t i = 0; i < x->n; i++)
		if (x->jobs[i].serial)
			slots[n++] = &x->jobs[i];
	memcpy(order, slots, n * sizeof(*order));
	qsort(slots, n, sizeof(*slots), by_run);
	qsort(order, n, sizeof(*order), by_order);
	memcpy(sorted, x->jobs, x->n * sizeof(*sorted));
	for (size_t i = 0; i < n; i++)
		sorted[slots[i] - x->jobs] = *order[i];
	memcpy(x->jobs, sorted, x->n * sizeof(*sorted));
	for (size_t i = 0; i < n; i++)
		if (i && slots[i]->project == slots[i - 1]->project)
			slots[i]->before = slots[i - 1];
	return 0;
}

/* ---- before anything leaves ---- */

static int prepare_all(struct exec *x)
{
	int rc = 0;

	for (size_t i = 0; i < x->n && !rc; i++) {
		rc = exec_prepare(&x->jobs[i]);
		if (rc && x->n > 1)
			err_context("task %lld",
				    (long long)x->jobs[i].spec->task);
	}
	for (size_t i = 0; i < x->n && !rc; i++) {
		rc = exec_money(&x->jobs[i]);
		if (!rc)
			rc = exec_build(&x->jobs[i]);
	}
	return rc;
}

static int make_jobs(struct exec *x, const struct awm_exec_spec *specs)
{
	x->jobs = calloc(x->n + 1, sizeof(*x->jobs));
	if (!x->jobs)
		return err_nomem();
	for (size_t i = 0; i < x->n; i++) {
		x->jobs[i].exec = x;
		x->jobs[i].spec = &specs[i];
		x->jobs[i].run = i;
	}
	return 0;
}

static int prepare(struct exec *x, const struct awm_exec_spec *specs)
{
	int rc = role_require(x->session, ROLE_MEMBER, "run a prompt");

	if (!rc)
		rc = exec_settle_opts(x);
	if (!rc)
		rc = make_jobs(x, specs);
	return rc ? rc : prepare_all(x);
}

static void release(struct exec *x)
{
	if (x->net)
		x->ops->close(x->net);
	for (size_t i = 0; x->jobs && i < x->n; i++)
		exec_job_release(&x->jobs[i]);
	free(x->jobs);
	free(x->active);
	if (x->wake >= 0)
		close(x->wake);
	if (x->epoll >= 0)
		close(x->epoll);
}

/* ---- running ---- */

static int make_loop(struct exec *x)
{
	struct epoll_event ev = {.events = EPOLLIN};

	x->active = calloc(x->jobs_max + 1, sizeof(*x->active));
	if (!x->active)
		return err_nomem();
	x->epoll = epoll_create1(EPOLL_CLOEXEC);
	x->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (x->epoll < 0 || x->wake < 0 ||
	    epoll_ctl(x->epoll, EPOLL_CTL_ADD, x->wake, &ev))
		return err_errno(AWM_ERROR, "cannot wait for several things");
	return 0;
}

static void give_results(struct exec *x, const struct awm_exec_spec *specs,
			 struct awm_exec_result *results)
{
	for (size_t i = 0; i < x->n; i++) {
		x->jobs[i].run = i;
		x->jobs[i].result = &results[i];
		results[i] = (struct awm_exec_result){
			.spec = (size_t)(x->jobs[i].spec - specs),
			.message = "",
			.hint = "",
		};
	}
}

/* What the first failure was is the error of all. */
static int sum_up(const struct exec *x, const struct awm_exec_result *results)
{
	if (x->stop_rc) {
		err_set(x->stop_error.code, "%s", x->stop_error.message);
		return *x->stop_error.hint ? err_hint("%s", x->stop_error.hint)
					   : x->stop_rc;
	}
	for (size_t i = 0; i < x->n; i++) {
		if (!results[i].err || results[i].skipped)
			continue;
		err_set((enum awm_err) - results[i].err, "%s",
			results[i].message);
		return *results[i].hint ? err_hint("%s", results[i].hint)
					: results[i].err;
	}
	return x->stopped ? err_set(AWM_INTERRUPTED, "interrupted") : 0;
}

static void run_loop(struct exec *x)
{
	struct awm_session *s = x->session;

	s->wake = x->wake;
	exec_loop(x);
	s->wake = 0;
	s->stop = 0;
}

static int run(struct exec *x, const struct awm_exec_spec *specs,
	       struct awm_exec_result *results)
{
	int rc = execution_reap(x->session);

	if (!rc)
		rc = prepare(x, specs);
	if (!rc)
		rc = put_in_order(x);
	if (!rc)
		rc = make_loop(x);
	if (rc)
		return rc;
	give_results(x, specs, results);
	run_loop(x);
	return sum_up(x, results);
}

int awm_exec_run(struct awm_session *s, const struct awm_exec_spec *specs,
		 size_t n, const struct awm_exec_opts *opts,
		 const struct awm_exec_hooks *hooks, struct awm_pool *pool,
		 struct awm_exec_result *ret)
{
	static const struct awm_exec_hooks silent;
	_cleanup_free_ struct awm_exec_result *own = NULL;
	struct exec x = {.session = s,
			 .opts = opts,
			 .hooks = hooks ? hooks : &silent,
			 .arena = pool_arena(pool),
			 .n = n,
			 .epoll = -1,
			 .wake = -1};
	int rc;

	if (!ret)
		ret = own = calloc(n + 1, sizeof(*own));
	if (!ret)
		return err_nomem();
	process_guard(true);
	rc = run(&x, specs, ret);
	release(&x);
	process_guard(false);
	return rc;
}

/* ---- what would be sent ---- */

static const char *shown(struct arena *a, const struct provider_header *h)
{
	if (!h->secret)
		return h->value;
	return arena_printf(a, "%.*s***", (int)(h->secret - h->value),
			    h->value);
}

static int show_headers(struct exec_job *job, struct arena *a,
			struct awm_exec_request *ret)
{
	struct awm_exec_header *list =
		arena_array(a, job->http.nheaders + 1, sizeof(*list));

	if (!list)
		return -AWM_NOMEM;
	for (size_t i = 0; i < job->http.nheaders; i++) {
		const struct provider_header *h = &job->http.headers[i];
		const char *value = shown(a, h);

		list[i].name = arena_strdup(a, h->name);
		list[i].value = value ? arena_strdup(a, value) : NULL;
		if (!list[i].name || !list[i].value)
			return -AWM_NOMEM;
	}
	ret->headers = list;
	ret->nheaders = job->http.nheaders;
	return 0;
}

static int copy_words(struct arena *a, const char *const *words, size_t n,
		      const char *const **ret)
{
	const char **list = arena_array(a, n + 1, sizeof(*list));

	for (size_t i = 0; list && i < n; i++) {
		list[i] = arena_strdup(a, words[i]);
		if (!list[i])
			return -AWM_NOMEM;
	}
	*ret = list;
	return list ? 0 : -AWM_NOMEM;
}

static int show_command(struct exec_job *job, struct arena *a,
			struct awm_exec_request *ret)
{
	size_t n = 0;

	while (job->access.command[n])
		n++;
	ret->input = arena_strdup(a, job->input);
	return ret->input ? copy_words(a, job->access.command, n, &ret->argv)
			  : -AWM_NOMEM;
}

static int show_warnings(struct exec_job *job, struct arena *a,
			 struct awm_exec_request *ret)
{
	size_t n = job->access.nwarnings, more = job->http.nwarnings;
	_cleanup_free_ const char **all = calloc(n + more + 1, sizeof(*all));

	if (!all)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		all[i] = job->access.warnings[i];
	for (size_t i = 0; i < more; i++)
		all[n + i] = job->http.warnings[i];
	ret->nwarnings = n + more;
	return copy_words(a, all, n + more, &ret->warnings);
}

static int show(struct exec_job *job, struct arena *a,
		struct awm_exec_request *ret)
{
	struct awm_exec_request r = {
		.provider = arena_strdup(a, job->access.provider),
		.model = arena_strdup(a, job->model),
		.has_estimate = job->has_estimate,
		.estimate = job->estimate,
	};
	int rc = r.provider && r.model ? show_warnings(job, a, &r) : -AWM_NOMEM;

	if (!rc && job->access.command)
		rc = show_command(job, a, &r);
	if (!rc && !job->access.command) {
		r.method = arena_strdup(a, job->http.method);
		r.url = arena_strdup(a, job->http.url);
		r.body = arena_strndup(a, job->http.body, job->http.body_len);
		rc = r.method && r.url && r.body ? show_headers(job, a, &r)
						 : -AWM_NOMEM;
	}
	if (!rc)
		*ret = r;
	return rc;
}

int awm_exec_preview(struct awm_session *s, const struct awm_exec_spec *spec,
		     const struct awm_exec_opts *opts, struct awm_pool *pool,
		     struct awm_exec_request *ret)
{
	static const struct awm_exec_hooks silent;
	struct exec x = {.session = s,
			 .opts = opts,
			 .hooks = &silent,
			 .arena = pool_arena(pool),
			 .n = 1,
			 .epoll = -1,
			 .wake = -1};
	int rc;

	process_guard(true);
	rc = prepare(&x, spec);
	if (!rc)
		rc = show(&x.jobs[0], x.arena, ret);
	release(&x);
	process_guard(false);
	return rc;
}
