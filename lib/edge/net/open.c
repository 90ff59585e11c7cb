/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static CURLcode global = CURLE_FAILED_INIT;

/* Never undone: other users of libcurl may be in the process. */
static void init_once(void)
{
	global = curl_global_init(CURL_GLOBAL_DEFAULT);
}

int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Puts a copy of s, NULL as it is, into *ret. */
static bool copy(char **ret, const char *s)
{
	*ret = s ? strdup(s) : NULL;
	return *ret || !s;
}

/* The certificates: those of the options, else what OpenSSL's own programs
 * look at, which libcurl leaves to whoever uses it. */
static int choose_certificates(struct net *net, const char *file,
			       struct net_error *err)
{
	const char *folder = NULL;
	int r;

	if (!file || !*file) {
		file = getenv("SSL_CERT_FILE");
		folder = getenv("SSL_CERT_DIR");
	}
	if (file && !*file)
		file = NULL;
	if (folder && !*folder)
		folder = NULL;
	if (file && access(file, R_OK) != 0) {
		r = fail(err, errno == ENOENT ? AWM_NOT_FOUND : AWM_ERROR,
			 "cannot read the certificates in '%s': %s", file,
			 strerror(errno));
		return fail_hint(err, r,
				 "they are named by a setting or by "
				 "SSL_CERT_FILE; a PEM file is wanted");
	}
	if (!copy(&net->ca_file, file) || !copy(&net->ca_folder, folder))
		return nomem(err);
	return 0;
}

static int set_up(struct net *net, const struct net_opts *opts,
		  struct net_error *err)
{
	long most = opts->max_connections > 0 ? opts->max_connections
					      : MAX_CONNECTIONS;

	net->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (net->wake < 0)
		return fail(err, AWM_ERROR, "cannot make an eventfd: %s",
			    strerror(errno));
	net->multi = curl_multi_init();
	if (!net->multi || !copy(&net->user_agent, opts->user_agent))
		return nomem(err);
	if (curl_multi_setopt(net->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
			      most) ||
	    curl_multi_setopt(net->multi, CURLMOPT_MAXCONNECTS, most) ||
	    curl_multi_setopt(net->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
			      opts->max_per_host) ||
	    curl_multi_setopt(net->multi, CURLMOPT_PIPELINING,
			      CURLPIPE_MULTIPLEX))
		return fail(err, AWM_ERROR, "cannot set up libcurl");
	return choose_certificates(net, opts->ca_file, err);
}

int net_open(const struct net_opts *opts, struct net **ret,
	     struct net_error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	static const struct net_opts none;
	struct net *net;
	int r;

	pthread_once(&once, init_once);
	if (global)
		return fail(err, AWM_ERROR, "cannot start libcurl: %s",
			    curl_easy_strerror(global));
	net = calloc(1, sizeof(*net));
	if (!net)
		return nomem(err);
	net->wake = -1;
	r = set_up(net, opts ? opts : &none, err);
	if (r != 0) {
		net_close(net);
		return r;
	}
	*ret = net;
	return 0;
}

void net_close(struct net *net)
{
	if (!net)
		return;
	while (net->calls) {
		net->calls->cancelled = true;
		call_end(net->calls, CURLE_ABORTED_BY_CALLBACK);
	}
	curl_multi_cleanup(net->multi);
	if (net->wake >= 0)
		close(net->wake);
	free(net->user_agent);
	free(net->ca_file);
	free(net->ca_folder);
	free(net);
}
