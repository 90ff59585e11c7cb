# SPDX-License-Identifier: MIT
# Completion of awm for bash. The words come from the program itself.
_awm() {
	local i line words=()
	# bash parts --flag=value at the sign
	for ((i = 1; i <= COMP_CWORD; i++)); do
		if ((i > 1)) && [[ ${COMP_WORDS[i]} == = ||
			${COMP_WORDS[i - 1]} == = ]]; then
			words[${#words[@]} - 1]+=${COMP_WORDS[i]}
		else
			words+=("${COMP_WORDS[i]}")
		fi
	done
	COMPREPLY=()
	while IFS=$'\t' read -r line _; do
		COMPREPLY+=("$(printf %q "$line")")
	done < <(awm __complete "${words[@]}" 2>/dev/null)
}
complete -o default -F _awm awm
