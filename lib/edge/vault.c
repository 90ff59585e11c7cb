/* SPDX-License-Identifier: MIT */
#include "edge/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "edge/random.h"

#define KEY_SIZE    crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_SIZE  crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE    crypto_aead_xchacha20poly1305_ietf_ABYTES
#define ID_SIZE	    9 /* with the NUL */
#define URLSAFE	    sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define KEY_TAG	    "awm-key-1 "
#define KEY_TAG_LEN (sizeof(KEY_TAG) - 1)
#define KEY_BASE64  44 /* 32 bytes, padded */
#define KEY_LINE    (KEY_TAG_LEN + KEY_BASE64 + 1)
#define PREFIX	    "awm1:"
#define PREFIX_LEN  (sizeof(PREFIX) - 1)

struct vault {
	unsigned char *key; /* from sodium_malloc(), read-only */
	char id[ID_SIZE];
	char *path;
	bool credential;
};

/* The key file */

static int malformed_key(const struct vault *v)
{
	err_set(AWM_DENIED, "the key file '%s' is malformed", v->path);
	return err_hint("put the file back from a backup; without it the "
			"stored secrets cannot be read");
}

static int check_file(const struct vault *v, int fd)
{
	mode_t forbidden = v->credential ? 037 : 077;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_errno(AWM_ERROR, "cannot examine '%s'", v->path);
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

static int parse_key(struct vault *v, const char *line, size_t len)
{
	size_t n = 0;

	if (len == KEY_LINE && line[len - 1] == '\n')
		len--;
	if (len != KEY_LINE - 1 || memcmp(line, KEY_TAG, KEY_TAG_LEN) != 0)
		return malformed_key(v);
	if (sodium_base642bin(v->key, KEY_SIZE, line + KEY_TAG_LEN, KEY_BASE64,
			      NULL, &n, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    n != KEY_SIZE)
		return malformed_key(v);
	return 0;
}

static int read_line(struct vault *v, int fd)
{
	char line[KEY_LINE + 1]; /* one more, to see that it is too long */
	size_t len = 0;
	ssize_t n = 1;
	int r;

	while (len < sizeof(line) && n != 0) {
		n = read(fd, line + len, sizeof(line) - len);
		if (n < 0 && errno != EINTR) {
			r = err_errno(AWM_ERROR, "cannot read '%s'", v->path);
			sodium_memzero(line, sizeof(line));
			return r;
		}
		len += n > 0 ? (size_t)n : 0;
	}
	r = parse_key(v, line, len);
	sodium_memzero(line, sizeof(line));
	return r;
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
		r = read_line(v, fd);
	close(fd);
	return r;
}

static void format_key(char line[KEY_LINE + 1])
{
	unsigned char key[KEY_SIZE];

	randombytes_buf(key, sizeof(key));
	memcpy(line, KEY_TAG, KEY_TAG_LEN);
	sodium_bin2base64(line + KEY_TAG_LEN, KEY_BASE64 + 1, key, sizeof(key),
			  sodium_base64_VARIANT_ORIGINAL);
	line[KEY_LINE - 1] = '\n';
	line[KEY_LINE] = '\0';
	sodium_memzero(key, sizeof(key));
}

static bool write_key(int fd)
{
	char line[KEY_LINE + 1];
	size_t done = 0;

	format_key(line);
	while (done < KEY_LINE) {
		ssize_t n = write(fd, line + done, KEY_LINE - done);

		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	sodium_memzero(line, sizeof(line));
	return done == KEY_LINE;
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

static void sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

/* Makes a key, or leaves the one that another process made first. */
static int create_key(const struct vault *v)
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
	ok = fd >= 0 && fchmod(fd, 0600) == 0 && write_key(fd) &&
	     fsync(fd) == 0 && publish(tmp, v->path);
	if (!ok)
		r = err_errno(AWM_ERROR, "cannot make the key file '%s'",
			      v->path);
	if (fd >= 0) {
		close(fd);
		unlink(tmp);
	}
	if (ok)
		sync_folder(folder);
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

/* The first bytes of a hash under the key. */
static void derive_id(struct vault *v)
{
	static const unsigned char what[] = "awm key id";
	unsigned char hash[crypto_generichash_BYTES];

	crypto_generichash(hash, sizeof(hash), what, sizeof(what) - 1, v->key,
			   KEY_SIZE);
	sodium_bin2hex(v->id, ID_SIZE, hash, (ID_SIZE - 1) / 2);
	sodium_memzero(hash, sizeof(hash));
}

int vault_open(const char *key_file, bool create, struct vault **ret)
{
	_cleanup_vault_ struct vault *v = calloc(1, sizeof(*v));
	int r;

	if (!v)
		return err_nomem();
	if (sodium_init() < 0)
		return err_set(AWM_ERROR, "the system gives no random bytes");
	v->key = sodium_malloc(KEY_SIZE);
	if (!v->key)
		return err_nomem();
	r = choose_path(v, key_file);
	if (r == 0)
		r = load_key(v);
	if (r == -AWM_NOT_FOUND && create && !v->credential) {
		r = create_key(v);
		if (r == 0)
			r = load_key(v);
	}
	if (r < 0)
		return r;
	derive_id(v);
	sodium_mprotect_readonly(v->key);
	*ret = v;
	v = NULL;
	return 0;
}

void vault_free(struct vault *vault)
{
	if (!vault)
		return;
	sodium_free(vault->key);
	free(vault->path);
	free(vault);
}

void vault_wipe(void *secret, size_t len)
{
	sodium_memzero(secret, len);
}

/* Envelopes */

/* Lengths first: no two places have the same text. */
static char *place_text(const struct vault_place *p, struct arena *a)
{
	return arena_printf(a, "awm1|%zu:%s|%zu:%s|%zu:%s|%lld",
			    strlen(p->db_id), p->db_id, strlen(p->table),
			    p->table, strlen(p->column), p->column,
			    (long long)p->row);
}

static char *format_envelope(const struct vault *v, const unsigned char *box,
			     size_t len, struct arena *a)
{
	size_t size = sodium_base64_encoded_len(len, URLSAFE);
	size_t head = PREFIX_LEN + ID_SIZE;
	char *text = arena_alloc(a, head + size);

	if (!text)
		return NULL;
	memcpy(text, PREFIX, PREFIX_LEN);
	memcpy(text + PREFIX_LEN, v->id, ID_SIZE - 1);
	text[head - 1] = ':';
	sodium_bin2base64(text + head, size, box, len, URLSAFE);
	return text;
}

int vault_seal(const struct vault *vault, const struct vault_place *place,
	       const void *plain, size_t len, struct arena *a,
	       const char **ret_envelope)
{
	const char *aad, *envelope;
	unsigned char *box;

	if (len > VAULT_MAX)
		return err_set(AWM_USAGE, "a secret has at most %zu bytes",
			       VAULT_MAX);
	aad = place_text(place, a);
	box = arena_alloc(a, NONCE_SIZE + len + TAG_SIZE);
	if (!aad || !box)
		return -AWM_NOMEM;
	randombytes_buf(box, NONCE_SIZE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
		box + NONCE_SIZE, NULL, plain, len, (const unsigned char *)aad,
		strlen(aad), NULL, box, vault->key);
	envelope = format_envelope(vault, box, NONCE_SIZE + len + TAG_SIZE, a);
	if (!envelope)
		return -AWM_NOMEM;
	*ret_envelope = envelope;
	return 0;
}

static int not_sealed(const struct vault_place *p)
{
	return err_set(AWM_INVALID,
		       "the secret in %s.%s of row %lld is malformed", p->table,
		       p->column, (long long)p->row);
}

/* Takes the envelope apart; the id in it is 8 hexadecimal digits. */
static int parse_envelope(const struct vault_place *place, const char *envelope,
			  struct arena *a, unsigned char **ret_box,
			  size_t *ret_len)
{
	size_t head = PREFIX_LEN + ID_SIZE, len = strlen(envelope);
	size_t max = sodium_base64_encoded_len(
		NONCE_SIZE + VAULT_MAX + TAG_SIZE, URLSAFE);
	const char *id = envelope + PREFIX_LEN;
	unsigned char *box;

	if (len <= head || len - head > max ||
	    memcmp(envelope, PREFIX, PREFIX_LEN) != 0 ||
	    strspn(id, "0123456789abcdef") != ID_SIZE - 1 ||
	    envelope[head - 1] != ':')
		return not_sealed(place);
	len -= head;
	box = arena_alloc(a, len);
	if (!box)
		return -AWM_NOMEM;
	if (sodium_base642bin(box, len, envelope + head, len, NULL, ret_len,
			      NULL, URLSAFE) != 0 ||
	    *ret_len < NONCE_SIZE + TAG_SIZE)
		return not_sealed(place);
	*ret_box = box;
	return 0;
}

static int other_key(const struct vault *v, const struct vault_place *p,
		     const char *id)
{
	err_set(AWM_DENIED,
		"the secret in %s.%s of row %lld was sealed with the key "
		"%.8s, and this is the key %s",
		p->table, p->column, (long long)p->row, id, v->id);
	return err_hint("put the key %.8s back into '%s', or store the secret "
			"again",
			id, v->path);
}

int vault_open_sealed(const struct vault *vault,
		      const struct vault_place *place, const char *envelope,
		      struct arena *a, char **ret_plain, size_t *ret_len)
{
	const char *id = envelope + PREFIX_LEN, *aad;
	unsigned char *box = NULL, *plain;
	size_t len = 0;
	int r = parse_envelope(place, envelope, a, &box, &len);

	if (r < 0)
		return r;
	if (memcmp(id, vault->id, ID_SIZE - 1) != 0)
		return other_key(vault, place, id);
	aad = place_text(place, a);
	plain = arena_alloc(a, len - NONCE_SIZE - TAG_SIZE + 1);
	if (!aad || !plain)
		return -AWM_NOMEM;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		    plain, NULL, NULL, box + NONCE_SIZE, len - NONCE_SIZE,
		    (const unsigned char *)aad, strlen(aad), box,
		    vault->key) != 0) {
		err_set(AWM_DENIED,
			"the secret in %s.%s of row %lld does not open: it "
			"was changed, or moved here from another place",
			place->table, place->column, (long long)place->row);
		return err_hint("store the secret again");
	}
	*ret_plain = (char *)plain;
	*ret_len = len - NONCE_SIZE - TAG_SIZE;
	return 0;
}
