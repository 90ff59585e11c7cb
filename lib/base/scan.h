/* SPDX-License-Identifier: MIT */
#ifndef BASE_SCAN_H
#define BASE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Reading small texts such as times, for the files of lib/base. No function
 * depends on the locale. */

static inline bool scan_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline const char *scan_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* Steps over the character when it is there. */
static inline bool scan_char(const char **p, char want)
{
	if (**p != want)
		return false;
	(*p)++;
	return true;
}

/* Copies the text without the blanks around it, in lower case (ASCII); false
 * when it does not fit. */
static inline bool scan_copy(const char *text, char *out, size_t size)
{
	const char *p = scan_blanks(text);
	size_t len = strlen(p);

	while (len > 0 && (p[len - 1] == ' ' || p[len - 1] == '\t'))
		len--;
	if (len >= size)
		return false;
	for (size_t i = 0; i < len; i++)
		out[i] =
			(char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 0x20 : p[i]);
	out[len] = '\0';
	return true;
}

#endif
