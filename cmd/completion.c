/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/command.h"

/* awm completion: what the shells load, from the files in completions/. */

extern const char completion_bash[], completion_zsh[], completion_fish[];

static const char *const shell_words[] = {"bash", "zsh", "fish", NULL};

static int completion_run(struct run *r)
{
	const char *shell = run_arg(r, 0);

	if (strcmp(shell, "bash") == 0)
		return out_adds(completion_bash);
	return out_adds(*shell == 'z' ? completion_zsh : completion_fish);
}

static const struct argument shell_argument[] = {
	{.name = "SHELL",
	 .required = true,
	 .kind = ARG_WORD,
	 .words = shell_words,
	 .help = "bash, zsh or fish"},
	{0},
};

extern const struct command cmd_completion[];
const struct command cmd_completion[] = {
	{
		.name = "completion",
		.summary = "print the completion script of a shell",
		.details = "For this shell:  source <(awm completion bash)\n"
			   "To stay:         awm completion bash > "
			   "~/.local/share/bash-completion/completions/awm",
		.arguments = shell_argument,
		.effect = EFFECT_READ,
		.run = completion_run,
	},
	{0},
};
