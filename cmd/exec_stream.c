/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cmd/exec_run.h"
#include "cmd/noun.h"
#include "cmd/out.h"
#include "cmd/progress.h"
#include "cmd/report.h"

/*
 * Answers as they come. Of several runs the first that has not ended is shown
 * live; what others say is kept until it is their turn, so that the order of
 * the output is that of the tasks.
 */

struct shown {
	struct buf text; /* that waits */
	int64_t task;
	bool begun, ended;
};

struct showing {
	struct run *run;
	const struct awm_exec_spec *specs;
	struct shown *runs; /* in the order in which they begin */
	size_t n, turn;
	bool as_text; /* else rows, at the end */
	bool in_line; /* the output stands inside of a line */
	char tail[4]; /* the begin of a character */
	size_t ntail;
	size_t failed, skipped;
	bool gone; /* nobody reads */
	struct progress progress;
};

/* ---- text ---- */

/* How much of the end is the begin of a character that is not whole. */
static size_t cut_short(const char *s, size_t len)
{
	size_t back = 0;
	unsigned char c;

	while (back < len && back < 3 && (s[len - 1 - back] & 0xC0) == 0x80)
		back++;
	if (back == len)
		return 0;
	c = (unsigned char)s[len - 1 - back];
	if (c < 0xC2 || c > 0xF4)
		return 0;
	return back + 1 < (c < 0xE0 ? 2u : c < 0xF0 ? 3u : 4u) ? back + 1 : 0;
}

static int put_escaped(struct showing *s, const char *text, size_t len)
{
	_cleanup_buf_ struct buf in = {0}, out = {0};
	size_t cut;

	buf_add(&in, s->tail, s->ntail);
	buf_add(&in, text, len);
	if (buf_check(&in))
		return -AWM_NOMEM;
	cut = cut_short(buf_str(&in), in.len);
	utf8_add_escaped(&out, buf_str(&in), in.len - cut, true);
	memcpy(s->tail, in.s + in.len - cut, cut);
	s->ntail = cut;
	return buf_check(&out) ? -AWM_NOMEM : out_add(buf_str(&out), out.len);
}

static int put(struct showing *s, const char *text, size_t len)
{
	if (!len)
		return 0;
	if (out_is_tty())
		progress_clear(&s->progress);
	s->in_line = text[len - 1] != '\n';
	return out_is_tty() ? put_escaped(s, text, len) : out_add(text, len);
}

static int put_live(struct showing *s, struct shown *shown, const char *text,
		    size_t len)
{
	int err = 0;

	if (!shown->begun && s->n > 1 && len) {
		progress_clear(&s->progress);
		err = out_addf("==> task %lld <==\n", (long long)shown->task);
		shown->begun = true;
	}
	return err ? err : put(s, text, len);
}

/* A program that reads one answer gets it to the byte. */
static int end_text(struct showing *s)
{
	int err = 0;

	if (s->ntail) {
		_cleanup_buf_ struct buf b = {0};

		utf8_add_escaped(&b, s->tail, s->ntail, true);
		s->ntail = 0;
		err = out_adds(buf_str(&b));
	}
	if (!err && s->in_line && (out_is_tty() || s->n > 1))
		err = out_adds("\n");
	s->in_line = false;
	return err;
}

/* The next ones: what they have said, and of those that have ended all. */
static int pass_turn(struct showing *s)
{
	int err = 0;

	while (!err && s->turn < s->n) {
		struct shown *now = &s->runs[s->turn];

		err = put_live(s, now, buf_str(&now->text), now->text.len);
		buf_release(&now->text);
		if (err || !now->ended)
			break;
		err = end_text(s);
		s->turn++;
	}
	return err;
}

/* ---- hooks ---- */

static int on_started(void *ctx, size_t run, int64_t task, int64_t execution,
		      const char *provider, const char *model)
{
	struct showing *s = ctx;

	s->runs[run].task = task;
	s->progress.running++;
	return 0;
}

static int on_text(void *ctx, size_t run, const char *bytes, size_t len)
{
	struct showing *s = ctx;
	struct shown *shown = &s->runs[run];

	progress_text(&s->progress, len);
	if (!s->as_text)
		return 0;
	if (s->turn == run)
		return put_live(s, shown, bytes, len);
	buf_add(&shown->text, bytes, len);
	return buf_check(&shown->text);
}

/* Standard error is the same terminal, mostly: a line of its own for it. */
static int make_room(struct showing *s)
{
	int err = 0;

	progress_clear(&s->progress);
	if (!out_is_tty())
		return 0;
	if (s->in_line)
		err = out_adds("\n");
	s->in_line = false;
	return err ? err : out_flush();
}

static int on_notice(void *ctx, size_t run, const char *line)
{
	struct showing *s = ctx;
	int err = make_room(s);

	if (err)
		return err;
	if (s->n > 1)
		run_say(s->run, "task %lld: %s", (long long)s->runs[run].task,
			line);
	else
		run_say(s->run, "%s", line);
	return 0;
}

static int tell_failure(struct showing *s, const struct awm_exec_result *result)
{
	long long task = s->specs[result->spec].task;
	int err = make_room(s);

	if (err)
		return err;
	run_say(s->run, "task %lld: %s", task, result->message);
	if (*result->hint && !result->skipped)
		run_say(s->run, "task %lld: hint: %s", task, result->hint);
	return 0;
}

