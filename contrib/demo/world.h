/* What the demo brand is before anybody buys: its calendar of busy and quiet days, stores,
 * tiers, campaigns and coupon pools, and the dates of the stories planted in it (README.md).
 * Days count from 1970-01-01. */
#ifndef FLASH_DEMO_WORLD_H
#define FLASH_DEMO_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "mcp/base/arena.h"
#include "contrib/demo/draw.h"

enum { WORLD_STORES = 40, WORLD_REGIONS = 5, WORLD_TIERS = 4, WORLD_CAMPAIGNS = 10, WORLD_POOLS = 8,
	WORLD_BEFORE_DAYS = 730 };   /* members joined up to so long before the first day written */

/* Days before as-of of the planted stories. */
enum { STORY_DRY_DAYS = 26, STORY_QUIET_DAYS = 60, STORY_OPT_OUT_DAYS = 21,
	STORY_DEAR_DAYS = 45, STORY_SILVER_REGION = 1 };

struct world {
	uint64_t seed;
	int first, start, as_of;   /* first to join, first written, first not written */
	int64_t dry_at;            /* local moment at which the popular pool was empty */
	double *clock;             /* brand time as each day starts: busy days are longer */
};

struct store { const char *name; int region; double weight; int opened_year; };
struct tier { const char *id, *name; int32_t threshold_cents; };
struct campaign { const char *id, *name, *type; int starts, ends; };   /* days relative to as-of */

enum pool_id { POOL_WELCOME, POOL_BIRTHDAY, POOL_AUTUMN, POOL_SCHOOL, POOL_SPRING, POOL_WINBACK,
	POOL_VIP, POOL_PARTNER };

struct pool {
	const char *id, *name, *prefix, *state;
	int campaign;                     /* index, or -1 */
	int32_t value_cents, cost_cents;
	int valid_days;
	double use_chance;                /* at an order that could use it */
	int spare_per_million;            /* codes never issued, per million members */
};

extern const char *const world_regions[WORLD_REGIONS];
extern const struct store world_stores[WORLD_STORES];
extern const struct tier world_tiers[WORLD_TIERS];
extern const struct campaign world_campaigns[WORLD_CAMPAIGNS];
extern const struct pool world_pools[WORLD_POOLS];

/* The world of a seed that ends before `as_of` and is written from `months` earlier. Owned by
 * the arena. */
struct world *world_make(struct arena *arena, uint64_t seed, int as_of, int months);

/* Brand time of the start of a day, and the day at a brand time (as_of when it lies beyond). */
double world_clock(const struct world *world, int day);
int world_day(const struct world *world, double clock);

/* A store in proportion to its size, of one region or (-1) of all. */
int world_pick_store(struct draw *draw, int region);

/* The tier that a net spend of 365 days gives. */
int world_tier_of(int64_t spent_cents);

#endif
