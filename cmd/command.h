/* SPDX-License-Identifier: MIT */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include <awm/awm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

/*
 * A command is constant data. Parsing, --help, completion, `awm schema` and
 * the option sections of the manual are walks over these rows; nothing is
 * declared twice. Each noun has one file with one array, ended by a zero row:
 *
 *	struct task_list_args {
 *		bool explain;
 *	};
 *
 *	static const struct option task_list_options[] = {
 *		OPT_FILTER("status", 's', "status", "STATUS", "in this state"),
 *		OPT_FLAG("explain", 0, struct task_list_args, explain,
 *			 "say why a task is not ready"),
 *		LIST_OPTIONS,
 *		LIST_DELETED("all tasks, done ones too"),
 *		{0},
 *	};
 *
 *	const struct command cmd_task[] = {
 *		{
 *			.name = "task list",
 *			.aliases = "ls",
 *			.summary = "list tasks",
 *			.options = task_list_options,
 *			.args_size = sizeof(struct task_list_args),
 *			.needs = NEED_DB | NEED_PAGER,
 *			.entity = "task",
 *			.columns = "id,title,status,dueDate",
 *			.run = task_list,
 *		},
 *		{0},
 *	};
 *
 * and one line in commands.c.
 */

struct run;

enum effect { EFFECT_READ, EFFECT_WRITE, EFFECT_DESTRUCTIVE, EFFECT_NETWORK };

enum need {
	NEED_DB = 1 << 0,	   /* an open session */
	NEED_WRITE = 1 << 1,	   /* writes; implies NEED_DB */
	NEED_ANY_VERSION = 1 << 2, /* takes a database of an older schema */
	NEED_NO_CREATE = 1 << 3,   /* a missing database is an error */
	NEED_NO_ACTOR = 1 << 4,	   /* nobody acts (db commands) */
	NEED_YES = 1 << 5,	   /* cannot be undone: --yes, or a terminal to
				      ask on; the command calls run_confirm() */
	NEED_PAGER = 1 << 6,	   /* a listing */
	NEED_DRY_RUN = 1 << 7,	   /* offers --dry-run */
	NEED_MAY_FAIL = 1 << 8	   /* a database that is missing or cannot be
				      used is no error: session is NULL */
};

enum argument_kind {
	ARG_TEXT, /* run_arg() */
	ARG_FILE, /* as ARG_TEXT; completes file names */
	ARG_WORD, /* one of `words`; checked before the command runs */
	ARG_REF,  /* one row of `entity`, or of each: run_ref() */
	ARG_IDS	  /* rows of `entity`: "3 5-9 #12 -" or names: run_ids() */
};

/* At most one argument of a command is `many`; it takes what the others,
 * which may stand before and after it, leave over. */
struct argument {
	const char *name; /* "TASK", as help shows it */
	bool required;
	bool many;
	enum argument_kind kind;
	const char *entity;
	const char *const *words;
	const char *help;
};

enum option_type {
	OPTION_FLAG,	 /* bool */
	OPTION_TEXT,	 /* const char *; the last one wins */
	OPTION_WORD,	 /* const char *, one of `words` */
	OPTION_FILE,	 /* as OPTION_TEXT; completes file names */
	OPTION_LIST,	 /* struct text_list: one value each time given */
	OPTION_COMMAS,	 /* struct text_list: several, or a,b,c */
	OPTION_INT,	 /* struct int_arg, from min to max */
	OPTION_REAL,	 /* struct real_arg */
	OPTION_TIME,	 /* struct int_arg, milliseconds; actor's zone */
	OPTION_DURATION, /* struct int_arg, seconds */
	OPTION_REF,	 /* struct int_arg: id of a row of `entity` */
	OPTION_INDEX,	 /* struct int_arg: place of the word in `words` */
	OPTION_SECONDS,	 /* struct int_arg, milliseconds: 30, 0.5, 2m */

