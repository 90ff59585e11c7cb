// SPDX-License-Identifier: MIT
#include "edge/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/guard.h"
#include "edge/random.h"
#include "edge/vault_inside.h"

/* The key file */

int vault_malformed(const struct vault *v)
{
	err_set(AWM_DENIED, "the key file '%s' is malformed", v->path);
	return err_hint("put the file back from a backup; without it the "
			"stored secrets cannot be read");
}

static int check_file(struct vault *v, int fd)
{
	mode_t forbidden = v->credential ? 037 : 077;
	struct stat st;

	if (fstat(fd, &v->file) < 0)
		return err_errno(AWM_ERROR, "cannot examine '%s'", v->path);
	st = v->file;
	if (!S_ISREG(st.st_mode))
		return err_set(AWM_DENIED, "the key '%s' is not a plain file",
			       v->path);
	if (st.st_uid != geteuid() && !(v->credential && st.st_uid == 0))
		return err_set(AWM_DENIED,
			       "the key file '%s' belongs to another user",
			       v->path);
	if (st.st_mode & forbidden) {
		err_set(AWM_DENIED,
			"the key file '%s' is open to others (mode %04o)",
			v->path, (unsigned)(st.st_mode & 07777));
		return err_hint("chmod 600 '%s'", v->path);
	}
	return 0;
}

static int read_text(struct vault *v, int fd, char *text)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len < FILE_MAX && n != 0) {
		n = read(fd, text + len, FILE_MAX - len);
		if (n < 0 && errno != EINTR)
			return err_errno(AWM_ERROR, "cannot read '%s'",
					 v->path);
		len += n > 0 ? (size_t)n : 0;
	}
	return len == FILE_MAX ? vault_malformed(v)
			       : vault_read_text(v, text, len);
}

/* Every key but the first, which is out of its box. */
static int open_boxes(struct vault *v)
{
	for (size_t i = 1; i < v->n; i++)
		if (!vault_unbox(v, i, v->secrets, v->secrets + i * KEY_SIZE))
			return vault_malformed(v);
	return 0;
}

static int read_keys(struct vault *v, int fd)
{
	char *text = vault_memory(FILE_MAX);
	int r = text ? read_text(v, fd, text) : -AWM_NOMEM;

	vault_memory_free(text);
	return r < 0 || v->locked ? r : open_boxes(v);
}

