/* SPDX-License-Identifier: MIT */
/* Plans as they are shown. */
#include "cmd/plan.h"

#include <string.h>

#include "base/json.h"
#include "base/time.h"
#include "base/utf8.h"
#include "cmd/noun.h"

static const struct awm_field plan_fields[] = {
	{.name = "id", .label = "Id", .type = AWM_TYPE_INT},
	{.name = "title", .label = "Title", .type = AWM_TYPE_TEXT},
	{.name = "tasks", .label = "Tasks", .type = AWM_TYPE_INT},
	{.name = "estimatedMinutes", .label = "Estimate", .type = AWM_TYPE_INT},
	{.name = "estimatedHours", .label = "Hours", .type = AWM_TYPE_REAL},
	{.name = "unestimated",
	 .label = "Without estimate",
	 .type = AWM_TYPE_INT},
	{.name = "automations", .label = "Automations", .type = AWM_TYPE_INT},
	{.name = "executionId", .label = "Execution", .type = AWM_TYPE_INT},
	{.name = "cost", .label = "Cost", .type = AWM_TYPE_REAL},
	{.name = "taskIds", .label = "Made", .type = AWM_TYPE_JSON},
	{.name = "skippedSkills",
	 .label = "Skills left out",
	 .type = AWM_TYPE_TEXT},
	{.name = "plan", .label = "Plan", .type = AWM_TYPE_JSON},
};
static int list_ids(struct planning *p, struct awm_value *ret)
{
	_cleanup_buf_ struct buf b = {0};

	if (!p->made.ntasks)
		return 0;
	for (size_t i = 0; i < p->made.ntasks; i++)
		buf_addf(&b, "%c%lld", i ? ',' : '[',
			 (long long)p->made.tasks[i]);
	buf_addc(&b, ']');
	if (buf_check(&b))
		return -AWM_NOMEM;
	*ret = awm_value_text(arena_strndup(&p->run->arena, b.s, b.len));
	return ret->s ? 0 : -AWM_NOMEM;
}

static int report_row_of(struct planning *p)
{
	struct awm_value v[] = {
		*awm_record_get(p->row, "id"),
		*awm_record_get(p->row, "title"),
		AWM_VALUE_INT((int64_t)p->plan.ntasks),
		AWM_VALUE_INT((int64_t)(p->plan.minutes + 0.5)),
		AWM_VALUE_REAL(p->plan.minutes / 60),
		AWM_VALUE_INT((int64_t)p->plan.unestimated),
		AWM_VALUE_INT((int64_t)p->plan.automations),
		p->execution ? AWM_VALUE_INT(p->execution) : AWM_VALUE_NULL,
		p->cost,
		AWM_VALUE_NULL,
		awm_value_text(p->made.skipped),
		awm_value_text(p->plan.json),
	};
	int err = list_ids(p, &v[9]);
	struct awm_record *row =
		err ? NULL : noun_row(p->run, plan_fields, v, ARRAY_LEN(v));

	return row ? report_one(p->run, row) : -AWM_NOMEM;
}

/* "  (high, 1h 30m, review)" */
static void add_notes(struct buf *b, const struct awm_record *task)
{
	const char *priority = awm_record_text(task, "priority");
	_cleanup_json_ cJSON *skills = NULL;
	const struct awm_value *names = awm_record_get(task, "skills");
	const cJSON *name;
	const struct awm_value *minutes =
		awm_record_get(task, "estimatedMinutes");
	_cleanup_buf_ struct buf notes = {0};
	char text[TIME_ISO_SIZE];

	buf_adds(&notes, priority);
	if (minutes->kind != AWM_NULL && minutes->i < INT64_MAX / 60) {
		time_format_duration(minutes->i * 60, text);
		buf_addf(&notes, "%s%s", notes.len ? ", " : "", text);
	}
	if (names->kind != AWM_NULL &&
	    json_parse(names->s, names->len, &skills) == -AWM_NOMEM)
		notes.failed = true;
	cJSON_ArrayForEach(name, skills) buf_addf(
		&notes, "%s%s", notes.len ? ", " : "", name->valuestring);
	if (notes.len)
		buf_addf(b, "  (%s)", notes.s);
	b->failed |= notes.failed;
}

