/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "provider/provider.h"

/*
 * Whatever a peer sends, by whichever wire: it comes to the same answer in one
 * piece and byte by byte, what is handed out is the answer's text, a failure
 * has a message, and the turn that goes back is JSON. The first byte says the
 * wire, and how the answer came.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok)
		abort();
}

static int collect(void *ctx, const char *text, size_t len)
{
	buf_add(ctx, text, len);
	return 0;
}

static void run(uint8_t how, const uint8_t *data, size_t size, size_t step,
		struct arena *a, struct provider_answer *ret)
{
	static const char *const names[] = {"content-type"};
	static const char *const types[] = {"text/event-stream",
					    "application/x-ndjson",
					    "application/json", "text/html"};
	const char *const values[] = {types[how >> 3 & 3]};
	int status = how & 64 ? 429 : 200;
	struct provider_reader *r;
	struct buf text = {0};

	expect(!provider_reader_new((enum provider_wire)(how % 8 % 5), how & 32,
				    0, collect, &text, &r));
	expect(!provider_reader_head(r, status, names, values, !(how & 128)));
	for (size_t at = 0; at < size; at += step)
		expect(!provider_reader_feed(
			r, data + at, step < size - at ? step : size - at));
	expect(!provider_reader_finish(r, how % 3 == 0, false, NULL, a, ret));
	if (ret->text)
		expect(ret->text_len == text.len &&
		       !memcmp(ret->text, buf_str(&text), text.len));
	provider_reader_free(r);
	buf_release(&text);
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct provider_answer whole, bytes;
	struct arena a = {0};

	if (size < 2 || size > 65536)
		return 0;
	run(*data, data + 1, size - 1, size - 1, &a, &whole);
	run(*data, data + 1, size - 1, 1, &a, &bytes);
	expect(same(whole.text, bytes.text) && same(whole.raw, bytes.raw) &&
	       whole.finish == bytes.finish &&
	       whole.error.class == bytes.error.class &&
	       same(whole.error.message, bytes.error.message) &&
	       whole.ncalls == bytes.ncalls &&
	       whole.usage.total == bytes.usage.total);
	if (whole.error.class != CLASS_NONE)
		expect(whole.error.message && *whole.error.message);
	if (whole.raw)
		expect(json_well_formed(whole.raw, strlen(whole.raw)));
	arena_release(&a);
	return 0;
}
