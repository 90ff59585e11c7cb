// SPDX-License-Identifier: MIT
#include "edge/pid.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define INITIAL_NAMESPACE 0xeffffffcU /* PROC_PID_INIT_INO */

/* A small file of /proc; false when it cannot be read. */
static bool read_proc(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static void read_host(char *buf, size_t size)
{
	char name[65] = "";
	struct stat st;

	if (gethostname(name, sizeof(name) - 1))
		snprintf(name, sizeof(name), "localhost");
	if (stat("/proc/self/ns/pid", &st) || st.st_ino == INITIAL_NAMESPACE)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%s/%llu", name,
			 (unsigned long long)st.st_ino);
}

static void read_boot(char *buf, size_t size)
{
	if (read_proc("/proc/sys/kernel/random/boot_id", buf, size))
		buf[strcspn(buf, "\n")] = '\0';
}

/* State and start of a process; false when its line cannot be read. The name
 * in parentheses may hold anything, parentheses too. */
static bool read_stat(int64_t pid, char *ret_state, int64_t *ret_start)
{
	char path[64], line[1024], *at;

	snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
	if (!read_proc(path, line, sizeof(line)))
		return false;
	at = strrchr(line, ')');
	if (!at || at[1] != ' ' || !at[2])
		return false;
	*ret_state = at[2];
	/* The state is field 3, the start field 22. */
	for (int field = 2; field < 22 && at; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return false;
	*ret_start = strtoll(at + 1, NULL, 10);
	return true;
}

void pid_here(struct pid_mark *ret)
{
	char state;

	memset(ret, 0, sizeof(*ret));
	read_host(ret->host, sizeof(ret->host));
	read_boot(ret->boot, sizeof(ret->boot));
	ret->pid = getpid();
	if (!read_stat(ret->pid, &state, &ret->start))
		ret->start = 0;
}

/* Whether the process that has the number is this one. What may not be looked
 * at is there. */
static bool is_there(const struct pid_mark *mark)
{
	int64_t start;
	char state;

	if (mark->pid <= 0 || mark->pid > INT32_MAX)
		return false;
	if (!read_stat(mark->pid, &state, &start))
		return !kill((pid_t)mark->pid, 0) || errno == EPERM;
	if (state == 'Z' || state == 'X')
		return false;
	return !mark->start || mark->start == start;
}

enum pid_state pid_look(const struct pid_mark *mark)
{
	struct pid_mark here;

	pid_here(&here);
	if (strcmp(here.host, mark->host) != 0)
		return PID_ELSEWHERE;
	if (*here.boot && *mark->boot && strcmp(here.boot, mark->boot) != 0)
		return PID_GONE;
	return is_there(mark) ? PID_ALIVE : PID_GONE;
}

bool pid_stop(const struct pid_mark *mark)
{
	bool sent = false;
	int fd;

	if (mark->pid == getpid() || pid_look(mark) != PID_ALIVE ||
	    !mark->start)
		return false;
	/* What is held cannot become another; so it is looked at once more. */
	fd = (int)syscall(SYS_pidfd_open, (pid_t)mark->pid, 0);
	if (fd < 0)
		return errno == ENOSYS && !kill((pid_t)mark->pid, SIGTERM);
	if (is_there(mark))
		sent = !syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0);
	close(fd);
	return sent;
}
