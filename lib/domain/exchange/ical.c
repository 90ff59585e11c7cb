// SPDX-License-Identifier: MIT
/* iCalendar: each task a VTODO, after RFC 5545. */
#include <string.h>

#include "base/err.h"
#include "domain/exchange/export.h"

#define LINE_MAX_BYTES ((size_t)75)

/* Lines of at most 75 bytes; what is longer goes on behind a blank, never in
 * the middle of a character. */
static void add_line(struct buf *out, const char *name, const char *value)
{
	size_t column = strlen(name) + 1;

	buf_addf(out, "%s:", name);
	for (const char *p = value; *p;) {
		size_t n = 1;
		while (((unsigned char)p[n] & 0xc0) == 0x80)
			n++;
		if (column + n > LINE_MAX_BYTES) {
			buf_adds(out, "\r\n ");
			column = 1;
		}
		buf_add(out, p, n);
		column += n;
		p += n;
	}
	buf_adds(out, "\r\n");
}

static void add_escaped(struct buf *b, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\;,", *text))
			buf_addc(b, '\\');
		if (*text == '\n')
			buf_adds(b, "\\n");
		else if ((unsigned char)*text >= ' ' && *text != 0x7f)
			buf_addc(b, *text);
		else if (*text == '\t')
			buf_addc(b, *text);
	}
}

static void add_text(struct buf *out, const char *name, const char *text)
{
	_cleanup_buf_ struct buf b = {0};

	if (!text || !*text)
		return;
	add_escaped(&b, text);
	add_line(out, name, buf_str(&b));
	out->failed |= b.failed;
}

static void add_time(struct buf *out, struct arena *a, const char *name,
		     const struct awm_value *v)
{
	const char *text;

	if (v->kind != AWM_INT || !v->i)
		return;
	text = time_write(a, AS_BASIC, v->i);
	if (text)
		add_line(out, name, text);
	else
		out->failed = true;
}

static int add_categories(struct buf *out, const struct item *it)
{
	_cleanup_buf_ struct buf b = {0};
	struct names tags = {0};
	int rc = item_tags(it, &tags);

	for (size_t i = 0; i < tags.n; i++) {
		if (i)
			buf_addc(&b, ',');
		add_escaped(&b, tags.items[i]);
	}
	if (b.len)
		add_line(out, "CATEGORIES", b.s);
	out->failed |= b.failed;
	return rc;
}

/* 1 is the highest, 9 the lowest. */
static const struct word priorities[] = {
	{"5", "medium"}, {"1", "urgent"}, {"3", "high"}, {"9", "low"}, {0}};

static const char *priority_of(const struct item *it)
{
	for (const struct word *w = priorities; w->theirs; w++)
		if (item_is(it, TASK_priority, w->ours))
			return w->theirs;
	return "0";
}

static const char *status_of(const struct item *it)
{
	if (item_is(it, TASK_status, "done"))
		return "COMPLETED";
	return item_is(it, TASK_status, "in_progress") ||
			       item_is(it, TASK_status, "in_review")
		       ? "IN-PROCESS"
		       : "NEEDS-ACTION";
}

int ical_begin(struct exporter *x)
{
	buf_adds(&x->out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
			  "PRODID:-//awm//awm " AWM_VERSION "//EN\r\n");
	return export_flush(x);
}

int ical_write(struct exporter *x, const struct item *it)
{
	struct awm_value now = AWM_VALUE_INT(x->s->now);
	struct awm_value from = AWM_VALUE_INT(it->defer_until);
	struct buf *out = &x->out;
	int rc;

	buf_adds(out, "BEGIN:VTODO\r\n");
	add_text(out, "UID", it->uid);
	add_time(out, it->arena, "DTSTAMP", &now);
	add_time(out, it->arena, "CREATED", &it->v[TASK_createdAt]);
	add_time(out, it->arena, "LAST-MODIFIED", &it->v[TASK_updatedAt]);
	add_text(out, "SUMMARY", item_get(it, TASK_title));
	add_text(out, "DESCRIPTION", item_get(it, TASK_description));
	/* What is due has to begin before that. */
	if (item_null(it, TASK_dueDate) ||
	    it->defer_until < it->v[TASK_dueDate].i)
		add_time(out, it->arena, "DTSTART", &from);
	add_time(out, it->arena, "DUE", &it->v[TASK_dueDate]);
	add_line(out, "PRIORITY", priority_of(it));
	add_line(out, "STATUS", status_of(it));
	add_time(out, it->arena, "COMPLETED", &it->v[TASK_completedAt]);
	rc = add_categories(out, it);
	add_text(out, "RELATED-TO", it->parent);
	buf_adds(out, "END:VTODO\r\n");
	x->n++;
	return rc ? rc : export_flush(x);
}

int ical_end(struct exporter *x)
{
	buf_adds(&x->out, "END:VCALENDAR\r\n");
	return export_flush(x);
}
