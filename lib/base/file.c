/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

/* Sets the error for errno. */
static int failed(const char *what, const char *path)
{
	enum awm_err code = AWM_ERROR;

	if (errno == ENOMEM)
		return err_nomem();
	if (errno == ENOENT || errno == ENOTDIR)
		code = AWM_NOT_FOUND;
	return err_errno(code, "cannot %s '%s'", what, path);
}

static int read_all(int fd, const char *path, size_t max, struct buf *out)
{
	size_t start = out->len;
	char chunk[16384];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));
		if (n == 0)
			return buf_check(out);
		/* Only a signal that has a handler gets here, and those are
		 * meant to end the program, which may wait for a pipe. */
		if (n < 0 && errno == EINTR)
			return err_set(AWM_INTERRUPTED, "interrupted");
		if (n < 0)
			return failed("read", path);
		if ((size_t)n > max - (out->len - start))
			return err_set(AWM_USAGE,
				       "'%s' is larger than %zu bytes", path,
				       max);
		buf_add(out, chunk, (size_t)n);
		if (out->failed)
			return buf_check(out);
	}
}

int file_read(const char *path, size_t max, struct buf *out)
{
	size_t start = out->len;
	int fd, r;

	if (strcmp(path, "-") == 0) {
		r = read_all(STDIN_FILENO, "standard input", max, out);
	} else {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return failed("open", path);
		r = read_all(fd, path, max, out);
		(void)close(fd);
	}
	if (r < 0)
		buf_truncate(out, start);
	return r;
}

static bool write_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* The rename is on the disk only once its folder is. Not all file systems can
 * do that, and the new file is in place: nothing here is an error. */
static void sync_folder(const char *path)
{
	_cleanup_free_ char *folder = file_dirname(path);
	int fd;

	if (folder == NULL)
		return;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	(void)close(fd);
}

/* Fills the temporary file, closes it and puts it in place. */
static bool fill_and_rename(int fd, const char *temporary, const char *path,
			    const void *data, size_t len, unsigned mode)
{
	bool ok = fchmod(fd, (mode_t)mode) == 0 && write_all(fd, data, len) &&
		  fsync(fd) == 0;
	int cause = errno;

	if (close(fd) != 0 && ok) {
		ok = false;
		cause = errno;
	}
	errno = cause;
	return ok && rename(temporary, path) == 0;
}

