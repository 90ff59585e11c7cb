// SPDX-License-Identifier: MIT
/* Commands of this machine. */
#include "edge/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"

#define PIECE	  (64 * 1024)
#define ERRORS	  4096 /* what is kept of standard error */
#define PATIENCE  2000 /* milliseconds, between asking and killing */
#define KILL_WAIT 100  /* turns of 10 ms */

struct process {
	pid_t pid;
	int in, out, err, watch; /* -1: closed; watch: a pidfd */
	int epoll;
	const char *input;
	size_t input_len, input_at;
	size_t output, max_output;
	char errors[ERRORS];
	size_t errors_len;
	bool reaped, stopping, killed, too_large;
	int64_t kill_at;
	int status;
};

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- start ---- */

static bool is_hidden(const char *entry, const char *const *hidden)
{
	for (; hidden && *hidden; hidden++) {
		size_t n = strcspn(*hidden, "*");

		if (strncmp(entry, *hidden, n) == 0 &&
		    ((*hidden)[n] == '*' || entry[n] == '='))
			return true;
	}
	return false;
}

static int make_environment(const char *const *hidden, char ***ret)
{
	size_t n = 0, kept = 0;

	while (environ && environ[n])
		n++;
	*ret = calloc(n + 1, sizeof(char *));
	if (!*ret)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		if (!is_hidden(environ[i], hidden))
			(*ret)[kept++] = environ[i];
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* pairs[0] is the command's standard input, 1 and 2 what it writes. */
static int make_pipes(int pairs[3][2])
{
	for (int i = 0; i < 3; i++)
		pairs[i][0] = pairs[i][1] = -1;
	for (int i = 0; i < 3; i++)
		if (pipe2(pairs[i], O_CLOEXEC))
			return err_errno(AWM_ERROR, "cannot make a pipe");
	return 0;
}

static void close_pairs(int pairs[3][2])
{
	for (int i = 0; i < 3; i++) {
		close_fd(&pairs[i][0]);
		close_fd(&pairs[i][1]);
	}
}

static int attributes(posix_spawnattr_t *attr)
{
	sigset_t none, usual;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGINT);
	sigaddset(&usual, SIGTERM);
	posix_spawnattr_setpgroup(attr, 0);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &usual);
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP |
						      POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);
}

static int spawn(struct process *p, const struct process_opts *opts, char **env,
		 int pairs[3][2])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int no = posix_spawn_file_actions_init(&actions);

	if (no)
		return err_nomem();
	no = posix_spawnattr_init(&attr);
	if (!no)
		no = attributes(&attr);
	if (!no)
		no = posix_spawn_file_actions_adddup2(&actions, pairs[0][0], 0);
	if (!no)
		no = posix_spawn_file_actions_adddup2(&actions, pairs[1][1], 1);
	if (!no)
		no = posix_spawn_file_actions_adddup2(&actions, pairs[2][1], 2);
	if (!no)
		no = posix_spawnp(&p->pid, opts->argv[0], &actions, &attr,
				  (char *const *)opts->argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	if (!no)
		return 0;
	p->pid = 0;
	errno = no;
	return err_errno(AWM_REMOTE, "cannot run '%s'", opts->argv[0]);
}

static int watch(struct process *p, int fd, uint32_t events)
{
	struct epoll_event ev = {.events = events};

	if (fcntl(fd, F_SETFL, O_NONBLOCK) ||
	    epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &ev))
		return err_errno(AWM_ERROR, "cannot watch a command");
	return 0;
}

/* Older kernels have no pidfd: then the end is seen at the next step. */
static void watch_end(struct process *p)
{
	struct epoll_event ev = {.events = EPOLLIN};

	p->watch = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (p->watch >= 0 &&
	    epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->watch, &ev) < 0)
		close_fd(&p->watch);
}

static int start(struct process *p, const struct process_opts *opts)
{
	_cleanup_free_ char **env = NULL;
	int pairs[3][2];
	int rc = make_pipes(pairs);

	if (!rc)
		rc = make_environment(opts->hidden, &env);
	if (!rc)
		rc = spawn(p, opts, env, pairs);
	if (!rc) {
		p->in = pairs[0][1];
		p->out = pairs[1][0];
		p->err = pairs[2][0];
		pairs[0][1] = pairs[1][0] = pairs[2][0] = -1;
		watch_end(p);
		rc = watch(p, p->in, EPOLLOUT);
	}
	if (!rc)
		rc = watch(p, p->out, EPOLLIN);
	if (!rc)
		rc = watch(p, p->err, EPOLLIN);
	close_pairs(pairs);
	return rc;
}

int process_start(const struct process_opts *opts, struct process **ret)
{
	struct process *p = calloc(1, sizeof(*p));
	int rc;

	if (!p)
		return err_nomem();
	*p = (struct process){
		.in = -1,
		.out = -1,
		.err = -1,
		.watch = -1,
		.epoll = opts->epoll,
		.input = opts->input,
		.input_len = opts->input_len,
		.max_output = opts->max_output,
	};
	rc = start(p, opts);
	if (rc) {
		process_free(p);
		return rc;
	}
	*ret = p;
	return 0;
}

/* ---- while it runs ---- */

