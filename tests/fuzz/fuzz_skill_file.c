/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "domain/skill_file.h"

/*
 * Whatever a SKILL.md holds: it is read or refused with a message, and what was
 * read says the same when it is written and read again.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok)
		abort();
}

static void expect_same(const char *a, const char *b)
{
	expect(!a == !b);
	expect(!a || !strcmp(a, b));
}

static void write_and_read(const struct skill_file *file, struct arena *a)
{
	_cleanup_buf_ struct buf out = {0};
	struct skill_file again;

	skill_file_print(file, &out);
	expect(!skill_file_parse(out.s, out.len, a, &again));
	expect_same(file->name, again.name);
	expect_same(file->description, again.description);
	expect_same(file->license, again.license);
	expect_same(file->body, again.body);
	expect(file->nmetadata == again.nmetadata);
	for (size_t i = 0; i < file->nmetadata; i++) {
		expect_same(file->metadata[i].key, again.metadata[i].key);
		expect_same(file->metadata[i].value, again.metadata[i].value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct skill_file file = {0};
	int rc = skill_file_parse((const char *)data, size, &a, &file);

	expect(!rc || *awm_error_last()->message);
	if (!rc)
		rc = skill_file_check(&file, "folder", &a);
	if (!rc)
		write_and_read(&file, &a);
	arena_release(&a);
	return 0;
}
