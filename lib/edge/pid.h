/* SPDX-License-Identifier: MIT */
#ifndef EDGE_PID_H
#define EDGE_PID_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A process that can be told from every other, before and after: by its
 * machine, the boot of that, its number, and when it started. In a pid
 * namespace of its own a process is on a machine of its own: its number means
 * nothing outside.
 */
struct pid_mark {
	char host[96];
	char boot[40]; /* "": not known */
	int64_t pid;
	int64_t start; /* in ticks since boot; 0: not known */
};

/* This process. */
void pid_here(struct pid_mark *ret);

enum pid_state {
	PID_ALIVE,
	PID_GONE,
	PID_ELSEWHERE /* on another machine: nobody here knows */
};
enum pid_state pid_look(const struct pid_mark *mark);

/* Sends SIGTERM to a process that is alive; false when it could not. Never to
 * another one that has its number now, and never to this one. */
bool pid_stop(const struct pid_mark *mark);

#endif