int file_write(const char *path, const void *data, size_t len, unsigned mode)
{
	_cleanup_buf_ struct buf name = {0};
	int fd, r;

	buf_addf(&name, "%s.XXXXXX", path);
	r = buf_check(&name);
	if (r < 0)
		return r;
	fd = mkstemp(name.s);
	if (fd < 0)
		return failed("write", path);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (!fill_and_rename(fd, name.s, path, data, len, mode)) {
		r = failed("write", path);
		(void)unlink(name.s);
		return r;
	}
	sync_folder(path);
	return 0;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* One folder, whose parent is there. */
static int make_one(const char *path)
{
	if (mkdir(path, 0700) == 0) {
		/* A umask may have taken bits of the owner. */
		if (chmod(path, 0700) != 0)
			return failed("change the mode of", path);
		return 0;
	}
	int cause = errno;
	if (is_folder(path))
		return 0;
	errno = cause == EEXIST ? ENOTDIR : cause;
	return err_errno(AWM_ERROR, "cannot make the folder '%s'", path);
}

int file_mkdir(const char *path)
{
	_cleanup_free_ char *copy = NULL;
	int r;

	if (is_folder(path))
		return 0;
	copy = strdup(path);
	if (copy == NULL)
		return err_nomem();
	for (char *p = copy; *p != '\0'; p++) {
		if (*p != '/' || p == copy || p[-1] == '/')
			continue;
		*p = '\0';
		r = is_folder(copy) ? 0 : make_one(copy);
		*p = '/';
		if (r < 0)
			return r;
	}
	return make_one(copy);
}

bool file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool file_same(const char *a, const char *b)
{
	struct stat at_a, at_b;

	return stat(a, &at_a) == 0 && stat(b, &at_b) == 0 &&
	       at_a.st_dev == at_b.st_dev && at_a.st_ino == at_b.st_ino;
}

int file_check_plain(const char *path)
{
	struct stat st, null;

	if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
		return 0;
	if (S_ISCHR(st.st_mode) && stat("/dev/null", &null) == 0 &&
	    st.st_rdev == null.st_rdev)
		return 0;
	return err_set(AWM_USAGE, "'%s' is no plain file", path);
}

int file_find_up(const char *start, const char *name, char **ret_folder)
{
	_cleanup_free_ char *folder = strdup(start);

	if (folder == NULL)
		return err_nomem();
	for (;;) {
		_cleanup_free_ char *path = file_join(folder, name);
		if (path == NULL)
			return err_nomem();
		if (file_exists(path)) {
			*ret_folder = folder;
			folder = NULL;
			return 0;
		}
		char *parent = file_dirname(folder);
		if (parent == NULL)
			return err_nomem();
		bool top =
			strcmp(parent, folder) == 0 || strcmp(parent, ".") == 0;
		free(folder);
		folder = parent;
		if (top)
			return -AWM_NOT_FOUND;
	}
}

char *file_join(const char *a, const char *b)
{
	struct buf path = {0};

	buf_adds(&path, a);
	/* Nothing before it must not make a relative path absolute. */
	if (path.len > 0 && path.s[path.len - 1] != '/')
		buf_addc(&path, '/');
	buf_adds(&path, b);
	return buf_detach(&path);
}

char *file_dirname(const char *path)
{
	struct buf folder = {0};
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 0)
		buf_addc(&folder, '.');
	else
		buf_add(&folder, path, len);
	return buf_detach(&folder);
}

static const char *absolute_env(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] == '/' ? value : NULL;
}

/* Where the account lives when HOME does not say it. */
static const char *account_home(char *space, size_t size)
{
	const char *home = absolute_env("HOME");
	struct passwd entry, *found = NULL;

	if (home == NULL &&
	    getpwuid_r(geteuid(), &entry, space, size, &found) == 0 &&
	    found != NULL && entry.pw_dir[0] == '/')
		home = entry.pw_dir;
	return home;
}

int file_xdg(const char *kind, char **ret_folder)
{
	static const struct {
		const char *kind, *variable, *fallback;
	} kinds[] = {
		{"CONFIG", "XDG_CONFIG_HOME", ".config/awm"},
		{"DATA", "XDG_DATA_HOME", ".local/share/awm"},
		{"STATE", "XDG_STATE_HOME", ".local/state/awm"},
		{"CACHE", "XDG_CACHE_HOME", ".cache/awm"},
	};
	const char *base, *rest = "awm";
	char space[4096];
	size_t i = 0;

	while (i < ARRAY_LEN(kinds) && strcmp(kinds[i].kind, kind) != 0)
		i++;
	if (i == ARRAY_LEN(kinds))
		return err_set(AWM_ERROR, "no folder of the kind '%s'", kind);
	base = absolute_env(kinds[i].variable);
	if (base == NULL) {
		base = account_home(space, sizeof(space));
		rest = kinds[i].fallback;
	}
	if (base == NULL) {
		(void)err_set(AWM_ERROR, "cannot tell the home folder: HOME is "
					 "not set");
		return err_hint("set HOME or %s to an absolute path",
				kinds[i].variable);
	}
	char *folder = file_join(base, rest);
	if (folder == NULL)
		return err_nomem();
	*ret_folder = folder;
	return 0;
}

int file_cwd(char **ret_folder)
{
	char *folder = getcwd(NULL, 0);

	if (folder == NULL)
		return errno == ENOMEM ? err_nomem()
				       : err_errno(AWM_ERROR, "cannot find the "
							      "current folder");
	*ret_folder = folder;
	return 0;
}
