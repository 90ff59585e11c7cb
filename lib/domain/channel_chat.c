// SPDX-License-Identifier: MIT
/* Notifications in a chat, by the address that it gives out for that: whoever
 * knows it may post, so it is the credential. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/utf8.h"
#include "domain/channel.h"

#define DISCORD_MAX 2000 /* characters */
#define TEXT_MAX    3500 /* bytes: what all of them take */

static bool is(const char *flavor, const char *word)
{
	return !strcmp(flavor, word);
}

/* Slack calls people by <!channel>, the others by @channel. */
void chat_escape(struct buf *out, const char *flavor, const char *s)
{
	for (; *s; s++) {
		if (is(flavor, "slack") && *s == '&')
			buf_adds(out, "&amp;");
		else if (is(flavor, "slack") && *s == '<')
			buf_adds(out, "&lt;");
		else if (is(flavor, "slack") && *s == '>')
			buf_adds(out, "&gt;");
		else if (is(flavor, "mattermost") && *s == '@')
			buf_adds(out, "@\xe2\x80\x8b"); /* breaks the name */
		else
			buf_addc(out, *s);
	}
}

static int text_of(const struct message *m, const char *flavor, struct buf *out)
{
	_cleanup_buf_ struct buf plain = {0};

	buf_addf(&plain, "%s\n%s", m->title, m->content);
	if (m->name && *m->name)
		buf_addf(&plain, "\n(for %s)", m->name);
	if (m->action)
		buf_addf(&plain, "\n%s", m->action);
	if (buf_check(&plain))
		return -AWM_NOMEM;
	if (plain.len > TEXT_MAX) {
		size_t end = TEXT_MAX;

		while (end && ((unsigned char)plain.s[end] & 0xc0) == 0x80)
			end--;
		buf_truncate(&plain, end);
		buf_adds(&plain, "…");
	}
	chat_escape(out, flavor, buf_str(&plain));
	return plain.failed ? -AWM_NOMEM : buf_check(out);
}

/* The first `max` characters. */
static size_t cut(const char *s, size_t len, size_t max)
{
	size_t n = 0, i = 0;

	for (; i < len; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80 && ++n > max)
			break;
	return i;
}

static void write_json(const struct access *access, const char *flavor,
		       const struct buf *text, struct buf *out)
{
	const char *channel = access_setting(access, "channel");
	bool discord = is(flavor, "discord");
	struct jsonw w = {.out = out};

	jsonw_object(&w);
	jsonw_key(&w, discord ? "content" : "text");
	jsonw_text(&w, text->s,
		   discord ? cut(text->s, text->len, DISCORD_MAX) : text->len);
	if (discord) {
		jsonw_key(&w, "allowed_mentions");
		jsonw_object(&w);
		jsonw_key(&w, "parse");
		jsonw_array(&w);
		jsonw_end_array(&w);
		jsonw_end_object(&w);
	} else if (channel) {
		jsonw_key(&w, "channel");
		jsonw_str(&w, channel);
	}
	jsonw_end_object(&w);
}

/* Scheme and host alone. */
static const char *without_path(const char *url, struct arena *a)
{
	const char *host = strstr(url, "://");
	size_t len =
		host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : 0;

	return arena_printf(a, "%.*s/***", (int)len, url);
}

static int pack(struct awm_session *s, const struct access *access,
		const struct message *m, struct arena *a, struct parcel *ret)
{
	_cleanup_buf_ struct buf text = {0}, out = {0};
	const char *flavor = access_setting(access, "flavor");
	const char *url = access_credential(access, "url");
	int rc;

	(void)s;
	if (!url)
		return err_set(AWM_ERROR, "integration %lld has no address",
			       (long long)access->id);
	if (!flavor)
		flavor = "slack";
	rc = text_of(m, flavor, &text);
	if (rc)
		return rc;
	if (!is(flavor, "ntfy"))
		write_json(access, flavor, &text, &out);
	else
		buf_add(&out, text.s, text.len);
	if (buf_check(&out))
		return -AWM_NOMEM;
	*ret = (struct parcel){
		.url = url,
		.shown = without_path(url, a),
		.content_type = is(flavor, "ntfy") ? "text/plain; charset=utf-8"
						   : "application/json",
		.body = arena_strndup(a, out.s, out.len),
		.len = out.len,
	};
	return ret->shown && ret->body ? 0 : -AWM_NOMEM;
}

const struct channel channel_chat = {.type = "slack", .pack = pack};
