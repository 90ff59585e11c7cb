/* SPDX-License-Identifier: MIT */
#include "cmd/progress.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_MS   100
#define TOKEN_BYTES 4 /* what a token has on average */

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void progress_begin(struct progress *p, const struct run *r, size_t total)
{
	const char *term = getenv("TERM");

	*p = (struct progress){
		.on = isatty(STDERR_FILENO) && !r->globals.quiet && term &&
		      *term && strcmp(term, "dumb") != 0,
		.total = total,
		.began = clock_ms(),
	};
}

void progress_text(struct progress *p, size_t len)
{
	if (!p->on)
		return;
	p->bytes += len;
	if (!p->first)
		p->first = clock_ms();
}

void progress_count(struct progress *p, const char *counted, size_t read,
		    size_t done, size_t total)
{
	p->counted = counted;
	p->read = read;
	p->done = done;
	p->total = total;
	progress_draw(p);
}

#define BAR_WIDTH 20

/* " · 34000 commits read · [#####---------------] 120 of 400 written" */
static void write_count(const struct progress *p, struct buf *b)
{
	size_t filled = p->total ? p->done * BAR_WIDTH / p->total : 0;

	buf_addf(b, " · %zu %ss read", p->read, p->counted);
	if (!p->total)
		return;
	buf_adds(b, " · [");
	for (size_t i = 0; i < BAR_WIDTH; i++)
		buf_addc(b, i < filled ? '#' : '-');
	buf_addf(b, "] %zu of %zu written", p->done, p->total);
}

/* "12 s · ~340 tokens · 28/s" */
static void write_line(const struct progress *p, int64_t now, struct buf *b)
{
	static const char *const turns[] = {"⠋", "⠙", "⠹", "⠸", "⠼",
					    "⠴", "⠦", "⠧", "⠇", "⠏"};
	size_t tokens = p->bytes / TOKEN_BYTES;
	int64_t ms = p->first ? now - p->first : 0;

	buf_addf(b, "\r\033[K%s %.1f s", turns[p->turns % ARRAY_LEN(turns)],
		 (double)(now - p->began) / 1000);
	if (p->counted)
		write_count(p, b);
	else if (p->total > 1)
		buf_addf(b, " · %zu of %zu done, %zu running", p->done,
			 p->total, p->running);
	if (tokens)
		buf_addf(b, " · ~%zu tokens", tokens);
	if (tokens && ms >= 500)
		buf_addf(b, " · %.0f/s", (double)tokens * 1000 / (double)ms);
}

/* Whether it is time to draw again. */
static bool due(struct progress *p, int64_t *ret_now)
{
	if (!p->on)
		return false;
	*ret_now = clock_ms();
	if (*ret_now - p->last < REDRAW_MS)
		return false;
	p->last = *ret_now;
	p->drawn = true;
	return true;
}

void progress_draw(struct progress *p)
{
	_cleanup_buf_ struct buf b = {0};
	int64_t now;

	if (!due(p, &now))
		return;
	write_line(p, now, &b);
	p->turns++;
	fputs(buf_str(&b), stderr);
}

void progress_bar(struct progress *p, size_t done, size_t total, size_t count,
		  const char *what)
{
	static const char bar[] = "==============================";
	int width = (int)sizeof(bar) - 1, full;
	double part = total ? (double)done / (double)total : 1;
	int64_t now;

	if (!due(p, &now))
		return;
	full = (int)(part * width);
	fprintf(stderr, "\r\033[K[%.*s%*s] %3.0f %% · %zu %s", full, bar,
		width - full, "", part * 100, count, what);
}

void progress_clear(struct progress *p)
{
	if (!p->drawn)
		return;
	fputs("\r\033[K", stderr);
	p->drawn = false;
	p->last = 0;
}
