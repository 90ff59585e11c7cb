/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/json.h"
#include "base/jsonw.h"
#include "cmd/noun.h"
#include "cmd/request.h"

/* Webhooks themselves. Their secrets never stand on a command line, and are
 * shown once, when awm makes them. */

struct webhook_args {
	struct noun_edit edit; /* first: noun_edit_read() */
	struct text_list headers;
	const char *env;
	bool from_stdin, private, no_private, unordered, ordered;
	struct int_arg overlap;
};

#define SECRET_OPTIONS                                                         \
	OPT_TEXT("secret-env", 0, struct webhook_args, env, "VAR",             \
		 "take the secret from this environment variable"),            \
		OPT_FLAG("stdin", 0, struct webhook_args, from_stdin,          \
			 "read the secret from the first line of standard "    \
			 "input")

#define WEBHOOK_OPTIONS                                                        \
	OPT_ARRAY_SET("events", 0, "events", "EVENTS",                         \
		      "what it is told of: task.completed,comment.* or *"),    \
		OPT_SET("name", 0, "name", "NAME",                             \
			"what it is called; the host of its URL without it"),  \
		OPT_SET("project", 'p', "projectId", "PROJECT",                \
			"events of this project only"),                        \
		OPT_LIST("header", 'H', struct webhook_args, headers,          \
			 "'NAME: VALUE'",                                      \
			 "send this header as well; repeat for more"),         \
		OPT_FLAG("allow-private", 0, struct webhook_args, private,     \
			 "it may be sent to private addresses, where the "     \
			 "machine's webhook.allowPrivate says so too"),        \
		OPT_FLAG("unordered", 0, struct webhook_args, unordered,       \
			 "a message that fails does not hold back those "      \
			 "behind it")

static const struct argument url_argument[] = {
	{.name = "URL",
	 .required = true,
	 .kind = ARG_TEXT,
	 .help = "where to: http or https"},
	{0},
};

static const struct option add_options[] = {
	WEBHOOK_OPTIONS,
	SECRET_OPTIONS,
	OPT_SET("enabled", 0, "isEnabled", NULL, "send to it; the default"),
	{0},
};

/* ---- headers ---- */

/* "Name: value"; without a value the header goes. */
static int put_header(cJSON *headers, const char *text)
{
	const char *colon = strchr(text, ':');
	_cleanup_free_ char *name =
		colon ? strndup(text, (size_t)(colon - text)) : NULL;
	const char *value = colon ? colon + 1 + strspn(colon + 1, " \t") : "";

	if (!colon || colon == text) {
		err_set(AWM_USAGE, "'%s' is no header", text);
		return err_hint("--header 'X-Team: core'");
	}
	if (!name)
		return err_nomem();
	cJSON_DeleteItemFromObject(headers, name); /* in any case */
	if (*value && !cJSON_AddStringToObject(headers, name, value))
		return err_nomem();
	return 0;
}

/* What there is with what is said of it. */
static int merge_headers(struct run *r, const struct awm_value *was,
			 const struct text_list *list, struct awm_value *ret)
{
	_cleanup_json_ cJSON *headers = NULL;
	_cleanup_buf_ struct buf b = {0};
	int err = 0;

	if (was && was->kind == AWM_TEXT)
		err = json_parse(was->s, was->len, &headers);
	if (!err && !cJSON_IsObject(headers)) {
		cJSON_Delete(headers);
		headers = cJSON_CreateObject();
		err = headers ? 0 : err_nomem();
	}
	for (size_t i = 0; i < list->count && !err; i++)
		err = put_header(headers, list->items[i]);
	if (err)
		return err;
	*ret = AWM_VALUE_NULL;
	if (!headers->child)
		return 0;
	json_print(&b, headers);
	if (buf_check(&b))
		return -AWM_NOMEM;
	*ret = awm_value_text(arena_strndup(&r->arena, b.s, b.len));
	return ret->s ? 0 : -AWM_NOMEM;
}

/* ---- secrets ---- */

static int given_secret(struct run *r, const char **ret)
{
	const struct webhook_args *args = r->args;

	*ret = NULL;
	if (args->env && args->from_stdin)
		return err_set(AWM_USAGE,
			       "--secret-env and --stdin exclude each other");
	if (args->env || args->from_stdin)
		return run_secret(r, args->env, args->from_stdin, "the secret",
				  ret);
	return 0;
}

static void wipe(const char *secret)
{
	if (secret)
		explicit_bzero((char *)secret, strlen(secret));
}

/* The row with the secret itself in the place of "set": the only time that it
 * is shown. */
