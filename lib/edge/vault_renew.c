// SPDX-License-Identifier: MIT
/* Other keys in the place of those that the file has. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "edge/vault_inside.h"

static int cannot_write(const char *path)
{
	return err_errno(AWM_ERROR, "cannot write the key file '%s'", path);
}

static int write_beside(const struct vault *v, const char *beside,
			const char *path)
{
	int fd = open(beside,
		      O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW,
		      0600);
	bool ok = fd >= 0 && vault_write(v, fd) && rename(beside, path) == 0;
	int r = ok ? 0 : cannot_write(path);

	if (fd >= 0)
		close(fd);
	if (fd >= 0 && !ok)
		unlink(beside);
	return r;
}

/* Nobody replaces the file while the descriptor is open. */
static int take_turn(const char *path)
{
	_cleanup_free_ char *name = NULL;
	int fd;

	if (asprintf(&name, "%s-lock", path) < 0) {
		name = NULL;
		return err_nomem();
	}
	fd = open(name, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
	while (fd >= 0 && flock(fd, LOCK_EX) < 0) {
		if (errno == EINTR)
			continue;
		close(fd);
		fd = -1;
	}
	return fd < 0 ? cannot_write(path) : fd;
}

static int replace(const struct vault *old, struct vault *next,
		   const char *path)
{
	_cleanup_free_ char *folder = file_dirname(path), *beside = NULL;
	int r;

	if (asprintf(&beside, "%s.new", path) < 0)
		beside = NULL;
	if (!folder || !beside)
		return err_nomem();
	if (!vault_is_current(old)) {
		err_set(AWM_CONFLICT,
			"another process has just changed the key file '%s'",
			path);
		return err_hint("run the command again");
	}
	r = write_beside(next, beside, path);
	if (r == 0 && stat(path, &next->file) < 0)
		r = cannot_write(path);
	if (r == 0)
		vault_sync(folder);
	return r;
}

/* A link stays one: what it leads to is replaced. */
static int publish_keys(const struct vault *old, struct vault *next)
{
	_cleanup_free_ char *path = realpath(old->path, NULL);
	int turn, r;

	if (!path)
		return cannot_write(old->path);
	turn = take_turn(path);
	if (turn < 0)
		return turn;
	r = replace(old, next, path);
	close(turn);
	return r;
}

/* The vault takes over what was published. */
static void adopt(struct vault *v, struct vault *next)
{
	struct vault was = *v;

	*v = *next;
	sodium_mprotect_readonly(v->secrets);
	vault_release_room(&was);
}

static int check_replaceable(const struct vault *v)
{
	if (v->locked)
		return err_set(AWM_DENIED, "the key file '%s' has a passphrase",
			       v->path);
	if (!v->credential)
		return 0;
	err_set(AWM_DENIED, "the key '%s' is a credential of the system",
		v->path);
	return err_hint("run this where the file is that it is loaded from, "
			"without CREDENTIALS_DIRECTORY");
}

static int set_passphrase(struct vault *v, const char *passphrase, size_t len)
{
	unsigned char key[KEY_SIZE];
	int r;

	v->has_passphrase = passphrase != NULL;
	if (!passphrase)
		return 0;
	v->lock.passes = crypto_pwhash_argon2id_OPSLIMIT_MODERATE;
	v->lock.bytes = crypto_pwhash_argon2id_MEMLIMIT_MODERATE;
	randombytes_buf(v->lock.salt, SALT_SIZE);
	r = vault_stretch(&v->lock, passphrase, len, key);
	if (r == 0)
		vault_box(v, 0, key, v->secrets);
	sodium_memzero(key, sizeof(key));
	return r;
}

static void add_key(struct vault *next, const struct vault *v)
{
	randombytes_buf(next->secrets, KEY_SIZE);
	vault_derive_id(next->secrets, next->keys[0].id);
	memcpy(next->secrets + KEY_SIZE, v->secrets, v->n * KEY_SIZE);
	memcpy(next->keys + 1, v->keys, v->n * sizeof(*v->keys));
	next->n = v->n + 1;
	for (size_t i = 1; i < next->n; i++)
		vault_box(next, i, next->secrets, next->secrets + i * KEY_SIZE);
}

int vault_renew(struct vault *vault, const char *passphrase, size_t len)
{
	struct vault next = *vault;
	int r = check_replaceable(vault);

	if (r == 0 && vault->n == KEYS_MAX) {
		err_set(AWM_INVALID, "the key file '%s' is full of old keys",
			vault->path);
		return err_hint("awm db rekey --forget, once no database or "
				"backup needs them");
	}
	if (r < 0)
		return r;
	r = vault_make_room(&next);
	if (r == 0) {
		add_key(&next, vault);
		r = set_passphrase(&next, passphrase, len);
	}
	if (r == 0)
		r = publish_keys(vault, &next);
	if (r == 0)
		adopt(vault, &next);
	else
		vault_release_room(&next);
	return r;
}

int vault_forget(struct vault *vault)
{
	struct vault next = *vault;
	int r = check_replaceable(vault);

	if (r < 0 || vault->n == 1)
		return r;
	next.n = 1;
	r = publish_keys(vault, &next);
	if (r == 0)
		*vault = next;
	return r;
}
