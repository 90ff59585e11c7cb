/* SPDX-License-Identifier: MIT */
/*
 * Ratios between programs, measured in one run: the competitors of a group run
 * in turn, in another order each round, and medians are compared. So whatever
 * else the machine does weighs on all of them alike.
 *
 * The plan comes on standard input, one step a line, fields parted by tabs:
 *
 *	group	TITLE	ROUNDS
 *	run	LABEL	null|pipe	PROGRAM	ARGUMENT…
 *	ratio	NAME	wall|first|rss	LABEL	LABEL	GOAL
 *	limit	NAME	wall|first|rss	LABEL	GOAL
 *	rate	NAME	LABEL	ROWS
 *	end
 *
 * "null" lets a program write to /dev/null; "pipe" reads what it writes, and
 * notes when the first byte came. GOAL is the most that meets the goal, or "-".
 * Times are milliseconds, memory kilobytes. Beside the table, each result is a
 * line for programs: "bench:" and tab-parted name, metric, value, goal, mark.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FIELDS_MAX  64
#define RUNS_MAX    16
#define ROUNDS_MAX  5000
#define RESULTS_MAX 128

enum metric { WALL, FIRST, RSS, METRICS };

struct run {
	char *line;
	char *label;
	char *argv[FIELDS_MAX];
	bool pipe;
	double samples[METRICS][ROUNDS_MAX];
};

static struct {
	char title[128];
	int rounds;
	int nruns;
	int ran;
	struct run runs[RUNS_MAX];
} group;

static char *results[RESULTS_MAX];
static int nresults;
static int missed;
static bool realtime;

static void die(const char *what, const char *which)
{
	fprintf(stderr, "ratio: %s: %s\n", what, which);
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Reads all that the program writes; tells when the first byte came. */
static double drain(int fd)
{
	static char block[1 << 16];
	double first = 0;
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) > 0)
		if (first == 0)
			first = now_ms();
	close(fd);
	return first;
}

/* The measured program runs before all others, if that may be had: the cores
 * of a machine are shared, and its neighbours are not what is measured. */
static void attributes(posix_spawnattr_t *attr)
{
	struct sched_param param = {.sched_priority = 1};

	posix_spawnattr_init(attr);
	if (!realtime)
		return;
	posix_spawnattr_setschedpolicy(attr, SCHED_RR);
	posix_spawnattr_setschedparam(attr, &param);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSCHEDULER);
}

