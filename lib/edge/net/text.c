/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <stdlib.h>
#include <string.h>

bool text_add(struct text *t, const char *s, size_t len)
{
	size_t need = t->len + len + 1;
	char *grown;

	if (need > t->cap) {
		grown = realloc(t->s, need + need / 2);
		if (!grown)
			return false;
		t->s = grown;
		t->cap = need + need / 2;
	}
	if (len)
		memcpy(t->s + t->len, s, len);
	t->len += len;
	t->s[t->len] = '\0';
	return true;
}

void text_release(struct text *t)
{
	free(t->s);
	*t = (struct text){0};
}
