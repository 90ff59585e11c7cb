// SPDX-License-Identifier: MIT
/* Requests of GitHub's REST API. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/http.h"
#include "base/time.h"
#include "domain/github.h"
#include "domain/provider_try.h"

#define VERSION	   "2022-11-28"
#define TIMEOUT_MS 60000
#define BODY_MAX   ((size_t)32 << 20)
#define TRIES	   3
#define WAIT_MAX   INT64_C(60000) /* longer is for another run */
#define OVERLAP_MS 10000	  /* copies of the service may lag behind */

const char *github_url(const struct github *g, struct arena *a,
		       const char *path)
{
	return arena_printf(a, "%s/repos/%s%s", g->base, g->repository, path);
}

void github_page_release(struct github_page *page)
{
	cJSON_Delete(page->json);
	arena_release(&page->arena);
	memset(page, 0, sizeof(*page));
}

/* ---- what an answer means ---- */

static int64_t number_of(const char *s)
{
	return s && *s >= '0' && *s <= '9' ? strtoll(s, NULL, 10) : -1;
}

/* How long the server asks to wait; -1 when it is no question of that. */
static int64_t wait_of(const struct remote_answer *answer)
{
	const char *after = remote_header(answer, "retry-after");
	int64_t left =
		number_of(remote_header(answer, "x-ratelimit-remaining"));
	int64_t reset = number_of(remote_header(answer, "x-ratelimit-reset"));
	int64_t now = time_now(), wait;

	if (answer->status != 403 && answer->status != 429)
		return -1;
	if (after && http_retry_after(after, now) >= 0)
		return http_retry_after(after, now);
	if (left == 0 && reset >= 0 && reset < INT64_MAX / 1000) {
		wait = reset * 1000 - now;
		return wait > 0 ? wait + 1000 : 1000;
	}
	return answer->status == 429 ? WAIT_MAX : -1;
}

static bool may_pass(const struct remote_answer *answer, const char *method)
{
	bool safe = !strcmp(method, "GET");

	if (answer->err)
		return safe && answer->fault != NET_ADDRESS &&
		       answer->fault != NET_TLS && answer->fault != NET_OTHER;
	return safe && answer->status >= 502 && answer->status <= 504;
}

static int pause_for(struct github *g, int64_t ms)
{
	struct timespec step = {.tv_nsec = 50000000};
	int64_t end = provider_clock() + ms;

	while (provider_clock() < end && !g->session->stop)
		nanosleep(&step, NULL);
	return g->session->stop ? err_set(AWM_INTERRUPTED, "interrupted") : 0;
}

static int fail_limit(int64_t wait)
{
	char when[TIME_ISO_SIZE];

	time_format_iso(time_now() + wait, when);
	err_set(AWM_REMOTE, "the limit of requests is used up until %s", when);
	return err_hint("what came until now is kept; run it again then");
}

static int fail_status(const struct github *g,
		       const struct remote_answer *answer)
{
	_cleanup_json_ cJSON *json = NULL;
	const char *said = NULL;

	if (!json_parse(buf_str(&answer->body), answer->body.len, &json))
		said = json_get_str(json, "message");
	err_set(AWM_REMOTE, "%s: status %d%s%.300s", g->repository,
		answer->status, said ? ": " : "", said ? said : "");
	switch (answer->status) {
	case 301:
	case 302:
	case 307:
	case 308:
		return err_hint("the repository has another name by now: awm "
				"integration edit %lld --setting "
				"repository=OWNER/NAME",
				(long long)g->access.id);
	case 401:
		return err_hint("give a token that is still good: awm "
				"integration edit %lld --stdin",
				(long long)g->access.id);
	case 403:
		return err_hint("may the token read and write issues there?");
	case 404:
		return err_hint("there is no such repository, or the token "
				"does not see it");
	default:
		return -AWM_REMOTE;
	}
}

/* ---- pages ---- */

