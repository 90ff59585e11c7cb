/* SPDX-License-Identifier: MIT */
#ifndef AWM_AWM_H
#define AWM_AWM_H

/* Everything that libawm offers. */
#include <awm/config.h>
#include <awm/database.h>
#include <awm/entity.h>
#include <awm/error.h>
#include <awm/git.h>
#include <awm/query.h>
#include <awm/session.h>
#include <awm/value.h>
#include <awm/write.h>

/* "0.1.0" */
AWM_EXPORT const char *awm_version(void);

#endif
