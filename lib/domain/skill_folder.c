// SPDX-License-Identifier: MIT
/* SKILL.md files on disk. */
#include "domain/skill_folder.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/file.h"
#include "base/utf8.h"

#define FILE_NAME  "SKILL.md"
#define DEPTH_MAX  6
#define NAMES_TOLD 5

static int is_folder(const char *path, bool *ret)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR
			       ? err_set(AWM_NOT_FOUND,
					 "no file or folder '%s'", path)
			       : err_errno(AWM_ERROR, "cannot read '%s'", path);
	*ret = S_ISDIR(st.st_mode);
	return 0;
}

/* The folder's own name, also of "." */
static int folder_name(struct arena *a, const char *folder, const char **ret)
{
	_cleanup_free_ char *real = realpath(folder, NULL);
	const char *slash = real ? strrchr(real, '/') : NULL;

	if (!real)
		return err_errno(AWM_ERROR, "cannot read '%s'", folder);
	*ret = arena_strdup(a, slash ? slash + 1 : real);
	return *ret ? 0 : -AWM_NOMEM;
}

static int add_source(struct skill_sources *all, struct arena *a,
		      const char *path, const char *folder)
{
	struct skill_source *src;
	int rc = 0;

	if (!all->items)
		all->items =
			arena_array(a, SKILL_FOLDER_MAX, sizeof(*all->items));
	if (!all->items)
		return -AWM_NOMEM;
	if (all->count == SKILL_FOLDER_MAX)
		return err_set(AWM_USAGE, "more than %d files at once",
			       SKILL_FOLDER_MAX);
	src = &all->items[all->count];
	src->path = path;
	src->folder = folder;
	if (folder)
		rc = folder_name(a, folder, &src->name);
	if (!rc)
		all->count++;
	return rc;
}

