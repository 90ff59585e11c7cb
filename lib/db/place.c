/* SPDX-License-Identifier: MIT */
#include "db/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

/* Network file systems: their locks and their shared memory do not hold, so
 * the log would be torn sooner or later. 9p and FUSE may well be local. */
const char *place_network_fs(long type)
{
	static const struct {
		unsigned magic;
		const char *name;
	} known[] = {
		{0x00006969, "nfs"},   {0x0000517b, "smb"},
		{0xff534d42, "cifs"},  {0xfe534d42, "smb"},
		{0x5346414f, "afs"},   {0x6b414653, "afs"},
		{0x73757245, "coda"},  {0x0000564c, "ncp"},
		{0x00c36400, "ceph"},  {0x0bd00bd0, "lustre"},
		{0xaad7aaea, "panfs"}, {0x47504653, "gpfs"},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].magic == (unsigned)type)
			return known[i].name;
	return NULL;
}

static int network_check(const char *path)
{
	const char *name;
	struct statfs fs;

	if (statfs(path, &fs) < 0)
		return 0;
	name = place_network_fs((long)fs.f_type);
	if (!name)
		return 0;
	err_set(AWM_DATABASE, "'%s' is on a network file system (%s)", path,
		name);
	return err_hint("SQLite loses data there; keep the database on a local "
			"disk and name it with --db or AWM_DB");
}

/* Makes an empty file, unless another process was faster. Nobody in this
 * process can hold locks on a file that did not exist, so the descriptor may
 * be closed. */
static int file_make(const char *path)
{
	_cleanup_free_ char *folder = file_dirname(path);
	int fd, r;

	if (!folder)
		return -AWM_NOMEM;
	r = file_mkdir(folder);
	if (r < 0)
		return err_set(AWM_DATABASE, "%s", awm_error_last()->message);
	r = network_check(folder);
	if (r < 0)
		return r;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0 || fchmod(fd, 0600) < 0) {
		r = err_errno(AWM_DATABASE, "cannot make database '%s'", path);
		if (fd >= 0)
			close(fd);
		return r;
	}
	close(fd);
	return 0;
}

int place_check(const struct db_open_opts *opts)
{
	struct stat st;

	if (stat(opts->path, &st) < 0) {
		if (errno != ENOENT)
			return err_errno(AWM_DATABASE,
					 "cannot open database '%s'",
					 opts->path);
		if (opts->create && !opts->read_only)
			return file_make(opts->path);
		err_set(AWM_NOT_FOUND, "no database at '%s'", opts->path);
		return err_hint("make one with 'awm init'");
	}
	if (S_ISDIR(st.st_mode))
		return err_set(AWM_DATABASE, "database '%s' is a folder",
			       opts->path);
	if (!S_ISREG(st.st_mode))
		return err_set(AWM_DATABASE,
			       "database '%s' is not a regular file",
			       opts->path);
	return network_check(opts->path);
}

int place_part(const char *path, char **ret_part)
{
	_cleanup_free_ char *part = NULL;
	int fd, r;

	if (access(path, F_OK) == 0)
		return err_set(AWM_CONFLICT, "'%s' exists", path);
	if (asprintf(&part, "%s.%ld.part", path, (long)getpid()) < 0) {
		part = NULL;
		return err_nomem();
	}
	unlink(part);
	fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	if (fd < 0)
		return err_errno(AWM_DATABASE, "cannot make '%s'", path);
	r = fchmod(fd, 0600);
	if (r < 0) {
		r = err_errno(AWM_DATABASE, "cannot make '%s'", path);
		unlink(part);
	}
	close(fd);
	if (r < 0)
		return r;
	*ret_part = part;
	part = NULL;
	return 0;
}

static int folder_sync(const char *path)
{
	_cleanup_free_ char *folder = file_dirname(path);
	int fd, rc;

	if (!folder)
		return -AWM_NOMEM;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	rc = fsync(fd);
	close(fd);
	return rc == 0 || errno == EINVAL
		       ? 0
		       : err_errno(AWM_DATABASE, "cannot sync '%s'", folder);
}

int place_publish(const char *part, const char *path)
{
	int rc = renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE);

	if (rc < 0 && (errno == EINVAL || errno == ENOSYS)) {
		/* A file system that cannot: a race is left open. */
		if (access(path, F_OK) == 0) {
			errno = EEXIST;
			rc = -1;
		} else {
			rc = rename(part, path);
		}
	}
	if (rc == 0)
		return folder_sync(path);
	if (errno == EEXIST)
		return err_set(AWM_CONFLICT, "'%s' exists", path);
	return err_errno(AWM_DATABASE, "cannot make '%s'", path);
}
