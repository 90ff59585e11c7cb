/* SPDX-License-Identifier: MIT */
#include "domain/config_file.h"

#include <stdint.h>
#include <string.h>

#include "base/err.h"

/* Letters by hand: those of <ctype.h> depend on the locale. */
static bool is_alpha(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_keychar(int c)
{
	return is_alpha(c) || (c >= '0' && c <= '9') || c == '-';
}

static char lower(int c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Reading */

struct scan {
	const char *s;
	size_t len, pos;
	size_t line; /* of the next character */
	size_t at;   /* of the last one */
	bool eof;
	struct config_file *file;
	const char *section;
	struct buf word;
};

static int fail(const struct scan *sc, const char *what)
{
	return err_set(AWM_USAGE, "line %zu: %s", sc->at, what);
}

/* CR LF reads as LF, and so does the end of the file. */
static int next(struct scan *sc)
{
	int c;

	sc->at = sc->line;
	if (sc->pos == sc->len) {
		sc->eof = true;
		return '\n';
	}
	c = (unsigned char)sc->s[sc->pos++];
	if (c == '\r' && sc->pos < sc->len && sc->s[sc->pos] == '\n') {
		sc->pos++;
		c = '\n';
	}
	if (c == '\n')
		sc->line++;
	return c;
}

/* The scratch word as a string of the file. */
static int take_word(struct scan *sc, const char **ret)
{
	const char *s;
	int r = buf_check(&sc->word);

	if (r < 0)
		return r;
	s = arena_strndup(&sc->file->arena, buf_str(&sc->word), sc->word.len);
	if (!s)
		return -AWM_NOMEM;
	*ret = s;
	return 0;
}

static int add_node(struct config_file *file, const struct config_node *node)
{
	if (file->n == file->cap) {
		size_t cap = file->cap ? file->cap * 2 : 32;
		struct config_node *nodes =
			reallocarray(file->nodes, cap, sizeof(*nodes));

		if (!nodes)
			return err_nomem();
		file->nodes = nodes;
		file->cap = cap;
	}
	file->nodes[file->n++] = *node;
	return 0;
}

static int scan_comment(struct scan *sc, size_t begin)
{
	struct config_node node = {.kind = CONFIG_COMMENT, .begin = begin};

	while (next(sc) != '\n')
		;
	node.end = sc->pos;
	return add_node(sc->file, &node);
}

/* After the space of '[section "sub"]'. */
static int scan_subsection(struct scan *sc, int c)
{
	while (c != '\n' && config_is_space(c))
		c = next(sc);
	if (c != '"')
		return fail(sc, "a section is [name] or [name \"sub\"]");
	buf_addc(&sc->word, '.');
	while ((c = next(sc)) != '"') {
		if (c == '\\')
			c = next(sc);
		if (c == '\n')
			return fail(sc, "a section's quote is not closed");
		buf_addc(&sc->word, (char)c);
	}
	if (next(sc) != ']')
		return fail(sc, "a section is not closed by ']'");
	return 0;
}

/* Up to the ']'. */
static int scan_section_name(struct scan *sc)
{
	int c, r;

	buf_truncate(&sc->word, 0);
	while (c = next(sc), is_keychar(c) || c == '.')
		buf_addc(&sc->word, lower(c));
	r = buf_check(&sc->word);
	if (r < 0)
		return r;
	if (config_is_space(c))
		return scan_subsection(sc, c);
	if (c != ']')
		return fail(sc, "a section's name has only letters, digits, "
				"'-' and '.'");
	return sc->word.len > 0 ? 0 : fail(sc, "a section has no name");
}

static int scan_section(struct scan *sc, size_t begin)
{
	struct config_node node = {.kind = CONFIG_SECTION, .begin = begin};
	int r = scan_section_name(sc);

	if (r == 0)
		r = take_word(sc, &sc->section);
	if (r < 0)
		return r;
	node.key.section = sc->section;
	node.end = sc->pos;
	return add_node(sc->file, &node);
}

/* After a backslash in a value. One before a line break joins the lines. */
static int scan_escape(struct scan *sc)
{
	static const char from[] = "tbn\\\"", to[] = "\t\b\n\\\"";
	int c = next(sc);
	const char *p;

	if (c == '\n') {
		if (sc->eof)
			sc->file->tail = 2;
		return 0;
	}
	p = memchr(from, c, sizeof(from) - 1);
	if (!p)
		return fail(sc, "a backslash is followed by none of n, t, b, "
				"\\ and \"");
	buf_addc(&sc->word, to[p - from]);
	return 0;
}

/* One character of a value that is neither space nor comment. */
static int scan_char(struct scan *sc, int c, bool *quote)
{
	if (c == '\\')
		return scan_escape(sc);
	if (c == '"')
		*quote = !*quote;
	else
		buf_addc(&sc->word, (char)c);
	return 0;
}

/* After the '='. */
static int scan_value(struct scan *sc, struct config_node *node)
{
	bool quote = false, comment = false, started = false;
	size_t keep = 0, mark;
	int c, r;

	buf_truncate(&sc->word, 0);
	node->value_begin = node->value_end = sc->pos;
	while (mark = sc->pos, (c = next(sc)) != '\n') {
		if (!quote && (c == ';' || c == '#'))
			comment = true;
		if (comment)
			continue;
		if (!quote && config_is_space(c)) {
			if (sc->word.len > 0)
				buf_addc(&sc->word, (char)c);
			continue;
		}
		if (!started)
			node->value_begin = mark;
		started = true;
		r = scan_char(sc, c, &quote);
		if (r < 0)
			return r;
		node->value_end = sc->pos;
		keep = sc->word.len;
	}
	if (quote)
		return fail(sc, "a value's quote is not closed");
	if (sc->eof && sc->file->tail == 0)
		sc->file->tail = 1;
	buf_truncate(&sc->word, keep);
	return take_word(sc, &node->value);
}

static int scan_entry(struct scan *sc, size_t begin, int c)
{
	struct config_node node = {.kind = CONFIG_ENTRY, .begin = begin};
	int r;

	buf_truncate(&sc->word, 0);
	do {
		buf_addc(&sc->word, lower(c));
		node.value_begin = node.value_end = sc->pos;
		c = next(sc);
	} while (is_keychar(c));
	r = take_word(sc, &node.key.name);
	if (r < 0)
		return r;
	while (c == ' ' || c == '\t')
		c = next(sc);
	if (c != '\n' && c != '=')
		return fail(sc, "a name is not followed by '='");
	if (c == '=') {
		r = scan_value(sc, &node);
		if (r < 0)
			return r;
	}
	node.key.section = sc->section;
	node.end = sc->pos;
	return add_node(sc->file, &node);
}

static int scan_all(struct scan *sc)
{
	int r = 0;

	while (r == 0) {
		size_t begin = sc->pos;
		int c = next(sc);

		if (sc->eof)
			return 0;
		if (config_is_space(c))
			continue;
		if (c == '#' || c == ';')
			r = scan_comment(sc, begin);
		else if (c == '[')
			r = scan_section(sc, begin);
		else if (is_alpha(c))
			r = scan_entry(sc, begin, c);
		else
			r = fail(sc, "neither a section, a name nor a comment");
	}
	return r;
}

size_t config_bom_length(const char *s, size_t len)
{
	return len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static int refuse_nul(struct scan *sc)
{
	const char *nul = sc->len > 0 ? memchr(sc->s, '\0', sc->len) : NULL;

	if (!nul)
		return 0;
	sc->at = 1;
	for (const char *p = sc->s; p < nul; p++)
		sc->at += *p == '\n';
	return fail(sc, "a NUL byte");
}

int config_file_parse(const char *text, size_t len, struct config_file *ret)
{
	struct config_file file = {0};
	struct scan sc = {.line = 1, .file = &file, .section = ""};
	int r;

	buf_add(&file.text, text, len);
	r = buf_check(&file.text);
	if (r == 0) {
		sc.s = buf_str(&file.text);
		sc.len = file.text.len;
		sc.pos = config_bom_length(sc.s, sc.len);
		r = refuse_nul(&sc);
	}
	if (r == 0)
		r = scan_all(&sc);
	buf_release(&sc.word);
	if (r < 0) {
		config_file_release(&file);
		return r;
	}
	if (sc.len > 0 && sc.s[sc.len - 1] != '\n' && file.tail == 0)
		file.tail = 1;
	*ret = file;
	return 0;
}

void config_file_release(struct config_file *file)
{
	buf_release(&file->text);
	free(file->nodes);
	arena_release(&file->arena);
	*file = (struct config_file){0};
}

/* Keys */

static int bad_key(const char *key, const char *why)
{
	err_set(AWM_USAGE, "'%s' is not the name of a setting: %s", key, why);
	return err_hint("a setting is SECTION.NAME, as in user.email");
}

int config_key_parse(const char *key, struct arena *a, struct config_key *ret)
{
	const char *first = strchr(key, '.'), *last = strrchr(key, '.');
	char *section, *name;

	if (!first || first == key)
		return bad_key(key, "it has no section");
	if (!is_alpha(last[1]))
		return bad_key(key, "a name starts with a letter");
	for (const char *p = key; *p; p++)
		if ((p < first || p > last) && !is_keychar(*p))
			return bad_key(key, "letters, digits and '-' only");
	if (memchr(first, '\n', (size_t)(last - first)))
		return bad_key(key, "it has a line break");
	section = arena_strndup(a, key, (size_t)(last - key));
	name = arena_strdup(a, last + 1);
	if (!section || !name)
		return -AWM_NOMEM;
	for (char *p = section; *p && *p != '.'; p++)
		*p = lower(*p);
	for (char *p = name; *p; p++)
		*p = lower(*p);
	*ret = (struct config_key){section, name};
	return 0;
}

bool config_key_equal(const struct config_key *a, const struct config_key *b)
{
	return strcmp(a->name, b->name) == 0 &&
	       strcmp(a->section, b->section) == 0;
}

bool config_node_is(const struct config_node *node,
		    const struct config_key *key)
{
	return node->kind == CONFIG_ENTRY && config_key_equal(&node->key, key);
}

const struct config_node *config_file_find(const struct config_file *file,
					   const struct config_key *key)
{
	for (size_t i = file->n; i-- > 0;)
		if (config_node_is(&file->nodes[i], key))
			return &file->nodes[i];
	return NULL;
}
