/* SPDX-License-Identifier: MIT */
#ifndef EDGE_NET_H
#define EDGE_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * HTTP and mail, through libcurl in the module awm-net.so. Plain C types only
 * cross; the module calls nothing of the program. One `struct net` is one
 * event loop: many transfers at once, connections reused between them.
 * Functions return 0 or a negative enum awm_err, with the message in
 * net_error.
 *
 * Always: certificates and host names are verified, redirects are not
 * followed, only http and https, no cookies, no .netrc, HTTP/2 where it is
 * offered, any content encoding that libcurl can undo. Callbacks run inside
 * of net_ops.run() and on its thread; no call of net_ops but cancel() may be
 * made from them.
 */

#define NET_ABI 1

struct net;
struct net_call;

struct net_error {
	char message[512];
	char hint[512];
};

struct net_header {
	const char *name;
	const char *value;
};

/* What a transfer ended with, finer than an error code. */
enum net_fault {
	NET_OK,
	NET_RESOLVE,   /* no such host */
	NET_CONNECT,   /* refused, unreachable */
	NET_TLS,       /* handshake, certificate */
	NET_TIMEOUT,   /* connect_ms or total_ms */
	NET_IDLE,      /* idle_ms */
	NET_TOO_LARGE, /* max_body, max_head: counted as decompressed */
	NET_ADDRESS,   /* an address that may not be connected to */
	NET_PROTOCOL,  /* reset, truncated, malformed */
	NET_CANCELLED, /* by cancel() or by a callback */
	NET_OTHER
};

/* Borrowed until the callback returns. */
struct net_head {
	int status;
	const struct net_header *headers; /* as they came, names in any case */
	size_t nheaders;
};

struct net_result {
	/* 0 when a whole response came, whatever its status; a mail was
	 * accepted. Else -AWM_REMOTE, for NET_ADDRESS -AWM_DENIED, for
	 * NET_CANCELLED -AWM_INTERRUPTED, or -AWM_NOMEM. */
	int err;
	enum net_fault fault;
	const char *message; /* of the fault, one line; "" without one */
	const char *hint;    /* what to do about it; "" */
	int status;	     /* 0: none came */
	uint64_t bytes;	     /* of the body, decompressed */
	int64_t connect_us, first_byte_us, total_us;
};

struct net_request {
	const char *method; /* "POST" */
	const char *url;
	const struct net_header *headers; /* no CR or LF in them: refused */
	size_t nheaders;
	const void *body; /* borrowed until done() */
	size_t body_len;
	long connect_ms; /* 0: 10 s */
	long total_ms;	 /* 0: none */
	long idle_ms;	 /* silence on the line; 0: none */
	size_t max_body; /* 0: 64 MiB */
	size_t max_head; /* all headers together; 0: 256 KiB */
	/* Loopback, private, link-local, metadata and the like are refused at
	 * every connection, after name resolution, unless this is set. */
	bool private_ok;
	/* NULL: no proxy; "" the one that the environment names; else a URL.
	 * With a proxy its address is what is checked, and unless private_ok
	 * the target's name is resolved and checked as well. */
	const char *proxy;

	/* Each may be NULL; a value other than 0 from head() or data() cancels
	 * the transfer. done() is called exactly once, last, also after
	 * cancel() and from close(). */
	int (*head)(void *ctx, const struct net_head *head);
	int (*data)(void *ctx, const void *bytes, size_t len);
	void (*done)(void *ctx, const struct net_result *result);
	void *ctx;
};

/* One mail by SMTP. */
struct net_mail {
	const char *url;	     /* smtp://host:587, smtps://host:465 */
	bool starttls;		     /* required, on smtp:// */
	const char *user, *password; /* NULL: none */
	const char *from;	     /* bare addresses */
	const char *const *to;
	size_t nto;
	const char *message; /* RFC 5322, CRLF line ends */
	size_t message_len;
	long total_ms; /* 0: 60 s */
	bool private_ok;
	void (*done)(void *ctx, const struct net_result *result);
	void *ctx;
};

struct net_opts {
	const char *user_agent;
	const char *ca_file;  /* NULL: the system's, SSL_CERT_FILE honoured */
	long max_connections; /* at once, in all; 0: 64 */
	long max_per_host;    /* 0: no own limit */
};

struct net_ops {
	unsigned abi;

	int (*open)(const struct net_opts *opts, struct net **ret,
		    struct net_error *err);
	/* Transfers under way end as NET_CANCELLED. Takes NULL. */
	void (*close)(struct net *net);

	/* *ret is valid until its done() returns; NULL when not wanted. */
	int (*start)(struct net *net, const struct net_request *request,
		     struct net_call **ret, struct net_error *err);
	int (*mail)(struct net *net, const struct net_mail *mail,
		    struct net_call **ret, struct net_error *err);
	void (*cancel)(struct net_call *call);

	/* Waits for something to happen, at most timeout_ms (-1: no limit), and
	 * handles it. With `fd` >= 0 it also returns when that can be read,
	 * as with wake().
	 * *ret_running is the number of transfers that have not ended. Returns
	 * 0 also when a signal cut the wait short. */
	int (*run)(struct net *net, int timeout_ms, int fd,
		   unsigned *ret_running, struct net_error *err);
	/* Ends a run() that waits; where it waits for a mail server's word
	 * about a whole message, which holds up all transfers, it ends that
	 * mail as NET_CANCELLED. Safe in a signal handler. */
	void (*wake)(struct net *net);

	/* Whether an address, in any spelling that getaddrinfo() takes
	 * ("127.1", "0x7f000001", "[::ffff:10.0.0.1]"), is one that private_ok
	 * is needed for: 1, 0, or -AWM_USAGE for what is no literal address. */
	int (*address_is_private)(const char *address);
	/* The origin of a URL, "https://host" or "https://host:8443": lower
	 * case, without the scheme's own port, numeric hosts in their usual
	 * spelling. AWM_USAGE for what is no http or https URL, names a user
	 * or has an odd host. */
	int (*url_host)(const char *url, char *buf, size_t size,
			struct net_error *err);
};

/* Loads the module. *ret is constant and never freed. Errors go to err.h. */
int net_ops(const struct net_ops **ret);

#endif
