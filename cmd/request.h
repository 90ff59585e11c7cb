/* SPDX-License-Identifier: MIT */
#ifndef CMD_REQUEST_H
#define CMD_REQUEST_H

#include "cmd/command.h"

/* A request that --dry-run does not send: as text in a table's place, else as
 * a row {"method","url","headers","body"} or {"argv","stdin"}, one of many in
 * a listing that has begun. */
int request_show(struct run *r, const struct awm_exec_request *q, bool many);
bool request_wants_rows(const struct run *r);

#endif
