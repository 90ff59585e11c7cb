/* SPDX-License-Identifier: MIT */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/pattern.h"

#include <pcre2.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"

/* Kilobytes that one search may take for its backtracking. */
#define HEAP_LIMIT   16384
#define NESTING_MAX  100
#define CODE_MAX     ((size_t)1 << 18)
#define MATCH_STEPS  32 /* what a search costs at least */
#define BYTES_A_STEP 16

struct pattern {
	pcre2_code *code;
	unsigned repeat;
};

/* Flags, whatever the pattern says. Each item of it calls back, which is how
 * the work is counted: PCRE2's own limit begins anew at every place of the
 * text. */
#define OPTIONS                                                                \
	(PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF |        \
	 PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT)

static int refuse(const char *text, int code, size_t at)
{
	PCRE2_UCHAR why[128];

	if (code == PCRE2_ERROR_NOMEMORY)
		return err_nomem();
	if (pcre2_get_error_message(code, why, sizeof(why)) < 0)
		why[0] = '\0';
	return err_set(AWM_INVALID, "the pattern '%.200s' is refused: %s", text,
		       (const char *)why);
}

/* Nested repetitions are written out: a short pattern can be a large code. */
static int bounded(const char *text, const pcre2_code *code)
{
	size_t size = 0;

	(void)pcre2_pattern_info(code, PCRE2_INFO_SIZE, &size);
	if (size <= CODE_MAX)
		return 0;
	return err_set(AWM_INVALID, "the pattern '%.200s' is too large", text);
}

int pattern_compile(const char *text, struct pattern **ret)
{
	_cleanup_pattern_ struct pattern *p = NULL;
	_cleanup_buf_ struct buf pcre = {0};
	pcre2_compile_context *context;
	unsigned repeat = 0;
	PCRE2_SIZE at = 0;
	int code = 0, rc = pattern_translate(text, &pcre, &repeat);

	if (rc)
		return rc;
	p = calloc(1, sizeof(*p));
	context = pcre2_compile_context_create(NULL);
	if (!p || !context) {
		pcre2_compile_context_free(context);
		return err_nomem();
	}
	p->repeat = repeat;
	pcre2_set_parens_nest_limit(context, NESTING_MAX);
	p->code = pcre2_compile((PCRE2_SPTR)buf_str(&pcre), pcre.len, OPTIONS,
				&code, &at, context);
	pcre2_compile_context_free(context);
	rc = p->code ? bounded(text, p->code) : refuse(text, code, at);
	if (rc)
		return rc;
	*ret = p;
	p = NULL;
	return 0;
}

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_code_free(pattern->code);
	free(pattern);
}

/* Matching */

struct work {
	uint64_t left, item;
	size_t at;
};

/* Before each item: how far the last one went is what it cost. An item that
 * fails inside of a counted repetition goes unseen, hence `item`. */
static int count(pcre2_callout_block *block, void *ctx)
{
	struct work *work = ctx;
	size_t now = block->current_position, from = work->at;
	uint64_t cost = work->item +
			(now > from ? now - from : from - now) / BYTES_A_STEP;

	work->at = now;
	if (cost > work->left) {
		work->left = 0;
		return PCRE2_ERROR_MATCHLIMIT;
	}
	work->left -= cost;
	return 0;
}

static int too_long(void)
{
	return err_set(AWM_INVALID, "a pattern takes too long");
}

static int search(const struct pattern *pattern, const char *text, size_t len,
		  struct work *work)
{
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	int rc = PCRE2_ERROR_NOMEMORY;

	if (context && data) {
		pcre2_set_callout(context, count, work);
		pcre2_set_heap_limit(context, HEAP_LIMIT);
		rc = pcre2_match(pattern->code, (PCRE2_SPTR)text, len, 0, 0,
				 data, context);
	}
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
	return rc;
}

int pattern_match(const struct pattern *pattern, const char *text, size_t len,
		  uint64_t *steps)
{
	struct work work = {.item = 1 + pattern->repeat / BYTES_A_STEP};
	uint64_t cost = MATCH_STEPS + len / BYTES_A_STEP;
	int rc;

	if (len > PATTERN_TEXT_MAX)
		return err_set(AWM_INVALID,
			       "a text of %zu bytes is too long for a pattern "
			       "(%zu at most)",
			       len, PATTERN_TEXT_MAX);
	if (cost > *steps) {
		*steps = 0;
		return too_long();
	}
	work.left = *steps - cost;
	rc = search(pattern, text, len, &work);
	*steps = work.left;
	if (rc >= 0)
		return 1;
	if (rc == PCRE2_ERROR_NOMEMORY)
		return err_nomem();
	if (rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_HEAPLIMIT ||
	    rc == PCRE2_ERROR_DEPTHLIMIT)
		return too_long();
	return 0; /* also for text that is no UTF-8 */
}
