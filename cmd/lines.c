/* SPDX-License-Identifier: MIT */
#include "cmd/lines.h"

#include <awm/error.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "cmd/signals.h"

#define INPUT_MAX  ((int64_t)1 << 30)
#define CHUNK_SIZE ((size_t)64 * 1024)

static int too_long(const struct lines *l)
{
	return err_set(AWM_USAGE, "%s is longer than 1 GiB", l->name);
}

static ssize_t read_some(int fd, char *to, size_t size)
{
	while (true) {
		ssize_t n = read(fd, to, size);

		if (n >= 0 || errno != EINTR)
			return n;
		if (signals_caught())
			return err_set(AWM_INTERRUPTED, "interrupted");
	}
}

static int write_all(int fd, const char *s, size_t len)
{
	while (len) {
		ssize_t n = write(fd, s, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(AWM_ERROR,
					 "cannot write a temporary file");
		s += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A file without a name, 0600. */
static int temporary(int *ret)
{
	_cleanup_buf_ struct buf path = {0};
	const char *folder = getenv("TMPDIR");

	buf_addf(&path, "%s/awm.XXXXXX",
		 folder && *folder == '/' ? folder : "/tmp");
	if (buf_check(&path))
		return -AWM_NOMEM;
	*ret = mkostemp(path.s, O_CLOEXEC);
	if (*ret < 0)
		return err_errno(AWM_ERROR, "cannot make a temporary file");
	unlink(path.s);
	return 0;
}

static int copy(struct lines *l, int from, int to)
{
	char chunk[CHUNK_SIZE];
	ssize_t n;

	l->end = 0;
	while ((n = read_some(from, chunk, sizeof(chunk))) > 0) {
		int err = write_all(to, chunk, (size_t)n);

		if (err)
			return err;
		l->end += n;
		if (l->end > INPUT_MAX)
			return too_long(l);
	}
	if (n == -AWM_INTERRUPTED && signals_caught())
		return -AWM_INTERRUPTED;
	return n < 0 ? err_errno(AWM_ERROR, "cannot read %s", l->name) : 0;
}

/* Takes the place of the descriptor that it was copied from. */
static int spool(struct lines *l)
{
	int from = l->fd, to, err = temporary(&to);

	if (err)
		return err;
	err = copy(l, from, to);
	if (from != STDIN_FILENO)
		close(from);
	l->fd = to;
	l->begin = 0;
	return err;
}

int lines_open(struct lines *l, const char *path)
{
	bool std = strcmp(path, "-") == 0;
	struct stat st;

	*l = (struct lines){.fd = STDIN_FILENO,
			    .name = std ? "standard input" : path};
	if (!std)
		l->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (l->fd < 0 || fstat(l->fd, &st) < 0)
		return err_errno(errno == ENOENT ? AWM_NOT_FOUND : AWM_ERROR,
				 "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode))
		return spool(l);
	l->begin = std ? lseek(l->fd, 0, SEEK_CUR) : 0;
	l->at = l->begin;
	l->end = st.st_size;
	return l->end - l->begin > INPUT_MAX ? too_long(l) : 0;
}

void lines_rewind(struct lines *l)
{
	l->at = l->begin;
	l->number = 0;
	l->used = 0;
	buf_truncate(&l->chunk, 0);
}

int lines_read(struct lines *l, char *to, size_t size, size_t *ret_len)
{
	ssize_t n;

	do
		n = pread(l->fd, to, size, l->at);
	while (n < 0 && errno == EINTR && !signals_caught());
	if (n < 0)
		return err_errno(AWM_ERROR, "cannot read %s", l->name);
	l->at += n;
	*ret_len = (size_t)n;
	return 0;
}

/* 1: there is more; 0: the end. */
static int fill(struct lines *l)
{
	char chunk[CHUNK_SIZE];
	size_t n = 0;
	int rc;

	if (l->used < l->chunk.len)
		return 1;
	rc = lines_read(l, chunk, sizeof(chunk), &n);
	if (rc)
		return rc;
	l->used = 0;
	buf_truncate(&l->chunk, 0);
	buf_add(&l->chunk, chunk, n);
	if (buf_check(&l->chunk))
		return -AWM_NOMEM;
	return n > 0;
}

int lines_next(struct lines *l, const char **ret, size_t *ret_len)
{
	bool ended = false;
	int rc;

	buf_truncate(&l->line, 0);
	while (!ended && (rc = fill(l)) > 0) {
		const char *from = l->chunk.s + l->used;
		size_t rest = l->chunk.len - l->used;
		const char *nl = memchr(from, '\n', rest);
		size_t n = nl ? (size_t)(nl - from) : rest;

		buf_add(&l->line, from, n);
		l->used += n + (nl != NULL);
		ended = nl;
	}
	if (!ended && rc < 0)
		return rc;
	if (buf_check(&l->line))
		return -AWM_NOMEM;
	if (!ended && !l->line.len)
		return 0;
	l->number++;
	*ret = buf_str(&l->line);
	*ret_len = l->line.len;
	return 1;
}

void lines_release(struct lines *l)
{
	if (l->fd > STDIN_FILENO)
		close(l->fd);
	l->fd = -1;
	buf_release(&l->chunk);
	buf_release(&l->line);
}
