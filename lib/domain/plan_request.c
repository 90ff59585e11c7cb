// SPDX-License-Identifier: MIT
/* What is asked for when a plan is wanted. */
#include <awm/plan.h>
#include <string.h>

#include "base/err.h"
#include "base/mustache.h"
#include "base/utf8.h"
#include "domain/mutate.h"
#include "domain/pool.h"
#include "domain/prompt.h"
#include "entity/shape.h"
#include "entity/store.h"

#define PLAN_TAG    "plan"
#define TITLE_WIDTH 900 /* columns; a title has at most 1,000 characters */
#define LISTED_MAX  200 /* tasks, and skills, that are told of */
#define TOLD_WIDTH  200 /* of a description */

static const char rules[] =
	"Answer with JSON alone: an object with the member \"tasks\", an array "
	"of objects, in the order in which the tasks should be done. Each has\n"
	"- title: one line, at most 100 characters, beginning with a verb;\n"
	"- description: what is to be done and when it is done, or null;\n"
	"- priority: low, medium, high or urgent;\n"
	"- estimatedMinutes: how long one person needs, a number, or null;\n"
	"- skills: names out of the list of skills, or an empty array.\n"
	"{{#count}}\nAbout {{count}} tasks are wanted.\n{{/count}}"
	"{{#has_skills}}\nSkills:\n{{/has_skills}}"
	"{{#skills}}- {{name}}{{#description}}: {{description}}"
	"{{/description}}\n{{/skills}}"
	"{{#more}}\nIn particular:\n{{more}}\n{{/more}}";

static const char project_template[] =
	"Plan the project below: break it down into tasks that one person can "
	"do in some hours each.\n"
	"{{>rules}}\n"
	"\nProject: {{project.title}}\n"
	"{{#project.description}}\n{{project.description}}\n"
	"{{/project.description}}"
	"{{#project.mainPrompt}}\nWhat is wanted:\n{{project.mainPrompt}}\n"
	"{{/project.mainPrompt}}"
	"{{#has_tasks}}\nThese tasks are there already and are not to be "
	"repeated:\n{{/has_tasks}}"
	"{{#tasks}}- {{title}}\n{{/tasks}}";

static const char task_template[] =
	"Split the task below into smaller ones, which together are all that "
	"it takes.\n"
	"{{>rules}}\n"
	"\nProject: {{project.title}}\n"
	"{{#project.description}}\n{{project.description}}\n"
	"{{/project.description}}"
	"\n\nTask: {{task.title}}\n"
	"{{#task.description}}\n{{task.description}}\n{{/task.description}}"
	"{{#has_tasks}}\nThese parts of it are there already and are not to be "
	"repeated:\n{{/has_tasks}}"
	"{{#tasks}}- {{title}}\n{{/tasks}}";

struct asking {
	struct awm_session *session;
	const struct awm_plan_ask *ask;
	struct arena *arena;
	int64_t project;
	struct awm_plan_request *ret;
};

/* ---- the task of a project's plan ---- */

static int first_id(void *ctx, const struct awm_record *row)
{
	*(int64_t *)ctx = row->values[0].i;
	return 0;
}

static int find_task(struct asking *as, const char *title, int64_t *ret)
{
	const struct awm_field *f = entity_task.fields;
	const struct awm_field *id = &f[TASK_id];
	struct awm_value project = AWM_VALUE_INT(as->project);
	struct awm_value text = awm_value_text(title);
	struct awm_value tag = awm_value_text(PLAN_TAG);
	struct awm_cond conds[] = {
		{&f[TASK_tags], AWM_OP_HAS, &tag, 1},
		{&f[TASK_projectId], AWM_OP_EQ, &project, 1},
		{&f[TASK_title], AWM_OP_EQ, &text, 1},
	};
	struct awm_sort by_id = {id, false};
	struct awm_query q = {.entity = &entity_task,
			      .conds = conds,
			      .nconds = ARRAY_LEN(conds),
			      .sort = &by_id,
			      .nsort = 1,
			      .fields = &id,
			      .nfields = 1,
			      .limit = 1};

	*ret = 0;
	return store_list(as->session->db, &q, first_id, ret);
}

