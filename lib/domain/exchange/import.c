// SPDX-License-Identifier: MIT
/* Records into tasks. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/exchange/exchange.h"
#include "domain/mutate.h"
#include "domain/work.h"
#include "entity/store.h"

#define BREATH 256 /* records between two looks at the progress */

const struct format *format_find(enum awm_format format)
{
	static const struct format *const all[] = {
		[AWM_TASKWARRIOR] = &format_taskwarrior,
		[AWM_BEADS] = &format_beads,
		[AWM_GITHUB] = &format_github,
		[AWM_CSV] = &format_csv,
		[AWM_ICAL] = NULL,
	};

	return format < ARRAY_LEN(all) ? all[format] : NULL;
}

const char *uid_plain(struct arena *a, const char *database, int64_t id)
{
	return arena_printf(a, "awm-%.8s-%lld", database, (long long)id);
}

int64_t uid_plain_own(const char *uid)
{
	const char *dash = strrchr(uid, '-');

	return dash ? strtoll(dash + 1, NULL, 10) : 0;
}

int import_breathe(struct importer *im)
{
	if (im->opts->progress && im->sum.records % BREATH == 0)
		im->opts->progress(im->opts->ctx, im->records.bytes,
				   im->sum.records);
	return im->s->stop ? err_set(AWM_INTERRUPTED, "interrupted") : 0;
}

/* ---- who a record is ---- */

/* Of one without a name of its own: what it says. */
static int uid_of_content(struct importer *im, struct item *it)
{
	_cleanup_buf_ struct buf text = {0};
	uint64_t a = 0xcbf29ce484222325u, b = 0x84222325cbf29ce4u;
	const char *name;
	int64_t times = 0;
	int rc;

	json_print(&text, im->record);
	rc = buf_check(&text);
	if (rc)
		return rc;
	for (size_t i = 0; i < text.len; i++) {
		a = (a ^ (unsigned char)text.s[i]) * 0x100000001b3u;
		b = (b ^ (unsigned char)text.s[i]) * 0x100000001b3u;
		b ^= b >> 29;
	}
	name = arena_printf(it->arena, "%016llx%016llx", (unsigned long long)a,
			    (unsigned long long)b);
	for (it->uid = name; it->uid && known_find(&im->seen, it->uid, &times);)
		it->uid = arena_printf(it->arena, "%s-%lld", name,
				       (long long)times + 1);
	if (!it->uid)
		return -AWM_NOMEM;
	if (it->uid == name)
		times = 0;
	return known_add(&im->seen, it->uid, times + 1);
}

static int identify(struct importer *im, struct item *it)
{
	int64_t line;

	if (!it->uid || !*it->uid)
		return uid_of_content(im, it);
	if (strlen(it->uid) > 1000)
		return err_set(AWM_USAGE, "an id of more than 1,000 bytes");
	if (known_find(&im->seen, it->uid, &line))
		return err_set(AWM_CONFLICT,
			       "'%s' is there twice, first on line %lld",
			       it->uid, (long long)line);
	return known_add(&im->seen, it->uid, (int64_t)im->records.line);
}

/* What was exported from this database and never imported. */
static int find_own(struct importer *im, const char *uid, struct origin *ret)
{
	int64_t id = im->format && im->format->own ? im->format->own(uid) : 0;
	const char *own;
	int rc;

	if (id < 1)
		return -AWM_NOT_FOUND;
	own = im->format->uid(im->scratch, im->database, id);
	if (!own)
		return -AWM_NOMEM;
	if (strcmp(own, uid) != 0)
		return -AWM_NOT_FOUND;
	rc = store_exists(im->s->db, &entity_task, id);
	if (rc == -AWM_NOT_FOUND)
		err_clear();
	*ret = (struct origin){.row = id};
	return rc;
}

/* Under which name the row is remembered; NULL without memory. */
static const char *scoped(struct importer *im, const char *uid)
{
	if (!im->format || !im->format->scoped || !im->opts->scope)
		return uid;
	return arena_printf(im->scratch, "%s/%s", im->opts->scope, uid);
}

