/* SPDX-License-Identifier: MIT */
#include <awm/config.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "domain/config_file.h"

#define FILE_MAX   ((size_t)1 << 20)
#define LINKS_MAX  16
#define LOCK_TRIES 200
#define LOCK_NAP   10000000 /* ns */

struct awm_config {
	char *path; /* NULL: no folder for it can be told */
	struct config_file file;
};

/* Reading */

static int load(const char *path, struct config_file *ret)
{
	_cleanup_buf_ struct buf text = {0};
	int r = file_check_plain(path);

	if (r == 0)
		r = file_read(path, FILE_MAX, &text);
	if (r == -AWM_NOT_FOUND) {
		err_clear();
		*ret = (struct config_file){0};
		return 0;
	}
	if (r < 0)
		return r;
	r = config_file_parse(buf_str(&text), text.len, ret);
	return r < 0 ? err_context("'%s'", path) : 0;
}

static const char *node_value(const struct config_node *node)
{
	return node->value ? node->value : "true";
}

/* An entry without a section, which git would take; and a value that does not
 * fit its option, if it is the one that counts. */
static int check_node(const struct config_file *file,
		      const struct config_node *node)
{
	const struct awm_option *option = config_option_find(&node->key);
	int64_t ignored;

	if (!*node->key.section)
		return err_set(AWM_USAGE, "'%s' stands outside of a section",
			       node->key.name);
	if (!option ||
	    config_option_read(option, node_value(node), &ignored) == 0)
		return 0;
	if (config_file_find(file, &node->key) != node) {
		err_clear();
		return 0;
	}
	if (config_option_is_family(option))
		return err_context("%s.%s", node->key.section, node->key.name);
	return err_context("%s", option->key);
}

static int check(const char *path, const struct config_file *file)
{
	for (size_t i = 0; i < file->n; i++) {
		const struct config_node *node = &file->nodes[i];
		const char *s = buf_str(&file->text);
		size_t line = 1;

		if (node->kind != CONFIG_ENTRY || check_node(file, node) == 0)
			continue;
		for (const char *p = s; p < s + node->begin; p++)
			line += *p == '\n';
		return err_context("'%s': line %zu", path, line);
	}
	return 0;
}

static int default_path(char **ret)
{
	_cleanup_free_ char *folder = NULL;
	int r = file_xdg("CONFIG", &folder);

	if (r < 0)
		return r;
	*ret = file_join(folder, "config");
	return *ret ? 0 : -AWM_NOMEM;
}

/* Who has no home has no settings. */
static int locate(struct awm_config *config, const char *path)
{
	int r;

	if (path) {
		config->path = strdup(path);
		return config->path ? 0 : err_nomem();
	}
	r = default_path(&config->path);
	if (r != -AWM_ERROR)
		return r;
	err_clear();
	return 0;
}

static int config_open(const char *path, bool strict, struct awm_config **ret)
{
	struct awm_config *config = calloc(1, sizeof(*config));
	int r;

	if (!config)
		return err_nomem();
	r = locate(config, path);
	if (r == 0 && config->path)
		r = load(config->path, &config->file);
	if (r == 0 && strict)
		r = check(config->path, &config->file);
	if (r < 0) {
		awm_config_free(config);
		return r;
	}
	*ret = config;
	return 0;
}

int awm_config_open(const char *path, struct awm_config **ret)
{
	return config_open(path, true, ret);
}

int awm_config_open_lenient(const char *path, struct awm_config **ret)
{
	return config_open(path, false, ret);
}

void awm_config_free(struct awm_config *config)
{
	if (!config)
		return;
	config_file_release(&config->file);
	free(config->path);
	free(config);
}

const char *awm_config_path(const struct awm_config *config)
{
	return config->path;
}

/* The value as awm_config_get() has it, and what it means. */
static const char *get(const struct awm_config *config, const char *key,
		       const struct awm_option **ret_option, int64_t *ret)
{
	_cleanup_(arena_release) struct arena a = {0};
	const struct config_node *node;
	const struct awm_option *option;
	struct config_key normal;

	*ret = 0;
	*ret_option = NULL;
	if (config_key_parse(key, &a, &normal) < 0)
		return NULL;
	node = config_file_find(&config->file, &normal);
	*ret_option = option = config_option_find(&normal);
	if (node &&
	    (!option || config_option_read(option, node_value(node), ret) == 0))
		return node_value(node);
	if (!option || !option->dflt)
		return NULL;
	config_option_read(option, option->dflt, ret);
	return option->dflt;
}

const char *awm_config_get(const struct awm_config *config, const char *key)
{
	const struct awm_option *option;
	int64_t ignored;

	return get(config, key, &option, &ignored);
}

bool awm_config_bool(const struct awm_config *config, const char *key)
{
	return awm_config_int(config, key) != 0;
}

int64_t awm_config_int(const struct awm_config *config, const char *key)
{
	const struct awm_option *option;
	int64_t n;

	get(config, key, &option, &n);
	return n;
}

