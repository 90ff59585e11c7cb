// SPDX-License-Identifier: MIT
/* git branch: the branch that a task is worked on. */
#include <awm/git.h>
#include <string.h>

#include "base/err.h"
#include "domain/emit.h"
#include "domain/reference.h"
#include "domain/session.h"
#include "domain/trailer.h"
#include "edge/gitprogram.h"
#include "entity/entity.h"
#include "entity/store.h"

#define TITLE_MAX 40

/* "Fix the Login, again!" as "fix-the-login-again", cut between words. Only
 * letters and digits that every file system and shell takes. */
static void add_title(struct buf *out, const char *title)
{
	size_t begin = out->len, word = begin;
	bool gap = true;

	for (; *title && out->len - begin <= TITLE_MAX; title++) {
		char c = *title;

		if (!is_alnum(c)) {
			gap = true;
			continue;
		}
		if (gap) {
			word = out->len;
			buf_addc(out, '-');
		}
		gap = false;
		buf_addc(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
	}
	if (out->len - begin > TITLE_MAX)
		buf_truncate(out, word > begin ? word : begin + TITLE_MAX);
}

/* The branch that carries the task already. */
static int find_branch(int64_t task, struct buf *ret)
{
	static const char *const argv[] = {"git", "for-each-ref",
					   "--format=%(refname:short)",
					   "refs/heads/", NULL};
	_cleanup_buf_ struct buf list = {0};
	char *save, *name;
	int rc = git_program(argv, &list);

	if (rc)
		return rc;
	for (name = strtok_r(list.len ? (char *)buf_str(&list) : NULL, "\n",
			     &save);
	     list.len && name; name = strtok_r(NULL, "\n", &save))
		if (reference_branch(name) == task) {
			buf_adds(ret, name);
			break;
		}
	return buf_check(ret);
}

static int check_repository(const struct awm_session *s)
{
	static const char *const argv[] = {"git", "rev-parse",
					   "--is-inside-work-tree", NULL};
	_cleanup_buf_ struct buf out = {0};
	bool yes;
	int rc = git_program_says(argv, &out, &yes);

	if (rc || (yes && !strcmp(buf_str(&out), "true\n")))
		return rc;
	return err_set(AWM_NOT_FOUND, "no git work tree at '%s'", s->folder);
}

static int switch_to(const char *name, bool make)
{
	const char *const argv[] = {"git",
				    "switch",
				    "--quiet",
				    make ? "--create" : name,
				    make ? name : NULL,
				    NULL};

	return git_program(argv, NULL);
}

static const struct awm_field fields[] = {
	{.name = "task", .label = "Task", .type = AWM_TYPE_INT},
	{.name = "branch", .label = "Branch", .type = AWM_TYPE_TEXT},
	{.name = "state", .label = "State", .type = AWM_TYPE_TEXT},
};

static int branch(struct awm_session *s, const struct awm_record *task,
		  struct buf *name, awm_row_fn *fn, void *ctx)
{
	int64_t id = task->values[TASK_id].i;
	bool make;
	int rc = check_repository(s);

	if (!rc)
		rc = find_branch(id, name);
	make = !name->len;
	if (!rc && make) {
		buf_addf(name, "task/%lld", (long long)id);
		add_title(name, task->values[TASK_title].s);
		rc = buf_check(name);
	}
	if (!rc && !s->dry_run)
		rc = switch_to(buf_str(name), make);
	if (rc)
		return rc;
	struct awm_value values[] = {
		AWM_VALUE_INT(id),
		awm_value_text(buf_str(name)),
		awm_value_text(s->dry_run
				       ? make ? "would create" : "would switch"
			       : make ? "created"
				      : "switched"),
	};

	return emit(fn, ctx, fields, values, ARRAY_LEN(values));
}

int awm_git_branch(struct awm_session *s, int64_t task, awm_row_fn *fn,
		   void *ctx)
{
	_cleanup_buf_ struct buf name = {0};
	struct arena arena = {0};
	struct awm_record *row;
	int rc = store_get(s->db, &entity_task, task, &arena, &row);

	if (!rc)
		rc = branch(s, row, &name, fn, ctx);
	arena_release(&arena);
	return rc;
}
