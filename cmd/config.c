/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "cmd/noun.h"
#include "cmd/out.h"

/* awm config: the settings of the machine. */

static const struct awm_field key_field = {
	.name = "key", .label = "Key", .type = AWM_TYPE_TEXT};
static const struct awm_field value_field = {
	.name = "value", .label = "Value", .type = AWM_TYPE_TEXT};
static const struct awm_field default_field = {
	.name = "default", .label = "Default", .type = AWM_TYPE_TEXT};
static const struct awm_field help_field = {
	.name = "help", .label = "Meaning", .type = AWM_TYPE_TEXT};

static int row(struct run *r, const char *key, const char *value,
	       int (*report)(struct run *r, const struct awm_record *row))
{
	static const struct awm_field *const fields[] = {&key_field,
							 &value_field};
	struct awm_value values[] = {awm_value_text(key),
				     awm_value_text(value)};
	const struct awm_record rec = {
		.fields = fields, .values = values, .count = ARRAY_LEN(values)};

	return report(r, &rec);
}

static bool is_json(const struct run *r)
{
	return r->globals.format != FORMAT_TABLE;
}

/* Byte for byte, for "$(awm config get KEY)"; but for a terminal. */
static int put_line(const char *s)
{
	_cleanup_buf_ struct buf b = {0};

	if (out_is_tty())
		utf8_add_escaped(&b, s, strlen(s), false);
	else
		buf_adds(&b, s);
	buf_addc(&b, '\n');
	return buf_check(&b) ? -AWM_NOMEM : out_add(b.s, b.len);
}

/* A file that no other command takes is looked at and mended here. */
static int open_config(struct run *r)
{
	return r->config ? 0 : awm_config_open_lenient(NULL, &r->config);
}

static int config_get(struct run *r)
{
	const char *key = run_arg(r, 0), *value;
	int err = open_config(r);

	if (err)
		return err;
	value = awm_config_get(r->config, key);
	if (!value) {
		/* an unknown key is a usage error, an unset one is not there */
		err = awm_config_check(key, NULL);
		if (err)
			return err;
		return err_set(AWM_NOT_FOUND, "'%s' is not set", key);
	}
	if (is_json(r) || r->globals.fields)
		return row(r, key, value, report_one);
	return put_line(value);
}

/* After a change: what was set, for who reads rows; else nothing, as git. */
static int changed(struct run *r, const char *key, const char *value)
{
	return is_json(r) ? row(r, key, value, report_one) : 0;
}

static int config_set(struct run *r)
{
	const char *key = run_arg(r, 0), *value = run_arg(r, 1);
	int err = awm_config_check(key, value);

	if (!err)
		err = open_config(r);
	if (!err)
		err = awm_config_set(r->config, key, value);
	return err ? err : changed(r, key, value);
}

static int config_unset(struct run *r)
{
	const char *key = run_arg(r, 0);
	int err = open_config(r);

	if (!err)
		err = awm_config_unset(r->config, key);
	return err ? err : changed(r, key, NULL);
}

static int report_row_of(struct run *r, const struct awm_record *rec)
{
	return report_row(r, rec);
}

static int list_one(void *ctx, const char *key, const char *value)
{
	return row(ctx, key, value, report_row_of);
}

static int list_option(struct run *r, const struct awm_option *o)
{
	static const struct awm_field *const fields[] = {
		&key_field, &value_field, &default_field, &help_field};
	struct awm_value values[] = {
		awm_value_text(o->key),
		awm_value_text(awm_config_get(r->config, o->key)),
		awm_value_text(o->dflt), awm_value_text(o->help)};
	const struct awm_record rec = {
		.fields = fields, .values = values, .count = ARRAY_LEN(values)};

	return report_row(r, &rec);
}

struct config_list_args {
	bool all;
};

static int config_list(struct run *r)
{
	const struct config_list_args *args = r->args;
	const struct awm_option *options;
	size_t n;
	int err = open_config(r);

	/* What is set needs no word on what it would be otherwise. */
	if (!args->all && !r->globals.fields)
		r->globals.fields = "key,value";
	if (!err)
		err = report_begin(r);
	if (err)
		return err;
	if (!args->all) {
		err = awm_config_each(r->config, list_one, r);
		return err ? err : report_end(r);
	}
	options = awm_config_options(&n);
	for (size_t i = 0; i < n && !err; i++)
		err = list_option(r, options + i);
	return err ? err : report_end(r);
}

static int config_path(struct run *r)
{
	static const struct awm_field fields[] = {
		{.name = "path", .label = "Path", .type = AWM_TYPE_TEXT},
	};
	struct awm_value value;
	struct awm_record *rec;
	int err = open_config(r);

	if (!err && !awm_config_path(r->config))
		err = err_set(AWM_NOT_FOUND, "there is no home folder for it");
	if (err)
		return err;
	value = awm_value_text(awm_config_path(r->config));
	rec = noun_row(r, fields, &value, 1);
	if (!rec)
		return -AWM_NOMEM;
	if (is_json(r) || r->globals.fields)
		return report_one(r, rec);
	return put_line(value.s);
}

static const struct argument key_argument[] = {
	{.name = "KEY", .required = true, .help = "section.name"},
	{0},
};

static const struct argument set_arguments[] = {
	{.name = "KEY", .required = true, .help = "section.name"},
	{.name = "VALUE", .required = true, .help = "its new value"},
	{0},
};

static const struct option list_options[] = {
	OPT_FLAG("all", 'a', struct config_list_args, all,
		 "every key there is, with its meaning"),
	{0},
};

extern const struct command cmd_config[];
const struct command cmd_config[] = {
	{
		.name = "config get",
		.summary = "print the value of a setting",
		.details = "Prints the default where the file sets nothing.",
		.arguments = key_argument,
		.effect = EFFECT_READ,
		.columns = "key,value",
		.run = config_get,
	},
	{
		.name = "config set",
		.aliases = "add edit update",
		.summary = "change a setting of this machine",
		.arguments = set_arguments,
		.effect = EFFECT_WRITE,
		.columns = "key,value",
		.run = config_set,
	},
	{
		.name = "config unset",
		.aliases = "rm delete",
		.summary = "take a setting back to its default",
		.arguments = key_argument,
		.effect = EFFECT_WRITE,
		.columns = "key,value",
		.run = config_unset,
	},
	{
		.name = "config list",
		.aliases = "ls show",
		.summary = "list the settings of this machine",
		.options = list_options,
		.args_size = sizeof(struct config_list_args),
		.effect = EFFECT_READ,
		.columns = "key,value,default,help",
		.run = config_list,
	},
	{
		.name = "config path",
		.summary = "print where the settings are kept",
		.effect = EFFECT_READ,
		.columns = "path",
		.run = config_path,
	},
	{0},
};