static int on_ended(void *ctx, size_t run, const struct awm_exec_result *result)
{
	struct showing *s = ctx;
	int err = 0;

	s->runs[run].ended = true;
	s->progress.done++;
	if (result->execution && s->progress.running)
		s->progress.running--;
	s->failed += result->err && !result->skipped;
	s->skipped += result->skipped;
	if (result->err && s->n > 1)
		err = tell_failure(s, result);
	if (!err && s->as_text && run == s->turn)
		err = pass_turn(s);
	return err;
}

static int show_text(struct showing *s)
{
	struct pollfd fd = {.fd = STDOUT_FILENO};
	int err = out_flush();

	if (err || out_is_tty())
		return err;
	s->gone = poll(&fd, 1, 0) > 0 && fd.revents & POLLERR;
	return s->gone ? err_set(AWM_INTERRUPTED,
				 "nobody reads the output any more")
		       : 0;
}

static int on_turn(void *ctx)
{
	struct showing *s = ctx;
	int err = s->as_text ? show_text(s) : 0;

	if (!(out_is_tty() && s->in_line))
		progress_draw(&s->progress);
	return err;
}

/* ---- rows ---- */

static int report_results(struct run *r, const struct awm_exec_result *results,
			  size_t n)
{
	int err;

	if (n == 1)
		return results[0].row ? report_one(r, results[0].row) : 0;
	err = report_begin(r);
	for (size_t i = 0; i < n && !err; i++)
		if (results[i].row)
			err = report_row(r, results[i].row);
	return err ? err : report_end(r);
}

/* Rows are shown whatever came of them; the error is told all the same. */
static int report_all(struct showing *s, const struct awm_exec_result *results,
		      int err)
{
	struct awm_error e = *awm_error_last();
	bool any = false;
	int failed;

	for (size_t i = 0; i < s->n; i++)
		any |= results[i].row != NULL;
	if (!any && err)
		return err;
	failed = report_results(s->run, results, s->n);
	if (failed || !err)
		return failed;
	err_set(e.code, "%s", e.message);
	return *e.hint ? err_hint("%s", e.hint) : err;
}

static int64_t whole(const struct awm_record *row, const char *field)
{
	const struct awm_value *v = awm_record_get(row, field);

	return v && v->kind == AWM_INT ? v->i : 0;
}

static void sum_up(struct showing *s, const struct awm_exec_result *result)
{
	const struct awm_value *cost;

	if (!s->progress.on || s->n > 1 || !result->row || out_flush())
		return;
	cost = awm_record_get(result->row, "cost");
	if (cost && cost->kind == AWM_REAL && cost->r > 0)
		run_say(s->run, "execution %lld: %.1f s, $%.6f",
			(long long)result->execution,
			(double)whole(result->row, "duration") / 1000, cost->r);
	else
		run_say(s->run, "execution %lld: %.1f s",
			(long long)result->execution,
			(double)whole(result->row, "duration") / 1000);
}

/* Each failure was told when it happened. */
static int fail_together(const struct showing *s, int err)
{
	if (!err || s->n == 1 || !s->failed || err == -AWM_INTERRUPTED)
		return err;
	if (s->skipped)
		return err_set((enum awm_err) - err,
			       "%zu of %zu runs failed, and %zu did not begin",
			       s->failed, s->n, s->skipped);
	return err_set((enum awm_err) - err, "%zu of %zu runs failed",
		       s->failed, s->n);
}

/* ---- all of it ---- */

static void release(struct showing *s)
{
	for (size_t i = 0; i < s->n; i++)
		buf_release(&s->runs[i].text);
	progress_clear(&s->progress);
}

static int show(struct showing *s, const struct awm_exec_opts *opts,
		struct awm_exec_result *results)
{
	const struct awm_exec_hooks hooks = {
		.ctx = s,
		.started = on_started,
		.text = on_text,
		.notice = on_notice,
		.ended = on_ended,
		.turn = on_turn,
	};
	struct run *r = s->run;
	int err;

	s->runs = arena_array(&r->arena, s->n + 1, sizeof(*s->runs));
	if (!s->runs)
		return -AWM_NOMEM;
	progress_begin(&s->progress, r, s->n);
	out_outlive(true);
	err = awm_exec_run(r->session, s->specs, s->n, opts, &hooks, r->pool,
			   results);
	release(s);
	out_outlive(false);
	if (s->gone || out_lost())
		out_gone();
	return err;
}

int exec_show_runs(struct run *r, const struct awm_exec_spec *specs, size_t n,
		   const struct awm_exec_opts *opts)
{
	struct showing s = {
		.run = r,
		.specs = specs,
		.n = n,
		.as_text = r->globals.format == FORMAT_TABLE &&
			   !r->globals.quiet && !r->globals.fields,
	};
	struct awm_exec_result *results =
		arena_array(&r->arena, n + 1, sizeof(*results));
	int err;

	if (!results)
		return -AWM_NOMEM;
	if (r->globals.dry_run)
		return exec_show_requests(r, specs, n, opts);
	err = fail_together(&s, show(&s, opts, results));
	if (!s.as_text)
		return report_all(&s, results, err);
	if (!err)
		sum_up(&s, results);
	return err;
}

int exec_ask(struct run *r, const struct awm_exec_spec *spec,
	     const struct awm_exec_opts *opts, struct awm_exec_result *ret)
{
	struct showing s = {.run = r, .specs = spec, .n = 1};

	return show(&s, opts, ret);
}
