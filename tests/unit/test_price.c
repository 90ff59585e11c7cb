/* SPDX-License-Identifier: MIT */

/* Prices: the list that awm brings, files, the rules of looking one up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/time.h"
#include "domain/price.h"

static struct arena arena;
static struct buf list;

static int setup(void **state)
{
	(void)state;
	return price_builtin(&arena, &list);
}

static int teardown(void **state)
{
	(void)state;
	buf_release(&list);
	arena_release(&arena);
	return 0;
}

static int64_t day(const char *text)
{
	int64_t ms = 0;

	assert_int_equal(time_parse(text, NULL, 0, &ms), 0);
	return ms;
}

static const struct price *look(const char *provider, const char *model,
				const char *at)
{
	return price_search(&list, provider, model, day(at));
}

static void costs(const char *provider, const char *model, const char *at,
		  double input, double output)
{
	const struct price *p = look(provider, model, at);

	if (!p)
		fail_msg("%s has no price on %s", model, at);
	if (p->rates.input != input || p->rates.output != output)
		fail_msg("%s costs %g and %g on %s", model, p->rates.input,
			 p->rates.output, at);
}

static void nothing(const char *provider, const char *model, const char *at)
{
	if (look(provider, model, at))
		fail_msg("%s has a price on %s", model, at);
}

/* ---- looking up ---- */

static void test_names(void **state)
{
	(void)state;
	costs("openai", "gpt-5.5", "2026-11-22", 5, 30);
	costs("openai", "gpt-5.5-2026-04-23", "2026-11-22", 5, 30);
	/* An alias that is no date, and one with a date behind it. */
	costs("openai", "gpt-5.6", "2026-11-22", 4, 20);
	costs("openai", "gpt-5.6-2026-08-01", "2026-11-22", 4, 20);
	costs("openai", "gpt-5.1-codex", "2026-11-22", 1.25, 10);
	/* Dates that the list does not know. */
	costs("anthropic", "claude-opus-5-5-20261101", "2026-11-22", 4, 20);
	costs("google", "models/gemini-2.5-pro", "2026-11-22", 1.25, 10);
}

