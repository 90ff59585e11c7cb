/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <stdlib.h>
#include <string.h>

/* "Name <mail> 1700000000 +0100" */
static void parse_date(const char *s, size_t len, struct fields *f)
{
	const char *p = memrchr(s, '>', len), *end = s + len;
	char date[32] = "", *rest;
	long zone;

	if (!p)
		return;
	p++;
	if ((size_t)(end - p) < sizeof(date))
		memcpy(date, p, (size_t)(end - p));
	f->time = strtoll(date, &rest, 10);
	zone = strtol(rest, NULL, 10);
	if (zone > -10000 && zone < 10000)
		f->offset = (int)(zone / 100 * 60 + zone % 100);
}

static void parse_header(const char *s, size_t len, struct fields *f)
{
	if (len > 7 && memcmp(s, "author ", 7) == 0) {
		f->author = s + 7;
		f->author_len = len - 7;
	} else if (len > 10 && memcmp(s, "committer ", 10) == 0) {
		parse_date(s + 10, len - 10, f);
	} else if (len > 9 && len - 9 < sizeof(f->encoding) &&
		   memcmp(s, "encoding ", 9) == 0) {
		memcpy(f->encoding, s + 9, len - 9);
		f->encoding[len - 9] = '\0';
	} else if (len > 7 && memcmp(s, "parent ", 7) == 0) {
		f->parents = f->parent_count ? f->parents : s;
		f->parent_count++;
	}
}

void parse_commit(const char *s, size_t len, struct fields *f)
{
	const char *end = s + len, *nl;

	memset(f, 0, sizeof(*f));
	f->author = "";
	while (s < end && *s != '\n') {
		nl = memchr(s, '\n', (size_t)(end - s));
		nl = nl ? nl : end;
		parse_header(s, (size_t)(nl - s), f);
		s = nl < end ? nl + 1 : end;
	}
	s += s < end;
	f->message = s;
	f->message_len = strnlen(s, (size_t)(end - s));
}
