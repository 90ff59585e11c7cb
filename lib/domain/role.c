// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/err.h"
#include "domain/session.h"

static const char *const role_words[] = {"viewer", "member", "admin"};

enum role role_of(const struct awm_session *s)
{
	if (s->bootstrap)
		return ROLE_ADMIN;
	for (size_t i = 0; s->acting && i < ARRAY_LEN(role_words); i++)
		if (!strcmp(s->actor.role, role_words[i]))
			return (enum role)i;
	return ROLE_VIEWER;
}

int role_require(const struct awm_session *s, enum role role, const char *what)
{
	if (role_of(s) >= role)
		return 0;
	err_set(AWM_DENIED, "'%s' may not %s: that takes the role '%s'",
		s->acting ? s->actor.email : "nobody", what, role_words[role]);
	return err_hint("ask an admin for 'awm user edit %s --role %s', or act "
			"as another user with --as",
			s->acting ? s->actor.email : "USER", role_words[role]);
}
