// SPDX-License-Identifier: MIT
/* The language of queries. Whatever is written becomes an expression of FTS5
 * in which every word stands in quotes: nothing that a person types is
 * syntax of the engine. */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/words.h"
#include "domain/search.h"

/* Groups that are nested deeper are read as if they were not there: the
 * engine's parser has a stack of 100. */
#define DEPTH_MAX 8

static const char *const filter_names[FILTER_KINDS] = {
	[FILTER_TYPE] = "type",	      [FILTER_STATUS] = "status",
	[FILTER_PROJECT] = "project", [FILTER_ASSIGNEE] = "assignee",
	[FILTER_TAG] = "tag",	      [FILTER_AFTER] = "after",
	[FILTER_BEFORE] = "before",
};

struct parser {
	const char *start, *p;
	bool plain;
	bool only_without; /* some alternative says only what it is not */
	int depth;
	size_t count; /* of words */
	struct buf filters, words;
	struct arena *arena;
	int rc;
};

/* Words, or groups of them, that are joined by AND or OR. */
struct list {
	struct buf text;
	size_t count;
};

enum search_filter_kind search_filter_find(const char *name, size_t len)
{
	for (size_t i = 0; i < FILTER_KINDS; i++)
		if (strlen(filter_names[i]) == len &&
		    strncasecmp(filter_names[i], name, len) == 0)
			return (enum search_filter_kind)i;
	return FILTER_KINDS;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_bracket(const struct parser *k, char c)
{
	return !k->plain && (c == '(' || c == ')');
}

static void list_add(struct list *l, const char *with, const struct buf *item)
{
	if (!item->len)
		return;
	if (l->count++)
		buf_adds(&l->text, with);
	buf_add(&l->text, item->s, item->len);
	l->text.failed |= item->failed;
}

/* The list as one operand. */
static void list_close(const struct list *l, struct buf *out)
{
	bool several = l->count > 1;

	buf_adds(out, several ? "(" : "");
	buf_add(out, buf_str(&l->text), l->text.len);
	buf_adds(out, several ? ")" : "");
	out->failed |= l->text.failed;
}

/* ---- words ---- */

static void add_quoted(struct buf *out, const char *s, size_t len)
{
	_cleanup_buf_ struct buf b = {0};

	words_add(&b, s, len);
	buf_addc(out, '"');
	for (size_t i = 0; i < b.len; i++) {
		if (b.s[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, b.s[i]);
	}
	buf_addc(out, '"');
	out->failed |= b.failed;
}

static void note_word(struct parser *k, const char *s, size_t len)
{
	struct search_word w = {.at = (size_t)(s - k->start), .len = len};

	if (!words_is_one(s, len))
		return;
	w.text = arena_strndup(k->arena, s, len);
	if (w.text)
		buf_add(&k->words, &w, sizeof(w));
	else
		k->rc = -AWM_NOMEM;
}

static void add_word(struct parser *k, const char *s, size_t len, bool prefix,
		     bool without, struct buf *out)
{
	if (!words_any(s, len))
		return;
	if (k->count++ == AWM_SEARCH_WORDS && !k->rc) {
		err_set(AWM_USAGE, "a query has at most %d words",
			AWM_SEARCH_WORDS);
		k->rc = err_hint("search for fewer of them");
	}
	if (k->rc)
		return;
	add_quoted(out, s, len);
	if (prefix)
		buf_adds(out, " *");
	else if (!without)
		note_word(k, s, len);
}

/* From a quote to the next one, or to the end. */
static void read_phrase(struct parser *k, bool without, struct buf *out)
{
	const char *s = ++k->p;
	size_t len = strcspn(s, "\"");
	bool prefix;

	k->p = s + len + (s[len] == '"');
	prefix = s[len] == '"' && *k->p == '*';
	k->p += prefix;
	add_word(k, s, len, prefix, without, out);
}

static void read_word(struct parser *k, bool without, struct buf *out)
{
	const char *s = k->p;
	size_t len;
	bool prefix;

	while (*k->p && !is_space(*k->p) && !is_bracket(k, *k->p) &&
	       (k->plain || *k->p != '"'))
		k->p++;
	len = (size_t)(k->p - s);
	prefix = len && s[len - 1] == '*';
	while (len && s[len - 1] == '*')
		len--;
	add_word(k, s, len, prefix, without, out);
}

/* ---- filters ---- */

static void add_filter(struct parser *k, struct search_filter *f, size_t len)
{
	if (!len)
		return;
	f->value = arena_strndup(k->arena, k->p, len);
	if (f->value)
		buf_add(&k->filters, f, sizeof(*f));
	else
		k->rc = -AWM_NOMEM;
}

/* Values, in quotes or up to a space, with commas between them. */
static void read_values(struct parser *k, struct search_filter *f)
{
	do {
		size_t len = 0;
		bool quoted = *k->p == '"';

		k->p += quoted;
		if (quoted)
			len = strcspn(k->p, "\"");
		while (!quoted && k->p[len] && k->p[len] != ',' &&
		       !is_space(k->p[len]) && !is_bracket(k, k->p[len]))
			len++;
		add_filter(k, f, len);
		k->p += len;
		k->p += quoted && *k->p == '"';
	} while (*k->p == ',' && *k->p++);
}

/* "status:todo"; a colon with nothing behind is part of a word. */
static bool read_filter(struct parser *k, bool without)
{
	struct search_filter f = {.without = without};
	size_t len = strspn(k->p, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	char next;

	if (k->p[len] != ':')
		return false;
	next = k->p[len + 1];
	f.kind = search_filter_find(k->p, len);
	if (f.kind == FILTER_KINDS || !next || is_space(next) || next == ',' ||
	    is_bracket(k, next) || (next == '"' && k->p[len + 2] == '"'))
		return false;
	k->p += len + 1;
	read_values(k, &f);
	return true;
}

/* ---- the grammar ---- */

static void read_any(struct parser *k, struct buf *out);

/* A word of capitals that stands alone. */
static bool read_keyword(struct parser *k, const char *word)
{
	size_t len = strlen(word);
	char next;

	if (k->plain || strncmp(k->p, word, len) != 0)
		return false;
	next = k->p[len];
	if (next && !is_space(next) && !is_bracket(k, next) && next != '"')
		return false;
	k->p += len;
	return true;
}

static void read_group(struct parser *k, struct buf *out)
{
	k->p++;
	if (k->depth >= DEPTH_MAX)
		return;
	k->depth++;
	read_any(k, out);
	k->depth--;
	k->p += *k->p == ')';
}

static bool read_without(struct parser *k)
{
	bool without = false;

	if (k->plain)
		return false;
	while (*k->p == '-') {
		k->p++;
		without = true;
	}
	return without && *k->p && !is_space(*k->p);
}

static void read_item(struct parser *k, struct list *with, struct list *other)
{
	_cleanup_buf_ struct buf item = {0};
	bool without = read_keyword(k, "NOT");

	while (without && is_space(*k->p))
		k->p++;
	without |= read_without(k);
	if (!k->plain && *k->p == '(')
		read_group(k, &item);
	else if (!k->plain && *k->p == '"')
		read_phrase(k, without, &item);
	else if (!read_filter(k, without))
		read_word(k, without, &item);
	list_add(without ? other : with, without ? " OR " : " AND ", &item);
}

/* What stands at the start of an item but begins none: blanks, and brackets
 * without a partner. */
static bool skip_blank(struct parser *k)
{
	const char *s = k->p;

	while (is_space(*k->p) || (!k->plain && *k->p == ')' && !k->depth))
		k->p++;
	return k->p > s;
}

/* Everything up to OR, to the end of the group, or to the end. */
static void read_all(struct parser *k, struct buf *out)
{
	struct list with = {0}, without = {0};

	while (!k->rc) {
		if (skip_blank(k) || read_keyword(k, "AND"))
			continue;
		if (!*k->p ||
		    (k->depth && is_bracket(k, *k->p) && *k->p == ')'))
			break;
		if (read_keyword(k, "OR")) {
			k->p -= 2;
			break;
		}
		read_item(k, &with, &without);
	}
	if (without.count && !with.count)
		k->only_without = true;
	if (without.count && with.count) {
		buf_addc(out, '(');
		list_close(&with, out);
		buf_adds(out, " NOT ");
		list_close(&without, out);
		buf_addc(out, ')');
	} else {
		list_close(&with, out);
	}
	buf_release(&with.text);
	buf_release(&without.text);
}

static void read_any(struct parser *k, struct buf *out)
{
	struct list list = {0};

	do {
		_cleanup_buf_ struct buf one = {0};

		read_all(k, &one);
		list_add(&list, " OR ", &one);
	} while (!k->rc && read_keyword(k, "OR"));
	list_close(&list, out);
	buf_release(&list.text);
}

/* ---- the whole ---- */

static int nothing(const struct parser *k)
{
	if (k->only_without) {
		err_set(AWM_USAGE, "the query says only what to leave out");
		return err_hint("add a word to search for");
	}
	err_set(AWM_USAGE, "no word to search for");
	if (k->filters.len)
		return err_hint("awm task list and its like filter without "
				"searching");
	return err_hint("a word has letters, digits or symbols");
}

static int keep(struct parser *k, struct buf *from, size_t size, void **ret,
		size_t *ret_n)
{
	int rc = buf_check(from);

	if (rc)
		return rc;
	*ret_n = from->len / size;
	*ret = arena_alloc(k->arena, from->len + 1);
	if (!*ret)
		return -AWM_NOMEM;
	if (from->len)
		memcpy(*ret, from->s, from->len);
	return 0;
}

static int finish(struct parser *k, const struct buf *match,
		  struct search_parsed *ret)
{
	void *filters, *words;
	int rc = k->rc ? k->rc : buf_check(match);

	if (!rc && (!match->len || k->only_without))
		rc = nothing(k);
	if (!rc)
		rc = keep(k, &k->filters, sizeof(*ret->filters), &filters,
			  &ret->nfilters);
	if (!rc)
		rc = keep(k, &k->words, sizeof(*ret->words), &words,
			  &ret->nwords);
	if (rc)
		return rc;
	ret->filters = filters;
	ret->words = words;
	ret->match = arena_strndup(k->arena, match->s, match->len);
	return ret->match ? 0 : -AWM_NOMEM;
}

int search_parse(const char *text, bool plain, struct arena *a,
		 struct search_parsed *ret)
{
	struct parser k = {
		.start = text, .p = text, .plain = plain, .arena = a};
	_cleanup_buf_ struct buf match = {0};
	int rc;

	if (strlen(text) > AWM_SEARCH_BYTES) {
		err_set(AWM_USAGE, "the query is longer than %d bytes",
			AWM_SEARCH_BYTES);
		return err_hint("search for some words of it");
	}
	read_any(&k, &match);
	rc = finish(&k, &match, ret);
	buf_release(&k.filters);
	buf_release(&k.words);
	return rc;
}
