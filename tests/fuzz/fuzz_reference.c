/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "domain/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sha[] = "0123456789abcdef0123456789abcdef01234567";

static void check(int condition)
{
	if (!condition)
		abort();
}

/* Reading a list again, written as a trailer, gives the list. */
static void check_list(const struct reference_list *list, struct arena *a)
{
	struct reference_list again = {0};
	const char *s = "s\n\n";
	size_t i, n = list->count < 50 ? list->count : 50;

	for (i = 0; i < n; i++) {
		check(list->items[i].task > 0 &&
		      list->items[i].task <= (int64_t)1 << 53);
		s = arena_printf(a, "%s%s: %lld\n", s,
				 list->items[i].closes ? "AWM-Close"
						       : "AWM-Task",
				 (long long)list->items[i].task);
		check(s != NULL);
	}
	check(reference_scan(s, a, &again) == 0 && again.count == n);
	for (i = 0; i < n; i++)
		check(again.items[i].task == list->items[i].task &&
		      again.items[i].closes == list->items[i].closes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reference_list list = {0};
	struct arena a = {0};
	const char *text = arena_strndup(&a, (const char *)data, size);
	const char *url;

	check(text != NULL);
	check(reference_scan(text, &a, &list) == 0);
	check_list(&list, &a);
	check(reference_branch(text) >= 0);
	/* What comes from a remote is a plain URL without a user. */
	url = weburl_commit(text, sha, "gitea", NULL, &a);
	check(!url || (strncmp(url, "http", 4) == 0 && !strchr(url, '@') &&
		       !strpbrk(url, " \"'<>\n\t\\")));
	url = weburl_commit(text, sha, "azure", NULL, &a);
	check(!url || !strchr(url, '@'));
	weburl_commit("", sha, NULL, text, &a);
	arena_release(&a);
	return 0;
}
