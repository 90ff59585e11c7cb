/* SPDX-License-Identifier: MIT */

/*
 * awm-git.so: repositories through libgit2. Nothing of awm is linked in; of
 * its headers only constants, types and _cleanup_ are used.
 */
#include <errno.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <iconv.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "awm/error.h"
#include "base/mem.h"
#include "edge/repo.h"

/* The struct that repo_ops() looks for. */
AWM_EXPORT extern const struct repo_ops awm_git_ops;

struct repo {
	git_repository *git;
	git_odb *odb;
	git_config *config; /* a snapshot, taken when first needed */
	char *folder;
	char *url;
	char *value;
	char *branch;
};

#define FREE_P(name, type, f)                                                  \
	static void name(type **p)                                             \
	{                                                                      \
		f(*p);                                                         \
	}
FREE_P(walkp, git_revwalk, git_revwalk_free)
FREE_P(objectp, git_object, git_object_free)
FREE_P(odb_objectp, git_odb_object, git_odb_object_free)
FREE_P(referencep, git_reference, git_reference_free)

/* --- errors -------------------------------------------------------------- */

static int fail(struct repo_error *err, enum awm_err code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct repo_error *err, enum awm_err code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -(int)code;
	va_start(ap, fmt);
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	va_end(ap);
	err->hint[0] = '\0';
	return -(int)code;
}

static void hint(struct repo_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void hint(struct repo_error *err, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return;
	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
}

static int nomem(struct repo_error *err)
{
	return fail(err, AWM_NOMEM, "out of memory");
}

/* What libgit2 says about its last failure. */
static const char *reason(void)
{
	const git_error *e = git_error_last();

	return e && e->message ? e->message : "no reason given";
}

static int fail_git(struct repo_error *err, const char *what, const char *name)
{
	const git_error *e = git_error_last();

	if (e && e->klass == GIT_ERROR_NOMEMORY)
		return nomem(err);
	return fail(err, AWM_ERROR, "cannot %s '%s': %s", what, name, reason());
}

static int replace_string(char **p, const char *s, struct repo_error *err)
{
	char *copy = strdup(s ? s : "");

	if (!copy)
		return nomem(err);
	free(*p);
	*p = copy;
	return 0;
}

/* --- opening ------------------------------------------------------------- */

/* Started by the first repository, since it costs milliseconds; not stopped,
 * as the module stays as well. */
static int start(struct repo_error *err)
{
	/* Extensions of the format that do not matter to a reader of commits;
	 * libgit2 would refuse them. */
	static const char *extensions[] = {"worktreeconfig", "partialclone",
					   "preciousobjects",
					   "relativeworktrees"};

	if (git_libgit2_init() < 0)
		return fail(err, AWM_ERROR, "cannot start libgit2: %s",
			    reason());
	git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions,
			 ARRAY_LEN(extensions));
	/* git does not hash what it reads either. */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	return 0;
}

/* The way out is the line that git prints: it names the work tree. */
static int denied(const char *folder, struct repo_error *err)
{
	git_buf found = {0};
	size_t len;

	fail(err, AWM_DENIED, "git repository of '%s' is another user's",
	     folder);
	if (git_repository_discover(&found, folder, 0, NULL) == 0) {
		len = strlen(found.ptr);
		if (len > 6 && strcmp(found.ptr + len - 6, "/.git/") == 0)
			len -= 5;
		hint(err,
		     "if you trust it: git config --global --add "
		     "safe.directory '%.*s'",
		     (int)len - 1, found.ptr);
	}
	git_buf_dispose(&found);
	return -AWM_DENIED;
}

static int open_failed(int code, const char *folder, struct repo_error *err)
{
	int major, minor, rev;

	/* 1.5 looks safe.directory up, and where none is set says that. */
	if (code == GIT_ENOTFOUND && strstr(reason(), "safe.directory"))
		code = GIT_EOWNER;
	if (code == GIT_ENOTFOUND)
		return fail(err, AWM_NOT_FOUND, "no git repository at '%s'",
			    folder);
	if (code == GIT_EOWNER)
		return denied(folder, err);
	if (!strstr(reason(), "extension") &&
	    !strstr(reason(), "repository version"))
		return fail_git(err, "open git repository of", folder);
	git_libgit2_version(&major, &minor, &rev);
	fail(err, AWM_ERROR,
	     "git repository of '%s' has a format that libgit2 %d.%d cannot "
	     "read: %s",
	     folder, major, minor, reason());
	hint(err, "awm reads SHA-1 repositories with plain refs; see 'git "
		  "config --get-regexp ^extensions'");
	return -AWM_ERROR;
}

static bool env_true(const char *name)
{
	const char *v = getenv(name);

	return v && *v && strcmp(v, "0") != 0 && strcasecmp(v, "false") != 0 &&
	       strcasecmp(v, "no") != 0 && strcasecmp(v, "off") != 0;
}

/* libgit2's own reading of the environment refuses GIT_WORK_TREE, which is set
 * in hooks; so only what matters to a reader is done here. */
