/* SPDX-License-Identifier: MIT */
#include "cmd/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "cmd/option.h"
#include "cmd/report.h"

/* Each level is a call, and jq reads no more than 85 of them. */
#define NESTED_MAX 80
/* The lines of a table are indented no farther than this. */
#define INDENT_MAX 100

static const struct awm_field of_field = {
	.name = "of", .label = "Below", .type = AWM_TYPE_INT};
static const struct awm_field depth_field = {
	.name = "depth", .label = "Depth", .type = AWM_TYPE_INT};
static const struct awm_field repeated_field = {
	.name = "repeated", .label = "Repeated", .type = AWM_TYPE_BOOL};

int tree_row(void *ctx, const struct awm_record *row)
{
	struct tree *t = ctx;
	struct arena *a = &t->run->arena;

	t->rows = array_room(a, t->rows, t->count, sizeof(*t->rows));
	if (!t->rows)
		return -AWM_NOMEM;
	return awm_record_copy(t->run->pool, row, &t->rows[t->count++]);
}

/* ---- which rows are below which ---- */

struct places {
	struct awm_record **rows;
	size_t at;
	int64_t of; /* 0: none */
};

static int by_of(const void *a, const void *b)
{
	const struct places *x = a, *y = b;

	if (x->of != y->of)
		return x->of < y->of ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

struct layout {
	struct tree *tree;
	struct places *places; /* sorted */
	int64_t *ids;	       /* sorted; each once */
	bool *expanded;	       /* of ids */
	size_t nids;
	bool drawn; /* a table: titles are drawn as a tree */
	struct buf prefix;
};

static size_t id_place(const struct layout *l, int64_t id)
{
	const int64_t *found =
		bsearch(&id, l->ids, l->nids, sizeof(id), compare_ids);

	return found ? (size_t)(found - l->ids) : l->nids;
}

static int arrange(struct layout *l)
{
	struct tree *t = l->tree;
	struct arena *a = &t->run->arena;
	size_t n = 0;

	l->places = arena_array(a, t->count + 1, sizeof(*l->places));
	l->ids = arena_array(a, t->count + 1, sizeof(*l->ids));
	l->expanded = arena_array(a, t->count + 1, sizeof(*l->expanded));
	if (!l->places || !l->ids || !l->expanded)
		return -AWM_NOMEM;
	for (size_t i = 0; i < t->count; i++)
		l->ids[i] = awm_record_int(t->rows[i], "id");
	qsort(l->ids, t->count, sizeof(*l->ids), compare_ids);
	for (size_t i = 0; i < t->count; i++)
		if (!n || l->ids[n - 1] != l->ids[i])
			l->ids[n++] = l->ids[i];
	l->nids = n;
	for (size_t i = 0; i < t->count; i++) {
		int64_t of = awm_record_int(t->rows[i], "of");

		/* below what is not shown: a root */
		if (id_place(l, of) == l->nids)
			of = 0;
		l->places[i] = (struct places){t->rows, i, of};
	}
	qsort(l->places, t->count, sizeof(*l->places), by_of);
	return 0;
}

/* The first place below `of`; *ret_n how many. */
static size_t below(const struct layout *l, int64_t of, size_t *ret_n)
{
	size_t low = 0, high = l->tree->count, n = 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->places[mid].of < of)
			low = mid + 1;
		else
			high = mid;
	}
	while (low + n < l->tree->count && l->places[low + n].of == of)
		n++;
	*ret_n = n;
	return low;
}

/* Whether what is below the row is to be shown here: once. */
static bool expand(struct layout *l, const struct awm_record *row)
{
	size_t at = id_place(l, awm_record_int(row, "id"));

	if (l->expanded[at])
		return false;
	l->expanded[at] = true;
	return true;
}

/* ---- nested ---- */

static bool is_of(const struct awm_field *f)
{
	return strcmp(f->name, "of") == 0;
}

static struct awm_record *node_new(struct arena *a,
				   const struct awm_record *row, size_t more)
{
	struct awm_record *node = arena_alloc(a, sizeof(*node));
	const struct awm_field **f =
		arena_array(a, row->count + more, sizeof(*f));
	struct awm_value *v = arena_array(a, row->count + more, sizeof(*v));
	size_t n = 0;

	if (!node || !f || !v)
		return NULL;
	for (size_t i = 0; i < row->count; i++) {
		if (is_of(row->fields[i]))
			continue;
		f[n] = row->fields[i];
		v[n++] = row->values[i];
	}
	node->fields = f;
	node->values = v;
	node->count = n;
	return node;
}

static void node_add(struct awm_record *node, const struct awm_field *f,
		     struct awm_value v)
{
	((const struct awm_field **)node->fields)[node->count] = f;
	node->values[node->count++] = v;
}

static int too_deep(void)
{
	err_set(AWM_INVALID, "this has more than %d levels, too many for JSON",
		NESTED_MAX);
	return err_hint("--format csv has a line for each");
}

