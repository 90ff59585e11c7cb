/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cmd/option.h"
#include "cmd/out.h"

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

/* ---- external commands and aliases ---- */

/* Returns 0 when there is no such program. */
static int run_external(struct run *r, char **argv)
{
	char *word = argv[0];

	for (const char *p = word; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '-' && *p != '_')
			return 0;
	argv[0] = arena_printf(&r->arena, "awm-%s", word);
	if (!argv[0])
		return -AWM_NOMEM;
	execvp(argv[0], argv);
	if (errno != ENOENT && errno != EACCES && errno != ENOTDIR)
		return err_errno(AWM_ERROR, "cannot run '%s'", argv[0]);
	argv[0] = word;
	return 0;
}

/* What the program is to know of the flags before its name. */
static int prepare_external(struct run *r, int argc, char **argv)
{
	int err = option_parse(r, argc, argv);

	if (err)
		return err;
	if (r->globals.db)
		setenv("AWM_DB", r->globals.db, 1);
	if (r->globals.as)
		setenv("AWM_USER", r->globals.as, 1);
	if (r->globals.folder && chdir(r->globals.folder) < 0)
		return err_errno(AWM_NOT_FOUND, "cannot change into '%s'",
				 r->globals.folder);
	return 0;
}

static int try_external(struct run *r, char **argv, int at)
{
	struct run flags = {.arena = r->arena};
	int err = prepare_external(&flags, at, argv);

	r->arena = flags.arena;
	return err ? err : run_external(r, argv + at);
}

/* Splits as git splits an alias: blanks, both quotes, backslash. */
static int alias_split(struct run *r, const char *s, struct text_list *out)
{
	_cleanup_buf_ struct buf b = {0};
	char quote = 0;
	bool word = false;

	for (;; s++) {
		if (!*s || (!quote && isspace((unsigned char)*s))) {
			char *text = arena_strdup(&r->arena, buf_str(&b));

			if (word && (!text || text_push(&r->arena, out, text)))
				return -AWM_NOMEM;
			buf_truncate(&b, 0);
			word = false;
			if (!*s)
				break;
			continue;
		}
		word = true;
		if (quote ? *s == quote : (*s == '"' || *s == '\''))
			quote = quote ? 0 : *s;
		else if (*s == '\\' && quote != '\'' && s[1])
			buf_addc(&b, *++s);
		else
			buf_addc(&b, *s);
	}
	if (quote)
		return err_set(AWM_USAGE, "unbalanced quote in an alias");
	return buf_check(&b);
}

static int try_alias(struct run *r, int *argc, char ***argv, int at,
		     bool *ret_found)
{
	char *key = arena_printf(&r->arena, "alias.%s", (*argv)[at]);
	struct text_list words = {0};
	const char *value;
	char **expanded;
	int err = key ? run_config(r) : -AWM_NOMEM;

	if (err)
		return err;
	value = awm_config_get(r->config, key);
	*ret_found = value;
	if (!value)
		return 0;
	if (*value == '!')
		return err_set(AWM_USAGE, "%s: shell aliases are not run", key);
	err = alias_split(r, value, &words);
	if (err)
		return err_context("%s", key);
	expanded = arena_array(&r->arena, (size_t)*argc + words.count + 1,
			       sizeof(*expanded));
	if (!expanded)
		return -AWM_NOMEM;
	memcpy(expanded, *argv, (size_t)at * sizeof(*expanded));
	if (words.count)
		memcpy(expanded + at, words.items,
		       words.count * sizeof(*expanded));
	memcpy(expanded + at + words.count, *argv + at + 1,
	       (size_t)(*argc - at - 1) * sizeof(*expanded));
	*argc += (int)words.count - 1;
	*argv = expanded;
	return 0;
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
	err = try_external(r, *argv, w.at[0]);
	if (!err)
		err = try_alias(r, argc, argv, w.at[0], ret_again);
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
