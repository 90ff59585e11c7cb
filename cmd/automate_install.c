/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cmd/automate.h"
#include "cmd/out.h"
#include "cmd/report.h"

/* Who calls `awm automate tick`: a line of the crontab, or a timer of the
 * user's systemd. */

struct install_args {
	bool cron, systemd;
	struct int_arg every;
};

#define WHICH                                                                  \
	OPT_FLAG("cron", 0, struct install_args, cron,                         \
		 "in the crontab; what is taken unless told otherwise"),       \
		OPT_FLAG("systemd", 0, struct install_args, systemd,           \
			 "as a timer of your systemd")

static const struct option install_options[] = {
	WHICH,
	OPT_INT("every", 0, struct install_args, every, 1, 60, "MINUTES",
		"how often; every minute unless told otherwise"),
	{0},
};

static const struct option uninstall_options[] = {WHICH, {0}};

/* What the environment of a service lacks, and awm looks at. */
static const char *const variables[] = {"HOME", "XDG_CONFIG_HOME",
					"XDG_DATA_HOME", "XDG_STATE_HOME",
					"XDG_CACHE_HOME"};

struct install {
	struct run *run;
	const char *awm;   /* absolute */
	const char *db;	   /* absolute */
	const char *email; /* who acts */
	int every;
};

static int plain(const char *what, const char *text)
{
	if (!strpbrk(text, "\n\r"))
		return 0;
	return err_set(AWM_INVALID, "%s holds a line break", what);
}

static int begin(struct run *r, struct install *in)
{
	const struct install_args *args = r->args;
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	int err;

	if (!strcmp(awm_session_actor(r->session)->role, "viewer"))
		return err_set(AWM_DENIED, "a viewer may not run what is due");
	if (args->cron && args->systemd)
		return err_set(AWM_USAGE,
			       "--cron and --systemd exclude each other");
	if (n < 0)
		return err_errno(AWM_ERROR, "cannot tell where awm is");
	in->run = r;
	in->awm = arena_strndup(&r->arena, path, (size_t)n);
	in->db = awm_session_path(r->session);
	in->email = awm_session_actor(r->session)->email;
	in->every = args->every.set ? (int)args->every.value : 1;
	if (!in->awm)
		return -AWM_NOMEM;
	err = plain("the path of awm", in->awm);
	if (!err)
		err = plain("the path of the database", in->db);
	if (!err)
		err = plain("the address of who acts", in->email);
	for (size_t i = 0; i < ARRAY_LEN(variables) && !err; i++)
		if (getenv(variables[i]))
			err = plain(variables[i], getenv(variables[i]));
	return err;
}

/* ---- the crontab ---- */

/* A word of the shell; to cron a % is the end of the line. */
static void add_quoted(struct buf *b, const char *text)
{
	buf_addc(b, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_adds(b, "'\\''");
		else if (*text == '%')
			buf_adds(b, "\\%");
		else
			buf_addc(b, *text);
	}
	buf_addc(b, '\'');
}

/* `joined`: what stands before it had no line break at its end, and one was
 * put there. */
static void add_marker(struct buf *b, const struct install *in,
		       const char *what, bool joined)
{
	buf_addf(b, "# %s awm automate%s: %s\n", what,
		 joined ? " (joined)" : "", in->db);
}

static void add_entry(struct buf *b, const struct install *in, bool joined)
{
	add_marker(b, in, "begin", joined);
	if (in->every == 60)
		buf_adds(b, "0 * * * *");
	else if (in->every > 1)
		buf_addf(b, "*/%d * * * *", in->every);
	else
		buf_adds(b, "* * * * *");
	/* cron knows the home itself */
	for (size_t i = 1; i < ARRAY_LEN(variables); i++) {
		const char *value = getenv(variables[i]);
		if (!value || !*value)
			continue;
		buf_addf(b, " %s=", variables[i]);
		add_quoted(b, value);
	}
	buf_addc(b, ' ');
	add_quoted(b, in->awm);
	buf_adds(b, " --db ");
	add_quoted(b, in->db);
	buf_adds(b, " --as ");
	add_quoted(b, in->email);
	buf_addf(b, " automate tick --max-seconds %d >/dev/null\n",
		 in->every * 60 - 10);
	add_marker(b, in, "end", false);
}