/* Whether the folder has one, and where. */
static int look_in(struct arena *a, const char *folder, const char **ret)
{
	size_t len = strlen(folder);
	char *path = arena_printf(a, "%s%s" FILE_NAME, folder,
				  len && folder[len - 1] == '/' ? "" : "/");
	struct stat st;

	if (!path)
		return -AWM_NOMEM;
	*ret = lstat(path, &st) == 0 ? path : NULL;
	return 0;
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* A folder below; one that is a link stays out. */
static int add_below(struct skill_sources *all, struct arena *a,
		     const char *folder, const char *name)
{
	char *path = arena_printf(a, "%s/%s", folder, name);
	const char *file;
	struct stat st;
	int rc;

	if (!path)
		return -AWM_NOMEM;
	if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	rc = look_in(a, path, &file);
	return rc || !file ? rc : add_source(all, a, file, path);
}

static int add_collection(struct skill_sources *all, struct arena *a,
			  const char *folder)
{
	struct dirent **names;
	size_t before = all->count;
	int n = scandir(folder, &names, visible, alphasort), rc = 0;

	if (n < 0)
		return err_errno(AWM_ERROR, "cannot read '%s'", folder);
	for (int i = 0; i < n; i++) {
		if (!rc)
			rc = add_below(all, a, folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	if (!rc && all->count == before)
		rc = err_set(AWM_NOT_FOUND, "no " FILE_NAME " in '%s'", folder);
	return rc;
}

static int add_path(struct skill_sources *all, struct arena *a,
		    const char *path)
{
	const char *slash = strrchr(path, '/'), *file;
	bool folder = false;
	int rc = is_folder(path, &folder);

	if (rc)
		return rc;
	if (!folder) {
		_cleanup_free_ char *dir = file_dirname(path);
		char *copy = dir ? arena_strdup(a, dir) : NULL;

		if (!copy)
			return -AWM_NOMEM;
		/* Under another name it is no part of a folder. */
		if (strcmp(slash ? slash + 1 : path, FILE_NAME) != 0)
			copy = NULL;
		return add_source(all, a, path, copy);
	}
	rc = look_in(a, path, &file);
	if (rc)
		return rc;
	return file ? add_source(all, a, file, path)
		    : add_collection(all, a, path);
}

int skill_folder_find(const char *const *paths, size_t n, struct arena *a,
		      struct skill_sources *ret)
{
	int rc = 0;

	*ret = (struct skill_sources){0};
	for (size_t i = 0; i < n && !rc; i++)
		rc = add_path(ret, a, paths[i]);
	return rc;
}

/* ---- reading ---- */

/* Links may lead about in the folder, not out of it. */
static int check_inside(const struct skill_source *src, const char *path)
{
	_cleanup_free_ char *folder = NULL, *file = NULL;
	size_t len;

	if (!src->folder)
		return 0;
	folder = realpath(src->folder, NULL);
	file = realpath(path, NULL);
	if (!folder || !file)
		return err_errno(AWM_NOT_FOUND, "cannot read '%s'", path);
	len = strcmp(folder, "/") ? strlen(folder) : 0;
	if (strncmp(file, folder, len) != 0 || file[len] != '/')
		return err_set(AWM_INVALID, "'%s' is a link out of its folder",
			       path);
	return 0;
}

static int read_inside(const struct skill_source *src, const char *path,
		       struct buf *out)
{
	int rc = check_inside(src, path);

	if (!rc)
		rc = file_check_plain(path);
	return rc ? rc : file_read(path, SKILL_FILE_MAX, out);
}

int skill_folder_read(const struct skill_source *src, struct arena *a,
		      struct skill_file *ret)
{
	_cleanup_buf_ struct buf text = {0};
	int rc = read_inside(src, src->path, &text);

	if (rc)
		return rc;
	rc = skill_file_parse(buf_str(&text), text.len, a, ret);
	if (!rc)
		rc = skill_file_check(ret, src->name, a);
	return rc ? err_context("%s", src->path) : 0;
}

int skill_folder_text(const struct skill_source *src, const char *name,
		      struct arena *a, const char **ret)
{
	_cleanup_buf_ struct buf text = {0};
	char *path;
	int rc;

	*ret = NULL;
	if (!src->folder)
		return 0;
	path = arena_printf(a, "%s/%s", src->folder, name);
	if (!path)
		return -AWM_NOMEM;
	if (!file_exists(path))
		return 0;
	rc = read_inside(src, path, &text);
	if (!rc && (memchr(buf_str(&text), '\0', text.len) ||
		    !utf8_valid(buf_str(&text), text.len)))
		rc = err_set(AWM_USAGE, "'%s' is not valid UTF-8", path);
	if (rc)
		return rc;
	*ret = arena_strndup(a, buf_str(&text), text.len);
	return *ret ? 0 : -AWM_NOMEM;
}

/* ---- what else is there ---- */

struct rest {
	const char *const *except;
	size_t nexcept;
	struct buf told;
	size_t count, looked_at;
};

static bool is_except(const struct rest *r, const char *name)
{
	for (size_t i = 0; i < r->nexcept; i++)
		if (!strcmp(r->except[i], name))
			return true;
	return !strcmp(name, FILE_NAME);
}

static void note_file(struct rest *r, const char *name)
{
	if (is_except(r, name))
		return;
	if (r->count++ < NAMES_TOLD)
		buf_addf(&r->told, "%s%s", r->told.len ? ", " : "", name);
}

/* `name` is the way from the folder, "" for the folder itself. */
static int walk(struct rest *r, const char *folder, const char *name,
		unsigned depth)
{
	_cleanup_free_ char *path =
		*name ? file_join(folder, name) : strdup(folder);
	struct dirent **names;
	int n = path ? scandir(path, &names, visible, alphasort) : -1;
	int rc = path ? 0 : err_nomem();

	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *below =
			*name ? file_join(name, names[i]->d_name)
			      : strdup(names[i]->d_name);
		_cleanup_free_ char *full =
			below ? file_join(folder, below) : NULL;
		struct stat st;

		free(names[i]);
		if (!rc && !full)
			rc = err_nomem();
		if (rc || r->looked_at++ >= SKILL_FOLDER_MAX ||
		    lstat(full, &st) < 0)
			continue;
		if (!S_ISDIR(st.st_mode))
			note_file(r, below);
		else if (depth < DEPTH_MAX)
			rc = walk(r, folder, below, depth + 1);
	}
	if (n >= 0)
		free(names);
	return rc;
}

int skill_folder_rest(const struct skill_source *src, const char *const *except,
		      size_t n, struct arena *a, const char **ret)
{
	struct rest r = {.except = except, .nexcept = n};
	int rc = src->folder ? walk(&r, src->folder, "", 1) : 0;

	if (!rc && r.count > NAMES_TOLD)
		buf_addf(&r.told, " and %zu more", r.count - NAMES_TOLD);
	if (!rc)
		rc = buf_check(&r.told);
	*ret = NULL;
	if (!rc && r.count) {
		*ret = arena_strndup(a, r.told.s, r.told.len);
		rc = *ret ? 0 : -AWM_NOMEM;
	}
	buf_release(&r.told);
	return rc;
}
