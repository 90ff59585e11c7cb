/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cmd/editor.h"
#include "cmd/option.h"
#include "cmd/signals.h"

/* Texts that do not stand on the command line: files, standard input. */

#define STDIN_MAX BUF_MAX
#define TEXT_MAX  ((size_t)16 << 20)

static int read_stdin(struct buf *b)
{
	char chunk[64 * 1024];

	while (true) {
		ssize_t n = read(STDIN_FILENO, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR && signals_caught())
			return err_set(AWM_INTERRUPTED, "interrupted");
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(AWM_ERROR,
					 "cannot read standard input");
		if (n == 0)
			return buf_check(b);
		if ((size_t)n > STDIN_MAX - 1 - b->len)
			return err_set(AWM_USAGE,
				       "standard input is longer than 1 GiB");
		buf_add(b, chunk, (size_t)n);
		if (b->failed)
			return buf_check(b);
	}
}

int run_stdin(struct run *r, const char **ret, size_t *ret_len)
{
	_cleanup_buf_ struct buf b = {0};
	int err;

	if (!r->input) {
		err = read_stdin(&b);
		if (err)
			return err;
		r->input_len = b.len;
		r->input = b.len ? buf_detach(&b) : arena_strdup(&r->arena, "");
		if (!r->input)
			return -AWM_NOMEM;
		r->input_owned = r->input_len;
	}
	*ret = r->input;
	*ret_len = r->input_len;
	return 0;
}

int run_file(struct run *r, const char *path, size_t max, const char **ret,
	     size_t *ret_len)
{
	_cleanup_buf_ struct buf b = {0};
	const char *s;
	size_t len;
	int err;

	if (strcmp(path, "-") == 0) {
		err = run_stdin(r, &s, &len);
		if (!err && len > max)
			err = err_set(AWM_USAGE,
				      "standard input is larger than %zu bytes",
				      max);
	} else {
		err = file_read(path, max, &b);
		s = buf_str(&b);
		len = b.len;
	}
	if (err)
		return err;
	*ret = arena_strndup(&r->arena, s, len);
	*ret_len = len;
	return *ret ? 0 : -AWM_NOMEM;
}

/* Without the line breaks at its end, which echo and editors add. */
static int keep_text(struct run *r, const char *s, size_t len, const char *what,
		     const char **ret)
{
	char *copy;

	while (len && (s[len - 1] == '\n' || s[len - 1] == '\r'))
		len--;
	if (len > TEXT_MAX)
		return err_set(AWM_USAGE, "%s is longer than 16 MiB", what);
	if (memchr(s, '\0', len))
		return err_set(AWM_USAGE, "%s holds a NUL byte", what);
	if (!utf8_valid(s, len))
		return err_set(AWM_USAGE, "%s is not valid UTF-8", what);
	copy = arena_strndup(&r->arena, s, len);
	if (!copy)
		return -AWM_NOMEM;
	*ret = copy;
	return 0;
}

static int text_of_file(struct run *r, const char *path, const char **ret)
{
	bool input = strcmp(path, "-") == 0;
	const char *s;
	size_t len;
	int err = run_file(r, path, TEXT_MAX + 2, &s, &len);

	return err ? err
		   : keep_text(r, s, len, input ? "standard input" : path, ret);
}

static int text_of_editor(struct run *r, const char **ret)
{
	_cleanup_buf_ struct buf b = {0};
	const char *s;
	int err = run_config(r);

	if (!err)
		err = editor_edit(awm_config_get(r->config, "core.editor"),
				  r->initial ? r->initial : "", &b);
	if (err)
		return err;
	s = buf_str(&b);
	if (!s[strspn(s, " \t\r\n")])
		return err_set(AWM_ERROR,
			       "the text is empty, nothing was changed");
	return keep_text(r, s, b.len, "the text", ret);
}

void run_initial(struct run *r, const char *text)
{
	r->initial = text;
}

int run_text(struct run *r, const char *field, const char **ret)
{
	*ret = NULL;
	for (size_t i = r->ngiven; i-- > 0;) {
		const struct given *g = r->given + i;

		if (!g->field || strcmp(g->field->name, field) != 0)
			continue;
		if (g->option->type == OPTION_FILE_SET)
			return text_of_file(r, g->text, ret);
		if (g->option->type == OPTION_EDIT_SET)
			return text_of_editor(r, ret);
		if (g->option->type != OPTION_TEXT_SET)
			continue;
		*ret = g->text;
		return 0;
	}
	return 0;
}
