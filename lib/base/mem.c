/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define ALIGN	  ((size_t)16)
#define BLOCK_MIN ((size_t)8 << 10)
#define BLOCK_MAX ((size_t)256 << 10)

struct arena_block {
	struct arena_block *next;
	size_t size; /* bytes of data */
	size_t used;
	_Alignas(16) unsigned char data[];
};

static void *block_take(struct arena_block *block, size_t size)
{
	void *p = block->data + block->used;

	block->used += size;
	return p;
}

static struct arena_block *block_new(size_t size)
{
	struct arena_block *block;

	/* calloc() gets large blocks zeroed from the system for nothing. */
	block = calloc(1, sizeof(*block) + size);
	if (block == NULL)
		return NULL;
	block->size = size;
	return block;
}

/* A new block that holds size bytes. An allocation too large to share a block
 * stands behind the head, so that the rest of the head is not lost. */
static struct arena_block *arena_grow(struct arena *a, size_t size)
{
	struct arena_block *head = a->head, *block;
	size_t want = BLOCK_MIN;

	if (head != NULL && head->size < BLOCK_MAX)
		want = head->size * 2;
	else if (head != NULL)
		want = BLOCK_MAX;
	block = block_new(size > want / 4 ? size : want);
	if (block == NULL)
		return NULL;
	if (head != NULL && size > want / 4) {
		block->next = head->next;
		head->next = block;
	} else {
		block->next = head;
		a->head = block;
	}
	return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *block = a->head;

	if (size > SIZE_MAX / 2) {
		(void)err_nomem();
		return NULL;
	}
	/* No two allocations may share an address, not even empty ones. */
	size = size == 0 ? ALIGN : (size + ALIGN - 1) & ~(ALIGN - 1);
	if (block == NULL || block->size - block->used < size) {
		block = arena_grow(a, size);
		if (block == NULL) {
			(void)err_nomem();
			return NULL;
		}
	}
	a->used += size;
	return block_take(block, size);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		(void)err_nomem();
		return NULL;
	}
	return arena_alloc(a, bytes);
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	if (len == SIZE_MAX) {
		(void)err_nomem();
		return NULL;
	}
	char *copy = arena_alloc(a, len + 1);
	if (copy != NULL && len > 0)
		memcpy(copy, s, len);
	return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0) {
		(void)err_nomem();
		return NULL;
	}
	char *text = arena_alloc(a, (size_t)len + 1);
	if (text == NULL)
		return NULL;
	va_start(ap, fmt);
	(void)vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return text;
}

void arena_release(struct arena *a)
{
	struct arena_block *block = a->head;

	while (block != NULL) {
		struct arena_block *next = block->next;
		free(block);
		block = next;
	}
	a->head = NULL;
	a->used = 0;
}
