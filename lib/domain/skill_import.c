// SPDX-License-Identifier: MIT
/* Skills out of SKILL.md files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/emit.h"
#include "domain/pool.h"
#include "domain/skill.h"
#include "domain/skill_folder.h"
#include "domain/skill_text.h"
#include "entity/field.h"
#include "entity/store.h"

#define SETS_MAX 11

struct outcome {
	const char *did;
	struct awm_record *row;
};

/* One file, read; what it makes of a skill. */
struct loaded {
	const char *path;
	const char *name;
	struct awm_set sets[SETS_MAX];
	size_t nsets;
	const char *tags; /* sorted JSON array; NULL: not said */
	struct outcome outcome;
};

struct import {
	struct awm_session *session;
	const struct awm_skill_import *how;
	struct arena *arena;
	struct skill_sources sources;
	struct loaded *items;
	size_t count;
};

static void warn(const struct import *im, const char *path, const char *text)
{
	if (im->how->warn)
		im->how->warn(im->how->ctx, path, text);
}

/* ---- from the file to columns ---- */

static void set(struct loaded *l, size_t field, const char *text)
{
	l->sets[l->nsets].field = &entity_skill.fields[field];
	l->sets[l->nsets++].value = awm_value_text(text);
}

/* Metadata, or a file beside. Nothing is no schema. */
static int set_schema(struct import *im, struct loaded *l,
		      const struct skill_source *src,
		      const struct skill_file *file, const char *key,
		      const char *name, size_t field)
{
	const char *text = skill_file_get(file, key);
	int rc = text ? 0 : skill_folder_text(src, name, im->arena, &text);

	if (!rc)
		set(l, field, text && *text ? text : NULL);
	return rc;
}

static int set_version(struct loaded *l, const struct skill_file *file)
{
	const char *text = skill_file_get(file, "version");
	char *end;
	long long v;

	errno = 0;
	v = text ? strtoll(text, &end, 10) : 1;
	/* "1.2" is a version of something else's */
	if (text && (errno || end == text || *end || v < 1 || v > INT32_MAX))
		v = 1;
	l->sets[l->nsets].field = &entity_skill.fields[SKILL_version];
	l->sets[l->nsets++].value = AWM_VALUE_INT(v);
	return 0;
}

static int set_changelog(struct import *im, struct loaded *l,
			 const struct skill_source *src,
			 const struct skill_file *file)
{
	const char *text = skill_file_get(file, SKILL_KEY_CHANGELOG);
	int rc =
		text ? 0
		     : skill_folder_text(src, "CHANGELOG.md", im->arena, &text);

	if (!rc && text)
		set(l, SKILL_changelog, text);
	return rc;
}

static int fill(struct import *im, const struct skill_source *src,
		const struct skill_file *file, struct loaded *l)
{
	const char *text;
	int rc;

	l->path = src->path;
	text = skill_file_get(file, SKILL_KEY_TITLE);
	l->name = text ? text : file->name;
	set(l, SKILL_name, l->name);
	set(l, SKILL_description, skill_text_description(file));
	text = skill_text_prompt(file, im->arena);
	if (!text)
		return -AWM_NOMEM;
	set(l, SKILL_prompt, text);
	text = skill_file_get(file, SKILL_KEY_CATEGORY);
	if (text)
		set(l, SKILL_category, text);
	text = skill_file_get(file, SKILL_KEY_PROVIDER);
	set(l, SKILL_aiProvider, text && *text ? text : NULL);
	text = skill_file_get(file, SKILL_KEY_MCP);
	set(l, SKILL_mcpRequirements, text && *text ? text : "[]");
	rc = set_schema(im, l, src, file, SKILL_KEY_INPUT,
			"assets/input.schema.json", SKILL_inputSchema);
	if (!rc)
		rc = set_schema(im, l, src, file, SKILL_KEY_OUTPUT,
				"assets/output.schema.json",
				SKILL_outputSchema);
	if (!rc)
		rc = set_changelog(im, l, src, file);
	if (!rc)
		rc = set_version(l, file);
	return rc ? rc
		  : skill_text_tags(im->session, file, im->arena, &l->tags);
}

/* What is malformed is told of by the file that holds it, before anything is
 * written. */
static int check(const struct loaded *l)
{
	for (size_t i = 0; i < l->nsets; i++) {
		int rc = field_check(l->sets[i].field, &l->sets[i].value);
		if (rc)
			return rc;
	}
	return 0;
}

/* ---- notices ---- */

