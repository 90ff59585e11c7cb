/* SPDX-License-Identifier: MIT */
#ifndef CMD_IMPORTS_H
#define CMD_IMPORTS_H

#include "cmd/noun.h"

/* What came of each row of an import, kept until the transaction is through.
 */
struct imports {
	struct rows rows;
	struct text_list did;
};

/* did is "added", "changed" or "unchanged", and constant. */
int imports_keep(void *imports, const char *did, const struct awm_record *row);
/* In a table one line each; otherwise a listing, or the one thing. */
int imports_report(struct run *r, struct imports *im);

#endif
