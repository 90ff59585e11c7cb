/* SPDX-License-Identifier: MIT */
/*
 * usage: answer 204|hang [SECONDS]
 *
 * A server on the loopback that costs as little as a server can: it answers
 * each POST with 204, or never. It prints its port, and ends after SECONDS
 * (600), or with the process that started it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD 16384

struct peer {
	int fd;
	size_t len;
	size_t body; /* bytes of a body that are still to come */
	char head[HEAD + 1];
};

static const char reply[] = "HTTP/1.1 204 No Content\r\n\r\n";
static bool hang;

static void end(struct peer *p)
{
	close(p->fd);
	free(p);
}

static size_t length_of(const char *head)
{
	const char *at = strcasestr(head, "\r\ncontent-length:");

	return at ? strtoul(at + 17, NULL, 10) : 0;
}

/* False when the peer is gone. */
static bool answer(struct peer *p)
{
	return hang || send(p->fd, reply, sizeof(reply) - 1, MSG_NOSIGNAL) ==
			       (ssize_t)sizeof(reply) - 1;
}

static bool take(struct peer *p, const char *bytes, size_t n)
{
	while (n) {
		if (p->body) {
			size_t some = n < p->body ? n : p->body;

			p->body -= some;
			bytes += some;
			n -= some;
			if (!p->body && !answer(p))
				return false;
			continue;
		}
		if (p->len == HEAD)
			return false;
		p->head[p->len++] = *bytes++;
		n--;
		if (p->len < 4 || memcmp(p->head + p->len - 4, "\r\n\r\n", 4))
			continue;
		p->head[p->len] = '\0';
		p->body = length_of(p->head);
		p->len = 0;
		if (!p->body && !answer(p))
			return false;
	}
	return true;
}

static void handle(struct peer *p)
{
	char bytes[65536];
	ssize_t n = recv(p->fd, bytes, sizeof(bytes), 0);

	if (n <= 0 ? errno != EAGAIN || n == 0 : !take(p, bytes, (size_t)n))
		end(p);
}

static void greet(int listener, int epoll)
{
	struct epoll_event ev = {.events = EPOLLIN};
	struct peer *p = calloc(1, sizeof(*p));

	if (!p)
		exit(1);
	p->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	ev.data.ptr = p;
	if (p->fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, p->fd, &ev))
		end(p);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event ev[64] = {{.events = EPOLLIN}};
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0),
	    epoll = epoll_create1(0);

	hang = argc > 1 && !strcmp(argv[1], "hang");
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	alarm(argc > 2 ? (unsigned)atoi(argv[2]) : 600);
	if (listener < 0 || epoll < 0 ||
	    bind(listener, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(listener, 512) ||
	    getsockname(listener, (struct sockaddr *)&at, &len) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, ev)) {
		perror("answer");
		return 1;
	}
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	for (;;) {
		int n = epoll_wait(epoll, ev, 64, -1);

		for (int i = 0; i < n; i++) {
			if (ev[i].data.ptr)
				handle(ev[i].data.ptr);
			else
				greet(listener, epoll);
		}
	}
}
