// SPDX-License-Identifier: MIT
/* A response as it comes in: what the wires have in common. */
#include <string.h>

#include "base/err.h"
#include "provider/wire.h"

#define SAID_MAX 200 /* bytes of what is said of an answer */

void reader_stop(struct provider_reader *r, int err)
{
	if (!r->stopped)
		r->stopped = err;
}

void reader_fail(struct provider_reader *r, enum provider_class class,
		 const char *message)
{
	if (r->failed)
		return;
	r->failed = true;
	r->class = class;
	/* What came and cannot be used was paid for: not again unasked. */
	if (class == CLASS_SERVER)
		r->retryable = 0;
	buf_truncate(&r->message, 0);
	peer_line(&r->message, message, strlen(message), 2000);
}

void reader_keep(struct buf *b, const char *text)
{
	if (!text || !*text)
		return;
	buf_truncate(b, 0);
	buf_adds(b, text);
}

void reader_line(struct buf *b, const char *text)
{
	if (!text || !*text)
		return;
	buf_truncate(b, 0);
	peer_line(b, text, strlen(text), SAID_MAX);
}

void reader_raw_finish(struct provider_reader *r, const char *text)
{
	if (!text)
		return;
	r->has_raw_finish = true;
	buf_truncate(&r->raw_finish, 0);
	reader_line(&r->raw_finish, text);
}

void reader_finish_word(struct provider_reader *r,
			const struct finish_word *words, size_t n,
			const char *reason)
{
	if (!reason)
		return;
	reader_raw_finish(r, reason);
	r->finish = FINISH_OTHER;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(words[i].word, reason))
			r->finish = words[i].finish;
}

static bool fits(struct provider_reader *r, const struct buf *b, size_t len)
{
	if (b->len + len <= TEXT_MAX)
		return true;
	reader_fail(r, CLASS_SERVER, "the answer is larger than 64 MiB");
	r->complete = true;
	return false;
}

void reader_text(struct provider_reader *r, const char *text)
{
	size_t len = text ? strlen(text) : 0;
	int rc;

	if (!text || !fits(r, &r->text, len))
		return;
	r->has_text = true;
	if (!len)
		return;
	buf_add(&r->text, text, len);
	if (!r->deliver || r->stopped)
		return;
	rc = r->deliver(r->ctx, text, len);
	if (rc)
		reader_stop(r, rc);
}

void reader_reasoning(struct provider_reader *r, const char *text)
{
	if (!text || !fits(r, &r->reasoning, strlen(text)))
		return;
	r->has_reasoning = true;
	buf_adds(&r->reasoning, text);
}

void reader_refusal(struct provider_reader *r, const char *text)
{
	if (!text || !fits(r, &r->refusal, strlen(text)))
		return;
	r->has_refusal = true;
	buf_adds(&r->refusal, text);
}

int64_t reader_int(const cJSON *node, const char *key, int64_t none)
{
	const cJSON *n = json_get(node, key);

	if (!cJSON_IsNumber(n) || !(n->valuedouble >= 0) ||
	    n->valuedouble > 9007199254740992.0)
		return none;
	return (int64_t)n->valuedouble;
}

void reader_total(struct provider_reader *r)
{
	struct provider_usage *u = &r->usage;

	if (u->total < 0 && u->prompt >= 0 && u->completion >= 0)
		u->total = u->prompt + u->completion;
}

/* Room for one more; false when there is none. */
static bool grow(struct provider_reader *r, void **items, size_t n, size_t *cap,
		 size_t size, size_t max)
{
	size_t want = *cap ? *cap * 2 : 4;
	void *more;

	if (n < *cap)
		return true;
	if (n >= max) {
		reader_fail(r, CLASS_SERVER, "the answer has too many parts");
		r->complete = true;
		return false;
	}
	more = reallocarray(*items, want, size);
	if (!more) {
		reader_stop(r, err_nomem());
		return false;
	}
	*items = more;
	*cap = want;
	return true;
}

