/* What a window is and what its source covers, kept for a moment: dashboards, explanations and a room full of clients
 * ask for many numbers of the same window, and finding its bounds costs a third of a number. Only of imported sources,
 * and only a guess: whoever uses it must find the same data version where the numbers come from, and ask anew when it
 * is another one or nothing says which it is. Shared by all threads; bounded. */
#ifndef FLASH_BOUNDS_KEPT_H
#define FLASH_BOUNDS_KEPT_H

#include <stdint.h>

#include "mcp/base/arena.h"
#include "mcp/db/db.h"

enum { BOUNDS_KEPT_SLOTS = 256, BOUNDS_KEPT_US = 5000000 };

/* The rows kept for a tenant's question (`key`), held by the arena, and how old they are; NULL when there are none. */
struct db_rows *bounds_kept_find(int tenant, const char *key, struct arena *arena, int64_t *age_us);

/* Keeps rows of a data version that were asked for at the monotonic moment `asked_us`, until `until_us` and
 * BOUNDS_KEPT_US at most. */
void bounds_kept_put(int tenant, const char *key, struct db_rows *rows, long long version, int64_t asked_us,
	int64_t until_us);

/* The tenant's data version was seen: what is kept of another one goes. */
void bounds_kept_saw(int tenant, long long version);

#endif
