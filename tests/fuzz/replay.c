/* SPDX-License-Identifier: MIT */

/* Feeds each file of the folders given to a fuzz target: what libFuzzer found
 * once is run by every build, with or without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* The bytes in a block of exactly their size, so that a sanitizer sees a read
 * past the end. */
static int replay_file(const char *path)
{
	struct stat st;
	uint8_t *data;
	FILE *f = fopen(path, "rb");
	int r = -1;

	if (!f) {
		perror(path);
		return -1;
	}
	if (fstat(fileno(f), &st) < 0 || !S_ISREG(st.st_mode)) {
		fclose(f);
		return 0;
	}
	data = malloc(st.st_size ? (size_t)st.st_size : 1);
	if (data &&
	    fread(data, 1, (size_t)st.st_size, f) == (size_t)st.st_size) {
		LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
		r = 1;
	} else {
		fprintf(stderr, "%s: cannot read\n", path);
	}
	free(data);
	fclose(f);
	return r;
}

/* The number of files, or -1. */
static int replay_folder(const char *folder)
{
	struct dirent **names;
	char path[4096];
	int i, r, count = 0, n = scandir(folder, &names, NULL, alphasort);

	if (n < 0) {
		perror(folder);
		return -1;
	}
	for (i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.' && count >= 0) {
			snprintf(path, sizeof(path), "%s/%s", folder,
				 names[i]->d_name);
			r = replay_file(path);
			count = r < 0 ? -1 : count + r;
		}
		free(names[i]);
	}
	free(names);
	return count;
}

int main(int argc, char **argv)
{
	int i, n, total = 0;

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (i = 1; i < argc; i++) {
		n = replay_folder(argv[i]);
		if (n < 0)
			return 1;
		total += n;
	}
	/* A corpus that is not found must not pass. */
	if (total == 0) {
		fprintf(stderr, "no file to replay\n");
		return 1;
	}
	printf("%d files\n", total);
	return 0;
}
