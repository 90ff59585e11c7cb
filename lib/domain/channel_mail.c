// SPDX-License-Identifier: MIT
/* Notifications by mail. */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mime.h"
#include "domain/channel.h"

#define FOOTER                                                                 \
	"\n-- \nawm sends this because your preferences ask for it:\n"         \
	"awm user prefs notifications.email false\n"

/* The owner's address, where the settings name none. */
static int find_sender(struct awm_session *s, const struct access *access,
		       struct arena *a, const char **ret)
{
	struct awm_value v = AWM_VALUE_NULL;
	int rc = 0;

	*ret = access_setting(access, "from");
	if (*ret)
		return 0;
	if (access->user)
		rc = db_get(s->db, a, &v,
			    "SELECT \"email\" FROM \"users\" WHERE \"id\"=?1",
			    "i", access->user);
	if (rc)
		return rc;
	if (v.kind == AWM_TEXT && mime_is_address(v.s)) {
		*ret = v.s;
		return 0;
	}
	err_set(AWM_ERROR, "integration %lld has no sender",
		(long long)access->id);
	return err_hint("awm integration edit %lld --setting from=ADDRESS",
			(long long)access->id);
}

/* Names that RFC 2606 keeps free of mail stand for people without one. */
static int check_recipient(const char *email)
{
	size_t len = strlen(email), end = strlen(".invalid");

	if (!mime_is_address(email) ||
	    (len > end && !strcasecmp(email + len - end, ".invalid")))
		return err_set(AWM_INVALID, "'%s' is no address of a mail",
			       email);
	return 0;
}

/* Without a host it is the mail server of this machine. */
static const char *server_url(const struct access *access, struct arena *a,
			      bool *ret_starttls)
{
	const char *host = access_setting(access, "host");
	const char *tls = access_setting(access, "tls");
	const cJSON *port = json_get(access->settings, "port");
	bool whole;
	int number;

	if (!tls)
		tls = host ? "starttls" : "none";
	whole = !strcmp(tls, "tls");
	*ret_starttls = !strcmp(tls, "starttls");
	number = cJSON_IsNumber(port) ? port->valueint
		 : whole	      ? 465
		 : *ret_starttls      ? 587
				      : 25;
	return arena_printf(a, "%s://%s:%d", whole ? "smtps" : "smtp",
			    host ? host : "localhost", number);
}

static int write_mail(const struct message *m, const char *from,
		      struct arena *a, struct parcel *ret)
{
	_cleanup_buf_ struct buf text = {0}, out = {0};
	struct mime_mail mail = {
		.from_name = "awm",
		.from = from,
		.to_name = m->name,
		.to = m->email,
		.subject = m->title,
		.date = m->at,
	};

	mail.id = arena_printf(a, "%s@%s", m->id, strrchr(from, '@') + 1);
	if (!mail.id)
		return -AWM_NOMEM;
	buf_addf(&text, "%s\n", m->content);
	if (m->action)
		buf_addf(&text, "\n%s\n", m->action);
	buf_adds(&text, FOOTER);
	if (buf_check(&text))
		return -AWM_NOMEM;
	mail.text = text.s;
	mime_build(&mail, &out);
	if (buf_check(&out))
		return -AWM_NOMEM;
	ret->body = arena_strndup(a, out.s, out.len);
	ret->len = out.len;
	return ret->body ? 0 : -AWM_NOMEM;
}

static int pack(struct awm_session *s, const struct access *access,
		const struct message *m, struct arena *a, struct parcel *ret)
{
	const char *user = access_credential(access, "username");
	int rc = check_recipient(m->email);

	*ret = (struct parcel){
		.to = m->email,
		.password = access_credential(access, "password"),
	};
	if (rc)
		return rc;
	ret->shown = ret->url = server_url(access, a, &ret->starttls);
	if (!ret->url)
		return -AWM_NOMEM;
	rc = find_sender(s, access, a, &ret->from);
	/* A password alone goes with the sender's address. */
	if (ret->password)
		ret->user = user ? user : ret->from;
	return rc ? rc : write_mail(m, ret->from, a, ret);
}

const struct channel channel_mail = {.type = "smtp", .pack = pack};
