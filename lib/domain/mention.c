// SPDX-License-Identifier: MIT
/* From the @names of a text to users. */
#include "domain/mention.h"

#include <md4c.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/utf8.h"
#include "entity/entity.h"
#include "entity/store.h"

/* ---- prose ---- */

struct prose {
	const char *text;
	size_t len;
	struct buf *out;
	unsigned code; /* how deep in code */
};

static int enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct prose *p = ctx;

	(void)detail;
	p->code += type == MD_BLOCK_CODE;
	buf_addc(p->out, '\n');
	return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct prose *p = ctx;

	(void)detail;
	p->code -= type == MD_BLOCK_CODE;
	buf_addc(p->out, '\n');
	return 0;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct prose *p = ctx;

	(void)detail;
	if (type == MD_SPAN_CODE) {
		p->code++;
		buf_addc(p->out, '\n');
	}
	return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct prose *p = ctx;

	(void)detail;
	p->code -= type == MD_SPAN_CODE;
	return 0;
}

/* md4c hands out the source itself, an escaped character without its
 * backslash. */
static bool is_escaped(const struct prose *p, const char *s)
{
	uintptr_t at = (uintptr_t)s, begin = (uintptr_t)p->text;

	return *s == '@' && at > begin && at < begin + p->len && s[-1] == '\\';
}

static int add_text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE n, void *ctx)
{
	struct prose *p = ctx;

	if (p->code)
		return 0;
	if (type == MD_TEXT_SOFTBR || type == MD_TEXT_BR) {
		buf_addc(p->out, ' ');
		return 0;
	}
	if (n && is_escaped(p, s))
		buf_addc(p->out, '\\');
	buf_add(p->out, s, n);
	return 0;
}

int mention_prose(const char *text, size_t len, bool markdown, struct buf *out)
{
	struct prose p = {text, len, out, 0};
	const MD_PARSER parser = {
		.flags =
			MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_NOHTML,
		.enter_block = enter_block,
		.leave_block = leave_block,
		.enter_span = enter_span,
		.leave_span = leave_span,
		.text = add_text,
	};

	if (!markdown)
		buf_add(out, text, len);
	else if (md_parse(text, (MD_SIZE)len, &parser, &p))
		return err_nomem();
	return buf_check(out);
}

/* ---- where names begin and end ---- */

static bool is_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

/* What holds the parts of an address or of a name together. */
static bool is_joint(char c)
{
	return c == '.' || c == '-' || c == '+' || c == '@';
}

/* An address in a text, a path, an escaped @: none of them calls anybody. */
static bool may_begin(const char *s, size_t at)
{
	unsigned char c = at ? (unsigned char)s[at - 1] : ' ';

	return c >= 0x80 || !(is_word(c) || is_joint((char)c) || c == '/' ||
			      c == '\\' || c == '=');
}

int mention_each(const char *s, size_t len, mention_fn *fn, void *ctx)
{
	size_t at = 0;

	while (at < len) {
		const char *p = memchr(s + at, '@', len - at);

		if (!p)
			break;
		at = (size_t)(p - s) + 1;
		if (!may_begin(s, at - 1))
			continue;
		int64_t n = fn(ctx, s + at, len - at);
		if (n < 0)
			return (int)n;
		at += (size_t)n;
	}
	return 0;
}

/* Scripts that put no blanks between words: three bytes or more from U+2E80
 * on. */
static bool is_unspaced(const char *s, size_t at)
{
	unsigned char c = (unsigned char)s[at];

	return c > 0xe2 || (c == 0xe2 && (unsigned char)s[at + 1] >= 0xba);
}

/* Quotes, dashes and blanks beyond ASCII: U+00A0 to U+00BF but for the letters
 * among them, U+2000 to U+206F. */
static bool is_mark(const char *s, size_t at)
{
	unsigned char c = (unsigned char)s[at], d = (unsigned char)s[at + 1];

	if (c == 0xc2)
		return d >= 0xa0 && d != 0xaa && d != 0xb5 && d != 0xba;
	return c == 0xe2 && (d == 0x80 || d == 0x81);
}

static size_t char_before(const char *s, size_t at)
{
	do
		at--;
	while (at && ((unsigned char)s[at] & 0xc0) == 0x80);
	return at;
}

bool mention_ends(const char *s, size_t len, size_t at)
{
	if (!at || s[at - 1] == ' ')
		return false;
	if (at == len)
		return true;
	if (((unsigned char)s[at] & 0xc0) == 0x80)
		return false;
	if (is_mark(s, at) || is_unspaced(s, at) ||
	    is_unspaced(s, char_before(s, at)))
		return true;
	if (is_joint(s[at]))
		return at + 1 == len || !is_word((unsigned char)s[at + 1]);
	return !is_word((unsigned char)s[at]) ||
	       !(is_word((unsigned char)s[at - 1]) || is_joint(s[at - 1]));
}

/* ---- users ---- */

struct key {
	const char *text; /* folded */
	int64_t user;
};

struct finder {
	struct arena *arena;
	struct buf keys;  /* struct key, sorted */
	size_t longest;	  /* bytes of the longest name as it is written */
	struct buf found; /* int64_t */
};