static bool would_wait(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Nobody is to be told by a signal that a reader went away. */
static ssize_t write_quietly(int fd, const char *bytes, size_t len)
{
	const struct timespec now = {0};
	sigset_t pipe, was, pending;
	ssize_t n;
	int no;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	sigprocmask(SIG_BLOCK, &pipe, &was);
	n = write(fd, bytes, len);
	no = errno;
	if (n < 0 && no == EPIPE && !sigismember(&pending, SIGPIPE))
		sigtimedwait(&pipe, NULL, &now);
	sigprocmask(SIG_SETMASK, &was, NULL);
	errno = no;
	return n;
}

/* A command that does not want its input closes it; that is its business. */
static void feed(struct process *p)
{
	while (p->in >= 0 && p->input_at < p->input_len) {
		ssize_t n = write_quietly(p->in, p->input + p->input_at,
					  p->input_len - p->input_at);
		if (n < 0 && would_wait())
			return;
		if (n < 0)
			break;
		p->input_at += (size_t)n;
	}
	close_fd(&p->in);
}

static int take_output(struct process *p, const char *bytes, size_t len,
		       process_data_fn *fn, void *ctx)
{
	size_t room = p->max_output - p->output;
	size_t n = len < room ? len : room;

	p->output += n;
	if (n < len && !p->too_large) {
		p->too_large = true;
		process_stop(p);
	}
	return n && fn ? fn(ctx, bytes, n) : 0;
}

/* At most so much at a time that others get their turn. */
static int drain(struct process *p, process_data_fn *fn, void *ctx)
{
	char bytes[PIECE];
	int rc = 0;

	for (int i = 0; p->out >= 0 && i < 16 && !rc; i++) {
		ssize_t n = read(p->out, bytes, sizeof(bytes));

		if (n < 0 && would_wait())
			return 0;
		if (n <= 0)
			close_fd(&p->out);
		else
			rc = take_output(p, bytes, (size_t)n, fn, ctx);
	}
	return rc;
}

/* The end of it tells most. */
static void keep_errors(struct process *p, const char *bytes, size_t len)
{
	size_t over;

	if (len > ERRORS) {
		bytes += len - ERRORS;
		len = ERRORS;
	}
	over = p->errors_len + len > ERRORS ? p->errors_len + len - ERRORS : 0;
	memmove(p->errors, p->errors + over, p->errors_len - over);
	p->errors_len -= over;
	memcpy(p->errors + p->errors_len, bytes, len);
	p->errors_len += len;
}

static void drain_errors(struct process *p)
{
	char bytes[ERRORS];

	for (int i = 0; p->err >= 0 && i < 16; i++) {
		ssize_t n = read(p->err, bytes, sizeof(bytes));

		if (n < 0 && would_wait())
			return;
		if (n <= 0)
			close_fd(&p->err);
		else
			keep_errors(p, bytes, (size_t)n);
	}
}

static void reap(struct process *p)
{
	if (p->reaped || waitpid(p->pid, &p->status, WNOHANG) != p->pid)
		return;
	p->reaped = true;
	close_fd(&p->watch);
}

static void kill_group(struct process *p, int number)
{
	/* Its number may be another's once it was waited for. */
	if (p->pid > 0 && !p->reaped)
		kill(-p->pid, number);
}

void process_stop(struct process *p)
{
	if (p->stopping)
		return;
	p->stopping = true;
	p->kill_at = clock_ms() + PATIENCE;
	kill_group(p, SIGTERM);
}

/* What somebody else still holds open is not waited for once the command
 * itself has ended: it has said what it had to say. */
static bool all_read(struct process *p, process_data_fn *fn, void *ctx,
		     int *ret_rc)
{
	size_t before = p->output;

	*ret_rc = drain(p, fn, ctx);
	drain_errors(p);
	return p->out < 0 || (p->output == before && !*ret_rc);
}

int process_step(struct process *p, process_data_fn *fn, void *ctx,
		 bool *ret_done)
{
	int rc;

	*ret_done = false;
	reap(p);
	feed(p);
	if (p->stopping && !p->killed && clock_ms() >= p->kill_at) {
		kill_group(p, SIGKILL);
		p->killed = true;
	}
	if (p->reaped) {
		*ret_done = all_read(p, fn, ctx, &rc) || p->too_large;
		return rc;
	}
	rc = drain(p, fn, ctx);
	drain_errors(p);
	return rc;
}

void process_ended(const struct process *p, struct process_end *ret)
{
	*ret = (struct process_end){
		.status = WIFEXITED(p->status) ? WEXITSTATUS(p->status) : -1,
		.signal = WIFSIGNALED(p->status) ? WTERMSIG(p->status) : 0,
		.too_large = p->too_large,
		.errors = p->errors,
		.errors_len = p->errors_len,
	};
}

void process_free(struct process *p)
{
	const struct timespec pause = {.tv_nsec = 10 * 1000000};

	if (!p)
		return;
	kill_group(p, SIGKILL);
	for (int i = 0; p->pid > 0 && !p->reaped && i < KILL_WAIT; i++) {
		reap(p);
		if (!p->reaped)
			nanosleep(&pause, NULL);
	}
	close_fd(&p->in);
	close_fd(&p->out);
	close_fd(&p->err);
	close_fd(&p->watch);
	free(p);
}

bool process_on_path(const char *name)
{
	const char *path = getenv("PATH");
	char file[4096];

	while (path && *path) {
		size_t len = strcspn(path, ":");
		int n = snprintf(file, sizeof(file), "%.*s/%s", (int)len, path,
				 name);

		if (len && n < (int)sizeof(file) && !access(file, X_OK))
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}
