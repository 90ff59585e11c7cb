/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/option.h"

/* Commands that are not in the table: programs named awm-foo, and the aliases
 * of the configuration. */

#define PATH_FOLDERS	64
#define PATH_ENTRIES	20000
#define EXTERNAL_PREFIX "awm-"

static bool is_external_word(const char *word)
{
	for (const char *p = word; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '-' && *p != '_')
			return false;
	return *word;
}

/* Returns 0 when there is no such program. */
static int run_external(struct run *r, char **argv)
{
	char *word = argv[0];

	if (!is_external_word(word))
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

int find_external(struct run *r, char **argv, int at)
{
	struct run flags = {.arena = r->arena};
	int err = prepare_external(&flags, at, argv);

	r->arena = flags.arena;
	return err ? err : run_external(r, argv + at);
}

/* ---- what help tells of them ---- */

static bool is_program(int folder, const char *path)
{
	struct stat st;

	return fstatat(folder, path, &st, 0) == 0 && S_ISREG(st.st_mode) &&
	       faccessat(folder, path, X_OK, 0) == 0;
}

static int add_external(struct run *r, int folder, const char *name,
			struct text_list *ret)
{
	size_t prefix = strlen(EXTERNAL_PREFIX);
	const char *word = name + prefix;
	char *copy;

	if (strncmp(name, EXTERNAL_PREFIX, prefix) != 0 ||
	    !is_external_word(word) || find_prefix(&word, 1) ||
	    !is_program(folder, name))
		return 0;
	copy = arena_strdup(&r->arena, word);
	return copy ? text_push(&r->arena, ret, copy) : -AWM_NOMEM;
}

/* A folder that cannot be read is one without programs. */
static int scan_folder(struct run *r, const char *path, struct text_list *ret)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int err = 0;

	for (int n = 0; d && !err && n < PATH_ENTRIES && (e = readdir(d)); n++)
		err = add_external(r, dirfd(d), e->d_name, ret);
	if (d)
		closedir(d);
	return err;
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int external_list(struct run *r, struct text_list *ret)
{
	const char *path = getenv("PATH");
	char *copy = arena_strdup(&r->arena, path ? path : ""), *save;
	size_t kept = 0;
	int err = copy ? 0 : -AWM_NOMEM, n = 0;

	*ret = (struct text_list){0};
	for (char *p = err ? NULL : strtok_r(copy, ":", &save);
	     p && !err && n < PATH_FOLDERS; p = strtok_r(NULL, ":", &save), n++)
		err = scan_folder(r, p, ret);
	if (err || !ret->count)
		return err;
	qsort(ret->items, ret->count, sizeof(*ret->items), compare_words);
	for (size_t i = 0; i < ret->count; i++)
		if (!i || strcmp(ret->items[i], ret->items[kept - 1]) != 0)
			ret->items[kept++] = ret->items[i];
	ret->count = kept;
	return 0;
}

bool external_is(struct run *r, const char *word)
{
	const char *path = getenv("PATH");
	char *copy = arena_strdup(&r->arena, path ? path : ""), *save;
	bool found = false;

	if (!copy || !is_external_word(word))
		return false;
	for (char *p = strtok_r(copy, ":", &save); p && !found;
	     p = strtok_r(NULL, ":", &save)) {
		char *name = arena_printf(&r->arena, "%s/" EXTERNAL_PREFIX "%s",
					  p, word);

		found = name && is_program(AT_FDCWD, name);
	}
	return found;
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

int find_alias(struct run *r, int *argc, char ***argv, int at, bool *ret_found)
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
