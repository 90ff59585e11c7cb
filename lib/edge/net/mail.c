/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* An address goes into a command of SMTP, so that nothing in it may end one. */
static bool is_address(const char *s)
{
	size_t len;

	for (len = 0; s && s[len]; len++)
		if ((unsigned char)s[len] <= ' ' || s[len] == 0x7F ||
		    s[len] == '<' || s[len] == '>')
			return false;
	return len > 0 && len <= 254;
}

static int refuse_address(const char *s, struct net_error *err)
{
	char safe[128];

	print_safe(safe, sizeof(safe), s ? s : "", s ? strlen(s) : 0);
	return fail(err, AWM_USAGE, "no address of a mail: '%s'", safe);
}

static int set_envelope(struct net_call *call, const struct net_mail *mail,
			struct net_error *err)
{
	struct curl_slist *grown;
	char line[300];
	size_t i;

	/* "" is the sender of what nobody shall answer to. */
	if (!mail->from || (*mail->from && !is_address(mail->from)))
		return refuse_address(mail->from, err);
	if (mail->nto == 0)
		return fail(err, AWM_USAGE, "the mail is for nobody");
	for (i = 0; i < mail->nto; i++) {
		if (!is_address(mail->to[i]))
			return refuse_address(mail->to[i], err);
		snprintf(line, sizeof(line), "<%s>", mail->to[i]);
		grown = curl_slist_append(call->recipients, line);
		if (!grown)
			return nomem(err);
		call->recipients = grown;
	}
	snprintf(line, sizeof(line), "<%s>", mail->from);
	if (curl_easy_setopt(call->easy, CURLOPT_MAIL_FROM, line) ||
	    curl_easy_setopt(call->easy, CURLOPT_MAIL_RCPT, call->recipients))
		return nomem(err);
	return 0;
}

static size_t on_read(char *buf, size_t size, size_t n, void *ctx)
{
	struct net_call *call = ctx;
	size_t len = call->message_len - call->message_pos;

	if (call->cancelled)
		return CURL_READFUNC_ABORT;
	if (len > size * n)
		len = size * n;
	memcpy(buf, call->message + call->message_pos, len);
	call->message_pos += len;
	return len;
}

static int set_message(struct net_call *call, const struct net_mail *mail,
		       struct net_error *err)
{
	CURL *easy = call->easy;
	int bad = 0;

	call->message = mail->message ? mail->message : "";
	call->message_len = mail->message ? mail->message_len : 0;
	bad |= (int)curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_READDATA, call);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
				     (curl_off_t)call->message_len);
	/* The wait for the server's last word is libcurl's own, out of the loop
	 * and blind to its limits. */
	bad |= (int)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, call->total_ms);
	bad |= (int)set_response(call);
	return bad ? nomem(err) : 0;
}

static int set_login(struct net_call *call, const struct net_mail *mail,
		     struct net_error *err)
{
	bool plain = strncasecmp(mail->url, "smtp:", 5) == 0;
	CURL *easy = call->easy;
	int bad = 0, r;

	if (mail->user && plain && !mail->starttls && !mail->private_ok) {
		r = fail(err, AWM_USAGE,
			 "the password would be sent to %s unencrypted",
			 call->place);
		return fail_hint(err, r, "use smtps://, or require STARTTLS");
	}
	if (mail->user) {
		bad |= (int)curl_easy_setopt(easy, CURLOPT_USERNAME,
					     mail->user);
		bad |= (int)curl_easy_setopt(easy, CURLOPT_PASSWORD,
					     mail->password ? mail->password
							    : "");
	}
	if (plain)
		bad |= (int)curl_easy_setopt(easy, CURLOPT_USE_SSL,
					     (long)(mail->starttls
							    ? CURLUSESSL_ALL
							    : CURLUSESSL_NONE));
	bad |= (int)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	/* A session that is kept would be closed with a QUIT whose answer is
	 * waited for, out of the loop and up to two minutes. */
	bad |= (int)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	return bad ? nomem(err) : 0;
}

int net_mail(struct net *net, const struct net_mail *mail,
	     struct net_call **ret, struct net_error *err)
{
	struct net_call *call = call_new(net);
	int r;

	if (!call)
		return nomem(err);
	call->is_mail = true;
	call->total_ms = mail->total_ms > 0 ? mail->total_ms : MAIL_MS;
	call->connect_ms = call->total_ms;
	call->max_head = MAX_HEAD;
	call->private_ok = mail->private_ok;
	call->on_done = mail->done;
	call->ctx = mail->ctx;
	r = call_url(call, mail->url, err);
	if (r == 0)
		r = set_envelope(call, mail, err);
	if (r == 0)
		r = set_login(call, mail, err);
	if (r == 0)
		r = set_message(call, mail, err);
	if (r != 0) {
		call_free(call);
		return r;
	}
	return call_begin(call, ret, err);
}
