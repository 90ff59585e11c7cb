// SPDX-License-Identifier: MIT
/* Issues and tasks, read into the same fields and written from them. */
#include "domain/github.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "entity/entity.h"

#define TITLE_MAX 1000 /* characters of a task's title */

static const char *const names[ISSUE_NFIELDS] = {
	[ISSUE_TITLE] = "title",       [ISSUE_BODY] = "body",
	[ISSUE_STATE] = "state",       [ISSUE_LABELS] = "labels",
	[ISSUE_ASSIGNEE] = "assignee",
};

/* ---- fingerprints ---- */

/* FNV-1a: it tells changes apart, and keeps nothing safe. */
void print_of(const char *text, char ret[17])
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	snprintf(ret, 17, "%016" PRIx64, h);
}

void prints_take(struct prints *p, const struct issue *issue, unsigned fields)
{
	for (size_t i = 0; i < ISSUE_NFIELDS; i++)
		if (fields & (1U << i))
			print_of(issue->field[i], p->field[i]);
}

unsigned prints_differ(const struct prints *p, const struct issue *issue)
{
	unsigned fields = 0;
	char now[17];

	for (size_t i = 0; i < ISSUE_NFIELDS; i++) {
		print_of(issue->field[i], now);
		if (strcmp(now, p->field[i]) != 0)
			fields |= 1U << i;
	}
	return fields;
}

int prints_read(const char *json, struct prints *ret)
{
	_cleanup_json_ cJSON *root = NULL;
	int rc = json_parse(json, strlen(json), &root);

	if (rc)
		return rc;
	*ret = (struct prints){0};
	for (size_t i = 0; i < ISSUE_NFIELDS; i++) {
		const char *text = json_get_str(root, names[i]);

		if (text && strlen(text) == 16)
			memcpy(ret->field[i], text, 17);
	}
	return 0;
}

const char *prints_write(const struct prints *p, struct arena *a)
{
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};

	jsonw_object(&w);
	for (size_t i = 0; i < ISSUE_NFIELDS; i++) {
		jsonw_key(&w, names[i]);
		jsonw_str(&w, p->field[i]);
	}
	jsonw_end_object(&w);
	return buf_check(&out) ? NULL : arena_strdup(a, out.s);
}

/* ---- users ---- */

int64_t github_user(const struct github *g, const char *login)
{
	for (size_t i = 0; login && i < g->nusers; i++)
		if (!strcasecmp(g->users[i].login, login))
			return g->users[i].id;
	return 0;
}

static const char *login_of(const struct github *g, const struct awm_value *id)
{
	if (id->kind != AWM_INT)
		return "";
	for (size_t i = 0; i < g->nusers; i++)
		if (g->users[i].id == id->i)
			return g->users[i].login;
	return "?";
}

/* ---- lists of labels ---- */

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, each once, one a line; control characters as blanks. */
static int read_labels(const cJSON *array, struct arena *a, const char **ret)
{
	_cleanup_buf_ struct buf out = {0};
	int n = cJSON_IsArray(array) ? cJSON_GetArraySize(array) : 0, k = 0;
	const char **list = arena_array(a, (size_t)n + 1, sizeof(*list));
	const cJSON *item;

	if (!list)
		return -AWM_NOMEM;
	cJSON_ArrayForEach(item, array)
	{
		const char *name = cJSON_IsString(item)
					   ? item->valuestring
					   : json_get_str(item, "name");

		if (name && *name)
			list[k++] = name;
	}
	if (k)
		qsort(list, (size_t)k, sizeof(*list), compare);
	for (int i = 0; i < k; i++) {
		if (i && !strcmp(list[i], list[i - 1]))
			continue;
		if (out.len)
			buf_addc(&out, '\n');
		for (const char *s = list[i]; *s; s++)
			buf_addc(&out, (unsigned char)*s < ' ' || *s == 0x7f
					       ? ' '
					       : *s);
	}
	if (buf_check(&out))
		return -AWM_NOMEM;
	*ret = arena_strdup(a, buf_str(&out));
	return *ret ? 0 : -AWM_NOMEM;
}

static void write_labels(struct jsonw *w, const char *labels)
{
	jsonw_array(w);
	while (*labels) {
		size_t len = strcspn(labels, "\n");

		jsonw_text(w, labels, len);
		labels += len + (labels[len] == '\n');
	}
	jsonw_end_array(w);
}

/* ---- issues ---- */

static int64_t time_of(const cJSON *json, const char *key)
{
	const char *text = json_get_str(json, key);
	int64_t ms = 0;

	if (text && time_parse(text, NULL, 0, &ms)) {
		err_clear();
		ms = 0;
	}
	return ms;
}

