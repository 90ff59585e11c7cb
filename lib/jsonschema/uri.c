/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "jsonschema/schema.h"

/* References, resolved as RFC 3986 has it (5.2). Parts are borrowed slices. */

struct part {
	const char *s; /* NULL: not there */
	size_t len;
};

struct uri {
	struct part scheme, authority, path, query, fragment;
};

static struct part slice(const char *from, const char *to)
{
	return (struct part){from, (size_t)(to - from)};
}

static struct uri split(const char *s)
{
	const char *end = s + strlen(s), *p = s + strcspn(s, ":/?#");
	struct uri u = {0};

	if (*p == ':' && p > s) {
		u.scheme = slice(s, p);
		s = p + 1;
	}
	if (strncmp(s, "//", 2) == 0) {
		p = s + 2 + strcspn(s + 2, "/?#");
		u.authority = slice(s + 2, p);
		s = p;
	}
	p = s + strcspn(s, "?#");
	u.path = slice(s, p);
	if (*p == '?') {
		s = p + 1;
		p = s + strcspn(s, "#");
		u.query = slice(s, p);
	}
	if (*p == '#')
		u.fragment = slice(p + 1, end);
	return u;
}

/* Takes "." and ".." out of an absolute path, in place. */
static size_t remove_dots(char *path, size_t len)
{
	size_t out = 0, i = 0;

	while (i < len) {
		const char *end = memchr(path + i + 1, '/', len - i - 1);
		size_t n = end ? (size_t)(end - path) - i : len - i;
		bool one = n == 2 && memcmp(path + i, "/.", 2) == 0;
		bool two = n == 3 && memcmp(path + i, "/..", 3) == 0;

		if (two)
			while (out && path[--out] != '/')
				;
		if (!one && !two) {
			memmove(path + out, path + i, n);
			out += n;
		} else if (!end) {
			path[out++] = '/';
		}
		i += n;
	}
	return out;
}

/* The path of a reference that has only a relative one. */
static void merge_path(struct buf *out, const struct uri *base,
		       const struct part *path)
{
	size_t len = base->path.len;

	while (len && base->path.s[len - 1] != '/')
		len--;
	if (!len && base->authority.s)
		buf_addc(out, '/');
	buf_add(out, base->path.s, len);
	buf_add(out, path->s, path->len);
}

static void put(struct buf *out, const char *before, const struct part *part,
		const char *behind)
{
	if (!part->s)
		return;
	buf_adds(out, before);
	buf_add(out, part->s, part->len);
	buf_adds(out, behind);
}

static void combine(struct buf *out, const struct uri *base,
		    const struct uri *ref)
{
	const struct uri *from = ref->scheme.s ? ref : base;
	const struct part *query = &ref->query;
	size_t start;

	put(out, "", &from->scheme, ":");
	if (ref->authority.s || from == ref)
		from = ref;
	put(out, "//", &from->authority, "");
	start = out->len;
	if (from == ref || (ref->path.len && *ref->path.s == '/')) {
		buf_add(out, ref->path.s, ref->path.len);
	} else if (ref->path.len) {
		merge_path(out, base, &ref->path);
	} else {
		buf_add(out, base->path.s, base->path.len);
		if (!query->s)
			query = &base->query;
	}
	if (!out->failed && out->len > start && out->s[start] == '/')
		buf_truncate(out, start + remove_dots(out->s + start,
						      out->len - start));
	put(out, "?", query, "");
	if (ref->fragment.len)
		put(out, "#", &ref->fragment, "");
}

char *uri_resolve(struct arena *a, const char *base, const char *ref)
{
	_cleanup_buf_ struct buf out = {0};
	struct uri b = split(base), r = split(ref);

	combine(&out, &b, &r);
	if (buf_check(&out))
		return NULL;
	return arena_strndup(a, buf_str(&out), out.len);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

const char *uri_cut_fragment(char *uri)
{
	char *hash = strchr(uri, '#'), *out, *p;

	if (!hash)
		return "";
	*hash = '\0';
	out = p = hash + 1;
	while (*p) {
		int high = *p == '%' ? hex_digit(p[1]) : -1;
		int low = high >= 0 ? hex_digit(p[2]) : -1;

		if (low >= 0 && (high || low)) {
			*out++ = (char)(high << 4 | low);
			p += 3;
		} else {
			*out++ = *p++;
		}
	}
	*out = '\0';
	return hash + 1;
}
