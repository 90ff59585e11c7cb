/* SPDX-License-Identifier: MIT */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>
#include <stdlib.h>

/* Frees the pointer when its variable goes out of scope:
 *	_cleanup_free_ char *p = NULL; */
static inline void mem_freep(void *pp)
{
	free(*(void **)pp);
}

#define _cleanup_(f)   __attribute__((cleanup(f)))
#define _cleanup_free_ _cleanup_(mem_freep)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/*
 * An arena: many small allocations with one lifetime, freed together. A zeroed
 * struct is a valid empty arena. Allocations are aligned to 16 bytes and
 * zeroed. On failure the functions return NULL with AWM_NOMEM set; an arena
 * stays usable after that.
 */
struct arena_block;
struct arena {
	struct arena_block *head;
	size_t used; /* bytes handed out since the last arena_release() */
};

void *arena_alloc(struct arena *a, size_t size);
/* count * size with the overflow checked. */
void *arena_array(struct arena *a, size_t count, size_t size);
char *arena_strdup(struct arena *a, const char *s);
/* Copies len bytes and appends a NUL. */
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Frees everything; the arena is empty and usable again. */
void arena_release(struct arena *a);

#endif