static int tell_left_out(struct import *im, const struct skill_source *src)
{
	static const char *const taken[] = {"CHANGELOG.md",
					    "assets/input.schema.json",
					    "assets/output.schema.json"};
	const char *rest;
	int rc = skill_folder_rest(src, taken, ARRAY_LEN(taken), im->arena,
				   &rest);

	if (rc || !rest)
		return rc;
	rest = arena_printf(im->arena, "left out %s: only SKILL.md is imported",
			    rest);
	if (rest)
		warn(im, src->path, rest);
	return rest ? 0 : -AWM_NOMEM;
}

static int tell_of(struct import *im, const struct skill_source *src,
		   const struct skill_file *file)
{
	const char *lost;
	int rc = skill_text_lost(file, im->arena, &lost);

	for (size_t i = 0; i < file->warnings.count; i++)
		warn(im, src->path, file->warnings.items[i]);
	if (!rc && lost)
		warn(im, src->path, lost);
	return rc ? rc : tell_left_out(im, src);
}

/* ---- reading all ---- */

static int refuse_twice(const struct import *im, const struct loaded *l)
{
	for (size_t i = 0; i < im->count; i++)
		if (!strcmp(im->items[i].name, l->name))
			return err_set(AWM_CONFLICT,
				       "'%s' and '%s' both make the skill '%s'",
				       im->items[i].path, l->path, l->name);
	return 0;
}

static int load(struct import *im, const struct skill_source *src)
{
	struct loaded *l = &im->items[im->count];
	struct skill_file file;
	int rc = skill_folder_read(src, im->arena, &file);

	if (rc)
		return rc;
	memset(l, 0, sizeof(*l));
	rc = fill(im, src, &file, l);
	if (!rc)
		rc = check(l);
	if (rc)
		return err_context("%s", src->path);
	rc = refuse_twice(im, l);
	if (!rc)
		rc = tell_of(im, src, &file);
	if (!rc)
		im->count++;
	return rc;
}

static bool may_skip(const struct import *im, int rc)
{
	return im->how->skip_invalid &&
	       (rc == -AWM_USAGE || rc == -AWM_INVALID);
}

static int load_all(struct import *im)
{
	im->items = arena_array(im->arena, im->sources.count + 1,
				sizeof(*im->items));
	if (!im->items)
		return -AWM_NOMEM;
	for (size_t i = 0; i < im->sources.count; i++) {
		int rc = load(im, &im->sources.items[i]);
		if (!may_skip(im, rc)) {
			if (rc)
				return rc;
			continue;
		}
		warn(im, NULL, awm_error_last()->message);
		err_clear();
	}
	return 0;
}

/* ---- writing ---- */

/* 0 when there is none. A name is meant to the letter here; of several, one's
 * own. */
static int find_named(struct awm_session *s, const char *name, int64_t *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int64_t own = 0, others = 0, first = 0;
	int rc = db_query(s->db, &st,
			  "SELECT \"id\",\"authorId\"=?2 FROM \"skills\" WHERE "
			  "\"name\"=?1 AND (\"authorId\"=?2 OR ?3=1) "
			  "ORDER BY \"authorId\"=?2,\"id\" DESC",
			  "tii", name, s->actor.id,
			  (int64_t)(role_of(s) == ROLE_ADMIN));

	while (!rc && (rc = db_step(st)) > 0) {
		first = db_column_int(st, 0);
		own += db_column_int(st, 1);
		others += !db_column_int(st, 1);
		rc = 0;
	}
	if (rc)
		return rc;
	*ret = first;
	if (own == 1 || own + others <= 1)
		return 0;
	err_set(AWM_CONFLICT, "several skills are called '%s'", name);
	return err_hint("rename one: awm skill edit ID --name NAME");
}

static int amend_tags(struct awm_session *s, struct change *c, void *ctx)
{
	const struct loaded *l = ctx;

	if (!l->tags)
		return 0;
	if (c->before)
		return skill_tags_amend(s, c, TAGS_SET, l->tags);
	return strcmp(l->tags, "[]") ? change_tell(c, "tags", NULL, l->tags)
				     : 0;
}

static int change_one(struct awm_session *s, struct import *im,
		      struct loaded *l, int64_t id)
{
	struct awm_record *before, *after;
	int rc = store_get(s->db, &entity_skill, id, im->arena, &before);

