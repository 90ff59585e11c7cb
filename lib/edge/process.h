/* SPDX-License-Identifier: MIT */
#ifndef EDGE_PROCESS_H
#define EDGE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * A command of this machine: an argument vector, never a shell; text on its
 * standard input, its output read as it comes. It has a process group of its
 * own. Several run at once: their descriptors are in one epoll set, which the
 * caller waits on.
 */
struct process;

struct process_opts {
	const char *const *argv; /* NULL-terminated; found on PATH */
	/* Variables it does not see: names, or beginnings with a * behind;
	 * NULL-terminated, or NULL. */
	const char *const *hidden;
	const char *input; /* borrowed until process_free() */
	size_t input_len;
	size_t max_output; /* past it the command is killed */
	int epoll;
};

/* AWM_REMOTE for a command that cannot be started. *ret is owned. */
int process_start(const struct process_opts *opts, struct process **ret);
/* Kills what still runs, and waits for it. Takes NULL. */
void process_free(struct process *p);

/* Whether a program of that name is found. */
bool process_on_path(const char *name);

typedef int process_data_fn(void *ctx, const char *bytes, size_t len);

/*
 * Moves whatever can be moved without waiting; to be called when the epoll set
 * says so, and every 100 ms. *ret_done: it has ended, and all it had written
 * was read. What fn returns other than 0 is returned.
 */
int process_step(struct process *p, process_data_fn *fn, void *ctx,
		 bool *ret_done);

/* Asks its group to end, and kills it when it has not after two seconds. */
void process_stop(struct process *p);

struct process_end {
	int status;	    /* exit status, or -1 */
	int signal;	    /* that ended it, or 0 */
	bool too_large;	    /* max_output was passed */
	const char *errors; /* the end of its standard error, valid until
			       process_free() */
	size_t errors_len;
};
/* After *ret_done. */
void process_ended(const struct process *p, struct process_end *ret);

#endif
