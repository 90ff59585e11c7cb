/* SPDX-License-Identifier: MIT */
/*
 * usage: post URL CONNECTIONS COUNT BODYFILE
 *
 * The floor of delivery: a bare libcurl multi loop that posts the same bytes
 * COUNT times over CONNECTIONS connections, each used again and again, with the
 * headers of a webhook but nothing signed, nothing read from a database, and
 * nothing written down.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#define CONNECTIONS_MAX 256

static size_t ignore(char *bytes, size_t size, size_t n, void *ctx)
{
	(void)bytes;
	(void)ctx;
	return size * n;
}

static char *slurp(const char *path, long *ret)
{
	FILE *f = fopen(path, "r");
	char *text = malloc(1 << 20);

	if (!f || !text)
		exit(2);
	*ret = (long)fread(text, 1, 1 << 20, f);
	fclose(f);
	return text;
}

static CURL *prepare(const char *url, const char *body, long len,
		     struct curl_slist *headers)
{
	CURL *e = curl_easy_init();

	curl_easy_setopt(e, CURLOPT_URL, url);
	curl_easy_setopt(e, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, len);
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, ignore);
	curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
	return e;
}

static struct curl_slist *make_headers(void)
{
	struct curl_slist *h = NULL;

	h = curl_slist_append(h, "content-type: application/json");
	h = curl_slist_append(h,
			      "webhook-id: msg_0123456789abcdef0123456789ab");
	h = curl_slist_append(h, "webhook-timestamp: 1795348800");
	return curl_slist_append(h,
				 "webhook-signature: v1,"
				 "x7K9/61N128/lSv3XzX/zzmf+8s3nKgrt4B794f6e88"
				 "=");
}

int main(int argc, char **argv)
{
	struct curl_slist *headers;
	long left, len, connections;
	int running, queued, failed = 0;
	CURLM *multi;
	CURLMsg *msg;
	char *body;

	if (argc < 5 || curl_global_init(CURL_GLOBAL_ALL))
		return 2;
	connections = atol(argv[2]);
	left = atol(argv[3]);
	body = slurp(argv[4], &len);
	headers = make_headers();
	multi = curl_multi_init();
	if (connections > CONNECTIONS_MAX)
		return 2;
	curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
	for (long i = 0; i < connections && left > 0; i++, left--)
		curl_multi_add_handle(multi,
				      prepare(argv[1], body, len, headers));
	do {
		curl_multi_perform(multi, &running);
		while ((msg = curl_multi_info_read(multi, &queued))) {
			CURL *e = msg->easy_handle;
			long status = 0;

			if (msg->msg != CURLMSG_DONE)
				continue;
			curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &status);
			failed += status != 204;
			curl_multi_remove_handle(multi, e);
			if (left-- > 0) {
				curl_multi_add_handle(multi, e);
				running++;
			} else {
				curl_easy_cleanup(e);
			}
		}
		if (running)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	} while (running);
	curl_multi_cleanup(multi);
	return failed != 0;
}
