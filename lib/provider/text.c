// SPDX-License-Identifier: MIT
/* What peers send, made fit to be read. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "provider/wire.h"

#define REPLACEMENT "\xEF\xBF\xBD"

/* The length of a well-formed sequence at p, 0 for none. */
static size_t sequence(const char *p, size_t len)
{
	unsigned char c = (unsigned char)*p;
	size_t want = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

	return want <= len && utf8_valid(p, want) ? want : 0;
}

/* The value of \uXXXX at p; -1 for what is none. */
static int escape_at(const char *p, const char *stop)
{
	int v = 0;

	if (stop - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		if (!isxdigit((unsigned char)p[i]))
			return -1;
		v = v * 16 + (isdigit((unsigned char)p[i])
				      ? p[i] - '0'
				      : (p[i] | 0x20) - 'a' + 10);
	}
	return v;
}

/* How many bytes of an escape pass as they are; 0 for one that has to go. */
static size_t escape_length(const char *p, const char *stop)
{
	int v = escape_at(p, stop), low;

	if (v < 0)
		return stop - p < 2 ? 1 : 2;
	if (v == 0 || (v >= 0xDC00 && v <= 0xDFFF))
		return 0;
	if (v < 0xD800 || v > 0xDBFF)
		return 6;
	low = escape_at(p + 6, stop);
	return low >= 0xDC00 && low <= 0xDFFF ? 12 : 0;
}

/* Escapes that no text can hold: half a surrogate pair, NUL. */
static void add_mended(struct buf *out, const char *text, size_t len)
{
	const char *p = text, *stop = text + len;

	while (p < stop) {
		const char *slash = memchr(p, '\\', (size_t)(stop - p));
		size_t n;

		if (!slash)
			break;
		buf_add(out, p, (size_t)(slash - p));
		n = escape_length(slash, stop);
		if (n)
			buf_add(out, slash, n);
		else
			buf_adds(out, "\\ufffd");
		p = slash + (n ? n : 6);
	}
	buf_add(out, p, (size_t)(stop - p));
}

static cJSON *parse(const char *text, size_t len, int *ret_err)
{
	cJSON *tree;

	*ret_err = 0;
	if (!json_well_formed(text, len)) {
		if (awm_error_last()->code == AWM_NOMEM)
			*ret_err = -AWM_NOMEM;
		else
			err_clear();
		return NULL;
	}
	/* A number past cJSON's buffer is a failure of another kind. */
	errno = 0;
	tree = cJSON_ParseWithLengthOpts(text, len, NULL, 0);
	if (!tree && errno == ENOMEM)
		*ret_err = err_nomem();
	return tree;
}

cJSON *peer_json(const char *text, size_t len, int *ret_err)
{
	_cleanup_buf_ struct buf valid = {0}, mended = {0};

	*ret_err = 0;
	/* No JSON holds one, and none is made of it. */
	if (memchr(text, '\0', len))
		return NULL;
	if (!utf8_valid(text, len)) {
		utf8_add_valid(&valid, text, len);
		text = buf_str(&valid);
		len = valid.len;
	}
	if (memmem(text, len, "\\u", 2)) {
		add_mended(&mended, text, len);
		text = buf_str(&mended);
		len = mended.len;
	}
	*ret_err = buf_check(&valid);
	if (!*ret_err)
		*ret_err = buf_check(&mended);
	return *ret_err ? NULL : parse(text, len, ret_err);
}

bool peer_is(const cJSON *node, const char *key, const char *word)
{
	const char *s = json_get_str(node, key);

	return s && strcmp(s, word) == 0;
}

void peer_line(struct buf *out, const char *text, size_t len, size_t max)
{
	size_t at = 0, begin = out->len;

	while (at < len && out->len - begin < max) {
		size_t n = sequence(text + at, len - at);
		unsigned char c = (unsigned char)text[at];

		if (!n) {
			buf_adds(out, REPLACEMENT);
		} else if (c < ' ' || c == 0x7F) {
			if (out->len > begin && out->s &&
			    out->s[out->len - 1] != ' ')
				buf_addc(out, ' ');
		} else {
			buf_add(out, text + at, n);
		}
		at += n ? n : 1;
	}
	if (out->len > begin && out->s[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
}
