/* SPDX-License-Identifier: MIT */
#include "db/wake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

/* Once a second is often enough to notice what the kernel did not tell. */
#define IDLE_MS	   1000
#define NO_FD_MS   100
#define QUICK_MS   1
#define FILE_COUNT 2

struct db_wake {
	struct db *db;
	char *path;	       /* without symbolic links */
	struct stat was;       /* the file at the beginning */
	int fd;		       /* inotify; -1: none */
	int watch[FILE_COUNT]; /* of the file and of its log; -1: none yet */
	int64_t version;
	int timeout;
};

/* The log is there once the database was read from in this mode. */
static void watch_files(struct db_wake *w)
{
	static const char *const suffixes[FILE_COUNT] = {"", "-wal"};

	for (size_t i = 0; i < FILE_COUNT && w->fd >= 0; i++) {
		_cleanup_free_ char *name = NULL;

		if (w->watch[i] >= 0)
			continue;
		if (asprintf(&name, "%s%s", w->path, suffixes[i]) < 0) {
			name = NULL;
			return;
		}
		w->watch[i] = inotify_add_watch(w->fd, name, IN_MODIFY);
	}
}

static int read_version(struct db_wake *w, int64_t *ret)
{
	struct awm_value v;
	int r = db_get(w->db, NULL, &v, "PRAGMA data_version", NULL);

	if (r == 0)
		*ret = v.i;
	return r;
}

static int start(struct db_wake *w)
{
	int r;

	w->path = realpath(db_path(w->db), NULL);
	if (!w->path || stat(w->path, &w->was) < 0)
		return err_errno(AWM_DATABASE, "cannot watch database '%s'",
				 db_path(w->db));
	/* The first reading opens the log. */
	r = read_version(w, &w->version);
	if (r < 0)
		return r;
	w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	watch_files(w);
	/* Between the two something may have happened unseen. */
	w->timeout = QUICK_MS;
	return 0;
}

int db_wake_open(struct db *db, struct db_wake **ret)
{
	struct db_wake *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return err_nomem();
	w->db = db;
	w->fd = w->watch[0] = w->watch[1] = -1;
	r = start(w);
	if (r < 0) {
		db_wake_close(w);
		return r;
	}
	*ret = w;
	return 0;
}

void db_wake_close(struct db_wake *w)
{
	if (!w)
		return;
	if (w->fd >= 0)
		close(w->fd);
	free(w->path);
	free(w);
}

int db_wake_fd(const struct db_wake *w)
{
	return w->fd;
}

int db_wake_timeout(const struct db_wake *w)
{
	return w->timeout;
}

/* Takes what the kernel has told; whether there was anything. A file that is
 * gone takes its watch with it. */
static bool drain(struct db_wake *w)
{
	_Alignas(struct inotify_event) char events[4096];
	bool any = false;
	ssize_t n;

	while (w->fd >= 0 && (n = read(w->fd, events, sizeof(events))) > 0) {
		any = true;
		for (char *p = events; p < events + n;) {
			struct inotify_event e;

			memcpy(&e, p, sizeof(e));
			for (size_t i = 0; i < FILE_COUNT; i++)
				if (e.mask & IN_IGNORED && e.wd == w->watch[i])
					w->watch[i] = -1;
			p += sizeof(e) + e.len;
		}
	}
	return any;
}

static int check_place(const struct db_wake *w)
{
	struct stat now;

	if (stat(w->path, &now) == 0 && now.st_dev == w->was.st_dev &&
	    now.st_ino == w->was.st_ino)
		return 0;
	return err_set(AWM_DATABASE, "database '%s' was moved or replaced",
		       db_path(w->db));
}

/* The log is written to before its content counts: first it must reach the
 * disk. So after a sign of life one asks again soon, and then ever later. */
static void set_timeout(struct db_wake *w, bool signs)
{
	int idle = w->fd >= 0 ? IDLE_MS : NO_FD_MS;

	w->timeout = signs ? QUICK_MS : w->timeout * 2;
	if (w->timeout > idle)
		w->timeout = idle;
}

int db_wake_check(struct db_wake *w, bool *ret)
{
	bool signs = drain(w);
	int64_t version = w->version;
	int r = read_version(w, &version);

	if (r < 0)
		return r;
	set_timeout(w, signs);
	*ret = version != w->version;
	w->version = version;
	if (*ret || signs || w->timeout < NO_FD_MS)
		return 0;
	watch_files(w);
	return check_place(w);
}
