/* SPDX-License-Identifier: MIT */
#include <awm/config.h>

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/time.h"
#include "base/utf8.h"
#include "domain/config_file.h"

static const char *const when_words[] = {"auto", "always", "never", NULL};
static const char *const format_words[] = {"table", "json", "jsonl",
					   "csv",   "tsv",  NULL};

static const char *const complete_words[] = {"merge", "commit", "never", NULL};

static const struct awm_option options[] = {
	{.key = "user.email",
	 .help = "who acts, where neither --as nor AWM_USER says it"},
	{.key = "user.name",
	 .help = "the name that goes with user.email when it is first used"},
	{.key = "core.editor",
	 .help = "the command that edits long texts, before VISUAL and EDITOR"},
	{.key = "core.pager",
	 .help = "the command that long output is shown with, before PAGER"},
	{.key = "color.ui",
	 .type = AWM_OPTION_ENUM,
	 .dflt = "auto",
	 .words = when_words,
	 .help = "whether output is coloured: auto is on terminals only"},
	{.key = "output.format",
	 .type = AWM_OPTION_ENUM,
	 .dflt = "table",
	 .words = format_words,
	 .help = "how rows are shown when no option says it"},
	{.key = "db.wait",
	 .type = AWM_OPTION_DURATION,
	 .dflt = "30s",
	 .min = 0,
	 .max = 3600,
	 .help = "how long to wait for another writer of the database"},
	{.key = "vault.keyFile",
	 .help = "the key that secrets are sealed with; "
		 "$XDG_CONFIG_HOME/awm/key when not set"},
	{.key = "vault.keyCommand",
	 .help = "the command that prints the passphrase of the key file; "
		 "AWM_PASSPHRASE_FD goes before it"},
	{.key = "git.completeOn",
	 .type = AWM_OPTION_ENUM,
	 .dflt = "merge",
	 .words = complete_words,
	 .help = "when a commit that closes a task completes it: merge once it "
		 "is on the default branch, commit as soon as it is linked"},
	{.key = "exec.idleTimeout",
	 .type = AWM_OPTION_DURATION,
	 .dflt = "60s",
	 .min = 1,
	 .max = 86400,
	 .help = "how long a provider may be silent before it is given up"},
	{.key = "exec.timeout",
	 .type = AWM_OPTION_DURATION,
	 .dflt = "600s",
	 .min = 1,
	 .max = 86400,
	 .help = "how long one attempt of a prompt may take as a whole"},
	{.key = "exec.retries",
	 .type = AWM_OPTION_INT,
	 .dflt = "2",
	 .min = 0,
	 .max = 20,
	 .help = "how often a prompt is tried again after failures that pass"},
	{.key = "exec.jobs",
	 .type = AWM_OPTION_INT,
	 .dflt = "4",
	 .min = 1,
	 .max = 256,
	 .help = "how many prompts run at once"},
	{.key = "exec.proxy",
	 .help = "the proxy to reach providers through: a URL, or environment "
		 "for the one that HTTPS_PROXY names"},
	{.key = "provider.local.command",
	 .help = "the command that the provider local runs, the prompt on its "
		 "standard input; provider add local --command writes it"},
	{.key = "provider.trust",
	 .help = "addresses of providers, separated by blanks, that keys may "
		 "be sent to though a database names them; provider add and "
		 "edit write it"},
	{.key = "provider.allowPrivate",
	 .type = AWM_OPTION_BOOL,
	 .dflt = "false",
	 .help = "whether a database may name private addresses for openai, "
		 "anthropic and google"},
	{.key = "webhook.allowPrivate",
	 .type = AWM_OPTION_BOOL,
	 .dflt = "false",
	 .help = "whether webhooks that ask for it may be sent to private "
		 "addresses"},
	{.key = "webhook.background",
	 .type = AWM_OPTION_BOOL,
	 .dflt = "true",
	 .help = "whether a command that changed something leaves a process "
		 "behind that sends what webhooks wait for"},
	{.key = "webhook.proxy",
	 .help = "the proxy to reach webhooks through: a URL, or environment "
		 "for the one that HTTPS_PROXY names"},
	{.key = "automate.allowCommands",
	 .type = AWM_OPTION_BOOL,
	 .dflt = "false",
	 .help = "whether automations of a database may run commands here"},
	{.key = "automate.grace",
	 .type = AWM_OPTION_DURATION,
	 .dflt = "10m",
	 .min = 0,
	 .max = 86400,
	 .help = "how long after its time a schedule still counts as met"},
	{.key = "automate.maxRunsPerHour",
	 .type = AWM_OPTION_INT,
	 .dflt = "1000",
	 .min = 1,
	 .max = 1000000,
	 .help = "how many runs one automation may have within an hour"},
	{.key = "integration.allowPrivate",
	 .type = AWM_OPTION_BOOL,
	 .dflt = "false",
	 .help = "whether integrations may connect to this machine and to "
		 "private networks, and use http"},
	{.key = "alias.*",
	 .help = "a command of your own: alias.ls = task list"},
};

const struct awm_option *awm_config_options(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(options);
	return options;
}