/* A crontab that cannot be read must not be written. */
static int read_crontab(struct buf *out)
{
	static const char *const argv[] = {"crontab", "-l", NULL};
	_cleanup_buf_ struct buf errors = {0};
	int status, err = child_run(argv, "", out, &errors, &status);

	if (err)
		return err_hint("install cron, or take --systemd");
	if (buf_check(out) || buf_check(&errors))
		return -AWM_NOMEM;
	if (!status)
		return 0;
	if (status == 1 && strstr(buf_str(&errors), "no crontab")) {
		buf_truncate(out, 0);
		return 0;
	}
	return err_set(AWM_ERROR, "cannot read the crontab: %.200s",
		       buf_str(&errors));
}

static int write_crontab(const char *text)
{
	static const char *const set[] = {"crontab", "-", NULL};
	static const char *const rm[] = {"crontab", "-r", NULL};
	_cleanup_buf_ struct buf errors = {0};
	int status,
		err = child_run(*text ? set : rm, text, NULL, &errors, &status);

	if (err || !status)
		return err;
	return err_set(AWM_ERROR, "cannot write the crontab: %.200s",
		       buf_str(&errors));
}

/* Where our entry begins and ends; false when there is none. */
static bool find_entry(const struct install *in, const char *text, size_t *from,
		       size_t *to)
{
	for (int joined = 0; joined < 2; joined++) {
		_cleanup_buf_ struct buf first = {0}, last = {0};
		const char *start, *end;
		add_marker(&first, in, "begin", joined);
		add_marker(&last, in, "end", false);
		start = first.failed ? NULL : strstr(text, first.s);
		while (start && start > text && start[-1] != '\n')
			start = strstr(start + 1, first.s);
		end = start && !last.failed ? strstr(start, last.s) : NULL;
		if (!end)
			continue;
		*from = (size_t)(start - text) - (joined && start > text);
		*to = (size_t)(end - text) + last.len;
		return true;
	}
	return false;
}

/* The crontab without our entry. */
static void strip(const struct install *in, const char *text, struct buf *out)
{
	size_t from, to;

	if (!find_entry(in, text, &from, &to)) {
		buf_adds(out, text);
		return;
	}
	buf_add(out, text, from);
	buf_adds(out, text + to);
}

static const struct awm_field install_fields[] = {
	{.name = "method", .label = "Method", .type = AWM_TYPE_TEXT},
	{.name = "path", .label = "Path", .type = AWM_TYPE_TEXT},
	{.name = "content", .label = "Content", .type = AWM_TYPE_TEXT},
};

static bool wants_rows(const struct run *r)
{
	return r->globals.format != FORMAT_TABLE || r->globals.fields;
}

static int show_row(struct run *r, const char *method, const char *path,
		    const char *content)
{
	const struct awm_value v[] = {awm_value_text(method),
				      awm_value_text(path),
				      awm_value_text(content)};
	struct awm_record *row = noun_row(r, install_fields, v, 3);

	return row ? report_row(r, row) : -AWM_NOMEM;
}

/* What is to be written, before anybody is asked. */
static int show_text(struct run *r, const char *method, const char *path,
		     const char *content)
{
	_cleanup_buf_ struct buf safe = {0};

	if (wants_rows(r))
		return show_row(r, method, path, content);
	if (r->globals.quiet)
		return 0;
	utf8_add_escaped(&safe, path, strlen(path), false);
	buf_adds(&safe, ":\n");
	utf8_add_escaped(&safe, content, strlen(content), true);
	return buf_check(&safe) ? -AWM_NOMEM : out_adds(safe.s);
}

static int install_cron(struct run *r, struct install *in)
{
	_cleanup_buf_ struct buf old = {0}, text = {0}, entry = {0};
	bool joined;
	int err = read_crontab(&old);

	if (err)
		return err;
	strip(in, buf_str(&old), &text);
	joined = text.len && text.s[text.len - 1] != '\n';
	if (joined)
		buf_addc(&text, '\n');
	add_entry(&entry, in, joined);
	buf_adds(&text, buf_str(&entry));
	if (buf_check(&entry) || buf_check(&text))
		return -AWM_NOMEM;
	err = show_text(r, "cron", "crontab", entry.s);
	if (!err)
		err = out_flush();
	if (!err)
		err = run_confirm(r, "write this into your crontab");
	return err || r->globals.dry_run ? err : write_crontab(text.s);
}

