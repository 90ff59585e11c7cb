// SPDX-License-Identifier: MIT
/* A command line of the machine's configuration, into its words. */
#include <string.h>

#include "base/err.h"
#include "domain/provider.h"

#define WORDS_MAX 256

/* Steps over one word and adds what it is; false for an open quote. */
static bool take_word(const char **p, struct buf *out)
{
	char quote = '\0';

	for (; **p && (quote || !strchr(" \t", **p)); (*p)++) {
		char c = **p;

		if (quote == c) {
			quote = '\0';
		} else if (!quote && (c == '\'' || c == '"')) {
			quote = c;
		} else if (c == '\\' && quote != '\'') {
			if (!(*p)[1])
				return false;
			/* In double quotes it is for these only. */
			if (quote && !strchr("\"\\$`", (*p)[1]))
				buf_addc(out, c);
			(*p)++;
			buf_addc(out, **p);
		} else {
			buf_addc(out, c);
		}
	}
	return !quote;
}

static int add_word(const char **p, struct arena *a, const char **ret)
{
	_cleanup_buf_ struct buf out = {0};

	if (!take_word(p, &out))
		return err_set(AWM_USAGE,
			       "the command ends inside of a quote or with a "
			       "backslash");
	if (buf_check(&out))
		return -AWM_NOMEM;
	*ret = arena_strndup(a, buf_str(&out), out.len);
	return *ret ? 0 : -AWM_NOMEM;
}

int provider_split_command(const char *line, struct arena *a,
			   const char *const **ret)
{
	const char **argv = arena_array(a, WORDS_MAX + 1, sizeof(*argv));
	const char *p = line + strspn(line, " \t");
	size_t n = 0;
	int rc = argv ? 0 : -AWM_NOMEM;

	while (!rc && *p) {
		if (n == WORDS_MAX)
			return err_set(AWM_USAGE,
				       "the command has too many words");
		rc = add_word(&p, a, &argv[n++]);
		p += strspn(p, " \t");
	}
	if (!rc && (!n || !*argv[0]))
		rc = err_set(AWM_USAGE, "the command is empty");
	if (!rc)
		*ret = argv;
	return rc;
}