struct call *reader_call(struct provider_reader *r, int64_t index)
{
	void *items = r->calls;

	for (size_t i = 0; i < r->ncalls; i++)
		if (r->calls[i].index == index)
			return &r->calls[i];
	if (!grow(r, &items, r->ncalls, &r->calls_cap, sizeof(*r->calls),
		  CALLS_MAX))
		return NULL;
	r->calls = items;
	r->calls[r->ncalls] = (struct call){.index = index};
	return &r->calls[r->ncalls++];
}

void reader_add_call(struct provider_reader *r, const char *id,
		     const char *name, const cJSON *arguments)
{
	struct call *call = reader_call(r, (int64_t)r->ncalls);

	if (!call)
		return;
	call->has_id = id != NULL;
	reader_keep(&call->id, id);
	reader_keep(&call->name, name);
	if (cJSON_IsString(arguments))
		buf_adds(&call->arguments, arguments->valuestring);
	else if (arguments && !cJSON_IsNull(arguments))
		json_print(&call->arguments, arguments);
}

void reader_drop_calls(struct provider_reader *r)
{
	for (size_t i = 0; i < r->ncalls; i++) {
		buf_release(&r->calls[i].id);
		buf_release(&r->calls[i].name);
		buf_release(&r->calls[i].arguments);
	}
	r->ncalls = 0;
}

struct part *reader_part(struct provider_reader *r, int64_t index)
{
	void *items = r->parts;

	/* The one that is asked for is nearly always the last. */
	for (size_t i = r->nparts; i > 0; i--)
		if (r->parts[i - 1].index == index)
			return &r->parts[i - 1];
	if (!grow(r, &items, r->nparts, &r->parts_cap, sizeof(*r->parts),
		  PARTS_MAX))
		return NULL;
	r->parts = items;
	r->parts[r->nparts] = (struct part){.index = index, .call = -1};
	return &r->parts[r->nparts++];
}

void reader_item(struct provider_reader *r, const cJSON *node)
{
	if (!fits(r, &r->items, 0))
		return;
	if (r->has_items)
		buf_addc(&r->items, ',');
	r->has_items = true;
	json_print(&r->items, node);
}

void reader_forget(struct provider_reader *r)
{
	r->usage = (struct provider_usage){-1, -1, -1, -1, -1, -1};
	r->has_raw_finish = false;
	r->finish = FINISH_ERROR;
}

/* ---- the life of one ---- */

static const struct provider_usage no_usage = {-1, -1, -1, -1, -1, -1};

int provider_reader_new(enum provider_wire wire, bool stream, int64_t now,
			provider_text_fn *text, void *ctx,
			struct provider_reader **ret)
{
	struct provider_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return err_nomem();
	*r = (struct provider_reader){
		.wire = wire_of(wire),
		.stream = stream,
		.now = now,
		.deliver = text,
		.ctx = ctx,
		.retry_after_ms = -1,
		.should_retry = -1,
		.retryable = -1,
		.usage = no_usage,
	};
	*ret = r;
	return 0;
}

static void release_texts(struct provider_reader *r)
{
	struct buf *all[] = {
		&r->request_id, &r->body,    &r->text,	      &r->reasoning,
		&r->refusal,	&r->model,   &r->response_id, &r->raw_finish,
		&r->items,	&r->message, &r->code,
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		buf_release(all[i]);
}

void provider_reader_free(struct provider_reader *r)
{
	if (!r)
		return;
	reader_drop_calls(r);
	for (size_t i = 0; i < r->nparts; i++) {
		cJSON_Delete(r->parts[i].node);
		buf_release(&r->parts[i].text);
		buf_release(&r->parts[i].signature);
	}
	free(r->calls);
	free(r->parts);
	sse_release(&r->sse);
	release_texts(r);
	free(r);
}
