/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/option.h"

/* Commands that are not in the table: programs named awm-foo, and the aliases
 * of the configuration. */

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

int find_external(struct run *r, char **argv, int at)
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
