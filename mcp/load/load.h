/* One import into one tenant, over the owner's connection: rows go by COPY into temporary tables and from there, at
 * the end, in one transaction into the tenant's data. Until load_commit() has answered nothing has changed. */
#ifndef FLASH_LOAD_H
#define FLASH_LOAD_H

#include <jansson.h>
#include <stdint.h>

#include "mcp/base/seal.h"
#include "mcp/db/db.h"

struct load;

/* Begins. `zone` is that of local times; NULL takes the tenant's. `admin` is the owner's connection, for the while. */
struct load *load_open(struct db *admin, const struct seal *seal, int tenant, const char *zone, struct error *error);

/* The rows of one entity, between begin and end. Values as agent/import_fields.def lists them, NULL for empty; names,
 * addresses and phone numbers are sealed here and leave this process sealed only. */
bool load_begin(struct load *load, const char *entity, struct error *error);
bool load_row(struct load *load, const char *file, int64_t line, const char *const *values, size_t count,
	struct error *error);
bool load_end(struct load *load, struct error *error);

/* Merges what was staged, entity by entity in the order of their begins; `merged` is told of each. Then `tier_days` of
 * spend decide the tiers (0: all time, -1: they stay), statistics and data version follow, and all is committed.
 * `*report` (owned by `arena`): {"entities": [{entity, rows, added, changed}], "skipped": n, "skipped_rows": [first
 * 1000], "data_version": n}. */
bool load_commit(struct load *load, int tier_days, const char *what, void (*merged)(void *context, const char *entity),
	void *context, struct arena *arena, json_t **report, struct error *error);

/* After a commit: sums up the days of orders that changed, each in a transaction of its own; `rolled` is told how many
 * are left. False when it could not: the daemon does the rest, and answers are right meanwhile. */
bool load_roll(struct load *load, void (*rolled)(void *context, long long left), void *context, struct error *error);

/* Ends it; without a commit everything is as it was. */
void load_close(struct load *load);

#endif
