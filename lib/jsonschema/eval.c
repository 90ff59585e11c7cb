/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "jsonschema/schema.h"

/* ---- failures ---- */

static void add_place(struct buf *b, const struct place *at)
{
	size_t len;

	if (!at)
		return;
	add_place(b, at->up);
	if (!at->key) {
		buf_addf(b, "/%zu", at->index);
		return;
	}
	buf_addc(b, '/');
	len = strlen(at->key);
	for (size_t i = 0; i < len && i < 200; i++) {
		if (at->key[i] == '~')
			buf_adds(b, "~0");
		else if (at->key[i] == '/')
			buf_adds(b, "~1");
		else
			buf_addc(b, at->key[i]);
	}
}

static void tell(struct run *r, const struct place *at, const char *why)
{
	_cleanup_buf_ struct buf line = {0};

	add_place(&line, at);
	buf_addf(&line, "%s: %s", at ? "" : "/", why);
	if (!r->errors++)
		buf_adds(&r->first, buf_str(&line));
	if (r->all && r->errors <= ERRORS_MAX) {
		utf8_add_escaped(r->all, buf_str(&line), line.len, false);
		buf_addc(r->all, '\n');
	}
}

int fail(struct run *r, const struct place *at, const char *fmt, ...)
{
	char why[400];
	va_list ap;

	if (r->quiet)
		return 0;
	va_start(ap, fmt);
	if (vsnprintf(why, sizeof(why), fmt, ap) < 0)
		why[0] = '\0';
	va_end(ap);
	tell(r, at, why);
	return 0;
}

#define SHOWN_MAX 200

/* The value as JSON, or more than is shown of it. */
static void add_value(struct buf *text, const cJSON *value)
{
	if (!cJSON_IsArray(value)) {
		json_print(text, value);
		return;
	}
	buf_addc(text, '[');
	for (const cJSON *c = value->child; c && text->len <= SHOWN_MAX;
	     c = c->next) {
		json_print(text, c);
		buf_addc(text, c->next ? ',' : ']');
	}
	if (!value->child)
		buf_addc(text, ']');
}

int fail_value(struct run *r, const struct place *at, const char *what,
	       const cJSON *value)
{
	_cleanup_buf_ struct buf text = {0};
	size_t len;
	int rc;

	if (r->quiet)
		return 0;
	add_value(&text, value);
	rc = steps_take(&r->schema->steps, text.len / 4);
	if (rc)
		return rc;
	len = utf8_cut(buf_str(&text), text.len, SHOWN_MAX);
	return fail(r, at, "%s %.*s%s", what, (int)len, buf_str(&text),
		    len < text.len ? "…" : "");
}

bool goes_on(const struct run *r)
{
	return r->all && !r->quiet && r->errors < ERRORS_MAX;
}

/* ---- marks ---- */

int marks_add(struct marks *marks, size_t i)
{
	size_t words = i / 64 + 1;

	if (!marks || marks->all)
		return 0;
	if (words > marks->words) {
		uint64_t *bits;

		words = words * 2;
		bits = realloc(marks->bits, words * sizeof(*bits));
		if (!bits)
			return err_nomem();
		memset(bits + marks->words, 0,
		       (words - marks->words) * sizeof(*bits));
		marks->bits = bits;
		marks->words = words;
	}
	marks->bits[i / 64] |= (uint64_t)1 << i % 64;
	return 0;
}

void marks_add_all(struct marks *marks)
{
	if (marks)
		marks->all = true;
}

int marks_merge(struct marks *into, const struct marks *from)
{
	int rc;

	if (!into || into->all)
		return 0;
	into->all = from->all;
	if (into->all || !from->words)
		return 0;
	if (from->words > into->words) {
		/* Grows it, and takes the mark back. */
		size_t last = from->words * 64 - 1;

		rc = marks_add(into, last);
		if (rc)
			return rc;
		into->bits[last / 64] &= ~((uint64_t)1 << 63);
	}
	for (size_t i = 0; i < from->words; i++)
		into->bits[i] |= from->bits[i];
	return 0;
}

bool marks_has(const struct marks *marks, size_t i)
{
	return marks->all ||
	       (i / 64 < marks->words && marks->bits[i / 64] >> i % 64 & 1);
}

void marks_release(struct marks *marks)
{
	free(marks->bits);
}

/* ---- nodes ---- */

static bool applies(enum applies to, const cJSON *value)
{
	switch (to) {
	case TO_ANY:
		return true;
	case TO_NUMBER:
		return cJSON_IsNumber(value);
	case TO_STRING:
		return cJSON_IsString(value);
	case TO_ARRAY:
		return cJSON_IsArray(value);
	case TO_OBJECT:
		return cJSON_IsObject(value);
	}
	return false;
}

static int eval_rules(struct run *r, const struct node *node,
		      const cJSON *value, const struct place *at,
		      struct marks *marks)
{
	int valid = 1;

	for (size_t i = 0; i < node->nrules; i++) {
		const struct rule *rule = &node->rules[i];
		int rc;

		if (!rule->kw->eval || !applies(rule->kw->applies, value))
			continue;
		rc = steps_take(&r->schema->steps, 1);
		if (!rc)
			rc = rule->kw->eval(r, rule, value, at, marks);
		if (rc < 0)
			return rc;
		valid &= rc;
		if (!valid && !goes_on(r))
			return 0;
	}
	return valid;
}

/* What was marked counts only where the schema matched. */
static int eval_marked(struct run *r, const struct node *node,
		       const cJSON *value, const struct place *at,
		       struct marks *marks)
{
	struct marks own = {0};
	int rc = eval_rules(r, node, value, at, &own), err = 0;

	if (rc > 0 && marks) {
		err = steps_take(&r->schema->steps, own.words / 4);
		if (!err)
			err = marks_merge(marks, &own);
	}
	marks_release(&own);
	return err ? err : rc;
}

static int eval_inside(struct run *r, const struct node *node,
		       const cJSON *value, const struct place *at,
		       struct marks *marks)
{
	struct scope here = {node->res, r->scope};
	bool enters = !r->scope || r->scope->res != node->res;
	int rc;

	if (enters)
		r->scope = &here;
	if (marks || node->tracks)
		rc = eval_marked(r, node, value, at, marks);
	else
		rc = eval_rules(r, node, value, at, NULL);
	if (enters)
		r->scope = here.up;
	return rc;
}

int eval_node(struct run *r, const struct node *node, const cJSON *value,
	      const struct place *at, struct marks *marks)
{
	int rc = steps_take(&r->schema->steps, 2);

	if (rc)
		return rc;
	if (node->meta)
		return meta_eval(r, node->meta, value, at, marks);
	if (cJSON_IsBool(node->json))
		return cJSON_IsTrue(node->json)
			       ? 1
			       : fail(r, at, "nothing is allowed here");
	if (r->depth == DEPTH_MAX)
		return err_set(AWM_INVALID,
			       "the schema goes too deep: a reference may lead "
			       "back to itself");
	r->depth++;
	rc = eval_inside(r, node, value, at, marks);
	r->depth--;
	return rc;
}

int eval_quietly(struct run *r, const struct node *node, const cJSON *value,
		 const struct place *at, struct marks *marks)
{
	int rc;

	r->quiet++;
	rc = eval_node(r, node, value, at, marks);
	r->quiet--;
	return rc;
}

const struct entry *rule_entry(const struct rule *rule, const char *name)
{
	size_t low = 0, high = rule->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(rule->entries[middle].name, name);

		if (order == 0)
			return &rule->entries[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
