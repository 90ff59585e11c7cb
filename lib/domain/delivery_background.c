// SPDX-License-Identifier: MIT
/* Sending without anybody who waits for it: after a commit that queued
 * something, this program is run again, apart from the writer. One at a time
 * for each database: a lock on a side file, which the writer takes and hands
 * on, and the kernel drops when its last holder is gone. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/delivery.h"
#include "edge/detach.h"
#include "queries.h"

#define LINGER_MS 8000 /* for the first retries */
#define MAX_MS	  INT64_C(600000)

static int lock_open(const char *db)
{
	_cleanup_buf_ struct buf path = {0};
	struct stat st;
	mode_t mode = 0600;

	buf_addf(&path, "%s-deliver", db);
	if (path.failed)
		return -1;
	/* Whoever may write to the one needs the other. */
	if (stat(db, &st) == 0)
		mode = st.st_mode & 0666;
	return open(path.s, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
}

static bool wants(const struct awm_session *s)
{
	return s->background && !s->dry_run &&
	       (!s->config || awm_config_bool(s->config, "webhook.background"));
}

static bool anything_due(struct awm_session *s)
{
	struct awm_value v;
	struct awm_error kept = *awm_error_last();
	int rc = db_get(s->db, NULL, &v, query_delivery_due, "i", time_now());

	err_set(kept.code, "%s", kept.message);
	return !rc && v.i;
}

void delivery_background(struct awm_session *s)
{
	char as[24];
	const char *const argv[] = {
		"awm", "--db", db_path(s->db), "--as", as, "__deliver", NULL};
	struct awm_error kept;
	int fd;

	/* What stands behind a message that is to be tried again later needs
	 * nobody now. */
	if (!wants(s) || !anything_due(s))
		return;
	fd = lock_open(db_path(s->db));
	if (fd < 0)
		return;
	snprintf(as, sizeof(as), "%lld", (long long)s->actor.id);
	/* Held: somebody is at it, and looks again before it ends. */
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		kept = *awm_error_last();
		if (detach_run(argv, fd)) {
			/* It stays queued; the next one sends it. */
			err_set(kept.code, "%s", kept.message);
		}
	}
	close(fd);
}

/* ---- the process that was left behind ---- */

/* The descriptor must be that of the side file: it was inherited. */
static bool is_lock(struct awm_session *s, int fd)
{
	struct stat mine, theirs;
	int other = lock_open(db_path(s->db));
	bool same = other >= 0 && fstat(fd, &mine) == 0 &&
		    fstat(other, &theirs) == 0 &&
		    mine.st_dev == theirs.st_dev &&
		    mine.st_ino == theirs.st_ino;

	if (other >= 0)
		close(other);
	return same;
}

int awm_webhook_background(struct awm_session *s, int fd)
{
	struct awm_deliver_opts opts = {.max_ms = MAX_MS,
					.linger_ms = LINGER_MS};
	struct awm_deliver_result result;
	int rc, idle = 0;

	if (!is_lock(s, fd))
		return err_set(AWM_USAGE, "this is for awm itself");
	s->background = false;
	/* What was queued after the last look, by a writer who found the lock
	 * taken, is seen after it was given up. */
	do {
		rc = awm_webhook_deliver(s, &opts, &result);
		idle = result.attempts ? 0 : idle + 1;
		flock(fd, LOCK_UN);
	} while (!rc && idle < 2 && anything_due(s) &&
		 flock(fd, LOCK_EX | LOCK_NB) == 0);
	return rc;
}