static int64_t number_of(const cJSON *json, const char *key)
{
	const cJSON *node = json_get(json, key);

	return cJSON_IsNumber(node) ? (int64_t)node->valuedouble : 0;
}

/* "<!-- awm DATABASE/TASK -->" at the end: an issue that awm opened, whose
 * number a crash kept it from writing down. */
static void take_origin(const struct github *g, char *body, struct issue *ret)
{
	char *mark = strstr(body, "<!-- awm ");
	size_t id = strlen(g->database);
	const char *s = mark ? mark + 9 : "";
	char *end;

	while (mark && (s = strstr(s, "<!-- awm "))) {
		mark = body + (s - body);
		s += 9;
	}
	if (!mark)
		return;
	s = mark + 9;
	if (strncmp(s, g->database, id) || s[id] != '/')
		return;
	ret->task = strtoll(s + id + 1, &end, 10);
	if (strcmp(end, " -->") || ret->task <= 0) {
		ret->task = 0;
		return;
	}
	*mark = '\0';
	for (size_t len = strlen(body); len && body[len - 1] == '\n'; len--)
		body[len - 1] = '\0';
}

/* Lines end in \n here, whatever they do there. */
static char *copy_body(const char *text, struct arena *a)
{
	char *body = arena_strdup(a, text ? text : ""), *to = body;

	for (const char *s = body; s && *s; s++)
		if (*s != '\r' || s[1] != '\n')
			*to++ = *s;
	if (to)
		*to = '\0';
	return body;
}

static const char *copy_title(const char *text, struct arena *a)
{
	char *title = arena_strdup(a, text);
	size_t n = 0;

	for (char *s = title; s && *s; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = ' ';
		if (((unsigned char)*s & 0xc0) != 0x80 && ++n > TITLE_MAX) {
			*s = '\0';
			break;
		}
	}
	return title;
}

static int is_trusted(const cJSON *json)
{
	const char *word = json_get_str(json, "author_association");

	return word && (!strcmp(word, "OWNER") || !strcmp(word, "MEMBER") ||
			!strcmp(word, "COLLABORATOR"));
}

static const char *first_login(const cJSON *json)
{
	const cJSON *all = json_get(json, "assignees");
	const char *login = json_get_str(json_get(json, "assignee"), "login");

	if (!login && cJSON_IsArray(all))
		login = json_get_str(cJSON_GetArrayItem(all, 0), "login");
	return login ? login : "";
}

int github_read_issue(const struct github *g, const cJSON *json,
		      struct arena *a, struct issue *ret)
{
	const char *title = json_get_str(json, "title");
	const char *state = json_get_str(json, "state");
	const char *url = json_get_str(json, "html_url");
	const char *login = json_get_str(json_get(json, "user"), "login");
	char *body = copy_body(json_get_str(json, "body"), a);

	*ret = (struct issue){
		.number = number_of(json, "number"),
		.comments = number_of(json, "comments"),
		.created = time_of(json, "created_at"),
		.updated = time_of(json, "updated_at"),
		.closed = time_of(json, "closed_at"),
		.trusted = is_trusted(json),
		.is_pull = json_get(json, "pull_request") != NULL,
	};
	if (!title || !state || ret->number <= 0)
		return err_set(AWM_REMOTE, "the server's answer is no issue");
	if (!body)
		return -AWM_NOMEM;
	take_origin(g, body, ret);
	ret->url = url ? arena_strdup(a, url) : NULL;
	ret->login = arena_strdup(a, login ? login : "ghost");
	ret->field[ISSUE_TITLE] = copy_title(title, a);
	ret->field[ISSUE_BODY] = body;
	ret->field[ISSUE_STATE] = strcmp(state, "closed") ? "open" : "closed";
	ret->field[ISSUE_ASSIGNEE] = arena_strdup(a, first_login(json));
	if (!ret->login || !ret->field[ISSUE_TITLE] ||
	    !ret->field[ISSUE_ASSIGNEE] || (url && !ret->url))
		return -AWM_NOMEM;
	return read_labels(json_get(json, "labels"), a,
			   &ret->field[ISSUE_LABELS]);
}

/* ---- tasks ---- */

int github_read_task(const struct github *g, const struct awm_value *task,
		     struct arena *a, struct issue *ret)
{
	_cleanup_json_ cJSON *tags = NULL;
	const struct awm_value *body = &task[TASK_description];
	int rc = json_parse(task[TASK_tags].s, task[TASK_tags].len, &tags);

	*ret = (struct issue){
		.updated = task[TASK_updatedAt].i,
		.task = task[TASK_id].i,
		.field = {
			[ISSUE_TITLE] = task[TASK_title].s,
			[ISSUE_BODY] = body->kind == AWM_TEXT ? body->s : "",
			[ISSUE_STATE] = value_is(&task[TASK_status], "done")
						? "closed"
						: "open",
			[ISSUE_ASSIGNEE] = login_of(g, &task[TASK_assigneeId]),
		}};
	return rc ? rc : read_labels(tags, a, &ret->field[ISSUE_LABELS]);
}

