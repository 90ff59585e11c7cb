// SPDX-License-Identifier: MIT
/* Where webhooks may be sent to. */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "domain/webhook.h"
#include "edge/net.h"

#define ORIGIN_SIZE 320

/* Of other protocols, which a request could be taken for. */
static const char *const ports[] = {
	"1",	"7",	"9",	"11",	"13",	 "15",	  "17",	   "19",
	"20",	"21",	"22",	"23",	"25",	 "37",	  "42",	   "43",
	"53",	"69",	"77",	"79",	"87",	 "95",	  "101",   "102",
	"103",	"104",	"109",	"110",	"111",	 "113",	  "115",   "117",
	"119",	"123",	"135",	"137",	"139",	 "143",	  "161",   "179",
	"389",	"427",	"445",	"465",	"512",	 "513",	  "514",   "515",
	"526",	"530",	"531",	"532",	"540",	 "548",	  "554",   "556",
	"563",	"587",	"601",	"636",	"873",	 "989",	  "990",   "993",
	"995",	"1433", "1521", "1719", "1720",	 "1723",  "2049",  "2375",
	"2376", "2379", "3306", "3389", "3659",	 "4045",  "5060",  "5061",
	"5432", "5900", "6000", "6379", "6566",	 "6665",  "6666",  "6667",
	"6668", "6669", "6697", "9042", "10080", "11211", "27017",
};

static int split(const char *url, char origin[ORIGIN_SIZE], const char **host,
		 const char **port)
{
	const struct net_ops *ops;
	struct net_error e = {0};
	char *p;
	int rc = net_ops(&ops);

	*host = *port = "";
	if (rc)
		return rc;
	rc = ops->url_host(url, origin, ORIGIN_SIZE, &e);
	if (rc == -AWM_USAGE) {
		err_set(AWM_INVALID, "the URL cannot be used: %s", e.message);
		return *e.hint ? err_hint("%s", e.hint) : -AWM_INVALID;
	}
	if (rc)
		return err_set((enum awm_err) - rc, "%s", e.message);
	*host = strstr(origin, "://") + 3;
	p = strrchr((char *)*host, ':');
	*port = "";
	if (p && !strchr(p, ']')) {
		*p = '\0';
		*port = p + 1;
	}
	return 0;
}

int webhook_url_check(const char *url)
{
	char origin[ORIGIN_SIZE];
	const char *host, *port;
	int rc = split(url, origin, &host, &port);

	for (size_t i = 0; i < ARRAY_LEN(ports) && !rc; i++)
		if (!strcmp(port, ports[i]))
			rc = err_set(AWM_INVALID,
				     "the URL cannot be used: port %s is not "
				     "for HTTP",
				     port);
	return rc;
}

static bool ends_in(const char *host, const char *tail)
{
	size_t n = strlen(host), t = strlen(tail);

	if (n && host[n - 1] == '.')
		n--;
	return n >= t && !strncasecmp(host + n - t, tail, t) &&
	       (n == t || host[n - t - 1] == '.');
}

static bool is_private(const struct net_ops *ops, const char *host)
{
	return ends_in(host, "localhost") || ends_in(host, "localdomain") ||
	       ends_in(host, "local") || ends_in(host, "internal") ||
	       ops->address_is_private(host) == 1;
}

int webhook_url_check_private(struct awm_session *s, const char *url,
			      bool allow)
{
	bool machine =
		s->config && awm_config_bool(s->config, "webhook.allowPrivate");
	char origin[ORIGIN_SIZE];
	const char *host, *port;
	const struct net_ops *ops;
	int rc = split(url, origin, &host, &port);

	if (!rc)
		rc = net_ops(&ops);
	if (rc || !is_private(ops, host) || (allow && machine))
		return rc;
	err_set(AWM_INVALID, "'%s' is a private address", host);
	if (!allow)
		return err_hint("--allow-private, where it is meant");
	return err_hint("awm config set webhook.allowPrivate true");
}

int webhook_url_place(const char *url, struct arena *a, const char **ret)
{
	char origin[ORIGIN_SIZE];
	const char *host, *port;
	int rc = split(url, origin, &host, &port);

	if (rc)
		return rc;
	*ret = arena_printf(a, "%s%s%s", host, *port ? ":" : "", port);
	return *ret ? 0 : -AWM_NOMEM;
}
