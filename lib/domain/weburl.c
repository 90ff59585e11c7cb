/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "domain/reference.h"

enum forge {
	FORGE_NONE,
	FORGE_GITHUB, /* and Gitea, Forgejo, Gogs */
	FORGE_GITLAB,
	FORGE_BITBUCKET,
	FORGE_BITBUCKET_SERVER,
	FORGE_AZURE,
	FORGE_SOURCEHUT,
	FORGE_CGIT
};

static const struct {
	const char *word; /* of awm.forge */
	enum forge forge;
} forge_words[] = {
	{"github", FORGE_GITHUB},
	{"gitea", FORGE_GITHUB},
	{"forgejo", FORGE_GITHUB},
	{"codeberg", FORGE_GITHUB},
	{"gogs", FORGE_GITHUB},
	{"gitlab", FORGE_GITLAB},
	{"bitbucket", FORGE_BITBUCKET},
	{"bitbucket-server", FORGE_BITBUCKET_SERVER},
	{"azure", FORGE_AZURE},
	{"sourcehut", FORGE_SOURCEHUT},
	{"cgit", FORGE_CGIT},
};

static const struct {
	const char *host;
	enum forge forge;
	const char *web; /* the host that has the pages, if it is another */
} hosts[] = {
	{"github.com", FORGE_GITHUB, NULL},
	{"ssh.github.com", FORGE_GITHUB, "github.com"},
	{"codeberg.org", FORGE_GITHUB, NULL},
	{"gitea.com", FORGE_GITHUB, NULL},
	{"gitlab.com", FORGE_GITLAB, NULL},
	{"altssh.gitlab.com", FORGE_GITLAB, "gitlab.com"},
	{"bitbucket.org", FORGE_BITBUCKET, NULL},
	{"altssh.bitbucket.org", FORGE_BITBUCKET, "bitbucket.org"},
	{"dev.azure.com", FORGE_AZURE, NULL},
	{"ssh.dev.azure.com", FORGE_AZURE, "dev.azure.com"},
	{"vs-ssh.visualstudio.com", FORGE_AZURE, "dev.azure.com"},
	{"git.sr.ht", FORGE_SOURCEHUT, NULL},
};

#define MAX_PARTS 20

/* A remote's URL, taken apart. */
struct remote {
	bool http;	  /* reached by http or https: its port serves pages */
	const char *base; /* "https://host:port" */
	const char *host; /* lower case */
	const char *path; /* encoded; no slashes at its ends */
	char *parts[MAX_PARTS];
	size_t count;
};

struct text {
	const char *s;
	size_t len;
};

static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

static bool all_of(struct text t, bool (*is)(char), const char *others)
{
	size_t i;

	for (i = 0; i < t.len; i++)
		if (!is(t.s[i]) && (!t.s[i] || !strchr(others, t.s[i])))
			return false;
	return t.len > 0;
}

static bool ends_with(const char *s, const char *end)
{
	size_t a = strlen(s), b = strlen(end);

	return a > b && strcmp(s + a - b, end) == 0;
}

static char *lower(struct text t, struct arena *a)
{
	char *s = arena_strndup(a, t.s, t.len);
	size_t i;

	for (i = 0; s && i < t.len; i++)
		if (s[i] >= 'A' && s[i] <= 'Z')
			s[i] |= 0x20;
	return s;
}

/* Percent-encodes a path; `escapes` leaves those that it holds. */
static char *encode(struct text t, bool escapes, struct arena *a)
{
	static const char hex[] = "0123456789ABCDEF";
	char *s = arena_array(a, t.len + 1, 3), *p = s;
	size_t i;

	for (i = 0; s && i < t.len; i++) {
		unsigned char c = (unsigned char)t.s[i];

		if (is_plain(t.s[i]) || (c && strchr("._~/-", c)) ||
		    (escapes && c == '%' && i + 2 < t.len &&
		     is_hex(t.s[i + 1]) && is_hex(t.s[i + 2]))) {
			*p++ = (char)c;
		} else {
			*p++ = '%';
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
		}
	}
	return s;
}