static int show_secret(struct run *r, const char *did,
		       const struct awm_record *row, const char *secret)
{
	static const struct awm_field plain = {
		.name = "secret", .label = "Secret", .type = AWM_TYPE_TEXT};
	const struct awm_field **fields =
		arena_array(&r->arena, row->count, sizeof(*fields));
	struct awm_value *values =
		arena_array(&r->arena, row->count, sizeof(*values));
	struct awm_record shown = *row;
	int err;

	if (!fields || !values)
		return -AWM_NOMEM;
	for (size_t i = 0; i < row->count; i++) {
		bool is = !strcmp(row->fields[i]->name, "secret");
		fields[i] = is ? &plain : row->fields[i];
		values[i] = is ? awm_value_text(secret) : row->values[i];
	}
	shown.fields = fields;
	shown.values = values;
	err = report_change(r, did, &shown);
	if (!err && r->globals.format == FORMAT_TABLE && !r->globals.fields &&
	    !r->globals.quiet)
		err = out_addf("secret: %s\n", secret);
	if (!err && !r->globals.dry_run)
		run_say(r, "the secret is not shown again");
	return err;
}

/* ---- add and edit ---- */

static int webhook_add(struct run *r)
{
	const struct webhook_args *args = r->args;
	struct awm_webhook_opts opts = {.has_allow_private = args->private,
					.allow_private = args->private,
					.has_unordered = args->unordered,
					.unordered = args->unordered};
	struct set_array sets;
	struct awm_record *row;
	struct awm_value headers;
	char *made = NULL;
	int err = run_sets(r, &sets);

	if (!err)
		err = run_set(r, &sets, "url", awm_value_text(run_arg(r, 0)));
	if (!err && args->headers.count)
		err = merge_headers(r, NULL, &args->headers, &headers);
	if (!err && args->headers.count)
		err = run_set(r, &sets, "headers", headers);
	if (!err && !run_has(r, "events"))
		err = err_set(AWM_USAGE, "--events is missing");
	if (!err)
		err = given_secret(r, &opts.secret);
	if (!err)
		err = awm_webhook_add(r->session, sets.sets, sets.count, &opts,
				      r->pool, &row, &made);
	wipe(opts.secret);
	if (!err)
		err = made ? show_secret(r, "added", row, made)
			   : report_change(r, "added", row);
	wipe(made);
	return err;
}

static const struct option list_options[] = {
	OPT_FILTER("project", 'p', "projectId", "PROJECT",
		   "of this project; none for those of all"),
	OPT_FILTER("enabled", 0, "isEnabled", NULL, "that are sent to"),
	LIST_OPTIONS,
	{0},
};

static const struct argument one_argument[] = {
	{.name = "WEBHOOK",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "webhook",
	 .help = "id or name"},
	{0},
};

static const struct argument many_arguments[] = {
	{.name = "WEBHOOK",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "webhook",
	 .help = "ids, ranges or names; - reads them from standard input"},
	{0},
};

