/* SPDX-License-Identifier: MIT */
#ifndef AWM_AWM_H
#define AWM_AWM_H

/*
 * Everything that libawm offers. Open a session (session.h), read rows of the
 * entities (entity.h, query.h), and change them (write.h); the other headers
 * are of one area each. What failed, and what helps, is told by error.h.
 */
#include <awm/automation.h>
#include <awm/bulk.h>
#include <awm/channel.h>
#include <awm/comment.h>
#include <awm/config.h>
#include <awm/database.h>
#include <awm/entity.h>
#include <awm/error.h>
#include <awm/exchange.h>
#include <awm/exec.h>
#include <awm/execution.h>
#include <awm/follow.h>
#include <awm/git.h>
#include <awm/hook.h>
#include <awm/integration.h>
#include <awm/notify.h>
#include <awm/plan.h>
#include <awm/price.h>
#include <awm/provider.h>
#include <awm/query.h>
#include <awm/request.h>
#include <awm/search.h>
#include <awm/session.h>
#include <awm/skill.h>
#include <awm/team.h>
#include <awm/template.h>
#include <awm/time_entry.h>
#include <awm/undo.h>
#include <awm/value.h>
#include <awm/webhook.h>
#include <awm/work.h>
#include <awm/write.h>

/* "0.1.0" */
AWM_EXPORT const char *awm_version(void);

#endif