static int draw_line(struct planning *p, size_t at)
{
	const struct awm_record *task = p->plan.tasks[at];
	_cleanup_buf_ struct buf line = {0}, shown = {0};

	buf_addf(&line, "%s%s", at + 1 == p->plan.ntasks ? "└─ " : "├─ ",
		 awm_record_text(task, "title"));
	add_notes(&line, task);
	if (buf_check(&line))
		return -AWM_NOMEM;
	utf8_add_escaped(&shown, line.s, line.len, false);
	buf_addc(&shown, '\n');
	return buf_check(&shown) ? -AWM_NOMEM : out_adds(shown.s);
}

/* "12 tasks, 34h 15m estimated, 2 without an estimate; the call cost $0.01" */
static int draw_sums(struct planning *p)
{
	struct run *r = p->run;
	_cleanup_buf_ struct buf b = {0};
	char text[TIME_ISO_SIZE];

	buf_adds(&b, noun_count(r, p->plan.ntasks, "task"));
	if (p->plan.automations)
		buf_addf(&b, " and %s",
			 noun_count(r, p->plan.automations, "automation"));
	if (p->plan.unestimated < p->plan.ntasks && p->plan.minutes < 1e15) {
		time_format_duration((int64_t)(p->plan.minutes * 60), text);
		buf_addf(&b, ", %s estimated", text);
	}
	if (p->plan.unestimated)
		buf_addf(&b, ", %zu without an estimate", p->plan.unestimated);
	if (p->execution && p->cost.kind == AWM_REAL)
		buf_addf(&b, "; the call cost $%.4f", p->cost.r);
	buf_addc(&b, '\n');
	return buf_check(&b) ? -AWM_NOMEM : out_adds(b.s);
}

static int draw(struct planning *p)
{
	_cleanup_buf_ struct buf title = {0};
	const struct awm_value *v = awm_record_get(p->row, "title");
	int err;

	utf8_add_escaped(&title, v->s, v->len, false);
	buf_addc(&title, '\n');
	err = buf_check(&title) ? -AWM_NOMEM : out_adds(title.s);
	for (size_t i = 0; i < p->plan.ntasks && !err; i++)
		err = draw_line(p, i);
	return err ? err : draw_sums(p);
}

/* Their ids follow each other, since one transaction gave them. */
static int tell_made(struct planning *p)
{
	struct run *r = p->run;
	const char *did = r->globals.dry_run ? "dry run: added" : "added";
	long long first = (long long)p->made.tasks[0];

	if (p->made.ntasks == 1)
		return out_addf("%s task %lld\n", did, first);
	return out_addf("%s %s, %lld to %lld\n", did,
			noun_count(r, p->made.ntasks, "task"), first,
			(long long)p->made.tasks[p->made.ntasks - 1]);
}

static int report_quiet(struct planning *p)
{
	int err = 0;

	for (size_t i = 0; i < p->made.ntasks && !err; i++)
		err = out_addf("%lld\n", (long long)p->made.tasks[i]);
	return err;
}

int plan_report(struct planning *p)
{
	struct run *r = p->run;
	int err;

	if (p->made.skipped)
		run_say(r, "left out skills that are not here: %s",
			p->made.skipped);
	if (p->made.automations)
		run_say(r, "automations of a plan are switched off until "
			   "somebody has looked at them");
	if (p->paid && !p->made.ntasks)
		run_say(r,
			"nothing is made yet; 'awm %s %lld --execution %lld "
			"--apply' makes it of this answer",
			r->command->name,
			(long long)awm_record_int(p->row, "id"),
			(long long)p->execution);
	if (r->globals.quiet && p->made.ntasks)
		return report_quiet(p);
	if (r->globals.format != FORMAT_TABLE || r->globals.quiet ||
	    r->globals.fields)
		return report_row_of(p);
	err = draw(p);
	return err || !p->made.ntasks ? err : tell_made(p);
}
