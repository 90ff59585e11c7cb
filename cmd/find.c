/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "cmd/option.h"

#define WORDS_MAX   3
#define ALIAS_DEPTH 10

/* The words that may name a command, and where in argv they stand. */
struct words {
	const char *text[WORDS_MAX];
	int at[WORDS_MAX];
	size_t count;
};

bool word_in(const char *list, const char *word, size_t len)
{
	while (list && *list) {
		size_t n = strcspn(list, " ");

		if (n == len && memcmp(list, word, n) == 0)
			return true;
		list += n + strspn(list + n, " ");
	}
	return false;
}

/* The command's name word by word; the last may be an alias. */
static bool names(const struct command *c, const char *const *words, size_t n,
		  bool whole)
{
	const char *name = c->name;

	for (size_t i = 0; i < n; i++) {
		size_t len = strcspn(name, " ");
		bool last = name[len] == '\0';
		size_t wlen = strlen(words[i]);
		bool same = wlen == len && memcmp(name, words[i], len) == 0;

		if (!same && !(last && word_in(c->aliases, words[i], wlen)))
			return false;
		if (last)
			return i + 1 == n;
		name += len + 1;
	}
	return !whole;
}

static const struct command *find(const char *const *words, size_t n,
				  bool whole)
{
	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++)
			if (names(c, words, n, whole))
				return c;
	return NULL;
}

const struct command *find_words(const char *const *words, size_t n)
{
	return n ? find(words, n, true) : NULL;
}

bool find_prefix(const char *const *words, size_t n)
{
	return find(words, n, false);
}

const struct command *find_exact(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++)
			if (strcmp(c->name, name) == 0)
				return c;
	return NULL;
}

/* ---- did you mean ---- */

void nearest_try(struct nearest *n, const char *candidate)
{
	size_t limit = strlen(n->word) / 3 + 1;
	size_t d = utf8_distance(n->word, candidate, limit);

	if (d <= limit && (!n->best || d < n->distance)) {
		n->best = candidate;
		n->distance = d;
	}
}

const char *nearest_best(const struct nearest *n)
{
	/* nothing of a short word may be left over */
	if (!n->best || n->distance >= strlen(n->word))
		return NULL;
	return n->best;
}

/* Offers the word number `n` of every command that begins with the words
 * before it. */
static int offer_words(struct run *r, struct nearest *near,
		       const char *const *words, size_t n)
{
	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++) {
			const char *p = c->name;
			char *word;

			if (!names(c, words, n, false))
				continue;
			for (size_t k = 0; k < n; k++)
				p += strcspn(p, " ") + 1;
			word = arena_strndup(&r->arena, p, strcspn(p, " "));
			if (!word)
				return -AWM_NOMEM;
			nearest_try(near, word);
		}
	return 0;
}

static int verbs_hint(const char *const *words, size_t n)
{
	_cleanup_buf_ struct buf b = {0};

	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++) {
			const char *p = c->name;

			if (!names(c, words, n, false))
				continue;
			for (size_t k = 0; k < n; k++)
				p += strcspn(p, " ") + 1;
			buf_adds(&b, b.len ? ", " : "");
			buf_adds(&b, p);
		}
	return err_hint("one of %s", buf_str(&b));
}

int find_unknown(struct run *r, const char *const *words, size_t n)
{
	size_t known = 0;
	struct nearest near = {0};
	_cleanup_buf_ struct buf noun = {0};
	int err;

	while (known < n && find_prefix(words, known + 1))
		known++;
	for (size_t i = 0; i < known; i++)
		buf_addf(&noun, "%s%s", i ? " " : "", words[i]);
	if (known == n) {
		err_set(AWM_USAGE, "'%s' wants a verb", buf_str(&noun));
		return verbs_hint(words, n);
	}
	near.word = words[known];
	err = offer_words(r, &near, words, known);
	if (err)
		return err;
	if (known)
		err = err_set(AWM_USAGE, "unknown verb '%s' of '%s'", near.word,
			      buf_str(&noun));
	else
		err = err_set(AWM_USAGE, "unknown command '%s'", near.word);
	if (nearest_best(&near))
		return err_hint("did you mean '%s'?", nearest_best(&near));
	if (known)
		return verbs_hint(words, known);
	return err_hint("awm help lists the commands");
}