static int add_task(struct asking *as, const char *title, int64_t *ret)
{
	const struct awm_field *f = entity_task.fields;
	struct awm_set sets[] = {
		{&f[TASK_projectId], AWM_VALUE_INT(as->project)},
		{&f[TASK_title], awm_value_text(title)},
		{&f[TASK_tags], awm_value_text("[\"" PLAN_TAG "\"]")},
		/* nobody has to do it */
		{&f[TASK_status], awm_value_text("done")},
	};
	struct awm_record *row;
	int rc = mutate_add(as->session, &entity_task, sets, ARRAY_LEN(sets),
			    NULL, NULL, as->arena, &row);

	if (!rc)
		*ret = row->values[TASK_id].i;
	return rc;
}

static int plan_task(struct asking *as, const struct awm_value *project)
{
	size_t n = utf8_cut(project->s, project->len, TITLE_WIDTH);
	const char *title =
		arena_printf(as->arena, "Plan: %.*s", (int)n, project->s);
	int64_t id;
	int rc = title ? find_task(as, title, &id) : -AWM_NOMEM;

	if (!rc && !id)
		rc = add_task(as, title, &id);
	if (!rc)
		as->ret->task = id;
	return rc;
}

/* ---- what the template sees ---- */

struct listing {
	cJSON *array;
	int64_t except;
};

static int put_text(cJSON *object, const char *name, const struct awm_value *v)
{
	size_t n = v->kind == AWM_TEXT ? utf8_cut(v->s, v->len, TOLD_WIDTH) : 0;
	_cleanup_free_ char *text = n ? strndup(v->s, n) : NULL;

	if (!n)
		return 0;
	return text && cJSON_AddStringToObject(object, name, text)
		       ? 0
		       : err_nomem();
}

static int list_row(void *ctx, const struct awm_record *row)
{
	struct listing *l = ctx;
	cJSON *object;
	int rc = 0;

	if (row->values[0].i == l->except)
		return 0;
	object = cJSON_CreateObject();
	if (!object || !cJSON_AddItemToArray(l->array, object)) {
		cJSON_Delete(object);
		return err_nomem();
	}
	for (size_t i = 1; i < row->count && !rc; i++)
		rc = put_text(object, row->fields[i]->name, &row->values[i]);
	return rc;
}

static int put_list(struct asking *as, cJSON *data, const char *name,
		    struct awm_query *q, int64_t except)
{
	struct listing l = {cJSON_AddArrayToObject(data, name), except};

	q->limit = LISTED_MAX;
	return l.array ? store_list(as->session->db, q, list_row, &l)
		       : err_nomem();
}

/* The live tasks that are there: of the project's top, or parts of the task. */
static int put_tasks(struct asking *as, cJSON *data)
{
	const struct awm_field *f = entity_task.fields;
	const struct awm_field *fields[] = {&f[TASK_id], &f[TASK_title]};
	int64_t task = as->ask->target.task;
	struct awm_value of = AWM_VALUE_INT(task ? task : as->project);
	struct awm_cond conds[] = {
		{&f[task ? TASK_parentTaskId : TASK_projectId], AWM_OP_EQ, &of,
		 1},
		{&f[TASK_parentTaskId], AWM_OP_NULL, NULL, 0},
	};
	struct awm_query q = {.entity = &entity_task,
			      .conds = conds,
			      .nconds = task ? 1 : 2,
			      .fields = fields,
			      .nfields = ARRAY_LEN(fields)};

	return put_list(as, data, "tasks", &q, as->ret->task);
}

static int put_skills(struct asking *as, cJSON *data)
{
	const struct awm_field *f = entity_skill.fields;
	const struct awm_field *fields[] = {&f[SKILL_id], &f[SKILL_name],
					    &f[SKILL_description]};
	struct awm_sort most_used = {&f[SKILL_usageCount], true};
	/* Whoever sees the project reads the prompt: nothing in it that only
	 * an admin sees. */
	struct awm_value me = AWM_VALUE_INT(as->session->actor.id);
	struct awm_cond seen = {f, AWM_OP_SEEN_BY, &me, 1};
	struct awm_query q = {.entity = &entity_skill,
			      .conds = &seen,
			      .nconds = 1,
			      .sort = &most_used,
			      .nsort = 1,
			      .fields = fields,
			      .nfields = ARRAY_LEN(fields),
			      .limit = LISTED_MAX};
	struct listing l = {cJSON_AddArrayToObject(data, "skills"), 0};

	return l.array ? store_list(as->session->db, &q, list_row, &l)
		       : err_nomem();
}

