/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "db/ops.h"

static struct db_ops traced;
static const struct db_ops *inner;

static void line_write(const char *sql)
{
	_cleanup_buf_ struct buf b = {0};
	bool space = false;
	ssize_t n;

	buf_adds(&b, "sql: ");
	for (; *sql; sql++) {
		if (isspace((unsigned char)*sql)) {
			space = true;
			continue;
		}
		if (space && b.len > strlen("sql: "))
			buf_addc(&b, ' ');
		space = false;
		buf_addc(&b, *sql);
	}
	buf_addc(&b, '\n');
	if (buf_check(&b) < 0)
		return;
	n = write(STDERR_FILENO, b.s, b.len);
	(void)n;
}

static int trace_step(void *c, void *st)
{
	if (!inner->running(c, st))
		line_write(inner->sql(c, st));
	return inner->step(c, st);
}

static int trace_script(void *c, const char *sql)
{
	line_write(sql);
	return inner->script(c, sql);
}

static int trace_begin(void *c, bool write)
{
	line_write(write ? "BEGIN IMMEDIATE" : "BEGIN");
	return inner->begin(c, write);
}

static int trace_commit(void *c)
{
	line_write("COMMIT");
	return inner->commit(c);
}

static void trace_rollback(void *c)
{
	line_write("ROLLBACK");
	inner->rollback(c);
}

const struct db_ops *trace_wrap(const struct db_ops *ops)
{
	if (ops == &traced)
		return ops;
	inner = ops;
	traced = *ops;
	traced.step = trace_step;
	traced.script = trace_script;
	traced.begin = trace_begin;
	traced.commit = trace_commit;
	traced.rollback = trace_rollback;
	return &traced;
}
