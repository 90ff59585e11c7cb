/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_EXEC_H
#define DOMAIN_EXEC_H

#include <awm/exec.h>

#include "base/json.h"
#include "base/mask.h"
#include "domain/execution.h"
#include "domain/prompt.h"
#include "domain/provider.h"
#include "edge/net.h"
#include "edge/process.h"

/* What the files of lib/domain/exec_*.c share: runs on their way. */

enum exec_state {
	EXEC_WAITING, /* has not begun */
	EXEC_RUNNING, /* an attempt is under way */
	EXEC_PAUSED,  /* until the next attempt */
	EXEC_OVER,    /* an attempt has ended and is to be judged */
	EXEC_DONE
};

/* Why awm itself ended an attempt. */
enum exec_cut {
	CUT_NONE,
	CUT_INTERRUPT, /* the session was interrupted, or a hook said so */
	CUT_CANCEL,    /* somebody asked for it elsewhere */
	CUT_COST,
	CUT_TIMEOUT /* of a command; transfers have their own */
};

struct exec_job {
	struct exec *exec;
	const struct awm_exec_spec *spec;
	size_t run; /* its place in the order of beginning */
	enum exec_state state;
	struct arena arena; /* until it has ended */

	/* exec_prepare() */
	int64_t project, order;
	bool serial;
	struct exec_job *before; /* the serial one that it waits for */
	struct prompt prompt;
	cJSON *schema; /* owned */
	const char *schema_name;
	const char *model;
	struct provider_access access;
	struct provider_http http;
	struct net_header *headers;
	size_t nheaders;
	const char *input; /* of a command */
	bool stream;

	/* exec_money() */
	int64_t max_tokens; /* 0: none is sent */
	int64_t prompt_bytes;
	bool priced, has_limit, has_estimate;
	struct provider_rates rates;
	double limit, estimate;

	/* while it runs */
	int64_t execution;
	int64_t begun, deadline, resume, settle, first; /* clock; 0: none */
	int64_t retries;
	enum exec_cut cut;
	struct provider_reader *reader;
	struct net_call *call;
	struct process *process;
	struct buf out;	  /* of a command */
	size_t given;	  /* bytes of the answer that came */
	struct mask mask; /* of the key, in the text that is shown */
	bool failed;	  /* the transfer did not end well: */
	enum net_fault fault;
	char fault_message[256];

	struct awm_exec_result *result;
};

struct exec {
	struct awm_session *session;
	const struct awm_exec_opts *opts;
	const struct awm_exec_hooks *hooks;
	struct arena *arena; /* the caller's: what results hold */
	struct exec_job *jobs;
	size_t n;
	struct exec_job **active;
	size_t nactive, jobs_max;
	size_t next; /* no job before it waits */
	int64_t timeout_ms, idle_ms, retries;
	const char *proxy;
	int stop_rc; /* why all are to end, beside an interrupt */
	struct awm_error stop_error;
	bool stopped;
	int epoll, wake;
	const struct net_ops *ops;
	struct net *net;
	int64_t looked; /* when it was last asked who wants an end */
};

/* Milliseconds that only go forward. */
int64_t exec_clock(void);
/* All are to end with the error that is set; rc 0: nothing. */
void exec_stop(struct exec *x, int rc);
/* One line to whoever listens. */
void exec_notice(struct exec_job *job, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* exec_input.c: the input of a template as an object; owned, NULL for none. */
int exec_input(struct awm_session *s, const struct awm_exec_spec *spec,
	       cJSON **ret);

/* exec_prepare.c: everything that can be known before anything leaves.
 * Writes nothing. */
int exec_settle_opts(struct exec *x);
int exec_prepare(struct exec_job *job);
int exec_build(struct exec_job *job);
void exec_job_release(struct exec_job *job);

/* exec_money.c: what the run may cost; AWM_INVALID for more than it may. */
int exec_money(struct exec_job *job);
/* Whether what has come costs more already. */
bool exec_is_dear(const struct exec_job *job);

/* exec_attempt.c. */
int exec_attempt(struct exec_job *job);
/* A step of a command. */
void exec_step(struct exec_job *job);
void exec_cut(struct exec_job *job, enum exec_cut why);
/* The attempt is over: shows what was held back of its text. */
void exec_show_rest(struct exec_job *job);
/* What came, as an answer: texts in the job's arena. */
int exec_answer(struct exec_job *job, struct provider_answer *ret);

/* exec_end.c: judges an attempt that is over: another one follows, or the row
 * is ended and told of. */
void exec_judge(struct exec_job *job);
/* One whose attempt could not be made; the error is set. */
void exec_fail(struct exec_job *job, int rc);
/* One that does not begin. */
void exec_skip(struct exec_job *job, int code, const char *message);
/* Keeps the error that is set as the job's result, and tells of it. */
void exec_finish(struct exec_job *job, int rc);

/* exec_loop.c */
void exec_loop(struct exec *x);

#endif
