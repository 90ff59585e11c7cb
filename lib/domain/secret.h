/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_SECRET_H
#define DOMAIN_SECRET_H

#include "domain/mutate.h"

/*
 * Secrets of rows: the columns of type AWM_TYPE_SECRET. They are sealed before
 * they are stored and bound to database, table, column and row, so the row
 * exists before its secret does: this seals `plain` for column `field` of row
 * `id` and writes the envelope through mutate_edit(). The machine's key is
 * made at first use.
 */
int secret_store(struct awm_session *s, const struct awm_entity *e, int64_t id,
		 size_t field, const char *plain);

/* Before a transaction in which secret_store() will be called: a person may
 * have to be asked for a passphrase, which must not hold up other writers.
 * Nothing in a dry run. */
int secret_prepare(struct awm_session *s);

/*
 * The plain text of what secret_store() wrote. AWM_NOT_FOUND when nothing is
 * stored there; AWM_DENIED when this machine has no key, another key sealed
 * it, or it was changed or moved. Nothing is ever written, not even a missing
 * key. *ret lives in the arena and is to be overwritten with vault_wipe().
 */
int secret_read(struct awm_session *s, const struct awm_entity *e, int64_t id,
		size_t field, struct arena *a, char **ret, size_t *ret_len);
/* The same of an envelope that was moved from there to another column. */
int secret_open(struct awm_session *s, const struct awm_entity *e, int64_t id,
		size_t field, const char *envelope, struct arena *a, char **ret,
		size_t *ret_len);

/* What follows is for those who look after all of them. */

struct vault;
struct vault_place;

/* The session's vault, as the key file is now, and unlocked. With `create` a
 * missing key is made, otherwise it is AWM_NOT_FOUND. Borrowed until the next
 * call. */
int secret_open_vault(struct awm_session *s, bool create, struct vault **ret);
/* The same for who needs one: AWM_DENIED. */
int secret_vault(struct awm_session *s, bool create, struct vault **ret);
/* A passphrase from wherever there is one, three times from a person. Leaves a
 * vault that has none as it is. */
int secret_unlock(struct awm_session *s, struct vault *vault);
/* vault.keyFile, or NULL. */
const char *secret_key_file(const struct awm_session *s);
void secret_release(struct awm_session *s);

/* "value" of "id" in database_info; in the arena. */
int secret_database_id(struct awm_session *s, struct arena *a,
		       const char **ret);

struct secret {
	const struct awm_entity *entity;
	size_t field;
	int64_t id;
	const char *envelope; /* or whatever else stands there */
	bool quoted;	      /* it is the string of a JSON column */
};

/* What the column of a row holds; false: nothing. In the arena; NULL without
 * memory. */
bool secret_of(const struct awm_value *v, struct arena *a,
	       struct secret *secret);
/* The reverse: the text of the column. */
const char *secret_column(const struct secret *secret, const char *envelope,
			  struct arena *a);
struct vault_place secret_place(const struct secret *secret, const char *db_id);

/* Calls fn for every secret of the database, in order of table and row. What
 * it is given lives until it returns. */
typedef int secret_fn(void *ctx, const struct secret *secret);
int secret_each(struct awm_session *s, secret_fn *fn, void *ctx);
/* Those of one column, of at most `limit` (0: all) rows with higher ids. */
int secret_each_of(struct awm_session *s, const struct awm_entity *e,
		   size_t field, int64_t above, int64_t limit, secret_fn *fn,
		   void *ctx);

struct secret_check {
	void (*problem)(void *ctx, const char *line);
	void *ctx;
	int64_t unchecked; /* for want of their key: */
	const char *why;   /* as long as the session */
};
/* Tells of secrets that are malformed, and, where their key is, of those that
 * do not open: changed, or moved from another place. */
int secret_check_all(struct awm_session *s, struct secret_check *check);

#endif
