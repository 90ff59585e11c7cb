// SPDX-License-Identifier: MIT
#include "base/guard.h"

#include <sys/prctl.h>

/* Unlike a limit on the size of cores this also holds where they go through a
 * pipe, and an exec ends it. */
void process_guard(bool on)
{
	static int depth;
	static int was;

	if (on && depth++ == 0) {
		was = prctl(PR_GET_DUMPABLE);
		prctl(PR_SET_DUMPABLE, 0);
	} else if (!on && --depth == 0 && was == 1) {
		prctl(PR_SET_DUMPABLE, 1);
	}
}
