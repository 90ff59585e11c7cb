/* SPDX-License-Identifier: MIT */
#include "cmd/exec_run.h"
#include "cmd/out.h"
#include "cmd/report.h"
#include "cmd/request.h"

/* What would be sent, for --dry-run. */

static int show_one(struct run *r, const struct awm_exec_spec *spec,
		    const struct awm_exec_opts *opts, bool many)
{
	struct awm_exec_request q;
	int err = awm_exec_preview(r->session, spec, opts, r->pool, &q);

	if (err)
		return err;
	for (size_t i = 0; i < q.nwarnings; i++)
		run_say(r, "%s", q.warnings[i]);
	if (q.has_estimate && q.estimate > 0)
		run_say(r, "it may cost up to $%.6g", q.estimate);
	if (many && !request_wants_rows(r) && !r->globals.quiet)
		err = out_addf("==> task %lld <==\n", (long long)spec->task);
	return err ? err : request_show(r, &q, many);
}

int exec_show_requests(struct run *r, const struct awm_exec_spec *specs,
		       size_t n, const struct awm_exec_opts *opts)
{
	struct awm_exec_opts each = *opts;
	bool rows = n > 1 && request_wants_rows(r);
	int err = rows ? report_begin(r) : 0;

	/* its part of what all may cost */
	each.max_cost /= (double)(n ? n : 1);
	for (size_t i = 0; i < n && !err; i++)
		err = show_one(r, &specs[i], &each, n > 1);
	return err || !rows ? err : report_end(r);
}
