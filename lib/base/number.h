/* SPDX-License-Identifier: MIT */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stddef.h>

/* Doubles as text with a point, whatever the locale says: for the files of
 * lib/base. */

#define NUMBER_SIZE 64

/* The shortest text that reads back as the same value, which is finite. */
void number_format(double v, char out[NUMBER_SIZE]);

/* The value of a number in the syntax of JSON; len < NUMBER_SIZE. */
double number_parse(const char *s, size_t len);

#endif