static int uninstall_cron(struct run *r, struct install *in)
{
	_cleanup_buf_ struct buf old = {0}, text = {0};
	size_t from, to;
	const char *entry;
	int err = read_crontab(&old);

	if (err)
		return err;
	if (!find_entry(in, buf_str(&old), &from, &to))
		return err_set(AWM_NOT_FOUND,
			       "the crontab has no entry for '%s'", in->db);
	strip(in, old.s, &text);
	entry = arena_strndup(&r->arena, old.s + from, to - from);
	if (!entry || buf_check(&text))
		return -AWM_NOMEM;
	err = show_text(r, "cron", "crontab", entry);
	if (!err)
		err = out_flush();
	if (!err)
		err = run_confirm(r, "take this out of your crontab");
	return err || r->globals.dry_run ? err : write_crontab(buf_str(&text));
}

/* ---- systemd ---- */

struct units {
	const char *folder, *name; /* name without .service */
	const char *service, *timer;
	struct buf service_text, timer_text;
};

/* One name for each database: FNV-1a of its path. */
static uint64_t path_hash(const char *path)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
	return h;
}

static void add_word(struct buf *b, const char *text)
{
	buf_addc(b, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_addc(b, '\\');
		if (*text == '%' || *text == '$')
			buf_addc(b, *text);
		buf_addc(b, *text);
	}
	buf_addc(b, '"');
}

/* An Environment= line knows no $. */
static void add_variable(struct buf *b, const char *name, const char *value)
{
	buf_addf(b, "Environment=\"%s=", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			buf_addc(b, '\\');
		if (*value == '%')
			buf_addc(b, '%');
		buf_addc(b, *value);
	}
	buf_adds(b, "\"\n");
}

static void add_service(struct buf *b, const struct install *in)
{
	buf_addf(b, "[Unit]\nDescription=awm automate tick\n\n"
		    "[Service]\nType=oneshot\n");
	for (size_t i = 1; i < ARRAY_LEN(variables); i++)
		if (getenv(variables[i]) && *getenv(variables[i]))
			add_variable(b, variables[i], getenv(variables[i]));
	buf_adds(b, "ExecStart=");
	add_word(b, in->awm);
	buf_adds(b, " --db ");
	add_word(b, in->db);
	buf_adds(b, " --as ");
	add_word(b, in->email);
	buf_addf(b, " automate tick --max-seconds %d\n", in->every * 60 - 10);
}

static void add_timer(struct buf *b, const struct install *in)
{
	buf_addf(b,
		 "[Unit]\nDescription=awm automate tick, every %d min\n\n"
		 "[Timer]\nOnCalendar=*:0/%d\nAccuracySec=1s\n"
		 "Persistent=true\n\n[Install]\nWantedBy=timers.target\n",
		 in->every, in->every == 60 ? 0 : in->every);
}

static int units_of(const struct install *in, struct units *u)
{
	struct arena *a = &in->run->arena;
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && *config == '/')
		u->folder = arena_printf(a, "%s/systemd/user", config);
	else if (home && *home == '/')
		u->folder = arena_printf(a, "%s/.config/systemd/user", home);
	else
		return err_set(AWM_ERROR, "no home folder: HOME is not set");
	u->name = arena_printf(a, "awm-automate-%08x",
			       (unsigned)path_hash(in->db));
	if (!u->folder || !u->name)
		return -AWM_NOMEM;
	u->service = arena_printf(a, "%s/%s.service", u->folder, u->name);
	u->timer = arena_printf(a, "%s/%s.timer", u->folder, u->name);
	add_service(&u->service_text, in);
	add_timer(&u->timer_text, in);
	if (!u->service || !u->timer || buf_check(&u->service_text) ||
	    buf_check(&u->timer_text))
		return -AWM_NOMEM;
	return 0;
}

static int systemctl(const char *verb, const char *option, const char *unit)
{
	const char *argv[] = {"systemctl", "--user", verb, option, unit, NULL};
	_cleanup_buf_ struct buf errors = {0};
	int status, err;

	if (!option)
		argv[3] = unit;
	if (!option && unit)
		argv[4] = NULL;
	err = child_run(argv, "", NULL, &errors, &status);
	if (err || !status)
		return err;
	return err_set(AWM_ERROR, "systemctl --user %s failed: %.200s", verb,
		       buf_str(&errors));
}

