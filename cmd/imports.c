/* SPDX-License-Identifier: MIT */
#include "cmd/imports.h"

#include "cmd/option.h"

int imports_keep(void *ctx, const char *did, const struct awm_record *row)
{
	struct imports *im = ctx;

	im->did.items = array_room(&im->rows.run->arena, im->did.items,
				   im->did.count, sizeof(*im->did.items));
	if (!im->did.items)
		return -AWM_NOMEM;
	im->did.items[im->did.count++] = did;
	return rows_keep(&im->rows, row);
}

int imports_report(struct run *r, struct imports *im)
{
	bool lines = r->globals.format == FORMAT_TABLE && !r->globals.fields &&
		     !r->globals.quiet;
	int err = 0;

	if (!lines && im->rows.count != 1)
		return rows_report(&im->rows);
	for (size_t i = 0; i < im->rows.count && !err; i++)
		err = report_change(r, im->did.items[i], im->rows.items[i]);
	return err;
}