static int load_key(struct vault *v)
{
	/* Not to hang on a FIFO that was put in the key's place. */
	int fd = open(v->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int r;

	if (fd < 0 && errno == ENOENT) {
		err_set(AWM_NOT_FOUND, "there is no key file '%s'", v->path);
		return err_hint("the first secret that is stored makes it");
	}
	if (fd < 0)
		return err_errno(errno == EACCES ? AWM_DENIED : AWM_ERROR,
				 "cannot open the key file '%s'", v->path);
	r = check_file(v, fd);
	if (r == 0)
		r = read_keys(v, fd);
	close(fd);
	return r;
}

static bool write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return false;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

bool vault_write(const struct vault *v, int fd)
{
	char *text = vault_memory(FILE_MAX);
	bool ok = text && fchmod(fd, 0600) == 0 &&
		  write_all(fd, text, vault_write_text(v, text, FILE_MAX)) &&
		  fsync(fd) == 0;
	int cause = errno;

	vault_memory_free(text);
	errno = cause;
	return ok;
}

/* Gives the finished file its name, unless that is taken. */
static bool publish(const char *from, const char *to)
{
	if (link(from, to) == 0 || errno == EEXIST)
		return true;
	/* A file system without hard links. */
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 ||
	       errno == EEXIST;
}

void vault_sync(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

/* Makes a key, or leaves the one that another process made first. */
static int create_key(struct vault *v)
{
	_cleanup_free_ char *folder = file_dirname(v->path), *tmp = NULL;
	char token[RANDOM_TOKEN_SIZE];
	bool ok;
	int fd, r;

	r = folder ? file_mkdir(folder) : -AWM_NOMEM;
	if (r == 0)
		r = random_token(token);
	if (r < 0)
		return r;
	if (asprintf(&tmp, "%s.%s", v->path, token) < 0) {
		tmp = NULL;
		return err_nomem();
	}
	fd = open(tmp, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	randombytes_buf(v->secrets, KEY_SIZE);
	v->n = 1;
	ok = fd >= 0 && vault_write(v, fd) && publish(tmp, v->path);
	if (!ok)
		r = err_errno(AWM_ERROR, "cannot make the key file '%s'",
			      v->path);
	if (fd >= 0) {
		close(fd);
		unlink(tmp);
	}
	if (ok)
		vault_sync(folder);
	return r;
}

/* The vault */

static int choose_path(struct vault *v, const char *key_file)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	_cleanup_free_ char *config = NULL;
	int r;

	if (folder && folder[0] == '/') {
		v->path = file_join(folder, "awm-key");
		if (!v->path)
			return -AWM_NOMEM;
		v->credential = file_exists(v->path);
		if (v->credential)
			return 0;
		free(v->path);
		v->path = NULL;
	}
	if (key_file) {
		v->path = strdup(key_file);
		return v->path ? 0 : err_nomem();
	}
	r = file_xdg("CONFIG", &config);
	if (r < 0)
		return r;
	v->path = file_join(config, "key");
	return v->path ? 0 : -AWM_NOMEM;
}

void vault_derive_id(const unsigned char *key, char ret[VAULT_ID_SIZE])
{
	static const unsigned char what[] = "awm key id";
	unsigned char hash[crypto_generichash_BYTES];

	crypto_generichash(hash, sizeof(hash), what, sizeof(what) - 1, key,
			   KEY_SIZE);
	sodium_bin2hex(ret, VAULT_ID_SIZE, hash, (VAULT_ID_SIZE - 1) / 2);
	sodium_memzero(hash, sizeof(hash));
}

int vault_make_room(struct vault *v)
{
	v->keys = calloc(KEYS_MAX, sizeof(*v->keys));
	v->secrets = sodium_malloc(KEYS_MAX * KEY_SIZE);
	return v->keys && v->secrets ? 0 : err_nomem();
}

void vault_release_room(struct vault *v)
{
	sodium_free(v->secrets);
	free(v->keys);
	v->secrets = NULL;
	v->keys = NULL;
}

static int load(struct vault *v, const char *key_file, bool create)
{
	int r = vault_make_room(v);

	if (r == 0)
		r = choose_path(v, key_file);
	if (r == 0)
		r = load_key(v);
	if (r == -AWM_NOT_FOUND && create && !v->credential) {
		r = create_key(v);
		if (r == 0)
			r = load_key(v);
	}
	return r;
}

int vault_open(const char *key_file, bool create, struct vault **ret)
{
	struct vault *v = calloc(1, sizeof(*v));
	int r;

	if (!v)
		return err_nomem();
	process_guard(true);
	if (sodium_init() < 0)
		r = err_set(AWM_ERROR, "the system gives no random bytes");
	else
		r = load(v, key_file, create);
	if (r < 0) {
		vault_free(v);
		return r;
	}
	sodium_mprotect_readonly(v->secrets);
	*ret = v;
	return 0;
}

void vault_free(struct vault *vault)
{
	if (!vault)
		return;
	vault_release_room(vault);
	free(vault->path);
	free(vault);
	process_guard(false);
}

const char *vault_path(const struct vault *vault)
{
	return vault->path;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool vault_is_current(const struct vault *vault)
{
	const struct stat *was = &vault->file;
	struct stat now;

	return stat(vault->path, &now) == 0 && now.st_dev == was->st_dev &&
	       now.st_ino == was->st_ino && now.st_size == was->st_size &&
	       same_time(&now.st_mtim, &was->st_mtim) &&
	       same_time(&now.st_ctim, &was->st_ctim);
}

const char *vault_id(const struct vault *vault, size_t i)
{
	return i < vault->n ? vault->keys[i].id : NULL;
}

bool vault_knows(const struct vault *vault, const char *id)
{
	for (size_t i = 0; i < vault->n; i++)
		if (!strcmp(vault->keys[i].id, id))
			return true;
	return false;
}

/* Passphrases */

bool vault_has_passphrase(const struct vault *vault)
{
	return vault->has_passphrase;
}

bool vault_is_locked(const struct vault *vault)
{
	return vault->locked;
}

static int unlock(struct vault *v, const unsigned char *key)
{
	if (!vault_unbox(v, 0, key, v->secrets))
		return err_set(AWM_DENIED,
			       "the passphrase does not open the key file '%s'",
			       v->path);
	return open_boxes(v);
}

int vault_unlock(struct vault *vault, const char *passphrase, size_t len)
{
	unsigned char key[KEY_SIZE];
	int r;

	if (!vault->locked)
		return 0;
	r = vault_stretch(&vault->lock, passphrase, len, key);
	sodium_mprotect_readwrite(vault->secrets);
	if (r == 0)
		r = unlock(vault, key);
	vault->locked = r < 0;
	sodium_mprotect_readonly(vault->secrets);
	sodium_memzero(key, sizeof(key));
	return r;
}

/* Memory */

char *vault_memory(size_t size)
{
	char *memory = sodium_init() < 0 ? NULL : sodium_malloc(size);

	if (!memory) {
		err_nomem();
		return NULL;
	}
	sodium_memzero(memory, size);
	return memory;
}

void vault_memory_free(char *memory)
{
	sodium_free(memory);
}

void vault_wipe(void *secret, size_t len)
{
	sodium_memzero(secret, len);
}
