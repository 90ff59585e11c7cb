// SPDX-License-Identifier: MIT
/* Errors of peers, in all the shapes they come in, sorted into classes. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "provider/wire.h"

#define MESSAGE_MAX 2000
#define CODE_MAX    100

static bool is(const char *s, const char *word)
{
	return s && strcmp(s, word) == 0;
}

static bool is_one(const char *s, const char *const *words)
{
	for (; s && *words; words++)
		if (strcmp(s, *words) == 0)
			return true;
	return false;
}

static bool says(const char *message, const char *what)
{
	return message && strcasestr(message, what);
}

static bool is_billing(int status, const char *type, const char *code,
		       const char *message)
{
	static const char *const words[] = {"insufficient_quota",
					    "credit_balance_exhausted", NULL};

	return is_one(code, words) || is(type, "insufficient_quota") ||
	       is(type, "billing_error") || status == 402 ||
	       says(message, "credit balance is too low") ||
	       (status == 400 && (says(message, "spend limit") ||
				  says(message, "spending limit")));
}

static bool is_too_large(int status, const char *type, const char *code,
			 const char *message)
{
	return is(code, "context_length_exceeded") ||
	       is(type, "exceed_context_size_error") ||
	       is(type, "request_too_large") || status == 413 ||
	       says(message, "prompt is too long") ||
	       says(message, "maximum context length");
}

static bool is_overloaded(int status, const char *type, const char *code)
{
	return is(type, "overloaded_error") || is(type, "UNAVAILABLE") ||
	       is(code, "slow_down") || is(code, "server_is_overloaded") ||
	       status == 503 || status == 529;
}

static bool is_rate_limited(int status, const char *type, const char *code)
{
	return is(type, "rate_limit_error") || is(type, "RESOURCE_EXHAUSTED") ||
	       is(code, "rate_limit_exceeded") || status == 429;
}

static enum provider_class class_of_status(int status)
{
	static const struct {
		int status;
		enum provider_class class;
	} table[] = {
		{501, CLASS_INVALID_REQUEST}, {408, CLASS_TIMEOUT},
		{409, CLASS_CONFLICT},	      {403, CLASS_PERMISSION},
		{404, CLASS_NOT_FOUND},	      {200, CLASS_SERVER},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].status == status)
			return table[i].class;
	return status >= 500 ? CLASS_SERVER : CLASS_INVALID_REQUEST;
}

/* The order matters: a 429 may be about money, a 400 about a key. */
enum provider_class failure_class(int status, const char *type,
				  const char *code, const char *message)
{
	if (is_billing(status, type, code, message))
		return CLASS_BILLING;
	if (is_too_large(status, type, code, message))
		return CLASS_TOO_LARGE;
	if (is(code, "invalid_api_key") || is(code, "API_KEY_INVALID") ||
	    is(type, "authentication_error") || status == 401)
		return CLASS_AUTH;
	if (is_overloaded(status, type, code))
		return CLASS_OVERLOADED;
	if (is_rate_limited(status, type, code))
		return CLASS_RATE_LIMITED;
	return class_of_status(status);
}

bool failure_is_retryable(enum provider_class class)
{
	return class == CLASS_CONFLICT || class == CLASS_RATE_LIMITED ||
	       class == CLASS_OVERLOADED || class == CLASS_SERVER ||
	       class == CLASS_TIMEOUT || class == CLASS_NETWORK;
}

/* ---- Google's details ---- */

struct found {
	int status;
	const char *type, *message;
	const char *code;  /* for the class */
	const char *shown; /* for people */
	char number[32];
};

static void read_retry_delay(struct provider_reader *r, const char *delay)
{
	size_t len = delay ? strspn(delay, "0123456789.") : 0;

	if (len && len < NUMBER_SIZE && *delay != '.')
		r->retry_after_ms = (int64_t)(number_parse(delay, len) * 1000);
}