static int open_git(git_repository **ret, const char *folder)
{
	const char *dir = getenv("GIT_DIR"), *tree = getenv("GIT_WORK_TREE");
	_cleanup_free_ char *joined = NULL;
	unsigned flags = 0;
	int r;

	if (!dir || !*dir) {
		if (env_true("GIT_DISCOVERY_ACROSS_FILESYSTEM"))
			flags |= GIT_REPOSITORY_OPEN_CROSS_FS;
		return git_repository_open_ext(
			ret, folder, flags, getenv("GIT_CEILING_DIRECTORIES"));
	}
	if (dir[0] != '/') {
		if (asprintf(&joined, "%s/%s", folder, dir) < 0)
			joined = NULL;
		dir = joined;
	}
	r = dir ? git_repository_open_ext(ret, dir,
					  GIT_REPOSITORY_OPEN_NO_SEARCH, NULL)
		: GIT_ERROR;
	if (r == 0 && tree && tree[0] == '/')
		git_repository_set_workdir(*ret, tree, 0);
	return r;
}

static void git_close(struct repo *repo)
{
	if (!repo)
		return;
	git_config_free(repo->config);
	git_odb_free(repo->odb);
	git_repository_free(repo->git);
	free(repo->folder);
	free(repo->url);
	free(repo->value);
	free(repo->branch);
	free(repo);
}

static int set_folder(struct repo *repo, struct repo_error *err)
{
	const char *folder = git_repository_workdir(repo->git);
	size_t len;

	if (!folder)
		folder = git_repository_path(repo->git);
	if (replace_string(&repo->folder, folder, err) < 0)
		return -AWM_NOMEM;
	len = strlen(repo->folder);
	while (len > 1 && repo->folder[len - 1] == '/')
		repo->folder[--len] = '\0';
	return 0;
}

static int git_open(const char *folder, struct repo **ret,
		    struct repo_error *err)
{
	struct repo *repo;
	int r = start(err);

	if (r < 0)
		return r;
	repo = calloc(1, sizeof(*repo));
	if (!repo)
		return nomem(err);
	git_error_clear();
	r = open_git(&repo->git, folder);
	r = r < 0 ? open_failed(r, folder, err) : set_folder(repo, err);
	if (r < 0) {
		git_close(repo);
		return r;
	}
	*ret = repo;
	return 0;
}

static const char *git_folder(struct repo *repo)
{
	return repo->folder;
}

/* --- shallow clones ------------------------------------------------------ */

/* libgit2 1.5 walks past the commits that a shallow clone ends at and fails.
 * So a backend of our own, asked first, serves those without parents. */
struct stump {
	git_oid id;
	char *data;
	size_t len;
};

struct stumps {
	git_odb_backend backend; /* first: libgit2 hands it back */
	struct stump *items;
	size_t count;
};

static int stump_compare(const void *a, const void *b)
{
	return git_oid_cmp(&((const struct stump *)a)->id,
			   &((const struct stump *)b)->id);
}

static int stumps_read(void **data, size_t *len, git_object_t *type,
		       git_odb_backend *backend, const git_oid *id)
{
	const struct stumps *s = (const struct stumps *)backend;
	const struct stump key = {.id = *id}, *hit;

	hit = bsearch(&key, s->items, s->count, sizeof(key), stump_compare);
	if (!hit)
		return GIT_ENOTFOUND;
	*data = git_odb_backend_data_alloc(backend, hit->len + 1);
	if (!*data)
		return GIT_ERROR;
	memcpy(*data, hit->data, hit->len + 1);
	*len = hit->len;
	*type = GIT_OBJECT_COMMIT;
	return 0;
}

static void stumps_free(git_odb_backend *backend)
{
	struct stumps *s = (struct stumps *)backend;
	size_t i;

	for (i = 0; i < s->count; i++)
		free(s->items[i].data);
	free(s->items);
	free(s);
}

/* Copies a commit without its "parent" lines. */
static int stump_fill(struct stump *stump, git_odb *odb)
{
	_cleanup_(odb_objectp) git_odb_object *o = NULL;
	const char *s, *end, *nl;

	if (git_odb_read(&o, odb, &stump->id) < 0)
		return GIT_ENOTFOUND;
	s = git_odb_object_data(o);
	end = s + git_odb_object_size(o);
	stump->data = malloc((size_t)(end - s) + 1);
	if (!stump->data)
		return GIT_ERROR;
	while ((nl = memchr(s, '\n', (size_t)(end - s))) && nl > s) {
		size_t len = (size_t)(nl - s) + 1;

		if (len < 7 || memcmp(s, "parent ", 7) != 0) {
			memcpy(stump->data + stump->len, s, len);
			stump->len += len;
		}
		s = nl + 1;
	}
	memcpy(stump->data + stump->len, s, (size_t)(end - s));
	stump->len += (size_t)(end - s);
	stump->data[stump->len] = '\0';
	return 0;
}

