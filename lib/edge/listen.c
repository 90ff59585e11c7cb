// SPDX-License-Identifier: MIT
#include "edge/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

#define HEAD_MAX    ((size_t)64 * 1024)
#define BODY_MAX    ((size_t)32 << 20)
#define PATIENCE_MS 5000

struct listener {
	int fd;
	int port;
	int peer; /* -1: none */
	struct buf bytes;
};

int listen_open(int port, struct listener **ret)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int on = 1, rc = 0;
	struct listener *l = calloc(1, sizeof(*l));

	if (!l)
		return err_nomem();
	l->peer = -1;
	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0 ||
	    setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(l->fd, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(l->fd, 64) ||
	    getsockname(l->fd, (struct sockaddr *)&at, &len))
		rc = err_errno(AWM_ERROR, "cannot listen on port %d", port);
	if (rc) {
		listen_close(l);
		return rc;
	}
	l->port = ntohs(at.sin_port);
	*ret = l;
	return 0;
}

static void hang_up(struct listener *l)
{
	if (l->peer >= 0)
		close(l->peer);
	l->peer = -1;
	buf_truncate(&l->bytes, 0);
}

void listen_close(struct listener *l)
{
	if (!l)
		return;
	hang_up(l);
	if (l->fd >= 0)
		close(l->fd);
	buf_release(&l->bytes);
	free(l);
}

int listen_port(const struct listener *l)
{
	return l->port;
}

/* ---- one request ---- */

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads more; false when nothing came in time, or the peer went away. */
static bool read_more(struct listener *l, int64_t ends)
{
	struct pollfd p = {.fd = l->peer, .events = POLLIN};
	int64_t left = ends - clock_ms();
	char piece[16384];
	ssize_t n;

	if (left <= 0 || poll(&p, 1, (int)left) <= 0)
		return false;
	n = recv(l->peer, piece, sizeof(piece), 0);
	if (n <= 0)
		return false;
	buf_add(&l->bytes, piece, (size_t)n);
	return !l->bytes.failed;
}

/* The length of the head with its empty line; 0: not whole yet. */
static size_t head_len(const struct buf *b)
{
	const char *end = b->len ? memmem(b->s, b->len, "\r\n\r\n", 4) : NULL;

	return end ? (size_t)(end - b->s) + 4 : 0;
}

const char *listen_header(const struct listen_request *r, const char *name,
			  char *buf, size_t size)
{
	size_t n = strlen(name);

	for (const char *p = r->head; p && *p;) {
		size_t len = strcspn(p, "\n");

		if (len > n && p[n] == ':' && !strncasecmp(p, name, n)) {
			const char *v = p + n + 1;
			size_t vlen = len - n - 1;

			while (vlen && (*v == ' ' || *v == '\t')) {
				v++;
				vlen--;
			}
			while (vlen && strchr(" \t\r", v[vlen - 1]))
				vlen--;
			snprintf(buf, size, "%.*s", (int)vlen, v);
			return buf;
		}
		p += len;
		p += *p != '\0';
	}
	return NULL;
}

/* Cuts the head into request line and headers, in place. */
static bool split_head(char *head, struct listen_request *ret)
{
	char *line = strstr(head, "\r\n"), *path, *version;

	if (!line || strlen(head) > HEAD_MAX)
		return false;
	*line = '\0';
	ret->head = line + 2;
	path = strchr(head, ' ');
	version = path ? strchr(path + 1, ' ') : NULL;
	if (!version || strncmp(version + 1, "HTTP/1.", 7) != 0)
		return false;
	*path = *version = '\0';
	ret->method = head;
	ret->path = path + 1;
	return true;
}

/* What to answer when it cannot be read; 0: it can. */
static int body_len(const struct listen_request *r, size_t *ret)
{
	char text[32];

	*ret = 0;
	if (listen_header(r, "transfer-encoding", text, sizeof(text)))
		return 411;
	if (!listen_header(r, "content-length", text, sizeof(text)))
		return 0;
	if (!*text || strlen(text) > 12 || text[strspn(text, "0123456789")])
		return 400;
	*ret = (size_t)strtoull(text, NULL, 10);
	return *ret > BODY_MAX ? 413 : 0;
}

static void go_on(struct listener *l, const struct listen_request *r)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	char expect[32];

	if (listen_header(r, "expect", expect, sizeof(expect)) &&
	    send(l->peer, text, sizeof(text) - 1, MSG_NOSIGNAL) < 0)
		return; /* seen when it is read from */
}

/* Reads the request; the status to refuse it with, or 0. -1: hang up. */
static int read_request(struct listener *l, struct listen_request *ret)
{
	int64_t ends = clock_ms() + PATIENCE_MS;
	size_t head, body;
	char *copy;
	int status;

	while (!(head = head_len(&l->bytes))) {
		if (l->bytes.len > HEAD_MAX)
			return 431;
		if (!read_more(l, ends))
			return -1;
	}
	if (memchr(l->bytes.s, '\0', head))
		return 400;
	copy = strndup(l->bytes.s, head);
	if (!copy)
		return -1;
	status = split_head(copy, ret) ? body_len(ret, &body) : 400;
	if (!status)
		go_on(l, ret);
	free(copy);
	while (!status && l->bytes.len - head < body)
		if (!read_more(l, ends))
			status = -1;
	if (status)
		return status;
	l->bytes.s[head - 1] = '\0'; /* of the empty line */
	if (!split_head(l->bytes.s, ret))
		return 400;
	ret->body = l->bytes.s + head;
	ret->body_len = body;
	l->bytes.s[head + body] = '\0';
	return 0;
}

void listen_answer(struct listener *l, int status)
{
	char text[128];
	int n = snprintf(text, sizeof(text),
			 "HTTP/1.1 %d awm\r\ncontent-length: 0\r\n"
			 "connection: close\r\n\r\n",
			 status);

	/* No length where none may be. */
	if (status == 204 || status == 304)
		n = snprintf(text, sizeof(text),
			     "HTTP/1.1 %d awm\r\nconnection: close\r\n\r\n",
			     status);
	if (l->peer >= 0 && send(l->peer, text, (size_t)n, MSG_NOSIGNAL) == n)
		shutdown(l->peer, SHUT_WR);
	hang_up(l);
}

int listen_next(struct listener *l, int ms, struct listen_request *ret)
{
	struct pollfd p = {.fd = l->fd, .events = POLLIN};
	int status;

	*ret = (struct listen_request){0};
	if (poll(&p, 1, ms) < 0 && errno != EINTR)
		return err_errno(AWM_ERROR, "cannot listen");
	if (!(p.revents & POLLIN))
		return 0;
	l->peer = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
	if (l->peer < 0)
		return 0;
	status = read_request(l, ret);
	if (!status)
		return 0;
	*ret = (struct listen_request){0};
	if (status > 0)
		listen_answer(l, status);
	else
		hang_up(l);
	return 0;
}
