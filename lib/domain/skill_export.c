// SPDX-License-Identifier: MIT
/* Skills as SKILL.md folders. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/file.h"
#include "base/utf8.h"
#include "domain/pool.h"
#include "domain/skill.h"
#include "domain/skill_folder.h"
#include "domain/skill_text.h"

struct export
{
	const struct awm_skill_import *how;
	struct arena *arena;
	struct awm_record *row;
	struct skill_file file;
	const char *text; /* the whole file */
};

static const char *text_or_null(const struct export *x, size_t field)
{
	const struct awm_value *v = &x->row->values[field];

	return v->kind == AWM_TEXT ? v->s : NULL;
}

static void warn(const struct export *x, const char *path, const char *text)
{
	if (x->how && x->how->warn && text)
		x->how->warn(x->how->ctx, path, text);
}

static int put_name(struct export *x)
{
	const char *name = text_or_null(x, SKILL_name);
	const char *slug = skill_file_slug(name, x->arena);

	if (slug && !*slug)
		slug = arena_printf(x->arena, "skill-%lld",
				    (long long)x->row->values[SKILL_id].i);
	if (!slug)
		return -AWM_NOMEM;
	x->file.name = slug;
	return strcmp(slug, name) ? skill_file_set(&x->file, SKILL_KEY_TITLE,
						   name, x->arena)
				  : 0;
}

static int put_columns(struct export *x)
{
	const char *mcp = text_or_null(x, SKILL_mcpRequirements);
	const struct {
		const char *key, *text;
	} parts[] = {
		{SKILL_KEY_CATEGORY, text_or_null(x, SKILL_category)},
		{SKILL_KEY_VERSION,
		 arena_printf(x->arena, "%lld",
			      (long long)x->row->values[SKILL_version].i)},
		{SKILL_KEY_PROVIDER, text_or_null(x, SKILL_aiProvider)},
		{SKILL_KEY_MCP, mcp && strcmp(mcp, "[]") ? mcp : NULL},
		{SKILL_KEY_INPUT, text_or_null(x, SKILL_inputSchema)},
		{SKILL_KEY_OUTPUT, text_or_null(x, SKILL_outputSchema)},
		{SKILL_KEY_CHANGELOG, text_or_null(x, SKILL_changelog)},
	};
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(parts) && !rc; i++)
		rc = skill_file_set(&x->file, parts[i].key, parts[i].text,
				    x->arena);
	return rc;
}

static int print(struct export *x)
{
	_cleanup_buf_ struct buf out = {0};

	skill_file_print(&x->file, &out);
	if (buf_check(&out))
		return -AWM_NOMEM;
	x->text = arena_strndup(x->arena, out.s, out.len);
	return x->text ? 0 : -AWM_NOMEM;
}

static void warn_of(const struct export *x)
{
	const char *d = x->file.description;

	if (utf8_length(d, strlen(d)) > SKILL_FILE_TEXT)
		warn(x, x->file.name,
		     "the description is longer than the 1024 characters that "
		     "other programs take");
	if (strlen(x->text) > SKILL_FILE_MAX)
		warn(x, x->file.name,
		     "larger than the 1 MiB that 'awm skill import' takes");
}

static int make(struct awm_session *s, int64_t id, struct export *x)
{
	const char *tags;
	int rc = skill_get(s, id, x->arena, &x->row);

	if (!rc)
		rc = put_name(x);
	if (!rc)
		rc = put_columns(x);
	if (!rc)
		rc = skill_tags_of(s, id, x->arena, &tags);
	if (!rc)
		rc = skill_text_put(
			&x->file, text_or_null(x, SKILL_description),
			text_or_null(x, SKILL_prompt), tags, x->arena);
	if (!rc)
		rc = print(x);
	if (!rc)
		warn_of(x);
	return rc;
}

int awm_skill_export(struct awm_session *s, int64_t id,
		     const struct awm_skill_import *how, struct awm_pool *pool,
		     const char **ret_text, const char **ret_folder)
{
	struct export x = {.how = how, .arena = pool_arena(pool)};
	int rc = make(s, id, &x);

	if (rc)
		return rc;
	*ret_text = x.text;
	*ret_folder = x.file.name;
	return 0;
}

/* ---- the folder ---- */

/* As the umask has it: it is not a secret. */
static int make_folder(struct arena *a, const char *dir)
{
	char *path = arena_strdup(a, dir);
	struct stat st;

	for (char *p = path; path && p;) {
		p = strchr(p + 1, '/');
		if (p)
			*p = '\0';
		if (*path && mkdir(path, 0777) < 0 && errno != EEXIST)
			return err_errno(AWM_ERROR, "cannot make '%s'", path);
		if (p)
			*p = '/';
	}
	if (path && (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)))
		return err_set(AWM_ERROR, "'%s' is no folder", path);
	return path ? 0 : -AWM_NOMEM;
}

/* Whether the file there is of the same skill. */
static bool is_ours(const struct export *x, const char *text, size_t len)
{
	const char *name = text_or_null(x, SKILL_name), *title;
	struct skill_file there;

	if (skill_file_parse(text, len, x->arena, &there)) {
		err_clear();
		return false;
	}
	title = skill_file_get(&there, SKILL_KEY_TITLE);
	if (!title)
		title = there.name;
	return title && !strcmp(title, name);
}

static int check_place(const struct export *x, const char *path, bool force,
		       bool *ret_same)
{
	_cleanup_buf_ struct buf there = {0};
	int rc;

	*ret_same = false;
	if (!file_exists(path))
		return 0;
	rc = file_check_plain(path);
	if (!rc)
		rc = file_read(path, BUF_MAX - 1, &there);
	if (rc)
		return rc;
	*ret_same = there.len == strlen(x->text) &&
		    !memcmp(buf_str(&there), x->text, there.len);
	if (*ret_same || force || is_ours(x, buf_str(&there), there.len))
		return 0;
	err_set(AWM_CONFLICT, "'%s' is of another skill", path);
	return err_hint("--force writes over it");
}

static int warn_folder(const struct export *x, const char *dir)
{
	_cleanup_free_ char *real = realpath(dir, NULL);
	const char *slash = real ? strrchr(real, '/') : NULL;
	const char *text;

	if (!slash || !strcmp(slash + 1, x->file.name))
		return 0;
	text = arena_printf(x->arena,
			    "other programs look for it in a folder '%s'",
			    x->file.name);
	warn(x, dir, text);
	return text ? 0 : -AWM_NOMEM;
}

int awm_skill_write(struct awm_session *s, int64_t id, const char *dir,
		    bool force, const struct awm_skill_import *how,
		    struct awm_pool *pool, const char **ret_did)
{
	struct export x = {.how = how, .arena = pool_arena(pool)};
	const char *path = arena_printf(x.arena, "%s/SKILL.md", dir);
	bool same = false;
	int rc = path ? make(s, id, &x) : -AWM_NOMEM;

	if (!rc)
		rc = check_place(&x, path, force, &same);
	if (!rc && !same && !s->dry_run) {
		rc = make_folder(x.arena, dir);
		if (!rc)
			rc = file_write(path, x.text, strlen(x.text), 0644);
	}
	if (!rc)
		rc = warn_folder(&x, dir);
	if (!rc)
		*ret_did = same ? "unchanged" : "wrote";
	return rc;
}
