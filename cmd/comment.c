/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "cmd/noun.h"
#include "cmd/thread.h"

/* Comments. */

#define COMMENT_COLUMNS                                                        \
	OPT_LONG_TEXT("content", "content"),                                   \
		OPT_SET("type", 0, "contentType", "TYPE",                      \
			"what the text is: markdown (unless told otherwise) "  \
			"or text")

#define BODY_HELP                                                              \
	"the text; several words are joined; - reads it from standard input"

static const struct argument one_argument[] = {
	{.name = "COMMENT",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "comment",
	 .help = "an id"},
	{0},
};

static const struct argument many_arguments[] = {
	{.name = "COMMENT",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "comment",
	 .help = "ids or ranges: 3 5-9; - reads them from standard input"},
	{0},
};

/* ---- the text ---- */

static bool has_text(const struct set_array *sets)
{
	for (size_t i = 0; i < sets->count; i++)
		if (strcmp(sets->sets[i].field->name, "content") == 0)
			return true;
	return false;
}

/* The words of argument i, unless -d, -F or -e has given the text. */
static int set_body(struct run *r, struct set_array *sets, size_t i)
{
	const char *text = NULL;
	int err;

	if (!run_arg(r, i))
		return 0;
	if (has_text(sets))
		return err_set(AWM_USAGE, "the text is given twice");
	err = noun_words(r, i, &text);
	return err ? err : run_set(r, sets, "content", awm_value_text(text));
}

/* ---- add, reply ---- */

static const struct argument add_arguments[] = {
	{.name = "TASK",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "task",
	 .help = "an id"},
	{.name = "BODY", .many = true, .help = BODY_HELP},
	{0},
};

static const struct option add_options[] = {
	COMMENT_COLUMNS,
	OPT_SET("reply-to", 0, "parentCommentId", "COMMENT",
		"the comment that it answers"),
	{0},
};

static int add(struct run *r, const char *field)
{
	struct set_array sets;
	struct awm_record *row;
	int64_t id;
	int err = noun_sets(r, &sets);

	if (!err)
		err = set_body(r, &sets, 1);
	if (!err && !has_text(&sets)) {
		err_set(AWM_USAGE, "'%s' wants a text", r->command->name);
		err = err_hint("write it behind, or give -F FILE, or -e for "
			       "an editor");
	}
	if (!err)
		err = run_ref(r, 0, &id);
	if (!err)
		err = run_set(r, &sets, field, AWM_VALUE_INT(id));
	if (!err)
		err = awm_add(r->session, r->entity, sets.sets, sets.count,
			      r->pool, &row);
	return err ? err : report_change(r, "added", row);
}

static int comment_add(struct run *r)
{
	return add(r, "taskId");
}

static const struct argument reply_arguments[] = {
	{.name = "COMMENT",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "comment",
	 .help = "the id of the one that is answered"},
	{.name = "BODY", .many = true, .help = BODY_HELP},
	{0},
};

static const struct option reply_options[] = {
	COMMENT_COLUMNS,
	{0},
};

static int comment_reply(struct run *r)
{
	return add(r, "parentCommentId");
}

/* ---- list ---- */

struct list_args {
	struct int_arg mentions;
};

static const struct option list_options[] = {
	OPT_FILTER("task", 't', "taskId", "TASK", "about this task"),
	OPT_FILTER("author", 'u', "userId", "USER", "by this user, or me"),
	OPT_REF("mentions", 0, struct list_args, mentions, "user", "USER",
		"that mention this user, or me"),
	OPT_FILTER("reply-to", 0, "parentCommentId", "COMMENT",
		   "that answer this comment; with none, no other"),
	OPT_COMPARE("content", 0, "content", AWM_OP_CONTAINS, "TEXT",
		    "that contain TEXT"),
	OPT_COMPARE("since", 0, "createdAt", AWM_OP_GE, "DATE", "from DATE on"),
	OPT_COMPARE("until", 0, "createdAt", AWM_OP_LT, "DATE", "before DATE"),
	LIST_OPTIONS,
	LIST_DELETED("deleted ones too"),
	{0},
};

/* Rows on their way to the report. Tables get a line of the text. */
struct listing {
	struct run *run;
	bool places; /* of a deleted one only the place */
	size_t depth;
	struct buf line;
	struct awm_value *values;
};

