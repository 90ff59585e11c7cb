/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "cmd/help.h"
#include "cmd/option.h"
#include "cmd/out.h"
#include "cmd/report.h"

/*
 * awm __complete WORD...: what may stand in place of the last word, one a
 * line, a description after a tab. The shells' own scripts only call this.
 * Silent about every error: a completion must not write over the prompt.
 */

#define LIVE_MAX 200

struct complete {
	struct run *r;
	const struct command *command; /* NULL: not known yet */
	const char *word;	       /* to be completed */
	const char *db, *as;	       /* given on the line */
	size_t arguments;	       /* that stand before the word */
};

static int offer(const struct complete *c, const char *text, const char *help)
{
	_cleanup_buf_ struct buf b = {0};

	if (strncmp(text, c->word, strlen(c->word)) != 0)
		return 0;
	utf8_add_escaped(&b, text, strlen(text), false);
	if (help) {
		buf_addc(&b, '\t');
		utf8_add_escaped(&b, help, strlen(help), false);
	}
	buf_addc(&b, '\n');
	return buf_check(&b) ? -AWM_NOMEM : out_add(b.s, b.len);
}

/* ---- names of commands ---- */

static bool begins(const struct command *c, const char *const *words, size_t n,
		   const char **ret_rest)
{
	const char *p = c->name;

	for (size_t i = 0; i < n; i++) {
		size_t len = strcspn(p, " ");

		if (!p[len] || strlen(words[i]) != len ||
		    memcmp(p, words[i], len) != 0)
			return false;
		p += len + 1;
	}
	*ret_rest = p;
	return true;
}

/* The next word of every command that begins with these; each once, as those
 * of a noun stand together. */
static int offer_names(const struct complete *c, const char *const *words,
		       size_t n)
{
	_cleanup_buf_ struct buf last = {0}, word = {0};
	int err = 0;

	for (size_t i = 0; commands[i]; i++)
		for (const struct command *cmd = commands[i]; cmd->name && !err;
		     cmd++) {
			const char *rest;

			if (*cmd->name == '_' || !begins(cmd, words, n, &rest))
				continue;
			buf_truncate(&word, 0);
			buf_add(&word, rest, strcspn(rest, " "));
			if (strcmp(buf_str(&word), buf_str(&last)) == 0)
				continue;
			buf_truncate(&last, 0);
			buf_adds(&last, buf_str(&word));
			err = offer(c, buf_str(&word),
				    rest[word.len] ? NULL : cmd->summary);
		}
	return err;
}

/* ---- flags ---- */

static int offer_flag(const struct complete *c, const struct option *o)
{
	_cleanup_buf_ struct buf b = {0};

	if (!o->name || !usage_shows(c->command, o))
		return 0;
	buf_addf(&b, "--%s", o->name);
	return offer(c, buf_str(&b), o->help);
}

static int offer_flags(const struct complete *c)
{
	const struct option *o = c->command ? c->command->options : NULL;
	int err = 0;

	for (; o && (o->name || o->letter) && !err; o++)
		err = offer_flag(c, o);
	for (o = global_options; (o->name || o->letter) && !err; o++)
		err = offer_flag(c, o);
	return err;
}

/* ---- rows of the live database ---- */

static int offer_row(void *ctx, const struct awm_record *row)
{
	const struct complete *c = ctx;
	const char *title = record_title(row);
	_cleanup_buf_ struct buf id = {0};

	buf_addf(&id, "%lld", (long long)awm_record_int(row, "id"));
	return offer(c, buf_str(&id), title);
}

/* Those that can be called by name are offered by it. */
static int offer_slug(void *ctx, const struct awm_record *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (row->fields[i]->flags & AWM_SLUG &&
		    row->values[i].kind == AWM_TEXT)
			return offer(ctx, row->values[i].s, NULL);
	return 0;
}

/* Who acts sees more than others; who cannot be told, what everybody sees. In a
 * rehearsal: nobody is remembered for a look. */
static int open_quietly(const struct complete *c)
{
	struct run *r = c->r;
	struct awm_session_opts opts = {.db = c->db,
					.as = c->as,
					.no_create = true,
					.dry_run = true,
					.wait_ms = 100};
	int err = run_config(r);

	opts.config = r->config;
	if (!err)
		err = awm_session_open(&opts, &r->session);
	if (err != -AWM_DENIED)
		return err;
	opts.no_actor = true;
	return awm_session_open(&opts, &r->session);
}

