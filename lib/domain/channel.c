// SPDX-License-Identifier: MIT
/* One message through one channel. */
#include "domain/channel.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/http.h"
#include "base/time.h"
#include "domain/provider_try.h"
#include "edge/process.h"

#define HTTP_MS	   15000
#define MAIL_MS	   30000
#define COMMAND_MS 10000
#define BODY_MAX   ((size_t)64 << 10)

const struct channel *channel_of(const char *type)
{
	static const struct channel *const all[] = {
		&channel_mail, &channel_chat, &channel_desktop};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (!strcmp(all[i]->type, type))
			return all[i];
	return NULL;
}

void outcome_of_error(enum verdict verdict, struct outcome *ret)
{
	*ret = (struct outcome){.verdict = verdict, .wish = -1};
	snprintf(ret->error, sizeof(ret->error), "%s",
		 awm_error_last()->message);
	err_clear();
}

static struct outcome outcome_of(enum verdict verdict, const char *error)
{
	struct outcome o = {.verdict = verdict, .wish = -1};

	snprintf(o.error, sizeof(o.error), "%s", error);
	return o;
}

/* ---- http ---- */

/* What is wrong with the message itself, rather than with the channel: a
 * login that is refused and a server that is busy may be mended. */
static bool is_final(int status)
{
	return status >= 400 && status < 500 && status != 401 &&
	       status != 403 && status != 407 && status != 408 &&
	       status != 409 && status != 425 && status != 429;
}

static struct outcome judge_http(const struct remote_answer *answer)
{
	const char *wish = remote_header(answer, "retry-after");
	struct outcome o = {.wish = -1};

	if (answer->err)
		return outcome_of(RETRY, answer->message);
	if (answer->status >= 200 && answer->status < 300)
		return outcome_of(SENT, "");
	o.verdict = is_final(answer->status) ? DEAD : RETRY;
	if (wish)
		o.wish = http_retry_after(wish, time_now());
	snprintf(o.error, sizeof(o.error), "the server answered with status %d",
		 answer->status);
	return o;
}

static int send_http(struct remote *r, const struct parcel *p,
		     struct outcome *ret)
{
	struct net_header type = {"content-type", p->content_type};
	struct remote_request request = {
		.method = "POST",
		.url = p->url,
		.headers = &type,
		.nheaders = 1,
		.body = p->body,
		.body_len = p->len,
		.timeout_ms = HTTP_MS,
		.max_body = BODY_MAX,
	};
	struct remote_answer answer = {0};
	int rc;

	if (!r->private_ok && strncasecmp(p->url, "https://", 8)) {
		*ret = outcome_of(RETRY, "the address has to begin with "
					 "https://");
		return 0;
	}
	rc = remote_send(r, &request, &answer);
	if (!rc)
		*ret = judge_http(&answer);
	remote_release(&answer);
	return rc;
}

/* ---- mail ---- */

/* 5xx is the server's last word about a mail, but not about a login. */
static struct outcome judge_mail(const struct remote_answer *answer)
{
	bool login = answer->status == 530 || answer->status == 534 ||
		     answer->status == 535 || answer->status == 538;
	struct outcome o;

	if (!answer->err)
		return outcome_of(SENT, "");
	o = outcome_of(RETRY, answer->message);
	if (answer->fault == NET_OTHER && answer->status >= 550 && !login)
		o.verdict = DEAD;
	/* a box that is full, a sender not seen before */
	o.alone = answer->status >= 450 && answer->status <= 452;
	return o;
}

static int send_mail(struct remote *r, const struct parcel *p,
		     struct outcome *ret)
{
	struct net_mail mail = {
		.url = p->url,
		.starttls = p->starttls,
		.user = p->user,
		.password = p->password,
		.from = p->from,
		.to = &p->to,
		.nto = 1,
		.message = p->body,
		.message_len = p->len,
		.total_ms = MAIL_MS,
	};
	struct remote_answer answer = {0};
	int rc = remote_mail(r, &mail, &answer);

	if (!rc)
		*ret = judge_mail(&answer);
	remote_release(&answer);
	return rc;
}

/* ---- commands ---- */

static int send_command(struct remote *r, const struct parcel *p,
			struct outcome *ret)
{
	struct arena a = {0};
	const char *out;
	int rc = 0;

	if (!process_on_path(p->argv[0])) {
		*ret = outcome_of(DEAD, "no notify-send on this machine");
		return 0;
	}
	rc = provider_try_command(r->session, p->argv, "", COMMAND_MS, &a,
				  &out);
	arena_release(&a);
	if (rc == -AWM_REMOTE) {
		outcome_of_error(RETRY, ret);
		return 0;
	}
	if (!rc)
		*ret = outcome_of(SENT, "");
	return rc;
}

int channel_send(struct remote *r, const struct parcel *p, struct outcome *ret)
{
	if (p->argv)
		return send_command(r, p, ret);
	return p->to ? send_mail(r, p, ret) : send_http(r, p, ret);
}