/* Splits "[host]:rest" or "host:rest" at the first colon after the host. */
static bool split_host(struct text t, struct text *host, struct text *rest)
{
	const char *colon, *close = NULL;
	bool v6 = t.len && t.s[0] == '[';

	if (v6 && !(close = memchr(t.s, ']', t.len)))
		return false;
	if (v6 && close + 1 < t.s + t.len && close[1] != ':')
		return false;
	colon = v6 ? close + 1 : memchr(t.s, ':', t.len);
	if (!colon)
		colon = t.s + t.len;
	*host = (struct text){t.s, (size_t)(colon - t.s)};
	*rest = (struct text){colon, t.len - host->len};
	if (v6)
		return all_of((struct text){t.s + 1, host->len - 2}, is_hex,
			      ":.");
	return all_of(*host, is_plain, ".-_");
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct text after(struct text t, char c)
{
	const char *p = memrchr(t.s, c, t.len);

	if (!p)
		return t;
	return (struct text){p + 1, (size_t)(t.s + t.len - p) - 1};
}

/* Writes scheme, host and port. Ports of ssh and git serve no pages. */
static bool set_base(struct remote *r, struct text host, struct text port,
		     bool plain, struct arena *a)
{
	const char *p = "";

	if (port.len && port.s[0] == ':') {
		port.s++;
		port.len--;
		if (port.len > 5 || (port.len && !all_of(port, is_digit, "")))
			return false;
		if (r->http && port.len)
			p = arena_printf(a, ":%.*s", (int)port.len, port.s);
	}
	if (p && strcmp(p, plain ? ":80" : ":443") == 0)
		p = "";
	r->host = lower(host, a);
	if (!p || !r->host)
		return false;
	r->base = arena_printf(a, "%s://%s%s", plain ? "http" : "https",
			       r->host, p);
	return r->base != NULL;
}

/* Cuts the path into parts. An '@' in it may be the end of a password that
 * held a slash: better no page than that one. */
static bool set_path(struct remote *r, struct text t, bool url, struct arena *a)
{
	char *copy, *part, *save = NULL;

	while (t.len && t.s[0] == '/') {
		t.s++;
		t.len--;
	}
	while (t.len && t.s[t.len - 1] == '/')
		t.len--;
	if (memchr(t.s, '@', t.len) || memmem(t.s, t.len, "//", 2))
		return false;
	r->path = encode(t, url, a);
	copy = r->path ? arena_strdup(a, r->path) : NULL;
	if (!copy)
		return false;
	if (ends_with(copy, ".git"))
		copy[strlen(copy) - 4] = '\0';
	for (part = strtok_r(copy, "/", &save); part;
	     part = strtok_r(NULL, "/", &save)) {
		if (r->count == MAX_PARTS || strcmp(part, ".") == 0 ||
		    strcmp(part, "..") == 0)
			return false;
		r->parts[r->count++] = part;
	}
	return r->count > 0;
}

/* scheme://[user[:password]@]host[:port]/path */
static bool parse_url(struct remote *r, const char *s, struct arena *a)
{
	static const char *const schemes[] = {"https://",   "http://",
					      "ssh://",	    "git+ssh://",
					      "ssh+git://", "git://"};
	struct text place, host, port, path;
	size_t i;

	for (i = 0; i < ARRAY_LEN(schemes); i++)
		if (strncasecmp(s, schemes[i], strlen(schemes[i])) == 0)
			break;
	if (i == ARRAY_LEN(schemes))
		return false;
	r->http = i < 2;
	s += strlen(schemes[i]);
	place = (struct text){s, strcspn(s, "/?#")};
	path.s = s + place.len;
	path.len = strcspn(path.s, "?#");
	return split_host(after(place, '@'), &host, &port) &&
	       set_base(r, host, port, i == 1, a) && set_path(r, path, true, a);
}

/* [user@]host:path. A letter before the colon is a drive, two colons are a
 * transport helper, a slash before is a path. */
static bool parse_scp(struct remote *r, const char *s, struct arena *a)
{
	size_t user = 0, first = strcspn(s, ":/[");
	struct text host, rest;
	const char *at = memrchr(s, '@', first);

	if (at)
		user = (size_t)(at - s) + 1;
	s += user;
	if (!split_host((struct text){s, strlen(s)}, &host, &rest))
		return false;
	if (host.len < 2 || rest.len < 2 || rest.s[1] == ':')
		return false;
	rest.s++;
	rest.len--;
	return set_base(r, host, (struct text){"", 0}, false, a) &&
	       set_path(r, rest, false, a);
}

static bool parse(struct remote *r, const char *s, struct arena *a)
{
	if (!s)
		return false;
	return strstr(s, "://") ? parse_url(r, s, a) : parse_scp(r, s, a);
}

static enum forge forge_of(struct remote *r, const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(hosts); i++)
		if (strcmp(r->host, hosts[i].host) == 0) {
			if (hosts[i].web) {
				r->host = hosts[i].web;
				r->base = NULL; /* made anew by the caller */
			}
			return hosts[i].forge;
		}
	for (i = 0; word && i < ARRAY_LEN(forge_words); i++)
		if (strcasecmp(word, forge_words[i].word) == 0)
			return forge_words[i].forge;
	if (strncmp(r->host, "gitlab.", 7) == 0)
		return FORGE_GITLAB;
	if (ends_with(r->host, ".visualstudio.com"))
		return FORGE_AZURE;
	if (r->http && r->count == 3 && strcmp(r->parts[0], "scm") == 0)
		return FORGE_BITBUCKET_SERVER;
	return FORGE_NONE;
}

/* The parts from `first` on, joined again, without ".git". */
static const char *join(const struct remote *r, size_t first, struct arena *a)
{
	const char *s = "";
	size_t i;

	for (i = first; s && i < r->count; i++)
		s = arena_printf(a, "%s/%s", s, r->parts[i]);
	return s;
}