	/* About a column of the command's entity (or of `entity`). Kept in the
	 * run; read with run_sets() and run_query(). Without a placeholder
	 * they take no value and stand for `value` ("true" when NULL); those
	 * of boolean columns then have a --no- form as well. */
	OPTION_SET,	  /* the column gets the value */
	OPTION_ARRAY_SET, /* JSON array of strings: repeated, or a,b,c */
	OPTION_TEXT_SET,  /* -d TEXT */
	OPTION_FILE_SET,  /* -F FILE, - for standard input */
	OPTION_EDIT_SET,  /* -e, in $VISUAL or $EDITOR */
	OPTION_FILTER	  /* rows whose column is…, see run_query() */
};

struct option {
	const char *name; /* without dashes */
	char letter;	  /* or 0 */
	enum option_type type;
	bool in_run; /* offset is into struct run, not into args */
	size_t offset;
	const char *arg; /* placeholder: "PROJECT" */
	const char *help;
	const char *field;
	const char *entity;
	const char *const *words;
	const char *value;
	enum awm_op op;	  /* FILTER: instead of the one by type */
	int64_t min, max; /* INT; no bounds when both are 0 */
	bool hidden;	  /* a second spelling; not in help */
};

struct command {
	const char *name;    /* "task add", "task dep add", "version" */
	const char *aliases; /* of the last word: "create new" */
	const char *summary; /* one line, lower case, no full stop */
	const char *details; /* prose for help and the manual, or NULL */
	const struct argument *arguments; /* ended by a zero row, or NULL */
	const struct option *options;	  /* ended by a zero row, or NULL */
	size_t args_size;
	unsigned needs;
	enum effect effect;
	const char *entity;  /* of its rows and of its columns */
	const char *columns; /* "id,title": default columns of a table, when not
				the SHOW ones; all columns of computed rows */
	const char *computed;  /* columns that rows may have beside these and
				  those of the entity: "urgency,reason" */
	const char *relations; /* what report_one() shows beside the columns:
				  "project:project comments:comment*"; name,
				  entity, * for many */
	/* Of the command line alone, before anything is opened; or NULL. */
	int (*check)(struct run *r);
	int (*run)(struct run *r); /* 0 or -enum awm_err */
};

/* NULL-terminated: one array for each noun. */
extern const struct command *const commands[];

/* ---- values that options fill ---- */

struct text_list {
	const char **items;
	size_t count;
};
struct int_arg {
	bool set;
	int64_t value;
};
struct real_arg {
	bool set;
	double value;
};
struct id_list {
	int64_t *ids;
	size_t count;
	bool many; /* more than one, a range or '-' was asked for */
};
struct set_array {
	struct awm_set *sets;
	size_t count;
};

/* ---- rows of option tables ---- */

#define OPT_AT(args, member, kind)                                             \
	(offsetof(args, member) +                                              \
	 0 * sizeof(char[__builtin_types_compatible_p(                         \
				 __typeof__(((args *)0)->member), kind)        \
				 ? 1                                           \
				 : -1]))

#define OPT_FLAG(NAME, LETTER, ARGS, MEMBER, HELP)                             \
	{                                                                      \
		.name = NAME, .letter = LETTER, .type = OPTION_FLAG,           \
		.offset = OPT_AT(ARGS, MEMBER, bool), .help = HELP             \
	}
#define OPT_OF(TYPE, KIND, NAME, LETTER, ARGS, MEMBER, ARG, HELP)              \
	{                                                                      \
		.name = NAME, .letter = LETTER, .type = TYPE,                  \
		.offset = OPT_AT(ARGS, MEMBER, KIND), .arg = ARG, .help = HELP \
	}