static int stumps_load(struct stumps *s, git_odb *odb, FILE *f)
{
	char line[GIT_OID_HEXSZ + 8];
	size_t cap = 0;

	while (fgets(line, sizeof(line), f)) {
		struct stump stump = {0};
		int r;

		if (git_oid_fromstrn(&stump.id, line, GIT_OID_HEXSZ) < 0)
			continue;
		r = stump_fill(&stump, odb);
		if (r == GIT_ENOTFOUND)
			continue;
		if (r == 0 && s->count == cap) {
			struct stump *items;

			cap = cap ? 2 * cap : 16;
			items = reallocarray(s->items, cap, sizeof(*items));
			s->items = items ? items : s->items;
			r = items ? 0 : GIT_ERROR;
		}
		if (r < 0) {
			free(stump.data);
			return r;
		}
		s->items[s->count++] = stump;
	}
	if (s->count)
		qsort(s->items, s->count, sizeof(*s->items), stump_compare);
	return 0;
}

static int stumps_add(struct repo *repo, struct repo_error *err)
{
	_cleanup_free_ char *path = NULL;
	struct stumps *s = calloc(1, sizeof(*s));
	FILE *f = NULL;
	int r = GIT_ERROR;

	if (!s || asprintf(&path, "%s/shallow",
			   git_repository_commondir(repo->git)) < 0) {
		free(s);
		return nomem(err);
	}
	/* The cache would keep the commits as they are. */
	git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	git_odb_init_backend(&s->backend, GIT_ODB_BACKEND_VERSION);
	s->backend.read = stumps_read;
	s->backend.free = stumps_free;
	f = fopen(path, "re");
	if (f) {
		r = stumps_load(s, repo->odb, f);
		fclose(f);
	}
	if (r == 0)
		r = git_odb_add_backend(repo->odb, &s->backend, 1000);
	if (r == 0)
		return 0;
	stumps_free(&s->backend);
	return fail(err, AWM_ERROR, "cannot read '%s'", path);
}

static int need_odb(struct repo *repo, struct repo_error *err)
{
	if (repo->odb)
		return 0;
	if (git_repository_odb(&repo->odb, repo->git) < 0)
		return fail_git(err, "read objects of", repo->folder);
	if (git_repository_is_shallow(repo->git) == 1)
		return stumps_add(repo, err);
	return 0;
}

/* --- revisions ----------------------------------------------------------- */

/* The commits among the objects that a short hash may mean. */
struct candidates {
	git_odb *odb;
	git_oid prefix;
	size_t len;
	git_oid ids[5];
	size_t count;
};

static int candidate(const git_oid *id, void *ctx)
{
	struct candidates *c = ctx;
	git_object_t type;
	size_t i, len;

	if (git_oid_ncmp(id, &c->prefix, c->len) != 0 ||
	    git_odb_read_header(&len, &type, c->odb, id) < 0 ||
	    type != GIT_OBJECT_COMMIT)
		return 0;
	for (i = 0; i < c->count; i++)
		if (git_oid_equal(id, &c->ids[i]))
			return 0;
	if (c->count < ARRAY_LEN(c->ids))
		c->ids[c->count++] = *id;
	return 0;
}

static int ambiguous(const struct candidates *c, const char *name,
		     struct repo_error *err)
{
	char list[512] = "";
	size_t i, used = 0;

	fail(err, AWM_CONFLICT, "'%s' names more than one commit", name);
	for (i = 0; i < c->count; i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used,
					 "%s%s", i ? ", " : "",
					 git_oid_tostr_s(&c->ids[i]));
	if (c->count)
		hint(err, "write more of it: %s", list);
	return -AWM_CONFLICT;
}

static int unknown(struct repo *repo, const char *spec, struct repo_error *err)
{
	fail(err, AWM_NOT_FOUND, "no commit '%s' in '%s'", spec, repo->folder);
	if (git_repository_head_unborn(repo->git) == 1)
		hint(err, "the current branch has no commits yet");
	else if (git_repository_is_shallow(repo->git) == 1)
		hint(err, "the clone is shallow: git fetch --unshallow");
	return -AWM_NOT_FOUND;
}

/* A hash or the start of one. 0, GIT_ENOTFOUND, or an error. */
static int find_hash(struct repo *repo, const char *name, git_oid *ret,
		     struct repo_error *err)
{
	struct candidates c = {.odb = repo->odb, .len = strlen(name)};
	int r;

	if (c.len < 4 || c.len > GIT_OID_HEXSZ ||
	    strspn(name, "0123456789abcdefABCDEF") != c.len ||
	    git_oid_fromstrn(&c.prefix, name, c.len) < 0)
		return GIT_ENOTFOUND;
	r = git_odb_exists_prefix(ret, repo->odb, &c.prefix, c.len);
	if (r == 0 || r == GIT_ENOTFOUND)
		return r;
	if (r != GIT_EAMBIGUOUS)
		return fail_git(err, "find commit", name);
	/* git takes the one commit where other objects fit as well. */
	git_odb_foreach(repo->odb, candidate, &c);
	if (c.count != 1)
		return ambiguous(&c, name, err);
	*ret = c.ids[0];
	return 0;
}

/* A name without operators: a full hash, a reference, a short hash, what git
 * describe prints. In this order, which is git's; not by libgit2, which leaks
 * at unknown names and takes no notice of what a short hash is for. */
static int find_name(struct repo *repo, const char *name, git_oid *ret,
		     struct repo_error *err)
{
	_cleanup_(referencep) git_reference *ref = NULL;
	const char *g;
	int r = GIT_ENOTFOUND;

