// SPDX-License-Identifier: MIT
/* BM25 in memory: skills are few, and what is asked for is one task. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "domain/skill.h"

#define TERMS_MAX 256 /* of a question; what comes later says little */
#define WORD_MAX  64  /* bytes */

/* The usual constants of BM25. */
#define SATURATION 1.2
#define LENGTH	   0.5

struct term {
	const char *word;
	size_t texts; /* that hold it */
	double now;   /* weight in the text under way */
};

/* How much a text has of a term. */
struct hit {
	size_t term;
	double weight;
};

struct text {
	int64_t key;
	size_t first, count; /* hits */
	double length;
};

struct skill_rank {
	struct arena arena;
	struct term terms[TERMS_MAX];
	size_t nterms;
	struct buf texts, hits;
	size_t ntexts;
	double length; /* of all texts */
};

/* ---- words ---- */

typedef int word_fn(struct skill_rank *k, const char *word, size_t len,
		    double weight);

static bool is_common(const char *s, size_t len)
{
	static const char *const words[] = {
		"a",	"all",	"an",	 "and",	 "any",	 "are",	 "as",	 "at",
		"be",	"by",	"can",	 "do",	 "for",	 "from", "has",	 "have",
		"how",	"if",	"in",	 "into", "is",	 "it",	 "its",	 "not",
		"of",	"on",	"one",	 "or",	 "our",	 "so",	 "that", "the",
		"them", "then", "there", "this", "to",	 "use",	 "was",	 "we",
		"what", "when", "which", "will", "with", "you",	 "your"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == len && !memcmp(words[i], s, len))
			return true;
	return false;
}

static bool is_word_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

/* The length of a character that is a word's part by itself: Han, Kana. */
static size_t ideograph(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned c;

	if ((u[0] & 0xf0) == 0xe0) {
		c = (u[0] & 0x0fu) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
		return (c >= 0x3040 && c <= 0x30ff) ||
				       (c >= 0x3400 && c <= 0x9fff) ||
				       (c >= 0xf900 && c <= 0xfaff)
			       ? 3
			       : 0;
	}
	return u[0] == 0xf0 && u[1] >= 0xa0 && u[1] <= 0xb3 ? 4 : 0;
}

/* "bugs" asks for "bug". */
static size_t stem(const char *s, size_t len)
{
	bool plural = len > 3 && s[len - 1] == 's' && s[len - 2] != 's';

	return plural ? len - 1 : len;
}

static int word(struct skill_rank *k, const char *s, size_t len, double weight,
		word_fn *fn)
{
	if (!len || len > WORD_MAX || is_common(s, len))
		return 0;
	return fn(k, s, stem(s, len), weight);
}

/* Pairs of characters, or the one alone. */
static int pairs(struct skill_rank *k, const char **s, double weight,
		 word_fn *fn)
{
	size_t len = ideograph(*s), next = ideograph(*s + len);
	int rc = 0;

	if (!next)
		rc = fn(k, *s, len, weight);
	while (next && !rc) {
		rc = fn(k, *s, len + next, weight);
		*s += len;
		len = next;
		next = ideograph(*s + len);
	}
	*s += len;
	return rc;
}

static int each_word(struct skill_rank *k, const char *text, double weight,
		     word_fn *fn)
{
	_cleanup_buf_ struct buf folded = {0};
	const char *s, *from;
	int rc = 0;

	if (!text || !utf8_valid(text, strlen(text)))
		return 0;
	utf8_add_folded(&folded, text, strlen(text));
	rc = buf_check(&folded);
	for (s = from = buf_str(&folded); !rc; s++) {
		bool alone = ideograph(s) > 0;
		if (is_word_byte((unsigned char)*s) && !alone)
			continue;
		rc = word(k, from, (size_t)(s - from), weight, fn);
		if (!rc && alone) {
			rc = pairs(k, &s, weight, fn);
			s--;
		} else if (!*s) {
			break;
		}
		from = s + 1;
	}
	return rc;
}

/* ---- the question ---- */

static struct term *find_term(struct skill_rank *k, const char *s, size_t len)
{
	for (size_t i = 0; i < k->nterms; i++) {
		const char *w = k->terms[i].word;
		if (!strncmp(w, s, len) && !w[len])
			return &k->terms[i];
	}
	return NULL;
}

static int add_term(struct skill_rank *k, const char *s, size_t len,
		    double weight)
{
	struct term *t = &k->terms[k->nterms];

	(void)weight;
	if (k->nterms == TERMS_MAX || find_term(k, s, len))
		return 0;
	t->word = arena_strndup(&k->arena, s, len);
	if (!t->word)
		return -AWM_NOMEM;
	k->nterms++;
	return 0;
}

int skill_rank_new(const char *question, struct skill_rank **ret)
{
	struct skill_rank *k = calloc(1, sizeof(*k));
	int rc = k ? each_word(k, question, 1, add_term) : err_nomem();

	if (rc) {
		skill_rank_free(k);
		return rc;
	}
	*ret = k;
	return 0;
}

void skill_rank_free(struct skill_rank *k)
{
	if (!k)
		return;
	arena_release(&k->arena);
	buf_release(&k->texts);
	buf_release(&k->hits);
	free(k);
}

/* ---- the texts ---- */

static int add_word(struct skill_rank *k, const char *s, size_t len,
		    double weight)
{
	struct term *t = find_term(k, s, len);

	k->length += 1;
	if (t)
		t->now += weight;
	return 0;
}

int skill_rank_add(struct skill_rank *k, int64_t key,
		   const struct skill_part *parts, size_t n)
{
	struct text text = {.key = key,
			    .first = k->hits.len / sizeof(struct hit)};
	double before = k->length;

	for (size_t i = 0; i < n; i++) {
		int rc = each_word(k, parts[i].text, parts[i].weight, add_word);
		if (rc)
			return rc;
	}
	k->ntexts++;
	for (size_t i = 0; i < k->nterms; i++) {
		struct hit hit = {i, k->terms[i].now};
		if (hit.weight <= 0)
			continue;
		k->terms[i].now = 0;
		k->terms[i].texts++;
		text.count++;
		buf_add(&k->hits, &hit, sizeof(hit));
	}
	text.length = k->length - before;
	if (text.count)
		buf_add(&k->texts, &text, sizeof(text));
	return buf_check(&k->hits) ? -AWM_NOMEM : buf_check(&k->texts);
}

static double rarity(const struct skill_rank *k, const struct term *t)
{
	double all = (double)k->ntexts, some = (double)t->texts;

	return log(1 + (all - some + 0.5) / (some + 0.5));
}

static double score(const struct skill_rank *k, const struct text *text)
{
	const struct hit *hits = (const struct hit *)(void *)k->hits.s;
	double mean = k->length / (double)k->ntexts, sum = 0;

	for (size_t i = 0; i < text->count; i++) {
		const struct hit *h = &hits[text->first + i];
		double norm = 1 - LENGTH + LENGTH * text->length / mean;
		sum += rarity(k, &k->terms[h->term]) * h->weight *
		       (SATURATION + 1) / (h->weight + SATURATION * norm);
	}
	return sum;
}

int skill_rank_each(struct skill_rank *k,
		    int (*fn)(void *ctx, int64_t key, double fit), void *ctx)
{
	const struct text *texts = (const struct text *)(void *)k->texts.s;
	size_t n = k->texts.len / sizeof(*texts);
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++) {
		double sum = score(k, &texts[i]);
		rc = fn(ctx, texts[i].key, sum / (sum + 1));
	}
	return rc;
}
