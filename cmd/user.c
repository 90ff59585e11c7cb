/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "cmd/noun.h"

/* Users and their preferences. */

#define USER_COLUMNS                                                           \
	OPT_SET("name", 0, "name", "NAME", "how they are called"),             \
		OPT_SET("role", 0, "role", "ROLE",                             \
			"admin, member (unless told otherwise) or viewer"),    \
		OPT_SET("timezone", 0, "timezone", "ZONE",                     \
			"where their dates are read: Europe/Berlin"),          \
		OPT_SET("locale", 0, "locale", "LOCALE",                       \
			"their language: en, de-CH"),                          \
		OPT_SET("avatar", 0, "avatar", "URL", "address of a picture"), \
		OPT_SET("google-id", 0, "googleId", "ID",                      \
			"their id at Google")

static const struct argument email_argument[] = {
	{.name = "EMAIL", .required = true, .help = "who it is"},
	{0},
};

static const struct option add_options[] = {
	USER_COLUMNS,
	{0},
};

/* Without --name, what stands before the @. */
static int user_add(struct run *r)
{
	const char *email = run_arg(r, 0);
	struct set_array sets;
	struct awm_record *row;
	char *name = arena_strndup(&r->arena, email, strcspn(email, "@"));
	int err = name ? noun_sets(r, &sets) : -AWM_NOMEM;

	if (!err)
		err = run_set(r, &sets, "email", awm_value_text(email));
	if (!err && !run_has(r, "name"))
		err = run_set(r, &sets, "name",
			      awm_value_text(*name ? name : email));
	if (!err)
		err = awm_add(r->session, r->entity, sets.sets, sets.count,
			      r->pool, &row);
	return err ? err : report_change(r, "added", row);
}

static const struct option list_options[] = {
	OPT_FILTER("role", 0, "role", "ROLE",
		   "with this role, or one of several: admin,member"),
	OPT_COMPARE("name", 0, "name", AWM_OP_CONTAINS, "TEXT",
		    "whose name contains TEXT"),
	OPT_COMPARE("email", 0, "email", AWM_OP_CONTAINS, "TEXT",
		    "whose email contains TEXT"),
	OPT_FILTER("timezone", 0, "timezone", "ZONE", "in this time zone"),
	OPT_FILTER("active", 0, "lastActiveAt", "DATE",
		   "who last did something then; also before:, after:, none"),
	LIST_OPTIONS,
	{0},
};

static const struct argument one_argument[] = {
	{.name = "USER",
	 .kind = ARG_REF,
	 .entity = "user",
	 .help = "id, email or me, which is meant without it"},
	{0},
};

