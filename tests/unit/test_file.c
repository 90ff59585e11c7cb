/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"

static char folder[] = "/tmp/awm-file-XXXXXX";

/* A path in the folder of the test; four at a time. */
static const char *in(const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *path = paths[next++ % 4];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void assert_content(const char *path, const char *want)
{
	_cleanup_buf_ struct buf b = {0};

	assert_int_equal(file_read(path, 1 << 20, &b), 0);
	assert_string_equal(buf_str(&b), want);
}

static size_t count_entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	assert_non_null(dir);
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
		count += e->d_name[0] != '.';
	(void)closedir(dir);
	return count;
}

static void test_write_read(void **state)
{
	const char *path = in("note");

	(void)state;
	assert_int_equal(file_write(path, "one", 3, 0600), 0);
	assert_content(path, "one");
	assert_int_equal(file_write(path, "two\0x", 5, 0600), 0);
	_cleanup_buf_ struct buf b = {0};
	buf_adds(&b, "before ");
	assert_int_equal(file_read(path, 5, &b), 0);
	assert_int_equal(b.len, 12);
	assert_memory_equal(b.s, "before two\0x", 12);
	assert_int_equal(file_write(path, NULL, 0, 0600), 0);
	assert_content(path, "");
	/* Nothing else is left behind. */
	assert_int_equal(count_entries(folder), 1);
	assert_int_equal(unlink(path), 0);
}

static void test_modes(void **state)
{
	static const mode_t masks[] = {0, 022, 077, 0277, 0777};
	mode_t before = umask(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		(void)umask(masks[i]);
		assert_int_equal(file_write(in("m"), "x", 1, 0600), 0);
		assert_int_equal(mode_of(in("m")), 0600);
		/* An old mode does not stay. */
		assert_int_equal(file_write(in("m"), "x", 1, 0644), 0);
		assert_int_equal(mode_of(in("m")), 0644);
		assert_int_equal(unlink(in("m")), 0);

		assert_int_equal(file_mkdir(in("a/b/c")), 0);
		assert_int_equal(mode_of(in("a")), 0700);
		assert_int_equal(mode_of(in("a/b")), 0700);
		assert_int_equal(mode_of(in("a/b/c")), 0700);
		assert_int_equal(rmdir(in("a/b/c")), 0);
		assert_int_equal(rmdir(in("a/b")), 0);
		assert_int_equal(rmdir(in("a")), 0);
	}
	(void)umask(before);
}

static void test_write_failures(void **state)
{
	(void)state;
	assert_int_equal(file_write(in("no/such"), "x", 1, 0600),
			 -AWM_NOT_FOUND);
	assert_non_null(strstr(awm_error_last()->message, "no/such'"));
	assert_non_null(
		strstr(awm_error_last()->message, "No such file or directory"));
	/* A folder cannot be replaced; the temporary file goes. */
	assert_int_equal(file_mkdir(in("dir")), 0);
	assert_int_equal(file_write(in("dir"), "x", 1, 0600), -AWM_ERROR);
	assert_int_equal(count_entries(folder), 1);
	assert_int_equal(rmdir(in("dir")), 0);
}

static void test_read_failures(void **state)
{
	_cleanup_buf_ struct buf b = {0};

	(void)state;
	buf_adds(&b, "kept");
	assert_int_equal(file_read(in("missing"), 10, &b), -AWM_NOT_FOUND);
	assert_non_null(strstr(awm_error_last()->message, "missing'"));
	assert_int_equal(file_read(folder, 10, &b), -AWM_ERROR);
	assert_int_equal(file_write(in("ten"), "0123456789", 10, 0600), 0);
	assert_int_equal(file_read(in("ten"), 9, &b), -AWM_USAGE);
	assert_int_equal(file_read(in("ten"), 0, &b), -AWM_USAGE);
	assert_string_equal(buf_str(&b), "kept");
	assert_int_equal(file_read(in("ten/x"), 9, &b), -AWM_NOT_FOUND);
	assert_int_equal(file_read(in("ten"), 10, &b), 0);
	assert_string_equal(buf_str(&b), "kept0123456789");
	assert_int_equal(unlink(in("ten")), 0);
}

static void test_read_large(void **state)
{
	_cleanup_buf_ struct buf data = {0}, back = {0};

	(void)state;
	for (int i = 0; i < 60000; i++)
		buf_addf(&data, "%d\n", i);
	assert_int_equal(file_write(in("big"), data.s, data.len, 0600), 0);
	assert_int_equal(file_read(in("big"), data.len - 1, &back), -AWM_USAGE);
	assert_int_equal(file_read(in("big"), data.len, &back), 0);
	assert_int_equal(back.len, data.len);
	assert_memory_equal(back.s, data.s, data.len);
	assert_int_equal(unlink(in("big")), 0);
}

