// SPDX-License-Identifier: MIT
/* One small request to a provider: its models, or a word of it. */
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/emit.h"
#include "domain/execution.h"
#include "domain/pool.h"
#include "domain/price.h"
#include "domain/provider.h"
#include "domain/provider_try.h"
#include "edge/vault.h"

#define TIMEOUT_MS  60000
#define TEST_TOKENS 16
#define TEST_PROMPT "Reply with the word OK."

static bool timed_out(const struct transfer *t)
{
	return t->fault == NET_TIMEOUT || t->fault == NET_IDLE;
}

static void transfer_release(struct transfer *t)
{
	provider_reader_free(t->reader);
	buf_release(&t->body);
}

/* ---- what is asked ---- */

struct asking {
	struct awm_session *s;
	const struct awm_provider_query *q;
	struct arena a;
	struct provider_access access;
	struct provider_http http;
	bool list; /* of models, not a word */
};

static int build(struct asking *k)
{
	struct provider_message hello = {.turn = TURN_USER,
					 .text = TEST_PROMPT};
	struct provider_request request = {
		.messages = &hello, .nmessages = 1, .max_tokens = TEST_TOKENS};

	provider_access_request(&k->access, &request);
	return k->list ? provider_build_models(&request, &k->a, &k->http)
		       : provider_build(&request, &k->a, &k->http);
}

/* A local server that nobody named a model of is asked for those it has. */
static int ask(struct asking *k, bool test)
{
	const struct awm_provider_query *q = k->q;
	int rc = role_require(k->s, ROLE_MEMBER, "ask a provider");

	if (!rc)
		rc = provider_resolve(k->s, q->provider, q->model, q->base_url,
				      0, &k->a, &k->access);

	if (rc)
		return rc;
	if (k->access.command && !test) {
		err_set(AWM_INVALID, "the provider '%s' is a command",
			k->access.config_name ? k->access.config_name
					      : "local");
		return err_hint("it is not known which models it has");
	}
	k->list = !test || (!k->access.model && !k->access.command);
	return k->access.command ? 0 : build(k);
}

static void asking_release(struct asking *k)
{
	provider_access_wipe(&k->access);
	/* Headers hold the key as well. */
	for (size_t i = 0; i < k->http.nheaders; i++)
		if (k->http.headers[i].secret)
			vault_wipe((char *)k->http.headers[i].secret,
				   strlen(k->http.headers[i].secret));
	arena_release(&k->a);
}

static int check_answer(struct asking *k, struct transfer *t,
			struct provider_answer *answer)
{
	bool cut = t->err != 0 && !provider_reader_complete(t->reader);

	if (t->fault == NET_ADDRESS) {
		err_set(AWM_DENIED, "%s", t->message);
		return err_hint("addresses of this network are meant for the "
				"provider local; else provider.allowPrivate");
	}
	/* What is no answer but a list is read as one. */
	if (k->list && !t->err && t->status >= 200 && t->status < 300)
		return 0;
	if (provider_reader_finish(t->reader, cut, timed_out(t), t->message,
				   &k->a, answer))
		return -awm_error_last()->code;
	return answer->error.class == CLASS_NONE
		       ? 0
		       : provider_failure(&k->access, &answer->error);
}

static int64_t timeout_of(const struct asking *k)
{
	return k->q->timeout_ms ? k->q->timeout_ms : TIMEOUT_MS;
}

static int run_command(struct asking *k, struct transfer *t,
		       struct provider_answer *answer)
{
	int64_t from = provider_clock();
	int rc = provider_try_command(k->s, k->access.command, TEST_PROMPT,
				      timeout_of(k), &k->a, &answer->text);

	t->total_us = (provider_clock() - from) * 1000;
	return rc;
}

static int exchange(struct asking *k, struct transfer *t,
		    struct provider_answer *answer)
{
	int rc;

	if (k->access.command)
		return run_command(k, t, answer);
	rc = provider_reader_new(k->access.wire, false, time_now(), NULL, NULL,
				 &t->reader);

	if (!rc)
		rc = provider_send(k->s, &k->access, &k->http, timeout_of(k),
				   t);
	return rc ? rc : check_answer(k, t, answer);
}