static bool option_matches(const struct awm_option *option,
			   const struct config_key *key)
{
	const char *dot = strrchr(option->key, '.');
	size_t len = (size_t)(dot - option->key);

	return strlen(key->section) == len &&
	       memcmp(option->key, key->section, len) == 0 &&
	       (strcmp(dot, ".*") == 0 || strcasecmp(dot + 1, key->name) == 0);
}

const struct awm_option *config_option_find(const struct config_key *key)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (option_matches(&options[i], key))
			return &options[i];
	return NULL;
}

bool config_option_is_family(const struct awm_option *option)
{
	return option->key[strlen(option->key) - 1] == '*';
}

static int unknown_key(const char *key)
{
	const char *best = NULL;
	size_t least = 4;

	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		size_t d = utf8_distance(key, options[i].key, 3);

		if (d < least && !config_option_is_family(&options[i])) {
			least = d;
			best = options[i].key;
		}
	}
	err_set(AWM_USAGE, "unknown setting '%s'", key);
	if (best)
		return err_hint("did you mean '%s'?", best);
	return err_hint("see 'awm config --help'");
}

/* Values */

static int read_bool(const char *value, int64_t *ret)
{
	static const char *const words[] = {"false", "true", "no", "yes",
					    "off",   "on",   "0",  "1"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcasecmp(value, words[i]) == 0) {
			*ret = (int64_t)(i % 2);
			return 0;
		}
	}
	err_set(AWM_USAGE, "'%s' is neither true nor false", value);
	return err_hint("true, yes, on, 1, or false, no, off, 0");
}

static int read_enum(const struct awm_option *option, const char *value,
		     int64_t *ret)
{
	_cleanup_buf_ struct buf list = {0};

	for (size_t i = 0; option->words[i]; i++) {
		if (strcmp(value, option->words[i]) == 0) {
			*ret = (int64_t)i;
			return 0;
		}
		buf_addf(&list, "%s%s", i > 0 ? ", " : "", option->words[i]);
	}
	err_set(AWM_USAGE, "'%s' is not a value of %s", value, option->key);
	return err_hint("one of %s", buf_str(&list));
}

static bool read_decimal(const char *value, int64_t *ret)
{
	const char *digits = value + (*value == '-');
	long long n;

	if (!*digits || digits[strspn(digits, "0123456789")])
		return false;
	errno = 0;
	n = strtoll(value, NULL, 10);
	if (errno)
		return false;
	*ret = n;
	return true;
}

static int read_number(const struct awm_option *option, const char *value,
		       int64_t *ret)
{
	bool duration = option->type == AWM_OPTION_DURATION;
	int64_t n;
	int r;

	if (!read_decimal(value, &n)) {
		if (!duration)
			return err_set(AWM_USAGE, "'%s' is not a whole number",
				       value);
		r = time_parse_duration(value, &n);
		if (r < 0)
			return r;
	}
	if (n < option->min || n > option->max)
		return err_set(AWM_USAGE, "'%s' is not between %lld and %lld%s",
			       value, (long long)option->min,
			       (long long)option->max,
			       duration ? " seconds" : "");
	*ret = n;
	return 0;
}

static bool is_address(const char *s)
{
	const char *at = strchr(s, '@');

	return at && at > s && at[1] && !strchr(at + 1, '@') &&
	       !strpbrk(s, " ,;<>\"");
}

static int read_text(const struct awm_option *option, const char *value)
{
	size_t len = strlen(value);

	if (len == 0) {
		err_set(AWM_USAGE, "want a value that is not empty");
		return err_hint("awm config unset takes a setting back to its "
				"default");
	}
	if (!utf8_valid(value, len))
		return err_set(AWM_USAGE, "the value is not UTF-8");
	if (utf8_has_control(value, len, false))
		return err_set(AWM_USAGE,
			       "want one line without control characters");
	if (strcmp(option->key, "user.email") == 0 && !is_address(value))
		return err_set(AWM_USAGE,
			       "'%s' is not an address like ada@example.org",
			       value);
	return 0;
}

int config_option_read(const struct awm_option *option, const char *value,
		       int64_t *ret)
{
	*ret = 0;
	switch (option->type) {
	case AWM_OPTION_TEXT:
		return read_text(option, value);
	case AWM_OPTION_BOOL:
		return read_bool(value, ret);
	case AWM_OPTION_ENUM:
		return read_enum(option, value, ret);
	case AWM_OPTION_INT:
	case AWM_OPTION_DURATION:
		return read_number(option, value, ret);
	}
	return 0;
}

int config_option_check(const char *key, const struct config_key *normal,
			const char *value, const struct awm_option **ret)
{
	const struct awm_option *option = config_option_find(normal);
	int64_t ignored;
	int r;

	if (!option)
		return unknown_key(key);
	r = value ? config_option_read(option, value, &ignored) : 0;
	if (r < 0)
		return err_context("%s", config_option_is_family(option)
						 ? key
						 : option->key);
	*ret = option;
	return 0;
}

int awm_config_check(const char *key, const char *value)
{
	_cleanup_(arena_release) struct arena a = {0};
	const struct awm_option *option;
	struct config_key normal;
	int r = config_key_parse(key, &a, &normal);

	return r < 0 ? r : config_option_check(key, &normal, value, &option);
}
