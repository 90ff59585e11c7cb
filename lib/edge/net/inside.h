/* SPDX-License-Identifier: MIT */
#ifndef EDGE_NET_INSIDE_H
#define EDGE_NET_INSIDE_H

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "awm/error.h"
#include "base/mem.h"
#include "edge/net.h"

/*
 * The inside of awm-net.so: HTTP and SMTP through libcurl. Nothing of awm is
 * linked in; of its headers only constants, types and _cleanup_ are used. So
 * there is no err.h here: a function that can fail returns 0 or a negative
 * enum awm_err, with the message in the caller's net_error, which may be NULL.
 *
 * What net_ops offers begins with net_ and is described in edge/net.h.
 */

#define CONNECT_MS	10000
#define MAIL_MS		60000
#define MAX_BODY	((size_t)64 << 20)
#define MAX_HEAD	((size_t)256 << 10)
#define MAX_HEAD_LINES	1000
#define MAX_CONNECTIONS 64

struct net {
	CURLM *multi;
	int wake;		/* an eventfd */
	int watched;		/* the file of run(), or -1 */
	atomic_bool woken;	/* it was written to */
	struct net_call *calls; /* those that have not ended, newest first */
	unsigned running;
	int64_t now;  /* of the monotonic clock, in ms: when run() last woke */
	bool stirred; /* something happened that run()'s caller waits for */
	char *user_agent;
	char *ca_file, *ca_folder; /* NULL: libcurl's own */
};

/* A growing string. */
struct text {
	char *s;
	size_t len;
	size_t cap;
};

/* The lines of a response's head, as they come in. */
struct head {
	struct text lines; /* each with its NUL */
	size_t bytes;	   /* of all blocks and trailers */
	size_t nlines;	   /* likewise */
	size_t nheaders;   /* of this block, without the status line */
	bool complete;	   /* head() was called, or is not wanted */
	struct text last;  /* of a mail: the server's last refusal */
};

enum phase {
	PHASE_PROBE, /* only resolves and checks the name behind a proxy */
	PHASE_TRANSFER
};

struct net_call {
	struct net *net;
	struct net_call *prev, *next;
	CURL *easy;
	CURLU *url;
	enum phase phase;

	/* Of the caller's request or mail. */
	int (*on_head)(void *ctx, const struct net_head *head);
	int (*on_data)(void *ctx, const void *bytes, size_t len);
	void (*on_done)(void *ctx, const struct net_result *result);
	void *ctx;
	size_t max_body, max_head;
	long connect_ms, total_ms, idle_ms;
	bool private_ok;
	bool is_mail;
	bool idempotent; /* may be sent twice when a connection was stale */
	int sockets[4];	 /* a mail's, that are open; else -1 */
	const char *message;
	size_t message_len, message_pos;
	bool message_asked;  /* the server said 354 */
	bool message_judged; /* it took the message, or refused it */
	char *proxy;	     /* as net_request.proxy */
	struct curl_slist *headers, *recipients;

	/* For messages: no path, no query, no user in them. */
	char host[256];
	char place[272]; /* host:port */
	char proxy_place[272];

	/* How far it is. */
	struct head head;
	uint64_t bytes;
	curl_off_t line_bytes; /* both ways, as libcurl counts them */
	int64_t ends;	       /* now_ms() at which it fails; 0: never */
	int64_t last;	       /* now_ms() of the last byte */
	bool asked;	       /* the request went out on a connection */
	bool cancelled;
	unsigned allowed, refused; /* addresses */
	char address[64];	   /* the last that was refused */

	/* What a callback or run() found wrong. */
	enum net_fault fault;
	int err; /* -AWM_NOMEM, else 0: by the fault */
	char why[512];
	char hint[512];
	char errbuf[CURL_ERROR_SIZE];
};

/* For _cleanup_(). */
static inline void curlup(CURLU **p)
{
	curl_url_cleanup(*p);
}

static inline void curl_freep(char **p)
{
	curl_free(*p);
}

/* --- error.c ------------------------------------------------------------- */