/* (name, letter, args struct, member, placeholder, help) */
#define OPT_TEXT(...)	  OPT_OF(OPTION_TEXT, const char *, __VA_ARGS__)
#define OPT_FILE(...)	  OPT_OF(OPTION_FILE, const char *, __VA_ARGS__)
#define OPT_LIST(...)	  OPT_OF(OPTION_LIST, struct text_list, __VA_ARGS__)
#define OPT_COMMAS(...)	  OPT_OF(OPTION_COMMAS, struct text_list, __VA_ARGS__)
#define OPT_REAL(...)	  OPT_OF(OPTION_REAL, struct real_arg, __VA_ARGS__)
#define OPT_TIME(...)	  OPT_OF(OPTION_TIME, struct int_arg, __VA_ARGS__)
#define OPT_DURATION(...) OPT_OF(OPTION_DURATION, struct int_arg, __VA_ARGS__)
#define OPT_INT(NAME, LETTER, ARGS, MEMBER, MIN, MAX, ARG, HELP)               \
	{                                                                      \
		.name = NAME, .letter = LETTER, .type = OPTION_INT,            \
		.offset = OPT_AT(ARGS, MEMBER, struct int_arg), .arg = ARG,    \
		.help = HELP, .min = MIN, .max = MAX                           \
	}
#define OPT_WORD(NAME, LETTER, ARGS, MEMBER, WORDS, ARG, HELP)                 \
	{                                                                      \
		.name = NAME, .letter = LETTER, .type = OPTION_WORD,           \
		.offset = OPT_AT(ARGS, MEMBER, const char *), .arg = ARG,      \
		.help = HELP, .words = WORDS                                   \
	}
#define OPT_REF(NAME, LETTER, ARGS, MEMBER, ENTITY, ARG, HELP)                 \
	{                                                                      \
		.name = NAME, .letter = LETTER, .type = OPTION_REF,            \
		.offset = OPT_AT(ARGS, MEMBER, struct int_arg), .arg = ARG,    \
		.help = HELP, .entity = ENTITY                                 \
	}
#define OPT_COLUMN(TYPE, NAME, LETTER, FIELD, ARG, HELP)                       \
	{                                                                      \
		.name = NAME, .letter = LETTER, .type = TYPE, .arg = ARG,      \
		.help = HELP, .field = FIELD                                   \
	}
/* (name, letter, column, placeholder or NULL, help) */
#define OPT_SET(...)	   OPT_COLUMN(OPTION_SET, __VA_ARGS__)
#define OPT_ARRAY_SET(...) OPT_COLUMN(OPTION_ARRAY_SET, __VA_ARGS__)
#define OPT_FILTER(...)	   OPT_COLUMN(OPTION_FILTER, __VA_ARGS__)
/* A filter with its comparison: ("since", 0, "createdAt", AWM_OP_GE, "DATE",
 * "…") */
#define OPT_COMPARE(NAME, LETTER, FIELD, OP, ARG, HELP)                        \
	{                                                                      \
		.name = NAME, .letter = LETTER, .type = OPTION_FILTER,         \
		.arg = ARG, .help = HELP, .field = FIELD, .op = OP             \
	}
/* One word that stands for a value: ("urgent", 0, "priority", "urgent", "…")
 * as OPTION_SET or OPTION_FILTER. */
#define OPT_VALUE(TYPE, NAME, LETTER, FIELD, VALUE, HELP)                      \
	{                                                                      \
		.name = NAME, .letter = LETTER, .type = TYPE, .help = HELP,    \
		.field = FIELD, .value = VALUE                                 \
	}
/* The three ways to give a long text: -d TEXT (NAME is its long form), -F
 * FILE, -e. */
#define OPT_LONG_TEXT(NAME, FIELD)                                             \
	OPT_COLUMN(OPTION_TEXT_SET, NAME, 'd', FIELD, "TEXT",                  \
		   "take the " NAME " from here"),                             \
		OPT_COLUMN(OPTION_FILE_SET, "file", 'F', FIELD, "FILE",        \
			   "take the " NAME                                    \
			   " from FILE, or from standard input for -"),        \
		OPT_COLUMN(OPTION_EDIT_SET, "edit", 'e', FIELD, NULL,          \
			   "write the " NAME " in an editor")

