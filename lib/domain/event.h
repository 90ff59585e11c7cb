/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_EVENT_H
#define DOMAIN_EVENT_H

#include "base/buf.h"
#include "domain/mutate.h"

/*
 * What follows from a change outside of the database: an event, told to those
 * that wait for it in the transaction of the change itself, so that there is
 * no event without its change and no change without its event. Webhooks and
 * automations put what they are to do into queues of their own.
 */
struct event {
	int64_t activity; /* its row */
	const char *type; /* "task.completed" */
	int64_t project;  /* 0: of none */
	int64_t task;	  /* 0: of none, or the task is gone */
	int64_t at;	  /* milliseconds */
	const struct change *change;
	const char *changes;  /* JSON object, as in the activity */
	const char *metadata; /* JSON object; NULL: none */
	int depth;	      /* automations that led here */
};

/* Called by activity_record(), once for each activity. Costs one look for each
 * transaction while nobody waits for anything. */
int event_emit(struct awm_session *s, const struct event *e);

/*
 * Adds the event's `data`, an object: id, projectId, taskId, actor {id, email,
 * name}, changes, and the row, as it stands afterwards or last stood, under
 * the name of its entity. Secrets are never in it; prompts and responses are
 * left out, other long texts are cut. Nothing when `out` holds it already, so
 * that whoever needs it first makes it.
 */
int event_data(struct awm_session *s, const struct event *e, struct buf *out);

/* Whether the type is one that the pattern means: an exact type, "task.*" or
 * "*". */
bool event_matches(const char *pattern, const char *type);

#endif
