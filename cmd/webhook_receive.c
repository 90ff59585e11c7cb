/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/json.h"
#include "base/time.h"
#include "base/utf8.h"
#include "cmd/noun.h"
#include "cmd/report.h"
#include "cmd/signals.h"

/* The other end: is a message what it says it is? */

struct receive_args {
	const char *env;
	bool secret_stdin;
	struct int_arg webhook;
	const char *id, *timestamp, *signature;
	struct int_arg port, status, count, timeout;
};

#define KEY_OPTIONS                                                            \
	OPT_TEXT("secret-env", 0, struct receive_args, env, "VAR",             \
		 "the secret is in this environment variable; "                \
		 "WEBHOOK_SECRET"),                                            \
		OPT_REF("webhook", 'w', struct receive_args, webhook,          \
			"webhook", "WEBHOOK",                                  \
			"with the secrets of this webhook of the database")

/* The secret, unless a webhook has it. */
static int read_secret(struct run *r, const char **ret)
{
	const struct receive_args *args = r->args;
	const char *env = args->env;

	*ret = NULL;
	if (args->webhook.set + (env != NULL) + args->secret_stdin > 1)
		return err_set(AWM_USAGE,
			       "--webhook, --secret-env and --secret-stdin "
			       "exclude each other");
	if (args->webhook.set || args->secret_stdin)
		return 0;
	if (!env && getenv("WEBHOOK_SECRET"))
		env = "WEBHOOK_SECRET";
	if (!env) {
		err_set(AWM_USAGE, "no secret to verify with");
		return err_hint("--secret-env VAR, --webhook WEBHOOK, or "
				"WEBHOOK_SECRET in the environment");
	}
	return run_secret(r, env, false, "the secret", ret);
}

static int verify(struct run *r, const char *secret,
		  const struct awm_webhook_message *m)
{
	const struct receive_args *args = r->args;

	if (args->webhook.set)
		return awm_webhook_verify_for(r->session, args->webhook.value,
					      m, time_now());
	return awm_webhook_verify(secret, m, time_now());
}

/* ---- verify ---- */

static const struct option verify_options[] = {
	OPT_TEXT("id", 0, struct receive_args, id, "ID",
		 "the header webhook-id; WEBHOOK_ID in the environment"),
	OPT_TEXT("timestamp", 0, struct receive_args, timestamp, "SECONDS",
		 "webhook-timestamp; WEBHOOK_TIMESTAMP"),
	OPT_TEXT("signature", 0, struct receive_args, signature, "SIGNATURE",
		 "webhook-signature; WEBHOOK_SIGNATURE"),
	KEY_OPTIONS,
	OPT_FLAG("secret-stdin", 0, struct receive_args, secret_stdin,
		 "the first line of standard input is the secret, and the body "
		 "what follows"),
	{0},
};

/* CGI scripts find headers under the second name. */
static const char *header_of(const char *given, const char *env,
			     const char *cgi)
{
	const char *value = given ? given : getenv(env);

	return value ? value : getenv(cgi);
}

static int split_secret(struct run *r, struct awm_webhook_message *m,
			const char **ret)
{
	const char *line =
		m->body_len ? memchr(m->body, '\n', m->body_len) : NULL;
	size_t n;

	if (!line)
		return err_set(AWM_USAGE, "standard input holds no secret");
	n = (size_t)(line - (const char *)m->body);
	*ret = arena_strndup(&r->arena, m->body, n);
	m->body = line + 1;
	m->body_len -= n + 1;
	return *ret ? 0 : -AWM_NOMEM;
}

static const struct awm_field verified_fields[] = {
	{.name = "id", .label = "Id", .type = AWM_TYPE_TEXT},
	{.name = "verified", .label = "Verified", .type = AWM_TYPE_BOOL},
};

static int webhook_verify(struct run *r)
{
	const struct receive_args *args = r->args;
	struct awm_webhook_message m = {
		.id = header_of(args->id, "WEBHOOK_ID", "HTTP_WEBHOOK_ID"),
		.timestamp = header_of(args->timestamp, "WEBHOOK_TIMESTAMP",
				       "HTTP_WEBHOOK_TIMESTAMP"),
		.signature = header_of(args->signature, "WEBHOOK_SIGNATURE",
				       "HTTP_WEBHOOK_SIGNATURE"),
	};
	const char *body, *secret;
	int err = read_secret(r, &secret);

	if (!err)
		err = run_stdin(r, &body, &m.body_len);
	m.body = body;
	if (!err && args->secret_stdin)
		err = split_secret(r, &m, &secret);
	if (!err)
		err = verify(r, secret, &m);
	if (secret)
		explicit_bzero((char *)secret, strlen(secret));
	if (err)
		return err;
	struct awm_value v[] = {awm_value_text(m.id), AWM_VALUE_INT(1)};
	return noun_tell(r, noun_row(r, verified_fields, v, ARRAY_LEN(v)),
			 "%s is genuine", m.id);
}

/* ---- listen ---- */

static const struct option listen_options[] = {
	OPT_INT("port", 0, struct receive_args, port, 1, 65535, "PORT",
		"listen on this port; one that is free"),
	OPT_INT("status", 0, struct receive_args, status, 200, 599, "STATUS",
		"what to answer; 204"),
	KEY_OPTIONS,
	OPT_INT("count", 0, struct receive_args, count, 1, INT64_MAX, "N",
		"end after N messages"),
	{.name = "timeout",
	 .type = OPTION_SECONDS,
	 .offset = OPT_AT(struct receive_args, timeout, struct int_arg),
	 .arg = "S",
	 .min = 1,
	 .max = 86400000000,
	 .help = "end after S seconds"},
	{0},
};

