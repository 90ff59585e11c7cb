// SPDX-License-Identifier: MIT
/* Intervals of Timewarrior, as `timew export` writes them, into time entries
 * of the acting user. */
#include <awm/bulk.h>
#include <string.h>

#include "base/err.h"
#include "domain/exchange/exchange.h"
#include "domain/mutate.h"

#define CATCH_ALL "Timewarrior"

struct interval {
	int64_t start, end; /* 0: still running */
	const char *text;
	int64_t task;
};

/* 0: none. */
static int lookup(struct importer *im, const char *sql, const char *text,
		  int64_t *ret)
{
	struct awm_value id = AWM_VALUE_INT(0);
	int rc = db_get(im->s->db, NULL, &id, sql, "t", text);

	*ret = id.i;
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	*ret = 0;
	return 0;
}

/* A tag may be the uuid of a task that came from Taskwarrior, or a title. */
static int task_of_tag(struct importer *im, const char *tag, int64_t *ret)
{
	struct origin o = {0};
	int rc;

	if (known_find(&im->projects, tag, ret))
		return 0;
	rc = origin_find(im->s, "taskwarrior", "task", tag, &o);
	*ret = o.row;
	if (rc == -AWM_NOT_FOUND)
		rc = lookup(im,
			    "SELECT \"id\" FROM \"tasks\" WHERE \"title\"=?1 "
			    "AND \"deletedAt\" IS NULL ORDER BY \"id\" LIMIT 1",
			    tag, ret);
	return rc ? rc : known_add(&im->projects, tag, *ret);
}

static int make_catch_all(struct importer *im, int64_t *ret)
{
	const struct awm_field *f = entity_task.fields;
	int64_t project = im->opts->project;
	struct awm_record *row;
	int rc = project ? 0 : awm_inbox(im->s, &project);
	struct awm_set sets[] = {
		{&f[TASK_projectId], AWM_VALUE_INT(project)},
		{&f[TASK_title], awm_value_text(CATCH_ALL)},
	};

	if (!rc)
		rc = mutate_add(im->s, &entity_task, sets, ARRAY_LEN(sets),
				NULL, NULL, im->scratch, &row);
	if (!rc)
		*ret = row->values[TASK_id].i;
	return rc;
}

static int catch_all(struct importer *im, int64_t *ret)
{
	struct origin o = {0};
	int rc;

	if (im->inbox) {
		*ret = im->inbox;
		return 0;
	}
	rc = origin_find(im->s, im->source, "task", CATCH_ALL, &o);
	if (rc == -AWM_NOT_FOUND) {
		rc = make_catch_all(im, &o.row);
		im->s->last_activity = 0;
		if (!rc)
			rc = origin_keep(im->s, im->source, "task", CATCH_ALL,
					 o.row);
	}
	*ret = im->inbox = o.row;
	return rc;
}

static int find_task(struct importer *im, const cJSON *tags, int64_t *ret)
{
	const cJSON *tag;

	cJSON_ArrayForEach(tag, tags)
	{
		int rc = cJSON_IsString(tag) && *tag->valuestring
				 ? task_of_tag(im, tag->valuestring, ret)
				 : 0;
		if (rc || *ret)
			return rc;
	}
	return catch_all(im, ret);
}

/* The annotation, else the tags. */
static int describe(struct importer *im, const cJSON *record, const char **ret)
{
	_cleanup_buf_ struct buf b = {0};
	const cJSON *tag;
	int rc = get_text(record, "annotation", ret);

	if (rc || *ret)
		return rc;
	cJSON_ArrayForEach(tag, json_get(record, "tags"))
	{
		if (cJSON_IsString(tag))
			buf_addf(&b, "%s%s", b.len ? ", " : "",
				 tag->valuestring);
	}
	if (buf_check(&b))
		return -AWM_NOMEM;
	*ret = b.len ? arena_strndup(im->scratch, b.s, b.len) : NULL;
	return b.len && !*ret ? -AWM_NOMEM : 0;
}

static int read_interval(struct importer *im, const cJSON *record,
			 struct interval *i)
{
	const char *start, *end;
	int rc = get_text(record, "start", &start);

	if (!rc)
		rc = get_text(record, "end", &end);
	if (!rc && !start)
		rc = err_set(AWM_USAGE, "there is no start");
	if (!rc)
		rc = time_read(start, AS_BASIC, &i->start);
	if (!rc && end)
		rc = time_read(end, AS_BASIC, &i->end);
	if (!rc)
		rc = describe(im, record, &i->text);
	return rc;
}

/* Intervals of one person do not overlap: the start tells them apart. */
static int find_entry(struct importer *im, const struct interval *i,
		      int64_t *ret_id, int64_t *ret_end)
{
	struct db_stmt *st = NULL;
	int rc = db_query(im->s->db, &st,
			  "SELECT \"id\",COALESCE(\"endTime\",0) "
			  "FROM \"time_entries\" WHERE \"userId\"=?1 AND "
			  "\"startTime\"=?2 ORDER BY \"id\" LIMIT 1",
			  "ii", im->s->actor.id, i->start);

	if (!rc)
		rc = db_step(st);
	*ret_id = rc > 0 ? db_column_int(st, 0) : 0;
	*ret_end = rc > 0 ? db_column_int(st, 1) : 0;
	if (st)
		db_reset(st);
	return rc < 0 ? rc : 0;
}

static struct awm_set set(size_t field, struct awm_value v)
{
	return (struct awm_set){&entity_time_entry.fields[field], v};
}

static int add_entry(struct importer *im, const cJSON *record,
		     struct interval *i)
{
	int rc = find_task(im, json_get(record, "tags"), &i->task);
	struct awm_set sets[] = {
		set(TIME_ENTRY_taskId, AWM_VALUE_INT(i->task)),
		set(TIME_ENTRY_userId, AWM_VALUE_INT(im->s->actor.id)),
		set(TIME_ENTRY_startTime, AWM_VALUE_INT(i->start)),
		set(TIME_ENTRY_description, awm_value_text(i->text)),
		set(TIME_ENTRY_isManual, AWM_VALUE_INT(i->end != 0)),
		set(TIME_ENTRY_endTime, AWM_VALUE_INT(i->end)),
	};

	if (!rc)
		rc = mutate_add(im->s, &entity_time_entry, sets,
				ARRAY_LEN(sets) - !i->end, import_mark, im,
				im->scratch, NULL);
	im->sum.added++;
	return rc;
}

int timewarrior_record(struct importer *im, const cJSON *record)
{
	struct interval i = {0};
	int64_t id = 0, end = 0;
	int rc = read_interval(im, record, &i);
	struct awm_set ends = set(TIME_ENTRY_endTime, AWM_VALUE_INT(i.end));

	im->uid = json_get_str(record, "start");
	if (!rc)
		rc = find_entry(im, &i, &id, &end);
	if (rc || !id)
		return rc ? rc : add_entry(im, record, &i);
	if (end || !i.end || im->opts->on_conflict == AWM_SKIP) {
		im->sum.unchanged++;
		return 0;
	}
	/* It was running when it came in. */
	im->sum.changed++;
	return mutate_edit(im->s, &entity_time_entry, id, &ends, 1, import_mark,
			   im, im->scratch, NULL);
}
