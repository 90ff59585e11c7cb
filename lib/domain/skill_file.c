// SPDX-License-Identifier: MIT
/* SKILL.md, read. */
#include "domain/skill_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

#define KEYS_MAX 256 /* of the metadata, and tools */

int skill_file_warn(struct skill_file *file, struct arena *a, const char *fmt,
		    ...)
{
	struct skill_texts *w = &file->warnings;
	char line[512];
	va_list ap;

	if (w->count == KEYS_MAX)
		return 0;
	if (!w->items)
		w->items = arena_array(a, KEYS_MAX, sizeof(*w->items));
	if (!w->items)
		return -AWM_NOMEM;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	w->items[w->count] = arena_strdup(a, line);
	return w->items[w->count++] ? 0 : -AWM_NOMEM;
}

static int wrong(size_t line, const char *what)
{
	return err_set(AWM_USAGE, "line %zu: %s", line, what);
}

/* ---- lines ---- */

/* CR LF becomes LF, however many CRs there are. NULL without memory. */
static char *plain_lines(const char *text, size_t len, struct arena *a)
{
	char *copy = arena_alloc(a, len + 1), *to = copy;

	for (size_t i = 0; copy && i < len; i++) {
		while (text[i] == '\n' && to > copy && to[-1] == '\r')
			to--;
		*to++ = text[i];
	}
	if (copy)
		*to = '\0';
	return copy;
}

static bool is_fence(const char *s)
{
	if (strncmp(s, "---", 3) != 0)
		return false;
	s += 3;
	s += strspn(s, " \t");
	return !*s || *s == '\n';
}

/* Cuts the text between the fences into lines; *ret_body is what follows. */
static int cut_lines(struct skill_reader *r, char *text, char **ret_body)
{
	char *s = strchr(text, '\n'), *p;
	size_t room = 1;

	if (!is_fence(text))
		return wrong(1, "want '---', which begins the frontmatter");
	for (p = s; p && !is_fence(p + 1); p = strchr(p + 1, '\n'))
		room++;
	if (!p)
		return wrong(room, "the frontmatter is not closed by '---'");
	r->lines = arena_array(r->arena, room, sizeof(*r->lines));
	if (!r->lines)
		return -AWM_NOMEM;
	for (s++; s <= p; s += strlen(s) + 1) {
		struct skill_line *l = &r->lines[r->count++];
		*strchr(s, '\n') = '\0';
		l->indent = strspn(s, " ");
		l->s = s + l->indent;
		l->number = r->count + 1;
		l->blank = !*l->s;
	}
	*ret_body = p + 1 + strcspn(p + 1, "\n");
	return 0;
}

/* Blanks are kept in block texts alone. */
static int check_lines(const struct skill_reader *r)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct skill_line *l = &r->lines[i];
		if (*l->s == '\t' && l->s[strspn(l->s, " \t")])
			return wrong(l->number, "tabs do not indent");
		if (utf8_has_control(l->s, strlen(l->s), true) ||
		    strchr(l->s, '\r'))
			return wrong(l->number, "a control character");
	}
	return 0;
}

const char *skill_file_body(const char *text, size_t len, struct arena *a)
{
	char *s = plain_lines(text, len, a), *end;

	if (!s)
		return NULL;
	for (size_t blanks; *s; s += blanks) {
		blanks = strspn(s, " \t");
		if (s[blanks] && s[blanks] != '\n')
			break;
		blanks += s[blanks] == '\n';
	}
	end = s + strlen(s);
	while (end > s && (end[-1] == '\n' || end[-1] == '\r'))
		end--;
	if (end == s)
		*end = '\0';
	return *s ? arena_printf(a, "%.*s\n", (int)(end - s), s) : s;
}

/* ---- keys ---- */

/* The part behind "key:", or NULL when the line has no key. */
static const char *after_key(const struct skill_line *l, size_t *ret_len)
{
	size_t n = strspn(l->s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"abcdefghijklmnopqrstuvwxyz0123456789_.-/");

	*ret_len = n;
	if (!n || l->s[n] != ':' ||
	    (l->s[n + 1] && l->s[n + 1] != ' ' && l->s[n + 1] != '\t'))
		return NULL;
	return l->s + n + 1;
}

static int no_key(const struct skill_line *l)
{
	if (strchr("&*!", *l->s))
		return wrong(l->number, "anchors, aliases and tags are not "
					"read here");
	if (strchr("[{", *l->s))
		return wrong(l->number,
			     "collections in brackets are not read here");
	return wrong(l->number, "want 'key: text'");
}