static void test_stdin(void **state)
{
	_cleanup_buf_ struct buf b = {0};
	int fds[2], saved = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "piped", 5), 5);
	assert_int_equal(close(fds[1]), 0);
	assert_true(dup2(fds[0], STDIN_FILENO) >= 0);
	assert_int_equal(close(fds[0]), 0);
	assert_int_equal(file_read("-", 100, &b), 0);
	assert_string_equal(buf_str(&b), "piped");
	if (saved >= 0) {
		assert_true(dup2(saved, STDIN_FILENO) >= 0);
		assert_int_equal(close(saved), 0);
	}
}

static void test_mkdir(void **state)
{
	(void)state;
	assert_int_equal(file_mkdir(folder), 0);
	assert_int_equal(file_mkdir("/"), 0);
	assert_int_equal(file_mkdir(in("x//y/")), 0);
	assert_true(file_exists(in("x/y")));
	/* What is there stays as it is. */
	assert_int_equal(chmod(in("x"), 0755), 0);
	assert_int_equal(file_mkdir(in("x/z")), 0);
	assert_int_equal(mode_of(in("x")), 0755);
	assert_int_equal(file_write(in("x/f"), "", 0, 0600), 0);
	assert_int_equal(file_mkdir(in("x/f")), -AWM_ERROR);
	assert_non_null(strstr(awm_error_last()->message, "Not a directory"));
	assert_int_equal(file_mkdir(in("x/f/g")), -AWM_ERROR);
	assert_int_equal(file_mkdir(""), -AWM_ERROR);
	assert_int_equal(unlink(in("x/f")), 0);
	assert_int_equal(rmdir(in("x/y")), 0);
	assert_int_equal(rmdir(in("x/z")), 0);
	assert_int_equal(rmdir(in("x")), 0);
}

static void test_find_up(void **state)
{
	_cleanup_free_ char *found = NULL, *none = NULL, *same = NULL;

	(void)state;
	assert_int_equal(file_mkdir(in("p/q/r")), 0);
	assert_int_equal(file_mkdir(in("p/.mark")), 0);
	assert_int_equal(file_find_up(in("p/q/r"), ".mark", &found), 0);
	assert_string_equal(found, in("p"));
	assert_int_equal(file_find_up(in("p"), ".mark", &same), 0);
	assert_string_equal(same, in("p"));
	(void)err_set(AWM_INVALID, "untouched");
	assert_int_equal(file_find_up(in("p/q"), ".no-such-mark", &none),
			 -AWM_NOT_FOUND);
	assert_null(none);
	assert_string_equal(awm_error_last()->message, "untouched");
	assert_int_equal(file_find_up("/", ".no-such-mark", &none),
			 -AWM_NOT_FOUND);
	_cleanup_free_ char *top = NULL;
	assert_int_equal(file_find_up(in("p/q"), "tmp", &top), 0);
	assert_string_equal(top, "/");
	assert_int_equal(rmdir(in("p/.mark")), 0);
	assert_int_equal(rmdir(in("p/q/r")), 0);
	assert_int_equal(rmdir(in("p/q")), 0);
	assert_int_equal(rmdir(in("p")), 0);
}

