// SPDX-License-Identifier: MIT
#include "domain/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/err.h"
#include "domain/provider.h"
#include "edge/process.h"
#include "edge/vault.h"

#define MAX VAULT_PASSPHRASE_MAX

int passphrase_init(struct awm_session *s)
{
	const char *name = getenv("AWM_PASSPHRASE_FD");
	long fd;

	s->passphrase_fd = -1;
	if (!name || !*name)
		return 0;
	fd = strtol(name, NULL, 10);
	if (name[strspn(name, "0123456789")] || fd > 1 << 20 ||
	    fcntl((int)fd, F_GETFD) < 0)
		return err_set(AWM_USAGE,
			       "AWM_PASSPHRASE_FD is no open descriptor: '%s'",
			       name);
	fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	s->passphrase_fd = (int)fd;
	return 0;
}

void passphrase_release(struct awm_session *s)
{
	vault_memory_free(s->passphrase);
	s->passphrase = NULL;
}

/* The first line. */
static int check(const char *from, const char *text, size_t len, size_t *ret)
{
	const char *end = memchr(text, '\n', len);

	if (end)
		len = (size_t)(end - text);
	if (len && text[len - 1] == '\r')
		len--;
	*ret = len;
	if (len > MAX)
		return err_set(AWM_DENIED,
			       "%s gives a passphrase of more than %zu bytes",
			       from, MAX);
	return len ? 0 : err_set(AWM_DENIED, "%s gives no passphrase", from);
}

/* ---- a descriptor ---- */

static int read_line(int fd, char *text, size_t *ret_len)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len <= MAX && n != 0 && !memchr(text, '\n', len)) {
		n = read(fd, text + len, MAX + 1 - len);
		if (n < 0 && errno != EINTR)
			return err_errno(AWM_DENIED,
					 "cannot read AWM_PASSPHRASE_FD");
		len += n > 0 ? (size_t)n : 0;
	}
	return check("AWM_PASSPHRASE_FD", text, len, ret_len);
}

/* It can be read once, and may be wanted again. */
static int of_descriptor(struct awm_session *s, char *ret, size_t *ret_len)
{
	int rc = 0;

	if (!s->passphrase) {
		s->passphrase = vault_memory(MAX + 1);
		rc = s->passphrase ? read_line(s->passphrase_fd, s->passphrase,
					       &s->passphrase_len)
				   : -AWM_NOMEM;
	}
	if (rc) {
		passphrase_release(s);
		return rc;
	}
	memcpy(ret, s->passphrase, s->passphrase_len);
	*ret_len = s->passphrase_len;
	return 0;
}

/* ---- a command ---- */

struct output {
	char *text; /* of MAX + 1 bytes */
	size_t len;
};

static int take_output(void *ctx, const char *bytes, size_t len)
{
	struct output *out = ctx;

	if (len > MAX + 1 - out->len)
		len = MAX + 1 - out->len;
	memcpy(out->text + out->len, bytes, len);
	out->len += len;
	return 0;
}

static int wait_for(struct awm_session *s, struct process *p, int epoll,
		    struct output *out)
{
	struct process_end end;
	struct epoll_event ev;
	bool done = false;
	int rc = 0;

	while (!rc && !done) {
		if (s->stop)
			return err_set(AWM_INTERRUPTED, "interrupted");
		epoll_wait(epoll, &ev, 1, 100);
		rc = process_step(p, take_output, out, &done);
	}
	if (rc)
		return rc;
	process_ended(p, &end);
	if (end.status == 0)
		return 0;
	/* What it wrote is not repeated: it may be the passphrase. */
	if (end.signal)
		return err_set(AWM_DENIED,
			       "vault.keyCommand was ended by signal %d",
			       end.signal);
	return err_set(AWM_DENIED, "vault.keyCommand ended with status %d",
		       end.status);
}

static int run_command(struct awm_session *s, const char *const *argv,
		       struct output *out)
{
	struct process_opts opts = {.argv = argv,
				    .input = "",
				    .max_output = 64 * 1024,
				    .epoll = epoll_create1(EPOLL_CLOEXEC)};
	struct process *p = NULL;
	int rc;

	if (opts.epoll < 0)
		return err_errno(AWM_ERROR, "cannot wait for a command");
	rc = process_start(&opts, &p);
	if (rc == -AWM_REMOTE)
		rc = err_set(AWM_DENIED, "vault.keyCommand: %s",
			     awm_error_last()->message);
	if (!rc)
		rc = wait_for(s, p, opts.epoll, out);
	process_free(p);
	close(opts.epoll);
	return rc;
}

static int of_command(struct awm_session *s, const char *line, char *ret,
		      size_t *ret_len)
{
	struct output out = {.text = vault_memory(MAX + 1)};
	struct arena a = {0};
	const char *const *argv;
	int rc =
		out.text ? provider_split_command(line, &a, &argv) : -AWM_NOMEM;

	if (rc == -AWM_USAGE)
		err_context("vault.keyCommand");
	if (!rc)
		rc = run_command(s, argv, &out);
	if (!rc)
		rc = check("vault.keyCommand", out.text, out.len, ret_len);
	if (!rc)
		memcpy(ret, out.text, *ret_len);
	vault_memory_free(out.text);
	arena_release(&a);
	return rc;
}

/* ---- all of them ---- */

static int nobody(bool twice)
{
	if (twice) {
		err_set(AWM_DENIED, "a new passphrase is wanted, and there is "
				    "no terminal to ask for it on");
		return err_hint("--stdin or --passphrase-env VAR");
	}
	err_set(AWM_DENIED,
		"the key file has a passphrase, and there is no terminal to "
		"ask for it on");
	return err_hint("set AWM_PASSPHRASE_FD to a descriptor that it can be "
			"read from, or vault.keyCommand to a command that "
			"prints it");
}

static int of_person(struct awm_session *s, const char *what, bool twice,
		     char *ret, size_t *ret_len)
{
	int n = s->ask ? s->ask(s->ask_ctx, what, twice, ret, MAX) : 0;

	if (n < 0)
		return n;
	*ret_len = (size_t)n;
	return n ? 0 : nobody(twice);
}

int passphrase_get(struct awm_session *s, const char *what, bool twice,
		   char *ret, size_t *ret_len, bool *ret_asked)
{
	const char *line =
		s->config ? awm_config_get(s->config, "vault.keyCommand")
			  : NULL;

	*ret_asked = false;
	if (s->passphrase_fd >= 0)
		return of_descriptor(s, ret, ret_len);
	if (line)
		return of_command(s, line, ret, ret_len);
	*ret_asked = true;
	return of_person(s, what, twice, ret, ret_len);
}