static int add_key(struct finder *f, const char *s, size_t len, int64_t user)
{
	_cleanup_buf_ struct buf folded = {0};
	struct key key = {.user = user};

	if (!len)
		return 0;
	utf8_add_folded(&folded, s, len);
	if (buf_check(&folded))
		return -AWM_NOMEM;
	if (!folded.len)
		return 0;
	key.text = arena_strndup(f->arena, folded.s, folded.len);
	if (!key.text)
		return -AWM_NOMEM;
	if (len > f->longest)
		f->longest = len;
	buf_add(&f->keys, &key, sizeof(key));
	return buf_check(&f->keys);
}

static int add_user(void *ctx, const struct awm_record *row)
{
	struct finder *f = ctx;
	const struct awm_value *v = row->values;
	int rc = 0;

	if (v[1].kind == AWM_TEXT) {
		rc = add_key(f, v[1].s, v[1].len, v[0].i);
		if (!rc)
			rc = add_key(f, v[1].s, strcspn(v[1].s, "@"), v[0].i);
	}
	if (!rc && v[2].kind == AWM_TEXT)
		rc = add_key(f, v[2].s, v[2].len, v[0].i);
	return rc;
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct key *)a)->text,
		      ((const struct key *)b)->text);
}

static int load_users(struct awm_session *s, struct finder *f)
{
	const struct awm_field *const fields[] = {
		&entity_user.fields[USER_id], &entity_user.fields[USER_email],
		&entity_user.fields[USER_name]};
	struct awm_query q = {.entity = &entity_user,
			      .fields = fields,
			      .nfields = ARRAY_LEN(fields)};
	int rc = store_list(s->db, &q, add_user, f);

	if (!rc && f->keys.len)
		qsort(f->keys.s, f->keys.len / sizeof(struct key),
		      sizeof(struct key), compare_keys);
	return rc;
}

enum match { MATCH_NONE, MATCH_ONE, MATCH_SEVERAL };

static enum match look_up(const struct finder *f, const char *folded,
			  int64_t *ret)
{
	const struct key *keys = (const struct key *)(const void *)f->keys.s;
	size_t n = f->keys.len / sizeof(*keys), low = 0, high = n;
	enum match match = MATCH_NONE;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(keys[middle].text, folded) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < n && strcmp(keys[low].text, folded) == 0; low++) {
		if (match == MATCH_ONE && keys[low].user != *ret)
			return MATCH_SEVERAL;
		match = MATCH_ONE;
		*ret = keys[low].user;
	}
	return match;
}

static int keep(struct finder *f, int64_t user)
{
	const int64_t *ids = (const int64_t *)(const void *)f->found.s;

	for (size_t i = 0; i < f->found.len / sizeof(*ids); i++)
		if (ids[i] == user)
			return 0;
	buf_add(&f->found, &user, sizeof(user));
	return buf_check(&f->found);
}

/* The longest name decides; one that several have means nobody. */
static int64_t find_user(void *ctx, const char *s, size_t len)
{
	struct finder *f = ctx;
	/* Decomposed letters take more bytes than composed ones. */
	size_t end = f->longest * 3;
	const char *line = memchr(s, '\n', len);

	if (line)
		len = (size_t)(line - s);
	if (end > len)
		end = len;
	for (; end; end--) {
		_cleanup_buf_ struct buf folded = {0};
		enum match match;
		int64_t user = 0;

		if (!mention_ends(s, len, end))
			continue;
		utf8_add_folded(&folded, s, end);
		if (buf_check(&folded))
			return -AWM_NOMEM;
		match = look_up(f, buf_str(&folded), &user);
		if (match == MATCH_NONE)
			continue;
		if (match == MATCH_ONE && keep(f, user))
			return -AWM_NOMEM;
		return (int64_t)end;
	}
	return 0;
}

static int find_all(struct awm_session *s, const char *text, bool markdown,
		    struct finder *f)
{
	_cleanup_buf_ struct buf prose = {0};
	int rc = mention_prose(text, strlen(text), markdown, &prose);

	if (!rc)
		rc = load_users(s, f);
	return rc ? rc : mention_each(buf_str(&prose), prose.len, find_user, f);
}

static int write_ids(const struct finder *f, struct awm_value *ret)
{
	const int64_t *ids = (const int64_t *)(const void *)f->found.s;
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};
	const char *json;

	jsonw_array(&w);
	for (size_t i = 0; i < f->found.len / sizeof(*ids); i++)
		jsonw_int(&w, ids[i]);
	jsonw_end_array(&w);
	if (buf_check(&out))
		return -AWM_NOMEM;
	json = arena_strndup(f->arena, out.s, out.len);
	if (!json)
		return -AWM_NOMEM;
	*ret = awm_value_text(json);
	return 0;
}

int mention_find(struct awm_session *s, const char *text, bool markdown,
		 struct arena *a, struct awm_value *ret)
{
	struct finder f = {.arena = a};
	int rc = 0;

	if (strchr(text, '@') && strlen(text) <= MENTION_MAX)
		rc = find_all(s, text, markdown, &f);
	if (!rc)
		rc = write_ids(&f, ret);
	buf_release(&f.keys);
	buf_release(&f.found);
	return rc;
}