/* <URL>; rel="next". The token goes nowhere but to the server's own URLs. */
static int find_next(const struct github *g, const char *link, struct arena *a,
		     const char **ret)
{
	size_t base = strlen(g->base);

	*ret = NULL;
	while (link && (link = strchr(link, '<'))) {
		const char *end = strchr(++link, '>');
		size_t more;

		if (!end)
			return 0;
		more = strcspn(end, ",<");
		if (memmem(end, more, "rel=\"next\"", 10)) {
			if (strncmp(link, g->base, base) || link[base] != '/')
				return err_set(AWM_REMOTE,
					       "the next page is at another "
					       "server");
			*ret = arena_strndup(a, link, (size_t)(end - link));
			return *ret ? 0 : -AWM_NOMEM;
		}
		link = end;
	}
	return 0;
}

static int read_page(const struct github *g, struct remote_answer *answer,
		     struct github_page *page)
{
	const char *etag = remote_header(answer, "etag");
	const char *date = remote_header(answer, "date");
	int rc = find_next(g, remote_header(answer, "link"), &page->arena,
			   &page->next);

	if (rc)
		return rc;
	page->etag = etag ? arena_strdup(&page->arena, etag) : NULL;
	if (etag && !page->etag)
		return -AWM_NOMEM;
	page->date = date ? http_date(date, time_now()) : 0;
	if (page->date < 0)
		page->date = 0;
	if (answer->status == 304)
		return 0;
	rc = json_parse(buf_str(&answer->body), answer->body.len, &page->json);
	if (rc == -AWM_USAGE)
		rc = err_set(AWM_REMOTE, "the server's answer is no JSON");
	return rc;
}

/* ---- asking ---- */

static int send_once(struct github *g, const char *method, const char *url,
		     const char *etag, const char *body,
		     struct remote_answer *answer)
{
	const char *token = access_credential(&g->access, "token");
	char *authorization = NULL;
	struct net_header headers[5] = {
		{"accept", "application/vnd.github+json"},
		{"x-github-api-version", VERSION},
	};
	struct remote_request request = {
		.method = method,
		.url = url,
		.headers = headers,
		.nheaders = 2,
		.body = body,
		.body_len = body ? strlen(body) : 0,
		.timeout_ms = TIMEOUT_MS,
		.max_body = BODY_MAX,
	};
	int rc;

	if (asprintf(&authorization, "Bearer %s", token ? token : "") < 0)
		return err_nomem();
	headers[request.nheaders++] =
		(struct net_header){"authorization", authorization};
	if (etag)
		headers[request.nheaders++] =
			(struct net_header){"if-none-match", etag};
	if (body)
		headers[request.nheaders++] =
			(struct net_header){"content-type", "application/json"};
	rc = remote_send(&g->remote, &request, answer);
	explicit_bzero(authorization, strlen(authorization));
	free(authorization);
	return rc;
}

static int judge(const struct github *g, const struct remote_answer *answer)
{
	if (!answer->err)
		return fail_status(g, answer);
	err_set((enum awm_err) - answer->err, "%s", answer->message);
	return *answer->hint ? err_hint("%s", answer->hint) : answer->err;
}

/* 0 to ask again; else what it ends with. */
static int wait_again(struct github *g, const struct remote_answer *answer,
		      const char *method, int tries)
{
	int64_t wait = answer->err ? -1 : wait_of(answer);
	int64_t left = g->ends ? g->ends - provider_clock() : INT64_MAX;

	if (wait >= 0)
		return tries < TRIES && wait <= WAIT_MAX && wait < left
			       ? pause_for(g, wait)
			       : fail_limit(wait);
	if (tries < TRIES && may_pass(answer, method) && left > 1000)
		return pause_for(g, INT64_C(250) << tries);
	return judge(g, answer);
}

