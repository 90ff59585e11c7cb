/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <awm/error.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "edge/random.h"
#include "edge/vault.h"

static const char other_line[] =
	"awm-key-1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

static const struct vault_place place = {"db-1", "providers", "apiKey", 7};

static char folder[64], key_file[80];

static int setup(void **state)
{
	unsetenv("CREDENTIALS_DIRECTORY");
	snprintf(folder, sizeof(folder), "/tmp/awm-vault-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(key_file, sizeof(key_file), "%s/key", folder);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) == 0 ? 0 : -1;
}

static void put(const char *path, const char *text, mode_t mode)
{
	assert_int_equal(file_write(path, text, strlen(text), mode), 0);
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void assert_file(const char *path, const char *text)
{
	_cleanup_buf_ struct buf b = {0};

	assert_int_equal(file_read(path, 4096, &b), 0);
	assert_string_equal(buf_str(&b), text);
}

/* Refused with the code, and left as it is. */
static void assert_refused(const char *path, int code)
{
	struct vault *v = NULL;

	assert_int_equal(vault_open(path, true, &v), -code);
	assert_null(v);
}

static void test_seal_and_open(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 3, 31, 4096, VAULT_MAX};
	_cleanup_vault_ struct vault *v = NULL;
	_cleanup_(arena_release) struct arena a = {0};
	char *plain = arena_alloc(&a, VAULT_MAX + 1);

	for (size_t i = 0; i < VAULT_MAX; i++)
		plain[i] = (char)(i * 7);
	assert_int_equal(vault_open(key_file, true, &v), 0);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		const char *envelope, *again;
		char *back;
		size_t len;

		assert_int_equal(
			vault_seal(v, &place, plain, sizes[i], &a, &envelope),
			0);
		assert_int_equal(
			vault_seal(v, &place, plain, sizes[i], &a, &again), 0);
		assert_string_not_equal(envelope, again);
		assert_int_equal(strspn(envelope + 5, "0123456789abcdef"), 8);
		assert_memory_equal(envelope, "awm1:", 5);
		assert_int_equal(
			vault_open_sealed(v, &place, envelope, &a, &back, &len),
			0);
		assert_int_equal(len, sizes[i]);
		assert_memory_equal(back, plain, len);
		assert_int_equal(back[len], 0);
		vault_wipe(back, len);
		for (size_t k = 0; k < len; k++)
			assert_int_equal(back[k], 0);
	}
	{
		const char *none = NULL;

		assert_int_equal(
			vault_seal(v, &place, plain, VAULT_MAX + 1, &a, &none),
			-AWM_USAGE);
		assert_null(none);
	}
}

static void test_moved_envelope_is_refused(void **state)
{
	static const struct vault_place others[] = {
		{"db-2", "providers", "apiKey", 7},
		{"db-1", "webhooks", "apiKey", 7},
		{"db-1", "providers", "secret", 7},
		{"db-1", "providers", "apiKey", 8},
		{"db-1", "providers", "apiKey", -7},
		{"db-1|9:providers", "", "apiKey", 7},
		{"db-1", "provider", "sapiKey", 7},
	};
	_cleanup_vault_ struct vault *v = NULL;
	_cleanup_(arena_release) struct arena a = {0};
	const char *envelope;
	char *plain = NULL;
	size_t len = 99;

	assert_int_equal(vault_open(key_file, true, &v), 0);
	assert_int_equal(vault_seal(v, &place, "sk-1", 4, &a, &envelope), 0);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_int_equal(vault_open_sealed(v, &others[i], envelope, &a,
						   &plain, &len),
				 -AWM_DENIED);
		assert_null(plain);
		assert_int_equal(len, 99);
	}
	assert_null(strstr(awm_error_last()->message, "sk-1"));
}

static void test_every_changed_byte_is_refused(void **state)
{
	_cleanup_vault_ struct vault *v = NULL;
	_cleanup_(arena_release) struct arena a = {0};
	const char *envelope;
	char *plain, *copy;
	size_t len;

	assert_int_equal(vault_open(key_file, true, &v), 0);
	assert_int_equal(vault_seal(v, &place, "sk-1234", 7, &a, &envelope), 0);
	for (size_t i = 0; i < strlen(envelope); i++) {
		int r;

		copy = arena_strdup(&a, envelope);
		copy[i] = copy[i] == 'a' ? 'b' : 'a';
		r = vault_open_sealed(v, &place, copy, &a, &plain, &len);
		assert_true(r == -AWM_DENIED || r == -AWM_INVALID);
	}
	/* cut short, and with something behind it */
	for (size_t i = 0; i < strlen(envelope); i++) {
		copy = arena_strndup(&a, envelope, i);
		assert_true(vault_open_sealed(v, &place, copy, &a, &plain,
					      &len) < 0);
	}
	for (const char *p = "A= \n:"; *p; p++) {
		copy = arena_printf(&a, "%s%c", envelope, *p);
		assert_true(vault_open_sealed(v, &place, copy, &a, &plain,
					      &len) < 0);
	}
}

