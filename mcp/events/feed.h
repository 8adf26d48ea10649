/* A feed and what it sends, into the database. A feed is named by the path it sends to, /api/events/TENANT/FEED, so
 * that the tenant is known before anything is looked up. */
#ifndef FLASH_FEED_H
#define FLASH_FEED_H

#include "event_read.h"
#include "mcp/base/seal.h"
#include "mcp/db/db.h"

struct feed {
	int tenant;
	char name[41];
	char secret[160];         /* whsec_…; empty when there is no such feed */
};

/* The tenant and the name in "/api/events/3/pos"; false when it is not such a path. */
bool feed_parse(const char *target, struct feed *feed);

/* Fills in the secret. A feed that is not there, or was revoked, gets a secret that nobody has, so that it takes the
 * same way and time; `*known` tells. False when it could not be looked up. */
bool feed_find(struct db *db, const struct seal *seal, struct feed *feed, bool *known, struct error *error);

/* A batch as columns for feed_take, what is personal in it sealed. */
struct bulks feed_columns(const struct seal *seal, const struct feed *feed, const struct event_batch *batch,
	struct arena *arena);

/* Takes a batch in one transaction with its audit row under `call`; `body_hash` is of the request's body. The answer is
 * what the sender gets. What was not taken for certain may be sent again: nothing counts twice. */
bool feed_take(struct db *db, const struct feed *feed, const struct event_batch *batch, const struct bulks *columns,
	const char *call, const char *body_hash, struct arena *arena, json_t **answer, struct error *error);

#endif
