/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "jsonschema/schema.h"

/* Equality of JSON: numbers by value, objects without regard to order. What is
 * compared with many is compared by hash first. */

int steps_take(uint64_t *steps, uint64_t n)
{
	if (n > *steps) {
		*steps = 0;
		return err_set(AWM_INVALID, "the schema takes too long");
	}
	*steps -= n;
	return 0;
}

/* ---- hashes ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}

static uint64_t hash_text(const char *s, size_t len)
{
	uint64_t h = 0xCBF29CE484222325u, word;

	for (; len >= 8; s += 8, len -= 8) {
		memcpy(&word, s, 8);
		h = mix(h, word);
	}
	word = 0;
	if (len)
		memcpy(&word, s, len);
	return mix(mix(h, word), len);
}

static uint64_t hash_number(double v)
{
	uint64_t bits;

	v = v == 0 ? 0 : v; /* -0 too */
	memcpy(&bits, &v, sizeof(bits));
	return mix(3, bits);
}

/* Objects are sums, so that order is nothing. */
static int hash_children(const cJSON *value, uint64_t *steps, uint64_t *ret)
{
	bool object = cJSON_IsObject(value);
	uint64_t all = object ? 5 : 7, one;
	const cJSON *c;

	cJSON_ArrayForEach(c, value)
	{
		int rc = value_hash(c, steps, &one);

		if (rc)
			return rc;
		if (object)
			all += mix(one,
				   hash_text(c->string, strlen(c->string)));
		else
			all = mix(all, one);
	}
	*ret = mix(all, object);
	return 0;
}

int value_hash(const cJSON *value, uint64_t *steps, uint64_t *ret)
{
	size_t len = cJSON_IsString(value) ? strlen(value->valuestring) : 0;
	int rc = steps_take(steps, 1 + len / 16);

	if (rc)
		return rc;
	if (cJSON_IsArray(value) || cJSON_IsObject(value))
		return hash_children(value, steps, ret);
	if (cJSON_IsString(value))
		*ret = hash_text(value->valuestring, len);
	else if (cJSON_IsNumber(value))
		*ret = hash_number(value->valuedouble);
	else
		*ret = cJSON_IsBool(value) ? 1 + cJSON_IsTrue(value) : 0;
	return 0;
}

/* ---- equality ---- */

static int arrays_equal(const cJSON *a, const cJSON *b, uint64_t *steps)
{
	const cJSON *x = a->child, *y = b->child;

	for (; x && y; x = x->next, y = y->next) {
		int rc = schema_equal(x, y, steps);

		if (rc != 1)
			return rc;
	}
	return !x && !y;
}

struct member {
	const char *name;
	const cJSON *value;
};

static int compare_members(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name,
		      ((const struct member *)b)->name);
}

static struct member *sorted(const cJSON *object, size_t n)
{
	struct member *m = calloc(n, sizeof(*m));
	const cJSON *c;
	size_t i = 0;

	if (!m) {
		err_nomem();
		return NULL;
	}
	cJSON_ArrayForEach(c, object) m[i++] = (struct member){c->string, c};
	qsort(m, n, sizeof(*m), compare_members);
	return m;
}

static int objects_equal(const cJSON *a, const cJSON *b, uint64_t *steps)
{
	size_t n = (size_t)cJSON_GetArraySize(a);
	_cleanup_free_ struct member *left = NULL, *right = NULL;
	int rc = steps_take(steps, 2 * n);

	if (rc)
		return rc;
	if (n != (size_t)cJSON_GetArraySize(b))
		return 0;
	if (!n)
		return 1;
	left = sorted(a, n);
	right = left ? sorted(b, n) : NULL;
	if (!right)
		return -AWM_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(left[i].name, right[i].name) != 0)
			return 0;
		rc = schema_equal(left[i].value, right[i].value, steps);
		if (rc != 1)
			return rc;
	}
	return 1;
}

int schema_equal(const cJSON *a, const cJSON *b, uint64_t *steps)
{
	int rc = steps_take(steps, 1);

	if (rc)
		return rc;
	if (cJSON_IsNumber(a))
		return cJSON_IsNumber(b) && a->valuedouble == b->valuedouble;
	if ((a->type & 0xFF) != (b->type & 0xFF))
		return 0;
	if (cJSON_IsArray(a))
		return arrays_equal(a, b, steps);
	if (cJSON_IsObject(a))
		return objects_equal(a, b, steps);
	if (cJSON_IsString(a)) {
		rc = steps_take(steps, strlen(a->valuestring) / 16);
		return rc ? rc : strcmp(a->valuestring, b->valuestring) == 0;
	}
	return 1;
}