int awm_config_each(const struct awm_config *config, awm_config_fn *fn,
		    void *ctx)
{
	int r = 0;

	for (size_t i = 0; i < config->file.n && r == 0; i++) {
		const struct config_node *node = &config->file.nodes[i];
		_cleanup_buf_ struct buf name = {0};
		const struct awm_option *option;

		if (node->kind != CONFIG_ENTRY)
			continue;
		option = config_option_find(&node->key);
		if (option && !config_option_is_family(option))
			buf_adds(&name, option->key);
		else
			buf_addf(&name, "%s%s%s", node->key.section,
				 *node->key.section ? "." : "", node->key.name);
		r = buf_check(&name);
		if (r == 0)
			r = fn(ctx, buf_str(&name), node_value(node));
	}
	return r;
}

/* Writing */

/* A link to a file kept elsewhere stays a link: what it leads to, also where
 * that does not exist yet, is the file to write. */
static int follow_links(const char *path, char **ret)
{
	_cleanup_free_ char *at = strdup(path);

	for (int i = 0; at && i < LINKS_MAX; i++) {
		_cleanup_free_ char *folder = NULL;
		char to[PATH_MAX];
		ssize_t n = readlink(at, to, sizeof(to) - 1);

		if (n < 0) {
			*ret = at;
			at = NULL;
			return 0;
		}
		to[n] = '\0';
		folder = file_dirname(at);
		free(at);
		at = to[0] == '/' ? strdup(to)
				  : (folder ? file_join(folder, to) : NULL);
	}
	if (!at)
		return err_nomem();
	return err_set(AWM_ERROR, "'%s' is a link to a link, too often", path);
}

static int make_folder(const char *path)
{
	_cleanup_free_ char *folder = file_dirname(path);

	return folder ? file_mkdir(folder) : -AWM_NOMEM;
}

/* git's lock, so that git config and awm keep out of each other's way. */
static int lock(const char *lock_path)
{
	const struct timespec nap = {.tv_nsec = LOCK_NAP};
	int fd;

	for (int i = 0; i < LOCK_TRIES; i++) {
		fd = open(lock_path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC,
			  0600);
		if (fd >= 0) {
			close(fd);
			return 0;
		}
		if (errno != EEXIST)
			return err_errno(AWM_ERROR, "cannot lock with '%s'",
					 lock_path);
		nanosleep(&nap, NULL);
	}
	err_set(AWM_CONFLICT, "the configuration is locked by '%s'", lock_path);
	return err_hint("remove that file if no other program is writing");
}

struct change {
	struct config_key key;
	const char *name;  /* as a new entry spells it */
	const char *value; /* NULL: unset */
};

static int apply(const char *path, const struct change *ch,
		 struct config_file *ret)
{
	_cleanup_(config_file_release) struct config_file old = {0};
	_cleanup_(config_file_release) struct config_file new = {0};
	_cleanup_buf_ struct buf out = {0};
	struct stat st;
	int r = load(path, &old);

	if (r < 0)
		return r;
	if (ch->value)
		r = config_file_set(&old, &ch->key, ch->name, ch->value, &out);
	else
		r = config_file_unset(&old, &ch->key, &out);
	if (r == 0)
		r = config_file_parse(buf_str(&out), out.len, &new);
	if (r == 0)
		r = file_write(path, buf_str(&out), out.len,
			       stat(path, &st) == 0 ? st.st_mode & 0777 : 0600);
	if (r < 0)
		return r;
	*ret = new;
	new = (struct config_file){0};
	return 0;
}

/* /dev/null may be read, and must not be replaced. */
static int refuse_device(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || S_ISREG(st.st_mode))
		return 0;
	return err_set(AWM_USAGE, "'%s' is no plain file", path);
}

static int change(struct awm_config *config, const struct change *ch)
{
	_cleanup_free_ char *path = NULL, *lock_path = NULL;
	struct config_file file;
	int r = config->path ? 0 : default_path(&config->path);

	if (r == 0)
		r = follow_links(config->path, &path);
	if (r == 0)
		r = refuse_device(path);
	if (r < 0)
		return r;
	if (asprintf(&lock_path, "%s.lock", path) < 0) {
		lock_path = NULL;
		return err_nomem();
	}
	if (ch->value)
		r = make_folder(path);
	if (r == 0)
		r = lock(lock_path);
	if (r < 0)
		return r;
	r = apply(path, ch, &file);
	unlink(lock_path);
	if (r < 0)
		return r;
	config_file_release(&config->file);
	config->file = file;
	return 0;
}

int awm_config_set(struct awm_config *config, const char *key,
		   const char *value)
{
	_cleanup_(arena_release) struct arena a = {0};
	const struct awm_option *option;
	struct change ch = {.value = value};
	int r = config_key_parse(key, &a, &ch.key);

	if (r == 0)
		r = config_option_check(key, &ch.key, value, &option);
	if (r < 0)
		return r;
	ch.name = strrchr(config_option_is_family(option) ? key : option->key,
			  '.') +
		  1;
	return change(config, &ch);
}

int awm_config_unset(struct awm_config *config, const char *key)
{
	_cleanup_(arena_release) struct arena a = {0};
	struct change ch = {0};
	int r = config_key_parse(key, &a, &ch.key);

	if (r < 0)
		return r;
	if (!config->path || !file_exists(config->path))
		return err_set(AWM_NOT_FOUND, "'%s' is not set", key);
	return change(config, &ch);
}
