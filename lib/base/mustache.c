// SPDX-License-Identifier: MIT
#include "base/mustache.h"

#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mustache_parse.h"

#define OUTPUT_MAX   ((size_t)16 << 20)
#define PARTIALS_MAX 32
/* Sections and partials in each other: what the stack has room for. */
#define DEPTH_MAX 512
/* Tags, names compared and bytes of partials: less than half a second. */
#define STEPS_MAX ((size_t)1 << 24)

/* What names are looked for in, innermost first. */
struct scope {
	const cJSON *value;
	const struct scope *up;
};

struct render {
	const struct mustache_opts *opts;
	struct buf *out;
	size_t begin, max;
	size_t steps;
	unsigned depth, partials;
	bool told; /* which partial failed */
};

static int render_text(struct render *r, const char *text,
		       const struct scope *scope);

static int spend(struct render *r, size_t steps)
{
	if (steps > STEPS_MAX - r->steps)
		return err_set(AWM_INVALID, "the template takes too long");
	r->steps += steps;
	return 0;
}

/* ---- names ---- */

/* *ret is NULL when there is no such member. */
static int member(struct render *r, const cJSON *node, const char *name,
		  size_t len, const cJSON **ret)
{
	size_t steps = 1;

	*ret = NULL;
	for (const cJSON *c = cJSON_IsObject(node) ? node->child : NULL;
	     c && !*ret; c = c->next) {
		steps++;
		if (!strncmp(c->string, name, len) && !c->string[len])
			*ret = c;
	}
	return spend(r, steps);
}

/* The first word of "a.b.c" is looked for in all scopes, the others below what
 * it named only. */
static int lookup(struct render *r, const struct mustache_part *part,
		  const struct scope *scope, const cJSON **ret)
{
	const char *s = part->s, *end = s + part->len, *dot;
	const cJSON *node = NULL;
	int rc = 0;

	if (part->len == 1 && *s == '.') {
		*ret = scope->value;
		return 0;
	}
	for (bool first = true; s <= end; first = false) {
		dot = memchr(s, '.', (size_t)(end - s));
		if (!dot)
			dot = end;
		if (!first)
			rc = member(r, node, s, (size_t)(dot - s), &node);
		for (const struct scope *at = first ? scope : NULL;
		     at && !node && !rc; at = at->up)
			rc = member(r, at->value, s, (size_t)(dot - s), &node);
		if (rc || !node)
			break;
		s = dot + 1;
	}
	*ret = node;
	return rc;
}

static int missing(const struct mustache_part *part, const char *what)
{
	return err_set(AWM_INVALID, "line %zu: %s '%.*s'", part->line, what,
		       (int)(part->len < 100 ? part->len : 100), part->s);
}

/* ---- output ---- */

static int put(struct render *r, const char *s, size_t len)
{
	if (len > r->max - (r->out->len - r->begin))
		return err_set(AWM_INVALID,
			       "the rendered template is longer than %zu bytes",
			       r->max);
	buf_add(r->out, s, len);
	return buf_check(r->out);
}

static int put_escaped(struct render *r, const char *s)
{
	int rc = 0;

	while (*s && !rc) {
		size_t n = strcspn(s, "&\"<>");

		rc = put(r, s, n);
		s += n;
		if (rc || !*s)
			break;
		rc = *s == '&'	 ? put(r, "&amp;", 5)
		     : *s == '"' ? put(r, "&quot;", 6)
		     : *s == '<' ? put(r, "&lt;", 4)
				 : put(r, "&gt;", 4);
		s++;
	}
	return rc;
}

static bool too_deep(const cJSON *node, unsigned depth)
{
	for (const cJSON *c = node->child; c; c = c->next)
		if (depth == JSON_DEPTH || too_deep(c, depth + 1))
			return true;
	return false;
}

static int put_value(struct render *r, const struct mustache_part *part,
		     const cJSON *node)
{
	_cleanup_buf_ struct buf b = {0};
	bool escape = r->opts->escape && !part->raw;

	if (cJSON_IsNull(node))
		return 0;
	if (cJSON_IsString(node) && !escape)
		return put(r, node->valuestring, strlen(node->valuestring));
	if (cJSON_IsString(node))
		return put_escaped(r, node->valuestring);
	if (too_deep(node, 0))
		return missing(part, "too deeply nested is");
	json_print(&b, node);
	if (buf_check(&b))
		return -AWM_NOMEM;
	return escape ? put_escaped(r, b.s) : put(r, b.s, b.len);
}

/* ---- parts ---- */

static int render_parts(struct render *r, const struct mustache_part *items,
			size_t from, size_t to, const struct scope *scope);