static int user_show(struct run *r)
{
	struct awm_record *row;
	int64_t id = awm_session_actor(r->session)->id;
	int err = run_arg(r, 0) ? run_ref(r, 0, &id) : 0;

	if (!err)
		err = awm_get(r->session, r->entity, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

static const struct argument many_arguments[] = {
	{.name = "USER",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "user",
	 .help = "ids, emails or me; - reads them from standard input"},
	{0},
};

static const struct option edit_options[] = {
	OPT_SET("email", 0, "email", "EMAIL", "who it is"),
	USER_COLUMNS,
	OPT_SET("onboarded", 0, "onboardingCompleted", NULL,
		"they have seen the introduction"),
	OPT_IF_UPDATED_AT,
	{0},
};

static int user_edit(struct run *r)
{
	return noun_edit(r, NULL);
}

/* ---- preferences ---- */

struct prefs_args {
	const char *unset;
};

static const struct argument prefs_arguments[] = {
	{.name = "USER",
	 .kind = ARG_REF,
	 .entity = "user",
	 .help = "id, email or me, which is meant without it"},
	{.name = "KEY", .help = "a preference: theme, notifications.email"},
	{.name = "VALUE", .help = "its new value"},
	{0},
};

static const struct option prefs_options[] = {
	OPT_TEXT("unset", 0, struct prefs_args, unset, "KEY",
		 "take this preference back to its default"),
	{0},
};

static const struct awm_field key_field = {
	.name = "key", .label = "Key", .type = AWM_TYPE_TEXT};
static const struct awm_field text_field = {
	.name = "value", .label = "Value", .type = AWM_TYPE_TEXT};
static const struct awm_field json_field = {
	.name = "value", .label = "Value", .type = AWM_TYPE_JSON};

/* What is said of one preference: a row of a listing, or all that was asked
 * for. */
struct prefs {
	struct run *run;
	const char *key; /* NULL: all */
	size_t found;
};

static int tell_pref(struct prefs *p, const char *key, const cJSON *node)
{
	static const struct awm_field *const texts[] = {&key_field,
							&text_field};
	static const struct awm_field *const others[] = {&key_field,
							 &json_field};
	_cleanup_buf_ struct buf b = {0};
	bool text = cJSON_IsString(node);
	/* for people, as they would write it: true, not yes */
	bool plain = text || p->run->globals.format == FORMAT_TABLE;
	struct awm_value values[2] = {awm_value_text(key)};
	const struct awm_record row = {.fields = plain ? texts : others,
				       .values = values,
				       .count = ARRAY_LEN(values)};

	if (!text)
		json_print(&b, node);
	if (buf_check(&b))
		return -AWM_NOMEM;
	values[1] = awm_value_text(text ? node->valuestring : buf_str(&b));
	p->found++;
	if (!p->key)
		return report_row(p->run, &row);
	return noun_tell(p->run, &row, "%s", values[1].s);
}

/* Objects are walked into: "editor.fontSize". */
static int each_pref(struct prefs *p, const char *prefix, const cJSON *object)
{
	const cJSON *node;
	int err = 0;

	cJSON_ArrayForEach(node, object)
	{
		const char *key =
			arena_printf(&p->run->arena, "%s%s%s", prefix,
				     *prefix ? "." : "", node->string);

		if (!key)
			return -AWM_NOMEM;
		if (cJSON_IsObject(node) && !(p->key && !strcmp(p->key, key)))
			err = each_pref(p, key, node);
		else if (!p->key || strcmp(p->key, key) == 0)
			err = tell_pref(p, key, node);
		if (err)
			return err;
	}
	return 0;
}

static int show_prefs(struct run *r, int64_t user, const char *key)
{
	_cleanup_json_ cJSON *tree = NULL;
	struct prefs p = {.run = r, .key = key};
	struct awm_record *row;
	const char *text;
	int err = awm_get(r->session, r->entity, user, r->pool, &row);

	if (err)
		return err;
	text = awm_record_text(row, "preferences");
	err = json_parse(text, strlen(text), &tree);
	if (err || !cJSON_IsObject(tree)) {
		err_set(AWM_DATABASE,
			"user %lld is damaged: its preferences are no object",
			(long long)user);
		return err_hint("awm db check");
	}
	if (!key)
		err = report_begin(r);
	if (!err)
		err = each_pref(&p, "", tree);
	if (err)
		return err;
	if (!key)
		return report_end(r);
	return p.found ? 0
		       : err_set(AWM_NOT_FOUND, "preference '%s' is not set",
				 key);
}

static int change_pref(struct run *r, int64_t user, const char *key,
		       const char *value)
{
	struct awm_record *row;
	int err = awm_user_pref(r->session, user, key, value, r->pool, &row);

	return err ? err : report_change(r, "changed", row);
}

/* Users are named by id, email or me, and no preference looks like that. */
static bool names_user(const char *text)
{
	return text && (strcmp(text, "me") == 0 || strchr(text, '@') ||
			*text == '#' || isdigit((unsigned char)*text));
}

static int user_prefs(struct run *r)
{
	const struct prefs_args *args = r->args;
	int64_t user = awm_session_actor(r->session)->id;
	bool named = run_arg(r, 2) || names_user(run_arg(r, 0));
	const char *key = run_arg(r, named ? 1 : 0);
	const char *value = run_arg(r, named ? 2 : 1);
	int err = named ? run_ref(r, 0, &user) : 0;

	if (err)
		return err;
	if (args->unset && key)
		return err_set(AWM_USAGE,
			       "--unset takes the key, and nothing is set "
			       "beside it");
	if (args->unset)
		return change_pref(r, user, args->unset, NULL);
	return value ? change_pref(r, user, key, value)
		     : show_prefs(r, user, key);
}

/* ---- the table ---- */

extern const struct command cmd_user[];
const struct command cmd_user[] = {
	{
		.name = "user add",
		.aliases = "create new",
		.summary = "add a user",
		.details =
			"Adds a user, who can then act with --as or "
			"$AWM_USER. A viewer reads, a member writes, an admin "
			"also manages users, teams, providers and "
			"integrations, and purges. It takes an admin. On a "
			"local file the roles guard against mistakes, not "
			"against whoever may write the file.",
		.arguments = email_argument,
		.options = add_options,
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "user",
		.run = user_add,
	},
	{
		.name = "user list",
		.aliases = "ls",
		.summary = "list users",
		.options = list_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "user",
		.run = run_list,
	},
	{
		.name = "user show",
		.aliases = "view",
		.summary = "show a user",
		.details = "Without an argument it shows who is acting.",
		.arguments = one_argument,
		.needs = NEED_DB,
		.entity = "user",
		.run = user_show,
	},
	{
		.name = "user edit",
		.aliases = "update set",
		.summary = "change users",
		.details =
			"Everybody changes their own row but for the role; the "
			"rest takes an admin. The last admin cannot be made "
			"anything else. The word none empties a column.",
		.arguments = many_arguments,
		.options = edit_options,
		.args_size = sizeof(struct noun_edit),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "user",
		.run = user_edit,
	},
	{
		.name = "user rm",
		.aliases = "delete",
		.summary = "delete users for good, with what is theirs",
		.details =
			"Deletes the users, the projects that they own with "
			"everything in them, their comments, time entries and "
			"activities. This cannot be undone, and takes an "
			"admin. It asks first; without a terminal it wants "
			"--yes. Give projects to somebody else before: awm "
			"project edit PROJECT --owner USER.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_YES | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "user",
		.run = noun_rm,
	},
	{
		.name = "user prefs",
		.summary = "show or change preferences",
		.details =
			"Lists the preferences that are set, prints that of "
			"KEY, or sets it to VALUE. Keys are defaultAI, theme, "
			"notifications.email, .desktop, .mentions and "
			".assignments, editor.autoSave, .fontSize and "
			".keyBindings.",
		.arguments = prefs_arguments,
		.options = prefs_options,
		.args_size = sizeof(struct prefs_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "user",
		.columns = "key,value",
		.run = user_prefs,
	},
	{0},
};
