/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "db/ops.h"

static struct db_ops faulty;
static const struct db_ops *inner;
static long countdown;
static bool nomem;

static int fault_hit(void)
{
	if (countdown <= 0 || --countdown > 0)
		return 0;
	return nomem ? err_nomem() : err_set(AWM_DATABASE, "injected fault");
}

static int fault_open(const struct db_open_opts *opts, void **ret)
{
	int r = fault_hit();
	return r < 0 ? r : inner->open(opts, ret);
}

static int fault_identify(void *c, struct db_identity *ret)
{
	int r = fault_hit();
	return r < 0 ? r : inner->identify(c, ret);
}

static int fault_set_identity(void *c, int32_t application_id,
			      int32_t user_version)
{
	int r = fault_hit();
	return r < 0 ? r : inner->set_identity(c, application_id, user_version);
}

static int fault_prepare(void *c, const char *sql, void **ret_st)
{
	int r = fault_hit();
	return r < 0 ? r : inner->prepare(c, sql, ret_st);
}

static int fault_bind(void *c, void *st, int at, const struct awm_value *v)
{
	int r = fault_hit();
	return r < 0 ? r : inner->bind(c, st, at, v);
}

static int fault_step(void *c, void *st)
{
	int r = fault_hit();
	return r < 0 ? r : inner->step(c, st);
}

static int fault_script(void *c, const char *sql)
{
	int r = fault_hit();
	return r < 0 ? r : inner->script(c, sql);
}

static int fault_begin(void *c, bool write)
{
	int r = fault_hit();
	return r < 0 ? r : inner->begin(c, write);
}

static int fault_commit(void *c)
{
	int r = fault_hit();
	return r < 0 ? r : inner->commit(c);
}

static int fault_backup(void *c, const char *path)
{
	int r = fault_hit();
	return r < 0 ? r : inner->backup(c, path);
}

static int fault_restore(void *c, const char *path)
{
	int r = fault_hit();
	return r < 0 ? r : inner->restore(c, path);
}

static int fault_integrity(void *c, void (*problem)(void *, const char *),
			   void *ctx)
{
	int r = fault_hit();
	return r < 0 ? r : inner->integrity(c, problem, ctx);
}

static bool plan_read(const char *plan)
{
	nomem = strncmp(plan, "nomem:", 6) == 0;
	if (!nomem && strncmp(plan, "db:", 3) != 0)
		return false;
	countdown = strtol(strchr(plan, ':') + 1, NULL, 10);
	return countdown > 0;
}

const struct db_ops *fault_wrap(const struct db_ops *ops)
{
	const char *plan = getenv("AWM_FAULT");

	/* A second connection goes on counting. */
	if (inner)
		return &faulty;
	if (!plan || !plan_read(plan))
		return ops;
	inner = ops;
	faulty = *ops;
	faulty.open = fault_open;
	faulty.identify = fault_identify;
	faulty.set_identity = fault_set_identity;
	faulty.prepare = fault_prepare;
	faulty.bind = fault_bind;
	faulty.step = fault_step;
	faulty.script = fault_script;
	faulty.begin = fault_begin;
	faulty.commit = fault_commit;
	faulty.backup = fault_backup;
	faulty.restore = fault_restore;
	faulty.integrity = fault_integrity;
	return &faulty;
}
