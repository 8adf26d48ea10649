/* Answers that may be given again while the tenant's data version stands. Shared by all threads; bounded. What is
 * found here is only fit to leave once the version that came with it has been compared with the database's. */
#ifndef FLASH_CACHE_H
#define FLASH_CACHE_H

#include <stdint.h>

#include "mcp/base/arena.h"

enum { CACHE_SETS = 256, CACHE_WAYS = 8, CACHE_TEXT_MOST = 8192, CACHE_LIFE_US = 600000000 };

/* The answer kept for (tenant, key), copied into `arena`, with its data version; NULL when there is none or its time
 * has passed. */
const char *cache_find(int tenant, const char *key, struct arena *arena, long long *version);

/* Keeps an answer until the monotonic moment `until_us`, ten minutes at most. Texts (key and answer together) above
 * CACHE_TEXT_MOST bytes are not kept. */
void cache_keep(int tenant, const char *key, const char *answer, long long version, int64_t until_us);

/* Forgets everything: for tests. */
void cache_clear(void);

#endif
