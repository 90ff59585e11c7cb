/* SPDX-License-Identifier: MIT */
#ifndef EDGE_RANDOM_H
#define EDGE_RANDOM_H

#define RANDOM_TOKEN_SIZE 33

/* Writes 128 random bits as 32 lower-case hexadecimal digits: for what must
 * not be guessed, such as the token of a claim. */
int random_token(char out[RANDOM_TOKEN_SIZE]);

#endif
