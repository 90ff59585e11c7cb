/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_NOTIFY_H
#define DOMAIN_NOTIFY_H

#include "domain/mutate.h"

/*
 * Notifications, written in the transaction of what they tell of. Nobody is
 * told of what he did himself, and nobody of what his preferences
 * (notifications.mentions, notifications.assignments) decline.
 */

enum notify_kind {
	NOTIFY_ASSIGNMENT, /* "task.assigned" */
	NOTIFY_MENTION,	   /* "comment.mention" */
	NOTIFY_WATCHED,	   /* "task.changed" */
	NOTIFY_DUE,	   /* "task.due": nobody did it, so everyone is told */
	NOTIFY_WEBHOOK,	   /* "webhook.disabled": nobody did that either */
	NOTIFY_AUTOMATION  /* "automation.notice": one of its own, maybe */
};

struct notice {
	enum notify_kind kind;
	int64_t user;	     /* who is told */
	int64_t project;     /* 0: none */
	int64_t task;	     /* 0: none */
	const char *title;   /* one line; cut to what a title may be */
	const char *content; /* what happened, in words */
	const char *action;  /* what to do next; NULL: show the task, or else
				the project */
};

/* Writes the notification unless the user did it himself or declines it. */
int notify_send(struct awm_session *s, const struct notice *n);
/* Writes it in any case; `arena` and `ret` may be NULL. */
int notify_write(struct awm_session *s, const struct notice *n,
		 struct arena *arena, struct awm_record **ret);

/* What follows from a change: assignment, and the watchers of a task. Called
 * by mutate once the row is written. */
int notify_change(struct awm_session *s, const struct change *c);

/* "Task 12: Buy milk" */
const char *notify_task_title(struct arena *a, int64_t id, const char *title);

#endif