enum { ID, TYPE, TIMESTAMP, VERIFIED, REASON, PATH, BODY };

static const struct awm_field message_fields[] = {
	[ID] = {.name = "id", .label = "Id", .type = AWM_TYPE_TEXT},
	[TYPE] = {.name = "type", .label = "Event", .type = AWM_TYPE_TEXT},
	[TIMESTAMP] = {.name = "timestamp",
		       .label = "Sent",
		       .type = AWM_TYPE_TEXT},
	[VERIFIED] = {.name = "verified",
		      .label = "Verified",
		      .type = AWM_TYPE_BOOL},
	[REASON] = {.name = "reason", .label = "Reason", .type = AWM_TYPE_TEXT},
	[PATH] = {.name = "path", .label = "Path", .type = AWM_TYPE_TEXT},
	[BODY] = {.name = "body", .label = "Body", .type = AWM_TYPE_TEXT},
};

struct listening {
	struct run *run;
	const char *secret;
};

static bool stop(void *ctx)
{
	(void)ctx;
	return signals_caught();
}

static void ready(void *ctx, const char *url)
{
	struct listening *l = ctx;

	run_say(l->run, "listening on %s", url);
}

static int on_message(void *ctx, const struct awm_webhook_message *m,
		      const char *path)
{
	struct listening *l = ctx;
	struct run *r = l->run;
	const struct awm_field *fields[ARRAY_LEN(message_fields)];
	struct awm_value v[ARRAY_LEN(message_fields)] = {
		[ID] = awm_value_text(m->id),
		[TIMESTAMP] = awm_value_text(m->timestamp),
		[PATH] = awm_value_text(path),
	};
	struct awm_record row = {
		.fields = fields, .values = v, .count = ARRAY_LEN(v)};
	_cleanup_json_ cJSON *body = NULL;
	_cleanup_buf_ struct buf text = {0};
	_cleanup_free_ char *reason = NULL;
	int err = verify(r, l->secret, m);

	if (err) {
		reason = strdup(awm_error_last()->message);
		err_clear();
	}
	v[VERIFIED] = AWM_VALUE_INT(!err);
	v[REASON] = awm_value_text(reason);
	if (json_parse(m->body, m->body_len, &body) == 0)
		v[TYPE] = awm_value_text(json_get_str(body, "type"));
	err_clear();
	utf8_add_valid(&text, m->body, m->body_len);
	v[BODY] = awm_value_text(buf_str(&text));
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		fields[i] = &message_fields[i];
	err = buf_check(&text);
	if (!err)
		err = report_row(r, &row);
	return err ? err : report_flush(r);
}

static int webhook_listen(struct run *r)
{
	const struct receive_args *args = r->args;
	struct listening l = {.run = r};
	struct awm_listen_opts opts = {
		.port = (int)args->port.value,
		.status = args->status.set ? (int)args->status.value : 204,
		.count = args->count.value,
		.timeout_ms = args->timeout.value,
		.stop = stop,
		.ready = ready,
		.message = on_message,
		.ctx = &l};
	int err = read_secret(r, &l.secret);

	/* what may never end is no array */
	if (r->globals.format == FORMAT_JSON)
		r->globals.format = FORMAT_JSONL;
	if (!err)
		err = report_begin(r);
	if (err)
		return err;
	report_live(r);
	err = awm_webhook_listen(&opts);
	if (l.secret)
		explicit_bzero((char *)l.secret, strlen(l.secret));
	return err ? err : report_end(r);
}

/* ---- the table ---- */

extern const struct command cmd_webhook_receive[];
const struct command cmd_webhook_receive[] = {
	{
		.name = "webhook verify",
		.summary = "say whether a message is genuine",
		.details =
			"For receivers: the body on standard input, as it "
			"came, to the byte; the headers from options or the "
			"environment. A message is genuine when one of its "
			"signatures fits the secret and it was sent less than "
			"five minutes ago. Exit status 0 then, 6 when not, 2 "
			"when a header is missing or malformed.",
		.options = verify_options,
		.args_size = sizeof(struct receive_args),
		.needs = NEED_DB | NEED_MAY_FAIL | NEED_NO_CREATE |
			 NEED_NO_ACTOR,
		.effect = EFFECT_READ,
		.columns = "id,verified",
		.run = webhook_verify,
	},
	{
		.name = "webhook listen",
		.summary = "take messages on this machine, and show them",
		.details =
			"A receiver for trying things out, on 127.0.0.1: it "
			"prints what comes and whether it is genuine, answers "
			"204 or --status, and ends after --count or --timeout, "
			"or by an interrupt. The address is on standard error.",
		.options = listen_options,
		.args_size = sizeof(struct receive_args),
		.needs = NEED_DB | NEED_MAY_FAIL | NEED_NO_CREATE |
			 NEED_NO_ACTOR,
		.effect = EFFECT_READ,
		.columns = "id,type,timestamp,verified,reason",
		.computed = "path,body",
		.run = webhook_listen,
	},
	{0},
};
