// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/err.h"
#include "domain/exchange/exchange.h"

#define BUCKETS_MIN 256

struct known_name {
	struct known_name *next;
	uint64_t hash;
	int64_t id;
	char name[];
};

static uint64_t hash_of(const char *s)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 0x100000001b3u;
	return hash ^ hash >> 32;
}

bool known_find(const struct known_names *k, const char *name, int64_t *ret)
{
	uint64_t hash = hash_of(name);
	const struct known_name *n =
		k->nbuckets ? k->buckets[hash % k->nbuckets] : NULL;

	while (n && (n->hash != hash || strcmp(n->name, name) != 0))
		n = n->next;
	if (n)
		*ret = n->id;
	return n;
}

static int grow(struct known_names *k)
{
	size_t nbuckets = k->nbuckets ? k->nbuckets * 4 : BUCKETS_MIN;
	struct known_name **buckets =
		calloc(nbuckets, sizeof(struct known_name *));

	if (!buckets)
		return err_nomem();
	for (size_t i = 0; i < k->nbuckets; i++)
		for (struct known_name *n = k->buckets[i], *next; n; n = next) {
			next = n->next;
			n->next = buckets[n->hash % nbuckets];
			buckets[n->hash % nbuckets] = n;
		}
	free(k->buckets);
	k->buckets = buckets;
	k->nbuckets = nbuckets;
	return 0;
}

int known_add(struct known_names *k, const char *name, int64_t id)
{
	size_t len = strlen(name) + 1;
	struct known_name *n;
	int rc = k->n < k->nbuckets ? 0 : grow(k);

	if (rc)
		return rc;
	n = arena_alloc(&k->arena, sizeof(*n) + len);
	if (!n)
		return -AWM_NOMEM;
	n->hash = hash_of(name);
	n->id = id;
	memcpy(n->name, name, len);
	n->next = k->buckets[n->hash % k->nbuckets];
	k->buckets[n->hash % k->nbuckets] = n;
	k->n++;
	return 0;
}

void known_release(struct known_names *k)
{
	free(k->buckets);
	arena_release(&k->arena);
	*k = (struct known_names){0};
}
