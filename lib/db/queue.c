/* SPDX-License-Identifier: MIT */
#include "db/queue.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"

/*
 * Two bytes of the side file are locked. A writer holds OWNER; the first of
 * those who wait holds NEXT while it waits for OWNER. A newcomer meets NEXT
 * first, so a process that writes in a loop cannot overtake the waiters each
 * time it lets go.
 */
enum { OWNER = 0, NEXT = 1 };

#define SLICE_MS 100 /* how long an interrupt may go unnoticed */

int queue_init(struct queue *q, const char *file)
{
	size_t len = strlen(file);
	char *path = malloc(len + sizeof("-lock"));

	if (!path)
		return err_nomem();
	memcpy(path, file, len);
	memcpy(path + len, "-lock", sizeof("-lock"));
	*q = (struct queue){.path = path, .fd = -1};
	return 0;
}

static int range_lock(int fd, short type, int byte, bool wait)
{
	struct flock l = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = byte,
		.l_len = 1,
	};
	int cmd = wait ? F_OFD_SETLKW : F_OFD_SETLK;

	while (fcntl(fd, cmd, &l) < 0)
		if (errno != EINTR)
			return errno;
	return 0;
}

/* Made with the mode of the database, as its log is: whoever may write the one
 * needs the other. */
static int file_create(const char *path)
{
	size_t len = strlen(path) - strlen("-lock");
	char *db = strndup(path, len);
	mode_t mode = 0600;
	struct stat st;
	int fd;

	if (!db)
		return -1;
	if (stat(db, &st) == 0)
		mode = st.st_mode & 0666;
	free(db);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		  mode);
	if (fd >= 0 && fchmod(fd, mode) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int file_open(struct queue *q)
{
	int fd;

	if (q->fd >= 0 && q->pid == getpid())
		return 0;
	if (q->fd >= 0)
		close(q->fd);
	q->fd = -1;
	q->held = false;
	do {
		fd = open(q->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0 && errno == ENOENT)
			fd = file_create(q->path);
	} while (fd < 0 && (errno == EEXIST || errno == EINTR));
	if (fd < 0)
		return errno;
	q->fd = fd;
	q->pid = getpid();
	return 0;
}

static void file_close(struct queue *q)
{
	if (q->fd >= 0)
		close(q->fd);
	q->fd = -1;
}

static int lock_try(int fd)
{
	int rc = range_lock(fd, F_WRLCK, NEXT, false);

	if (rc)
		return rc;
	rc = range_lock(fd, F_WRLCK, OWNER, false);
	range_lock(fd, F_UNLCK, NEXT, false);
	return rc;
}

/*
 * A thread does the waiting, because a blocking lock has no time limit and a
 * library has no business with SIGALRM. Whoever gives up leaves the thread, and
 * the descriptor, to themselves: it lets go of the lock as soon as it has it.
 * (Cancelling it instead would upset the sanitizers.)
 */
enum { WAITING, DONE, ABANDONED };

struct waiter {
	int fd;
	int rc;
	atomic_int state;
	sem_t done;
};

static void waiter_free(struct waiter *w)
{
	sem_destroy(&w->done);
	free(w);
}

static void *waiter_run(void *arg)
{
	struct waiter *w = arg;

	w->rc = range_lock(w->fd, F_WRLCK, NEXT, true);
	if (!w->rc) {
		w->rc = range_lock(w->fd, F_WRLCK, OWNER, true);
		range_lock(w->fd, F_UNLCK, NEXT, false);
	}
	if (atomic_exchange(&w->state, DONE) == ABANDONED) {
		close(w->fd);
		waiter_free(w);
	} else {
		sem_post(&w->done);
	}
	return NULL;
}

static int thread_start(struct waiter *w, pthread_t *ret)
{
	pthread_attr_t attr;
	sigset_t all, old;
	int rc = pthread_attr_init(&attr);

	if (rc)
		return rc;
	pthread_attr_setstacksize(&attr, (size_t)256 * 1024);
	/* Signals belong to the thread that waits for us. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(ret, &attr, waiter_run, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return rc;
}

static struct waiter *waiter_start(int fd, pthread_t *ret)
{
	struct waiter *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->fd = fd;
	sem_init(&w->done, 0, 0);
	if (thread_start(w, ret)) {
		waiter_free(w);
		return NULL;
	}
	return w;
}

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 0 when the thread is through. */
static int waiter_wait(struct waiter *w, int64_t wait_ms,
		       const volatile sig_atomic_t *stop)
{
	int64_t now = clock_ms();
	int64_t end = now + wait_ms;

	for (;;) {
		int64_t until = now + SLICE_MS < end ? now + SLICE_MS : end;
		struct timespec t = {
			.tv_sec = until / 1000,
			.tv_nsec = until % 1000 * 1000000,
		};
		if (sem_timedwait(&w->done, &t) == 0)
			return 0;
		if (*stop)
			return EINTR;
		now = clock_ms();
		/* A clock that was set back must not prolong the wait. */
		if (now >= end || now < end - wait_ms)
			return ETIMEDOUT;
	}
}

/* Without threads: polling, which is unfair but always there. */
static int lock_poll(int fd, int64_t wait_ms, const volatile sig_atomic_t *stop)
{
	int64_t end = clock_ms() + wait_ms;
	int rc;

	while ((rc = lock_try(fd)) == EAGAIN || rc == EACCES) {
		struct timespec t = {.tv_nsec = 1000000};
		if (*stop)
			return EINTR;
		if (clock_ms() >= end)
			return ETIMEDOUT;
		nanosleep(&t, NULL);
	}
	return rc;
}

/* Takes q->fd away when the wait ends without the lock. */
static int lock_wait(struct queue *q, int64_t wait_ms,
		     const volatile sig_atomic_t *stop)
{
	pthread_t thread;
	struct waiter *w = waiter_start(q->fd, &thread);
	int rc;

	if (!w)
		return lock_poll(q->fd, wait_ms, stop);
	rc = waiter_wait(w, wait_ms, stop);
	if (rc && atomic_exchange(&w->state, ABANDONED) != DONE) {
		pthread_detach(thread);
		q->fd = -1;
		return rc;
	}
	pthread_join(thread, NULL);
	rc = w->rc;
	waiter_free(w);
	return rc;
}

static int lock_take(struct queue *q, int64_t wait_ms,
		     const volatile sig_atomic_t *stop)
{
	int rc = lock_try(q->fd);

	if (rc != EAGAIN && rc != EACCES)
		return rc;
	return wait_ms > 0 ? lock_wait(q, wait_ms, stop) : ETIMEDOUT;
}

int queue_lock(struct queue *q, int64_t wait_ms,
	       const volatile sig_atomic_t *stop)
{
	struct stat st;
	int rc;

	for (;;) {
		rc = file_open(q);
		if (!rc)
			rc = lock_take(q, wait_ms, stop);
		if (rc)
			return rc;
		/* Somebody tidied up the side file: others queue elsewhere. */
		if (fstat(q->fd, &st) < 0 || st.st_nlink > 0)
			break;
		file_close(q);
	}
	q->held = true;
	return 0;
}

void queue_unlock(struct queue *q)
{
	if (!q->held)
		return;
	q->held = false;
	if (q->pid == getpid())
		range_lock(q->fd, F_UNLCK, OWNER, false);
}

void queue_release(struct queue *q)
{
	queue_unlock(q);
	file_close(q);
	free(q->path);
	q->path = NULL;
}