/* Of somebody whom awm does not know nothing is said; nor is somebody whom
 * the service does not know let go of. */
static bool set_assignee(const struct github *g, const struct issue *issue,
			 const struct awm_value *task, struct awm_value *ret)
{
	const char *login = issue->field[ISSUE_ASSIGNEE];
	int64_t user = github_user(g, login);

	*ret = user ? AWM_VALUE_INT(user) : AWM_VALUE_NULL;
	if (user)
		return true;
	return !*login && task &&
	       strcmp(login_of(g, &task[TASK_assigneeId]), "?") != 0;
}

/* Open is whatever is not done. */
static bool set_state(const struct issue *issue, const struct awm_value *task,
		      struct awm_value *ret)
{
	bool closed = !strcmp(issue->field[ISSUE_STATE], "closed");
	bool done = task && value_is(&task[TASK_status], "done");

	*ret = awm_value_text(closed ? "done" : "todo");
	return closed != done;
}

static int set_tags(const struct issue *issue, struct arena *a,
		    struct awm_value *ret)
{
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};
	const char *text;

	write_labels(&w, issue->field[ISSUE_LABELS]);
	text = buf_check(&out) ? NULL : arena_strdup(a, buf_str(&out));
	if (!text)
		return -AWM_NOMEM;
	*ret = awm_value_text(text);
	return 0;
}

int github_sets(const struct github *g, const struct issue *issue,
		unsigned fields, const struct awm_value *task, struct arena *a,
		struct awm_set *sets, size_t *ret_n)
{
	const struct awm_field *f = entity_task.fields;
	const char *const *v = issue->field;
	struct awm_value value;
	size_t n = 0;

	if (fields & (1U << ISSUE_TITLE))
		sets[n++] = (struct awm_set){&f[TASK_title],
					     awm_value_text(v[ISSUE_TITLE])};
	if (fields & (1U << ISSUE_BODY))
		sets[n++] = (struct awm_set){
			&f[TASK_description],
			*v[ISSUE_BODY] ? awm_value_text(v[ISSUE_BODY])
				       : AWM_VALUE_NULL};
	if (fields & (1U << ISSUE_LABELS)) {
		if (set_tags(issue, a, &value))
			return -AWM_NOMEM;
		sets[n++] = (struct awm_set){&f[TASK_tags], value};
	}
	if (fields & (1U << ISSUE_STATE) && set_state(issue, task, &value))
		sets[n++] = (struct awm_set){&f[TASK_status], value};
	if (fields & (1U << ISSUE_ASSIGNEE) &&
	    set_assignee(g, issue, task, &value))
		sets[n++] = (struct awm_set){&f[TASK_assigneeId], value};
	*ret_n = n;
	return 0;
}

/* ---- requests ---- */

static void write_state(struct jsonw *w, const char *state)
{
	jsonw_str(w, state);
	jsonw_key(w, "state_reason");
	jsonw_str(w, strcmp(state, "closed") ? "reopened" : "completed");
}

static int write_body(const struct github *g, struct jsonw *w, const char *text,
		      int64_t task)
{
	_cleanup_buf_ struct buf body = {0};

	buf_adds(&body, text);
	if (task)
		buf_addf(&body, "%s<!-- awm %s/%lld -->", *text ? "\n\n" : "",
			 g->database, (long long)task);
	jsonw_text(w, buf_str(&body), body.len);
	return buf_check(&body);
}

int github_write_issue(const struct github *g, const struct issue *issue,
		       unsigned fields, int64_t task, struct buf *out)
{
	const char *login = issue->field[ISSUE_ASSIGNEE];
	struct jsonw w = {.out = out};
	int rc = 0;

	jsonw_object(&w);
	for (size_t i = 0; i < ISSUE_NFIELDS; i++) {
		if (!(fields & (1U << i)) ||
		    (i == ISSUE_ASSIGNEE && !strcmp(login, "?")))
			continue;
		jsonw_key(&w, i == ISSUE_ASSIGNEE ? "assignees" : names[i]);
		if (i == ISSUE_LABELS || i == ISSUE_ASSIGNEE)
			write_labels(&w, issue->field[i]);
		else if (i == ISSUE_STATE)
			write_state(&w, issue->field[i]);
		else if (i == ISSUE_BODY)
			rc = write_body(g, &w, issue->field[i], task);
		else
			jsonw_str(&w, issue->field[i]);
	}
	jsonw_end_object(&w);
	return rc ? rc : buf_check(out);
}
