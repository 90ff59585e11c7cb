/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <stdio.h>
#include <string.h>

/* Certificates that were refused, by OpenSSL's number for it. */
static const struct {
	long number;
	const char *what; /* behind "the certificate of PLACE " */
	const char *hint;
} certificates[] = {
	{9, "is not valid yet", "is the clock of this machine right?"},
	{10, "has expired",
	 "its owner has to renew it; is the clock of this machine right?"},
	{18, "is self-signed, and nobody vouches for it",
	 "to trust it, name a PEM file with it in SSL_CERT_FILE"},
	{19, "comes from an authority that this machine does not know",
	 "to trust it, name a PEM file with it in SSL_CERT_FILE"},
	{20, "comes from an authority that this machine does not know",
	 "install ca-certificates, or name a PEM file in SSL_CERT_FILE"},
	{21, "does not come with those between it and an authority",
	 "its owner has to send the whole chain"},
	{23, "was revoked", "its owner has to replace it"},
	{24, "was made by one that may not make any",
	 "its owner has to replace it"},
	{26, "is for another purpose", "its owner has to replace it"},
	{62, "is for another name", "is the host of the URL right?"},
	{64, "is for another address", "is the host of the URL right?"},
	{66, "has a key that is too weak", "its owner has to replace it"},
	{68, "is signed in a way that is too weak",
	 "its owner has to replace it"},
};

static void explain(struct net_call *call, const char *what, const char *hint)
{
	call_fault(call, NET_TLS, "the certificate of %s %s", call->place,
		   what);
	snprintf(call->hint, sizeof(call->hint), "%s", hint);
}

static bool explain_number(struct net_call *call, long number)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(certificates); i++) {
		if (certificates[i].number != number)
			continue;
		explain(call, certificates[i].what, certificates[i].hint);
		return true;
	}
	return false;
}

/* What the error number does not tell. */
static void explain_text(struct net_call *call, const char *text)
{
	if (strstr(text, "subject name")) {
		explain_number(call, 62);
		return;
	}
	call_fault(call, NET_TLS, "no encrypted connection to %s: %s",
		   call->place, text);
	if (strstr(text, "wrong version number") ||
	    strstr(text, "packet length too long"))
		snprintf(call->hint, sizeof(call->hint),
			 "it does not seem to speak TLS at that port: is it "
			 "%s?",
			 call->is_mail ? "smtp:// with STARTTLS" : "http://");
	else if (call->is_mail && strstr(text, "STARTTLS"))
		snprintf(call->hint, sizeof(call->hint),
			 "the server offers no encryption there; try smtps://");
}

void fault_of_tls(struct net_call *call, CURLcode code)
{
	const char *file = call->net->ca_file;
	char text[CURL_ERROR_SIZE];
	long number = 0;

	if (code == CURLE_SSL_CACERT_BADFILE) {
		call_fault(call, NET_TLS, "cannot read the certificates%s%s",
			   file ? " in " : "", file ? file : "");
		snprintf(call->hint, sizeof(call->hint),
			 "install ca-certificates, or name a PEM file in "
			 "SSL_CERT_FILE");
		return;
	}
	curl_easy_getinfo(call->easy, CURLINFO_SSL_VERIFYRESULT, &number);
	if (code == CURLE_PEER_FAILED_VERIFICATION &&
	    explain_number(call, number))
		return;
	print_safe(text, sizeof(text),
		   call->errbuf[0] ? call->errbuf : curl_easy_strerror(code),
		   strlen(call->errbuf[0] ? call->errbuf
					  : curl_easy_strerror(code)));
	explain_text(call, text);
}