static void assert_owned(char *got, const char *want)
{
	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

static void test_paths(void **state)
{
	(void)state;
	assert_owned(file_join("a", "b"), "a/b");
	assert_owned(file_join("a/", "b"), "a/b");
	assert_owned(file_join("/", "b"), "/b");
	assert_owned(file_join("", "b"), "b");
	assert_owned(file_dirname("a/b"), "a");
	assert_owned(file_dirname("a/b/"), "a");
	assert_owned(file_dirname("a//b"), "a");
	assert_owned(file_dirname("/a"), "/");
	assert_owned(file_dirname("/a/b/c"), "/a/b");
	assert_owned(file_dirname("/"), "/");
	assert_owned(file_dirname("//"), "/");
	assert_owned(file_dirname("a"), ".");
	assert_owned(file_dirname(""), ".");
}

static void assert_xdg(const char *kind, const char *want)
{
	_cleanup_free_ char *got = NULL;

	assert_int_equal(file_xdg(kind, &got), 0);
	assert_string_equal(got, want);
}

static void test_xdg(void **state)
{
	_cleanup_free_ char *got = NULL;

	(void)state;
	assert_int_equal(setenv("HOME", "/home/ada", 1), 0);
	assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
	assert_int_equal(unsetenv("XDG_DATA_HOME"), 0);
	assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
	assert_int_equal(unsetenv("XDG_CACHE_HOME"), 0);
	assert_xdg("CONFIG", "/home/ada/.config/awm");
	assert_xdg("DATA", "/home/ada/.local/share/awm");
	assert_xdg("STATE", "/home/ada/.local/state/awm");
	assert_xdg("CACHE", "/home/ada/.cache/awm");
	assert_int_equal(setenv("XDG_DATA_HOME", "/data", 1), 0);
	assert_xdg("DATA", "/data/awm");
	assert_int_equal(setenv("XDG_DATA_HOME", "data", 1), 0);
	assert_xdg("DATA", "/home/ada/.local/share/awm");
	assert_int_equal(setenv("XDG_DATA_HOME", "", 1), 0);
	assert_xdg("DATA", "/home/ada/.local/share/awm");
	assert_int_equal(setenv("XDG_DATA_HOME", "/data", 1), 0);
	assert_int_equal(unsetenv("HOME"), 0);
	assert_xdg("DATA", "/data/awm");
	assert_int_equal(file_xdg("ODD", &got), -AWM_ERROR);
	assert_null(got);
}

/* An account that the system does not know: only root can become one. */
static int xdg_of_nobody(void)
{
	_cleanup_free_ char *got = NULL;

	if (setuid(54321) != 0)
		return 0;
	return file_xdg("DATA", &got) == -AWM_ERROR && got == NULL ? 0 : 1;
}

static void test_home_of_the_account(void **state)
{
	static const char *const homes[] = {NULL, "", "home/ada"};
	const struct passwd *account = getpwuid(geteuid());
	char want[PATH_MAX];
	int status = 0;

	(void)state;
	assert_int_equal(unsetenv("XDG_DATA_HOME"), 0);
	for (size_t i = 0; account && i < ARRAY_LEN(homes); i++) {
		if (homes[i])
			assert_int_equal(setenv("HOME", homes[i], 1), 0);
		else
			assert_int_equal(unsetenv("HOME"), 0);
		snprintf(want, sizeof(want), "%s/.local/share/awm",
			 account->pw_dir);
		assert_xdg("DATA", want);
	}
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(xdg_of_nobody());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void test_same_and_plain(void **state)
{
	_cleanup_free_ char *other = strdup(in("other"));
	_cleanup_free_ char *file = strdup(in("file"));

	(void)state;
	assert_int_equal(file_write(file, "x", 1, 0600), 0);
	assert_false(file_same(file, other));
	assert_int_equal(link(file, other), 0);
	assert_true(file_same(file, other));
	assert_true(file_same(file, file));
	assert_false(file_same(file, folder));
	assert_false(file_same("", ""));
	assert_int_equal(file_check_plain(file), 0);
	assert_int_equal(file_check_plain(in("none")), 0);
	assert_int_equal(file_check_plain("/dev/null"), 0);
	assert_int_equal(file_check_plain("/dev/zero"), -AWM_USAGE);
	assert_int_equal(file_check_plain(folder), -AWM_USAGE);
	assert_int_equal(mkfifo(in("fifo"), 0600), 0);
	assert_int_equal(file_check_plain(in("fifo")), -AWM_USAGE);
	assert_int_equal(unlink(in("fifo")), 0);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(unlink(file), 0);
}

static void test_cwd(void **state)
{
	_cleanup_free_ char *before = NULL, *got = NULL;

	(void)state;
	assert_int_equal(file_cwd(&before), 0);
	assert_int_equal(symlink(folder, in("link")), 0);
	assert_int_equal(chdir(in("link")), 0);
	assert_int_equal(file_cwd(&got), 0);
	assert_int_equal(chdir(before), 0);
	assert_string_equal(got, folder);
	assert_int_equal(unlink(in("link")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_read),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_write_failures),
		cmocka_unit_test(test_read_failures),
		cmocka_unit_test(test_read_large),
		cmocka_unit_test(test_stdin),
		cmocka_unit_test(test_mkdir),
		cmocka_unit_test(test_find_up),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_xdg),
		cmocka_unit_test(test_home_of_the_account),
		cmocka_unit_test(test_same_and_plain),
		cmocka_unit_test(test_cwd),
	};
	int failed;

	if (mkdtemp(folder) == NULL)
		return 99;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(folder);
	return failed;
}
