// SPDX-License-Identifier: MIT
#include "domain/automation.h"
#include "domain/comment.h"
#include "domain/execution.h"
#include "domain/mutate.h"
#include "domain/provider.h"
#include "domain/skill.h"
#include "domain/sums.h"
#include "domain/time.h"
#include "domain/webhook.h"

static const struct rules plain_rules = {.role = ROLE_MEMBER,
					 .delete_role = ROLE_MEMBER};

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
		&task_rules,	     &project_rules,
		&user_rules,	     &project_member_rules,
		&team_member_rules,  &time_rules,
		&execution_rules,    &comment_rules,
		&notification_rules, &team_rules,
		&template_rules,     &template_rating_rules,
		&integration_rules,  &automation_rules,
		&model_price_rules,  &provider_rules,
		&skill_rules,	     &suggested_skill_rules,
		&webhook_rules,
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i]->entity == e)
			return all[i];
	return &plain_rules;
}
