/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_MENTION_H
#define DOMAIN_MENTION_H

#include "base/buf.h"
#include "domain/session.h"

/*
 * Whom a text names: @email, @name, @local-part. One longer than MENTION_MAX
 * is no letter to anybody, and would take its time to parse.
 */

#define MENTION_MAX ((size_t)256 << 10)

/* The text that may mention somebody: of markdown what is no code, in which
 * an escaped @ keeps its backslash. */
int mention_prose(const char *text, size_t len, bool markdown, struct buf *out);

/* Calls fn for each @ of the prose that may begin a mention, with what stands
 * behind it. fn returns how much of that was one, or a negative error. */
typedef int64_t mention_fn(void *ctx, const char *s, size_t len);
int mention_each(const char *prose, size_t len, mention_fn *fn, void *ctx);

/* Whether a name may end after `at` bytes of the text behind an @. */
bool mention_ends(const char *s, size_t len, size_t at);

/* The ids of the users, in the order of their first mention, as a JSON array;
 * the text of *ret in the arena. One statement, none without an @. */
int mention_find(struct awm_session *s, const char *text, bool markdown,
		 struct arena *a, struct awm_value *ret);

#endif