/* ---- models ---- */

static const struct awm_field model_fields[] = {
	{.name = "model", .label = "Model", .type = AWM_TYPE_TEXT},
	{.name = "provider", .label = "Provider", .type = AWM_TYPE_TEXT},
	{.name = "isDefault", .label = "Default", .type = AWM_TYPE_BOOL},
	{.name = "inputPrice", .label = "Input", .type = AWM_TYPE_REAL},
	{.name = "outputPrice", .label = "Output", .type = AWM_TYPE_REAL},
};

struct listing {
	const char *const *ids;
	size_t n;
};

static int read_list(struct asking *k, const struct transfer *t,
		     struct listing *ret)
{
	return provider_read_models(k->access.wire, buf_str(&t->body),
				    t->body.len, &k->a, &ret->ids, &ret->n);
}

static int tell_model(struct asking *k, struct price_book *prices,
		      const char *model, awm_row_fn *fn, void *ctx)
{
	struct provider_rates rates;
	bool known;
	int rc = price_book_find(prices, model, awm_session_now(k->s), &rates,
				 &known);
	struct awm_value v[] = {
		awm_value_text(model),
		awm_value_text(k->access.provider),
		AWM_VALUE_INT(k->access.model &&
			      !strcmp(k->access.model, model)),
		known ? AWM_VALUE_REAL(rates.input) : AWM_VALUE_NULL,
		known ? AWM_VALUE_REAL(rates.output) : AWM_VALUE_NULL,
	};

	return rc ? rc : emit(fn, ctx, model_fields, v, ARRAY_LEN(v));
}

static int tell_models(struct asking *k, const struct listing *list,
		       awm_row_fn *fn, void *ctx)
{
	struct price_book prices;
	int rc = price_book_open(k->s, k->access.provider, &prices);

	for (size_t i = 0; !rc && i < list->n; i++)
		rc = tell_model(k, &prices, list->ids[i], fn, ctx);
	price_book_release(&prices);
	return rc;
}

int awm_provider_models(struct awm_session *s,
			const struct awm_provider_query *query, awm_row_fn *fn,
			void *ctx)
{
	struct asking k = {.s = s, .q = query};
	struct transfer t = {.s = s};
	struct provider_answer answer;
	struct listing list = {0};
	int rc = ask(&k, false);

	if (!rc)
		rc = exchange(&k, &t, &answer);
	if (!rc)
		rc = read_list(&k, &t, &list);
	if (!rc)
		rc = tell_models(&k, &list, fn, ctx);
	transfer_release(&t);
	asking_release(&k);
	return rc;
}

/* ---- test ---- */

static const struct awm_field test_fields[] = {
	{.name = "provider", .label = "Provider", .type = AWM_TYPE_TEXT},
	{.name = "name", .label = "Name", .type = AWM_TYPE_TEXT},
	{.name = "baseUrl", .label = "Base URL", .type = AWM_TYPE_TEXT},
	{.name = "keySource", .label = "Key from", .type = AWM_TYPE_TEXT},
	{.name = "model", .label = "Model", .type = AWM_TYPE_TEXT},
	{.name = "servedModel", .label = "Served", .type = AWM_TYPE_TEXT},
	{.name = "response", .label = "Response", .type = AWM_TYPE_TEXT},
	{.name = "latencyMs", .label = "Milliseconds", .type = AWM_TYPE_INT},
	{.name = "models", .label = "Models", .type = AWM_TYPE_INT},
	{.name = "cost", .label = "Cost", .type = AWM_TYPE_REAL},
};

static int cost_of(struct asking *k, const struct provider_answer *answer,
		   struct awm_value *ret)
{
	const char *model = answer->model ? answer->model : k->access.model;
	struct provider_rates rates;
	bool known = false;
	double cost;
	int rc = 0;

	*ret = AWM_VALUE_NULL;
	if (model)
		rc = price_find(k->s, k->access.provider, model,
				awm_session_now(k->s), &rates, &known);
	if (!rc && known && provider_cost(&rates, &answer->usage, &cost))
		*ret = AWM_VALUE_REAL(cost);
	return rc;
}

