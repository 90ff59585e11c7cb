/* SPDX-License-Identifier: MIT */
#include "cmd/command.h"

/* The command table: one array for each noun, in the order of `awm help`. A
 * new noun is one file and two lines here. */

extern const struct command cmd_project[];
extern const struct command cmd_task[];
extern const struct command cmd_task_verbs[];
extern const struct command cmd_task_work[];
extern const struct command cmd_task_claim[];
extern const struct command cmd_task_undo[];
extern const struct command cmd_time[];
extern const struct command cmd_comment[];
extern const struct command cmd_user[];
extern const struct command cmd_team[];
extern const struct command cmd_template[];
extern const struct command cmd_template_apply[];
extern const struct command cmd_skill[];
extern const struct command cmd_skill_work[];
extern const struct command cmd_skill_folder[];
extern const struct command cmd_skill_run[];
extern const struct command cmd_exec_run[];
extern const struct command cmd_exec[];
extern const struct command cmd_exec_record[];
extern const struct command cmd_provider[];
extern const struct command cmd_plan[];
extern const struct command cmd_price[];
extern const struct command cmd_integration[];
extern const struct command cmd_webhook[];
extern const struct command cmd_webhook_delivery[];
extern const struct command cmd_webhook_receive[];
extern const struct command cmd_automate[];
extern const struct command cmd_automate_run[];
extern const struct command cmd_automate_install[];
extern const struct command cmd_import[];
extern const struct command cmd_export[];
extern const struct command cmd_activity[];
extern const struct command cmd_search[];
extern const struct command cmd_undo[];
extern const struct command cmd_notify[];
extern const struct command cmd_channel[];
extern const struct command cmd_git[];
extern const struct command cmd_hook[];
extern const struct command cmd_init[];
extern const struct command cmd_db[];
extern const struct command cmd_rekey[];
extern const struct command cmd_config[];
extern const struct command cmd_completion[];
extern const struct command cmd_complete[];
extern const struct command cmd_schema[];
extern const struct command cmd_help[];
extern const struct command cmd_man[];

const struct command *const commands[] = {
	cmd_project,
	cmd_task,
	cmd_task_verbs,
	cmd_task_work,
	cmd_task_claim,
	cmd_task_undo,
	cmd_time,
	cmd_comment,
	cmd_user,
	cmd_team,
	cmd_template,
	cmd_template_apply,
	cmd_skill,
	cmd_skill_work,
	cmd_skill_folder,
	cmd_skill_run,
	cmd_exec_run,
	cmd_exec,
	cmd_exec_record,
	cmd_provider,
	cmd_plan,
	cmd_price,
	cmd_integration,
	cmd_import,
	cmd_export,
	cmd_webhook,
	cmd_webhook_delivery,
	cmd_webhook_receive,
	cmd_automate,
	cmd_automate_run,
	cmd_automate_install,
	cmd_activity,
	cmd_search,
	cmd_undo,
	cmd_notify,
	cmd_channel,
	cmd_git,
	cmd_hook,
	cmd_init,
	cmd_db,
	cmd_rekey,
	cmd_config,
	cmd_completion,
	cmd_complete,
	cmd_schema,
	cmd_help,
	cmd_man,
	NULL,
};
