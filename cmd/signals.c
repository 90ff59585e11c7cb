/* SPDX-License-Identifier: MIT */
#include "cmd/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static struct awm_session *volatile watched;
static volatile sig_atomic_t caught;
static volatile sig_atomic_t exits;

static void on_signal(int number)
{
	(void)number;
	if (exits)
		_exit(130);
	caught = 1;
	if (watched)
		awm_session_interrupt(watched);
}

/* One that the parent had ignored (nohup, a background job) stays so. */
static void catch_signal(int number)
{
	struct sigaction old;
	/* no SA_RESTART: a read of standard input is to end */
	struct sigaction sa = {.sa_handler = on_signal,
			       .sa_flags = SA_RESETHAND};

	if (sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
		return;
	sigemptyset(&sa.sa_mask);
	sigaction(number, &sa, NULL);
}

void signals_init(void)
{
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	catch_signal(SIGHUP); /* the terminal is gone */
}

void signals_watch(struct awm_session *s)
{
	watched = s;
	if (s && caught)
		awm_session_interrupt(s);
}

void signals_exit_begin(void)
{
	exits = 1;
	if (caught)
		_exit(130);
}

void signals_exit_end(void)
{
	exits = 0;
}

bool signals_caught(void)
{
	return caught;
}
