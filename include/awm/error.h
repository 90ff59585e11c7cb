/* SPDX-License-Identifier: MIT */
#ifndef AWM_ERROR_H
#define AWM_ERROR_H

/*
 * Errors of libawm.
 *
 * Every function that can fail returns an int: 0, or the negative of one of
 * the codes below. The message is set once, at the deepest place that knows
 * the cause, and read with awm_error_last() by whoever decides to show it.
 * Nothing in the library prints. The object belongs to the calling thread and
 * has a fixed size, so that reporting a lack of memory needs none.
 */

#ifndef AWM_EXPORT
#define AWM_EXPORT __attribute__((visibility("default")))
#endif

/* The numbers up to 8 are also the exit statuses of the program. */
enum awm_err {
	AWM_OK = 0,
	AWM_ERROR = 1,	     /* anything not below */
	AWM_USAGE = 2,	     /* malformed value, unknown word or field */
	AWM_NOT_FOUND = 3,   /* no such row, file, repository, commit */
	AWM_INVALID = 4,     /* well formed, but against a rule */
	AWM_CONFLICT = 5,    /* ambiguous, stale, duplicate, lost a race */
	AWM_DENIED = 6,	     /* role, unknown user, key, file mode */
	AWM_DATABASE = 7,    /* cannot open, busy, corrupt, too new or old */
	AWM_REMOTE = 8,	     /* network, provider or webhook failure */
	AWM_NOMEM = 9,	     /* out of memory; exit status 1 */
	AWM_INTERRUPTED = 10 /* SIGINT or SIGTERM; exit status 130 */
};

struct awm_error {
	enum awm_err code;
	char message[1024]; /* one line, lower case, no full stop */
	char hint[2048];    /* names the next command; "" when there is none */
};

/* The last error of this thread; code AWM_OK and "" before the first.
 * Borrowed, valid until the next failing call. */
AWM_EXPORT const struct awm_error *awm_error_last(void);

/* The word for a code in JSON output: "not_found", "invalid", … */
AWM_EXPORT const char *awm_error_word(enum awm_err code);

/* The exit status that the program ends with for a code. */
AWM_EXPORT int awm_error_status(enum awm_err code);

#endif
