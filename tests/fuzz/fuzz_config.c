/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "domain/config_file.h"

/*
 * Any text is read or refused; one that was read can be changed, reads again,
 * has the change and nothing else.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok)
		abort();
}

static const char *value_of(const struct config_node *node)
{
	return node->value ? node->value : "true";
}

static const struct config_node *next_entry(const struct config_file *file,
					    const struct config_node *skip,
					    size_t *i)
{
	while (*i < file->n) {
		const struct config_node *node = &file->nodes[(*i)++];

		if (node->kind == CONFIG_ENTRY && node != skip)
			return node;
	}
	return NULL;
}

/* Whether both have the same entries but for these two. */
static bool same_but(const struct config_file *a,
		     const struct config_node *in_a,
		     const struct config_file *b,
		     const struct config_node *in_b)
{
	size_t i = 0, k = 0;
	const struct config_node *x, *y;

	do {
		x = next_entry(a, in_a, &i);
		y = next_entry(b, in_b, &k);
		if (x && y &&
		    (!config_key_equal(&x->key, &y->key) ||
		     strcmp(value_of(x), value_of(y)) != 0))
			return false;
	} while (x && y);
	return !x && !y;
}

static void try_set(const struct config_file *file,
		    const struct config_key *key, const char *value)
{
	_cleanup_(config_file_release) struct config_file after = {0};
	_cleanup_buf_ struct buf out = {0};
	const struct config_node *node;

	expect(config_file_set(file, key, key->name, value, &out) == 0);
	expect(config_file_parse(buf_str(&out), out.len, &after) == 0);
	node = config_file_find(&after, key);
	expect(node && node->value && strcmp(node->value, value) == 0);
	expect(same_but(file, config_file_find(file, key), &after, node));
}

static void try_unset(const struct config_file *file,
		      const struct config_key *key)
{
	_cleanup_(config_file_release) struct config_file after = {0};
	_cleanup_buf_ struct buf out = {0};
	size_t left = 0, kept = 0;

	for (size_t i = 0; i < file->n; i++)
		left += file->nodes[i].kind == CONFIG_ENTRY &&
			!config_key_equal(&file->nodes[i].key, key);
	if (config_file_unset(file, key, &out) < 0) {
		expect(!config_file_find(file, key));
		return;
	}
	expect(config_file_parse(buf_str(&out), out.len, &after) == 0);
	expect(!config_file_find(&after, key));
	for (size_t i = 0; i < after.n; i++)
		kept += after.nodes[i].kind == CONFIG_ENTRY;
	expect(kept == left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const values[] = {"plain", "", " #;\"\\\n\t\b\r "};
	_cleanup_(config_file_release) struct config_file file = {0};
	struct config_key own = {"a", "b"};

	if (config_file_parse((const char *)data, size, &file) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		try_set(&file, &own, values[i]);
	try_unset(&file, &own);
	for (size_t i = 0, tries = 0; i < file.n && tries < 8; i++) {
		const struct config_node *node = &file.nodes[i];

		/* A section without a name has no key to set. */
		if (node->kind != CONFIG_ENTRY || !*node->key.section ||
		    *node->key.section == '.')
			continue;
		try_set(&file, &node->key, "x y");
		try_unset(&file, &node->key);
		tries++;
	}
	return 0;
}
