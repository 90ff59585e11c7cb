/* SPDX-License-Identifier: MIT */
#include "db/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#define PATH_SIZE_MAX ((size_t)512) /* of SQLite's unix file system */

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

/* What stands beside a database has its name and more, and SQLite itself wants
 * room in the path. Told before anything is made. */
static int name_check(const char *path)
{
	static const char longest[] = "-journal";
	_cleanup_free_ char *folder = file_dirname(path);
	const char *slash = strrchr(path, '/');
	size_t name = strlen(slash ? slash + 1 : path);
	long max;

	if (!folder)
		return -AWM_NOMEM;
	max = pathconf(folder, _PC_NAME_MAX);
	if (max < 0)
		max = NAME_MAX;
	if (name + strlen(longest) > (size_t)max)
		return err_set(AWM_DATABASE,
			       "the name of the database is too long: at most "
			       "%ld bytes, not %zu",
			       max - (long)strlen(longest), name);
	if (strlen(path) + strlen(longest) > PATH_SIZE_MAX)
		return err_set(AWM_DATABASE,
			       "the path of the database is too long: at most "
			       "%zu bytes, not %zu",
			       PATH_SIZE_MAX - strlen(longest), strlen(path));
	return 0;
}

int place_check(const struct db_open_opts *opts)
{
	struct stat st;
	int r;

	if (!opts->read_only) {
		r = name_check(opts->path);
		if (r < 0)
			return r;
	}

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

/* The shape of a name from its end: 0 stands for a digit, the rest for itself.
 * Returns what stands before it, or 0. */
static size_t ends_like(const char *s, size_t len, const char *shape)
{
	size_t n = strlen(shape);

	if (len <= n)
		return 0;
	for (size_t i = 0; i < n; i++) {
		char c = s[len - n + i];

		if (shape[i] == '0' ? c < '0' || c > '9' : c != shape[i])
			return 0;
	}
	return len - n;
}

/* Without the ".2" of a name that was taken. */
static size_t without_number(const char *s, size_t len)
{
	size_t end = len;

	while (len && s[len - 1] >= '0' && s[len - 1] <= '9')
		len--;
	return len && len < end && s[len - 1] == '.' ? len - 1 : end;
}

/* The process that was writing "<file>.v1.20261122T170000000Z.bak.PID.part" or
 * "<file>.2026-11-22T17-00-00.000Z.bak.PID.part", the backups that awm makes of
 * its own accord; 0 for any other name. */
static pid_t part_writer(const char *name)
{
	size_t len = ends_like(name, strlen(name), ".part"), end = len;
	char *rest;
	long pid;

	while (len && name[len - 1] >= '0' && name[len - 1] <= '9')
		len--;
	if (len == end || name[len] == '0' || end - len > 9)
		return 0;
	pid = strtol(name + len, &rest, 10);
	len = ends_like(name, len, ".bak.");
	if (!ends_like(name, len, ".00000000T000000000Z") &&
	    !ends_like(name, without_number(name, len),
		       ".0000-00-00T00-00-00.000Z"))
		return 0;
	return (pid_t)pid;
}

/* Whoever was killed while it copied has left its part, which nobody will ever
 * publish. */
static void sweep_parts(const char *path)
{
	_cleanup_free_ char *folder = file_dirname(path);
	DIR *dir = folder ? opendir(folder) : NULL;
	struct dirent *e;
	struct stat st;
	pid_t pid;

	while (dir && (e = readdir(dir))) {
		_cleanup_free_ char *journal = NULL;

		pid = part_writer(e->d_name);
		if (!pid || kill(pid, 0) == 0 || errno != ESRCH ||
		    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode) || st.st_uid != geteuid())
			continue;
		unlinkat(dirfd(dir), e->d_name, 0);
		if (asprintf(&journal, "%s-journal", e->d_name) < 0)
			journal = NULL;
		else
			unlinkat(dirfd(dir), journal, 0);
	}
	if (dir)
		closedir(dir);
	err_clear();
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
	sweep_parts(path);
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
