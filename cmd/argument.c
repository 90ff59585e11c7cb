/* SPDX-License-Identifier: MIT */
#include "cmd/option.h"

/* Which of the texts on a command line are which of its arguments. */

static size_t argument_count(const struct command *c)
{
	size_t n = 0;

	while (c->arguments && c->arguments[n].name)
		n++;
	return n;
}

/* Which of the texts belong to row i: each row before the `many` one takes
 * one, each after it too, and it takes the rest. */
size_t argument_span(const struct run *r, size_t i, size_t *ret_first)
{
	const struct argument *a = r->command->arguments;
	size_t n = argument_count(r->command), m = 0, after, before;

	while (m < n && !a[m].many)
		m++;
	if (i < m || m == n) {
		*ret_first = i;
		return i < r->ntexts;
	}
	after = n - m - 1;
	before = m + after < r->ntexts ? m : r->ntexts - after;
	if (r->ntexts < after)
		before = 0;
	if (i == m) {
		*ret_first = before;
		return r->ntexts > before + after ? r->ntexts - before - after
						  : 0;
	}
	*ret_first = r->ntexts - (n - i);
	return r->ntexts >= n - i;
}

static int check_argument(struct run *r, const struct argument *a, size_t i)
{
	size_t first, n = argument_span(r, i, &first);

	if (!n && a->required && !(a->kind == ARG_IDS && r->where.count)) {
		err_set(AWM_USAGE, "'%s' wants %s", r->command->name, a->name);
		return err_hint("awm help %s", r->command->name);
	}
	for (size_t k = 0; k < n && a->kind == ARG_WORD; k++) {
		int err = word_check(a->name, r->texts[first + k], a->words,
				     NULL);
		if (err)
			return err;
	}
	return 0;
}

int argument_check(struct run *r)
{
	const struct argument *a = r->command->arguments;
	size_t n = argument_count(r->command);
	bool many = false;

	for (size_t i = 0; i < n; i++)
		many |= a[i].many;
	if (!many && r->ntexts > n) {
		err_set(AWM_USAGE, "unexpected argument '%s' of '%s'",
			r->texts[n], r->command->name);
		return err_hint("awm help %s", r->command->name);
	}
	for (size_t i = 0; i < n; i++) {
		int err = check_argument(r, a + i, i);

		if (err)
			return err;
	}
	return 0;
}
