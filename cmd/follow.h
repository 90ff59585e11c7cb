/* SPDX-License-Identifier: MIT */
#ifndef CMD_FOLLOW_H
#define CMD_FOLLOW_H

#include "cmd/command.h"

/* Rows that come one by one are JSON lines, unless a person reads them or
 * another format was asked for. Before run_query(). */
void follow_format(struct run *r);

/*
 * Reports rows of the query as they are committed, by whomever, until a signal
 * comes or nobody reads any more. With --limit the newest of those that are
 * there come first. `earlier`: all of them do.
 */
int follow_rows(struct run *r, struct awm_query *q, bool earlier);

#endif