static int tell_test(struct asking *k, const struct transfer *t,
		     const struct provider_answer *answer,
		     const struct listing *list, awm_row_fn *fn, void *ctx)
{
	struct awm_value cost;
	int rc = cost_of(k, answer, &cost);
	struct awm_value v[] = {
		awm_value_text(k->access.provider),
		awm_value_text(k->access.config_name),
		awm_value_text(k->access.base_url),
		awm_value_text(k->access.key_source),
		awm_value_text(k->access.model),
		awm_value_text(answer->model),
		awm_value_text(answer->text),
		AWM_VALUE_INT(t->total_us / 1000),
		k->list ? AWM_VALUE_INT((int64_t)list->n) : AWM_VALUE_NULL,
		cost,
	};

	return rc ? rc : emit(fn, ctx, test_fields, v, ARRAY_LEN(v));
}

int awm_provider_test(struct awm_session *s,
		      const struct awm_provider_query *query, awm_row_fn *fn,
		      void *ctx)
{
	struct asking k = {.s = s, .q = query};
	struct transfer t = {.s = s};
	struct provider_answer answer = {.usage = {-1, -1, -1, -1, -1, -1}};
	struct listing list = {0};
	int rc = ask(&k, true);

	if (!rc)
		rc = exchange(&k, &t, &answer);
	if (!rc && k.list)
		rc = read_list(&k, &t, &list);
	if (!rc)
		rc = tell_test(&k, &t, &answer, &list, fn, ctx);
	transfer_release(&t);
	asking_release(&k);
	return rc;
}

/* ---- preview ---- */

static const char *shown(const struct provider_header *h, struct arena *a)
{
	if (!h->secret)
		return arena_strdup(a, h->value);
	return arena_printf(a, "%.*s***", (int)(h->secret - h->value),
			    h->value);
}

static int show_command(struct asking *k, struct arena *a,
			struct awm_exec_request *ret)
{
	const char *const *argv = k->access.command;
	const char **copy;
	size_t n = 0;

	while (argv[n])
		n++;
	copy = arena_array(a, n + 1, sizeof(*copy));
	for (size_t i = 0; copy && i < n; i++) {
		copy[i] = arena_strdup(a, argv[i]);
		if (!copy[i])
			return -AWM_NOMEM;
	}
	*ret = (struct awm_exec_request){
		.provider = "local", .argv = copy, .input = TEST_PROMPT};
	return copy ? 0 : -AWM_NOMEM;
}

static int show(struct asking *k, struct arena *a, struct awm_exec_request *ret)
{
	const struct provider_http *http = &k->http;
	struct awm_exec_header *headers =
		arena_array(a, http->nheaders + 1, sizeof(*headers));

	*ret = (struct awm_exec_request){
		.provider = arena_strdup(a, k->access.provider),
		.method = http->method,
		.url = arena_strdup(a, http->url),
		.headers = headers,
		.nheaders = http->nheaders,
	};
	if (!headers || !ret->provider || !ret->url)
		return -AWM_NOMEM;
	for (size_t i = 0; i < http->nheaders; i++) {
		headers[i].name = arena_strdup(a, http->headers[i].name);
		headers[i].value = shown(&http->headers[i], a);
		if (!headers[i].name || !headers[i].value)
			return -AWM_NOMEM;
	}
	if (k->access.model)
		ret->model = arena_strdup(a, k->access.model);
	if (http->body)
		ret->body = arena_strndup(a, http->body, http->body_len);
	return (k->access.model && !ret->model) || (http->body && !ret->body)
		       ? -AWM_NOMEM
		       : 0;
}

int awm_provider_preview(struct awm_session *s,
			 const struct awm_provider_query *query, bool test,
			 struct awm_pool *pool, struct awm_exec_request *ret)
{
	struct asking k = {.s = s, .q = query};
	int rc = ask(&k, test);

	if (!rc)
		rc = k.access.command ? show_command(&k, pool_arena(pool), ret)
				      : show(&k, pool_arena(pool), ret);
	asking_release(&k);
	return rc;
}
