/* SPDX-License-Identifier: MIT */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <awm/error.h>

/*
 * Setting the error of this thread. Each returns -code, so that a failing
 * function can end with `return err_set(AWM_INVALID, "…")`. err_set() clears
 * an earlier hint. Messages: lower case, no full stop, what failed first, the
 * subject in 'quotes'. Bytes that a terminal would act on (C0, C1, ESC, DEL)
 * and invalid UTF-8 in the text are replaced by \xNN escapes.
 */
int err_set(enum awm_err code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* err_set() with ": " and strerror(errno) appended. */
int err_errno(enum awm_err code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Out of memory: a fixed message; allocates nothing. */
int err_nomem(void);

/* Adds the hint to the error that is set. Returns -code of that error. */
int err_hint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Puts "context: " before the message, keeping code and hint: for the one
 * line that a caller may add ("line 12", "task 5"). Returns -code. */
int err_context(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Forgets the error. */
void err_clear(void);

#endif
