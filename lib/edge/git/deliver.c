/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <string.h>
#include <strings.h>

static bool is_utf8(const char *encoding)
{
	return !*encoding || strcasecmp(encoding, "utf-8") == 0 ||
	       strcasecmp(encoding, "utf8") == 0;
}

static bool delivery_text(struct delivery *d, struct text *t,
			  const char *encoding, const char *s, size_t len)
{
	if (is_utf8(encoding))
		return text_add_utf8(t, s, len);
	if (strcmp(encoding, d->encoding) != 0) {
		if (d->cd != (iconv_t)-1)
			iconv_close(d->cd);
		d->cd = iconv_open("UTF-8", encoding);
		memcpy(d->encoding, encoding, sizeof(d->encoding));
	}
	if (d->cd == (iconv_t)-1)
		return text_add_utf8(t, s, len);
	return text_convert(t, d->cd, s, len);
}

/* "Name <mail>" without the date, blanks trimmed as git does. */
static void trim_author(struct fields *f)
{
	const char *mail = memrchr(f->author, '>', f->author_len);

	if (mail)
		f->author_len = (size_t)(mail - f->author) + 1;
	while (f->author_len && *f->author == ' ') {
		f->author++;
		f->author_len--;
	}
}

int deliver_object(struct delivery *d, git_odb_object *object, bool on_default,
		   struct repo_error *err)
{
	char sha[GIT_OID_HEXSZ + 1];
	struct repo_commit commit = {.sha = sha, .on_default = on_default};
	struct fields f;

	git_oid_tostr(sha, sizeof(sha), git_odb_object_id(object));
	parse_commit(git_odb_object_data(object), git_odb_object_size(object),
		     &f);
	trim_author(&f);
	d->message.len = d->author.len = 0;
	if (!delivery_text(d, &d->author, f.encoding, f.author, f.author_len) ||
	    !delivery_text(d, &d->message, f.encoding, f.message,
			   f.message_len))
		return nomem(err);
	commit.message = d->message.s;
	commit.author = d->author.s;
	commit.time = f.time;
	commit.offset = f.offset;
	commit.parents = f.parent_count;
	return d->fn(d->ctx, &commit);
}

int deliver(struct delivery *d, struct repo *repo, const git_oid *id,
	    struct repo_error *err)
{
	_cleanup_(odb_objectp) git_odb_object *object = NULL;

	if (git_odb_read(&object, repo->odb, id) < 0)
		return fail_git(err, "read commit", git_oid_tostr_s(id));
	return deliver_object(d, object, false, err);
}

void delivery_release(struct delivery *d)
{
	if (d->cd != (iconv_t)-1)
		iconv_close(d->cd);
	text_release(&d->message);
	text_release(&d->author);
}
