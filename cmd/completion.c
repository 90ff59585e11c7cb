/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/command.h"

/* awm completion: what the shells load. The files in completions/ are made by
 * this command. */

static const char bash_script[] =
	"# Completion of awm for bash; made by: awm completion bash\n"
	"_awm() {\n"
	"\tlocal i line words=()\n"
	"\t# bash parts --flag=value at the sign\n"
	"\tfor ((i = 1; i <= COMP_CWORD; i++)); do\n"
	"\t\tif ((i > 1)) && [[ ${COMP_WORDS[i]} == = ||\n"
	"\t\t\t${COMP_WORDS[i - 1]} == = ]]; then\n"
	"\t\t\twords[${#words[@]} - 1]+=${COMP_WORDS[i]}\n"
	"\t\telse\n"
	"\t\t\twords+=(\"${COMP_WORDS[i]}\")\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tCOMPREPLY=()\n"
	"\twhile IFS=$'\\t' read -r line _; do\n"
	"\t\tCOMPREPLY+=(\"$(printf %q \"$line\")\")\n"
	"\tdone < <(awm __complete \"${words[@]}\" 2>/dev/null)\n"
	"}\n"
	"complete -o default -F _awm awm\n";

static const char zsh_script[] =
	"#compdef awm\n"
	"# Completion of awm for zsh; made by: awm completion zsh\n"
	"_awm() {\n"
	"\tlocal line\n"
	"\tlocal -a lines found\n"
	"\tlines=(${(f)\"$(awm __complete "
	"\"${(@Q)words[2,CURRENT]}\" 2>/dev/null)\"})\n"
	"\tfor line in $lines; do\n"
	"\t\tif [[ $line == *$'\\t'* ]]; then\n"
	"\t\t\tfound+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\")\n"
	"\t\telse\n"
	"\t\t\tfound+=(\"${line//:/\\\\:}\")\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tif (($#found)); then\n"
	"\t\t[[ $PREFIX == --*=* ]] && compset -P '*='\n"
	"\t\t_describe awm found\n"
	"\telse\n"
	"\t\t_files\n"
	"\tfi\n"
	"}\n"
	"if [[ $funcstack[1] == _awm ]]; then\n"
	"\t_awm \"$@\"\n"
	"else\n"
	"\tcompdef _awm awm\n"
	"fi\n";

static const char fish_script[] =
	"# Completion of awm for fish; made by: awm completion fish\n"
	"function __awm_complete\n"
	"\tset -l words (commandline -opc) (commandline -ct)\n"
	"\tawm __complete $words[2..-1] 2>/dev/null\n"
	"end\n"
	"complete -c awm -f -a '(__awm_complete)'\n"
	"complete -c awm -s F -l file -r -F\n"
	"complete -c awm -s C -r -F\n"
	"complete -c awm -l db -r -F\n";

static const char *const shell_words[] = {"bash", "zsh", "fish", NULL};

static int completion_run(struct run *r)
{
	const char *shell = run_arg(r, 0);

	if (strcmp(shell, "bash") == 0)
		return out_adds(bash_script);
	return out_adds(*shell == 'z' ? zsh_script : fish_script);
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
