// SPDX-License-Identifier: MIT
#include "base/mustache_parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mustache.h"

#define BLANKS	   " \t"
#define SPACES	   " \t\r\n"
#define QUOTED_MAX ((size_t)40)

struct text {
	const char *s;
	size_t len;
};

struct parser {
	const char *begin, *end, *at;
	size_t line; /* of `at` */
	struct text open, close;
	size_t sections[MUSTACHE_NESTING]; /* parts that are not closed yet */
	size_t depth;
	struct mustache_parts *parts;
};

/* What stands between the delimiters. */
struct tag {
	const char *begin, *end; /* with its delimiters */
	char sigil;		 /* 0: a name */
	struct text name;
	bool alone; /* on its lines: these are no part of the output */
	const char *indent;
};

static int quoted(struct text t)
{
	return (int)(t.len < QUOTED_MAX ? t.len : QUOTED_MAX);
}

static size_t newlines(const char *s, const char *end)
{
	size_t n = 0;

	while ((s = memchr(s, '\n', (size_t)(end - s)))) {
		n++;
		s++;
	}
	return n;
}

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static struct text trim(const char *s, const char *end)
{
	while (s < end && is_one_of(*s, SPACES))
		s++;
	while (s < end && is_one_of(end[-1], SPACES))
		end--;
	return (struct text){s, (size_t)(end - s)};
}

static bool has_space(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (is_one_of(t.s[i], SPACES))
			return true;
	return false;
}

/* ---- parts ---- */

static int add(struct parser *p, struct mustache_part part)
{
	struct mustache_parts *parts = p->parts;

	if (parts->count == parts->room) {
		size_t room = parts->room ? parts->room * 2 : 16;
		void *items =
			realloc(parts->items, room * sizeof(*parts->items));

		if (!items)
			return err_nomem();
		parts->items = items;
		parts->room = room;
	}
	parts->items[parts->count++] = part;
	return 0;
}

static int add_text(struct parser *p, const char *s, const char *end)
{
	if (s == end)
		return 0;
	return add(p, (struct mustache_part){.kind = MUSTACHE_TEXT,
					     .s = s,
					     .len = (size_t)(end - s),
					     .line = p->line});
}

/* ---- one tag ---- */

static int unclosed(const struct parser *p, const char *at)
{
	struct text rest = {at, strcspn(at, "\r\n")};

	return err_set(AWM_USAGE, "line %zu: '%.*s' is not closed",
		       p->line + newlines(p->at, at), quoted(rest), rest.s);
}

/* Whether nothing but blanks shares the tag's lines; *ret_next is then behind
 * its line break. */
static bool stands_alone(const struct parser *p, struct tag *tag,
			 const char **ret_next)
{
	const char *s = tag->begin, *e = tag->end;

	while (s > p->begin && is_one_of(s[-1], BLANKS))
		s--;
	if (s > p->begin && s[-1] != '\n')
		return false;
	e += strspn(e, BLANKS);
	if (*e == '\r' && e[1] == '\n')
		e++;
	if (*e && *e != '\n')
		return false;
	tag->indent = s;
	*ret_next = *e ? e + 1 : e;
	return true;
}

/* Finds the end of the tag that begins at `begin`. */
static int read_tag(const struct parser *p, const char *begin, struct tag *ret)
{
	const char *s = begin + p->open.len, *end;
	char mate = 0; /* of the sigil, before the closing delimiter */

	s += strspn(s, SPACES);
	*ret = (struct tag){.begin = begin};
	if (is_one_of(*s, "#^/!>&={"))
		ret->sigil = *s++;
	if (ret->sigil == '{' || ret->sigil == '=')
		mate = ret->sigil == '{' ? '}' : '=';
	end = memmem(s, (size_t)(p->end - s), p->close.s, p->close.len);
	if (!end)
		return unclosed(p, begin);
	ret->end = end + p->close.len;
	if (mate && end > s && end[-1] == mate)
		end--;
	else if (mate && *end == mate &&
		 !strncmp(end + 1, p->close.s, p->close.len))
		ret->end++; /* }}} */
	else if (mate)
		return unclosed(p, begin);
	ret->name = trim(s, end);
	return 0;
}

static int malformed(const struct parser *p, const struct tag *tag,
		     const char *why)
{
	struct text t = {tag->begin, (size_t)(tag->end - tag->begin)};

	t.len = strcspn(t.s, "\r\n") < t.len ? strcspn(t.s, "\r\n") : t.len;
	return err_set(AWM_USAGE, "line %zu: '%.*s': %s", p->line, quoted(t),
		       t.s, why);
}

static int open_section(struct parser *p, const struct tag *tag)
{
	if (p->depth == MUSTACHE_NESTING)
		return malformed(p, tag, "sections are nested too deeply");
	p->sections[p->depth++] = p->parts->count;
	return add(p, (struct mustache_part){
			      .kind = tag->sigil == '#' ? MUSTACHE_SECTION
							: MUSTACHE_INVERTED,
			      .s = tag->name.s,
			      .len = tag->name.len,
			      .line = p->line});
}

