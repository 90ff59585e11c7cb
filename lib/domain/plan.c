// SPDX-License-Identifier: MIT
/* Plans: read, and made into rows. */
#include <awm/plan.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "domain/pool.h"
#include "domain/structure.h"
#include "entity/shape.h"
#include "entity/store.h"

#define FENCE "```"
/* Names of skills of one task. What a runaway model would make too much of. */
#define SKILLS_MAX     50
#define AUTOMATION_MAX 50

static const struct awm_field skills_field = {
	.name = "skills", .label = "Skills", .type = AWM_TYPE_JSON};

/* ---- reading ---- */

/* What stands between the first two lines of ```, where there are any. */
static void unfence(const char **s, size_t *len)
{
	const char *end = *s + *len, *open, *close;

	while (*len && strchr(" \t\r\n", **s)) {
		++*s;
		--*len;
	}
	if (!*len || **s == '{')
		return;
	open = memmem(*s, *len, FENCE, strlen(FENCE));
	if (open)
		open = memchr(open, '\n', (size_t)(end - open));
	close = open ? memmem(open, (size_t)(end - open), FENCE, strlen(FENCE))
		     : NULL;
	if (!close)
		return;
	*s = open + 1;
	*len = (size_t)(close - *s);
}

/* A model says null for what it leaves out. */
static void drop_nulls(cJSON *object)
{
	cJSON *node = cJSON_IsObject(object) ? object->child : NULL, *next;

	for (; node; node = next) {
		next = node->next;
		if (cJSON_IsNull(node))
			cJSON_Delete(cJSON_DetachItemViaPointer(object, node));
	}
}

static int check_list(const cJSON *names, int max, const char *what, int at)
{
	if (cJSON_GetArraySize(names) <= max)
		return 0;
	return at < 0 ? err_set(AWM_INVALID, "plan.%s: more than %d", what, max)
		      : err_set(AWM_INVALID, "plan.tasks[%d].%s: more than %d",
				at, what, max);
}

static int check_sizes(const cJSON *root)
{
	const cJSON *task;
	int at = 0;
	int rc = check_list(json_get(root, "tasks"), AWM_PLAN_TASKS, "tasks",
			    -1);

	if (!rc)
		rc = check_list(json_get(root, "automations"), AUTOMATION_MAX,
				"automations", -1);
	if (!rc)
		rc = check_list(json_get(root, "skills"), SKILLS_MAX, "skills",
				-1);
	cJSON_ArrayForEach(task, json_get(root, "tasks"))
	{
		if (!rc)
			rc = check_list(json_get(task, "skills"), SKILLS_MAX,
					"skills", at++);
	}
	return rc;
}

/* *ret is a part of `root`. */
static int find_plan(cJSON *root, cJSON **ret)
{
	cJSON *inner = cJSON_GetObjectItemCaseSensitive(root, "plan"), *task;
	int rc;

	*ret = cJSON_IsObject(inner) ? inner : root;
	rc = check_sizes(*ret);
	if (rc)
		return rc;
	drop_nulls(*ret);
	cJSON_ArrayForEach(task,
			   cJSON_GetObjectItemCaseSensitive(*ret, "tasks"))
	{
		drop_nulls(task);
	}
	rc = shape_check_node(&shape_project_structure, *ret, "plan");
	if (rc)
		return rc;
	if (!json_get(*ret, "tasks")->child)
		return err_set(AWM_INVALID, "plan.tasks: there are none");
	return 0;
}

static int print_node(const cJSON *node, struct arena *a, struct awm_value *ret)
{
	_cleanup_buf_ struct buf b = {0};
	const char *text;

	json_print(&b, node);
	if (buf_check(&b))
		return -AWM_NOMEM;
	text = arena_strndup(a, b.s, b.len);
	if (!text)
		return -AWM_NOMEM;
	*ret = awm_value_text(text);
	return 0;
}

static int text_value(const cJSON *task, const char *key, struct arena *a,
		      struct awm_value *ret)
{
	const char *s = json_get_str(task, key);

	*ret = awm_value_text(s ? arena_strdup(a, s) : NULL);
	return s && !ret->s ? -AWM_NOMEM : 0;
}

static int task_row(const cJSON *task, const struct awm_field *const *fields,
		    size_t n, struct arena *a, struct awm_record **ret)
{
	struct awm_record *row = arena_alloc(a, sizeof(*row));
	struct awm_value *v = arena_array(a, n, sizeof(*v));
	const cJSON *minutes = json_get(task, "estimatedMinutes");
	const cJSON *skills = json_get(task, "skills");
	int rc = row && v ? 0 : -AWM_NOMEM;

	if (!rc)
		rc = text_value(task, "title", a, &v[0]);
	if (!rc)
		rc = text_value(task, "description", a, &v[1]);
	if (!rc)
		rc = text_value(task, "priority", a, &v[2]);
	if (!rc && skills)
		rc = print_node(skills, a, &v[4]);
	if (rc)
		return rc;
	if (minutes)
		v[3] = AWM_VALUE_INT((int64_t)(minutes->valuedouble + 0.5));
	*row = (struct awm_record){.fields = fields, .values = v, .count = n};
	*ret = row;
	return 0;
}