static void test_garbage_is_no_envelope(void **state)
{
	static const char *const texts[] = {
		"",
		"awm1",
		"awm1:",
		"awm1:01234567",
		"awm1:01234567:",
		"awm1:01234567:AAAA",
		"awm1:0123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAAAAAAAAA",
		"awm1:0123456g:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAAAAAAAAA",
		"awm2:01234567:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAAAAAAAAA",
		"awm1:01234567:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+"
		"AAAAAAAAAAAA",
		"sk-plain-text-secret",
		"\xff\xfe",
	};
	_cleanup_vault_ struct vault *v = NULL;
	_cleanup_(arena_release) struct arena a = {0};
	char *plain, *big = arena_alloc(&a, 3 * VAULT_MAX);
	size_t len;

	assert_int_equal(vault_open(key_file, true, &v), 0);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_int_equal(vault_open_sealed(v, &place, texts[i], &a,
						   &plain, &len),
				 -AWM_INVALID);
	memset(big, 'A', 3 * VAULT_MAX - 1);
	memcpy(big, "awm1:01234567:", 14);
	assert_int_equal(vault_open_sealed(v, &place, big, &a, &plain, &len),
			 -AWM_INVALID);
}

static void test_wrong_key_names_both(void **state)
{
	_cleanup_vault_ struct vault *first = NULL, *second = NULL;
	_cleanup_(arena_release) struct arena a = {0};
	const char *envelope, *other, *message;
	char *plain;
	size_t len;

	assert_int_equal(vault_open(key_file, true, &first), 0);
	assert_int_equal(unlink(key_file), 0);
	assert_int_equal(vault_open(key_file, true, &second), 0);
	assert_int_equal(vault_seal(first, &place, "s", 1, &a, &envelope), 0);
	assert_int_equal(vault_seal(second, &place, "s", 1, &a, &other), 0);
	assert_int_equal(
		vault_open_sealed(second, &place, envelope, &a, &plain, &len),
		-AWM_DENIED);
	message = awm_error_last()->message;
	assert_non_null(strstr(message, arena_strndup(&a, envelope + 5, 8)));
	assert_non_null(strstr(message, arena_strndup(&a, other + 5, 8)));
}

/* Envelopes have to open for good: the key's line, its id and a sealed text,
 * written down once. */
static void test_format_is_fixed(void **state)
{
	static const char sealed[] = "awm1:60f844e5:"
				     "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7DxjUxJpd_"
				     "VzgXRwshiD8X3jeSciVIgw";
	_cleanup_vault_ struct vault *v = NULL;
	_cleanup_(arena_release) struct arena a = {0};
	char *plain;
	size_t len;

	put(key_file, other_line, 0600);
	assert_int_equal(vault_open(key_file, false, &v), 0);
	assert_int_equal(vault_open_sealed(v, &place, sealed, &a, &plain, &len),
			 0);
	assert_string_equal(plain, "sk-test");
}

static void test_missing_key(void **state)
{
	struct vault *v = NULL;

	assert_int_equal(vault_open(key_file, false, &v), -AWM_NOT_FOUND);
	assert_false(file_exists(key_file));
}

static void test_modes(void **state)
{
	static const unsigned good[] = {0600, 0400, 0700};
	static const unsigned bad[] = {0644, 0640, 0604, 0620,
				       0602, 0610, 0601, 0666};

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		_cleanup_vault_ struct vault *v = NULL;

		put(key_file, other_line, good[i]);
		assert_int_equal(vault_open(key_file, true, &v), 0);
		assert_file(key_file, other_line);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		put(key_file, other_line, bad[i]);
		assert_refused(key_file, AWM_DENIED);
		assert_non_null(strstr(awm_error_last()->hint, "chmod 600"));
		assert_file(key_file, other_line);
		assert_int_equal(mode_of(key_file), bad[i]);
	}
}

static void test_links_are_held_to_their_target(void **state)
{
	_cleanup_vault_ struct vault *v = NULL;
	char target[80];

	snprintf(target, sizeof(target), "%s/target", folder);
	assert_int_equal(symlink(target, key_file), 0);
	assert_refused(key_file, AWM_NOT_FOUND);
	assert_false(file_exists(target));
	put(target, other_line, 0644);
	assert_refused(key_file, AWM_DENIED);
	assert_int_equal(chmod(target, 0600), 0);
	assert_int_equal(vault_open(key_file, true, &v), 0);
}

static void test_other_owner_is_refused(void **state)
{
	const char *path = "/etc/passwd"; /* root's, readable */

	if (geteuid() == 0) {
		put(key_file, other_line, 0600);
		assert_int_equal(chown(key_file, 65534, 65534), 0);
		path = key_file;
	}
	assert_refused(path, AWM_DENIED);
	assert_non_null(strstr(awm_error_last()->message, "another user"));
}

static void test_odd_files_are_refused(void **state)
{
	char fifo[80];

	assert_refused(folder, AWM_DENIED);
	snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_refused(fifo, AWM_DENIED);
}

