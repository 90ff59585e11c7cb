/* SPDX-License-Identifier: MIT */
#ifndef BASE_UTF8_DECODE_H
#define BASE_UTF8_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One code point at a time, without a library and without memory: for the
 * files of lib/base only. */

/* Reads the code point at s, of which len > 0 bytes are there. Returns its
 * length in bytes, or 0 when they are not valid UTF-8 (RFC 3629: no overlong
 * forms, no surrogates, nothing past U+10FFFF). */
static inline size_t utf8_decode(const char *s, size_t len, uint32_t *ret_cp)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)s;
	uint32_t cp;
	size_t n;

	if (p[0] < 0x80) {
		*ret_cp = p[0];
		return 1;
	}
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	if (n > len)
		return 0;
	cp = p[0] & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		cp = cp << 6 | (p[i] & 0x3Fu);
	}
	if (cp < least[n] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return 0;
	*ret_cp = cp;
	return n;
}

/* C0, DEL, C1 */
static inline bool utf8_is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F);
}

/* The embeddings, overrides and isolates that reorder what follows them. */
static inline bool utf8_is_bidi(uint32_t cp)
{
	return (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

#endif