	if (strcmp(name, "@") == 0)
		name = "HEAD";
	if (strlen(name) == GIT_OID_HEXSZ)
		r = find_hash(repo, name, ret, err);
	if (r != GIT_ENOTFOUND)
		return r;
	r = git_reference_dwim(&ref, repo->git, name);
	if (r == 0 && git_reference_target(ref)) {
		*ret = *git_reference_target(ref);
		return 0;
	}
	if (r < 0 && r != GIT_ENOTFOUND && r != GIT_EINVALIDSPEC)
		return fail_git(err, "read reference", name);
	r = find_hash(repo, name, ret, err);
	g = strrchr(name, '-');
	if (r == GIT_ENOTFOUND && g && g > name && g[1] == 'g')
		r = find_hash(repo, g + 2, ret, err);
	return r;
}

/* A revision with operators, such as HEAD~2, v1^{} or main@{upstream}. The
 * name before them was found already, unless it is missing or to be read with
 * them. */
static int find_operated(struct repo *repo, const char *spec,
			 const char *operators, const git_oid *base,
			 git_object **ret, struct repo_error *err)
{
	_cleanup_free_ char *full = NULL;
	int r;

	if (base) {
		if (asprintf(&full, "%s%s", git_oid_tostr_s(base), operators) <
		    0)
			return nomem(err);
	}
	r = git_revparse_single(ret, repo->git, full ? full : spec);
	if (r == GIT_EINVALIDSPEC)
		return fail(err, AWM_USAGE, "'%s' is not a revision", spec);
	if (r == GIT_ENOTFOUND || r == GIT_EUNBORNBRANCH)
		return unknown(repo, spec, err);
	return r < 0 ? fail_git(err, "find commit", spec) : 0;
}

static const char *find_operators(const char *spec)
{
	const char *p = spec + strcspn(spec, "~^:"), *at = strstr(spec, "@{");

	return at && at < p ? at : p;
}

static int find_object(struct repo *repo, const char *spec, git_object **ret,
		       struct repo_error *err)
{
	const char *operators = find_operators(spec);
	_cleanup_free_ char *name = strndup(spec, (size_t)(operators - spec));
	git_oid id;
	int r = 0;

	if (!name)
		return nomem(err);
	if (*name)
		r = find_name(repo, name, &id, err);
	if (r == GIT_ENOTFOUND)
		return unknown(repo, spec, err);
	if (r < 0)
		return r;
	if (*operators || !*name)
		return find_operated(repo, spec, operators,
				     *name && *operators != '@' ? &id : NULL,
				     ret, err);
	if (git_object_lookup(ret, repo->git, &id, GIT_OBJECT_ANY) < 0)
		return fail_git(err, "read commit", spec);
	return 0;
}

/* Finds the commit that a revision names; tags are followed. */
static int resolve(struct repo *repo, const char *spec, git_oid *ret,
		   struct repo_error *err)
{
	_cleanup_(objectp) git_object *object = NULL;
	_cleanup_(objectp) git_object *commit = NULL;
	int r;

	if (!*spec || *spec == '-')
		return fail(err, AWM_USAGE, "'%s' is not a revision", spec);
	r = find_object(repo, spec, &object, err);
	if (r < 0)
		return r;
	if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0)
		return fail(err, AWM_INVALID, "'%s' is a %s, not a commit",
			    spec,
			    git_object_type2string(git_object_type(object)));
	*ret = *git_object_id(commit);
	return 0;
}

enum spec_kind {
	SPEC_HIDE,
	SPEC_ONE,
	SPEC_RANGE,	/* what b reaches and a does not */
	SPEC_SYMMETRIC, /* what one of a and b reaches */
	SPEC_HEAD,	/* all that HEAD reaches */
	SPEC_ALL	/* all that HEAD and any ref reach */
};

struct spec {
	enum spec_kind kind;
	git_oid a;
	git_oid b;
};

static int parse_range(struct repo *repo, const char *text, const char *dots,
		       struct spec *ret, struct repo_error *err)
{
	_cleanup_free_ char *a = strndup(text, (size_t)(dots - text));
	bool symmetric = dots[2] == '.';
	const char *b = dots + 2 + symmetric;
	int r;

	if (!a)
		return nomem(err);
	if (!*a && !*b)
		return fail(err, AWM_USAGE, "'%s' is not a revision", text);
	ret->kind = symmetric ? SPEC_SYMMETRIC : SPEC_RANGE;
	r = resolve(repo, *a ? a : "HEAD", &ret->a, err);
	return r < 0 ? r : resolve(repo, *b ? b : "HEAD", &ret->b, err);
}

static int parse_spec(struct repo *repo, const char *text, struct spec *ret,
		      struct repo_error *err)
{
	const char *dots;

	if (strcmp(text, "*") == 0) {
		ret->kind = SPEC_ALL;
		return 0;
	}
	if (text[0] == '^') {
		ret->kind = SPEC_HIDE;
		return resolve(repo, text + 1, &ret->a, err);
	}
	/* A search for text may hold dots: :/text, rev^{/text} */
	dots = strstr(text, ":/") || strstr(text, "{/") ? NULL
							: strstr(text, "..");
	if (dots && *text != '-')
		return parse_range(repo, text, dots, ret, err);
	ret->kind = SPEC_ONE;
	return resolve(repo, text, &ret->b, err);
}

