// SPDX-License-Identifier: MIT
/* Whether an integration works. */
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/channel.h"
#include "domain/emit.h"
#include "domain/github.h"
#include "domain/pool.h"
#include "domain/provider_try.h"
#include "edge/random.h"

static const struct awm_field test_fields[] = {
	{.name = "id", .label = "Id", .type = AWM_TYPE_INT},
	{.name = "type", .label = "Type", .type = AWM_TYPE_TEXT},
	{.name = "target", .label = "Target", .type = AWM_TYPE_TEXT},
	{.name = "detail", .label = "Detail", .type = AWM_TYPE_TEXT},
	{.name = "latencyMs", .label = "Milliseconds", .type = AWM_TYPE_INT},
};

struct testing {
	struct awm_session *session;
	struct access access;
	struct arena arena;
	struct parcel parcel;
	bool repository; /* it tells nobody */
};

/* Each test is a message of its own. */
static int pack_hello(struct testing *t)
{
	const struct channel *channel = channel_of(t->access.type->name);
	const struct awm_actor *actor = awm_session_actor(t->session);
	char token[RANDOM_TOKEN_SIZE];
	int rc = random_token(token);
	struct message m = {
		.id = token,
		.at = time_now(),
		.title = "awm: this is a test",
		.email = actor->email,
		.name = actor->name,
		.content = arena_printf(&t->arena,
					"%s wants to know whether integration "
					"%lld works. It does.",
					actor->name, (long long)t->access.id),
	};

	if (rc)
		return rc;
	return m.content ? channel->pack(t->session, &t->access, &m, &t->arena,
					 &t->parcel)
			 : -AWM_NOMEM;
}

static int test_begin(struct testing *t, int64_t id)
{
	int rc = role_require(t->session, ROLE_ADMIN, "test an integration");

	if (!rc)
		rc = access_open(t->session, id, &t->access);
	t->repository = !rc && !channel_of(t->access.type->name);
	return rc || t->repository ? rc : pack_hello(t);
}

static void test_end(struct testing *t)
{
	access_release(&t->access);
	arena_release(&t->arena);
}

static int send_hello(struct testing *t)
{
	struct outcome o = {0};
	struct remote r;
	int rc;

	remote_init(&r, t->session);
	rc = channel_send(&r, &t->parcel, &o);
	remote_close(&r);
	if (!rc && o.verdict != SENT)
		rc = err_set(AWM_REMOTE, "integration %lld: %s",
			     (long long)t->access.id, o.error);
	return rc;
}

static int tell(struct testing *t, const char *target, const char *detail,
		int64_t ms, awm_row_fn *fn, void *ctx)
{
	struct awm_value v[] = {
		AWM_VALUE_INT(t->access.id),
		awm_value_text(t->access.type->name),
		awm_value_text(target),
		awm_value_text(detail),
		AWM_VALUE_INT(ms),
	};

	return emit(fn, ctx, test_fields, v, ARRAY_LEN(v));
}

static const char *describe(struct testing *t)
{
	if (t->parcel.argv)
		return "shown on this desktop";
	if (!t->parcel.to)
		return "a message";
	return arena_printf(&t->arena, "a mail to %s", t->parcel.to);
}

int awm_integration_test(struct awm_session *s, int64_t id, awm_row_fn *fn,
			 void *ctx)
{
	struct testing t = {.session = s};
	const char *target = NULL, *detail = NULL;
	int64_t from = provider_clock();
	int rc = test_begin(&t, id);

	if (!rc && t.repository) {
		rc = github_test(s, id, &t.arena, &target, &detail);
	} else if (!rc) {
		rc = send_hello(&t);
		target = t.parcel.argv ? t.parcel.argv[0] : t.parcel.shown;
		detail = describe(&t);
	}
	if (!rc)
		rc = detail ? tell(&t, target, detail, provider_clock() - from,
				   fn, ctx)
			    : -AWM_NOMEM;
	test_end(&t);
	return rc;
}

/* ---- what would be sent ---- */

static int show_argv(const struct parcel *p, struct arena *a,
		     struct awm_exec_request *ret)
{
	const char **copy;
	size_t n = 0;

	while (p->argv[n])
		n++;
	copy = arena_array(a, n + 1, sizeof(*copy));
	for (size_t i = 0; copy && i < n; i++) {
		copy[i] = arena_strdup(a, p->argv[i]);
		if (!copy[i])
			return -AWM_NOMEM;
	}
	ret->argv = copy;
	ret->input = "";
	return copy ? 0 : -AWM_NOMEM;
}

static int show_body(const struct parcel *p, struct arena *a,
		     struct awm_exec_request *ret)
{
	struct awm_exec_header *h = arena_array(a, 2, sizeof(*h));

	ret->method = p->to ? "MAIL" : "POST";
	ret->url = arena_strdup(a, p->shown);
	ret->body = arena_strndup(a, p->body, p->len);
	if (!h || !ret->url || !ret->body)
		return -AWM_NOMEM;
	if (p->to) {
		h[0] = (struct awm_exec_header){"from",
						arena_strdup(a, p->from)};
		h[1] = (struct awm_exec_header){"to", arena_strdup(a, p->to)};
		ret->nheaders = 2;
	} else {
		h[0] = (struct awm_exec_header){
			"content-type", arena_strdup(a, p->content_type)};
		ret->nheaders = 1;
	}
	ret->headers = h;
	for (size_t i = 0; i < ret->nheaders; i++)
		if (!h[i].value)
			return -AWM_NOMEM;
	return 0;
}

int awm_integration_preview(struct awm_session *s, int64_t id,
			    struct awm_pool *pool, struct awm_exec_request *ret)
{
	struct testing t = {.session = s};
	int rc = test_begin(&t, id);

	*ret = (struct awm_exec_request){0};
	if (!rc && t.repository)
		rc = github_preview(s, id, pool_arena(pool), ret);
	else if (!rc)
		rc = t.parcel.argv
			     ? show_argv(&t.parcel, pool_arena(pool), ret)
			     : show_body(&t.parcel, pool_arena(pool), ret);
	test_end(&t);
	return rc;
}
