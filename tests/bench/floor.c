/* SPDX-License-Identifier: MIT */
/*
 * usage: floor FILE SQL
 *
 * The least that a C program can do to print the rows of a statement as JSON
 * lines: what awm is measured against.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failed(sqlite3 *db)
{
	fprintf(stderr, "floor: %s\n", sqlite3_errmsg(db));
	return 1;
}

static void print_text(const unsigned char *s)
{
	putchar_unlocked('"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\') {
			putchar_unlocked('\\');
			putchar_unlocked(*s);
		} else if (*s < ' ') {
			printf("\\u%04x", *s);
		} else {
			putchar_unlocked(*s);
		}
	}
	putchar_unlocked('"');
}

static void print_value(sqlite3_stmt *st, int i)
{
	switch (sqlite3_column_type(st, i)) {
	case SQLITE_NULL:
		fputs("null", stdout);
		break;
	case SQLITE_INTEGER:
		printf("%" PRId64, (int64_t)sqlite3_column_int64(st, i));
		break;
	case SQLITE_FLOAT:
		printf("%.17g", sqlite3_column_double(st, i));
		break;
	default:
		print_text(sqlite3_column_text(st, i));
		break;
	}
}

static void print_row(sqlite3_stmt *st)
{
	int n = sqlite3_column_count(st);

	for (int i = 0; i < n; i++) {
		printf("%c\"%s\":", i ? ',' : '{', sqlite3_column_name(st, i));
		print_value(st, i);
	}
	puts("}");
}

int main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;

	if (argc != 3)
		return 2;
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) ||
	    sqlite3_prepare_v2(db, argv[2], -1, &st, NULL))
		return failed(db);
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	while (sqlite3_step(st) == SQLITE_ROW)
		print_row(st);
	if (sqlite3_finalize(st))
		return failed(db);
	sqlite3_close(db);
	return fflush(stdout) ? 1 : 0;
}