static int given_twice(const struct skill_line *l, const char *key)
{
	return err_set(AWM_USAGE, "line %zu: the key '%s' is given twice",
		       l->number, key);
}

/* Of what is read, the line that says something comes next. */
static const struct skill_line *next_line(struct skill_reader *r)
{
	while (r->at < r->count) {
		const struct skill_line *l = &r->lines[r->at];
		if (!l->blank && *l->s != '#' && l->s[strspn(l->s, " \t")])
			return l;
		r->at++;
	}
	return NULL;
}

const char *skill_file_get(const struct skill_file *file, const char *key)
{
	for (size_t i = 0; i < file->nmetadata; i++)
		if (!strcmp(file->metadata[i].key, key))
			return file->metadata[i].value;
	return NULL;
}

int skill_file_set(struct skill_file *file, const char *key, const char *value,
		   struct arena *a)
{
	if (!value)
		return 0;
	if (!file->metadata)
		file->metadata =
			arena_array(a, KEYS_MAX, sizeof(*file->metadata));
	if (!file->metadata)
		return -AWM_NOMEM;
	if (file->nmetadata == KEYS_MAX)
		return err_set(AWM_USAGE, "more than %d keys of metadata",
			       KEYS_MAX);
	file->metadata[file->nmetadata++] = (struct skill_pair){key, value};
	return 0;
}

static int read_metadata(struct skill_reader *r, const char *rest)
{
	const struct skill_line *l = &r->lines[r->at];
	size_t indent = 0, line = l->number, len;
	const char *value;
	bool block;

	rest += strspn(rest, " \t");
	if (*rest && *rest != '#')
		return *rest == '{' ? no_key(&(struct skill_line){
					      .s = rest, .number = line})
				    : wrong(line, "metadata is a map");
	r->at++;
	while ((l = next_line(r)) && l->indent) {
		indent = indent ? indent : l->indent;
		if (l->indent != indent)
			return wrong(l->number, "indented in another way");
		rest = after_key(l, &len);
		if (!rest)
			return no_key(l);
		char *key = arena_strndup(r->arena, l->s, len);
		if (!key)
			return -AWM_NOMEM;
		if (skill_file_get(r->file, key))
			return given_twice(l, key);
		int rc = skill_scalar_read(r, indent, rest, &value, &block);
		if (!rc)
			rc = skill_file_set(r->file, key, value, r->arena);
		if (rc)
			return rc;
	}
	return 0;
}

static int add_tool(struct skill_reader *r, const char *s, size_t len)
{
	struct skill_texts *t = &r->file->tools;

	if (!len)
		return 0;
	if (!t->items)
		t->items = arena_array(r->arena, KEYS_MAX, sizeof(*t->items));
	if (t->items && t->count == KEYS_MAX)
		return err_set(AWM_USAGE, "more than %d allowed-tools",
			       KEYS_MAX);
	if (t->items)
		t->items[t->count] = arena_strndup(r->arena, s, len);
	return t->items && t->items[t->count++] ? 0 : -AWM_NOMEM;
}

/* "Bash(git:*) Read": blanks in parentheses do not part. */
static int split_tools(struct skill_reader *r, const char *s)
{
	const char *from = s;
	int depth = 0, rc = 0;

	for (; !rc; s++) {
		depth += *s == '(' ? 1 : *s == ')' && depth ? -1 : 0;
		if (*s && (depth || !strchr(" \t\n,", *s)))
			continue;
		rc = add_tool(r, from, (size_t)(s - from));
		from = s + 1;
		if (!*s)
			break;
	}
	return rc;
}

/* A list is not what the specification has, but is seen. */
static int read_tools(struct skill_reader *r, const char *rest)
{
	size_t line = r->lines[r->at].number, start = r->at;
	const struct skill_line *l;
	const char *text;
	bool block;
	int rc;

	rest += strspn(rest, " \t");
	r->file->has_tools = true;
	r->at++;
	l = *rest && *rest != '#' ? NULL : next_line(r);
	if (!l || strncmp(l->s, "- ", 2) != 0) {
		r->at = start;
		rc = skill_scalar_read(r, 0, rest, &text, &block);
		return rc ? rc : split_tools(r, text);
	}
	for (; l && !strncmp(l->s, "- ", 2); l = next_line(r)) {
		rc = skill_scalar_read(r, l->indent, l->s + 2, &text, &block);
		if (!rc)
			rc = add_tool(r, text, strlen(text));
		if (rc)
			return rc;
	}
	return skill_file_warn(r->file, r->arena,
			       "line %zu: allowed-tools is a text, not a list",
			       line);
}

