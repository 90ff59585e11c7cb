/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_MARKUP_H
#define DOMAIN_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Which parts of a message are code, by the block rules of CommonMark where
 * commit messages follow them: fences and indented code, also in quotes and in
 * the items of lists.
 */

#define MARKUP_LISTS 8 /* deeper ones count as the deepest */

/* A zeroed struct is the start of a message. */
struct markup {
	struct {
		char c; /* 0 outside of fenced code */
		size_t len;
		size_t quotes; /* how deep it is quoted */
		size_t column; /* what stands left of it is outside */
	} fence;
	size_t quotes;		    /* how deep the last line was quoted */
	size_t lists[MARKUP_LISTS]; /* where the items' texts begin */
	size_t list_count;
	size_t base;	/* what `git merge --squash` indents by */
	bool paragraph; /* the last line was text that may go on */
};

/* Takes the next line, without its line break: whether it is code, or a fence
 * around it. */
bool markup_code(struct markup *m, const char *s, size_t len);

/* The end of the code span or of the lone backticks at pos of the line. A span
 * ends on its line: who quotes `like this' opens none. */
size_t markup_span(const char *s, size_t len, size_t pos);

#endif