	if (!rc)
		rc = mutate_edit(s, &entity_skill, id, l->sets, l->nsets,
				 amend_tags, l, im->arena, &after);
	if (rc)
		return rc;
	l->outcome.did = value_equal(&before->values[SKILL_updatedAt],
				     &after->values[SKILL_updatedAt])
				 ? "unchanged"
				 : "changed";
	return skill_get(s, id, im->arena, &l->outcome.row);
}

static int add_one(struct awm_session *s, struct import *im, struct loaded *l)
{
	struct awm_record *row;
	int rc = mutate_add(s, &entity_skill, l->sets, l->nsets, amend_tags, l,
			    im->arena, &row);

	if (!rc && l->tags)
		rc = skill_tags_write(s, row->values[SKILL_id].i, TAGS_SET,
				      l->tags);
	l->outcome.did = "added";
	return rc ? rc
		  : skill_get(s, row->values[SKILL_id].i, im->arena,
			      &l->outcome.row);
}

static int import_all(struct awm_session *s, void *ctx)
{
	struct import *im = ctx;
	int rc = role_require(s, ROLE_MEMBER, "import skills");

	for (size_t i = 0; i < im->count && !rc; i++) {
		struct loaded *l = &im->items[i];
		int64_t id = 0;

		rc = find_named(s, l->name, &id);
		if (!rc)
			rc = id ? change_one(s, im, l, id) : add_one(s, im, l);
		if (rc)
			return err_context("%s", l->path);
	}
	return rc;
}

int awm_skill_import(struct awm_session *s, const char *const *paths, size_t n,
		     const struct awm_skill_import *how, struct awm_pool *pool)
{
	static const struct awm_skill_import plain = {0};
	struct import im = {.session = s,
			    .how = how ? how : &plain,
			    .arena = pool_arena(pool)};
	int rc = skill_folder_find(paths, n, im.arena, &im.sources);

	if (!rc)
		rc = load_all(&im);
	if (!rc)
		rc = awm_transaction(s, import_all, &im);
	for (size_t i = 0; i < im.count && !rc && im.how->done; i++)
		rc = im.how->done(im.how->ctx, im.items[i].outcome.did,
				  im.items[i].outcome.row);
	return rc;
}

/* ---- validate ---- */

static const struct awm_field valid_fields[] = {
	{.name = "path", .label = "Path", .type = AWM_TYPE_TEXT},
	{.name = "name", .label = "Name", .type = AWM_TYPE_TEXT},
	{.name = "valid", .label = "Valid", .type = AWM_TYPE_BOOL},
	{.name = "problems", .label = "Problems", .type = AWM_TYPE_JSON},
};

static int print_problems(const struct skill_texts *list, struct buf *out)
{
	struct jsonw w = {.out = out};

	jsonw_array(&w);
	for (size_t i = 0; i < list->count; i++)
		jsonw_str(&w, list->items[i]);
	jsonw_end_array(&w);
	return buf_check(out);
}

/* The message, without the path that stands before it. */
static const char *problem_of(const struct skill_source *src)
{
	const char *message = awm_error_last()->message;
	size_t len = strlen(src->path);

	if (!strncmp(message, src->path, len) &&
	    !strncmp(message + len, ": ", 2))
		return message + len + 2;
	return message;
}

static int validate(const struct skill_source *src, struct arena *a,
		    awm_row_fn *fn, void *ctx, size_t *invalid)
{
	_cleanup_buf_ struct buf problems = {0};
	struct skill_file file = {0};
	int rc = skill_folder_read(src, a, &file);

	if (rc == -AWM_NOMEM)
		return rc;
	if (rc && skill_file_warn(&file, a, "%s", problem_of(src)))
		return -AWM_NOMEM;
	err_clear();
	rc = print_problems(&file.warnings, &problems);
	if (rc)
		return rc;
	*invalid += file.warnings.count > 0;
	struct awm_value v[] = {awm_value_text(src->path),
				awm_value_text(file.name),
				AWM_VALUE_INT(!file.warnings.count),
				awm_value_text(buf_str(&problems))};
	return emit(fn, ctx, valid_fields, v, ARRAY_LEN(v));
}

int awm_skill_validate(const char *const *paths, size_t n, awm_row_fn *fn,
		       void *ctx, size_t *ret_invalid)
{
	struct skill_sources sources;
	struct arena a = {0};
	size_t invalid = 0;
	int rc = skill_folder_find(paths, n, &a, &sources);

	for (size_t i = 0; !rc && i < sources.count; i++)
		rc = validate(&sources.items[i], &a, fn, ctx, &invalid);
	arena_release(&a);
	if (!rc)
		*ret_invalid = invalid;
	return rc;
}
