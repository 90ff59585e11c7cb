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

static bool is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
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
	while (c != '\n' && is_space(c))
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
	if (is_space(c))
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
		if (!quote && is_space(c)) {
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
		if (is_space(c))
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

static size_t bom_length(const char *s, size_t len)
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
		sc.pos = bom_length(sc.s, sc.len);
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

static bool is_entry_of(const struct config_node *node,
			const struct config_key *key)
{
	return node->kind == CONFIG_ENTRY && config_key_equal(&node->key, key);
}

const struct config_node *config_file_find(const struct config_file *file,
					   const struct config_key *key)
{
	for (size_t i = file->n; i-- > 0;)
		if (is_entry_of(&file->nodes[i], key))
			return &file->nodes[i];
	return NULL;
}

/* Writing */

/* New lines end as the first one of the file does. */
static const char *line_break(const struct config_file *file)
{
	const char *s = buf_str(&file->text), *lf = strchr(s, '\n');

	return lf && lf > s && lf[-1] == '\r' ? "\r\n" : "\n";
}

static void add_value(struct buf *out, const char *value)
{
	size_t len = strlen(value);
	bool quote = len == 0 || is_space(value[0]) ||
		     is_space(value[len - 1]) || strpbrk(value, ";#\r");

	if (quote)
		buf_addc(out, '"');
	for (const char *p = value; *p; p++) {
		switch (*p) {
		case '\n':
			buf_adds(out, "\\n");
			break;
		case '\t':
			buf_adds(out, "\\t");
			break;
		case '\b':
			buf_adds(out, "\\b");
			break;
		case '"':
		case '\\':
			buf_addc(out, '\\');
			buf_addc(out, *p);
			break;
		default:
			buf_addc(out, *p);
		}
	}
	if (quote)
		buf_addc(out, '"');
}

static void add_entry(struct buf *out, const char *name, const char *value,
		      const char *eol)
{
	buf_addf(out, "\t%s = ", name);
	add_value(out, value);
	buf_adds(out, eol);
}

static void add_section(struct buf *out, const char *section, const char *eol)
{
	const char *dot = strchr(section, '.');

	buf_addc(out, '[');
	buf_add(out, section, dot ? (size_t)(dot - section) : strlen(section));
	if (dot) {
		buf_adds(out, " \"");
		for (const char *p = dot + 1; *p; p++) {
			if (*p == '"' || *p == '\\')
				buf_addc(out, '\\');
			buf_addc(out, *p);
		}
		buf_addc(out, '"');
	}
	buf_addf(out, "]%s", eol);
}

static void add_rest(struct buf *out, const struct config_file *file, size_t at)
{
	buf_add(out, buf_str(&file->text) + at, file->text.len - at);
}

static int replace(const struct config_file *file,
		   const struct config_node *node, const char *value,
		   struct buf *out)
{
	const char *s = buf_str(&file->text);

	buf_add(out, s, node->value_begin);
	if (!node->value)
		buf_adds(out, " = ");
	else if (s[node->value_begin - 1] == '=')
		buf_addc(out, ' ');
	add_value(out, value);
	if (node->value_begin == node->value_end &&
	    s[node->value_end] != '\n' && !is_space(s[node->value_end]) &&
	    node->value_end < file->text.len)
		buf_addc(out, ' ');
	add_rest(out, file, node->value_end);
	return buf_check(out);
}

/* Where a new entry of the section goes, or NULL: its header or an entry. */
static const struct config_node *last_of_section(const struct config_file *file,
						 const char *section)
{
	for (size_t i = file->n; i-- > 0;) {
		const struct config_node *node = &file->nodes[i];

		if (node->kind != CONFIG_COMMENT &&
		    strcmp(node->key.section, section) == 0)
			return node;
	}
	return NULL;
}

/* The place after the node where a line can start, and how many line breaks
 * it takes to get there. */
static size_t after_node(const struct config_file *file,
			 const struct config_node *node, unsigned *ret_breaks)
{
	const char *s = buf_str(&file->text);
	size_t pos = node->end, len = file->text.len;

	*ret_breaks = 0;
	if (node->kind == CONFIG_SECTION) {
		while (pos < len && is_space(s[pos]) && s[pos] != '\n')
			pos++;
		if (pos < len && (s[pos] == '#' || s[pos] == ';'))
			while (pos < len && s[pos] != '\n')
				pos++;
		if (pos < len && s[pos] == '\n')
			return pos + 1;
		if (pos < len) { /* another section on the same line */
			*ret_breaks = 1;
			return node->end;
		}
	}
	if (pos == len)
		*ret_breaks = file->tail;
	return pos;
}

int config_file_set(const struct config_file *file,
		    const struct config_key *key, const char *name,
		    const char *value, struct buf *out)
{
	const struct config_node *node = config_file_find(file, key);
	const char *eol = line_break(file);
	size_t at = file->text.len;
	unsigned breaks = file->tail;

	if (node)
		return replace(file, node, value, out);
	node = last_of_section(file, key->section);
	if (node)
		at = after_node(file, node, &breaks);
	buf_add(out, buf_str(&file->text), at);
	while (breaks-- > 0)
		buf_adds(out, eol);
	if (!node)
		add_section(out, key->section, eol);
	add_entry(out, name, value, eol);
	add_rest(out, file, at);
	return buf_check(out);
}

/* Removing */

struct cut {
	const struct config_file *file;
	struct buf *out;
	size_t pos; /* copied, or left out, up to here */
};

/* The start of the line, where only white space stands before `at`. */
static size_t line_start(const struct config_file *file, size_t at, bool *ret)
{
	const char *s = buf_str(&file->text);
	size_t first = bom_length(s, file->text.len);

	while (at > first && is_space(s[at - 1]) && s[at - 1] != '\n')
		at--;
	*ret = at == first || s[at - 1] == '\n';
	return at;
}

/* Leaves the bytes out; what stands before them on the line keeps a break. */
static void cut_range(struct cut *cut, size_t begin, size_t end)
{
	bool whole;

	begin = line_start(cut->file, begin, &whole);
	buf_add(cut->out, buf_str(&cut->file->text) + cut->pos,
		begin - cut->pos);
	if (!whole)
		buf_adds(cut->out, line_break(cut->file));
	cut->pos = end;
}

static bool comment_above(const struct config_file *file, size_t i)
{
	const struct config_node *above;

	if (i == 0 || file->nodes[i - 1].kind != CONFIG_COMMENT)
		return false;
	above = &file->nodes[i - 1];
	return !memchr(buf_str(&file->text) + above->end, '\n',
		       file->nodes[i].begin - above->end);
}

/* Cuts the key's entries out of the section whose header is node i and whose
 * last node stands before node `end`; returns how many there were. */
static size_t cut_section(struct cut *cut, const struct config_key *key,
			  size_t i, size_t end)
{
	const struct config_file *file = cut->file;
	const struct config_node *nodes = file->nodes;
	size_t hits = 0, stop = file->text.len;
	bool whole;

	for (size_t k = i + 1; k < end; k++)
		hits += is_entry_of(&nodes[k], key);
	if (hits > 0 && hits == end - i - 1 && !comment_above(file, i)) {
		if (end < file->n)
			stop = line_start(file, nodes[end].begin, &whole);
		cut_range(cut, nodes[i].begin, stop);
		return hits;
	}
	for (size_t k = i + 1; k < end && hits > 0; k++)
		if (is_entry_of(&nodes[k], key))
			cut_range(cut, nodes[k].begin, nodes[k].end);
	return hits;
}

int config_file_unset(const struct config_file *file,
		      const struct config_key *key, struct buf *out)
{
	struct cut cut = {file, out, 0};
	size_t end, hits = 0;

	for (size_t i = 0; i < file->n; i = end) {
		end = i + 1;
		if (file->nodes[i].kind != CONFIG_SECTION)
			continue;
		while (end < file->n && file->nodes[end].kind != CONFIG_SECTION)
			end++;
		if (strcmp(file->nodes[i].key.section, key->section) == 0)
			hits += cut_section(&cut, key, i, end);
	}
	if (hits == 0)
		return err_set(AWM_NOT_FOUND, "'%s.%s' is not set",
			       key->section, key->name);
	add_rest(out, file, cut.pos);
	return buf_check(out);
}
