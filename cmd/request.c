/* SPDX-License-Identifier: MIT */
#include "cmd/request.h"

#include <string.h>

#include "base/json.h"
#include "base/jsonw.h"
#include "base/utf8.h"
#include "cmd/noun.h"
#include "cmd/out.h"
#include "cmd/report.h"

static int keep(struct run *r, struct buf *b, struct awm_value *ret)
{
	if (buf_check(b))
		return -AWM_NOMEM;
	*ret = awm_value_text(arena_strndup(&r->arena, buf_str(b), b->len));
	return ret->s ? 0 : -AWM_NOMEM;
}

static int headers_json(struct run *r, const struct awm_exec_request *q,
			struct awm_value *ret)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};

	jsonw_object(&w);
	for (size_t i = 0; i < q->nheaders; i++) {
		jsonw_key(&w, q->headers[i].name);
		jsonw_str(&w, q->headers[i].value);
	}
	jsonw_end_object(&w);
	return keep(r, &b, ret);
}

static int argv_json(struct run *r, const struct awm_exec_request *q,
		     struct awm_value *ret)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};

	jsonw_array(&w);
	for (size_t i = 0; q->argv[i]; i++)
		jsonw_str(&w, q->argv[i]);
	jsonw_end_array(&w);
	return keep(r, &b, ret);
}

/* A mail is no JSON; in a row it is a string. */
static int text_json(struct run *r, const char *text, struct awm_value *ret)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};

	err_clear();
	jsonw_str(&w, text);
	return keep(r, &b, ret);
}

/* ---- as a row ---- */

static const struct awm_field http_fields[] = {
	{.name = "method", .label = "Method", .type = AWM_TYPE_TEXT},
	{.name = "url", .label = "URL", .type = AWM_TYPE_TEXT},
	{.name = "headers", .label = "Headers", .type = AWM_TYPE_JSON},
	{.name = "body", .label = "Body", .type = AWM_TYPE_JSON},
};

static const struct awm_field command_fields[] = {
	{.name = "argv", .label = "Command", .type = AWM_TYPE_JSON},
	{.name = "stdin", .label = "Input", .type = AWM_TYPE_TEXT},
};

static int http_row(struct run *r, const struct awm_exec_request *q,
		    struct awm_record **ret)
{
	struct awm_value v[] = {
		awm_value_text(q->method),
		awm_value_text(q->url),
		AWM_VALUE_NULL,
		awm_value_text(q->body),
	};
	int err = headers_json(r, q, &v[2]);

	if (!err && q->body && !json_well_formed(q->body, strlen(q->body)))
		err = text_json(r, q->body, &v[3]);
	if (err)
		return err;
	*ret = noun_row(r, http_fields, v, ARRAY_LEN(v));
	return *ret ? 0 : -AWM_NOMEM;
}

static int command_row(struct run *r, const struct awm_exec_request *q,
		       struct awm_record **ret)
{
	struct awm_value v[] = {AWM_VALUE_NULL, awm_value_text(q->input)};
	int err = argv_json(r, q, &v[0]);

	if (err)
		return err;
	*ret = noun_row(r, command_fields, v, ARRAY_LEN(v));
	return *ret ? 0 : -AWM_NOMEM;
}

static int row_of(struct run *r, const struct awm_exec_request *q,
		  struct awm_record **ret)
{
	return q->argv ? command_row(r, q, ret) : http_row(r, q, ret);
}

/* ---- as text ---- */

static int put_text(const char *text)
{
	_cleanup_buf_ struct buf b = {0};

	if (!out_is_tty())
		return out_adds(text);
	utf8_add_escaped(&b, text, strlen(text), true);
	return buf_check(&b) ? -AWM_NOMEM : out_add(b.s, b.len);
}

static int put_command(const struct awm_exec_request *q)
{
	int err = 0;

	for (size_t i = 0; q->argv[i] && !err; i++) {
		bool plain = *q->argv[i] && !strpbrk(q->argv[i], " \t\n'\"\\");

		err = out_adds(i ? " " : "");
		if (!err && !plain)
			err = out_adds("'");
		if (!err)
			err = put_text(q->argv[i]);
		if (!err && !plain)
			err = out_adds("'");
	}
	if (!err)
		err = out_adds("\n\n");
	if (!err)
		err = put_text(q->input);
	return err ? err : out_adds("\n");
}

static int put_http(const struct awm_exec_request *q)
{
	int err = out_addf("%s ", q->method);

	if (!err)
		err = put_text(q->url);
	if (!err)
		err = out_adds("\n");
	for (size_t i = 0; i < q->nheaders && !err; i++) {
		err = put_text(q->headers[i].name);
		if (!err)
			err = out_adds(": ");
		if (!err)
			err = put_text(q->headers[i].value);
		if (!err)
			err = out_adds("\n");
	}
	if (err || !q->body)
		return err;
	err = out_adds("\n");
	if (!err)
		err = put_text(q->body);
	return err ? err : out_adds("\n");
}

bool request_wants_rows(const struct run *r)
{
	return r->globals.format != FORMAT_TABLE || r->globals.fields;
}

int request_show(struct run *r, const struct awm_exec_request *q, bool many)
{
	struct awm_record *row;
	int err;

	if (r->globals.quiet)
		return 0;
	if (!request_wants_rows(r))
		return q->argv ? put_command(q) : put_http(q);
	err = row_of(r, q, &row);
	if (err)
		return err;
	return many ? report_row(r, row) : report_one(r, row);
}
