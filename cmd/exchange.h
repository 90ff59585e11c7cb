/* SPDX-License-Identifier: MIT */
#ifndef CMD_EXCHANGE_H
#define CMD_EXCHANGE_H

#include "cmd/command.h"

/* The words of `awm import` and of `awm export`. */
extern const char *const exchange_imports[];
extern const char *const exchange_exports[];

enum awm_format exchange_format(const char *word);

#endif
