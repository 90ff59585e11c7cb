// SPDX-License-Identifier: MIT
#include "edge/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"

#define SELF "/proc/self/exe"

/* Between fork and exec: only what is safe in a signal handler. */
static void usual_signals(void)
{
	struct sigaction sa = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int i = 1; i < 32; i++)
		sigaction(i, &sa, NULL);
	/* Its terminal is none of its business. */
	sa.sa_handler = SIG_IGN;
	sigaction(SIGHUP, &sa, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* dup2() leaves a descriptor open across exec, but not one that is there. */
static int keep(int fd)
{
	if (fd == DETACH_FD)
		return fcntl(fd, F_SETFD, 0);
	return dup2(fd, DETACH_FD);
}

static int nothing_else(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return -1;
	for (int i = 0; i < 3; i++)
		if (null == i ? fcntl(i, F_SETFD, 0) < 0 : dup2(null, i) < 0)
			return -1;
	return close_range(DETACH_FD + 1, ~0U, 0);
}

static _Noreturn void become(const char *const *argv, int fd)
{
	setsid();
	switch (fork()) {
	case -1:
		_exit(1);
	case 0:
		break;
	default:
		_exit(0);
	}
	usual_signals();
	if (keep(fd) < 0 || nothing_else() < 0 || chdir("/") < 0)
		_exit(1);
	execv(SELF, (char *const *)argv);
	_exit(1);
}

int detach_run(const char *const *argv, int fd)
{
	int status = 0;
	pid_t pid = fork();

	if (pid < 0)
		return err_errno(AWM_ERROR, "cannot start a process");
	if (pid == 0)
		become(argv, fd);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 0; /* somebody else waits for all children */
	return status ? err_set(AWM_ERROR, "cannot start a process") : 0;
}
