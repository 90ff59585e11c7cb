/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/noun.h"

/* Full-text search. */

struct search_args {
	struct text_list types, projects, statuses, assignees, tags;
	const char *after, *before;
	struct int_arg limit, offset;
	bool deleted, all;
};

static const struct argument search_arguments[] = {
	{.name = "WORDS",
	 .required = true,
	 .many = true,
	 .help = "what to search for; one argument is a query, several are "
		 "words"},
	{0},
};

static const struct option search_options[] = {
	OPT_COMMAS("type", 't', struct search_args, types, "TYPE",
		   "project, task, comment, skill, template or execution"),
	OPT_LIST("project", 'p', struct search_args, projects, "PROJECT",
		 "in this project"),
	OPT_COMMAS("status", 's', struct search_args, statuses, "STATUS",
		   "projects, tasks and executions in this state"),
	OPT_COMMAS("assignee", 0, struct search_args, assignees, "USER",
		   "of tasks of this user, me or none"),
	OPT_COMMAS("tag", 0, struct search_args, tags, "TAG", "with this tag"),
	OPT_TEXT("after", 0, struct search_args, after, "DATE",
		 "changed on that day or later"),
	OPT_TEXT("before", 0, struct search_args, before, "DATE",
		 "changed before that day"),
	OPT_INT("limit", 'n', struct search_args, limit, 1, INT64_MAX, "N",
		"show at most N rows"),
	OPT_INT("offset", 0, struct search_args, offset, 0, INT64_MAX, "N",
		"leave out the first N rows"),
	OPT_FLAG("deleted", 0, struct search_args, deleted,
		 "deleted tasks and comments only"),
	OPT_FLAG("all", 'a', struct search_args, all,
		 "deleted tasks and comments too"),
	{0},
};

/* ---- the query ---- */

struct filters {
	struct awm_search_filter *items;
	size_t count;
};

static void add_filter(struct filters *f, const char *name, const char *value)
{
	if (value)
		f->items[f->count++] = (struct awm_search_filter){name, value};
}

static void add_filters(struct filters *f, const char *name,
			const struct text_list *values)
{
	for (size_t i = 0; i < values->count; i++)
		add_filter(f, name, values->items[i]);
}

static int read_filters(struct run *r, struct awm_search_query *q)
{
	const struct search_args *args = r->args;
	struct filters f = {0};

	f.items = arena_array(&r->arena,
			      args->types.count + args->projects.count +
				      args->statuses.count +
				      args->assignees.count + args->tags.count +
				      2,
			      sizeof(*f.items));
	if (!f.items)
		return -AWM_NOMEM;
	add_filters(&f, "type", &args->types);
	add_filters(&f, "project", &args->projects);
	add_filters(&f, "status", &args->statuses);
	add_filters(&f, "assignee", &args->assignees);
	add_filters(&f, "tag", &args->tags);
	add_filter(&f, "after", args->after);
	add_filter(&f, "before", args->before);
	q->filters = f.items;
	q->nfilters = f.count;
	return 0;
}

static int read_query(struct run *r, struct awm_search_query *q)
{
	const struct search_args *args = r->args;
	size_t n;

	run_args(r, 0, &n);
	*q = (struct awm_search_query){
		.plain = n > 1,
		.limit = args->limit.value,
		.offset = args->offset.value,
		.deleted = args->deleted,
		.all = args->all,
	};
	if (args->deleted && args->all)
		return err_set(AWM_USAGE,
			       "--deleted and --all exclude each other");
	int err = noun_words(r, 0, &q->text);

	return err ? err : read_filters(r, q);
}

static int search(struct run *r)
{
	struct awm_search_query q;
	struct awm_search_result found;
	int err = read_query(r, &q);

	if (!err)
		err = report_begin(r);
	if (!err)
		err = awm_search(r->session, &q, report_row, r, r->pool,
				 &found);
	if (!err)
		err = report_end(r);
	if (err)
		return err;
	if (found.capped)
		run_say(r,
			"more than %d rows hold this: the newest %d of them "
			"were ranked",
			AWM_SEARCH_RANKED, AWM_SEARCH_RANKED);
	if (found.suggestion)
		run_say(r, "nothing found; did you mean '%s'?",
			found.suggestion);
	return 0;
}

/* ---- the index ---- */

static const struct awm_field rebuilt_fields[] = {
	{.name = "rows", .label = "Rows", .type = AWM_TYPE_INT},
	{.name = "added", .label = "Added", .type = AWM_TYPE_INT},
	{.name = "changed", .label = "Changed", .type = AWM_TYPE_INT},
	{.name = "removed", .label = "Removed", .type = AWM_TYPE_INT},
};

static int search_rebuild(struct run *r)
{
	struct awm_search_rebuilt done;
	int err = awm_search_rebuild(r->session, &done);

	if (err)
		return err;

	struct awm_value values[] = {
		AWM_VALUE_INT(done.rows), AWM_VALUE_INT(done.added),
		AWM_VALUE_INT(done.changed), AWM_VALUE_INT(done.removed)};

	return noun_tell(
		r, noun_row(r, rebuilt_fields, values, ARRAY_LEN(values)),
		"%sindexed %s: %lld added, %lld changed, %lld removed",
		r->globals.dry_run ? "dry run: " : "",
		noun_count(r, (size_t)done.rows, "row"), (long long)done.added,
		(long long)done.changed, (long long)done.removed);
}

/* ---- the table ---- */

extern const struct command cmd_search[];
const struct command cmd_search[] = {
	{
		.name = "search",
		.summary = "find projects, tasks, comments, skills, templates "
			   "and executions by their text",
		.details =
			"Every word must be found, in any order; case and "
			"diacritics are no matter. The best comes first: words "
			"that few rows hold count most, those of a title more "
			"than others, and what was changed lately and is not "
			"done with comes before the rest. A single argument is "
			"a query: \"a phrase\", the beginning of a word*, "
			"-without, this OR that, (groups), and filters such as "
			"status:todo, which are those of the options. Several "
			"arguments are words, each of which may end in * or be "
			"a filter. With - the query is read from standard "
			"input.",
		.arguments = search_arguments,
		.options = search_options,
		.args_size = sizeof(struct search_args),
		.needs = NEED_DB | NEED_PAGER,
		.columns = "entityType,entityId,title,snippet",
		.computed = "score",
		.run = search,
	},
	{
		.name = "search rebuild",
		.summary = "make the search index anew from the rows",
		.details =
			"The index is kept by every change; this mends it "
			"in a database that something else has written to. "
			"'awm db check' says whether it is needed. To search "
			"for the word itself: awm search -- rebuild.",
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "rows,added,changed,removed",
		.run = search_rebuild,
	},
	{0},
};