static int write_units(struct units *u)
{
	int err = file_mkdir(u->folder);

	if (!err)
		err = file_write(u->service, buf_str(&u->service_text),
				 u->service_text.len, 0600);
	if (!err)
		err = file_write(u->timer, buf_str(&u->timer_text),
				 u->timer_text.len, 0600);
	return err;
}

static int start_timer(struct units *u)
{
	const char *timer = strrchr(u->timer, '/') + 1;
	int err = systemctl("daemon-reload", NULL, NULL);

	if (!err)
		err = systemctl("enable", "--now", timer);
	if (err)
		err_hint("the units are written; systemctl --user enable "
			 "--now %s starts them",
			 timer);
	return err;
}

static int install_systemd(struct run *r, struct install *in)
{
	struct units u = {0};
	int err = units_of(in, &u);

	if (!err)
		err = show_text(r, "systemd", u.service,
				buf_str(&u.service_text));
	if (!err && !wants_rows(r) && !r->globals.quiet)
		err = out_adds("\n");
	if (!err)
		err = show_text(r, "systemd", u.timer, buf_str(&u.timer_text));
	if (!err)
		err = out_flush();
	if (!err)
		err = run_confirm(r, "write these units and start the timer");
	if (!err && !r->globals.dry_run) {
		err = write_units(&u);
		if (!err)
			err = start_timer(&u);
	}
	buf_release(&u.service_text);
	buf_release(&u.timer_text);
	return err;
}

static int remove_units(struct run *r, const struct units *u)
{
	const char *timer = strrchr(u->timer, '/') + 1;

	/* A systemd that does not run has nothing to forget. */
	if (systemctl("disable", "--now", timer))
		run_say(r, "%s", awm_error_last()->message);
	err_clear();
	if (unlink(u->timer) || unlink(u->service))
		return err_errno(AWM_ERROR, "cannot remove '%s'", u->timer);
	if (systemctl("daemon-reload", NULL, NULL))
		err_clear();
	return 0;
}

static int uninstall_systemd(struct run *r, struct install *in)
{
	struct units u = {0};
	int err = units_of(in, &u);

	if (!err && access(u.timer, F_OK))
		err = err_set(AWM_NOT_FOUND, "there is no timer for '%s'",
			      in->db);
	if (!err)
		err = show_text(r, "systemd", u.service, "");
	if (!err)
		err = show_text(r, "systemd", u.timer, "");
	if (!err)
		err = out_flush();
	if (!err)
		err = run_confirm(r, "stop the timer and remove these files");
	if (!err && !r->globals.dry_run)
		err = remove_units(r, &u);
	buf_release(&u.service_text);
	buf_release(&u.timer_text);
	return err;
}

/* ---- the commands ---- */

static int either(struct run *r, int (*cron)(struct run *, struct install *),
		  int (*systemd)(struct run *, struct install *))
{
	const struct install_args *args = r->args;
	struct install in = {0};
	int err = begin(r, &in);

	if (!err && wants_rows(r))
		err = report_begin(r);
	if (!err)
		err = (args->systemd ? systemd : cron)(r, &in);
	return err || !wants_rows(r) ? err : report_end(r);
}

static int automate_install(struct run *r)
{
	return either(r, install_cron, install_systemd);
}

static int automate_uninstall(struct run *r)
{
	return either(r, uninstall_cron, uninstall_systemd);
}

extern const struct command cmd_automate_install[];
const struct command cmd_automate_install[] = {
	{
		.name = "automate install",
		.summary = "have the system call automate tick",
		.details =
			"Shows the line of the crontab, or the units of "
			"systemd, and writes them when you agree; --yes agrees "
			"beforehand. They name this program, this database and "
			"who acts. Installing again replaces what was there; "
			"every database has a place of its own.",
		.options = install_options,
		.args_size = sizeof(struct install_args),
		.needs = NEED_DB | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "method,path,content",
		.run = automate_install,
	},
	{
		.name = "automate uninstall",
		.summary = "take out what automate install put in",
		.details = "Everything else in the crontab stays as it is, to "
			   "the byte.",
		.options = uninstall_options,
		.args_size = sizeof(struct install_args),
		.needs = NEED_DB | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "method,path,content",
		.run = automate_uninstall,
	},
	{0},
};
