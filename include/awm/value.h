/* SPDX-License-Identifier: MIT */
#ifndef AWM_VALUE_H
#define AWM_VALUE_H

#include <awm/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one column of one row holds. Text is NUL-terminated at s[len] and may
 * contain no other NUL. Who owns the text is said by whoever hands it out. */
enum awm_value_kind { AWM_NULL, AWM_INT, AWM_REAL, AWM_TEXT };

struct awm_value {
	enum awm_value_kind kind;
	size_t len; /* bytes of s */
	union {
		int64_t i;
		double r;
		const char *s;
	};
};

#define AWM_VALUE_NULL	  ((struct awm_value){.kind = AWM_NULL})
#define AWM_VALUE_INT(v)  ((struct awm_value){.kind = AWM_INT, .i = (v)})
#define AWM_VALUE_REAL(v) ((struct awm_value){.kind = AWM_REAL, .r = (v)})

/* A text value over a borrowed string; NULL makes a null. */
static inline struct awm_value awm_value_text(const char *s)
{
	struct awm_value v = {.kind = s ? AWM_TEXT : AWM_NULL, .s = s};
	if (s)
		while (s[v.len])
			v.len++;
	return v;
}

#endif
