/* SPDX-License-Identifier: MIT */
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "base/words.h"
#include "domain/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int condition)
{
	if (!condition)
		abort();
}

/* The index as the migration makes it. */
static sqlite3_stmt *engine(void)
{
	static sqlite3_stmt *st;
	sqlite3 *db;

	if (st)
		return st;
	check(sqlite3_open(":memory:", &db) == SQLITE_OK);
	check(sqlite3_exec(db,
			   "CREATE VIRTUAL TABLE f USING fts5(title, content, "
			   "tokenize = 'unicode61 remove_diacritics 2 "
			   "categories ''L* N* Co So''');"
			   "INSERT INTO f VALUES ('a b c', 'the quick fox'), "
			   "('x', 'status todo AND OR NOT 1')",
			   NULL, NULL, NULL) == SQLITE_OK);
	check(sqlite3_prepare_v2(db, "SELECT rowid FROM f WHERE f MATCH ?1", -1,
				 &st, NULL) == SQLITE_OK);
	return st;
}

/* Whatever was written, the engine takes it. */
static void check_match(const char *match)
{
	sqlite3_stmt *st = engine();
	int rc;

	check(sqlite3_bind_text(st, 1, match, -1, SQLITE_STATIC) == SQLITE_OK);
	do
		rc = sqlite3_step(st);
	while (rc == SQLITE_ROW);
	check(rc == SQLITE_DONE);
	check(sqlite3_reset(st) == SQLITE_OK);
}

static void check_query(const char *text, bool plain)
{
	struct search_parsed parsed = {0};
	struct arena a = {0};
	int rc = search_parse(text, plain, &a, &parsed);

	check(rc == 0 || rc == -AWM_USAGE);
	if (rc == 0) {
		check_match(parsed.match);
		check(parsed.nwords <= AWM_SEARCH_WORDS);
	}
	for (size_t i = 0; rc == 0 && i < parsed.nwords; i++) {
		const struct search_word *w = &parsed.words[i];

		check(w->at + w->len <= strlen(text) && w->len > 0);
		check(memcmp(text + w->at, w->text, w->len) == 0);
	}
	for (size_t i = 0; rc == 0 && i < parsed.nfilters; i++)
		check(parsed.filters[i].kind < FILTER_KINDS &&
		      *parsed.filters[i].value != '\0');
	arena_release(&a);
}

/* Taken apart and put together again, a text is what it was, but for its
 * boundaries and control characters. */
static void check_words(const char *s, size_t len)
{
	struct buf apart = {0}, once = {0}, twice = {0};

	words_add(&apart, s, len);
	words_add_joined(&once, buf_str(&apart), apart.len);
	check(once.len <= len && once.len <= apart.len);
	check(!memchr(buf_str(&apart), '\002', apart.len));
	check(utf8_valid(buf_str(&apart), apart.len) == utf8_valid(s, len));
	words_add(&twice, once.s, once.len);
	check(twice.len == apart.len || memmem(s, len, "\xE2\x80\x8B", 3));
	buf_release(&apart);
	buf_release(&once);
	buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	char *text = arena_strndup(&a, (const char *)data, size);

	check(text != NULL);
	check_query(text, false);
	check_query(text, true);
	check_words(text, size);
	arena_release(&a);
	return 0;
}
