// SPDX-License-Identifier: MIT
#include "domain/mutate.h"

static const struct rules plain_rules = {.role = ROLE_MEMBER,
					 .delete_role = ROLE_MEMBER};

/* What only an admin manages, and nothing else is particular. */
static const struct rules admin_rules = {.role = ROLE_ADMIN,
					 .delete_role = ROLE_ADMIN};

static const char *project_updated(const struct change *c)
{
	(void)c;
	return "project.updated";
}

static const char *team_updated(const struct change *c)
{
	(void)c;
	return "team.updated";
}

static const char *time_event(const struct change *c)
{
	bool ended = c->after && c->after[TIME_ENTRY_endTime].kind != AWM_NULL;

	if (!c->before)
		return ended ? "time.added" : "time.started";
	if (ended && c->before[TIME_ENTRY_endTime].kind == AWM_NULL)
		return "time.stopped";
	return NULL;
}

static const char *execution_event(const struct change *c)
{
	static const char *const events[][2] = {
		{"running", "execution.started"},
		{"success", "execution.succeeded"},
		{"failed", "execution.failed"},
		{"cancelled", "execution.cancelled"},
	};

	if (!c->after || !change_differs(c, EXECUTION_status))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (value_is(&c->after[EXECUTION_status], events[i][0]))
			return events[i][1];
	return NULL;
}

static const struct rules time_rules = {
	.entity = &entity_time_entry,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_MEMBER,
	.event = time_event,
};

static const struct rules execution_rules = {
	.entity = &entity_execution,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_MEMBER,
	.event = execution_event,
};

static const struct rules project_member_rules = {
	.entity = &entity_project_member,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_MEMBER,
	.event = project_updated,
};

static const struct rules team_member_rules = {
	.entity = &entity_team_member,
	.role = ROLE_ADMIN,
	.delete_role = ROLE_ADMIN,
	.event = team_updated,
};

const struct rules *rules_of(const struct awm_entity *e)
{
	static const struct rules *const all[] = {
		&task_rules,	       &project_rules,	   &user_rules,
		&project_member_rules, &team_member_rules, &time_rules,
		&execution_rules,
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i]->entity == e)
			return all[i];
	if (e == &entity_team || e == &entity_provider ||
	    e == &entity_integration)
		return &admin_rules;
	return &plain_rules;
}
