/* SPDX-License-Identifier: MIT */
#ifndef EDGE_DETACH_H
#define EDGE_DETACH_H

/*
 * Runs this program again, apart from everything that the caller has: in a
 * session of its own, in the root folder, with nothing on standard input,
 * output and error, no other descriptor but `fd`, which it finds as
 * DETACH_FD, and nobody's child. It is not waited for, nor told of when it
 * cannot be run. `argv` ends with NULL.
 */
#define DETACH_FD 3

int detach_run(const char *const *argv, int fd);

#endif
