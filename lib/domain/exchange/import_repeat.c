// SPDX-License-Identifier: MIT
/* A task that comes again and again is an automation that makes tasks. It is
 * not enabled: the tool that it comes from may go on making them. */
#include <string.h>

#include "base/civil.h"
#include "base/err.h"
#include "domain/exchange/exchange.h"
#include "domain/mutate.h"

/* How often, as a cron line at the hour and the day of the first one; what
 * cron cannot say is left to be run by hand. */
static const char *cron_of(struct arena *a, const char *repeat, int64_t due)
{
	static const struct {
		const char *words, *rest;
	} rules[] = {
		{"daily day 1d p1d 1day", "* * *"},
		{"weekdays", "* * 1-5"},
		{"weekly week 1w p1w p7d 7d 7days", "* * W"},
		{"monthly month 1mo p1m 1month", "D * *"},
		{"quarterly 3mo p3m", "D M/3 *"},
		{"semiannual 6mo p6m", "D M/6 *"},
		{"annual yearly year 1y p1y", "D M *"},
	};
	int64_t day = floor_div(due, DAY_MS);
	struct civil c = civil_from_day(day);
	int minute = (int)((due - day * DAY_MS) / MINUTE_MS);
	const char *rest = NULL;

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (list_holds(rules[i].words, repeat))
			rest = rules[i].rest;
	if (!rest)
		return NULL;
	if (strchr(rest, '/')) {
		int step = rest[4] - '0', first = (c.month - 1) % step + 1;
		return arena_printf(a, "%d %d %d %d-12/%d *", minute % 60,
				    minute / 60, c.day, first, step);
	}
	if (!strcmp(rest, "* * W"))
		return arena_printf(a, "%d %d * * %d", minute % 60, minute / 60,
				    civil_weekday(day));
	if (!strcmp(rest, "D * *"))
		return arena_printf(a, "%d %d %d * *", minute % 60, minute / 60,
				    c.day);
	if (!strcmp(rest, "D M *"))
		return arena_printf(a, "%d %d %d %d *", minute % 60,
				    minute / 60, c.day, c.month);
	return arena_printf(a, "%d %d %s", minute % 60, minute / 60, rest);
}

static const char *print(struct arena *a, cJSON *owned)
{
	_cleanup_json_ cJSON *root = owned;
	_cleanup_buf_ struct buf out = {0};

	json_print(&out, root);
	return buf_check(&out) ? NULL : arena_strndup(a, out.s, out.len);
}

static int trigger_of(const struct item *it, const char **ret)
{
	int64_t due =
		it->v[TASK_dueDate].kind == AWM_INT ? it->v[TASK_dueDate].i : 0;
	const char *cron = cron_of(it->arena, it->repeat, due);
	cJSON *o = cJSON_CreateObject();
	int rc = o ? put_text(o, "type", cron ? "schedule" : "manual")
		   : err_nomem();

	if (!rc && cron) {
		rc = put_text(o, "cron", cron);
		if (!rc)
			rc = put_text(o, "timezone", "UTC");
	}
	if (rc) {
		cJSON_Delete(o);
		return rc;
	}
	*ret = print(it->arena, o);
	return *ret ? 0 : -AWM_NOMEM;
}

/* [{"type":"task.create","params":{…}}] */
static int actions_of(const struct item *it, const char **ret)
{
	cJSON *list = cJSON_CreateArray(), *action = cJSON_CreateObject();
	cJSON *params = cJSON_CreateObject();
	struct names tags = {0};
	int rc = list && action && params ? item_tags(it, &tags) : err_nomem();

	if (!rc)
		rc = put_text(params, "title", item_get(it, TASK_title));
	if (!rc)
		rc = put_text(params, "priority", item_get(it, TASK_priority));
	if (!rc)
		rc = put_names(params, "tags", &tags);
	if (!rc)
		rc = put_text(action, "type", "task.create");
	if (rc) {
		cJSON_Delete(params);
		cJSON_Delete(action);
		cJSON_Delete(list);
		return rc;
	}
	cJSON_AddItemToObject(action, "params", params);
	cJSON_AddItemToArray(list, action);
	*ret = print(it->arena, list);
	return *ret ? 0 : -AWM_NOMEM;
}

static struct awm_set set(size_t field, struct awm_value v)
{
	return (struct awm_set){&entity_automation.fields[field], v};
}

static struct awm_value time_or_now(const struct importer *im,
				    const struct awm_value *v)
{
	return v->kind == AWM_INT ? *v : AWM_VALUE_INT(im->s->now);
}

static int write_row(struct importer *im, const struct item *it, int64_t id)
{
	const char *trigger, *actions;
	int64_t project = im->opts->project;
	struct awm_record *row;
	int rc = project ? 0 : import_project(im, it->project, NULL, &project);

	if (!rc)
		rc = trigger_of(it, &trigger);
	if (!rc)
		rc = actions_of(it, &actions);
	if (rc)
		return rc;
	struct awm_set sets[] = {
		set(AUTOMATION_name, it->v[TASK_title]),
		set(AUTOMATION_trigger, awm_value_text(trigger)),
		set(AUTOMATION_actions, awm_value_text(actions)),
		set(AUTOMATION_updatedAt,
		    time_or_now(im, &it->v[TASK_updatedAt])),
		/* of a new one */
		set(AUTOMATION_projectId, AWM_VALUE_INT(project)),
		set(AUTOMATION_isEnabled, AWM_VALUE_INT(0)),
		set(AUTOMATION_createdBy, AWM_VALUE_INT(im->s->actor.id)),
		set(AUTOMATION_createdAt,
		    time_or_now(im, &it->v[TASK_createdAt])),
	};

	if (id)
		rc = mutate_edit(im->s, &entity_automation, id, sets, 4,
				 import_mark, im, im->scratch, &row);
	else
		rc = mutate_add(im->s, &entity_automation, sets,
				ARRAY_LEN(sets), import_mark, im, im->scratch,
				&row);
	if (rc)
		return rc;
	im->sum.added += !id;
	im->sum.changed += id != 0;
	return origin_keep(im->s, im->source, "automation", im->uid,
			   row->values[AUTOMATION_id].i);
}

int import_repeat(struct importer *im, const struct item *it)
{
	_cleanup_json_ cJSON *before = NULL;
	struct origin o = {0};
	int rc = origin_find(im->s, im->source, "automation", it->uid, &o);

	if (rc == -AWM_NOT_FOUND)
		return write_row(im, it, 0);
	if (!rc)
		rc = import_before(im, &o, &before);
	if (rc)
		return rc;
	if ((before && cJSON_Compare(before, im->record, true)) ||
	    im->opts->on_conflict == AWM_SKIP) {
		im->sum.unchanged++;
		return 0;
	}
	if (im->opts->on_conflict == AWM_FAIL)
		return err_set(AWM_CONFLICT,
			       "'%s' is automation %lld already, and differs "
			       "from it",
			       im->uid, (long long)o.row);
	return write_row(im, it, o.row);
}
