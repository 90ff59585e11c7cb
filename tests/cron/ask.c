/* SPDX-License-Identifier: MIT */
/* Answers for oracle.py: of each line "next|previous EXPRESSION ZONE MS",
 * separated by tabs, the instant; "none" or "error" when there is none. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cron.h"

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		char *part[4], *rest = line;
		struct cron c;
		int64_t at;
		int rc;
		for (int i = 0; i < 4; i++)
			part[i] = strsep(&rest, "\t\n");
		if (!part[3])
			return 1;
		rc = cron_parse(part[1], &c);
		if (!rc)
			rc = (*part[0] == 'n' ? cron_next : cron_previous)(
				&c, part[2], strtoll(part[3], NULL, 10), &at);
		if (rc > 0)
			printf("%" PRId64 "\n", at);
		else
			puts(rc ? "error" : "none");
	}
	free(line);
	return 0;
}
