/* SPDX-License-Identifier: MIT */
#include "entity/field_internal.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"

/* Lower case, '_' for '-', cut to the size: for comparing with words. */
static void fold_word(char *out, size_t size, const char *text)
{
	size_t i;

	for (i = 0; text[i] && i + 1 < size; i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		out[i] = c == '-' ? '_' : c;
	}
	out[i] = '\0';
}

static const char *nearest_word(const char *const *words, const char *text)
{
	const char *best = NULL;
	size_t limit = strlen(text) < 4 ? 1 : 3;

	for (; *words && limit; words++) {
		size_t d = utf8_distance(*words, text, limit);

		if (d <= limit) {
			best = *words;
			limit = d ? d - 1 : 0;
		}
	}
	return best;
}

int field_word_unknown(const char *const *words, const char *text,
		       const char *what)
{
	_cleanup_buf_ struct buf list = {0};
	char folded[64];
	const char *near;

	err_set(AWM_USAGE, "unknown %s '%.100s'", what, text);
	for (const char *const *w = words; *w; w++)
		buf_addf(&list, "%s%s", w == words ? "" : ", ", *w);
	if (buf_check(&list) < 0)
		return -AWM_NOMEM;
	fold_word(folded, sizeof(folded), text);
	near = nearest_word(words, folded);
	if (near)
		return err_hint("did you mean '%s'? one of %s", near,
				buf_str(&list));
	return err_hint("one of %s", buf_str(&list));
}

int field_word(const char *const *words, const char *text, const char *what)
{
	char folded[64];

	fold_word(folded, sizeof(folded), text);
	for (int i = 0; words[i] && strlen(text) < sizeof(folded); i++)
		if (!strcmp(words[i], folded))
			return i;
	return field_word_unknown(words, text, what);
}