static bool is_true(const cJSON *node)
{
	if (!node || cJSON_IsNull(node) || cJSON_IsFalse(node))
		return false;
	if (cJSON_IsString(node))
		return *node->valuestring;
	return !cJSON_IsArray(node) || node->child;
}

static int render_name(struct render *r, const struct mustache_part *part,
		       const struct scope *scope)
{
	const cJSON *node;
	int rc = lookup(r, part, scope, &node);

	if (!rc && node)
		return put_value(r, part, node);
	if (!rc && r->opts->strict)
		return missing(part, "no value for");
	return rc;
}

static int render_section(struct render *r, const struct mustache_part *items,
			  size_t at, const struct scope *scope)
{
	const struct mustache_part *part = items + at;
	bool inverted = part->kind == MUSTACHE_INVERTED;
	const cJSON *node, *item;
	int rc = lookup(r, part, scope, &node);

	if (rc || is_true(node) == inverted)
		return rc;
	if (inverted)
		return render_parts(r, items, at + 1, part->end, scope);
	if (!cJSON_IsArray(node)) {
		struct scope here = {node, scope};

		return render_parts(r, items, at + 1, part->end, &here);
	}
	for (item = node->child; item && !rc; item = item->next) {
		struct scope here = {item, scope};

		rc = render_parts(r, items, at + 1, part->end, &here);
	}
	return rc;
}

/* The text with the blanks before each of its lines. */
static int indent(struct render *r, const char *text,
		  const struct mustache_part *part, struct buf *ret)
{
	size_t room = r->max;

	while (*text) {
		size_t n = strcspn(text, "\n");

		n += text[n] == '\n';
		if (part->indent_len + n > room - ret->len)
			return err_set(AWM_INVALID,
				       "line %zu: partial '%.*s' is too long",
				       part->line, (int)part->len, part->s);
		buf_add(ret, part->indent, part->indent_len);
		buf_add(ret, text, n);
		text += n;
		if (spend(r, part->indent_len + n))
			return -AWM_INVALID;
	}
	return buf_check(ret);
}

static int render_partial(struct render *r, const struct mustache_part *part,
			  const struct scope *scope)
{
	_cleanup_free_ char *name = strndup(part->s, part->len);
	_cleanup_buf_ struct buf indented = {0};
	const char *text = NULL;
	int rc = 0;

	if (!name)
		return err_nomem();
	if (r->opts->partial)
		text = r->opts->partial(r->opts->ctx, name);
	if (!text)
		return r->opts->strict ? missing(part, "no partial") : 0;
	if (r->partials == PARTIALS_MAX)
		return missing(part, "too deeply nested is partial");
	if (part->indent_len) {
		rc = indent(r, text, part, &indented);
		text = buf_str(&indented);
	}
	if (!rc)
		rc = spend(r, strlen(text) + 1);
	if (rc)
		return rc;
	r->partials++;
	rc = render_text(r, text, scope);
	r->partials--;
	if (rc && rc != -AWM_NOMEM && !r->told)
		err_context("partial '%.100s'", name);
	r->told = rc;
	return rc;
}

static int render_parts(struct render *r, const struct mustache_part *items,
			size_t from, size_t to, const struct scope *scope)
{
	int rc = 0;

	if (r->depth == DEPTH_MAX)
		return err_set(AWM_INVALID, "line %zu: too much is nested",
			       items[from ? from - 1 : 0].line);
	r->depth++;
	for (size_t i = from; i < to && !rc; i++) {
		const struct mustache_part *part = items + i;

		rc = spend(r, 1);
		if (rc)
			break;
		if (part->kind == MUSTACHE_TEXT)
			rc = put(r, part->s, part->len);
		else if (part->kind == MUSTACHE_NAME)
			rc = render_name(r, part, scope);
		else if (part->kind == MUSTACHE_PARTIAL)
			rc = render_partial(r, part, scope);
		else
			rc = render_section(r, items, i, scope);
		if (part->end)
			i = part->end - 1;
	}
	r->depth--;
	return rc;
}

static int render_text(struct render *r, const char *text,
		       const struct scope *scope)
{
	struct mustache_parts parts = {0};
	int rc = mustache_parse(text, &parts);

	if (!rc && parts.count)
		rc = render_parts(r, parts.items, 0, parts.count, scope);
	mustache_parts_release(&parts);
	return rc;
}

int mustache_render(const char *text, const cJSON *data,
		    const struct mustache_opts *opts, struct buf *out)
{
	static const struct mustache_opts none;
	struct render r = {
		.opts = opts ? opts : &none, .out = out, .begin = out->len};
	struct scope top = {.value = data};
	int rc;

	r.max = r.opts->max_output ? r.opts->max_output : OUTPUT_MAX;
	rc = render_text(&r, text, &top);
	if (rc)
		buf_truncate(out, r.begin);
	return rc;
}