/* ---- sets ---- */

static int compare_hashed(const void *a, const void *b)
{
	uint64_t x = ((const struct hashed *)a)->hash;
	uint64_t y = ((const struct hashed *)b)->hash;

	return x < y ? -1 : x > y;
}

int value_set_init(const cJSON *array, struct arena *a, uint64_t *steps,
		   struct value_set *ret)
{
	size_t n = (size_t)cJSON_GetArraySize(array), i = 0;
	const cJSON *c;

	*ret = (struct value_set){0};
	if (!n)
		return 0;
	ret->items = arena_array(a, n, sizeof(*ret->items));
	if (!ret->items)
		return -AWM_NOMEM;
	cJSON_ArrayForEach(c, array)
	{
		struct hashed *h = &ret->items[i++];
		int rc = value_hash(c, steps, &h->hash);

		if (rc)
			return rc;
		h->value = c;
	}
	qsort(ret->items, n, sizeof(*ret->items), compare_hashed);
	ret->n = n;
	return 0;
}

int value_set_has(const struct value_set *set, const cJSON *value,
		  uint64_t *steps)
{
	size_t low = 0, high = set->n;
	uint64_t hash;
	int rc = value_hash(value, steps, &hash);

	if (rc)
		return rc;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->items[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < set->n && set->items[low].hash == hash; low++) {
		rc = schema_equal(set->items[low].value, value, steps);
		if (rc)
			return rc;
	}
	return 0;
}

int value_set_twins(const struct value_set *set, uint64_t *steps,
		    const cJSON **ret_a, const cJSON **ret_b)
{
	const struct hashed *s = set->items;

	for (size_t i = 0; i < set->n; i++) {
		for (size_t k = i + 1; k < set->n && s[k].hash == s[i].hash;
		     k++) {
			int rc = schema_equal(s[i].value, s[k].value, steps);

			if (rc < 0)
				return rc;
			if (rc) {
				*ret_a = s[i].value;
				*ret_b = s[k].value;
				return 1;
			}
		}
	}
	return 0;
}

/* ---- multiples ---- */

__extension__ typedef unsigned __int128 uint128;

/* A double as it is written: digits * 10^exponent. */
struct decimal {
	uint64_t digits;
	int exponent;
};

/* The shortest text that reads back as the same double. */
static struct decimal decimal_of(double v)
{
	struct decimal d = {0};
	char text[40];

	for (int precision = 0; precision < 17; precision++) {
		double back = 0;

		(void)snprintf(text, sizeof(text), "%.*e", precision, v);
		if (sscanf(text, "%lf", &back) == 1 && back == v)
			break;
	}
	for (const char *p = text; *p && *p != 'e'; p++) {
		if (*p < '0' || *p > '9')
			continue; /* the point, whatever the locale says */
		d.digits = d.digits * 10 + (uint64_t)(*p - '0');
		d.exponent--;
	}
	d.exponent += 1 + (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	while (d.digits && d.digits % 10 == 0) {
		d.digits /= 10;
		d.exponent++;
	}
	return d;
}

static uint64_t multiply_mod(uint64_t a, uint64_t b, uint64_t m)
{
	return (uint64_t)((uint128)a * b % m);
}

bool number_multiple(double v, double of)
{
	struct decimal a, b;
	uint128 unit;
	int shift;

	v = fabs(v);
	if (v == 0)
		return true;
	if (floor(v) == v && floor(of) == of)
		return fmod(v, of) == 0;
	a = decimal_of(v);
	b = decimal_of(of);
	shift = a.exponent - b.exponent;
	if (shift >= 0) {
		uint64_t rest = a.digits % b.digits;

		while (rest && shift--)
			rest = multiply_mod(rest, 10, b.digits);
		return rest == 0;
	}
	if (shift < -17)
		return false; /* the digits of v have no more */
	for (unit = b.digits; shift < 0; shift++)
		unit *= 10;
	return a.digits % unit == 0;
}