/* The first line of the text, behind its depth. */
static int make_line(struct listing *l, const struct awm_record *row,
		     const struct awm_value *text)
{
	const struct awm_value *at = awm_record_get(row, "deletedAt");
	bool deleted = at && at->kind != AWM_NULL;
	const char *s = text->kind == AWM_TEXT ? text->s : "";
	size_t n;

	s += strspn(s, " \t\r\n");
	n = deleted && l->places ? 0 : strcspn(s, "\r\n");
	buf_truncate(&l->line, 0);
	buf_addf(&l->line, "%*s%s%s", (int)l->depth * 2, "",
		 deleted ? "deleted" : "", deleted && n ? ": " : "");
	buf_add(&l->line, s, n);
	if (n && s[n + strspn(s + n, " \t\r\n")])
		buf_adds(&l->line, " …");
	return buf_check(&l->line);
}

static int put_row(void *ctx, const struct awm_record *row)
{
	struct listing *l = ctx;
	const struct awm_value *text = awm_record_get(row, "content");
	struct awm_record copy = *row;

	if (l->run->globals.format != FORMAT_TABLE || l->run->globals.quiet ||
	    !text)
		return report_row(l->run, row);
	if (!l->values)
		l->values = arena_array(&l->run->arena, row->count,
					sizeof(*l->values));
	if (!l->values || make_line(l, row, text))
		return -AWM_NOMEM;
	memcpy(l->values, row->values, row->count * sizeof(*l->values));
	l->values[text - row->values] = awm_value_text(buf_str(&l->line));
	copy.values = l->values;
	return report_row(l->run, &copy);
}

static int end_listing(struct listing *l, int err)
{
	buf_release(&l->line);
	return err ? err : report_end(l->run);
}

/* The thread of one task is read in its order; what else is asked for is a
 * listing like any other. */
static bool is_thread(const struct run *r, const struct awm_query *q)
{
	return q->nconds == 1 && run_has(r, "taskId") &&
	       q->conds[0].op == AWM_OP_EQ && !q->nsort && !r->list.deleted;
}

static int list_thread(struct run *r, const struct awm_query *q)
{
	bool people = r->globals.format == FORMAT_TABLE && !r->globals.quiet;
	struct listing l = {.run = r, .places = !r->list.all};
	struct awm_relation all = {0};
	struct depths depths = {0};
	size_t from = (size_t)q->offset, to;
	int err = awm_comment_threads(r->session, q->conds[0].values[0].i,
				      r->list.all ? AWM_THREADS_ALL
				      : people	  ? AWM_THREADS_PLACES
						  : AWM_THREADS_LIVE,
				      r->pool, &all);

	if (!err)
		err = report_begin(r);
	to = all.count;
	if (q->limit && from < to && (size_t)q->limit < to - from)
		to = from + (size_t)q->limit;
	for (size_t i = 0; i < to && !err; i++) {
		err = depths_next(r, &depths, all.items[i], &l.depth);
		if (!err && i >= from)
			err = put_row(&l, all.items[i]);
	}
	return end_listing(&l, err);
}

static int comment_list(struct run *r)
{
	const struct list_args *args = r->args;
	struct awm_value user = AWM_VALUE_INT(args->mentions.value);
	struct listing l = {.run = r};
	struct awm_query q;
	int err = run_query(r, &q);

	if (!err && args->mentions.set)
		err = run_cond(r, &q, "mentions", AWM_OP_HAS, &user, 1);
	if (!err && is_thread(r, &q))
		return list_thread(r, &q);
	if (!err && r->globals.format == FORMAT_TABLE)
		err = run_also(r, &q, "deletedAt");
	if (!err)
		err = report_begin(r);
	if (!err)
		err = awm_list(r->session, &q, put_row, &l);
	return end_listing(&l, err);
}

static int comment_show(struct run *r)
{
	bool people = r->globals.format == FORMAT_TABLE;
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_comment_show(r->session, id,
				       people ? AWM_THREADS_PLACES
					      : AWM_THREADS_LIVE,
				       r->pool, &row);
	return err ? err : report_one(r, row);
}

/* ---- edit ---- */

static const struct argument edit_arguments[] = {
	{.name = "COMMENT",
	 .required = true,
	 .kind = ARG_IDS,
	 .entity = "comment",
	 .help = "an id"},
	{.name = "BODY", .many = true, .help = BODY_HELP},
	{0},
};

static const struct option edit_options[] = {
	COMMENT_COLUMNS,
	OPT_IF_UPDATED_AT,
	{0},
};

static int edit_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct noun_edit *edit = r->args;
	struct awm_edit_opts opts = {
		.check_stale = edit->if_updated_at.set,
		.if_updated_at = edit->if_updated_at.value,
	};

	return awm_edit(r->session, r->entity, id, edit->sets.sets,
			edit->sets.count, &opts, r->pool, ret);
}

