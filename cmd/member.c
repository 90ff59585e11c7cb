/* SPDX-License-Identifier: MIT */
#include "cmd/member.h"

#include "cmd/noun.h"

static const char *const member_roles[] = {"owner", "admin", "member", "viewer",
					   NULL};

const struct option member_add_options[] = {
	OPT_WORD("role", 0, struct member_args, role, member_roles, "ROLE",
		 "owner, admin, member (unless told otherwise) or viewer"),
	{0},
};

int member_add(struct run *r, const struct member_kind *kind)
{
	const struct member_args *args = r->args;
	struct awm_record *row;
	int64_t parent, user;
	int err = run_ref(r, 0, &parent);

	if (!err)
		err = run_ref(r, 1, &user);
	if (!err)
		err = kind->add(r->session, parent, user, args->role, r->pool,
				&row);
	return err ? err
		   : noun_tell(r, row, "added %s to %s %s as %s", run_arg(r, 1),
			       kind->what, run_arg(r, 0),
			       awm_record_text(row, "role"));
}

/* The members as they are listed, of whom one is looked for. */
struct member {
	struct run *run;
	const struct member_kind *kind;
	int64_t parent, user;
	struct awm_record *row;
};

static int member_found(void *ctx, const struct awm_record *row)
{
	struct member *m = ctx;

	if (awm_record_int(row, "id") != m->user)
		return 0;
	return awm_record_copy(m->run->pool, row, &m->row);
}

static int member_leaves(struct awm_session *s, void *ctx)
{
	struct member *m = ctx;
	int err;

	m->row = NULL;
	err = m->kind->list(s, m->parent, member_found, m);
	return err ? err : m->kind->rm(s, m->parent, m->user);
}

int member_rm(struct run *r, const struct member_kind *kind)
{
	struct member m = {.run = r, .kind = kind};
	int err = run_ref(r, 0, &m.parent);

	if (!err)
		err = run_ref(r, 1, &m.user);
	if (!err)
		err = awm_transaction(r->session, member_leaves, &m);
	return err ? err
		   : noun_tell(r, m.row, "removed %s from %s %s", run_arg(r, 1),
			       kind->what, run_arg(r, 0));
}

int member_list(struct run *r, const struct member_kind *kind, int64_t parent)
{
	struct rows rows = {.run = r};
	int err = kind->list(r->session, parent, rows_keep, &rows);

	return err ? err : rows_report(&rows);
}
