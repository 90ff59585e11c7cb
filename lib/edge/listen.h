/* SPDX-License-Identifier: MIT */
#ifndef EDGE_LISTEN_H
#define EDGE_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A receiver of HTTP requests on 127.0.0.1, for trying things out: one request
 * at a time, of a known length, each on a connection of its own. What comes is
 * not trusted: lengths and waits are bounded.
 */
struct listener;

struct listen_request {
	const char *method, *path;
	const char *body; /* a NUL behind it */
	size_t body_len;
	const char *head; /* lines "name: value", ended by LF */
};

/* port 0: one that is free. AWM_ERROR when it cannot be used. *ret is owned. */
int listen_open(int port, struct listener **ret);
void listen_close(struct listener *l);
int listen_port(const struct listener *l);

/* Waits up to `ms` for a request, and reads it; *ret->method is NULL when none
 * came, or none that could be read (which was answered then). Borrowed until
 * listen_answer(), which must follow a request. */
int listen_next(struct listener *l, int ms, struct listen_request *ret);
void listen_answer(struct listener *l, int status);

/* The value of a header, its name in any case; NULL when it is not there.
 * Copied into buf, and cut to it. */
const char *listen_header(const struct listen_request *r, const char *name,
			  char *buf, size_t size);

#endif
