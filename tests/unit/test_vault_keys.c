// SPDX-License-Identifier: MIT
/* Keys that follow one another, and passphrases. */
#include "edge/vault.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"

static char folder[64], key_file[80];

static const struct vault_place place = {"db-1", "providers", "apiKey", 7};

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/awm-vault-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(key_file, sizeof(key_file), "%s/key", folder);
	unsetenv("CREDENTIALS_DIRECTORY");
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) == 0 ? 0 : -1;
}

static void put(const char *text)
{
	assert_int_equal(file_write(key_file, text, strlen(text), 0600), 0);
}

static void read_key_file(struct buf *b)
{
	buf_truncate(b, 0);
	assert_int_equal(file_read(key_file, 1 << 20, b), 0);
}

static const char *seal(struct vault *v, struct arena *a)
{
	const char *envelope = NULL;

	assert_int_equal(vault_seal(v, &place, "s3cret", 6, a, &envelope), 0);
	return envelope;
}

static int try_open(struct vault *v, const char *envelope)
{
	_cleanup_(arena_release) struct arena a = {0};
	char *plain;
	size_t len;
	int r = vault_open_sealed(v, &place, envelope, &a, &plain, &len);

	if (r == 0)
		assert_string_equal(plain, "s3cret");
	return r;
}

