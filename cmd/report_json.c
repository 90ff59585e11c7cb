/* SPDX-License-Identifier: MIT */
#include "cmd/out.h"
#include "cmd/report.h"

/* json: an array of objects, written as they come; jsonl: one a line. */

static void start(struct report *rep, unsigned indent)
{
	rep->json = (struct jsonw){.out = &rep->buf, .indent = indent};
}

static unsigned indent(void)
{
	return out_is_tty() ? 2 : 0;
}

static void object(struct report *rep, const struct awm_record *row)
{
	struct jsonw *w = &rep->json;

	jsonw_object(w);
	for (size_t i = 0; i < rep->nplaces; i++) {
		size_t place = rep->places[i];

		jsonw_key(w, report_name(rep, row, i));
		if (place == PLACE_NONE)
			jsonw_null(w);
		else if (place >= PLACE_RELATION)
			relation_json(w,
				      row->relations + place - PLACE_RELATION);
		else
			value_json(w, row->fields[place], row->values + place);
	}
	jsonw_end_object(w);
}

static int json_begin(struct report *rep)
{
	start(rep, indent());
	jsonw_array(&rep->json);
	return report_put(rep);
}

static int json_row(struct report *rep, const struct awm_record *row)
{
	object(rep, row);
	return report_put(rep);
}

static int json_end(struct report *rep)
{
	jsonw_end_array(&rep->json);
	buf_addc(&rep->buf, '\n');
	return report_put(rep);
}

static int json_one(struct report *rep, const struct awm_record *row)
{
	start(rep, indent());
	object(rep, row);
	buf_addc(&rep->buf, '\n');
	return report_put(rep);
}

static int nothing(struct report *rep)
{
	(void)rep;
	return 0;
}

static int jsonl_row(struct report *rep, const struct awm_record *row)
{
	start(rep, 0);
	object(rep, row);
	buf_addc(&rep->buf, '\n');
	return report_put(rep);
}

const struct report_writer report_json = {json_begin, json_row, json_end,
					  json_one};
const struct report_writer report_jsonl = {nothing, jsonl_row, nothing,
					   jsonl_row};