static const char *page(const struct remote *r, size_t first,
			const char *middle, const char *sha, struct arena *a)
{
	const char *path = join(r, first, a);

	return path ? arena_printf(a, "%s%s%s%s", r->base, path, middle, sha)
		    : NULL;
}

/* [scm/]PROJECT/repo or [scm/]~user/repo, perhaps below a folder. */
static const char *page_bitbucket_server(const struct remote *r,
					 const char *sha, struct arena *a)
{
	const char *owner, *kind = "projects", *prefix = "";
	size_t i, end = r->count;

	if (end < 2)
		return NULL;
	owner = r->parts[end - 2];
	if (owner[0] == '~') {
		owner++;
		kind = "users";
	}
	end -= 2;
	if (end && strcmp(r->parts[end - 1], "scm") == 0)
		end--;
	for (i = 0; prefix && i < end; i++)
		prefix = arena_printf(a, "%s/%s", prefix, r->parts[i]);
	if (!prefix)
		return NULL;
	return arena_printf(a, "%s%s/%s/%s/repos/%s/commits/%s", r->base,
			    prefix, kind, owner, r->parts[r->count - 1], sha);
}

/* org/project/_git/repo; v3/org/project/repo by ssh; the older host of an
 * organization is org.visualstudio.com. */
static const char *page_azure(struct remote *r, const char *sha,
			      struct arena *a)
{
	size_t n = r->count, first = 0;

	if (n == 4 && strcmp(r->parts[0], "v3") == 0)
		return arena_printf(a, "%s/%s/%s/_git/%s/commit/%s", r->base,
				    r->parts[1], r->parts[2], r->parts[3], sha);
	if (n < 3 || strcmp(r->parts[n - 2], "_git") != 0)
		return NULL;
	if (ends_with(r->host, ".visualstudio.com")) {
		if (strcasecmp(r->parts[0], "DefaultCollection") == 0)
			first++;
		r->base = arena_printf(a, "https://dev.azure.com/%.*s",
				       (int)(strchr(r->host, '.') - r->host),
				       r->host);
	}
	return r->base ? page(r, first, "/commit/", sha, a) : NULL;
}

static const char *page_of(struct remote *r, enum forge forge, const char *sha,
			   struct arena *a)
{
	switch (forge) {
	case FORGE_GITHUB:
		return r->count == 2 || (r->count > 2 &&
					 !ends_with(r->base, "/github.com"))
			       ? page(r, 0, "/commit/", sha, a)
			       : NULL;
	case FORGE_GITLAB:
		return r->count >= 2 ? page(r, 0, "/-/commit/", sha, a) : NULL;
	case FORGE_BITBUCKET:
		return r->count == 2 ? page(r, 0, "/commits/", sha, a) : NULL;
	case FORGE_BITBUCKET_SERVER:
		return page_bitbucket_server(r, sha, a);
	case FORGE_AZURE:
		return page_azure(r, sha, a);
	case FORGE_SOURCEHUT:
		return r->count == 2 && r->parts[0][0] == '~'
			       ? page(r, 0, "/commit/", sha, a)
			       : NULL;
	case FORGE_CGIT:
		return arena_printf(a, "%s/%s/commit/?id=%s", r->base, r->path,
				    sha);
	case FORGE_NONE:
		break;
	}
	return NULL;
}

/* The user's own pattern, {sha} replaced. One without {sha}, or that is no
 * page of the web, gives none. */
static const char *fill(const char *pattern, const char *sha, struct arena *a)
{
	const char *s, *at, *rest = pattern, *out = "";
	size_t scheme;

	if (strncasecmp(pattern, "https://", 8) == 0)
		scheme = 8;
	else if (strncasecmp(pattern, "http://", 7) == 0)
		scheme = 7;
	else
		return NULL;
	for (s = pattern; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return NULL;
	if (!strstr(pattern, "{sha}"))
		return NULL;
	at = memrchr(pattern + scheme, '@', strcspn(pattern + scheme, "/?#"));
	if (at) {
		out = arena_strndup(a, pattern, scheme);
		rest = at + 1;
	}
	while (out && (s = strstr(rest, "{sha}"))) {
		out = arena_printf(a, "%s%.*s%s", out, (int)(s - rest), rest,
				   sha);
		rest = s + 5;
	}
	return out ? arena_printf(a, "%s%s", out, rest) : NULL;
}

const char *weburl_commit(const char *remote, const char *sha,
			  const char *forge, const char *pattern,
			  struct arena *a)
{
	struct remote r = {0};
	enum forge kind;

	if (!sha || !all_of((struct text){sha, strlen(sha)}, is_hex, ""))
		return NULL;
	if (pattern && *pattern)
		return fill(pattern, sha, a);
	if (!parse(&r, remote, a))
		return NULL;
	kind = forge_of(&r, forge);
	if (!r.base)
		r.base = arena_printf(a, "https://%s", r.host);
	return r.base ? page_of(&r, kind, sha, a) : NULL;
}
