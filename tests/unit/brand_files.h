/* For the tests of the demo brand: a brand written into a folder of its own, and removed again. */
#ifndef FLASH_BRAND_FILES_H
#define FLASH_BRAND_FILES_H

#include <unistd.h>

#include "contrib/demo/brand.h"
#include "mcp/base/arena.h"
#include "tests/unit/check.h"

static const char *const brand_file_names[] = { "stores.csv", "tiers.csv", "members.csv",
	"consents.csv", "orders.csv", "order_lines.csv", "campaigns.csv", "coupon_pools.csv",
	"coupons.csv", "redemptions.csv", "points.csv", "refunds.csv", "visits.csv",
	"message_events.csv", "tier_changes.csv" };
enum { BRAND_FILES = sizeof brand_file_names / sizeof brand_file_names[0] };

/* The folder that all of a program's brands are in: made first; removed last, as a case of its own
 * that fails when a test left something behind. */
static char brand_folder[] = "/tmp/flashd-brand-XXXXXX";

static inline void brand_begin(void)
{
	if (mkdtemp(brand_folder) == NULL)
		abort();
}

static inline void brand_end(void)
{
	CHECK(rmdir(brand_folder) == 0);
}

/* A brand as of 2026-11-20. */
static inline struct brand_options brand_options_for(uint32_t members, uint64_t seed)
{
	struct brand_options chosen = brand_defaults();
	struct error error;

	chosen.members = members;
	chosen.seed = seed;
	CHECK(brand_day("2026-11-20", &chosen.as_of, &error));
	return chosen;
}

/* Writes a brand into folder/NAME; the folder's path. */
static inline const char *brand_make(struct arena *arena, const char *name, uint32_t members,
	uint64_t seed)
{
	const char *path = arena_format(arena, "%s/%s", brand_folder, name);
	struct brand_options chosen = brand_options_for(members, seed);
	struct error error = { .code = ERROR_NONE };

	if (!brand_write(&chosen, path, NULL, NULL, &error))
		printf("# %s\n", error.text);
	CHECK_INT(error.code, ERROR_NONE);
	return path;
}

static inline void brand_remove(struct arena *arena, const char *path)
{
	for (size_t i = 0; i < BRAND_FILES; i++)
		unlink(arena_format(arena, "%s/%s", path, brand_file_names[i]));
	CHECK_INT(rmdir(path), 0);
}

#endif
