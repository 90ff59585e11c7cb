/* SPDX-License-Identifier: MIT */
#ifndef DB_PLACE_H
#define DB_PLACE_H

#include "db/db.h"

/* Where a database file lies: looked at before an engine opens it, and never
 * through a descriptor of the file itself. */

/* Whether there is a regular file on a local file system, with room for the
 * names of those beside it; makes an empty one, 0600, when opts say so. Many
 * processes may do it at the same moment. */
int place_check(const struct db_open_opts *opts);

/* The name of a network file system ("nfs") by its statfs magic; NULL for any
 * other. */
const char *place_network_fs(long type);

/* An empty file, 0600, beside a `path` that must not exist (AWM_CONFLICT), to
 * be filled and then published under that name. Owned. The parts of automatic
 * backups in that folder whose processes are gone are removed. */
int place_part(const char *path, char **ret_part);
/* Gives the part its name, durably; AWM_CONFLICT when somebody took it. */
int place_publish(const char *part, const char *path);

#endif
