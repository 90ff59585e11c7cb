/* SPDX-License-Identifier: MIT */
#ifndef ENTITY_ENTITY_H
#define ENTITY_ENTITY_H

#include <awm/entity.h>

#include "entity/fields.h"

/*
 * The entities by name, for code that knows which one it means: entity_task,
 * entity_time_entry, ... The enumerators of fields.h are indices into their
 * field tables: entity_task.fields[TASK_status].
 *
 * The words of an ENUM stand in the order in which its column sorts: priority
 * from urgent to low, which is the CASE expression of the list-order indexes
 * (the last word is its ELSE).
 */
#define ENTITY_DECLARE(name, ...) extern const struct awm_entity entity_##name;

ENTITIES(ENTITY_DECLARE)

#undef ENTITY_DECLARE

#endif