/* What every list takes. */
#define LIST_OPTIONS                                                           \
	{.name = "sort",                                                       \
	 .type = OPTION_TEXT,                                                  \
	 .in_run = true,                                                       \
	 .offset = OPT_AT(struct run, list.sort, const char *),                \
	 .arg = "FIELDS",                                                      \
	 .help = "order by these; -field for descending"},                     \
		{.name = "limit",                                              \
		 .letter = 'n',                                                \
		 .type = OPTION_INT,                                           \
		 .in_run = true,                                               \
		 .offset = OPT_AT(struct run, list.limit, struct int_arg),     \
		 .arg = "N",                                                   \
		 .min = 1,                                                     \
		 .max = INT64_MAX,                                             \
		 .help = "show at most N rows"},                               \
	{                                                                      \
		.name = "offset", .type = OPTION_INT, .in_run = true,          \
		.offset = OPT_AT(struct run, list.offset, struct int_arg),     \
		.arg = "N", .min = 0, .max = INT64_MAX,                        \
		.help = "leave out the first N rows"                           \
	}

/* For tables whose rows are deleted softly. */
#define LIST_DELETED(ALL_HELP)                                                 \
	{.name = "deleted",                                                    \
	 .type = OPTION_FLAG,                                                  \
	 .in_run = true,                                                       \
	 .offset = OPT_AT(struct run, list.deleted, bool),                     \
	 .help = "deleted rows only"},                                         \
	{                                                                      \
		.name = "all", .letter = 'a', .type = OPTION_FLAG,             \
		.in_run = true, .offset = OPT_AT(struct run, list.all, bool),  \
		.help = ALL_HELP                                               \
	}

/* ---- a command that runs ---- */

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV, FORMAT_TSV };

struct globals {
	const char *db;
	const char *as;
	const char *folder; /* -C; already changed into */
	enum format format;
	const char *fields; /* --fields, as given */
	bool quiet;
	enum color_mode color;
	bool no_pager;
	bool dry_run;
	bool yes;
	bool help;
	bool version;
	struct int_arg wait_ms;		      /* not set: db.wait */
	struct int_arg format_arg, color_arg; /* as given */
};

struct list_flags {
	const char *sort;
	struct int_arg limit, offset;
	bool deleted, all;
};

struct given;
struct report;

struct run {
	const struct command *command;
	const struct awm_entity *entity; /* of the command, or NULL */
	struct globals globals;
	void *args;		/* the command's own struct, filled */
	struct list_flags list; /* LIST_OPTIONS */
	struct text_list where; /* TASK_WHERE: instead of ids */
	const char **texts;	/* positional arguments, as given */
	size_t ntexts;
	struct awm_session *session; /* with NEED_DB or NEED_WRITE */
	struct awm_pool *pool;	     /* as long as the run */
	struct awm_config *config;
	struct arena arena; /* as long as the run */
	struct report *report;

	/* Columns that a table of this run shows behind the default ones:
	 * "urgency"; NULL: none. */
	const char *also;

	/* What goes along with the row that a run_id_fn deletes: " with 3
	 * subtasks"; set by the function, for the line about it. */
	const char *with;

	/* Of option.c and resolve.c. */
	struct given *given; /* options that wait for the session */
	size_t ngiven;
	const char *initial; /* run_initial() */
	const char *input;   /* run_stdin() */
	size_t input_len;
	bool input_owned;
};

/*
 * Everything below returns 0, or a negative enum awm_err with the error set.
 * What is handed out lives as long as the run.
 */

/* The texts of the i-th row of the command's arguments; *ret_n (may be NULL)
 * says how many. The first one, or NULL, when there is none. */
const char *run_arg(struct run *r, size_t i);
const char **run_args(struct run *r, size_t i, size_t *ret_n);

/* The row that argument i names, through awm_resolve(); 0 when it is not
 * given. */
int run_ref(struct run *r, size_t i, int64_t *ret_id);
/* awm_resolve() and awm_value_parse(), with the command that lists what there
 * is in the hint. */
int run_resolve(struct run *r, const struct awm_entity *e, const char *text,
		int64_t *ret_id);
int run_value(struct run *r, const struct awm_field *field, const char *text,
	      struct awm_value *ret);

