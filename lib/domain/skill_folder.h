/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_SKILL_FOLDER_H
#define DOMAIN_SKILL_FOLDER_H

#include "domain/skill_file.h"

/*
 * SKILL.md files on disk. Folders come from anywhere: symbolic links that lead
 * out of a skill's folder are refused, only plain files are read, and the walk
 * is bounded.
 */

#define SKILL_FOLDER_MAX 2000 /* files, and entries that are looked at */

struct skill_source {
	const char *path;   /* of the file, as it was named */
	const char *folder; /* where it is; NULL: it stands for itself */
	const char *name;   /* of that folder */
};

struct skill_sources {
	struct skill_source *items;
	size_t count;
};

/* What the paths lead to: a file, a folder with a SKILL.md, or a folder of
 * such folders. AWM_NOT_FOUND for nothing. */
int skill_folder_find(const char *const *paths, size_t n, struct arena *a,
		      struct skill_sources *ret);

/* Reads and checks one; errors name the path. */
int skill_folder_read(const struct skill_source *src, struct arena *a,
		      struct skill_file *ret);

/* The text of another file in its folder; *ret is NULL when it is not there.
 */
int skill_folder_text(const struct skill_source *src, const char *name,
		      struct arena *a, const char **ret);

/* The other files in the folder, except those named: "a, b and 3 more"; NULL
 * when there are none. */
int skill_folder_rest(const struct skill_source *src, const char *const *except,
		      size_t n, struct arena *a, const char **ret);

#endif
