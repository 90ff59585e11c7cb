// SPDX-License-Identifier: MIT
/* Where nothing is found: the words of the index that are spelt much like
 * those of the query. */
#include <string.h>

#include "base/utf8.h"
#include "domain/search.h"
#include "queries.h"

/* A word of so many letters may have two wrong ones, a shorter one may have
 * one. */
#define LONG 6
/* Shorter ones have neighbours that mean anything. */
#define SHORT 3

struct near {
	const char *word; /* folded */
	size_t limit;
	struct buf best;
	size_t distance;
	int64_t rows; /* that hold it */
};

static void consider(struct near *n, const char *term, int64_t rows)
{
	size_t d = utf8_distance(n->word, term, n->limit);

	if (d > n->limit ||
	    (n->best.len &&
	     (d > n->distance || (d == n->distance && rows <= n->rows))))
		return;
	buf_truncate(&n->best, 0);
	buf_adds(&n->best, term);
	n->distance = d;
	n->rows = rows;
}

static size_t lead_length(const char *s)
{
	size_t n = *s != '\0';

	while (((unsigned char)s[n] & 0xC0) == 0x80)
		n++;
	return n;
}

/* The words that begin with the one character at `lead`. */
static int look(struct search *k, struct near *n, const char *lead)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	size_t len = lead_length(lead);
	char from[8] = {0}, to[8] = {0};
	int rc;

	if (!len || len > 4)
		return 0;
	memcpy(from, lead, len);
	memcpy(to, lead, len);
	/* behind every continuation of these bytes */
	to[len] = (char)0xFF;
	rc = db_query(k->session->db, &st, query_search_vocab_sqlite, "tt",
		      from, to);
	while (!rc && (rc = db_step(st)) > 0) {
		const char *term = db_column_text(st, 0);

		if (term)
			consider(n, term, db_column_int(st, 1));
		rc = buf_check(&n->best);
	}
	return rc;
}

/* The nearest word of the index, in n->best: of those that begin alike, or
 * with the second letter, when the first is one too many or in its place. */
static int find_nearest(struct search *k, const struct search_word *w,
			struct buf *folded, struct near *n)
{
	const char *second;
	int rc;

	utf8_add_folded(folded, w->text, w->len);
	rc = buf_check(folded);
	n->word = buf_str(folded);
	if (rc || utf8_length(n->word, folded->len) < SHORT)
		return rc;
	n->limit = utf8_length(n->word, folded->len) < LONG ? 1 : 2;
	rc = look(k, n, n->word);
	second = n->word + lead_length(n->word);
	if (!rc && strncmp(second, n->word, lead_length(second)) != 0)
		rc = look(k, n, second);
	return rc;
}

static void add_near(struct search *k, const struct search_word *w,
		     const struct near *n, size_t *at, struct buf *text)
{
	const char *original = k->query->text;

	if (!n->best.len || n->distance == 0)
		return;
	buf_add(text, original + *at, w->at - *at);
	buf_add(text, n->best.s, n->best.len);
	*at = w->at + w->len;
}

static int finds(struct search *k, const char *text, bool *ret)
{
	struct search_parsed parsed;
	int rc = search_parse(text, k->query->plain, &k->arena, &parsed);

	return rc ? rc : search_finds(k, parsed.match, ret);
}

int search_suggest(struct search *k, struct arena *a, const char **ret)
{
	_cleanup_buf_ struct buf text = {0};
	bool found = false;
	size_t at = 0;
	int rc = 0;

	for (size_t i = 0; i < k->parsed.nwords && !rc; i++) {
		const struct search_word *w = &k->parsed.words[i];
		_cleanup_buf_ struct buf folded = {0};
		struct near n = {0};

		rc = find_nearest(k, w, &folded, &n);
		if (!rc)
			add_near(k, w, &n, &at, &text);
		buf_release(&n.best);
	}
	if (rc || !at)
		return rc;
	buf_adds(&text, k->query->text + at);
	rc = buf_check(&text);
	if (!rc)
		rc = finds(k, text.s, &found);
	if (rc || !found)
		return rc;
	*ret = arena_strndup(a, text.s, text.len);
	return *ret ? 0 : -AWM_NOMEM;
}