/* The rows that argument i names, in the order given and without repetition:
 * numbers, ranges, exact names, '-' for standard input. */
int run_ids(struct run *r, size_t i, struct id_list *ret);

/*
 * Calls fn for each row that argument i names, in one transaction, and then
 * reports the records that it returned: one as a thing, several as a listing.
 * `did` is the word of report_change(): "started". A record of NULL is left
 * out.
 */
typedef int run_id_fn(struct run *r, int64_t id, struct awm_record **ret);
int run_each(struct run *r, size_t i, const char *did, run_id_fn *fn);

/* The columns that SET options (and -d, -F, -e) were given for, with values
 * read by awm_value_parse(). Of a column set twice the last one counts. */
int run_sets(struct run *r, struct set_array *ret);
/* Adds one more, or replaces it; a text is copied. */
int run_set(struct run *r, struct set_array *sets, const char *field,
	    struct awm_value value);
/* Whether an option set (or filtered by) the column. */
bool run_has(const struct run *r, const char *field);

/* The long text given by -d, -F or -e for the column; NULL when none was. For
 * texts that run_sets() does not cover, and for arguments that stand for
 * them. */
int run_text(struct run *r, const char *field, const char **ret);
/* What the editor of -e starts with; before run_sets() or run_text(). */
void run_initial(struct run *r, const char *text);

/*
 * The query of a list: filters, --sort, --limit, --offset, --all, --deleted
 * and, to read no more than is shown, the columns of the report. Filters:
 *   enum, text, reference   a,b,c is one of them; none is no value; me
 *   bool                    yes or no
 *   number                  5, 1,2,3 or 3..8 (either end may be missing)
 *   time                    a date (that day), today, tomorrow, overdue,
 *                           before:DATE, after:DATE, A..B, none
 *   JSON array              holds each of a,b,c
 */
int run_query(struct run *r, struct awm_query *ret);
/* One more condition; values are copied. */
int run_cond(struct run *r, struct awm_query *q, const char *field,
	     enum awm_op op, const struct awm_value *values, size_t n);
/* Columns that the command itself must see in each row. */
int run_also(struct run *r, struct awm_query *q, const char *fields);

/* A whole listing: run_query(), awm_list(), report. */
int run_list(struct run *r);
int run_list_query(struct run *r, const struct awm_query *q);

/* Asks "<question>? [y/N]" on the terminal unless --yes or --dry-run; a no is
 * -AWM_ERROR, "nothing was changed". Unless standard input and standard error
 * are both a terminal it is AWM_USAGE with the hint '--yes'; for NEED_YES
 * main() has refused that before. */
int run_confirm(struct run *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The configuration of the machine, in r->config; commands with a session
 * have it already. */
int run_config(struct run *r);

/* Standard input, whole; at most 1 GiB. */
int run_stdin(struct run *r, const char **ret, size_t *ret_len);
/* The whole of a file, or of standard input for "-": at most `max` bytes, in
 * the run's arena, a NUL behind them. */
int run_file(struct run *r, const char *path, size_t max, const char **ret,
	     size_t *ret_len);

/* A secret: the value of an environment variable when `env` is given, else
 * the first line of standard input when `from_stdin`, else asked for on the
 * terminal without echo; without one AWM_USAGE. */
int run_secret(struct run *r, const char *env, bool from_stdin,
	       const char *what, const char **ret);

/* A notice on standard error, one line "awm: …"; nothing with --quiet. */
void run_say(struct run *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- results; report.h has the rest ---- */

/* A listing of rows of the command's entity, or of its computed columns.
 * report_row() is an awm_row_fn over the run. */
int report_begin(struct run *r);
int report_row(void *run, const struct awm_record *row);
int report_end(struct run *r);

/* One thing, with its relations. */
int report_one(struct run *r, const struct awm_record *row);
/* One thing that was made or changed: in a table one line, "added task 12
 * 'Title'"; otherwise as report_one(). */
int report_change(struct run *r, const char *did, const struct awm_record *row);

/* Text for people, straight to standard output. */
int out_adds(const char *s);
int out_addf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
