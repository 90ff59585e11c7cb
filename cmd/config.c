/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "cmd/command.h"
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

static int config_get(struct run *r)
{
	const char *key = run_arg(r, 0), *value;
	int err = run_config(r);

	if (err)
		return err;
	value = awm_config_get(r->config, key);
	if (!value) {
		/* an unknown key is a usage error, an unset one is not there */
		err = awm_config_check(key, "");
		if (err)
			return err;
		return err_set(AWM_NOT_FOUND, "'%s' is not set", key);
	}
	if (is_json(r))
		return row(r, key, value, report_one);
	err = out_adds(value);
	return err ? err : out_adds("\n");
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
		err = run_config(r);
	if (!err)
		err = awm_config_set(r->config, key, value);
	return err ? err : changed(r, key, value);
}

static int config_unset(struct run *r)
{
	const char *key = run_arg(r, 0);
	int err = run_config(r);

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
	int err = run_config(r);

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
	int err = run_config(r);

	return err ? err : out_addf("%s\n", awm_config_path(r->config));
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
		.run = config_path,
	},
	{0},
};
