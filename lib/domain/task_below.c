// SPDX-License-Identifier: MIT
/* What goes along with tasks that are deleted. */
#include <awm/write.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/session.h"
#include "queries.h"

int awm_task_below(struct awm_session *s, const int64_t *ids, size_t n,
		   bool deleted, int64_t *ret)
{
	_cleanup_buf_ struct buf list = {0};
	struct jsonw w = {.out = &list};
	struct awm_value v;
	int rc;

	jsonw_array(&w);
	for (size_t i = 0; i < n; i++)
		jsonw_int(&w, ids[i]);
	jsonw_end_array(&w);
	rc = buf_check(&list);
	if (!rc)
		rc = db_get(s->db, NULL, &v, query_task_below, "ti", list.s,
			    (int64_t)deleted);
	if (!rc)
		*ret = v.i;
	return rc;
}
