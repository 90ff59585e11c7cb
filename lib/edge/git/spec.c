/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <string.h>

static int parse_range(struct repo *repo, const char *text, const char *dots,
		       struct spec *ret, struct repo_error *err)
{
	_cleanup_free_ char *a = strndup(text, (size_t)(dots - text));
	bool symmetric = dots[2] == '.';
	const char *b = dots + 2 + symmetric;
	int r;

	if (!a)
		return nomem(err);
	if (!*a && !*b)
		return fail(err, AWM_USAGE, "'%s' is not a revision", text);
	ret->kind = symmetric ? SPEC_SYMMETRIC : SPEC_RANGE;
	r = resolve(repo, *a ? a : "HEAD", &ret->a, err);
	return r < 0 ? r : resolve(repo, *b ? b : "HEAD", &ret->b, err);
}

int parse_spec(struct repo *repo, const char *text, struct spec *ret,
	       struct repo_error *err)
{
	const char *dots;

	if (strcmp(text, "*") == 0) {
		ret->kind = SPEC_ALL;
		return 0;
	}
	if (text[0] == '^') {
		ret->kind = SPEC_HIDE;
		return resolve(repo, text + 1, &ret->a, err);
	}
	/* A search for text may hold dots: :/text, rev^{/text} */
	dots = strstr(text, ":/") || strstr(text, "{/") ? NULL
							: strstr(text, "..");
	if (dots && *text != '-')
		return parse_range(repo, text, dots, ret, err);
	ret->kind = SPEC_ONE;
	return resolve(repo, text, &ret->b, err);
}
