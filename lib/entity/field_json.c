/* SPDX-License-Identifier: MIT */
#include "entity/field_internal.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/time.h"

/* From JSON */

static int wrong(const struct awm_field *f, const char *wanted)
{
	return err_set(AWM_USAGE, "%s: want %s", f->name, wanted);
}

static int node_int(const struct awm_field *f, const cJSON *node,
		    struct awm_value *ret)
{
	double d = node->valuedouble;

	if (!cJSON_IsNumber(node) || d != floor(d) || d < -0x1p63 ||
	    d >= 0x1p63)
		return wrong(f, f->type == AWM_TYPE_REF ? "an id"
							: "a whole number");
	*ret = AWM_VALUE_INT((int64_t)d);
	return 0;
}

static int node_time(const struct awm_field *f, const cJSON *node,
		     struct awm_value *ret)
{
	if (cJSON_IsString(node))
		return field_take_time(f, node->valuestring, NULL, time_now(),
				       ret);
	if (cJSON_IsNumber(node))
		return node_int(f, node, ret);
	return wrong(f, "a time like \"2026-11-22T17:00:00Z\"");
}

static int node_json(const cJSON *node, struct arena *a, struct awm_value *ret)
{
	_cleanup_buf_ struct buf b = {0};
	char *s;

	json_print(&b, node);
	if (buf_check(&b) < 0)
		return -AWM_NOMEM;
	s = arena_strndup(a, buf_str(&b), b.len);
	if (!s)
		return -AWM_NOMEM;
	*ret = (struct awm_value){.kind = AWM_TEXT, .len = b.len, .s = s};
	return 0;
}

/* An envelope is a string, or an object where the column holds JSON. */
static int node_secret(const struct awm_field *f, const cJSON *node,
		       struct arena *a, struct awm_value *ret)
{
	if (cJSON_IsObject(node))
		return node_json(node, a, ret);
	if (!cJSON_IsString(node))
		return wrong(f, "text");
	if (!strcmp(node->valuestring, "set"))
		return err_set(AWM_INVALID,
			       "%s: 'set' stands for a secret and is none",
			       f->name);
	return field_take_text(f, node->valuestring, a, ret);
}

static int node_type(const struct awm_field *f, const cJSON *node,
		     struct arena *a, struct awm_value *ret)
{
	switch (f->type) {
	case AWM_TYPE_INT:
	case AWM_TYPE_REF:
		return node_int(f, node, ret);
	case AWM_TYPE_REAL:
		if (!cJSON_IsNumber(node))
			return wrong(f, "a number");
		*ret = AWM_VALUE_REAL(node->valuedouble);
		return 0;
	case AWM_TYPE_BOOL:
		if (!cJSON_IsBool(node))
			return wrong(f, "true or false");
		*ret = AWM_VALUE_INT(cJSON_IsTrue(node));
		return 0;
	case AWM_TYPE_TIME:
		return node_time(f, node, ret);
	case AWM_TYPE_JSON:
		return node_json(node, a, ret);
	case AWM_TYPE_SECRET:
		return node_secret(f, node, a, ret);
	case AWM_TYPE_ENUM:
	case AWM_TYPE_TEXT:
		break;
	}
	if (!cJSON_IsString(node))
		return wrong(f, "text");
	if (f->type == AWM_TYPE_ENUM)
		return field_take_word(f, node->valuestring, ret);
	return field_take_text(f, node->valuestring, a, ret);
}

int field_from_json(const struct awm_field *f, const cJSON *node,
		    struct arena *a, struct awm_value *ret)
{
	struct awm_value v = AWM_VALUE_NULL;
	int r = cJSON_IsNull(node) ? 0 : node_type(f, node, a, &v);

	if (r < 0)
		return r;
	r = field_check(f, &v);
	if (r < 0)
		return r;
	*ret = v;
	return 0;
}

/* To JSON */

static void write_int(struct jsonw *w, const struct awm_field *f, int64_t i)
{
	char iso[TIME_ISO_SIZE];

	if (f->type == AWM_TYPE_BOOL) {
		jsonw_bool(w, i != 0);
	} else if (f->type == AWM_TYPE_TIME) {
		time_format_iso(i, iso);
		jsonw_str(w, iso);
	} else {
		jsonw_int(w, i);
	}
}

void field_to_json(struct jsonw *w, const struct awm_field *f,
		   const struct awm_value *v)
{
	if (v->kind == AWM_NULL)
		jsonw_null(w);
	else if (f->type == AWM_TYPE_SECRET) /* {}: where NULL is refused */
		jsonw_str(w, strcmp(v->s, "{}") ? "set" : "unset");
	else if (v->kind == AWM_INT)
		write_int(w, f, v->i);
	else if (v->kind == AWM_REAL)
		jsonw_real(w, v->r);
	else if (f->type == AWM_TYPE_JSON && json_check(v->s, v->len) == 0)
		jsonw_raw(w, v->s, v->len);
	else
		jsonw_text(w, v->s, v->len);
}