static int close_section(struct parser *p, const struct tag *tag)
{
	struct mustache_part *section;
	struct text name;

	if (!p->depth)
		return malformed(p, tag, "closes nothing");
	section = p->parts->items + p->sections[p->depth - 1];
	name = (struct text){section->s, section->len};
	if (name.len != tag->name.len ||
	    memcmp(name.s, tag->name.s, name.len) != 0)
		return err_set(AWM_USAGE,
			       "line %zu: '%.*s' is closed, but '%.*s' of line "
			       "%zu is open",
			       p->line, quoted(tag->name), tag->name.s,
			       quoted(name), name.s, section->line);
	section->end = p->parts->count;
	p->depth--;
	return 0;
}

/* "=<% %>=" */
static int set_delimiters(struct parser *p, const struct tag *tag)
{
	const char *s = tag->name.s, *end = s + tag->name.len, *next = s;
	struct text open, close;

	while (next < end && !is_one_of(*next, SPACES))
		next++;
	open = (struct text){s, (size_t)(next - s)};
	close = trim(next, end);
	if (!open.len || !close.len || has_space(close) ||
	    memchr(s, '=', tag->name.len))
		return malformed(p, tag,
				 "want two delimiters, as in {{=<% %>=}}");
	p->open = open;
	p->close = close;
	return 0;
}

static int put_tag(struct parser *p, const struct tag *tag)
{
	struct mustache_part part = {.kind = MUSTACHE_NAME,
				     .s = tag->name.s,
				     .len = tag->name.len,
				     .line = p->line};

	if (tag->sigil == '!')
		return 0;
	if (tag->sigil == '=')
		return set_delimiters(p, tag);
	if (!tag->name.len)
		return malformed(p, tag, "has no name");
	if (has_space(tag->name))
		return malformed(p, tag, "names have no spaces");
	switch (tag->sigil) {
	case '#':
	case '^':
		return open_section(p, tag);
	case '/':
		return close_section(p, tag);
	case '>':
		part.kind = MUSTACHE_PARTIAL;
		part.indent = tag->indent;
		part.indent_len =
			tag->indent ? (size_t)(tag->begin - tag->indent) : 0;
		return add(p, part);
	default:
		part.raw = tag->sigil == '{' || tag->sigil == '&';
		return add(p, part);
	}
}

/* Text up to the next tag, and that tag. */
static int step(struct parser *p)
{
	struct tag tag;
	const char *next, *begin = memmem(p->at, (size_t)(p->end - p->at),
					  p->open.s, p->open.len);
	int rc;

	if (!begin) {
		rc = add_text(p, p->at, p->end);
		p->at = p->end;
		return rc;
	}
	rc = read_tag(p, begin, &tag);
	if (rc)
		return rc;
	next = tag.end;
	tag.alone =
		is_one_of(tag.sigil, "#^/!>=") && stands_alone(p, &tag, &next);
	rc = add_text(p, p->at, tag.alone ? tag.indent : begin);
	p->line += newlines(p->at, begin);
	if (!rc)
		rc = put_tag(p, &tag);
	p->line += newlines(begin, next);
	p->at = next;
	return rc;
}

int mustache_parse(const char *text, struct mustache_parts *ret)
{
	struct parser p = {.begin = text,
			   .at = text,
			   .end = text + strlen(text),
			   .line = 1,
			   .open = {"{{", 2},
			   .close = {"}}", 2},
			   .parts = ret};
	const struct mustache_part *section;
	struct text name;
	int rc = 0;

	while (!rc && p.at < p.end)
		rc = step(&p);
	if (rc || !p.depth)
		return rc;
	section = ret->items + p.sections[p.depth - 1];
	name = (struct text){section->s, section->len};
	return err_set(AWM_USAGE, "line %zu: section '%.*s' is not closed",
		       section->line, quoted(name), name.s);
}

void mustache_parts_release(struct mustache_parts *parts)
{
	free(parts->items);
	*parts = (struct mustache_parts){0};
}

int mustache_check(const char *text, int (*fn)(void *ctx, const char *name),
		   void *ctx)
{
	struct mustache_parts parts = {0};
	int rc = mustache_parse(text, &parts);

	for (size_t i = 0; !rc && fn && i < parts.count;) {
		const struct mustache_part *part = parts.items + i;

		if (part->kind == MUSTACHE_NAME) {
			_cleanup_free_ char *name = strndup(part->s, part->len);

			rc = name ? fn(ctx, name) : err_nomem();
		}
		i = part->kind == MUSTACHE_SECTION ||
				    part->kind == MUSTACHE_INVERTED
			    ? part->end
			    : i + 1;
	}
	mustache_parts_release(&parts);
	return rc;
}
