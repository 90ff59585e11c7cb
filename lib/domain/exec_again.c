// SPDX-License-Identifier: MIT
/* What repeats a run. The address it went to is not repeated: a row of the
 * database does not say where keys go. */
#include <string.h>

#include "base/err.h"
#include "domain/exec.h"
#include "domain/execution_run.h"
#include "domain/pool.h"
#include "entity/store.h"

struct again {
	struct awm_session *session;
	struct arena *arena;
	struct awm_record *row; /* with the columns of its run */
	cJSON *metadata;	/* or NULL */
	struct awm_exec_spec spec;
};

static const struct awm_value *column(const struct again *g, const char *name)
{
	static const struct awm_value none;

	for (size_t i = 0; i < g->row->count; i++)
		if (!strcmp(g->row->fields[i]->name, name))
			return &g->row->values[i];
	return &none;
}

static const char *text_of(const struct awm_value *v)
{
	return v->kind == AWM_TEXT && v->len ? v->s : NULL;
}

static int copy(const struct again *g, const char *text, const char **ret)
{
	*ret = text ? arena_strdup(g->arena, text) : NULL;
	return text && !*ret ? -AWM_NOMEM : 0;
}

/* What the database holds is not trusted to be what awm wrote. */
static int read_metadata(struct again *g)
{
	const struct awm_value *v = column(g, "metadata");
	const cJSON *schema;
	_cleanup_buf_ struct buf text = {0};
	int rc = text_of(v) ? json_parse(v->s, v->len, &g->metadata) : 0;

	if (rc == -AWM_NOMEM)
		return rc;
	err_clear();
	rc = copy(g, json_get_str(g->metadata, "system"), &g->spec.system);
	schema = json_get(g->metadata, "schema");
	if (rc || !schema)
		return rc;
	json_print(&text, schema);
	if (buf_check(&text))
		return -AWM_NOMEM;
	g->spec.schema_unheld =
		cJSON_IsTrue(json_get(g->metadata, "schemaUnheld"));
	rc = copy(g, buf_str(&text), &g->spec.schema);
	return rc ? rc
		  : copy(g, json_get_str(g->metadata, "schemaName"),
			 &g->spec.schema_name);
}

/* The configuration that was used, if it is still there. */
static int find_config(struct again *g, const char **ret)
{
	struct awm_session *s = g->session;
	struct awm_value id, name;
	int rc = db_get(s->db, NULL, &id,
			"SELECT COALESCE(\"configId\",0) FROM "
			"\"execution_runs\" WHERE \"executionId\"=?1",
			"i", g->spec.retry_of);

	if (!rc && id.i)
		rc = db_get(s->db, g->arena, &name,
			    "SELECT \"name\" FROM \"ai_provider_configs\" "
			    "WHERE \"id\"=?1 AND \"isEnabled\"=1",
			    "i", id.i);
	if (rc && rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	*ret = !rc && id.i && name.kind == AWM_TEXT ? name.s : NULL;
	return 0;
}

static int fill_asked(struct again *g, struct awm_exec_spec *spec)
{
	const struct awm_value *v = g->row->values;
	const char *model = text_of(column(g, "requestedModel"));
	bool same = !spec->provider; /* a model is a provider's own */
	int rc = 0;

	if (!spec->provider)
		rc = find_config(g, &spec->provider);
	if (!rc && !spec->provider)
		rc = copy(g, v[EXECUTION_aiProvider].s, &spec->provider);
	if (!rc && same && !spec->model)
		rc = copy(g, model ? model : v[EXECUTION_model].s,
			  &spec->model);
	if (!spec->max_tokens && v[EXECUTION_maxTokens].kind == AWM_INT)
		spec->max_tokens = v[EXECUTION_maxTokens].i;
	if (!spec->has_temperature &&
	    v[EXECUTION_temperature].kind == AWM_REAL) {
		spec->has_temperature = true;
		spec->temperature = v[EXECUTION_temperature].r;
	}
	return rc;
}

static int fill_spec(struct again *g)
{
	const struct awm_value *v = g->row->values;
	const struct awm_value *skill = column(g, "skillId");

	if (value_is(&v[EXECUTION_status], "running")) {
		err_set(AWM_INVALID, "execution %lld is running",
			(long long)v[EXECUTION_id].i);
		return err_hint("awm exec cancel %lld",
				(long long)v[EXECUTION_id].i);
	}
	g->spec.retry_of = v[EXECUTION_id].i;
	g->spec.task = v[EXECUTION_taskId].i;
	g->spec.prompt = v[EXECUTION_prompt].s;
	g->spec.skill = skill->kind == AWM_INT ? skill->i : 0;
	return read_metadata(g);
}

int awm_exec_again(struct awm_session *s, int64_t execution,
		   struct awm_pool *pool, struct awm_exec_spec *spec)
{
	struct again g = {
		.session = s, .arena = pool_arena(pool), .spec = *spec};
	int rc = execution_reap(s);

	if (!rc)
		rc = store_get(s->db, &entity_execution, execution, g.arena,
			       &g.row);
	if (!rc)
		rc = execution_run_extend(s, g.arena, g.row);
	if (!rc)
		rc = fill_spec(&g);
	if (!rc)
		rc = fill_asked(&g, &g.spec);
	cJSON_Delete(g.metadata);
	if (!rc)
		*spec = g.spec;
	return rc;
}