static int webhook_show(struct run *r)
{
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_webhook_show(r->session, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

static const struct option edit_options[] = {
	OPT_SET("url", 0, "url", "URL", "where to: http or https"),
	WEBHOOK_OPTIONS,
	OPT_FLAG("no-private", 0, struct webhook_args, no_private,
		 "to public addresses only"),
	OPT_FLAG("ordered", 0, struct webhook_args, ordered,
		 "in the order of the events; the default"),
	OPT_IF_UPDATED_AT,
	{0},
};

static int edit_each(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct webhook_args *args = r->args;
	struct awm_edit_opts edit = {
		.check_stale = args->edit.if_updated_at.set,
		.if_updated_at = args->edit.if_updated_at.value,
	};
	struct awm_webhook_opts opts = {
		.has_allow_private = args->private || args->no_private,
		.allow_private = args->private,
		.has_unordered = args->unordered || args->ordered,
		.unordered = args->unordered};
	struct set_array sets = args->edit.sets;
	struct awm_record *was;
	struct awm_value headers;
	int err = 0;

	if (args->headers.count) {
		err = awm_get(r->session, r->entity, id, r->pool, &was);
		if (!err)
			err = merge_headers(r, awm_record_get(was, "headers"),
					    &args->headers, &headers);
		if (!err)
			err = run_set(r, &sets, "headers", headers);
	}
	return err ? err
		   : awm_webhook_edit(r->session, id, sets.sets, sets.count,
				      &opts, &edit, r->pool, ret);
}

static int webhook_edit(struct run *r)
{
	struct webhook_args *args = r->args;
	int err = noun_edit_read(r, &args->edit, NULL);

	if (!err && args->private && args->no_private)
		err = err_set(AWM_USAGE, "--allow-private and --no-private "
					 "exclude each other");
	if (!err && args->unordered && args->ordered)
		err = err_set(AWM_USAGE,
			      "--unordered and --ordered exclude each other");
	if (!err && !args->edit.sets.count && !args->headers.count &&
	    !args->private && !args->no_private && !args->unordered &&
	    !args->ordered)
		err = noun_edit_nothing(r);
	return err ? err : run_each(r, 0, "changed", edit_each);
}

/* ---- rotate-secret and test ---- */

#define OVERLAP_S (24 * 3600)

static const struct option rotate_options[] = {
	SECRET_OPTIONS,
	OPT_DURATION("overlap", 0, struct webhook_args, overlap, "DURATION",
		     "how long the old one signs as well; 24h"),
	{0},
};

static int webhook_rotate(struct run *r)
{
	const struct webhook_args *args = r->args;
	int64_t overlap = args->overlap.set ? args->overlap.value : OVERLAP_S;
	const char *secret;
	struct awm_record *row;
	char *made = NULL;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = given_secret(r, &secret);
	if (err)
		return err;
	err = awm_webhook_rotate(r->session, id, secret, overlap * 1000,
				 r->pool, &row, &made);
	wipe(secret);
	if (!err)
		err = made ? show_secret(r, "rotated the secret of", row, made)
			   : report_change(r, "rotated the secret of", row);
	wipe(made);
	return err;
}

static int webhook_test(struct run *r)
{
	struct awm_exec_request request;
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (err)
		return err;
	if (r->globals.dry_run) {
		err = awm_webhook_preview(r->session, id, r->pool, &request);
		return err ? err : request_show(r, &request, false);
	}
	err = awm_webhook_test(r->session, id, r->pool, &row);
	return err ? err
		   : noun_tell(r, row, "webhook %lld took it: HTTP %lld",
			       (long long)id,
			       (long long)awm_record_int(row, "lastStatus"));
}

/* ---- the table ---- */

#define COLUMNS                                                                \
	"id,name,url,events,projectId,isEnabled,lastTriggeredAt,failureCount"

extern const struct command cmd_webhook[];
const struct command cmd_webhook[] = {
	{
		.name = "webhook add",
		.aliases = "create new",
		.summary = "send events to an address",
		.details =
			"Messages are as Standard Webhooks has them: signed "
			"with a secret that awm makes and shows once, unless "
			"one is given. Secrets come from an environment "
			"variable or from standard input, never from the "
			"command line, and are sealed with the key of this "
			"machine. Events are patterns: task.completed, task.* "
			"or *. Private, loopback and link-local addresses are "
			"refused, here and at every connection, without "
			"--allow-private and the machine's "
			"webhook.allowPrivate. Values of headers are "
			"kept as they are given and shown: they are no place "
			"for secrets.",
		.arguments = url_argument,
		.options = add_options,
		.args_size = sizeof(struct webhook_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "webhook",
		.run = webhook_add,
	},
	{
		.name = "webhook list",
		.aliases = "ls",
		.summary = "list webhooks",
		.options = list_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "webhook",
		.columns = COLUMNS,
		.run = run_list,
	},
	{
		.name = "webhook show",
		.aliases = "view",
		.summary = "show a webhook and how it fares",
		.details = "Its secret is never shown, only whether there is "
			   "one. pending, failed and dead count its "
			   "deliveries.",
		.arguments = one_argument,
		.needs = NEED_DB,
		.entity = "webhook",
		.computed = "ownerId,allowPrivate,unordered,previousUntil,"
			    "failingSince,throttledUntil,disabledReason,"
			    "pending,failed,dead",
		.run = webhook_show,
	},
	{
		.name = "webhook edit",
		.aliases = "update set",
		.summary = "change webhooks",
		.details = "A header without a value is taken away; those that "
			   "are not named stay.",
		.arguments = many_arguments,
		.options = edit_options,
		.args_size = sizeof(struct webhook_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "webhook",
		.run = webhook_edit,
	},
	{
		.name = "webhook enable",
		.summary = "send to webhooks again",
		.details = "Their failures are forgotten, and what waits for "
			   "them is sent.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "webhook",
		.run = noun_enable,
	},
	{
		.name = "webhook disable",
		.summary = "keep webhooks, but send them nothing",
		.details = "What happens meanwhile is not kept for them; what "
			   "waits already stays.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "webhook",
		.run = noun_disable,
	},
	{
		.name = "webhook rm",
		.aliases = "delete",
		.summary = "delete webhooks with their deliveries",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "webhook",
		.run = noun_delete,
	},
	{
		.name = "webhook rotate-secret",
		.summary = "give a webhook a new secret",
		.details =
			"Messages carry two signatures for 24 hours, or for "
			"--overlap, so that receivers can change over one "
			"after another. The new secret is made and shown once, "
			"unless one is given.",
		.arguments = one_argument,
		.options = rotate_options,
		.args_size = sizeof(struct webhook_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "webhook",
		.run = webhook_rotate,
	},
	{
		.name = "webhook test",
		.summary = "send a webhook a message now",
		.details = "One attempt with the event webhook.test, also to a "
			   "webhook that is disabled. Exit status 8 when it is "
			   "not taken. --dry-run prints the request, and sends "
			   "nothing.",
		.arguments = one_argument,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.entity = "delivery",
		.computed = "method,url,headers,body",
		.run = webhook_test,
	},
	{0},
};
