// SPDX-License-Identifier: MIT
/* SKILL.md, written, and what its specification asks of names. */
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "domain/skill_file.h"

static void print_pair(struct buf *out, const char *key, const char *value,
		       const char *indent)
{
	buf_addf(out, "%s%s: ", indent, key);
	skill_scalar_print(value, out);
	buf_addc(out, '\n');
}

void skill_file_print(const struct skill_file *file, struct buf *out)
{
	const struct skill_pair texts[] = {
		{"name", file->name},
		{"description", file->description},
		{"license", file->license},
		{"compatibility", file->compatibility},
	};

	buf_adds(out, "---\n");
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i].value)
			print_pair(out, texts[i].key, texts[i].value, "");
	if (file->nmetadata)
		buf_adds(out, "metadata:\n");
	for (size_t i = 0; i < file->nmetadata; i++)
		print_pair(out, file->metadata[i].key, file->metadata[i].value,
			   "  ");
	buf_adds(out, "---\n\n");
	buf_adds(out, file->body);
}

static bool is_name_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

const char *skill_file_name_wanted(const char *name)
{
	size_t len = strlen(name);

	if (!len || utf8_length(name, len) > SKILL_FILE_NAME)
		return "want 1 to 64 characters";
	for (size_t i = 0; i < len; i++) {
		if (is_name_char((unsigned char)name[i]))
			continue;
		if (name[i] != '-')
			return "want lower-case letters, digits and '-'";
		if (!i || i + 1 == len || name[i + 1] == '-')
			return "a '-' stands between letters or digits";
	}
	return NULL;
}

const char *skill_file_slug(const char *name, struct arena *a)
{
	char *slug = arena_alloc(a, SKILL_FILE_NAME + 1);
	size_t n = 0;

	for (; slug && *name && n < SKILL_FILE_NAME; name++) {
		char c = *name >= 'A' && *name <= 'Z' ? (char)(*name + 32)
						      : *name;
		bool fits = (unsigned char)c < 0x80 &&
			    is_name_char((unsigned char)c);

		if (fits)
			slug[n++] = c;
		else if (n && slug[n - 1] != '-')
			slug[n++] = '-';
	}
	while (slug && n && slug[n - 1] == '-')
		slug[--n] = '\0';
	return slug;
}

/* ---- checks ---- */

static int check_name(struct skill_file *file, const char *folder,
		      struct arena *a)
{
	const char *wanted;
	int rc = 0;

	if (!file->name || !*file->name) {
		if (!folder || !*folder)
			return err_set(AWM_INVALID, "line 1: no name");
		file->name = folder;
		return skill_file_warn(file, a, "no name: that of the folder");
	}
	wanted = skill_file_name_wanted(file->name);
	if (wanted)
		rc = skill_file_warn(file, a, "name '%s': %s", file->name,
				     wanted);
	if (!rc && folder && strcmp(folder, file->name) != 0)
		rc = skill_file_warn(file, a,
				     "name '%s' is not that of the "
				     "folder, '%s'",
				     file->name, folder);
	return rc;
}

static int check_length(struct skill_file *file, const char *key,
			const char *text, size_t max, struct arena *a)
{
	size_t len = text ? utf8_length(text, strlen(text)) : 1;

	if (len && len <= max)
		return 0;
	return skill_file_warn(file, a, "%s: want 1 to %zu characters", key,
			       max);
}

int skill_file_check(struct skill_file *file, const char *folder,
		     struct arena *a)
{
	int rc = check_name(file, folder, a);

	if (!rc)
		rc = check_length(file, "description", file->description,
				  SKILL_FILE_TEXT, a);
	if (!rc)
		rc = check_length(file, "compatibility", file->compatibility,
				  500, a);
	return rc;
}
