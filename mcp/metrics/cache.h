/* Answers that may be given again while the tenant's data version stands. Shared by all threads; bounded. What is
 * found here is only fit to leave once the version that came with it has been compared with the database's. */
#ifndef FLASH_CACHE_H
#define FLASH_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "mcp/base/arena.h"

enum { CACHE_SETS = 256, CACHE_WAYS = 8, CACHE_TEXT_MOST = 8192, CACHE_LIFE_US = 600000000 };

struct cache_answer {
	const char *text;      /* JSON as it is sent */
	int row_count, withheld;   /* of the call, for its audit */
	long long version;     /* of the data that it was made from */
};

/* The answer kept for (tenant, key), its text copied into `arena`; false when there is none or its time has passed. */
bool cache_find(int tenant, const char *key, struct arena *arena, struct cache_answer *answer);

/* Keeps an answer until the monotonic moment `until_us`, ten minutes at most. Texts (key and answer together) above
 * CACHE_TEXT_MOST bytes are not kept. */
void cache_keep(int tenant, const char *key, const struct cache_answer *answer, int64_t until_us);

/* Forgets everything: for tests. */
void cache_clear(void);

#endif
