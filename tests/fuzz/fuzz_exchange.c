/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "domain/exchange/exchange.h"

/*
 * Whatever a file of another tool holds: its records are read or refused with
 * a message; what was read can be written, and a record that nobody changed is
 * merged into itself. The first byte chooses the format.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok)
		abort();
}

struct input {
	const uint8_t *data;
	size_t size;
};

static int read_input(void *ctx, char *to, size_t size, size_t *ret_len)
{
	struct input *in = ctx;
	/* In small pieces, so that records are cut anywhere. */
	size_t n = in->size < 7 ? in->size : 7;

	n = n < size ? n : size;
	memcpy(to, in->data, n);
	in->data += n;
	in->size -= n;
	*ret_len = n;
	return 0;
}

static void merge(const struct format *format, const struct item *it,
		  cJSON *record)
{
	cJSON *before = cJSON_Duplicate(record, true);
	cJSON *now = cJSON_CreateObject();

	expect(before && now);
	if (!it->uid || format->write(it, now) == 0) {
		expect(record_merge(record, now, now) == 0);
		expect(cJSON_Compare(before, record, true));
	}
	cJSON_Delete(before);
	cJSON_Delete(now);
}

static void one(const struct format *format, cJSON *record)
{
	static const struct dialect plain = {0};
	struct arena a = {0};
	struct item it = {.arena = &a};
	int rc = format->prepare ? format->prepare(&plain, record) : 0;

	if (!rc)
		rc = format->read(&plain, record, &it);
	expect(!rc || *awm_error_last()->message);
	if (!rc && !it.skip)
		merge(format, &it, record);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct format *const formats[] = {
		&format_taskwarrior, &format_beads, &format_github,
		&format_csv};
	const struct format *format = formats[size ? data[0] % 4 : 0];
	struct input in = {data + (size > 0), size ? size - 1 : 0};
	struct records r = {
		.framing = format->framing, .read = read_input, .ctx = &in};
	cJSON *record = NULL;
	int rc;

	while ((rc = records_next(&r, &record)) > 0) {
		one(format, record);
		cJSON_Delete(record);
		record = NULL;
	}
	expect(!rc || *awm_error_last()->message);
	records_release(&r);
	return 0;
}
