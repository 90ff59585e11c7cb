// SPDX-License-Identifier: MIT
/* Tasks into records. */
#include "domain/exchange/export.h"

#include <string.h>

#include "base/err.h"
#include "entity/store.h"
#include "queries.h"

/* ---- streams ---- */

int stream_next(struct stream *st)
{
	int rc = db_step(st->st);

	st->ended = rc <= 0;
	if (rc > 0)
		st->task = db_column_int(st->st, 0);
	return rc < 0 ? rc : 0;
}

int stream_at(struct stream *st, int64_t task)
{
	while (!st->ended && st->task < task) {
		int rc = stream_next(st);
		if (rc)
			return rc;
	}
	return !st->ended && st->task == task;
}

static int open_streams(struct exporter *x)
{
	struct db *db = x->s->db;
	int rc = db_query(db, &x->around.st, query_export_around, "ti",
			  x->source, x->opts->project);

	if (!rc)
		rc = db_query(db, &x->blockers.st, query_export_blockers, "t",
			      x->source);
	if (!rc)
		rc = db_query(db, &x->comments.st, query_export_comments, NULL);
	if (!rc)
		rc = db_query(db, &x->origins.st, query_export_origins, "tt",
			      x->source, "task");
	return rc;
}

static void close_streams(struct exporter *x)
{
	struct stream *all[] = {&x->around, &x->blockers, &x->comments,
				&x->origins};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i]->st)
			db_reset(all[i]->st);
}

/* ---- the file ---- */

int export_flush(struct exporter *x)
{
	int rc = buf_check(&x->out);

	if (!rc && x->out.len)
		rc = x->opts->write(x->opts->ctx, x->out.s, x->out.len);
	buf_truncate(&x->out, 0);
	return rc;
}

static int put_record(struct exporter *x, const cJSON *record)
{
	bool array = x->format->framing == FRAME_ARRAY;

	if (x->format->framing == FRAME_CSV)
		return csv_write(x, record);
	if (array)
		buf_adds(&x->out, x->n ? ",\n" : "[\n");
	json_print(&x->out, record);
	if (!array)
		buf_addc(&x->out, '\n');
	x->n++;
	return export_flush(x);
}

static int begin(struct exporter *x)
{
	if (x->opts->format == AWM_ICAL)
		return ical_begin(x);
	return x->format->framing == FRAME_CSV ? csv_begin(x) : 0;
}

static int end(struct exporter *x)
{
	if (x->opts->format == AWM_ICAL)
		return ical_end(x);
	if (x->format->framing == FRAME_ARRAY)
		buf_adds(&x->out, x->n ? "\n]\n" : "[]\n");
	return export_flush(x);
}

static int render(const struct exporter *x, const struct item *it, cJSON **ret)
{
	int rc;

	*ret = cJSON_CreateObject();
	if (!*ret)
		return err_nomem();
	rc = x->format->write(it, *ret);
	return rc;
}

static int write_task(struct exporter *x, const struct awm_record *row)
{
	_cleanup_json_ cJSON *original = NULL, *then = NULL, *now = NULL;
	struct item it = {.arena = x->scratch}, was = {.arena = x->scratch};
	int rc;

	if (row->values[TASK_deletedAt].kind != AWM_NULL &&
	    (!x->format->deleted || x->opts->format == AWM_ICAL))
		return 0;
	rc = export_item(x, row, &it, &was, &original);
	if (!rc && x->opts->format == AWM_ICAL)
		return ical_write(x, &it);
	if (!rc)
		rc = render(x, &it, &now);
	if (!rc && original)
		rc = render(x, &was, &then);
	if (!rc && original)
		rc = record_merge(original, then, now);
	return rc ? rc : put_record(x, original ? original : now);
}

static int export_task(void *ctx, const struct awm_record *row)
{
	struct exporter *x = ctx;
	struct arena scratch = {0};
	int rc;

	x->scratch = &scratch;
	rc = write_task(x, row);
	arena_release(&scratch);
	if (!rc && x->s->stop)
		rc = err_set(AWM_INTERRUPTED, "interrupted");
	return rc;
}

/* What makes tasks again and again is no task, but a record of its own. */
static int export_repeats(struct exporter *x)
{
	struct stream st = {0};
	int rc = db_query(x->s->db, &st.st, query_export_origins, "tt",
			  x->source, "automation");

	while (!rc && !(rc = stream_next(&st)) && !st.ended) {
		_cleanup_json_ cJSON *metadata = NULL;
		const char *text = db_column_text(st.st, 2);
		const cJSON *record;

		if (!text)
			continue;
		rc = json_parse(text, strlen(text), &metadata);
		record = origin_record(metadata);
		if (!rc && record)
			rc = put_record(x, record);
	}
	if (st.st)
		db_reset(st.st);
	return rc;
}

static int export_tasks(struct exporter *x)
{
	const struct awm_field *f = entity_task.fields;
	struct awm_value project = AWM_VALUE_INT(x->opts->project);
	struct awm_cond cond = {&f[TASK_projectId], AWM_OP_EQ, &project, 1};
	struct awm_sort by_id = {&f[TASK_id], false};
	struct awm_query q = {.entity = &entity_task,
			      .conds = &cond,
			      .nconds = x->opts->project ? 1 : 0,
			      .sort = &by_id,
			      .nsort = 1,
			      .all = true};
	int rc = begin(x);

	if (!rc)
		rc = open_streams(x);
	if (!rc)
		rc = store_list(x->s->db, &q, export_task, x);
	close_streams(x);
	if (!rc && !x->opts->project && x->format == &format_taskwarrior)
		rc = export_repeats(x);
	return rc ? rc : end(x);
}

static int export_run(struct db *db, void *ctx)
{
	struct exporter *x = ctx;
	int rc = origin_database(x->s, &x->arena, &x->database);

	(void)db;
	return rc ? rc : export_tasks(x);
}

struct native {
	struct awm_session *s;
	const struct awm_export_opts *opts;
	int64_t n;
};

static int native_run(struct db *db, void *ctx)
{
	struct native *n = ctx;

	(void)db;
	return export_native(n->s, n->opts, &n->n);
}

int awm_export(struct awm_session *s, const struct awm_export_opts *opts,
	       int64_t *ret_n)
{
	const struct format *format = format_find(opts->format);
	struct native native = {s, opts, 0};
	struct exporter x = {.s = s, .opts = opts};
	int rc;

	if (opts->format == AWM_JSONL) {
		rc = db_read(s->db, native_run, &native);
		*ret_n = native.n;
		return rc;
	}
	if (opts->format == AWM_ICAL)
		format = &format_beads;
	if (!format)
		return err_set(AWM_USAGE, "this format can only be imported");
	x.format = format;
	x.source = opts->format == AWM_ICAL ? "" : format->name;
	x.domain = format->domain;
	rc = db_read(s->db, export_run, &x);
	buf_release(&x.out);
	arena_release(&x.arena);
	*ret_n = x.n;
	return rc;
}
