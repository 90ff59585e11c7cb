/* SPDX-License-Identifier: MIT */
#include "domain/config_file.h"

#include <string.h>

#include "base/err.h"

/* Setting */

/* New lines end as the first one of the file does. */
static const char *line_break(const struct config_file *file)
{
	const char *s = buf_str(&file->text), *lf = strchr(s, '\n');

	return lf && lf > s && lf[-1] == '\r' ? "\r\n" : "\n";
}

static void add_value(struct buf *out, const char *value)
{
	size_t len = strlen(value);
	bool quote = len == 0 || config_is_space(value[0]) ||
		     config_is_space(value[len - 1]) || strpbrk(value, ";#\r");

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
	    s[node->value_end] != '\n' &&
	    !config_is_space(s[node->value_end]) &&
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
		while (pos < len && config_is_space(s[pos]) && s[pos] != '\n')
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
	size_t first = config_bom_length(s, file->text.len);

	while (at > first && config_is_space(s[at - 1]) && s[at - 1] != '\n')
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
		hits += config_node_is(&nodes[k], key);
	if (hits > 0 && hits == end - i - 1 && !comment_above(file, i)) {
		if (end < file->n)
			stop = line_start(file, nodes[end].begin, &whole);
		cut_range(cut, nodes[i].begin, stop);
		return hits;
	}
	for (size_t k = i + 1; k < end && hits > 0; k++)
		if (config_node_is(&nodes[k], key))
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