static int put_wishes(struct asking *as, cJSON *data)
{
	const struct awm_plan_ask *ask = as->ask;
	bool ok =
		cJSON_AddBoolToObject(data, "has_tasks",
				      json_get(data, "tasks")->child != NULL) &&
		cJSON_AddBoolToObject(data, "has_skills",
				      json_get(data, "skills")->child != NULL);

	if (ok && ask->prompt)
		ok = cJSON_AddStringToObject(data, "more", ask->prompt);
	if (ok && ask->count)
		ok = cJSON_AddNumberToObject(data, "count", (double)ask->count);
	return ok ? 0 : err_nomem();
}

/* ---- the request ---- */

static const char *partial(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return rules;
}

static int render(struct asking *as, const cJSON *data)
{
	struct mustache_opts opts = {.partial = partial};
	_cleanup_buf_ struct buf text = {0}, schema = {0};
	struct jsonw w = {.out = &schema};
	int rc = mustache_render(as->ask->target.task ? task_template
						      : project_template,
				 data, &opts, &text);

	if (rc)
		return rc;
	shape_to_schema(&w, &shape_plan);
	if (buf_check(&schema))
		return -AWM_NOMEM;
	as->ret->name = "plan";
	as->ret->prompt = arena_strndup(as->arena, text.s, text.len);
	as->ret->schema = arena_strndup(as->arena, schema.s, schema.len);
	return as->ret->prompt && as->ret->schema ? 0 : -AWM_NOMEM;
}

static int put_project(const struct awm_record *row, cJSON *data)
{
	cJSON *node = NULL;
	int rc = prompt_row(row, &node);

	if (!rc && !cJSON_AddItemToObject(data, "project", node)) {
		cJSON_Delete(node);
		rc = err_nomem();
	}
	return rc;
}

static bool has_text(const struct awm_value *v)
{
	return v->kind == AWM_TEXT && v->len;
}

static int ask_project(struct asking *as, cJSON *data)
{
	struct awm_record *row;
	int rc;

	as->project = as->ask->target.project;
	rc = store_get(as->session->db, &entity_project, as->project, as->arena,
		       &row);
	if (rc)
		return rc;
	if (!has_text(&row->values[PROJECT_mainPrompt]) &&
	    !has_text(&row->values[PROJECT_description]) && !as->ask->prompt) {
		err_set(AWM_INVALID, "project %lld says nowhere what is wanted",
			(long long)as->project);
		return err_hint("awm project edit %lld --main-prompt TEXT, or "
				"--prompt TEXT",
				(long long)as->project);
	}
	rc = put_project(row, data);
	return rc ? rc : plan_task(as, &row->values[PROJECT_title]);
}

static int ask_task(struct asking *as)
{
	struct awm_record *row;
	int64_t id = as->ask->target.task;
	int rc = store_get(as->session->db, &entity_task, id, as->arena, &row);

	if (rc)
		return rc;
	if (row->values[TASK_deletedAt].kind != AWM_NULL)
		return err_set(AWM_INVALID, "task %lld is deleted",
			       (long long)id);
	as->project = row->values[TASK_projectId].i;
	as->ret->task = id;
	return 0;
}

static int run_request(struct awm_session *s, void *ctx)
{
	struct asking *as = ctx;
	_cleanup_json_ cJSON *data = NULL;
	int rc = prompt_data(s, as->ask->target.task, &data);

	if (!rc)
		rc = as->ask->target.task ? ask_task(as)
					  : ask_project(as, data);
	if (!rc)
		rc = put_tasks(as, data);
	if (!rc)
		rc = put_skills(as, data);
	if (!rc)
		rc = put_wishes(as, data);
	return rc ? rc : render(as, data);
}

int awm_plan_request(struct awm_session *s, const struct awm_plan_ask *ask,
		     struct awm_pool *pool, struct awm_plan_request *ret)
{
	struct awm_plan_request request = {0};
	struct asking as = {.session = s,
			    .ask = ask,
			    .arena = pool_arena(pool),
			    .ret = &request};
	int rc = role_require(s, ROLE_MEMBER, "ask for a plan");

	if (!rc)
		rc = awm_transaction(s, run_request, &as);
	if (!rc)
		*ret = request;
	return rc;
}