static int read_tasks(const cJSON *tasks, struct arena *a, struct awm_plan *ret)
{
	const struct awm_field *f = entity_task.fields;
	const struct awm_field **fields = arena_array(a, 5, sizeof(*fields));
	const cJSON *task;
	int rc = 0;

	ret->tasks = arena_array(a, (size_t)cJSON_GetArraySize(tasks),
				 sizeof(struct awm_record *));
	if (!fields || !ret->tasks)
		return -AWM_NOMEM;
	fields[0] = &f[TASK_title];
	fields[1] = &f[TASK_description];
	fields[2] = &f[TASK_priority];
	fields[3] = &f[TASK_estimatedMinutes];
	fields[4] = &skills_field;
	cJSON_ArrayForEach(task, tasks)
	{
		struct awm_record **row = &ret->tasks[ret->ntasks++];
		const struct awm_value *minutes;

		rc = task_row(task, fields, 5, a, row);
		if (rc)
			return rc;
		minutes = &(*row)->values[3];
		if (minutes->kind == AWM_INT)
			ret->minutes += (double)minutes->i;
		else
			ret->unestimated++;
	}
	return 0;
}

static int read_plan(cJSON *root, struct arena *a, struct awm_plan *ret)
{
	struct awm_value text;
	cJSON *plan;
	int rc = find_plan(root, &plan);

	if (!rc)
		rc = print_node(plan, a, &text);
	if (rc)
		return rc;
	ret->json = text.s;
	ret->automations =
		(size_t)cJSON_GetArraySize(json_get(plan, "automations"));
	return read_tasks(json_get(plan, "tasks"), a, ret);
}

int awm_plan_read(const char *text, size_t len, struct awm_pool *pool,
		  struct awm_plan *ret)
{
	_cleanup_json_ cJSON *root = NULL;
	struct awm_plan plan = {0};
	int rc;

	if (len > AWM_PLAN_SIZE)
		return err_set(AWM_INVALID, "the plan is longer than %zu MiB",
			       AWM_PLAN_SIZE >> 20);
	unfence(&text, &len);
	rc = json_parse(text, len, &root);
	if (rc)
		return err_context("the plan is no JSON");
	rc = read_plan(root, pool_arena(pool), &plan);
	if (!rc)
		*ret = plan;
	return rc;
}

/* ---- making ---- */

struct applying {
	const struct awm_plan_target *target;
	const struct awm_plan *plan;
	const cJSON *root;
	struct awm_pool *pool;
	struct awm_plan_made *made;
};

static int place(struct awm_session *s, const struct applying *call,
		 struct structure *st)
{
	struct awm_record *task;
	int rc;

	st->project = call->target->project;
	st->parent = call->target->task;
	if (!st->parent)
		return store_exists(s->db, &entity_project, st->project);
	if (call->plan->automations)
		return err_set(AWM_INVALID,
			       "the plan of a task cannot have automations");
	rc = store_get(s->db, &entity_task, st->parent, st->arena, &task);
	if (!rc)
		st->project = task->values[TASK_projectId].i;
	return rc;
}

static int make(struct awm_session *s, const struct applying *call,
		struct structure *st)
{
	struct awm_plan_made *made = call->made;
	int rc = place(s, call, st);

	st->ids = arena_array(st->arena, call->plan->ntasks, sizeof(*st->ids));
	if (!rc && !st->ids)
		rc = -AWM_NOMEM;
	if (!rc)
		rc = structure_find_skills(st);
	if (!rc)
		rc = structure_make(st);
	if (rc)
		return rc;
	*made = (struct awm_plan_made){.tasks = st->ids,
				       .ntasks = st->tasks,
				       .automations = st->automations};
	if (!st->skills.absent.len)
		return 0;
	made->skipped = arena_strndup(st->arena, st->skills.absent.s,
				      st->skills.absent.len);
	return made->skipped ? 0 : -AWM_NOMEM;
}

/* May be called again, when the transaction has to be. */
static int run_apply(struct awm_session *s, void *ctx)
{
	const struct applying *call = ctx;
	struct structure st = {.session = s,
			       .arena = pool_arena(call->pool),
			       .root = call->root,
			       .append = true,
			       .disabled = true,
			       .what = "the plan"};
	int rc = make(s, call, &st);

	buf_release(&st.skills.absent);
	return rc;
}

int awm_plan_apply(struct awm_session *s, const struct awm_plan_target *target,
		   const struct awm_plan *plan, struct awm_pool *pool,
		   struct awm_plan_made *ret)
{
	_cleanup_json_ cJSON *root = NULL;
	struct applying call = {target, plan, NULL, pool, ret};
	int rc = role_require(s, ROLE_MEMBER, "make the tasks of a plan");

	if (!rc)
		rc = json_parse(plan->json, strlen(plan->json), &root);
	call.root = root;
	return rc ? rc : awm_transaction(s, run_apply, &call);
}