static int comment_edit(struct run *r)
{
	struct noun_edit *edit = r->args;
	int err = noun_edit_read(r, edit, "content");

	if (!err)
		err = set_body(r, &edit->sets, 1);
	if (!err && !edit->sets.count)
		err = noun_edit_nothing(r);
	return err ? err : run_each(r, 0, "changed", edit_one);
}

/* ---- rm, restore, react ---- */

static int rm_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_comment_rm(r->session, id, r->pool, ret);
}

static int comment_rm(struct run *r)
{
	return run_each(r, 0, "deleted", rm_one);
}

static int restore_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_comment_restore(r->session, id, r->pool, ret);
}

static int comment_restore(struct run *r)
{
	return run_each(r, 0, "restored", restore_one);
}

struct react_args {
	bool remove;
};

static const struct argument react_arguments[] = {
	{.name = "COMMENT",
	 .required = true,
	 .kind = ARG_IDS,
	 .entity = "comment",
	 .help = "an id"},
	{.name = "EMOJI",
	 .required = true,
	 .many = true,
	 .help = "one sign, such as 👍, or its name: +1, laugh, hooray, "
		 "confused, heart, rocket, eyes"},
	{0},
};

static const struct option react_options[] = {
	OPT_FLAG("remove", 0, struct react_args, remove,
		 "take the reaction back"),
	{0},
};

static int react_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct react_args *args = r->args;
	size_t n;
	const char **signs = run_args(r, 1, &n);
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		err = awm_comment_react(r->session, id, signs[i], !args->remove,
					r->pool, ret);
	return err;
}

static int comment_react(struct run *r)
{
	const struct react_args *args = r->args;

	return run_each(r, 0,
			args->remove ? "took a reaction from" : "reacted to",
			react_one);
}

/* ---- the table ---- */

extern const struct command cmd_comment[];
const struct command cmd_comment[] = {
	{
		.name = "comment add",
		.aliases = "create new",
		.summary = "comment on a task",
		.details =
			"The text stands behind the task, or is read from a "
			"file with -F (- for standard input), or written in an "
			"editor with -e. It is markdown unless --type text. "
			"@name mentions a user, who is notified: name is an "
			"email, a name, or what stands before the @ of an "
			"email, whatever the case, if it means one user only. "
			"Code mentions nobody, nor does \\@name.",
		.arguments = add_arguments,
		.options = add_options,
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "comment",
		.run = comment_add,
	},
	{
		.name = "comment reply",
		.summary = "answer a comment",
		.details = "A comment of the same task, below the one that is "
			   "answered, which must not be deleted. Otherwise as "
			   "comment add.",
		.arguments = reply_arguments,
		.options = reply_options,
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "comment",
		.run = comment_reply,
	},
	{
		.name = "comment list",
		.aliases = "ls",
		.summary = "list comments",
		.details =
			"With nothing but --task the comments of a task come "
			"in the order of their threads, each below what it "
			"answers; otherwise the oldest come first. Deleted "
			"ones are left out; in the table of a task they keep "
			"their place while something below is live. --deleted "
			"lists them alone, --all with the others. The table "
			"has the first line of each: comment show has all.",
		.options = list_options,
		.args_size = sizeof(struct list_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "comment",
		.run = comment_list,
	},
	{
		.name = "comment show",
		.aliases = "view",
		.summary = "show a comment and what answers it",
		.details = "On a terminal markdown is rendered for its width; "
			   "elsewhere, and with --format json, the text is as "
			   "it was written.",
		.arguments = one_argument,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "comment",
		.relations = "task:task user:user replies:comment*",
		.run = comment_show,
	},
	{
		.name = "comment edit",
		.aliases = "update set",
		.summary = "change a comment",
		.details =
			"Its author and admins may do that. Who is mentioned "
			"now and was not before is notified; editedAt says "
			"when the text last changed.",
		.arguments = edit_arguments,
		.options = edit_options,
		.args_size = sizeof(struct noun_edit),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "comment",
		.run = comment_edit,
	},
	{
		.name = "comment rm",
		.aliases = "delete",
		.summary = "delete comments, to be restored if need be",
		.details = "Its author and admins may do that. What answers it "
			   "stays.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "comment",
		.run = comment_rm,
	},
	{
		.name = "comment restore",
		.summary = "bring deleted comments back",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "comment",
		.run = comment_restore,
	},
	{
		.name = "comment react",
		.summary = "react to a comment with an emoji",
		.details = "A reaction of yours that is there already is left "
			   "as it is.",
		.arguments = react_arguments,
		.options = react_options,
		.args_size = sizeof(struct react_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "comment",
		.run = comment_react,
	},
	{0},
};
