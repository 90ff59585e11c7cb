/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/out.h"

static struct {
	const char *command;
	bool wanted;
	pid_t pid;
	int fd;
} pager;

/* The first of these that is set, even to nothing, decides. */
static const char *pager_command(const struct awm_config *config)
{
	const char *command = getenv("AWM_PAGER");

	if (!command && config)
		command = awm_config_get(config, "core.pager");
	if (!command)
		command = getenv("PAGER");
	return command ? command : "less";
}

void pager_want(const struct awm_config *config)
{
	const char *command = pager_command(config);

	if (!out_is_tty() || !*command || strcmp(command, "cat") == 0)
		return;
	pager.command = command;
	pager.wanted = true;
}

void pager_unwant(void)
{
	pager.wanted = false;
}

static int spawn_in(const posix_spawn_file_actions_t *actions,
		    const posix_spawnattr_t *attr)
{
	static char sh[] = "sh", c[] = "-c";
	char command[1024];
	size_t n = strlen(pager.command);

	if (n >= sizeof(command))
		return E2BIG;
	memcpy(command, pager.command, n + 1);
	/* a plain name needs no shell, and tells whether it is there */
	if (!strpbrk(command, " \t\n|&;<>()$`\\\"'*?[#~=%"))
		return posix_spawnp(&pager.pid, command, actions, attr,
				    (char *[]){command, NULL}, environ);
	return posix_spawn(&pager.pid, "/bin/sh", actions, attr,
			   (char *[]){sh, c, command, NULL}, environ);
}

static int spawn(int in)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t reset;
	int err;

	/* as git: less quits when it fits, passes colours, leaves the text */
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawnattr_init(&attr);
	sigemptyset(&reset);
	sigaddset(&reset, SIGPIPE);
	posix_spawnattr_setsigdefault(&attr, &reset);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	err = spawn_in(&actions, &attr);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* Without a pager that can be run there is simply none. */
int pager_start(void)
{
	int fds[2];

	if (!pager.wanted)
		return pager.fd ? pager.fd : STDOUT_FILENO;
	pager.wanted = false;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return STDOUT_FILENO;
	if (spawn(fds[0]) != 0) {
		close(fds[1]);
		fds[1] = 0;
		pager.pid = 0;
	}
	close(fds[0]);
	pager.fd = fds[1];
	return pager.fd ? pager.fd : STDOUT_FILENO;
}

void pager_wait(void)
{
	int status;

	/* the interrupt key belongs to the pager while it is there */
	signal(SIGINT, SIG_IGN);
	while (pager.pid && waitpid(pager.pid, &status, 0) < 0)
		if (errno != EINTR)
			break;
	pager.pid = 0;
	pager.fd = 0;
}
