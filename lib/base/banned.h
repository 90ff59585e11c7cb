/* SPDX-License-Identifier: MIT */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/*
 * Functions that awm does without, as compile errors. The build includes this
 * file before everything else (-include base/banned.h), so feature macros such
 * as _GNU_SOURCE have to come from the command line: a #define in a source
 * file would be too late.
 *
 * The headers that declare the functions come first: a macro of the name would
 * garble the declaration.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name, instead) banned_##name##_use_##instead

/* No bound on what is written: buf_add(), arena_printf(), snprintf(). */
#undef strcpy
#define strcpy(...) BANNED(strcpy, buf)
#undef strcat
#define strcat(...) BANNED(strcat, buf)
#undef sprintf
#define sprintf(...) BANNED(sprintf, snprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf, vsnprintf)

/* One state for the whole process. */
#undef strtok
#define strtok(...) BANNED(strtok, strtok_r)

/* Cannot tell 0 from rubbish; overflow is undefined. */
#undef atoi
#define atoi(...) BANNED(atoi, strtol)
#undef atol
#define atol(...) BANNED(atol, strtol)
#undef atoll
#define atoll(...) BANNED(atoll, strtoll)

/* One buffer for the whole process, and its TZ: base/time.h. */
#undef gmtime
#define gmtime(...) BANNED(gmtime, base_time)
#undef localtime
#define localtime(...) BANNED(localtime, base_time)
#undef ctime
#define ctime(...) BANNED(ctime, base_time)
#undef asctime
#define asctime(...) BANNED(asctime, base_time)

#endif