static int nest(struct layout *l, const struct awm_record *row, size_t depth,
		struct awm_record **ret)
{
	struct arena *a = &l->tree->run->arena;
	struct awm_record *node = node_new(a, row, 1);
	struct awm_relation *rel = arena_alloc(a, sizeof(*rel));
	size_t n = 0, first = below(l, awm_record_int(row, "id"), &n);
	bool expanded = expand(l, row);
	int err = 0;

	if (!node || !rel)
		return -AWM_NOMEM;
	if (n && expanded && depth >= NESTED_MAX)
		return too_deep();
	if (n && !expanded)
		node_add(node, &repeated_field, AWM_VALUE_INT(1));
	*rel = (struct awm_relation){.name = l->tree->name, .many = true};
	node->relations = rel;
	node->nrelations = 1;
	rel->items = arena_array(a, n + 1, sizeof(*rel->items));
	if (!rel->items)
		return -AWM_NOMEM;
	for (size_t i = 0; expanded && i < n && !err; i++)
		err = nest(l, l->tree->rows[l->places[first + i].at], depth + 1,
			   &rel->items[rel->count++]);
	*ret = node;
	return err;
}

static int report_nested(struct layout *l)
{
	struct run *r = l->tree->run;
	struct awm_record *node;
	size_t n, first = below(l, 0, &n);
	int err = 0;

	if (!l->tree->one)
		err = report_begin(r);
	for (size_t i = 0; i < n && !err; i++) {
		err = nest(l, l->tree->rows[l->places[first + i].at], 0, &node);
		if (err)
			return err;
		err = l->tree->one ? report_one(r, node) : report_row(r, node);
	}
	return err || l->tree->one ? err : report_end(r);
}

/* ---- flat ---- */

static int draw_title(struct layout *l, struct awm_record *line, bool last,
		      size_t depth, bool repeated)
{
	for (size_t i = 0; i < line->count; i++) {
		if (strcmp(line->fields[i]->name, "title") != 0)
			continue;
		const char *text = arena_printf(&l->tree->run->arena,
						"%s%s%s%s", buf_str(&l->prefix),
						!depth ? ""
						: last ? "└─ "
						       : "├─ ",
						awm_record_text(line, "title"),
						repeated ? " (above)" : "");
		if (!text)
			return -AWM_NOMEM;
		line->values[i] = awm_value_text(text);
	}
	return 0;
}

/* Rows below one that are still to come. */
struct level {
	size_t next, end; /* of places */
	size_t prefix;	  /* its length above them */
};

static int report_line(struct layout *l, const struct awm_record *row,
		       bool last, size_t depth, bool repeated)
{
	struct awm_record *line = node_new(&l->tree->run->arena, row, 2);
	int err = 0;

	if (!line)
		return -AWM_NOMEM;
	node_add(line, &of_field, *awm_record_get(row, "of"));
	node_add(line, &depth_field, AWM_VALUE_INT((int64_t)depth));
	if (l->drawn)
		err = draw_title(l, line, last, depth, repeated);
	return err ? err : report_row(l->tree->run, line);
}

static void descend(struct layout *l, struct buf *levels, size_t first,
		    size_t n)
{
	struct level level = {first, first + n, l->prefix.len};

	buf_add(levels, &level, sizeof(level));
}

/* Chains are as long as people make them, so this is no recursion. */
static int report_flat_below(struct layout *l, struct buf *levels)
{
	size_t n, first = below(l, 0, &n);
	int err = 0;

	descend(l, levels, first, n);
	while (levels->len && !err && !buf_check(levels)) {
		size_t depth = levels->len / sizeof(struct level) - 1;
		struct level *level = (struct level *)(void *)levels->s + depth;
		buf_truncate(&l->prefix, level->prefix);
		if (level->next == level->end) {
			buf_truncate(levels, depth * sizeof(*level));
			continue;
		}
		const struct awm_record *row =
			l->tree->rows[l->places[level->next++].at];
		bool last = level->next == level->end;
		bool expanded = expand(l, row);
		first = below(l, awm_record_int(row, "id"), &n);
		err = report_line(l, row, last, depth, n && !expanded);
		if (l->drawn && depth && depth < INDENT_MAX)
			buf_adds(&l->prefix, last ? "   " : "│  ");
		if (expanded && n)
			descend(l, levels, first, n);
	}
	return err ? err : buf_check(levels);
}

static int report_flat(struct layout *l)
{
	struct buf levels = {0};
	int err = report_begin(l->tree->run);

	if (!err)
		err = report_flat_below(l, &levels);
	buf_release(&levels);
	return err ? err : report_end(l->tree->run);
}

int tree_report(struct tree *t)
{
	struct layout l = {.tree = t};
	enum format format = t->run->globals.format;
	bool nested = format == FORMAT_JSON || format == FORMAT_JSONL;
	int err = arrange(&l);

	l.drawn = format == FORMAT_TABLE;
	if (!err)
		err = nested && !t->run->globals.quiet ? report_nested(&l)
						       : report_flat(&l);
	buf_release(&l.prefix);
	return err;
}