int github_ask(struct github *g, const char *method, const char *url,
	       const char *etag, const char *body, struct github_page *ret)
{
	int rc = 0;

	*ret = (struct github_page){0};
	for (int tries = 1; !rc; tries++) {
		struct remote_answer answer = {0};
		bool good;

		rc = send_once(g, method, url, etag, body, &answer);
		good = !rc && !answer.err &&
		       ((answer.status >= 200 && answer.status < 300) ||
			(etag && answer.status == 304));
		if (good)
			rc = read_page(g, &answer, ret);
		else if (!rc)
			rc = wait_again(g, &answer, method, tries);
		remote_release(&answer);
		if (good)
			break;
	}
	return rc;
}

/* ---- listings ---- */

struct page_call {
	struct github *g;
	github_page_fn *fn;
	const cJSON *array;
	size_t strange, pulled; /* lengths before */
};

/* Called again when the transaction has to be tried again. */
static int call_page(struct awm_session *s, void *ctx)
{
	struct page_call *call = ctx;
	struct github *g = call->g;

	(void)s;
	github_forget(g);
	if (g->strange.len)
		buf_truncate(&g->strange, call->strange);
	if (g->pulled.len)
		buf_truncate(&g->pulled, call->pulled);
	int rc = call->fn(g, call->array);

	return rc ? rc : lease_keep(g);
}

static int use_page(struct github *g, const struct github_page *page,
		    github_page_fn *fn)
{
	struct page_call call = {.g = g,
				 .fn = fn,
				 .array = page->json,
				 .strange = g->strange.len,
				 .pulled = g->pulled.len};
	int rc;

	if (!cJSON_IsArray(page->json))
		return err_set(AWM_REMOTE, "the server's answer is no list");
	rc = awm_transaction(g->session, call_page, &call);
	return rc ? rc : github_report(g);
}

/* The other pages; the first is given. When time is up the last one read has
 * a next one. */
static int read_on(struct github *g, struct github_page *page,
		   github_page_fn *fn)
{
	int rc = use_page(g, page, fn);

	while (!rc && page->next && !github_is_over(g)) {
		struct github_page next;

		rc = github_ask(g, "GET", page->next, NULL, NULL, &next);
		github_page_release(page);
		*page = next;
		if (!rc)
			rc = use_page(g, page, fn);
	}
	return rc;
}

int github_list_all(struct github *g, const char *url, github_page_fn *fn)
{
	struct github_page page;
	int rc = github_ask(g, "GET", url, NULL, NULL, &page);

	if (!rc)
		rc = read_on(g, &page, fn);
	github_page_release(&page);
	return rc;
}

static const char *listing_url(const struct github *g, const char *path,
			       const struct cursor *cursor, struct arena *a)
{
	char since[TIME_ISO_SIZE];

	if (!cursor->since)
		return github_url(g, a, path);
	time_format_iso(cursor->since, since);
	since[strcspn(since, ".")] = '\0';
	return github_url(g, a, arena_printf(a, "%s&since=%sZ", path, since));
}

/* Where nothing was new the same question is asked again, which costs nothing
 * as long as the answer is the same. */
static struct cursor cursor_after(const struct cursor *was,
				  const struct github_page *page,
				  struct arena *a)
{
	struct cursor next = {.since = was->since};
	int64_t seen = page->date - OVERLAP_MS;

	if ((cJSON_GetArraySize(page->json) || !was->since) &&
	    seen > was->since)
		next.since = seen;
	if (next.since == was->since && !page->next && page->etag)
		next.etag = arena_strdup(a, page->etag);
	return next;
}

int github_list(struct github *g, const char *resource, const char *path,
		github_page_fn *fn)
{
	struct arena a = {0};
	struct cursor cursor, next;
	struct github_page page = {0};
	const char *url = NULL;
	int rc = cursor_read(g, resource, &a, &cursor);

	if (!rc) {
		url = listing_url(g, path, &cursor, &a);
		rc = url ? github_ask(g, "GET", url, cursor.etag, NULL, &page)
			 : -AWM_NOMEM;
	}
	if (!rc && page.json) {
		next = cursor_after(&cursor, &page, &a);
		rc = read_on(g, &page, fn);
		if (!rc && !page.next)
			rc = cursor_write(g, resource, &next);
	}
	github_page_release(&page);
	arena_release(&a);
	return rc;
}
