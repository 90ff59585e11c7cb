/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int fail(struct repo_error *err, enum awm_err code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -(int)code;
	va_start(ap, fmt);
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	va_end(ap);
	err->hint[0] = '\0';
	return -(int)code;
}

void hint(struct repo_error *err, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return;
	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
}

int nomem(struct repo_error *err)
{
	return fail(err, AWM_NOMEM, "out of memory");
}

const char *reason(void)
{
	const git_error *e = git_error_last();

	return e && e->message ? e->message : "no reason given";
}

int fail_git(struct repo_error *err, const char *what, const char *name)
{
	const git_error *e = git_error_last();

	if (e && e->klass == GIT_ERROR_NOMEMORY)
		return nomem(err);
	return fail(err, AWM_ERROR, "cannot %s '%s': %s", what, name, reason());
}

int replace_string(char **p, const char *s, struct repo_error *err)
{
	char *copy = strdup(s ? s : "");

	if (!copy)
		return nomem(err);
	free(*p);
	*p = copy;
	return 0;
}