static bool realtime_possible(void)
{
	char *argv[] = {(char *)"true", NULL};
	posix_spawnattr_t attr;
	pid_t pid;
	int rc;

	if (getenv("BENCH_NO_REALTIME"))
		return false;
	realtime = true;
	attributes(&attr);
	rc = posix_spawnp(&pid, "true", NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	realtime = false;
	return rc == 0 && waitpid(pid, NULL, 0) == pid;
}

static void run_once(struct run *r, int round)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	struct rusage usage;
	int fds[2] = {-1, -1}, status, rc;
	double start, first = 0;
	pid_t pid;

	if (r->pipe && pipe2(fds, O_CLOEXEC) < 0)
		die("pipe", strerror(errno));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (r->pipe)
		posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
	else
		posix_spawn_file_actions_addopen(&actions, 1, "/dev/null",
						 O_WRONLY, 0);
	attributes(&attr);
	start = now_ms();
	rc = posix_spawnp(&pid, r->argv[0], &actions, &attr, r->argv, environ);
	if (rc)
		die(r->argv[0], strerror(rc));
	if (r->pipe) {
		close(fds[1]);
		first = drain(fds[0]);
	}
	if (wait4(pid, &status, 0, &usage) != pid)
		die("wait4", strerror(errno));
	r->samples[WALL][round] = now_ms() - start;
	r->samples[FIRST][round] = first > 0 ? first - start : 0;
	r->samples[RSS][round] = (double)usage.ru_maxrss;
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die("failed", r->label);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void group_run(void)
{
	int order[RUNS_MAX];

	for (int i = 0; i < group.nruns; i++)
		order[i] = i;
	/* The first round only warms the caches. */
	for (int round = -1; round < group.rounds; round++) {
		for (int i = group.nruns - 1; i > 0; i--) {
			int k = (int)(random() % (i + 1));
			int other = order[k];

			order[k] = order[i];
			order[i] = other;
		}
		for (int i = 0; i < group.nruns; i++)
			run_once(&group.runs[order[i]], round < 0 ? 0 : round);
	}
	for (int i = 0; i < group.nruns; i++)
		for (int m = 0; m < METRICS; m++)
			qsort(group.runs[i].samples[m], (size_t)group.rounds,
			      sizeof(double), ascending);
}

static double quantile(const struct run *r, enum metric m, double q)
{
	return r->samples[m][(int)(q * (group.rounds - 1))];
}

static void group_print(void)
{
	printf("\n%s (%d rounds)\n", group.title, group.rounds);
	printf("  %-34s %9s %19s %9s %9s\n", "", "ms", "quartiles", "first ms",
	       "peak kB");
	for (int i = 0; i < group.nruns; i++) {
		const struct run *r = &group.runs[i];
		char spread[32], first[16] = "-";

		snprintf(spread, sizeof(spread), "%.2f-%.2f",
			 quantile(r, WALL, .25), quantile(r, WALL, .75));
		if (r->pipe)
			snprintf(first, sizeof(first), "%.2f",
				 quantile(r, FIRST, .5));
		printf("  %-34s %9.2f %19s %9s %9.0f\n", r->label,
		       quantile(r, WALL, .5), spread, first,
		       quantile(r, RSS, .5));
	}
	fflush(stdout);
}

/* Runs the group when the first result of it is asked for. */
static void group_need(void)
{
	if (group.ran)
		return;
	if (!group.nruns || !group.rounds)
		die("nothing to compare", group.title);
	group_run();
	group_print();
	group.ran = 1;
}

static const struct run *run_find(const char *label)
{
	for (int i = 0; i < group.nruns; i++)
		if (strcmp(group.runs[i].label, label) == 0)
			return &group.runs[i];
	die("unknown label", label);
	return NULL;
}

static enum metric metric_of(const char *word)
{
	static const char *const words[] = {"wall", "first", "rss"};

	for (int m = 0; m < METRICS; m++)
		if (strcmp(words[m], word) == 0)
			return (enum metric)m;
	die("unknown metric", word);
	return WALL;
}

static void result(const char *name, const char *metric, double value,
		   const char *goal)
{
	double most = strtod(goal, NULL);
	const char *mark = "";

	if (strcmp(goal, "-") != 0) {
		/* what the table shows is what is judged */
		mark = value < most + 0.005 ? "met" : "MISSED";
		missed += value >= most + 0.005;
	}
	printf("  %-44s %9.2f   goal %-8s %s\n", name, value, goal, mark);
	fflush(stdout);
	if (nresults == RESULTS_MAX)
		die("too many results", name);
	if (asprintf(&results[nresults], "bench:\t%s\t%s\t%.3f\t%s\t%s", name,
		     metric, value, goal, *mark ? mark : "-") < 0)
		die("out of memory", name);
	nresults++;
}

static void step_group(char **f)
{
	for (int i = 0; i < group.nruns; i++)
		free(group.runs[i].line);
	snprintf(group.title, sizeof(group.title), "%s", f[1]);
	group.rounds = (int)strtol(f[2], NULL, 10);
	group.nruns = group.ran = 0;
	if (group.rounds < 1 || group.rounds > ROUNDS_MAX)
		die("rounds out of bounds", f[2]);
}

/* Keeps the line, whose fields the arguments are. */
static void step_run(char *line, char **f, int n)
{
	struct run *r = &group.runs[group.nruns];

	if (group.nruns++ == RUNS_MAX || group.ran)
		die("no room for another run", f[1]);
	r->line = line;
	r->label = f[1];
	r->pipe = strcmp(f[2], "pipe") == 0;
	for (int i = 3; i <= n; i++)
		r->argv[i - 3] = f[i];
}

static void step_ratio(char **f)
{
	enum metric m = metric_of(f[2]);
	double under;

	group_need();
	under = quantile(run_find(f[4]), m, .5);
	result(f[1], f[2],
	       quantile(run_find(f[3]), m, .5) / (under > 0 ? under : 1), f[5]);
}

static void step_limit(char **f)
{
	enum metric m = metric_of(f[2]);

	group_need();
	result(f[1], f[2], quantile(run_find(f[3]), m, .5), f[4]);
}

static void step_rate(char **f)
{
	double ms;

	group_need();
	ms = quantile(run_find(f[2]), WALL, .5);
	result(f[1], "rows/s", strtod(f[3], NULL) * 1000 / ms, "-");
}

/* Returns whether it kept the line. */
static bool step(char *line)
{
	static const struct {
		const char *word;
		int fields;
	} steps[] = {{"group", 3}, {"run", 4},	{"ratio", 6},
		     {"limit", 5}, {"rate", 4}, {"end", 1}};
	char *f[FIELDS_MAX + 1] = {0};
	int n = 0, kind = -1;

	for (char *p = line; p && n < FIELDS_MAX - 4;)
		f[n++] = strsep(&p, "\t");
	for (int i = 0; i < (int)(sizeof(steps) / sizeof(*steps)); i++)
		if (strcmp(f[0], steps[i].word) == 0 && n >= steps[i].fields)
			kind = i;
	switch (kind) {
	case 0:
		step_group(f);
		return false;
	case 1:
		step_run(line, f, n);
		return true;
	case 2:
		step_ratio(f);
		return false;
	case 3:
		step_limit(f);
		return false;
	case 4:
		step_rate(f);
		return false;
	case 5:
		group_need();
		return false;
	default:
		die("unknown step", line);
		return false;
	}
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	realtime = realtime_possible();
	printf("scheduling: %s\n", realtime ? "real time" : "as usual");
	srandom(20261122);
	while ((len = getline(&line, &size, stdin)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (!*line || *line == '#')
			continue;
		if (step(line)) {
			line = NULL;
			size = 0;
		}
	}
	free(line);
	printf("\n");
	for (int i = 0; i < nresults; i++) {
		printf("%s\n", results[i]);
		free(results[i]);
	}
	for (int i = 0; i < group.nruns; i++)
		free(group.runs[i].line);
	printf("%d results, %d goals missed\n", nresults, missed);
	return 0;
}
