/* SPDX-License-Identifier: MIT */
#include "cmd/editor.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

#define EDIT_MAX ((size_t)16 << 20)

static const char *editor_command(void)
{
	const char *term = getenv("TERM");
	bool dumb = !term || strcmp(term, "dumb") == 0;
	const char *visual = getenv("VISUAL");
	const char *editor = getenv("EDITOR");

	if (visual && *visual && !dumb)
		return visual;
	if (editor && *editor)
		return editor;
	return dumb || !isatty(STDIN_FILENO) ? NULL : "vi";
}

static int write_initial(int fd, const char *s)
{
	size_t len = strlen(s);
	bool newline = len && s[len - 1] != '\n';

	while (len) {
		ssize_t n = write(fd, s, len);

		if (n < 0)
			return err_errno(AWM_ERROR,
					 "cannot write a temporary file");
		s += n;
		len -= (size_t)n;
	}
	return newline ? write_initial(fd, "\n") : 0;
}

/* The keys that interrupt belong to the editor while it runs. */
static int wait_for(pid_t pid, int *ret_status)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, intr, quit;
	pid_t got;

	sigaction(SIGINT, &ignore, &intr);
	sigaction(SIGQUIT, &ignore, &quit);
	do
		got = waitpid(pid, ret_status, 0);
	while (got < 0 && errno == EINTR);
	sigaction(SIGINT, &intr, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	return got < 0 ? err_errno(AWM_ERROR, "cannot wait for the editor") : 0;
}

static int run_editor(const char *editor, char *path)
{
	static char sh[] = "sh", c[] = "-c", name[] = "awm";
	_cleanup_buf_ struct buf command = {0};
	char *argv[] = {sh, c, NULL, name, path, NULL};
	int status, err;
	pid_t pid;

	buf_addf(&command, "%s \"$@\"", editor);
	if (buf_check(&command))
		return -AWM_NOMEM;
	argv[2] = command.s;
	err = posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ);
	if (err) {
		errno = err;
		return err_errno(AWM_ERROR, "cannot start the editor '%s'",
				 editor);
	}
	err = wait_for(pid, &status);
	if (err)
		return err;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(AWM_ERROR, "the editor '%s' failed", editor);
	return 0;
}

int editor_edit(const char *editor, const char *initial, struct buf *out)
{
	const char *tmp = getenv("TMPDIR");
	_cleanup_buf_ struct buf path = {0};
	int fd, err;

	if (!editor)
		editor = editor_command();
	if (!editor) {
		err_set(AWM_USAGE, "there is no editor to write in");
		return err_hint("set EDITOR, or give the text with -F -");
	}
	buf_addf(&path, "%s/awm-XXXXXX.md", tmp && *tmp ? tmp : "/tmp");
	if (buf_check(&path))
		return -AWM_NOMEM;
	fd = mkstemps(path.s, 3); /* 0600 */
	if (fd < 0)
		return err_errno(AWM_ERROR, "cannot make '%s'", path.s);
	err = write_initial(fd, initial);
	close(fd);
	if (!err)
		err = run_editor(editor, path.s);
	if (!err)
		err = file_read(path.s, EDIT_MAX, out);
	unlink(path.s);
	return err;
}
