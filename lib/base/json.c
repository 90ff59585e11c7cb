/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/json_scan.h"
#include "base/jsonw.h"

int json_check(const char *text, size_t len)
{
	return json_scan(text, len, false);
}

bool json_well_formed(const char *text, size_t len)
{
	return json_scan(text, len, true) == 0;
}

int json_parse(const char *text, size_t len, cJSON **ret)
{
	cJSON *tree;
	int r;

	r = json_scan(text, len, false);
	if (r < 0)
		return r;
	/* The scan let it pass, so memory is all that can be missing. */
	tree = cJSON_ParseWithLengthOpts(text, len, NULL, 0);
	if (tree == NULL)
		return err_nomem();
	*ret = tree;
	return 0;
}

/* Integers as such, where a double is exact: 100000 and never 1e+05. */
static void print_number(struct jsonw *w, double v)
{
	if (fabs(v) <= 9007199254740992.0 && v == floor(v) &&
	    !(v == 0 && signbit(v)))
		jsonw_int(w, (int64_t)v);
	else
		jsonw_real(w, v);
}

static void print_node(struct jsonw *w, const cJSON *node);

static void print_children(struct jsonw *w, const cJSON *node)
{
	bool object = cJSON_IsObject(node);

	/* A tree that was built, not read, may be deeper than the stack. */
	if (w->depth >= JSON_DEPTH) {
		w->out->failed = true;
		return;
	}
	if (object)
		jsonw_object(w);
	else
		jsonw_array(w);
	for (const cJSON *c = node->child; c != NULL; c = c->next) {
		if (object)
			jsonw_key(w, c->string != NULL ? c->string : "");
		print_node(w, c);
	}
	if (object)
		jsonw_end_object(w);
	else
		jsonw_end_array(w);
}

static void print_node(struct jsonw *w, const cJSON *node)
{
	if (cJSON_IsObject(node) || cJSON_IsArray(node))
		print_children(w, node);
	else if (cJSON_IsString(node))
		jsonw_str(w, node->valuestring);
	else if (cJSON_IsNumber(node))
		print_number(w, node->valuedouble);
	else if (cJSON_IsBool(node))
		jsonw_bool(w, cJSON_IsTrue(node));
	else if (cJSON_IsRaw(node) && node->valuestring != NULL)
		jsonw_raw(w, node->valuestring, strlen(node->valuestring));
	else
		jsonw_null(w);
}

void json_print(struct buf *out, const cJSON *node)
{
	struct jsonw w = {.out = out};

	print_node(&w, node);
}

const cJSON *json_get(const cJSON *node, const char *key)
{
	if (!cJSON_IsObject(node))
		return NULL;
	return cJSON_GetObjectItemCaseSensitive(node, key);
}

const char *json_get_str(const cJSON *node, const char *key)
{
	return cJSON_GetStringValue(json_get(node, key));
}