int import_find(struct importer *im, const char *uid, struct origin *ret)
{
	const char *name = scoped(im, uid);
	int rc = name ? origin_find(im->s, im->source, "task", name, ret)
		      : -AWM_NOMEM;

	return rc == -AWM_NOT_FOUND ? find_own(im, uid, ret) : rc;
}

int import_mark(struct awm_session *s, struct change *c, void *importer)
{
	const struct importer *im = importer;
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};

	(void)s;
	jsonw_object(&w);
	jsonw_key(&w, "source");
	jsonw_str(&w, im->source);
	jsonw_key(&w, "id");
	jsonw_str(&w, im->uid);
	jsonw_key(&w, "record");
	json_print(&out, im->record);
	w.comma = true;
	w.after_key = false;
	jsonw_end_object(&w);
	if (buf_check(&out))
		return -AWM_NOMEM;
	c->import = arena_strndup(c->arena, out.s, out.len);
	return c->import ? 0 : -AWM_NOMEM;
}

int import_before(struct importer *im, const struct origin *o, cJSON **ret)
{
	struct awm_value v;
	cJSON *metadata = NULL, *import;
	int rc = 0;

	*ret = NULL;
	if (!o->activity)
		return 0;
	rc = db_get(im->s->db, im->scratch, &v,
		    "SELECT \"metadata\" FROM \"activities\" WHERE \"id\"=?1",
		    "i", o->activity);
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		return 0;
	}
	if (!rc && v.kind == AWM_TEXT)
		rc = json_parse(v.s, v.len, &metadata);
	if (rc || !origin_record(metadata)) {
		cJSON_Delete(metadata);
		return rc;
	}
	import = cJSON_DetachItemFromObjectCaseSensitive(metadata, "import");
	*ret = cJSON_DetachItemFromObjectCaseSensitive(import, "record");
	cJSON_Delete(import);
	cJSON_Delete(metadata);
	return 0;
}

/* ---- the columns ---- */

struct sets {
	struct awm_set sets[TASK_NFIELDS];
	size_t n;
};

static void add_set(struct sets *sets, size_t field, struct awm_value v)
{
	sets->sets[sets->n++] = (struct awm_set){&entity_task.fields[field], v};
}

static bool same_value(const struct item *it, const struct item *was, size_t i)
{
	return was && was->has[i] && value_equal(&it->v[i], &was->v[i]);
}

