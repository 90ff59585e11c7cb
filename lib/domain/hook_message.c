// SPDX-License-Identifier: MIT
#include "domain/hook_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "domain/reference.h"
#include "domain/trailer.h"
#include "edge/gitprogram.h"

#define MESSAGE_MAX ((size_t)16 << 20)

/* The message file stands in the git folder of its work tree, as HEAD does.
 * Opening the repository would cost more than the commit itself. */
static int head_task(const char *file, int64_t *ret)
{
	static const char prefix[] = "ref: refs/heads/";
	_cleanup_free_ char *folder = file_dirname(file), *path = NULL;
	_cleanup_buf_ struct buf head = {0};
	int rc;

	if (!folder)
		return -AWM_NOMEM;
	path = file_join(folder, "HEAD");
	if (!path)
		return -AWM_NOMEM;
	rc = file_read(path, 4096, &head);
	if (rc)
		return rc;
	while (head.len && is_space(head.s[head.len - 1]))
		buf_truncate(&head, head.len - 1);
	*ret = starts_with(buf_str(&head), head.len, prefix)
		       ? reference_branch(head.s + sizeof(prefix) - 1)
		       : 0;
	return 0;
}

/* What git will keep of the file: not its comments, nor a diff below. */
static int read_message(const char *file, struct buf *out)
{
	_cleanup_buf_ struct buf all = {0};
	int rc = file_read(file, MESSAGE_MAX, &all);
	size_t end, pos, next;

	if (rc)
		return rc;
	end = trailer_scissors(buf_str(&all), all.len);
	for (pos = 0; pos < end; pos = next) {
		next = trailer_line(all.s, pos, end);
		if (all.s[pos] != '#')
			buf_add(out, all.s + pos, next - pos);
	}
	return buf_check(out);
}

static bool is_blank(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (!is_space(b->s[i]))
			return false;
	return true;
}

/* Folded into another commit, whose message counts. */
static bool is_fixup(const struct buf *b)
{
	return starts_with(buf_str(b), b->len, "fixup! ") ||
	       starts_with(buf_str(b), b->len, "squash! ") ||
	       starts_with(buf_str(b), b->len, "amend! ");
}

static int names_task(const struct buf *message, int64_t task, bool *ret)
{
	struct arena arena = {0};
	struct reference_list refs = {0};
	int rc = reference_scan(buf_str(message), &arena, &refs);

	*ret = false;
	for (size_t i = 0; i < refs.count; i++)
		*ret |= !task || refs.items[i].task == task;
	arena_release(&arena);
	return rc;
}

static int add_trailer(const char *file, int64_t task)
{
	char trailer[64];
	const char *const argv[] = {"git",	   "interpret-trailers",
				    "--in-place",  "--no-divider",
				    "--if-exists", "addIfDifferent",
				    "--trailer",   trailer,
				    file,	   NULL};

	snprintf(trailer, sizeof(trailer), "AWM-Task: %lld", (long long)task);
	return git_program(argv, NULL);
}

/* Room for the subject; git itself would put the trailer right below it. */
static int begin_message(const char *file, int64_t task)
{
	_cleanup_buf_ struct buf all = {0}, out = {0};
	const char *rest;
	int rc = file_read(file, MESSAGE_MAX, &all);

	if (rc)
		return rc;
	for (rest = buf_str(&all); is_space(*rest);)
		rest++;
	buf_addf(&out, "\n\nAWM-Task: %lld\n", (long long)task);
	if (*rest)
		buf_addf(&out, "\n%s", rest);
	rc = buf_check(&out);
	return rc ? rc : file_write(file, out.s, out.len, 0644);
}

int hook_prepare(const struct awm_hook_call *call)
{
	const char *source = call->nargs > 1 ? call->args[1] : "";
	bool given = !strcmp(source, "message");
	_cleanup_buf_ struct buf message = {0};
	int64_t task = 0;
	bool named;
	int rc;

	if (!call->nargs)
		return err_set(AWM_USAGE, "prepare-commit-msg wants FILE");
	/* Merges, squashes and amended commits have messages of their own. */
	if (*source && !given && strcmp(source, "template") != 0)
		return 0;
	rc = head_task(call->args[0], &task);
	if (rc || !task)
		return rc;
	rc = read_message(call->args[0], &message);
	if (!rc)
		rc = names_task(&message, task, &named);
	if (rc || named || is_fixup(&message) || (given && is_blank(&message)))
		return rc;
	return is_blank(&message) ? begin_message(call->args[0], task)
				  : add_trailer(call->args[0], task);
}

/* An editor that was left without a word means that there shall be no commit;
 * our own trailer must not be taken for one. */
static bool is_ours_alone(const struct buf *message, int64_t task)
{
	char line[64];
	const char *s = buf_str(message);
	size_t n = (size_t)snprintf(line, sizeof(line), "AWM-Task: %lld",
				    (long long)task);

	while (is_space(*s))
		s++;
	if (strncmp(s, line, n) != 0)
		return false;
	for (s += n; is_space(*s);)
		s++;
	return !*s;
}

static bool is_merge(const char *file)
{
	_cleanup_free_ char *folder = file_dirname(file), *path = NULL;

	path = folder ? file_join(folder, "MERGE_HEAD") : NULL;
	return path && file_exists(path);
}

int hook_check(const struct awm_hook_call *call)
{
	_cleanup_buf_ struct buf message = {0};
	int64_t task = 0;
	bool named;
	int rc;

	if (!call->nargs)
		return err_set(AWM_USAGE, "commit-msg wants FILE");
	rc = read_message(call->args[0], &message);
	if (!rc)
		rc = head_task(call->args[0], &task);
	if (!rc && task && is_ours_alone(&message, task))
		return file_write(call->args[0], "", 0, 0644);
	if (rc || !call->require_task || is_blank(&message) ||
	    is_fixup(&message) || is_merge(call->args[0]))
		return rc;
	rc = names_task(&message, 0, &named);
	if (rc || named)
		return rc;
	err_set(AWM_INVALID, "the message names no task");
	return err_hint("add 'AWM-Task: 12', or commit with --no-verify");
}