/* --- walking ------------------------------------------------------------- */

struct entry {
	git_oid id;
	int64_t time; /* not before that of the entry above of the same spec */
	size_t order;
};

struct walk {
	struct repo *repo;
	struct spec *specs;
	size_t n;
	struct entry *entries;
	size_t count;
	size_t cap;
};

static int walk_add(struct walk *w, const git_oid *id, struct repo_error *err)
{
	if (w->count == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 64;
		struct entry *e = reallocarray(w->entries, cap, sizeof(*e));

		if (!e)
			return nomem(err);
		w->entries = e;
		w->cap = cap;
	}
	w->entries[w->count] = (struct entry){.id = *id, .order = w->count};
	w->count++;
	return 0;
}

/* Hides the merge bases, which both sides reach. */
static int hide_bases(struct walk *w, git_revwalk *rev, const struct spec *s)
{
	git_oidarray bases = {0};
	size_t i;
	int r = git_merge_bases(&bases, w->repo->git, &s->a, &s->b);

	for (i = 0; r == 0 && i < bases.count; i++)
		r = git_revwalk_hide(rev, &bases.ids[i]);
	git_oidarray_dispose(&bases);
	return r == GIT_ENOTFOUND ? 0 : r;
}

static int push_head(struct walk *w, git_revwalk *rev)
{
	if (git_repository_head_unborn(w->repo->git) == 1)
		return 0;
	return git_revwalk_push_head(rev);
}

static int walk_push(struct walk *w, git_revwalk *rev, const struct spec *s)
{
	int r = 0;

	switch (s->kind) {
	case SPEC_RANGE:
		r = git_revwalk_hide(rev, &s->a);
		return r < 0 ? r : git_revwalk_push(rev, &s->b);
	case SPEC_SYMMETRIC:
		r = git_revwalk_push(rev, &s->a);
		r = r < 0 ? r : git_revwalk_push(rev, &s->b);
		return r < 0 ? r : hide_bases(w, rev, s);
	case SPEC_ALL:
		r = git_revwalk_push_glob(rev, "refs/*");
		return r < 0 ? r : push_head(w, rev);
	case SPEC_HEAD:
		return push_head(w, rev);
	case SPEC_HIDE:
	case SPEC_ONE:
		break;
	}
	return r;
}

static int collect_many(struct walk *w, const struct spec *s,
			struct repo_error *err)
{
	_cleanup_(walkp) git_revwalk *rev = NULL;
	const char *folder = w->repo->folder;
	git_oid id;
	size_t i;
	int r;

	if (git_revwalk_new(&rev, w->repo->git) < 0)
		return fail_git(err, "walk commits of", folder);
	git_revwalk_sorting(rev, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME |
					 GIT_SORT_REVERSE);
	r = walk_push(w, rev, s);
	for (i = 0; r == 0 && i < w->n; i++)
		if (w->specs[i].kind == SPEC_HIDE)
			r = git_revwalk_hide(rev, &w->specs[i].a);
	if (r < 0)
		return fail_git(err, "walk commits of", folder);
	while ((r = git_revwalk_next(&id, rev)) == 0) {
		r = walk_add(w, &id, err);
		if (r < 0)
			return r;
	}
	return r == GIT_ITEROVER ? 0 : fail_git(err, "walk commits of", folder);
}

static int collect_one(struct walk *w, const git_oid *id,
		       struct repo_error *err)
{
	size_t i;
	int r;

	for (i = 0; i < w->n; i++) {
		const git_oid *hide = &w->specs[i].a;

		if (w->specs[i].kind != SPEC_HIDE)
			continue;
		if (git_oid_equal(id, hide))
			return 0;
		r = git_graph_descendant_of(w->repo->git, hide, id);
		if (r < 0)
			return fail_git(err, "walk commits of",
					w->repo->folder);
		if (r == 1)
			return 0;
	}
	return walk_add(w, id, err);
}

/* --- commits ------------------------------------------------------------- */

/* The fields of a commit object. Parsed here, as libgit2 refuses a commit with
 * a broken author line that git shows. */
struct fields {
	const char *author;
	size_t author_len;
	const char *message;
	size_t message_len;
	char encoding[32]; /* "" is UTF-8 */
	int64_t time;
	int offset;
};

/* "Name <mail> 1700000000 +0100" */
static void parse_date(const char *s, size_t len, struct fields *f)
{
	const char *p = memrchr(s, '>', len), *end = s + len;
	char date[32] = "", *rest;
	long zone;

	if (!p)
		return;
	p++;
	if ((size_t)(end - p) < sizeof(date))
		memcpy(date, p, (size_t)(end - p));
	f->time = strtoll(date, &rest, 10);
	zone = strtol(rest, NULL, 10);
	if (zone > -10000 && zone < 10000)
		f->offset = (int)(zone / 100 * 60 + zone % 100);
}