static int offer_rows(struct complete *c, const char *name)
{
	const struct awm_entity *e = awm_entity_find(name);
	struct awm_query q = {.entity = e, .limit = LIVE_MAX};
	bool figures = c->word[strspn(c->word, "0123456789")] == '\0';
	int err;

	if (!e)
		return 0;
	err = open_quietly(c);
	if (!err && figures)
		err = awm_list(c->r->session, &q, offer_row, c);
	if (!err)
		err = awm_list(c->r->session, &q, offer_slug, c);
	return err;
}

/* ---- values ---- */

static int offer_words(const struct complete *c, const char *const *words)
{
	int err = 0;

	for (size_t i = 0; words[i] && !err; i++)
		err = offer(c, words[i], NULL);
	return err;
}

static int offer_value(struct complete *c, const struct option *o)
{
	const char *const *words = option_words(c->command, o);
	const struct awm_field *f = option_field(c->command, o);
	const struct awm_entity *e;

	if (words)
		return offer_words(c, words);
	if (o->type == OPTION_REF)
		return offer_rows(c, o->entity);
	if (!f || f->type != AWM_TYPE_REF)
		return 0;
	e = awm_entity_of_table(f->ref);
	return e ? offer_rows(c, e->name) : 0;
}

static int offer_argument(struct complete *c)
{
	const struct argument *a = c->command->arguments;
	size_t i = 0;

	for (; a && a->name && !a->many && i < c->arguments; i++)
		a++;
	if (!a || !a->name)
		return 0;
	if (a->kind == ARG_WORD)
		return offer_words(c, a->words);
	if (a->kind == ARG_REF || a->kind == ARG_IDS)
		return offer_rows(c,
				  a->entity ? a->entity : c->command->entity);
	return 0;
}

/* ---- the line ---- */

static const struct option *flag_option(const struct complete *c,
					const char *word)
{
	if (word[0] != '-' || !word[1])
		return NULL;
	if (word[1] == '-')
		return word[2] ? option_long(c->command, word + 2,
					     strcspn(word + 2, "="))
			       : NULL;
	return option_letter(c->command, word[strlen(word) - 1]);
}

/* Reads the words before the last: the command, how many arguments it has, and
 * the option whose value the last word is. */
struct line {
	const char *words[3];
	size_t nwords;
	const struct option *open;
};

static void note_global(struct complete *c, const struct option *o,
			const char *value)
{
	if (o == option_long(NULL, "db", 2))
		c->db = value;
	if (o == option_long(NULL, "as", 2))
		c->as = value;
}

static void read_line(struct complete *c, const char *const *words, size_t n,
		      struct line *l)
{
	for (size_t i = 0; i + 1 < n; i++) {
		const struct option *o = flag_option(c, words[i]);

		if (words[i][0] == '-' && words[i][1]) {
			if (!o || !option_takes_value(o) ||
			    strchr(words[i], '='))
				continue;
			l->open = i + 2 == n ? o : NULL;
			note_global(c, o, words[++i]);
			continue;
		}
		if (c->command) {
			c->arguments++;
			continue;
		}
		if (l->nwords == ARRAY_LEN(l->words))
			return;
		l->words[l->nwords++] = words[i];
		c->command = find_words(l->words, l->nwords);
	}
}

static int complete_line(struct complete *c, const char *const *words, size_t n)
{
	struct line l = {0};
	const char *equals;

	c->word = n ? words[n - 1] : "";
	read_line(c, words, n, &l);
	if (l.open)
		return offer_value(c, l.open);
	equals = strchr(c->word, '=');
	if (equals && flag_option(c, c->word)) {
		const struct option *o = flag_option(c, c->word);

		c->word = equals + 1;
		return offer_value(c, o);
	}
	if (*c->word == '-')
		return offer_flags(c);
	if (!c->command)
		return offer_names(c, l.words, l.nwords);
	if (strcmp(c->command->name, "help") == 0)
		return offer_names(c, words + n - 1 - c->arguments,
				   c->arguments);
	return offer_argument(c);
}

static int complete_run(struct run *r)
{
	struct complete c = {.r = r};

	(void)complete_line(&c, r->texts, r->ntexts);
	err_clear();
	return 0;
}

static const struct argument word_arguments[] = {
	{.name = "WORD", .many = true},
	{0},
};

extern const struct command cmd_complete[];
const struct command cmd_complete[] = {
	{
		.name = "__complete",
		.summary = "print what may stand in place of the last word",
		.arguments = word_arguments,
		.effect = EFFECT_READ,
		.run = complete_run,
	},
	{0},
};
