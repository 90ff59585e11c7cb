/* SPDX-License-Identifier: MIT */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Files and folders. Errors carry the path and strerror. */

/* Reads a whole file, or standard input for "-". Past `max` bytes it is
 * -AWM_USAGE; a missing file is -AWM_NOT_FOUND, otherwise -AWM_ERROR. */
int file_read(const char *path, size_t max, struct buf *out);

/* Writes the bytes to a new temporary file beside `path` with the mode (under
 * any umask), fsyncs and renames it over: a reader sees the old or the new. */
int file_write(const char *path, const void *data, size_t len, unsigned mode);

/* Makes the folder and its missing parents, each new one with mode 0700 under
 * any umask. An existing folder is left as it is. */
int file_mkdir(const char *path);

bool file_exists(const char *path);

/* Whether both names lead to one file that is there. */
bool file_same(const char *a, const char *b);

/* -AWM_USAGE for what is there and is no plain file, nor /dev/null: to read it
 * might never end. */
int file_check_plain(const char *path);

/* Walks from `start` (an absolute folder) upwards and returns the first folder
 * that contains `name`; -AWM_NOT_FOUND without touching the error object's
 * message when there is none. Owned by the caller. */
int file_find_up(const char *start, const char *name, char **ret_folder);

/* a + "/" + b, owned; NULL with AWM_NOMEM set. */
char *file_join(const char *a, const char *b);

/* The folder part of a path, owned ("." when there is none). */
char *file_dirname(const char *path);

/* $XDG_<kind>_HOME/awm, with the fallback of the XDG base directory
 * specification under $HOME, or under the account's home where that says
 * nothing; kind is "CONFIG", "DATA", "STATE" or "CACHE". A relative or empty
 * variable is ignored, as that specification says. -AWM_ERROR when no home can
 * be told. Owned. */
int file_xdg(const char *kind, char **ret_folder);

/* The absolute, symlink-free current folder; owned. */
int file_cwd(char **ret_folder);

#endif
