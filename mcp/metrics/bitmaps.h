/* Which members bought on which local day, and which are in which tier: sets in memory, a tenant at a time, each time
 * of one data version. Distinct members of any days are counted from them (count.h), exactly as SQL would. Days come
 * from data.day_members, stale ones from the orders themselves; tiers from the members, then from data.tier_moves.
 * Shared by all threads: what one holds nobody changes. */
#ifndef FLASH_BITMAPS_H
#define FLASH_BITMAPS_H

#include <stdatomic.h>

#include "mcp/base/memberset.h"
#include "mcp/db/db.h"

/* A set and how many hold it. */
struct shared_set {
	atomic_int holders;
	struct memberset *set;
};

struct day_set {
	int day;                  /* as in day.h */
	struct shared_set *shared;
};

struct tier_set {
	char *tier, *name;        /* name: as people say it, or NULL */
	struct shared_set *shared;
};

struct bitmaps {
	atomic_int holders;
	long long version, revision, move;    /* data version, newest kept set and move between tiers that are in here */
	char zone[64];
	struct day_set *days;                 /* ascending; a day that is not here had nobody */
	size_t day_count;
	struct tier_set *tiers;               /* a member is in one at most */
	size_t tier_count;
};

/* Whether questions are counted from memory. Off at start: SQL counts. */
void bitmaps_switch(bool on);

/* The tenant's sets at a data version, brought up to it by one statement over `db` when little has changed. NULL: SQL
 * must count (off, not loaded, too much has changed); `moved` then says whether that is because the data are of another
 * version already. Give back with bitmaps_release(). */
const struct bitmaps *bitmaps_hold(struct db *db, int tenant, long long version, bool *moved);
void bitmaps_release(const struct bitmaps *bitmaps);

/* Whether sets that are not there are only being read, which takes a moment: bitmaps_hold() then waits for them. */
void bitmaps_expect(bool soon);

/* While a question is counted by SQL because the sets are not there: their making gives way to it. bitmaps_give_way()
 * returns when there is no such question, after `most_ms` in any case. */
void bitmaps_miss_begin(void);
void bitmaps_miss_end(void);
void bitmaps_give_way(int most_ms);

/* Makes the kept sets of some stale days anew, and says whether there were more; bitmaps_load() reads all into memory,
 * or what is missing. For upkeep.h. False with what the database said. */
bool bitmaps_rebuild(struct db *db, int tenant, bool *more, struct error *error);
bool bitmaps_load(struct db *db, int tenant, struct error *error);

/* How many questions were counted from memory, and the bytes of a tenant's sets. */
size_t bitmaps_served(void);
size_t bitmaps_size(int tenant);

/* Forgets everything: for tests, and at the end. */
void bitmaps_clear(void);

#endif