static void test_old_keys_still_open(void **state)
{
	_cleanup_vault_ struct vault *v = NULL, *again = NULL;
	_cleanup_(arena_release) struct arena a = {0};
	const char *sealed[4];
	char id[VAULT_ID_SIZE];
	struct stat st;

	assert_int_equal(vault_open(key_file, true, &v), 0);
	for (size_t i = 0; i < 4; i++) {
		sealed[i] = seal(v, &a);
		assert_true(vault_envelope_id(sealed[i], id));
		assert_string_equal(id, vault_id(v, 0));
		if (i < 3)
			assert_int_equal(vault_renew(v, NULL, 0), 0);
	}
	assert_null(vault_id(v, 4));
	assert_true(vault_is_current(v));
	assert_int_equal(vault_open(key_file, false, &again), 0);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(try_open(v, sealed[i]), 0);
		assert_int_equal(try_open(again, sealed[i]), 0);
		assert_string_equal(vault_id(v, i), vault_id(again, i));
	}
	assert_int_equal(stat(key_file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(vault_forget(v), 0);
	assert_int_equal(try_open(v, sealed[2]), -AWM_DENIED);
	assert_int_equal(try_open(v, sealed[3]), 0);
	vault_free(again);
	again = NULL;
	assert_int_equal(vault_open(key_file, false, &again), 0);
	assert_null(vault_id(again, 1));
	assert_int_equal(try_open(again, sealed[0]), -AWM_DENIED);
	assert_int_equal(try_open(again, sealed[3]), 0);
}

static void test_no_key_of_another_process_is_lost(void **state)
{
	_cleanup_vault_ struct vault *one = NULL, *two = NULL;
	_cleanup_(arena_release) struct arena a = {0};
	_cleanup_buf_ struct buf before = {0}, after = {0};
	const char *sealed;

	assert_int_equal(vault_open(key_file, true, &one), 0);
	assert_int_equal(vault_open(key_file, true, &two), 0);
	sealed = seal(two, &a);
	assert_int_equal(vault_renew(one, NULL, 0), 0);
	assert_false(vault_is_current(two));
	read_key_file(&before);
	assert_int_equal(vault_renew(two, NULL, 0), -AWM_CONFLICT);
	read_key_file(&after);
	assert_string_equal(buf_str(&before), buf_str(&after));
	/* It goes on with what it has. */
	assert_int_equal(try_open(two, sealed), 0);
	assert_int_equal(try_open(one, sealed), 0);
}

static void test_a_link_stays_one(void **state)
{
	_cleanup_vault_ struct vault *v = NULL, *again = NULL;
	char target[80];
	struct stat st;

	snprintf(target, sizeof(target), "%s/target", folder);
	assert_int_equal(vault_open(target, true, &v), 0);
	vault_free(v);
	v = NULL;
	assert_int_equal(symlink(target, key_file), 0);
	assert_int_equal(vault_open(key_file, false, &v), 0);
	assert_int_equal(vault_renew(v, NULL, 0), 0);
	assert_int_equal(lstat(key_file, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(vault_open(target, false, &again), 0);
	assert_string_equal(vault_id(v, 0), vault_id(again, 0));
}

static void test_a_credential_is_not_written(void **state)
{
	_cleanup_vault_ struct vault *v = NULL;
	_cleanup_buf_ struct buf before = {0}, after = {0};

	snprintf(key_file, sizeof(key_file), "%s/awm-key", folder);
	assert_int_equal(vault_open(key_file, true, &v), 0);
	vault_free(v);
	v = NULL;
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	read_key_file(&before);
	assert_int_equal(vault_open(NULL, false, &v), 0);
	assert_int_equal(vault_renew(v, NULL, 0), -AWM_DENIED);
	read_key_file(&after);
	assert_string_equal(buf_str(&before), buf_str(&after));
}

static void test_passphrase(void **state)
{
	_cleanup_vault_ struct vault *v = NULL, *locked = NULL;
	_cleanup_(arena_release) struct arena a = {0};
	_cleanup_buf_ struct buf text = {0};
	const char *before, *after, *none = NULL;

	assert_int_equal(vault_open(key_file, true, &v), 0);
	before = seal(v, &a);
	assert_int_equal(vault_renew(v, "correct horse", 13), 0);
	assert_true(vault_has_passphrase(v));
	assert_false(vault_is_locked(v));
	after = seal(v, &a);
	read_key_file(&text);
	assert_null(strstr(buf_str(&text), "awm-key-1"));
	assert_null(strstr(buf_str(&text), "horse"));

	assert_int_equal(vault_open(key_file, false, &locked), 0);
	assert_true(vault_is_locked(locked));
	assert_string_equal(vault_id(locked, 0), vault_id(v, 0));
	assert_true(vault_knows(locked, vault_id(v, 1)));
	assert_int_equal(try_open(locked, after), -AWM_DENIED);
	assert_int_equal(vault_seal(locked, &place, "s", 1, &a, &none),
			 -AWM_DENIED);
	assert_int_equal(vault_renew(locked, NULL, 0), -AWM_DENIED);
	assert_int_equal(vault_unlock(locked, "correct hors", 12), -AWM_DENIED);
	assert_null(strstr(awm_error_last()->message, "hors"));
	assert_true(vault_is_locked(locked));
	assert_int_equal(vault_unlock(locked, "correct horse", 13), 0);
	assert_int_equal(try_open(locked, before), 0);
	assert_int_equal(try_open(locked, after), 0);

	/* Without one again; nothing is lost. */
	assert_int_equal(vault_renew(locked, NULL, 0), 0);
	vault_free(v);
	v = NULL;
	assert_int_equal(vault_open(key_file, false, &v), 0);
	assert_false(vault_is_locked(v));
	assert_int_equal(try_open(v, before), 0);
	assert_int_equal(try_open(v, after), 0);
}

/* Other passes, another id, another box: the right passphrase does not open
 * what was meddled with. */
static void test_lock_is_bound_to_its_line(void **state)
{
	static const char locked[] =
		"awm-locked-1 01234567 1 8192 AAECAwQFBgcICQoLDA0ODw== "
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKis"
		"sLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZH\n";
	_cleanup_vault_ struct vault *v = NULL;

	put(locked);
	assert_int_equal(vault_open(key_file, false, &v), 0);
	assert_string_equal(vault_id(v, 0), "01234567");
	assert_int_equal(vault_unlock(v, "any", 3), -AWM_DENIED);
	assert_true(vault_is_locked(v));
}

#define BOX                                                                    \
	"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKis"          \
	"sLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZH"
#define SALT "AAECAwQFBgcICQoLDA0ODw=="
#define KEY  "awm-key-1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

static void test_malformed_files_are_refused(void **state)
{
	static const char *const texts[] = {
		"awm-locked-1\n",
		"awm-locked-1 01234567 1 8192 " SALT " \n",
		"awm-locked-1 0123456g 1 8192 " SALT " " BOX "\n",
		"awm-locked-1 01234567 0 8192 " SALT " " BOX "\n",
		"awm-locked-1 01234567 5 8192 " SALT " " BOX "\n",
		"awm-locked-1 01234567 +1 8192 " SALT " " BOX "\n",
		"awm-locked-1 01234567 1 8191 " SALT " " BOX "\n",
		"awm-locked-1 01234567 1 1073741825 " SALT " " BOX "\n",
		"awm-locked-1 01234567 1 99999999999999999999999 " SALT " " BOX
		"\n",
		"awm-locked-1 01234567 1 8192 AAAA " BOX "\n",
		"awm-locked-1 01234567 1 8192 " SALT " " BOX " \n",
		"awm-locked-1 01234567 1 8192 " SALT " " BOX "\nx",
		"awm-old-1 01234567 " BOX "\n",
		KEY KEY,
		KEY "awm-old-1 01234567 " BOX "\n", /* not of this key */
		KEY "awm-old-1 01234567\n",
		KEY "\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct vault *v = NULL;

		put(texts[i]);
		assert_int_equal(vault_open(key_file, true, &v), -AWM_DENIED);
		assert_null(v);
		assert_non_null(strstr(awm_error_last()->message, "malformed"));
		assert_null(strstr(awm_error_last()->message, "AAECAwQ"));
	}
}

static void test_full_file(void **state)
{
	_cleanup_vault_ struct vault *v = NULL, *again = NULL;
	int r = 0, n = 0;

	assert_int_equal(vault_open(key_file, true, &v), 0);
	while (n < 1000 && (r = vault_renew(v, NULL, 0)) == 0)
		n++;
	assert_int_equal(r, -AWM_INVALID);
	assert_int_equal(vault_open(key_file, false, &again), 0);
	assert_non_null(vault_id(again, (size_t)n));
	assert_int_equal(vault_forget(again), 0);
	assert_int_equal(vault_renew(again, NULL, 0), 0);
}

/* Whenever it is killed, the file is one that opens everything. */
static void test_killed_at_any_moment(void **state)
{
	_cleanup_(arena_release) struct arena a = {0};
	_cleanup_vault_ struct vault *v = NULL;
	const char *sealed;

	assert_int_equal(vault_open(key_file, true, &v), 0);
	sealed = seal(v, &a);
	for (int i = 0; i < 40; i++) {
		_cleanup_vault_ struct vault *now = NULL;
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			struct vault *mine = NULL;

			if (vault_open(key_file, false, &mine) == 0)
				while (vault_renew(mine, NULL, 0) == 0)
					;
			_exit(0);
		}
		usleep((useconds_t)(i * 150));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(vault_open(key_file, false, &now), 0);
		assert_int_equal(try_open(now, sealed), 0);
		/* Room for the next one, with the secret's key kept. */
		vault_free(v);
		v = NULL;
		unlink(key_file);
		assert_int_equal(vault_open(key_file, true, &v), 0);
		sealed = seal(v, &a);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_old_keys_still_open),
		TEST(test_no_key_of_another_process_is_lost),
		TEST(test_a_link_stays_one),
		TEST(test_a_credential_is_not_written),
		TEST(test_passphrase),
		TEST(test_lock_is_bound_to_its_line),
		TEST(test_malformed_files_are_refused),
		TEST(test_full_file),
		TEST(test_killed_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
