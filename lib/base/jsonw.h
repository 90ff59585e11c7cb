/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * A streaming JSON writer into a buf. Commas, quoting and, with `indent`, line
 * breaks are its business; the caller emits structure. Text is written as
 * valid UTF-8: invalid bytes become U+FFFD; control characters, DEL, C1 and
 * U+2028/2029 become \u escapes, so that output never acts on a terminal.
 */
struct jsonw {
	struct buf *out; /* borrowed */
	unsigned indent; /* spaces a level; 0: everything on one line */
	unsigned depth;
	bool comma; /* a value stands before, in this container */
	bool after_key;
};

void jsonw_object(struct jsonw *w);
void jsonw_end_object(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_end_array(struct jsonw *w);
void jsonw_key(struct jsonw *w, const char *key);
void jsonw_null(struct jsonw *w);
void jsonw_bool(struct jsonw *w, bool v);
void jsonw_int(struct jsonw *w, int64_t v);
/* The shortest form that reads back as the same double; NaN and infinities
 * are null. */
void jsonw_real(struct jsonw *w, double v);
void jsonw_text(struct jsonw *w, const char *s, size_t len);
void jsonw_str(struct jsonw *w, const char *s); /* NULL: null */
/* JSON text that is known to be valid, verbatim but for indentation. */
void jsonw_raw(struct jsonw *w, const char *json, size_t len);

#endif
