/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/automate.h"

/* A short-lived command of this machine: crontab, systemctl. */

struct pipes {
	int in[2], out[2], err[2];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_all(struct pipes *p)
{
	int *fds[] = {p->in, p->out, p->err};

	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		close_fd(&fds[i][0]);
		close_fd(&fds[i][1]);
	}
}

static int start(const char *const *argv, struct pipes *p, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	int no;

	if (pipe2(p->in, O_CLOEXEC) || pipe2(p->out, O_CLOEXEC) ||
	    pipe2(p->err, O_CLOEXEC))
		return err_errno(AWM_ERROR, "cannot run '%s'", argv[0]);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, p->in[0], 0);
	posix_spawn_file_actions_adddup2(&actions, p->out[1], 1);
	posix_spawn_file_actions_adddup2(&actions, p->err[1], 2);
	no = posix_spawnp(ret, argv[0], &actions, NULL, (char *const *)argv,
			  environ);
	posix_spawn_file_actions_destroy(&actions);
	close_fd(&p->in[0]);
	close_fd(&p->out[1]);
	close_fd(&p->err[1]);
	if (!no)
		return 0;
	errno = no;
	return err_errno(AWM_ERROR, "cannot run '%s'", argv[0]);
}

/* Reads what is there; closes at the end. */
static void take(int *fd, struct buf *b)
{
	char piece[4096];
	ssize_t n = read(*fd, piece, sizeof(piece));

	if (n > 0 && b)
		buf_add(b, piece, (size_t)n);
	else if (!n || (n < 0 && errno != EINTR && errno != EAGAIN))
		close_fd(fd);
}

static void give(int *fd, const char **at)
{
	size_t len = strlen(*at);
	ssize_t n = len ? write(*fd, *at, len) : 0;

	if (n > 0)
		*at += n;
	if (!**at || (n < 0 && errno != EINTR && errno != EAGAIN))
		close_fd(fd);
}

static int talk(struct pipes *p, const char *input, struct buf *out,
		struct buf *errors)
{
	fcntl(p->in[1], F_SETFL, O_NONBLOCK);
	while (p->in[1] >= 0 || p->out[0] >= 0 || p->err[0] >= 0) {
		struct pollfd fds[] = {
			{.fd = p->in[1], .events = POLLOUT},
			{.fd = p->out[0], .events = POLLIN},
			{.fd = p->err[0], .events = POLLIN},
		};
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return err_errno(AWM_ERROR, "cannot wait");
		if (fds[0].revents)
			give(&p->in[1], &input);
		if (fds[1].revents)
			take(&p->out[0], out);
		if (fds[2].revents)
			take(&p->err[0], errors);
	}
	return 0;
}

int child_run(const char *const *argv, const char *input, struct buf *out,
	      struct buf *errors, int *ret_status)
{
	struct pipes p = {{-1, -1}, {-1, -1}, {-1, -1}};
	pid_t pid;
	int status, err = start(argv, &p, &pid);

	if (err) {
		close_all(&p);
		return err;
	}
	err = talk(&p, input, out, errors);
	close_all(&p);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(AWM_ERROR, "cannot wait");
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return err;
}