/* ---- the command line ---- */

/* How many places of argv a flag before the command's name takes; 0 when it
 * is none of the global ones. */
static int global_span(const char *arg)
{
	const struct option *o;
	size_t len;

	if (arg[1] != '-') {
		o = option_letter(NULL, arg[1]);
		if (!o)
			return 0;
		return option_takes_value(o) && !arg[2] ? 2 : 1;
	}
	len = strcspn(arg + 2, "=");
	o = option_long(NULL, arg + 2, len);
	if (!o)
		return 0;
	return option_takes_value(o) && arg[2 + len] != '=' ? 2 : 1;
}

static int unknown_global(struct run *r, char *flag)
{
	/* the parser says it best */
	return option_parse(r, 2, (char *[]){NULL, flag, NULL});
}

static int scan_words(struct run *r, int argc, char **argv, struct words *w)
{
	for (int i = 1; i < argc && w->count < WORDS_MAX;) {
		int span = 1;

		if (strcmp(argv[i], "--") == 0)
			break;
		if (argv[i][0] == '-' && argv[i][1]) {
			span = global_span(argv[i]);
			if (!span && !w->count)
				return unknown_global(r, argv[i]);
			if (!span)
				break;
		} else {
			w->text[w->count] = argv[i];
			w->at[w->count++] = i;
		}
		i += span;
	}
	return 0;
}

static void take_words(int *argc, char **argv, const struct words *w, size_t n)
{
	int to = 1;

	for (int i = 1; i < *argc; i++) {
		bool taken = false;

		for (size_t k = 0; k < n; k++)
			taken |= w->at[k] == i;
		if (!taken)
			argv[to++] = argv[i];
	}
	*argc = to;
	argv[to] = NULL;
}

static bool asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "-h") == 0 ||
		    strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

static bool asks_version(int argc, char **argv, int end)
{
	for (int i = 1; i < argc && i < end; i++)
		if (strcmp(argv[i], "--version") == 0)
			return true;
	return false;
}

/* Commands that no word names: awm, awm --version, awm task --help. */
static const struct command *implied(int argc, char **argv,
				     const struct words *w)
{
	int end = w->count ? w->at[0] : argc;

	if (asks_version(argc, argv, end))
		return find_exact("version");
	if (!w->count)
		return find_exact("help");
	if (find_prefix(w->text, 1) && asks_help(argc, argv))
		return find_exact("help");
	return NULL;
}

static int find_once(struct run *r, int *argc, char ***argv, bool *ret_again)
{
	struct words w = {0};
	int err = scan_words(r, *argc, *argv, &w);

	*ret_again = false;
	if (err)
		return err;
	for (size_t n = w.count; n && !r->command; n--) {
		r->command = find_words(w.text, n);
		if (r->command)
			take_words(argc, *argv, &w, n);
	}
	if (!r->command)
		r->command = implied(*argc, *argv, &w);
	if (r->command)
		return 0;
	if (find_prefix(w.text, 1))
		return find_unknown(r, w.text, w.count);
	err = find_external(r, *argv, w.at[0]);
	if (!err)
		err = find_alias(r, argc, argv, w.at[0], ret_again);
	if (err || *ret_again)
		return err;
	return find_unknown(r, w.text, 1);
}

int find_command(struct run *r, int *argc, char ***argv)
{
	bool again = true;
	int err = 0;

	for (int depth = 0; again && !err; depth++) {
		if (depth > ALIAS_DEPTH)
			return err_set(AWM_USAGE,
				       "alias '%s' leads back to itself",
				       (*argv)[1]);
		err = find_once(r, argc, argv, &again);
	}
	return err;
}
