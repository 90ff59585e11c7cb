// SPDX-License-Identifier: MIT
#include "domain/webhook_sign.h"

#include <string.h>

#include "base/err.h"
#include "edge/mac.h"

#define PREFIX	   "whsec_"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define VERSION	   "v1,"
#define KEY_MADE   32

int webhook_key_read(const char *secret, struct webhook_key *ret)
{
	size_t len = strlen(secret);

	if (len < PREFIX_LEN || memcmp(secret, PREFIX, PREFIX_LEN) != 0 ||
	    mac_base64_read(secret + PREFIX_LEN, len - PREFIX_LEN, ret->bytes,
			    sizeof(ret->bytes), &ret->len) ||
	    ret->len < WEBHOOK_KEY_MIN) {
		mac_wipe(ret, sizeof(*ret));
		err_set(AWM_USAGE, "malformed secret of a webhook");
		return err_hint(PREFIX "… with the base64 of %d to %d bytes",
				WEBHOOK_KEY_MIN, WEBHOOK_KEY_MAX);
	}
	return 0;
}

int webhook_secret_make(char out[WEBHOOK_SECRET_SIZE])
{
	unsigned char key[KEY_MADE];
	_cleanup_buf_ struct buf b = {0};
	int rc = mac_random(key, sizeof(key));

	if (rc)
		return rc;
	buf_adds(&b, PREFIX);
	mac_base64_add(&b, key, sizeof(key));
	mac_wipe(key, sizeof(key));
	rc = buf_check(&b);
	if (!rc)
		memcpy(out, b.s, b.len + 1);
	if (b.s)
		mac_wipe(b.s, b.cap);
	return rc;
}

static int mac_of(const struct webhook_key *key, const char *id,
		  const char *timestamp, const void *body, size_t len,
		  unsigned char ret[MAC_SIZE])
{
	const struct mac_piece pieces[] = {
		{id, strlen(id)}, {".", 1},    {timestamp, strlen(timestamp)},
		{".", 1},	  {body, len},
	};

	return mac_sha256(key->bytes, key->len, pieces, ARRAY_LEN(pieces), ret);
}

int webhook_sign(const struct webhook_key *key, const char *id,
		 const char *timestamp, const void *body, size_t len,
		 struct buf *out)
{
	unsigned char mac[MAC_SIZE];
	int rc = mac_of(key, id, timestamp, body, len, mac);

	if (rc)
		return rc;
	buf_adds(out, VERSION);
	mac_base64_add(out, mac, sizeof(mac));
	return buf_check(out);
}

/* ---- verify ---- */

static int check_complete(const struct awm_webhook_message *m)
{
	const char *missing = !m->id || !*m->id			? "webhook-id"
			      : !m->timestamp || !*m->timestamp ? "webhook-"
								  "timestamp"
			      : !m->signature || !*m->signature ? "webhook-"
								  "signature"
								: NULL;

	return missing ? err_set(AWM_USAGE, "the header %s is missing", missing)
		       : 0;
}

static int check_time(const char *timestamp, int64_t now)
{
	size_t digits = strspn(timestamp, "0123456789");
	int64_t at, off;

	if (!digits || digits > 12 || timestamp[digits])
		return err_set(AWM_USAGE,
			       "webhook-timestamp is no number of seconds");
	at = strtoll(timestamp, NULL, 10);
	off = now / 1000 - at;
	if (off > AWM_WEBHOOK_TOLERANCE)
		return err_set(AWM_DENIED,
			       "the message is %lld seconds old, more than %d",
			       (long long)off, AWM_WEBHOOK_TOLERANCE);
	if (off < -AWM_WEBHOOK_TOLERANCE)
		return err_set(AWM_DENIED,
			       "the message is of %lld seconds from now, more "
			       "than %d",
			       (long long)-off, AWM_WEBHOOK_TOLERANCE);
	return 0;
}

/* One item of the header. Those of other versions are not for us. */
static bool item_fits(const char *item, size_t len,
		      const unsigned char mac[MAC_SIZE])
{
	unsigned char theirs[MAC_SIZE];
	size_t n;

	if (len < strlen(VERSION) || memcmp(item, VERSION, strlen(VERSION)))
		return false;
	if (mac_base64_read(item + strlen(VERSION), len - strlen(VERSION),
			    theirs, sizeof(theirs), &n)) {
		err_clear();
		return false;
	}
	return n == MAC_SIZE && mac_equal(theirs, mac, MAC_SIZE);
}

static bool fits(const struct awm_webhook_message *m,
		 const unsigned char mac[MAC_SIZE])
{
	for (const char *p = m->signature; *p;) {
		size_t len = strcspn(p, " ");

		if (item_fits(p, len, mac))
			return true;
		p += len + strspn(p + len, " ");
	}
	return false;
}

int webhook_verify(const struct webhook_key *keys, size_t n,
		   const struct awm_webhook_message *m, int64_t now)
{
	unsigned char mac[MAC_SIZE];
	int rc = check_complete(m);

	if (!rc)
		rc = check_time(m->timestamp, now);
	for (size_t i = 0; i < n && !rc; i++) {
		rc = mac_of(&keys[i], m->id, m->timestamp, m->body, m->body_len,
			    mac);
		if (!rc && fits(m, mac))
			return 0;
	}
	return rc ? rc
		  : err_set(AWM_DENIED,
			    "no signature of the message fits the secret");
}

int awm_webhook_verify(const char *secret, const struct awm_webhook_message *m,
		       int64_t now)
{
	struct webhook_key key;
	int rc = webhook_key_read(secret, &key);

	if (!rc)
		rc = webhook_verify(&key, 1, m, now);
	mac_wipe(&key, sizeof(key));
	return rc;
}