static void test_malformed_keys_are_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"awm-key-1 \n",
		"awm-key-2 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
		"awm-key-1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",
		"awm-key-1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8==",
		"awm-key-1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
		"awm-key-1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n",
		"awm-key-1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n",
		"awm-key-1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=x",
		"awm-key-1  AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
		"awm-key-1 -AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		put(key_file, texts[i], 0600);
		assert_refused(key_file, AWM_DENIED);
		assert_non_null(strstr(awm_error_last()->message, "malformed"));
		assert_null(strstr(awm_error_last()->message, "AECAwQ"));
		assert_file(key_file, texts[i]);
	}
}

static void test_made_private_under_any_umask(void **state)
{
	static const mode_t masks[] = {0, 022, 077, 0777};
	char path[96];

	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		_cleanup_vault_ struct vault *v = NULL;
		mode_t old;

		snprintf(path, sizeof(path), "%s/d%zu/e/key", folder, i);
		old = umask(masks[i]);
		assert_int_equal(vault_open(path, true, &v), 0);
		umask(old);
		assert_int_equal(mode_of(path), 0600);
		*strrchr(path, '/') = '\0';
		assert_int_equal(mode_of(path), 0700);
		*strrchr(path, '/') = '\0';
		assert_int_equal(mode_of(path), 0700);
	}
}

#define RACERS 16

static void race(const char *path, int start, int result)
{
	_cleanup_(arena_release) struct arena a = {0};
	struct vault *v = NULL;
	const char *envelope;
	char go;

	if (read(start, &go, 1) < 0 || vault_open(path, true, &v) < 0 ||
	    vault_seal(v, &place, "s", 1, &a, &envelope) < 0 ||
	    write(result, envelope, 13) != 13)
		_exit(1);
	vault_free(v);
	arena_release(&a);
	_exit(0);
}

static size_t count_files(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void test_racing_creators_get_one_key(void **state)
{
	char path[96], ids[RACERS * 13];
	int start[2], result[2], status;

	snprintf(path, sizeof(path), "%s/r/key", folder);
	assert_int_equal(pipe(start), 0);
	assert_int_equal(pipe(result), 0);
	for (int i = 0; i < RACERS; i++) {
		if (fork() == 0) {
			close(start[1]);
			race(path, start[0], result[1]);
		}
	}
	close(start[0]);
	close(start[1]);
	for (int i = 0; i < RACERS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(read(result[0], ids, sizeof(ids)), sizeof(ids));
	for (int i = 1; i < RACERS; i++)
		assert_memory_equal(ids, ids + 13 * i, 13);
	close(result[0]);
	close(result[1]);
	*strrchr(path, '/') = '\0';
	assert_int_equal(count_files(path), 1);
}

static void test_credential_comes_first(void **state)
{
	_cleanup_vault_ struct vault *v = NULL;
	char path[96];

	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	snprintf(path, sizeof(path), "%s/other/key", folder);
	assert_int_equal(vault_open(path, true, &v), 0);
	assert_true(file_exists(path));
	snprintf(path, sizeof(path), "%s/awm-key", folder);
	put(path, other_line, 0440);
	vault_free(v);
	v = NULL;
	assert_int_equal(vault_open(key_file, true, &v), 0);
	assert_false(file_exists(key_file));
	assert_int_equal(chmod(path, 0444), 0);
	assert_refused(key_file, AWM_DENIED);
	put(path, "", 0400);
	assert_refused(key_file, AWM_DENIED);
}

static void test_default_place(void **state)
{
	_cleanup_vault_ struct vault *v = NULL;
	char path[96];

	setenv("XDG_CONFIG_HOME", folder, 1);
	assert_int_equal(vault_open(NULL, true, &v), 0);
	snprintf(path, sizeof(path), "%s/awm/key", folder);
	assert_int_equal(mode_of(path), 0600);
	vault_free(NULL);
}

static void test_tokens(void **state)
{
	char one[RANDOM_TOKEN_SIZE], two[RANDOM_TOKEN_SIZE];

	assert_int_equal(random_token(one), 0);
	assert_int_equal(random_token(two), 0);
	assert_int_equal(strlen(one), 32);
	assert_int_equal(strspn(one, "0123456789abcdef"), 32);
	assert_string_not_equal(one, two);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_seal_and_open),
		TEST(test_moved_envelope_is_refused),
		TEST(test_every_changed_byte_is_refused),
		TEST(test_garbage_is_no_envelope),
		TEST(test_wrong_key_names_both),
		TEST(test_format_is_fixed),
		TEST(test_missing_key),
		TEST(test_modes),
		TEST(test_links_are_held_to_their_target),
		TEST(test_other_owner_is_refused),
		TEST(test_odd_files_are_refused),
		TEST(test_malformed_keys_are_refused),
		TEST(test_made_private_under_any_umask),
		TEST(test_racing_creators_get_one_key),
		TEST(test_credential_comes_first),
		TEST(test_default_place),
		TEST(test_tokens),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
