/* One member's life: joins, buys at a pace of its own until it silently stops (the BG/NBD
 * story), gets and uses coupons, sends things back. Made whole in memory, member by member, so
 * that the brand streams to disk. */
#ifndef FLASH_DEMO_HISTORY_H
#define FLASH_DEMO_HISTORY_H

#include "contrib/demo/world.h"

enum { HISTORY_ORDERS = 600, HISTORY_COUPONS = 64, HISTORY_PASSING = 40 };

enum channel { CHANNEL_STORE, CHANNEL_WEB, CHANNEL_APP };

struct order {
	int64_t at;
	int32_t gross_cents, discount_cents, refund_cents;
	int units, store;       /* store is -1 when bought online */
	enum channel channel;
	int coupon;             /* index of the coupon used, or -1 */
};

struct coupon {
	int64_t issued_at, expires_at;
	enum pool_id pool;
	int order;              /* index of the order it was used at, or -1 */
};

struct history {
	uint32_t member;
	int64_t enrolled_at;
	int home, source, tier;             /* tier as of the last day, by the net spend of 365 days */
	int birthday;                       /* day of the year, 0 to 364 */
	int count, written;                 /* orders, and the first of them on or after world->start */
	int coupon_count;
	struct order orders[HISTORY_ORDERS];
	struct coupon coupons[HISTORY_COUPONS];
};

extern const char *const history_sources[6];

/* Fills `history` with the life of member number `member` (from 1). */
void history_make(const struct world *world, uint32_t member, struct history *history);

/* Orders by people who are no members, one in five of all: slot `member` of them, at most
 * HISTORY_PASSING, into `orders`; how many. */
int history_passers_by(const struct world *world, uint32_t member, struct order *orders);

#endif