/* Of a task that is there, what the record says differently than before. */
static int columns(struct importer *im, const struct item *it,
		   const struct item *was, bool add, struct sets *sets)
{
	for (size_t i = 0; i < TASK_NFIELDS; i++) {
		const struct awm_field *f = &entity_task.fields[i];
		struct awm_value v = it->v[i];
		int rc = 0;

		if (!it->has[i] ||
		    (i != TASK_updatedAt && same_value(it, was, i)))
			continue;
		if (v.kind == AWM_NULL && add)
			continue;
		if (v.kind == AWM_NULL && f->flags & AWM_REQUIRED) {
			if (!f->dflt)
				continue;
			rc = store_default(f, im->scratch, &v);
		}
		if (rc)
			return rc;
		add_set(sets, i, v);
	}
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static int set_project(struct importer *im, const struct item *it,
		       const struct item *was, struct sets *sets)
{
	int64_t id = im->opts->project;
	int rc = 0;

	if (was && same_text(it->project, was->project))
		return 0;
	if (!id)
		rc = import_project(im, it->project, it->repository, &id);
	if (!rc)
		add_set(sets, TASK_projectId, AWM_VALUE_INT(id));
	return rc;
}

static int set_assignee(struct importer *im, const struct item *it,
			const struct item *was, struct sets *sets)
{
	int64_t id;
	int rc;

	if (same_text(it->assignee, was ? was->assignee : NULL))
		return 0;
	if (!it->assignee) {
		add_set(sets, TASK_assigneeId, AWM_VALUE_NULL);
		return 0;
	}
	rc = import_person(im, it->assignee, &id);
	if (!rc)
		add_set(sets, TASK_assigneeId, AWM_VALUE_INT(id));
	return rc;
}

static int set_watchers(struct importer *im, const struct item *it,
			struct sets *sets)
{
	_cleanup_buf_ struct buf out = {0};
	const char *text;

	if (!it->watchers.n)
		return 0;
	for (size_t i = 0; i < it->watchers.n; i++) {
		int64_t id = 0;
		int rc = import_person(im, it->watchers.items[i], &id);
		if (rc)
			return rc;
		buf_addf(&out, "%c%lld", i ? ',' : '[', (long long)id);
	}
	buf_addc(&out, ']');
	text = buf_check(&out) ? NULL
			       : arena_strndup(im->scratch, out.s, out.len);
	add_set(sets, TASK_watcherIds, awm_value_text(text));
	return text ? 0 : -AWM_NOMEM;
}

static int all_sets(struct importer *im, const struct item *it,
		    const struct item *was, bool add, struct sets *sets)
{
	int rc = columns(im, it, was, add, sets);

	if (!rc)
		rc = set_project(im, it, was, sets);
	if (!rc)
		rc = set_assignee(im, it, was, sets);
	if (!rc && add)
		rc = set_watchers(im, it, sets);
	return rc;
}

/* ---- the task ---- */

struct amend {
	struct importer *im;
	const struct item *it, *was;
};

static int amend_add(struct awm_session *s, struct change *c, void *ctx)
{
	const struct amend *a = ctx;
	int rc = import_mark(s, c, a->im);

	return rc || !a->it->defer_until ? rc
					 : defer_tell(c, 0, a->it->defer_until);
}

static int amend_edit(struct awm_session *s, struct change *c, void *ctx)
{
	const struct amend *a = ctx;
	int rc = import_mark(s, c, a->im);

	if (rc || (a->was && a->was->defer_until == a->it->defer_until))
		return rc;
	return defer_put(s, c, a->it->defer_until);
}

static int add_task(struct importer *im, const struct item *it)
{
	struct amend a = {im, it, NULL};
	struct sets sets = {.n = 0};
	struct awm_record *row;
	int64_t id;
	int rc = all_sets(im, it, NULL, true, &sets);

	if (!rc)
		rc = mutate_add(im->s, &entity_task, sets.sets, sets.n,
				amend_add, &a, im->scratch, &row);
	if (rc)
		return rc;
	id = row->values[TASK_id].i;
	rc = origin_keep(im->s, im->source, "task", im->uid, id);
	if (!rc && it->defer_until)
		rc = defer_write(im->s, id, it->defer_until);
	if (!rc)
		rc = import_notes(im, id, it, NULL);
	im->sum.added++;
	return rc ? rc : link_keep(im, id, it, NULL);
}

static int edit_task(struct importer *im, int64_t id, const struct item *it,
		     const struct item *was)
{
	struct amend a = {im, it, was};
	struct sets sets = {.n = 0};
	int rc = all_sets(im, it, was, false, &sets);

	if (!rc)
		rc = mutate_edit(im->s, &entity_task, id, sets.sets, sets.n,
				 amend_edit, &a, im->scratch, NULL);
	if (!rc)
		rc = origin_keep(im->s, im->source, "task", im->uid, id);
	if (!rc)
		rc = import_notes(im, id, it, was);
	im->sum.changed++;
	return rc ? rc : link_keep(im, id, it, was);
}

/* Whether the record is to be written over what is there. */
static int decide(struct importer *im, int64_t id, const struct item *it,
		  bool *ret)
{
	const struct awm_value *theirs = &it->v[TASK_updatedAt];
	struct awm_value ours;
	int rc;

	*ret = false;
	if (im->opts->on_conflict == AWM_SKIP)
		return 0;
	rc = db_get(im->s->db, NULL, &ours,
		    "SELECT \"updatedAt\" FROM \"tasks\" WHERE \"id\"=?1", "i",
		    id);
	if (rc)
		return rc;
	if (im->opts->on_conflict == AWM_FAIL && theirs->kind == AWM_INT &&
	    theirs->i == ours.i)
		return 0;
	if (im->opts->on_conflict == AWM_FAIL) {
		err_set(AWM_CONFLICT,
			"'%s' is task %lld already, and differs from it",
			im->uid, (long long)id);
		return err_hint("--on-conflict newer or skip");
	}
	*ret = theirs->kind != AWM_INT || theirs->i > ours.i;
	return 0;
}

static int know_task(struct importer *im, const struct origin *o,
		     const struct item *it)
{
	_cleanup_json_ cJSON *before = NULL;
	struct item was = {.arena = im->scratch};
	bool wins;
	int rc = import_before(im, o, &before);

	if (rc)
		return rc;
	if (before && cJSON_Compare(before, im->record, true)) {
		im->sum.unchanged++;
		return 0;
	}
	rc = decide(im, o->row, it, &wins);
	if (rc || !wins) {
		im->sum.unchanged += !rc;
		return rc;
	}
	/* What was read once is read again. */
	if (before)
		rc = im->format->read(&im->dialect, before, &was);
	return rc ? rc : edit_task(im, o->row, it, before ? &was : NULL);
}

static int import_task(struct importer *im, struct item *it)
{
	struct origin o = {0};
	int rc = identify(im, it);

	if (rc)
		return rc;
	im->uid = scoped(im, it->uid);
	if (!im->uid)
		return -AWM_NOMEM;
	if (it->repeat)
		return import_repeat(im, it);
	rc = import_find(im, it->uid, &o);
	if (rc == -AWM_NOT_FOUND)
		return add_task(im, it);
	return rc ? rc : know_task(im, &o, it);
}

/* ---- the file ---- */

static int import_record(struct importer *im, cJSON *record)
{
	struct item it = {.arena = im->scratch};
	int rc;

	if (im->opts->format == AWM_TIMEWARRIOR)
		return timewarrior_record(im, record);
	rc = im->format->prepare ? im->format->prepare(&im->dialect, record)
				 : 0;
	if (!rc)
		rc = im->format->read(&im->dialect, record, &it);
	if (rc)
		return rc;
	if (it.skip) {
		im->sum.skipped++;
		return 0;
	}
	return import_task(im, &it);
}

static int next_record(struct importer *im)
{
	struct arena scratch = {0};
	cJSON *record = NULL;
	int rc = records_next(&im->records, &record);

	if (rc <= 0)
		return rc;
	im->scratch = &scratch;
	im->record = record;
	rc = import_record(im, record);
	if (rc && rc != -AWM_INTERRUPTED)
		err_context("line %zu", im->records.line);
	im->sum.records++;
	cJSON_Delete(record);
	arena_release(&scratch);
	if (!rc)
		rc = import_breathe(im);
	return rc ? rc : 1;
}

static int import_file(struct importer *im)
{
	int rc = origin_database(im->s, &im->arena, &im->database);

	if (rc)
		return rc;
	if (im->opts->format == AWM_JSONL)
		return import_native(im);
	while ((rc = next_record(im)) > 0)
		;
	return rc ? rc : links_write(im);
}

static int import_run(struct awm_session *s, void *ctx)
{
	struct importer *im = ctx;
	bool quiet = s->quiet;
	int rc = role_require(s, ROLE_MEMBER, "import");

	if (rc)
		return rc;
	s->quiet = s->importing = true;
	s->no_events = im->opts->no_events;
	rc = import_file(im);
	s->quiet = quiet;
	s->importing = s->no_events = false;
	return rc;
}

int awm_import(struct awm_session *s, const struct awm_import_opts *opts,
	       struct awm_import_summary *ret)
{
	const struct format *format = format_find(opts->format);
	bool timed = opts->format == AWM_TIMEWARRIOR;
	struct importer im = {
		.s = s,
		.opts = opts,
		.format = format,
		.source = format ? format->name : "timewarrior",
		.domain = format ? format->domain : "timewarrior.invalid",
		.dialect = {opts->priorities, opts->npriorities, opts->map,
			    opts->nmap, s->acting ? s->actor.timezone : NULL},
		.records = {.framing = format ? format->framing : FRAME_ARRAY,
			    .read = opts->read,
			    .ctx = opts->ctx},
	};
	int rc;

	if (!format && !timed && opts->format != AWM_JSONL)
		return err_set(AWM_USAGE, "this format can only be exported");
	db_bulk(s->db, true);
	rc = awm_transaction(s, import_run, &im);
	db_bulk(s->db, false);
	if (!rc)
		*ret = im.sum;
	records_release(&im.records);
	known_release(&im.people);
	known_release(&im.projects);
	known_release(&im.seen);
	known_release(&im.waiting);
	arena_release(&im.arena);
	return rc;
}