/* What the specification does not know may be anything. */
static int skip_unknown(struct skill_reader *r, const char *key)
{
	size_t line = r->lines[r->at++].number;

	while (r->at < r->count) {
		const struct skill_line *l = &r->lines[r->at];
		if (!l->blank && !l->indent && *l->s != '#' &&
		    strncmp(l->s, "- ", 2) != 0)
			break;
		r->at++;
	}
	return skill_file_warn(r->file, r->arena, "line %zu: unknown key '%s'",
			       line, key);
}

static const char **place_of(struct skill_file *file, const char *key)
{
	const struct {
		const char *key;
		const char **place;
	} texts[] = {
		{"name", &file->name},
		{"description", &file->description},
		{"license", &file->license},
		{"compatibility", &file->compatibility},
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!strcmp(texts[i].key, key))
			return texts[i].place;
	return NULL;
}

/* A block scalar ends in a line break that nobody means. */
static const char *trim(struct arena *a, const char *s)
{
	size_t len = strlen(s);

	while (len && strchr(" \t\n", s[len - 1]))
		len--;
	return arena_strndup(a, s, len);
}

static int read_text(struct skill_reader *r, const char *rest,
		     const char **place)
{
	bool block;
	int rc = skill_scalar_read(r, 0, rest, place, &block);

	if (!rc && block)
		*place = trim(r->arena, *place);
	return rc || *place ? rc : -AWM_NOMEM;
}

/* Keys of the top, to find one that comes again. */
struct seen {
	const char *keys[64];
	size_t count;
};

static int note_key(struct seen *seen, const struct skill_line *l,
		    const char *key)
{
	for (size_t i = 0; i < seen->count; i++)
		if (!strcmp(seen->keys[i], key))
			return given_twice(l, key);
	if (seen->count == ARRAY_LEN(seen->keys))
		return wrong(l->number, "more than 64 keys");
	seen->keys[seen->count++] = key;
	return 0;
}

static int read_key(struct skill_reader *r, struct seen *seen,
		    const struct skill_line *l)
{
	size_t len;
	const char *rest = after_key(l, &len), **place;
	char *key;
	int rc;

	if (l->indent)
		return wrong(l->number, "indented, below what?");
	if (!rest)
		return no_key(l);
	key = arena_strndup(r->arena, l->s, len);
	if (!key)
		return -AWM_NOMEM;
	rc = note_key(seen, l, key);
	if (rc)
		return rc;
	if (!strcmp(key, "metadata"))
		return read_metadata(r, rest);
	if (!strcmp(key, "allowed-tools"))
		return read_tools(r, rest);
	place = place_of(r->file, key);
	return place ? read_text(r, rest, place) : skip_unknown(r, key);
}

static int check_text(const char *text, size_t len)
{
	if (len > SKILL_FILE_MAX)
		return err_set(AWM_USAGE, "larger than 1 MiB");
	if (memchr(text, '\0', len) || !utf8_valid(text, len))
		return err_set(AWM_USAGE, "not valid UTF-8");
	return 0;
}

static int no_description(const struct skill_file *file)
{
	return err_set(AWM_INVALID, "line 1: %s description",
		       file->description ? "an empty" : "no");
}

int skill_file_parse(const char *text, size_t len, struct arena *a,
		     struct skill_file *ret)
{
	struct skill_file file = {0};
	struct skill_reader r = {.arena = a, .file = &file};
	struct seen seen = {0};
	const struct skill_line *l;
	char *copy, *body = NULL;
	int rc = check_text(text, len);

	if (rc)
		return rc;
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		len -= 3;
	}
	copy = plain_lines(text, len, a);
	rc = copy ? cut_lines(&r, copy, &body) : -AWM_NOMEM;
	if (!rc)
		rc = check_lines(&r);
	while (!rc && (l = next_line(&r)))
		rc = read_key(&r, &seen, l);
	if (rc)
		return rc;
	if (!file.description || !*trim(a, file.description))
		return no_description(&file);
	file.body = skill_file_body(body, strlen(body), a);
	if (!file.body)
		return -AWM_NOMEM;
	*ret = file;
	return 0;
}
