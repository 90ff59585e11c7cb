/* SPDX-License-Identifier: MIT */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/command.h"

/*
 * One line on standard error that says how it goes, for a person at a
 * terminal; elsewhere nothing. It is redrawn at most ten times a second, and
 * gone before anything else is written.
 */
struct progress {
	bool on;
	bool drawn;
	size_t total, running, done; /* runs */
	size_t bytes;		     /* of answers, so far */
	const char *counted;	     /* what is counted: "commit" */
	size_t read;
	int64_t began, first, last; /* clock; 0: not yet */
	unsigned turns;
};

void progress_begin(struct progress *p, const struct run *r, size_t total);
void progress_text(struct progress *p, size_t len);
/* For work of two parts: `read` things, then done of total links. */
void progress_count(struct progress *p, const char *counted, size_t read,
		    size_t done, size_t total);
void progress_draw(struct progress *p);
/* Of work whose end is known: "[=====>    ] 42 % · 1200 tasks". */
void progress_bar(struct progress *p, size_t done, size_t total, size_t count,
		  const char *what);
void progress_clear(struct progress *p);

#endif
