/* SPDX-License-Identifier: MIT */
#include "cmd/task_bulk.h"

#include <string.h>

#include "cmd/lines.h"
#include "cmd/out.h"
#include "cmd/report.h"

/* Many tasks at once: `task add --from`. */

#define BOM "\xef\xbb\xbf"

struct from {
	struct run *run;
	struct lines lines;
	struct awm_bulk_opts opts;
	struct buf ids; /* int64_t, one a task; negative: was there before */
	bool sorted;
	int64_t last;
	size_t next; /* of ids, to be reported */
};

static const int64_t *ids_of(const struct from *f, size_t *ret_n)
{
	*ret_n = f->ids.len / sizeof(int64_t);
	return (const int64_t *)(const void *)f->ids.s;
}

static int64_t plain(int64_t id)
{
	return id < 0 ? -id : id;
}

/* ---- the report ---- */

static bool as_lines(const struct run *r)
{
	return r->globals.format == FORMAT_TABLE && !r->globals.fields &&
	       !r->globals.quiet;
}

static int put(struct from *f, const struct awm_record *row, bool was_there)
{
	if (!as_lines(f->run))
		return report_row(f->run, row);
	return report_change(f->run, was_there ? "found" : "added", row);
}

/* The rows come by id, as the tasks do; some may be of other commands. */
static int put_sorted(void *ctx, const struct awm_record *row)
{
	struct from *f = ctx;
	size_t n;
	const int64_t *ids = ids_of(f, &n);

	if (f->next == n || plain(ids[f->next]) != awm_record_int(row, "id"))
		return 0;
	return put(f, row, ids[f->next++] < 0);
}

static int report_sorted(struct from *f)
{
	size_t n;
	const int64_t *ids = ids_of(f, &n);
	struct awm_value first = AWM_VALUE_INT(plain(ids[0]));
	struct awm_value last = AWM_VALUE_INT(plain(ids[n - 1]));
	struct run *r = f->run;
	struct awm_query q;
	int err = run_query(r, &q);
	struct awm_sort by_id = {awm_entity_field(r->entity, "id"), false};

	if (!err)
		err = run_cond(r, &q, "id", AWM_OP_GE, &first, 1);
	if (!err)
		err = run_cond(r, &q, "id", AWM_OP_LE, &last, 1);
	if (err)
		return err;
	q.all = true;
	q.sort = &by_id;
	q.nsort = 1;
	f->next = 0;
	return awm_list(r->session, &q, put_sorted, f);
}

/* In the order of the lines, where some tasks were there before. */
static int report_each(struct from *f)
{
	struct run *r = f->run;
	size_t n;
	const int64_t *ids = ids_of(f, &n);
	int err = 0;

	for (size_t i = 0; i < n && !err; i++) {
		struct awm_pool *pool = NULL;
		struct awm_record *row;

		err = awm_pool_new(&pool);
		if (!err)
			err = awm_get(r->session, r->entity, plain(ids[i]),
				      pool, &row);
		if (!err)
			err = put(f, row, ids[i] < 0);
		awm_pool_free(pool);
	}
	return err;
}

static int report_from(struct from *f)
{
	size_t n;
	int err = 0;

	ids_of(f, &n);
	if (!as_lines(f->run))
		err = report_begin(f->run);
	if (!err && n)
		err = f->sorted ? report_sorted(f) : report_each(f);
	return err || as_lines(f->run) ? err : report_end(f->run);
}

/* ---- the tasks ---- */

static int keep_id(struct from *f, int64_t id, bool made)
{
	int64_t kept = made ? id : -id;

	f->sorted &= id > f->last;
	f->last = id;
	buf_add(&f->ids, &kept, sizeof(kept));
	return buf_check(&f->ids);
}

static bool is_blank(const char *s, size_t len)
{
	while (len && strchr(" \t\r", s[len - 1]) && s[len - 1])
		len--;
	return !len;
}

static int add_line(struct from *f, struct awm_bulk *bulk, const char *s,
		    size_t len)
{
	int64_t id;
	bool made;
	int err;

	if (f->lines.number == 1 && len >= 3 && !memcmp(s, BOM, 3)) {
		s += 3;
		len -= 3;
	}
	if (is_blank(s, len))
		return 0;
	err = awm_bulk_add(bulk, s, len, &id, &made);
	if (err && err != -AWM_INTERRUPTED)
		return err_context("line %zu", f->lines.number);
	return err ? err : keep_id(f, id, made);
}

/* From the first line on, should it be called a second time. */
static int add_lines(struct awm_session *s, void *ctx)
{
	struct from *f = ctx;
	struct awm_bulk *bulk;
	const char *line;
	size_t len;
	int err = awm_bulk_new(s, &f->opts, &bulk);

	if (err)
		return err;
	lines_rewind(&f->lines);
	buf_truncate(&f->ids, 0);
	f->sorted = true;
	f->last = 0;
	while ((err = lines_next(&f->lines, &line, &len)) > 0) {
		err = add_line(f, bulk, line, len);
		if (err)
			break;
	}
	awm_bulk_free(bulk);
	/* A rehearsal leaves nothing to be read afterwards. */
	if (!err && f->run->globals.dry_run)
		err = report_from(f);
	return err;
}

int task_add_from(struct run *r, const char *path, int64_t project,
		  const struct set_array *sets)
{
	struct from f = {
		.run = r,
		.lines = LINES_NONE,
		.opts = {project, sets->sets, sets->count},
	};
	int err = lines_open(&f.lines, path);

	if (!err)
		err = awm_transaction(r->session, add_lines, &f);
	if (!err && !r->globals.dry_run)
		err = report_from(&f);
	lines_release(&f.lines);
	buf_release(&f.ids);
	return err;
}
