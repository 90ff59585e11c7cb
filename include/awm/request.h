/* SPDX-License-Identifier: MIT */
#ifndef AWM_REQUEST_H
#define AWM_REQUEST_H

#include <awm/error.h>
#include <stdbool.h>
#include <stddef.h>

/* What would be sent to a provider, for --dry-run; what it holds lives in the
 * pool that it was asked for with. */
struct awm_exec_header {
	const char *name, *value; /* secrets as *** */
};

struct awm_exec_request {
	const char *provider, *model;
	const char *method, *url; /* NULL for a command */
	const struct awm_exec_header *headers;
	size_t nheaders;
	const char *body;	 /* JSON; NULL: none */
	const char *const *argv; /* of a command, NULL-terminated; else NULL */
	const char *input;	 /* its standard input */
	const char *const *warnings; /* what was left out, one line each */
	size_t nwarnings;
	bool has_estimate;
	double estimate; /* what it may cost at most */
};

#endif