/* Sets the message and clears the hint. Returns -code. */
int fail(struct net_error *err, enum awm_err code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int nomem(struct net_error *err);
/* What to do about the failure; after fail(). Returns -code. */
int fail_hint(struct net_error *err, int r, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Bytes of a peer for a message: one line of ASCII, cut at the room. */
void print_safe(char *buf, size_t size, const char *s, size_t len);

/* --- text.c -------------------------------------------------------------- */

/* false when out of memory. There is always a NUL behind the text. */
bool text_add(struct text *t, const char *s, size_t len);
void text_release(struct text *t);

/* --- open.c -------------------------------------------------------------- */

int net_open(const struct net_opts *opts, struct net **ret,
	     struct net_error *err);
void net_close(struct net *net);
int64_t now_ms(void);

/* --- url.c --------------------------------------------------------------- */

/* Parses an http or https URL (a mail: smtp or smtps) strictly; *ret is
 * owned. */
int parse_url(const char *url, bool mail, CURLU **ret, struct net_error *err);
/* Fills host and "host:port". */
int url_place(CURLU *url, char *host, size_t host_size, char *place,
	      size_t place_size, struct net_error *err);
/* The host:port of a proxy's URL; AWM_USAGE when it is none. */
int proxy_place(const char *proxy, char *buf, size_t size,
		struct net_error *err);
/* Whether the environment names a proxy. */
bool environment_has_proxy(void);
int net_url_host(const char *url, char *buf, size_t size,
		 struct net_error *err);

/* --- address.c ----------------------------------------------------------- */

/* Whether private_ok is needed to connect there. */
bool address_refused(const struct sockaddr *sa, size_t len);
int net_address_is_private(const char *address);

/* --- call.c -------------------------------------------------------------- */

/* A call of the net with its easy handle, nothing set that is particular to
 * the protocol; NULL when out of memory. */
struct net_call *call_new(struct net *net);
/* Not for one that call_begin() took. Takes NULL. */
void call_free(struct net_call *call);
/* Where it goes; of a mail when is_mail is set. */
int call_url(struct net_call *call, const char *url, struct net_error *err);
/* Hands it to the event loop; on failure the call is freed. */
int call_begin(struct net_call *call, struct net_call **ret,
	       struct net_error *err);
/* After the probe: the transfer itself. */
int call_transfer(struct net_call *call);
/* Takes it out of the loop, tells done() and frees it. */
void call_end(struct net_call *call, CURLcode code);
void net_cancel(struct net_call *call);

/* Notes the first thing that goes wrong. */
void call_fault(struct net_call *call, enum net_fault fault, const char *fmt,
		...) __attribute__((format(printf, 3, 4)));

/* --- request.c, mail.c --------------------------------------------------- */

int net_start(struct net *net, const struct net_request *request,
	      struct net_call **ret, struct net_error *err);
int net_mail(struct net *net, const struct net_mail *mail,
	     struct net_call **ret, struct net_error *err);

/* --- connect.c: callbacks about connections ------------------------------ */

/* Sets them, and the proxy of the phase. */
CURLcode set_connection(struct net_call *call);
/* Tears a mail's connection: libcurl would end the message where it is, and
 * wait for what the server says to it. */
void tear_connection(struct net_call *call);
/* After the server's word about the message: libcurl says goodbye, and would
 * wait for the answer out of the loop, for as long as the server likes. */
void stop_listening(struct net_call *call);

/* --- response.c: callbacks of what comes in ------------------------------ */

CURLcode set_response(struct net_call *call);

/* --- fault.c ------------------------------------------------------------- */

/* The fault, and its message and hint, of what libcurl ended with, unless one
 * was noted before. */
void fault_of_code(struct net_call *call, CURLcode code);
int fault_error(const struct net_call *call);

/* --- tls.c --------------------------------------------------------------- */

void fault_of_tls(struct net_call *call, CURLcode code);

/* --- run.c --------------------------------------------------------------- */

int net_run(struct net *net, int timeout_ms, int fd, unsigned *ret_running,
	    struct net_error *err);
void net_wake(struct net *net);

#endif
