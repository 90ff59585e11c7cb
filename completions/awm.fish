# SPDX-License-Identifier: MIT
# Completion of awm for fish. The words come from the program itself.
function __awm_complete
	set -l words (commandline -opc) (commandline -ct)
	awm __complete $words[2..-1] 2>/dev/null
end
complete -c awm -f -a '(__awm_complete)'
complete -c awm -s F -l file -r -F
complete -c awm -s C -r -F
complete -c awm -l db -r -F