static void read_detail(struct provider_reader *r, const cJSON *detail,
			struct found *f)
{
	const cJSON *violation;

	if (is(json_get_str(detail, "reason"), "API_KEY_INVALID"))
		f->code = "API_KEY_INVALID";
	read_retry_delay(r, json_get_str(detail, "retryDelay"));
	cJSON_ArrayForEach(violation, json_get(detail, "violations"))
	{
		const char *id = json_get_str(violation, "quotaId");

		if (id && strstr(id, "PerDay") && r->should_retry < 0)
			r->should_retry = 0;
	}
}

static void read_google(struct provider_reader *r, const cJSON *e,
			struct found *f)
{
	const cJSON *detail;

	f->type = json_get_str(e, "status");
	f->code = NULL;
	if (f->status == 200)
		f->status = (int)reader_int(e, "code", 200);
	cJSON_ArrayForEach(detail, json_get(e, "details"))
		read_detail(r, detail, f);
}

static void read_fields(struct provider_reader *r, const cJSON *e,
			struct found *f)
{
	const cJSON *code = json_get(e, "code");

	f->message = json_get_str(e, "message");
	f->type = json_get_str(e, "type");
	f->code = cJSON_GetStringValue(code);
	f->shown = f->code ? f->code : f->type;
	if (json_get_str(e, "status")) {
		read_google(r, e, f);
		f->shown = f->type;
	} else if (cJSON_IsNumber(code)) {
		int64_t n = reader_int(e, "code", 0);

		snprintf(f->number, sizeof(f->number), "%lld", (long long)n);
		f->shown = f->number;
		if (f->status == 200 && n >= 100 && n <= 599)
			f->status = (int)n;
	}
}

/* ---- the message ---- */

/* Pages of proxies say in their title what it is. */
static void add_page(struct buf *out, const char *text, size_t len)
{
	const char *p = memmem(text, len, "<title>", 7), *end;

	if (!p)
		return;
	p += 7;
	end = memmem(p, len - (size_t)(p - text), "<", 1);
	if (!end)
		return;
	buf_adds(out, ": ");
	peer_line(out, p, (size_t)(end - p), 200);
}

static void add_unread(struct provider_reader *r, struct buf *out)
{
	const char *text = buf_str(&r->body);
	size_t len = r->body.len, skip = strspn(text, " \t\r\n");

	buf_addf(out, "HTTP %d", r->status);
	if (skip >= len)
		return;
	if (text[skip] == '<') {
		add_page(out, text, len);
		return;
	}
	buf_adds(out, ": ");
	peer_line(out, text, len, 200);
}

static void conclude(struct provider_reader *r, const struct found *f)
{
	r->failed = true;
	r->class = failure_class(f->status, f->type, f->code, f->message);
	if (r->should_retry >= 0)
		r->retryable = r->should_retry;
	buf_truncate(&r->message, 0);
	if (f->message && *f->message)
		peer_line(&r->message, f->message, strlen(f->message),
			  MESSAGE_MAX);
	else
		add_unread(r, &r->message);
	buf_truncate(&r->code, 0);
	r->has_code = f->shown && *f->shown;
	if (r->has_code)
		peer_line(&r->code, f->shown, strlen(f->shown), CODE_MAX);
}

void reader_error(struct provider_reader *r, const cJSON *doc, int status)
{
	struct found f = {.status = status};
	const cJSON *e;

	if (cJSON_IsArray(doc))
		doc = doc->child;
	e = json_get(doc, "error");
	if (!e || cJSON_IsNull(e))
		e = doc;
	if (cJSON_IsString(e))
		f.message = e->valuestring;
	else if (cJSON_IsObject(e))
		read_fields(r, e, &f);
	conclude(r, &f);
	if (cJSON_IsObject(e) && !f.message && r->status < 300)
		buf_truncate(&r->message, 0);
	if (!r->message.len)
		buf_adds(&r->message, "an error without a message");
}
