/* SPDX-License-Identifier: MIT */
#ifndef DB_QUEUE_H
#define DB_QUEUE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The queue of an SQLite database's writers: a lock on a side file, which the
 * kernel drops when its holder dies. Whoever holds it may write to and
 * checkpoint the database; nobody else does. Waiters are served in about the
 * order in which they came.
 *
 * The lock belongs to the file descriptor, so that two connections of one
 * process exclude each other too. After a fork the child has no part in it.
 */
struct queue {
	char *path; /* of the side file; owned */
	int fd;	    /* -1: not open */
	pid_t pid;  /* who opened fd */
	bool held;
};

/* `file` is the database's real path, free of symbolic links. -AWM_NOMEM. */
int queue_init(struct queue *q, const char *file);

/* Takes the lock: 0, or an errno with no error set: ETIMEDOUT past wait_ms,
 * EINTR when *stop became nonzero, otherwise why the side file cannot be used.
 */
int queue_lock(struct queue *q, int64_t wait_ms,
	       const volatile sig_atomic_t *stop);
void queue_unlock(struct queue *q);
void queue_release(struct queue *q);

#endif
