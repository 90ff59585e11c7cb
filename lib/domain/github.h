/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_GITHUB_H
#define DOMAIN_GITHUB_H

#include <awm/channel.h>

#include "base/json.h"
#include "domain/access.h"
#include "domain/mutate.h"
#include "domain/remote.h"

/*
 * Issues of a repository at GitHub, or at a server of the same API, and tasks
 * of a project. Both sides are read into the same few fields as text, of
 * which fingerprints are kept as they were when both sides were last alike:
 * a field that differs from its own side's print was changed there since.
 * What was changed on one side goes to the other; of what was changed on both
 * the later change counts. Nothing is deleted on either side.
 */

enum issue_field {
	ISSUE_TITLE,
	ISSUE_BODY,
	ISSUE_STATE,
	ISSUE_LABELS,	/* sorted, one a line */
	ISSUE_ASSIGNEE, /* a login; "" nobody; "?" somebody unknown there */
	ISSUE_NFIELDS
};

struct issue {
	const char *field[ISSUE_NFIELDS];
	int64_t number; /* 0: not told */
	int64_t created, updated, closed, comments;
	const char *url;
	const char *login; /* who opened it */
	bool trusted;	   /* by somebody of the repository */
	bool is_pull;	   /* a pull request, which is no issue */
	int64_t task;	   /* that its body names as its origin; 0: none */
};

/* Fingerprints, one for each field. */
struct prints {
	char field[ISSUE_NFIELDS][17];
};

struct known_user {
	const char *login;
	int64_t id;
};

struct github {
	struct awm_session *session;
	struct access access;
	struct remote remote;
	struct arena arena;
	const char *base;	/* "https://api.github.com" */
	const char *repository; /* "acme/shop" */
	const char *source;	/* both: what links and cursors are of */
	const char *database;	/* its id */
	int64_t project;
	bool push_changes, push_new, closed_too;
	struct known_user *users;
	size_t nusers;
	struct buf strange; /* issues, by number, whose comments are to be asked
			       for on their own: int64_t */
	struct buf pulled;  /* of a dry run: struct pulled */
	int64_t ends;	    /* of provider_clock(); 0: never */
	struct buf told;    /* of struct told: what fn is to be called with */
	struct arena told_arena;
	awm_row_fn *fn;
	void *ctx;
};

struct told {
	const char *action, *title, *detail;
	int64_t number, task;
};

/* What a dry run would have changed here, and so not there. */
struct pulled {
	int64_t task;
	unsigned fields;
};

/* github.c: from the integration's settings. */
int github_open(struct awm_session *s, int64_t integration, struct github *ret);
void github_close(struct github *g);
/* Notes a row for the caller: what was done, to which issue and task. It is
 * handed out, or forgotten, once it is known whether that was committed: nobody
 * who reads slowly holds up other writers. */
int github_tell(struct github *g, const char *action, int64_t number,
		int64_t task, const char *title, const char *detail);
int github_report(struct github *g);
void github_forget(struct github *g);
/* The time that was given is up. */
bool github_is_over(const struct github *g);

/* ---- github_api.c ---- */

struct github_page {
	struct arena arena;
	cJSON *json;	  /* NULL: not modified */
	const char *next; /* the next page, or NULL */
	const char *etag;
	int64_t date; /* the server's clock; 0: not told */
};

/* Waits out a short rate limit and tries again what may pass. `body` NULL:
 * none. AWM_REMOTE for what is no success, with the reason. */
int github_ask(struct github *g, const char *method, const char *url,
	       const char *etag, const char *body, struct github_page *ret);
void github_page_release(struct github_page *page);
/* A URL below the repository; in the arena. */
const char *github_url(const struct github *g, struct arena *a,
		       const char *path);

/* ---- github_issue.c ---- */

/* AWM_REMOTE for what is no issue. Texts in the arena. */
int github_read_issue(const struct github *g, const cJSON *json,
		      struct arena *a, struct issue *ret);
int github_read_task(const struct github *g, const struct awm_value *task,
		     struct arena *a, struct issue *ret);
/* The columns of the task that the fields (a mask) stand for, as they are to
 * be: at most ISSUE_NFIELDS. `task` NULL: a new one. */
int github_sets(const struct github *g, const struct issue *issue,
		unsigned fields, const struct awm_value *task, struct arena *a,
		struct awm_set *sets, size_t *ret_n);
/* The body of a request that sets them; `task` is named as origin unless 0. */
int github_write_issue(const struct github *g, const struct issue *issue,
		       unsigned fields, int64_t task, struct buf *out);
/* The user that a login is known for; 0: none. */
int64_t github_user(const struct github *g, const char *login);

void prints_take(struct prints *p, const struct issue *issue, unsigned fields);
/* The fields that differ. */
unsigned prints_differ(const struct prints *p, const struct issue *issue);
int prints_read(const char *json, struct prints *ret);
const char *prints_write(const struct prints *p, struct arena *a);
/* Of one text. */
void print_of(const char *text, char ret[17]);

/* ---- github_link.c ---- */

struct link_row {
	int64_t id; /* 0: there is none */
	int64_t number;
	int64_t task; /* 0: purged */
	struct prints remote, local;
	int64_t task_updated;
};

int link_find(struct github *g, int64_t number, struct link_row *ret);
/* Writes a new one when the id is 0. */
int link_write(struct github *g, const struct link_row *link, const char *url);

struct cursor {
	int64_t since; /* 0: never read */
	const char *etag;
};
int cursor_read(struct github *g, const char *resource, struct arena *a,
		struct cursor *ret);
int cursor_write(struct github *g, const char *resource,
		 const struct cursor *cursor);

/* Only one process at a time does this: AWM_CONFLICT while another one does. It
 * is held for a quarter of an hour, and kept by each page and each issue. */
int lease_take(struct github *g);
int lease_keep(struct github *g);
int lease_drop(struct github *g);

/* ---- github_pull.c, github_comment.c, github_push.c ---- */

int github_pull(struct github *g);
int github_pull_comments(struct github *g);
int github_push(struct github *g);

/*
 * Reads a listing to its end, what changed since the cursor. Calls fn with
 * each page's array in a transaction of its own. The order is one that changes
 * do not disturb, so that no row moves over a page's edge unseen; where the
 * cursor goes is the server's clock at the first page.
 */
typedef int github_page_fn(struct github *g, const cJSON *array);
int github_list(struct github *g, const char *resource, const char *path,
		github_page_fn *fn);
/* The pages of a listing that has no cursor. */
int github_list_all(struct github *g, const char *url, github_page_fn *fn);

/* Whether it can be reached, for awm_integration_test(). */
int github_test(struct awm_session *s, int64_t integration, struct arena *a,
		const char **ret_target, const char **ret_detail);
int github_preview(struct awm_session *s, int64_t integration, struct arena *a,
		   struct awm_exec_request *ret);

#endif
