// SPDX-License-Identifier: MIT
#include "base/mask.h"

#include <string.h>

#include "base/err.h"

int mask_init(struct mask *m, const char *secret, size_t len)
{
	*m = (struct mask){0};
	if (!secret || len < MASK_FROM)
		return 0;
	m->falls = calloc(len, sizeof(*m->falls));
	if (!m->falls)
		return err_nomem();
	for (size_t i = 1, k = 0; i < len; i++) {
		while (k && secret[i] != secret[k])
			k = m->falls[k - 1];
		k += secret[i] == secret[k];
		m->falls[i] = k;
	}
	m->secret = secret;
	m->len = len;
	return 0;
}

void mask_release(struct mask *m)
{
	free(m->falls);
	*m = (struct mask){0};
}

/* One byte that may go on with what is held. */
static void step(struct mask *m, char c, struct buf *out)
{
	while (m->held && c != m->secret[m->held]) {
		size_t keep = m->falls[m->held - 1];

		buf_add(out, m->secret, m->held - keep);
		m->held = keep;
	}
	if (c != m->secret[m->held]) {
		buf_addc(out, c);
	} else if (++m->held == m->len) {
		buf_adds(out, "***");
		m->held = 0;
	}
}

void mask_feed(struct mask *m, const char *text, size_t len, struct buf *out)
{
	const char *end = text + len, *at;

	while (text < end) {
		at = text;
		if (!m->held) {
			at = m->len ? memchr(text, *m->secret,
					     (size_t)(end - text))
				    : NULL;
			at = at ? at : end;
			buf_add(out, text, (size_t)(at - text));
		}
		if (at < end)
			step(m, *at++, out);
		text = at;
	}
}

void mask_end(struct mask *m, struct buf *out)
{
	buf_add(out, m->secret, m->held);
	m->held = 0;
}

int mask_text(const char *secret, size_t secret_len, const char *text,
	      size_t len, struct buf *out)
{
	struct mask m;
	int r = mask_init(&m, secret, secret_len);

	if (r < 0)
		return r;
	mask_feed(&m, text, len, out);
	mask_end(&m, out);
	mask_release(&m);
	return buf_check(out);
}