static void parse_header(const char *s, size_t len, struct fields *f)
{
	if (len > 7 && memcmp(s, "author ", 7) == 0) {
		f->author = s + 7;
		f->author_len = len - 7;
	} else if (len > 10 && memcmp(s, "committer ", 10) == 0) {
		parse_date(s + 10, len - 10, f);
	} else if (len > 9 && len - 9 < sizeof(f->encoding) &&
		   memcmp(s, "encoding ", 9) == 0) {
		memcpy(f->encoding, s + 9, len - 9);
		f->encoding[len - 9] = '\0';
	}
}

static void parse_commit(const char *s, size_t len, struct fields *f)
{
	const char *end = s + len, *nl;

	memset(f, 0, sizeof(*f));
	f->author = "";
	while (s < end && *s != '\n') {
		nl = memchr(s, '\n', (size_t)(end - s));
		nl = nl ? nl : end;
		parse_header(s, (size_t)(nl - s), f);
		s = nl < end ? nl + 1 : end;
	}
	s += s < end;
	f->message = s;
	f->message_len = strnlen(s, (size_t)(end - s));
}

/* --- text ---------------------------------------------------------------- */

/* A buffer that is used again for each commit. */
struct text {
	char *s;
	size_t len;
	size_t cap;
};

static void text_release(struct text *t)
{
	free(t->s);
}

static bool text_reserve(struct text *t, size_t more)
{
	size_t cap = t->len + more + 1;
	char *s;

	if (cap <= t->cap)
		return true;
	cap += cap / 2;
	s = realloc(t->s, cap);
	if (!s)
		return false;
	t->s = s;
	t->cap = cap;
	return true;
}

static bool text_add(struct text *t, const char *s, size_t len)
{
	if (!text_reserve(t, len))
		return false;
	memcpy(t->s + t->len, s, len);
	t->len += len;
	t->s[t->len] = '\0';
	return true;
}

