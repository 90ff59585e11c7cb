/* SPDX-License-Identifier: MIT */
#include <malloc.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "cmd/ask.h"
#include "cmd/help.h"
#include "cmd/option.h"
#include "cmd/out.h"
#include "cmd/report.h"
#include "cmd/signals.h"

/* What an option says of the format, whether the command line can be read or
 * not; NULL when none does. */
static const char *said_format(int argc, char **argv)
{
	const char *said = NULL;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--json") == 0)
			return "json";
		if (strncmp(argv[i], "--format=", 9) == 0)
			said = argv[i] + 9;
		else if (strcmp(argv[i], "--format") == 0)
			said = argv[i + 1];
	}
	return said;
}

int run_config(struct run *r)
{
	return r->config ? 0 : awm_config_open(NULL, &r->config);
}

/* Settings that cannot be read must not hide the error that there is. */
static const char *configured_format(struct run *r)
{
	const struct awm_error last = *awm_error_last();
	int err = run_config(r);

	err_set(last.code, "%s", last.message);
	if (*last.hint)
		err_hint("%s", last.hint);
	return err ? NULL : awm_config_get(r->config, "output.format");
}

/* A command may have settled on JSON by itself, as what follows does. */
static bool wants_json(struct run *r, const char *format)
{
	if (r->globals.format == FORMAT_JSON ||
	    r->globals.format == FORMAT_JSONL)
		return true;
	if (!format)
		format = configured_format(r);
	return format && strncmp(format, "json", 4) == 0;
}

/* 0 would be the configured time. */
static int64_t wait_ms(const struct globals *g)
{
	return g->wait_ms.set && !g->wait_ms.value ? 1 : g->wait_ms.value;
}

static int open_session(struct run *r)
{
	const struct globals *g = &r->globals;
	unsigned needs = r->command->needs;
	struct awm_session_opts opts = {
		.db = g->db,
		.as = g->as,
		.wait_ms = wait_ms(g),
		.dry_run = g->dry_run,
		.any_version = needs & NEED_ANY_VERSION,
		.no_create = needs & NEED_NO_CREATE,
		.no_actor = needs & NEED_NO_ACTOR,
		.background = true,
		.config = r->config,
		.passphrase = ask_passphrase,
	};
	int err;

	signals_exit_begin();
	err = awm_session_open(&opts, &r->session);
	signals_watch(r->session);
	signals_exit_end();
	if (needs & NEED_MAY_FAIL &&
	    (err == -AWM_DATABASE || err == -AWM_NOT_FOUND)) {
		err_clear();
		err = 0;
	}
	return err;
}

/* What the command line leaves open, the configuration says. */
static int word_of(const struct run *r, const struct int_arg *arg,
		   const char *option, const char *key)
{
	const char *const *words =
		option_long(NULL, option, strlen(option))->words;
	const char *word = r->config ? awm_config_get(r->config, key) : NULL;

	if (arg->set || !word)
		return (int)arg->value;
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return 0;
}

static void settle_output(struct run *r)
{
	struct globals *g = &r->globals;

	g->format = (enum format)word_of(r, &g->format_arg, "format",
					 "output.format");
	g->color =
		(enum color_mode)word_of(r, &g->color_arg, "color", "color.ui");
}

static int meet_needs(struct run *r)
{
	const struct command *c = r->command;
	int err = report_check(r);

	if (!err && c->check)
		err = c->check(r);
	if (!err && c->needs & NEED_YES && !r->globals.yes &&
	    !r->globals.dry_run && !ask_possible())
		err = ask_refuse(c->name);
	if (err || !(c->needs & (NEED_DB | NEED_WRITE)))
		return err;
	err = run_config(r);
	if (!err)
		settle_output(r);
	if (!err)
		err = awm_pool_new(&r->pool);
	if (!err)
		err = open_session(r);
	if (!err && c->needs & NEED_PAGER && !r->globals.no_pager)
		pager_want(r->config);
	return err;
}

static int run_command(struct run *r)
{
	int err = 0;

	if (r->globals.help && strcmp(r->command->name, "help") != 0)
		return help_command(r->command);
	if (r->globals.version)
		r->command = find_exact("version");
	r->entity =
		r->command->entity ? awm_entity_find(r->command->entity) : NULL;
	if (r->globals.folder && chdir(r->globals.folder) < 0)
		err = err_errno(AWM_NOT_FOUND, "cannot change into '%s'",
				r->globals.folder);
	if (!err)
		err = meet_needs(r);
	if (!err)
		err = resolve_options(r);
	return err ? err : r->command->run(r);
}

/* `format`: as the command line says, read or not. */
static int finish(struct run *r, int err, const char *format)
{
	int out_err = out_close();

	if (!err)
		err = out_err;
	if (err && signals_caught() &&
	    awm_error_last()->code != AWM_INTERRUPTED)
		err = err_set(AWM_INTERRUPTED, "interrupted");
	if (err)
		error_print(wants_json(r, format));
	signals_watch(NULL);
	report_release(r);
	awm_session_close(r->session);
	awm_pool_free(r->pool);
	awm_config_free(r->config);
	if (r->input_owned)
		free((char *)r->input);
	arena_release(&r->arena);
	return err ? awm_error_status((enum awm_err) - err) : 0;
}

/* Each statement of a long transaction takes and frees about as much as glibc
 * would give back to the system every time. */
static void memory_init(void)
{
#ifdef M_TRIM_THRESHOLD
	mallopt(M_TRIM_THRESHOLD, 4 << 20);
#endif
}

int main(int argc, char **argv)
{
	const char *format = said_format(argc, argv);
	struct run r = {0};
	int err;

	memory_init();
	out_init();
	signals_init();
	err = time_clock_init();
	if (!err)
		err = find_command(&r, &argc, &argv);
	if (!err)
		err = option_parse(&r, argc, argv);
	if (!err) {
		settle_output(&r);
		err = run_command(&r);
	}
	return finish(&r, err, format);
}