static void test_no_guess(void **state)
{
	static const char *const names[] = {
		"",	      "gpt",	      "gpt-5.",	  "gpt-5.5-",
		"gpt-5-x",    "GPT-5.5",      "gpt-5.5 ", "-2026-04-23",
		"-20260423",  "gpt-5.5-2026", "gpt-9",	  "gpt-5.5-2026-4-23",
		"gpt-5.5-pr",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		nothing("openai", names[i], "2026-11-22");
	nothing("anthropic", "gpt-5.5", "2026-11-22");
	nothing("openai", "models/gpt-5.5", "2026-11-22");
}

static void test_dates(void **state)
{
	(void)state;
	/* Before it was there, at first, lowered, and on the day itself. */
	nothing("openai", "gpt-5.6-sol", "2026-07-08T23:59:59Z");
	costs("openai", "gpt-5.6-sol", "2026-07-09", 5, 30);
	costs("openai", "gpt-5.6-sol", "2026-08-20T23:59:59Z", 5, 30);
	costs("openai", "gpt-5.6-sol", "2026-08-21", 4, 20);
	/* One that rises. */
	costs("google", "gemini-3.8-flash", "2020-01-01", 0.75, 3.75);
	costs("google", "gemini-3.8-flash", "2026-12-31T23:59:59Z", 0.75, 3.75);
	costs("google", "gemini-3.8-flash", "2027-01-01", 1.5, 7.5);
	/* What a change does not name stays. */
	assert_true(look("anthropic", "claude-sonnet-5-5", "2026-10-01")
			    ->rates.cached == 0.2);
	assert_true(look("anthropic", "claude-sonnet-5-5", "2026-10-01")
			    ->rates.cache_write == 2.5);
	assert_true(look("anthropic", "claude-sonnet-5-5", "2026-10-07")
			    ->rates.cached == 0.1);
}

static void test_every_model(void **state)
{
	const struct price *p;
	size_t n, models = 0;

	(void)state;
	p = prices_of(&list, &n);
	for (size_t i = 0; i < n; i++) {
		const struct price *found = price_search(
			&list, p[i].provider, p[i].model, day("2026-11-22"));
		assert_non_null(found);
		assert_string_equal(found->model, p[i].model);
		assert_true(p[i].from < p[i].to);
		assert_true(p[i].rates.input >= 0 && p[i].rates.output > 0);
		models += p[i].to == INT64_MAX;
		for (const char *const *a = p[i].aliases; *a; a++)
			assert_ptr_equal(price_search(&list, p[i].provider, *a,
						      day("2026-11-22")),
					 found);
	}
	assert_int_equal(models, 52);
}

/* ---- money ---- */

static double cost(const struct provider_rates *r, int64_t prompt,
		   int64_t completion, int64_t cached, int64_t written)
{
	struct provider_usage u = {prompt, completion, -1, cached, written, -1};
	double ret;

	return provider_cost(r, &u, &ret) ? ret : -1;
}

static void same(double a, double b)
{
	if (fabs(a - b) > 1e-12)
		fail_msg("%.15g is not %.15g", a, b);
}

static void test_money(void **state)
{
	const struct provider_rates *sol =
		&look("openai", "gpt-5.6-sol", "2026-11-22")->rates;
	const struct provider_rates *haiku =
		&look("anthropic", "claude-haiku-5-5", "2026-11-22")->rates;

	(void)state;
	same(cost(sol, 1000000, 0, -1, -1), 8); /* the second tier */
	same(cost(sol, 272000, 0, -1, -1), 272000 * 4 / 1e6);
	same(cost(sol, 272001, 1000, -1, -1),
	     (272001 * 8.0 + 1000 * 30.0) / 1e6);
	same(cost(sol, 1000, 10, 600, 100),
	     (300 * 4 + 600 * 0.4 + 100 * 5 + 10 * 20) / 1e6);
	same(cost(haiku, 10, 5, -1, -1), (10 * 0.1 + 5 * 0.5) / 1e6);
	/* No published discount: as input. */
	same(cost(&look("openai", "gpt-5.5-pro", "2026-11-22")->rates, 100, 0,
		  50, 20),
	     100 * 30 / 1e6);
	/* Not told is not 0, and parts are not more than the whole. */
	same(cost(sol, -1, 5, -1, -1), -1);
	same(cost(sol, 5, -1, -1, -1), -1);
	same(cost(sol, 10, 0, 50, 50), 10 * 0.4 / 1e6);
}

/* The tier keeps its proportions when a price changes. */
static void test_old_tier(void **state)
{
	const struct provider_rates *old =
		&look("openai", "gpt-5.6-sol", "2026-08-01")->rates;

	(void)state;
	assert_int_equal(old->long_over, 272000);
	same(old->long_input, 10);
	same(old->long_output, 45);
}

static void test_tier_json(void **state)
{
	const struct provider_rates *sol =
		&look("openai", "gpt-6-sol", "2026-11-22")->rates;
	struct provider_rates again = {.input = 2};
	const char *text = price_long_json(sol, &arena);
	_cleanup_json_ cJSON *node = NULL;

	(void)state;
	assert_non_null(text);
	assert_int_equal(json_parse(text, strlen(text), &node), 0);
	price_long_read(node, &again);
	assert_int_equal(again.long_over, 272000);
	same(again.long_input, sol->long_input);
	same(again.long_cached, sol->long_cached);
	same(again.long_output, sol->long_output);
	same(again.long_cache_write, sol->long_cache_write);
	assert_null(price_long_json(&(struct provider_rates){0}, &arena));
}

/* ---- files ---- */

static int read_text(const char *text, struct buf *ret)
{
	return price_read(text, strlen(text), &arena, ret);
}

static void test_csv(void **state)
{
	_cleanup_buf_ struct buf got = {0};
	const struct price *p;
	size_t n;

	(void)state;
	assert_int_equal(
		read_text(
			"openai,gpt-x,1,2\r\n"
			"\n"
			"google , \"a \"\"b\"\", c\" ,1e-2,2.5,0.5,,2026-11-01",
			&got),
		0);
	p = prices_of(&got, &n);
	assert_int_equal(n, 2);
	assert_string_equal(p[0].model, "gpt-x");
	assert_true(p[0].rates.cached < 0 && !p[0].from);
	assert_string_equal(p[1].provider, "google");
	assert_string_equal(p[1].model, "a \"b\", c");
	assert_true(p[1].rates.input == 0.01 && p[1].rates.cached == 0.5);
	assert_true(p[1].rates.cache_write < 0);
	assert_int_equal(p[1].from, day("2026-11-01"));
	buf_truncate(&got, 0);
	assert_int_equal(read_text("output,from,model,input,provider\n"
				   "9,,m,3,local\n",
				   &got),
			 0);
	p = prices_of(&got, &n);
	assert_int_equal(n, 1);
	assert_true(p[0].rates.output == 9 && p[0].rates.input == 3);
}

static void refused(const char *text, int code, const char *what)
{
	_cleanup_buf_ struct buf got = {0};

	assert_int_equal(read_text(text, &got), -code);
	if (!strstr(awm_error_last()->message, what))
		fail_msg("%s: %s", text, awm_error_last()->message);
}

static void test_refused(void **state)
{
	(void)state;
	refused("", AWM_USAGE, "no prices");
	refused("openai,m,1\n", AWM_USAGE, "line 1: output");
	refused("openai,m,1,2\nnobody,m,1,2\n", AWM_USAGE, "line 2");
	refused("openai,,1,2\n", AWM_USAGE, "model");
	refused("openai,m,-1,2\n", AWM_INVALID, "input: '-1' is no price");
	refused("openai,m,nan,2\n", AWM_USAGE, "input");
	refused("openai,m,1e999,2\n", AWM_USAGE, "input");
	refused("openai,m,0x10,2\n", AWM_USAGE, "input");
	refused("openai,m,1,2,,,tomorrow\n", AWM_USAGE, "no date");
	refused("openai,\"m,1,2\n", AWM_USAGE, "quote");
	refused("openai,\"m\"x,1,2\n", AWM_USAGE, "quote");
	refused("provider,model,input\n", AWM_USAGE, "no column 'output'");
	refused("provider,colour\n", AWM_USAGE, "unknown column 'colour'");
	refused("{", AWM_USAGE, "");
	refused("{}", AWM_USAGE, "models");
	refused("[{}]", AWM_USAGE, "model 1: 'id'");
	refused("[{\"id\":\"m\"}]", AWM_USAGE, "model 'm': 'vendor'");
	refused("[{\"id\":\"m\",\"vendor\":\"openai\"}]", AWM_INVALID,
		"'input' is missing");
	refused("[{\"id\":\"m\",\"vendor\":\"openai\",\"input\":\"1\","
		"\"output\":1}]",
		AWM_INVALID, "'input'");
	refused("[{\"id\":\"m\",\"vendor\":\"openai\",\"input\":1,"
		"\"output\":1,\"price_changes\":[{}]}]",
		AWM_USAGE, "from_date");
	refused("{\"currency\":\"EUR\",\"models\":[]}", AWM_INVALID, "EUR");
	refused("{\"unit\":\"per token\",\"models\":[]}", AWM_INVALID,
		"'per token'");
}

/* Nothing that is cut off or spoilt makes it stumble. */
static void test_spoilt(void **state)
{
	static const char json[] =
		"{\"models\":[{\"vendor\":\"google\",\"id\":\"m\",\"input\":1,"
		"\"output\":2,\"long_context\":{\"threshold_prompt_tokens\":9},"
		"\"aliases\":[\"n\"],\"effective_from\":\"2026-01-02\","
		"\"price_changes\":[{\"from_date\":\"2026-01-01\","
		"\"input\":3}]}]}";
	static const char csv[] = "provider,model,input,output\n"
				  "openai,\"a \"\"b\",1,2\nlocal,c,3,4\n";
	static const char *const texts[] = {json, csv};
	char copy[sizeof(json)];

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
		size_t len = strlen(texts[t]);
		for (size_t i = 0; i <= len; i++) {
			_cleanup_buf_ struct buf got = {0};
			struct arena own = {0};
			price_read(texts[t], i, &own, &got);
			memcpy(copy, texts[t], len);
			for (size_t k = 0; k < 8 && i < len; k++) {
				copy[i] = "\"{}[],\n-"[k];
				price_read(copy, len, &own, &got);
			}
			arena_release(&own);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_guess),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_every_model),
		cmocka_unit_test(test_money),
		cmocka_unit_test(test_old_tier),
		cmocka_unit_test(test_tier_json),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_spoilt),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