/* The length of the UTF-8 sequence at s, 0 when it is none. */
static size_t utf8_sequence(const unsigned char *s, size_t len)
{
	size_t n, i;

	if (s[0] < 0x80)
		return 1;
	n = s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	if (n == 0 || s[0] > 0xF4 || n > len)
		return 0;
	for (i = 1; i < n; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
	    (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
		return 0;
	return n;
}

/* Adds text, each invalid byte as U+FFFD. */
static bool text_add_utf8(struct text *t, const char *s, size_t len)
{
	size_t start = 0, pos = 0, n;

	while (pos < len) {
		n = utf8_sequence((const unsigned char *)s + pos, len - pos);
		if (n == 0) {
			if (!text_add(t, s + start, pos - start) ||
			    !text_add(t, "\xEF\xBF\xBD", 3))
				return false;
			start = pos + 1;
		}
		pos += n ? n : 1;
	}
	return text_add(t, s + start, len - start);
}

/* Adds text of another encoding. */
static bool text_convert(struct text *t, iconv_t cd, const char *s, size_t len)
{
	char *in = (char *)s, *out;
	size_t room, before;

	iconv(cd, NULL, NULL, NULL, NULL);
	while (len) {
		if (!text_reserve(t, len + 16))
			return false;
		out = t->s + t->len;
		room = before = t->cap - t->len - 1;
		if (iconv(cd, &in, &len, &out, &room) == (size_t)-1 &&
		    errno != E2BIG) {
			t->len += before - room;
			if (!text_add(t, "\xEF\xBF\xBD", 3))
				return false;
			in++;
			len--;
			continue;
		}
		t->len += before - room;
	}
	t->s[t->len] = '\0';
	return true;
}

/* --- handing over -------------------------------------------------------- */

struct delivery {
	repo_commit_fn *fn;
	void *ctx;
	struct text message;
	struct text author;
	char encoding[32]; /* that cd converts from */
	iconv_t cd;
};

static bool is_utf8(const char *encoding)
{
	return !*encoding || strcasecmp(encoding, "utf-8") == 0 ||
	       strcasecmp(encoding, "utf8") == 0;
}

static bool delivery_text(struct delivery *d, struct text *t,
			  const char *encoding, const char *s, size_t len)
{
	if (is_utf8(encoding))
		return text_add_utf8(t, s, len);
	if (strcmp(encoding, d->encoding) != 0) {
		if (d->cd != (iconv_t)-1)
			iconv_close(d->cd);
		d->cd = iconv_open("UTF-8", encoding);
		memcpy(d->encoding, encoding, sizeof(d->encoding));
	}
	if (d->cd == (iconv_t)-1)
		return text_add_utf8(t, s, len);
	return text_convert(t, d->cd, s, len);
}

/* "Name <mail>" without the date, blanks trimmed as git does. */
static void trim_author(struct fields *f)
{
	const char *mail = memrchr(f->author, '>', f->author_len);

	if (mail)
		f->author_len = (size_t)(mail - f->author) + 1;
	while (f->author_len && *f->author == ' ') {
		f->author++;
		f->author_len--;
	}
}

static int deliver(struct delivery *d, struct repo *repo, const git_oid *id,
		   struct repo_error *err)
{
	_cleanup_(odb_objectp) git_odb_object *object = NULL;
	char sha[GIT_OID_HEXSZ + 1];
	struct repo_commit commit = {.sha = sha};
	struct fields f;

	git_oid_tostr(sha, sizeof(sha), id);
	if (git_odb_read(&object, repo->odb, id) < 0)
		return fail_git(err, "read commit", sha);
	parse_commit(git_odb_object_data(object), git_odb_object_size(object),
		     &f);
	trim_author(&f);
	d->message.len = d->author.len = 0;
	if (!delivery_text(d, &d->author, f.encoding, f.author, f.author_len) ||
	    !delivery_text(d, &d->message, f.encoding, f.message,
			   f.message_len))
		return nomem(err);
	commit.message = d->message.s;
	commit.author = d->author.s;
	commit.time = f.time;
	commit.offset = f.offset;
	return d->fn(d->ctx, &commit);
}

static int compare_id(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int r = git_oid_cmp(&x->id, &y->id);

	return r ? r : (x->order > y->order) - (x->order < y->order);
}

static int compare_time(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* Sets the times of the entries from `from` on, which stand parents first and
 * stay so when the lists of several specs are merged by time. */
static int date_entries(struct walk *w, size_t from, struct repo_error *err)
{
	int64_t latest = INT64_MIN;
	struct fields f;
	size_t i;

	for (i = from; i < w->count; i++) {
		_cleanup_(odb_objectp) git_odb_object *o = NULL;
		struct entry *e = &w->entries[i];

		if (git_odb_read(&o, w->repo->odb, &e->id) < 0)
			return fail_git(err, "read commit",
					git_oid_tostr_s(&e->id));
		parse_commit(git_odb_object_data(o), git_odb_object_size(o),
			     &f);
		latest = f.time > latest ? f.time : latest;
		e->time = latest;
	}
	return 0;
}

/* Keeps the first of each commit, and merges by time. */
static void merge_entries(struct walk *w)
{
	size_t i, kept = 0;

	if (w->count == 0)
		return;
	qsort(w->entries, w->count, sizeof(*w->entries), compare_id);
	for (i = 0; i < w->count; i++)
		if (i == 0 ||
		    !git_oid_equal(&w->entries[i].id, &w->entries[kept - 1].id))
			w->entries[kept++] = w->entries[i];
	w->count = kept;
	qsort(w->entries, w->count, sizeof(*w->entries), compare_time);
}

static int collect(struct walk *w, struct repo_error *err)
{
	size_t i, from, lists = 0;
	int r;

	for (i = 0; i < w->n; i++)
		lists += w->specs[i].kind != SPEC_HIDE;
	if (lists == 0) {
		static const struct spec head = {.kind = SPEC_HEAD};

		return collect_many(w, &head, err);
	}
	for (i = 0; i < w->n; i++) {
		const struct spec *s = &w->specs[i];

		if (s->kind == SPEC_HIDE)
			continue;
		from = w->count;
		r = s->kind == SPEC_ONE ? collect_one(w, &s->b, err)
					: collect_many(w, s, err);
		if (r == 0 && lists > 1)
			r = date_entries(w, from, err);
		if (r < 0)
			return r;
	}
	if (lists > 1)
		merge_entries(w);
	return 0;
}

static int walk_run(struct walk *w, const char *const *specs,
		    struct delivery *d, struct repo_error *err)
{
	size_t i;
	int r = need_odb(w->repo, err);

	w->specs = calloc(w->n + 1, sizeof(*w->specs));
	if (!w->specs)
		return nomem(err);
	for (i = 0; r == 0 && i < w->n; i++)
		r = parse_spec(w->repo, specs[i], &w->specs[i], err);
	if (r == 0)
		r = collect(w, err);
	for (i = 0; r == 0 && i < w->count; i++)
		r = deliver(d, w->repo, &w->entries[i].id, err);
	return r;
}

static int git_walk(struct repo *repo, const char *const *specs, size_t n,
		    repo_commit_fn *fn, void *ctx, struct repo_error *err)
{
	struct walk w = {.repo = repo, .n = n};
	struct delivery d = {.fn = fn, .ctx = ctx, .cd = (iconv_t)-1};
	int r = walk_run(&w, specs, &d, err);

	if (d.cd != (iconv_t)-1)
		iconv_close(d.cd);
	text_release(&d.message);
	text_release(&d.author);
	free(w.specs);
	free(w.entries);
	return r;
}

/* --- settings ------------------------------------------------------------ */

static int need_config(struct repo *repo, struct repo_error *err)
{
	if (!repo->config &&
	    git_repository_config_snapshot(&repo->config, repo->git) < 0)
		return fail_git(err, "read configuration of", repo->folder);
	return 0;
}

static int git_setting(struct repo *repo, const char *key, const char **ret,
		       struct repo_error *err)
{
	const char *value = NULL;
	int r = need_config(repo, err);

	if (r < 0)
		return r;
	r = git_config_get_string(&value, repo->config, key);
	if (r == GIT_EINVALIDSPEC)
		return fail(err, AWM_USAGE, "'%s' is not a git setting", key);
	if (r < 0 && r != GIT_ENOTFOUND)
		return fail_git(err, "read setting", key);
	r = replace_string(&repo->value, r == 0 ? value : "", err);
	if (r == 0)
		*ret = repo->value;
	return r;
}

/* The current branch's short name into repo->branch. */
static int read_branch(struct repo *repo, struct repo_error *err)
{
	_cleanup_(referencep) git_reference *head = NULL;
	const char *name = "";
	int r = git_repository_head(&head, repo->git);

	if (r < 0 && r != GIT_EUNBORNBRANCH && r != GIT_ENOTFOUND)
		return fail_git(err, "read HEAD of", repo->folder);
	if (r == 0 && git_reference_is_branch(head))
		name = git_reference_shorthand(head);
	return replace_string(&repo->branch, name, err);
}

static int git_branch(struct repo *repo, const char **ret,
		      struct repo_error *err)
{
	int r = read_branch(repo, err);

	if (r == 0)
		*ret = repo->branch;
	return r;
}

/* Remotes are read from the settings here: libgit2's functions for them match
 * each setting against patterns, and 1.5 leaks 20 KiB at each that differs. */
struct remotes {
	const char *wanted; /* the branch's, or NULL */
	char *of_wanted;    /* their first URLs */
	char *of_origin;
	char *of_any;
	char *any; /* the name of some remote */
	bool several;
};

static void remotes_release(struct remotes *r)
{
	free(r->of_wanted);
	free(r->of_origin);
	free(r->of_any);
	free(r->any);
}

/* The part of "before.NAME.after" between, or NULL. */
static char *subsection(const char *key, const char *before, const char *after)
{
	size_t b = strlen(before), a = strlen(after), n = strlen(key);

	if (n <= a + b || strncmp(key, before, b) != 0 ||
	    strcmp(key + n - a, after) != 0)
		return NULL;
	return strndup(key + b, n - a - b);
}

static void keep_first(char **p, const char *value)
{
	if (!*p)
		*p = strdup(value);
}

static void remotes_entry(struct remotes *r, const git_config_entry *e)
{
	char *name = subsection(e->name, "remote.", ".url");

	if (!name || !e->value || !*e->value) {
		free(name);
		return;
	}
	if (r->wanted && strcmp(name, r->wanted) == 0)
		keep_first(&r->of_wanted, e->value);
	if (strcmp(name, "origin") == 0)
		keep_first(&r->of_origin, e->value);
	keep_first(&r->of_any, e->value);
	r->several |= r->any && strcmp(name, r->any) != 0;
	keep_first(&r->any, name);
	free(name);
}

/* url.BASE.insteadOf = PREFIX: the longest prefix counts. */
struct instead {
	const char *url;
	char *base;
	size_t len; /* of the prefix */
};

static void instead_entry(struct instead *i, const git_config_entry *e)
{
	char *base = subsection(e->name, "url.", ".insteadof");
	size_t len = base && e->value ? strlen(e->value) : 0;

	if (len > i->len && strncmp(i->url, e->value, len) == 0) {
		free(i->base);
		i->base = base;
		i->len = len;
	} else {
		free(base);
	}
}

/* Passes each setting to one of the two, where it is given. */
static void each_setting(git_config *config, struct remotes *r,
			 struct instead *i)
{
	git_config_iterator *it = NULL;
	git_config_entry *e;

	if (git_config_iterator_new(&it, config) < 0)
		return;
	while (git_config_next(&e, it) == 0) {
		if (r)
			remotes_entry(r, e);
		if (i)
			instead_entry(i, e);
	}
	git_config_iterator_free(it);
}

/* The URL as it stands in the settings, "" when there is none. The remote of a
 * branch may be a URL itself. */
static const char *choose_url(const struct remotes *r)
{
	if (r->of_wanted)
		return r->of_wanted;
	if (r->wanted && strpbrk(r->wanted, ":/"))
		return r->wanted;
	if (r->of_origin)
		return r->of_origin;
	return r->of_any && !r->several ? r->of_any : "";
}

static char *find_url(struct repo *repo)
{
	_cleanup_(remotes_release) struct remotes r = {0};
	_cleanup_free_ char *key = NULL;
	struct instead i = {0};
	char *url;

	if (*repo->branch &&
	    asprintf(&key, "branch.%s.remote", repo->branch) > 0 &&
	    git_config_get_string(&r.wanted, repo->config, key) < 0)
		r.wanted = NULL;
	if (r.wanted && strcmp(r.wanted, ".") == 0)
		r.wanted = NULL;
	each_setting(repo->config, &r, NULL);
	i.url = choose_url(&r);
	each_setting(repo->config, NULL, &i);
	if (asprintf(&url, "%s%s", i.base ? i.base : "", i.url + i.len) < 0)
		url = NULL;
	free(i.base);
	return url;
}

static int git_url(struct repo *repo, const char **ret, struct repo_error *err)
{
	int r = need_config(repo, err);
	char *url;

	if (r == 0)
		r = read_branch(repo, err);
	if (r < 0)
		return r;
	url = find_url(repo);
	if (!url)
		return nomem(err);
	free(repo->url);
	repo->url = url;
	*ret = repo->url;
	return 0;
}

const struct repo_ops awm_git_ops = {
	.abi = REPO_ABI,
	.open = git_open,
	.close = git_close,
	.walk = git_walk,
	.remote_url = git_url,
	.config = git_setting,
	.branch = git_branch,
	.folder = git_folder,
};
