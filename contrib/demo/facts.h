/* What happens around the orders: what goods cost, when money was given back, who came, and how
 * tiers changed. */
#ifndef FLASH_DEMO_FACTS_H
#define FLASH_DEMO_FACTS_H

#include "contrib/demo/history.h"

enum { FACTS_REFUNDS = 2, FACTS_VISITS = 3, FACTS_TIER_CHANGES = 2 * HISTORY_ORDERS + 1,
	FACTS_CATEGORIES = 8 };

struct refund {
	int64_t at;
	int32_t cents;
};

struct visit {
	int64_t at;
	int store;              /* -1 for the site and the app */
	enum channel channel;
};

struct tier_change {
	int64_t at;
	int from, to;           /* from is -1 at enrolment */
};

/* What a line's goods cost: a share of its amount that goes with the category; coffee costs more
 * since STORY_DEAR_DAYS before as-of. */
int32_t facts_cost(const struct world *world, struct draw *draw, size_t category, int64_t at,
	int32_t amount_cents);

/* The refunds of an order, which add up to its refund_cents and come after it, before as-of; how
 * many. */
int facts_refunds(const struct world *world, struct draw *draw, const struct order *order,
	struct refund refunds[FACTS_REFUNDS]);

/* The visits around an order: the one it was placed in (online always, in a shop one in five that
 * checked in), and online up to two in the weeks after that bought nothing. */
int facts_visits(const struct world *world, struct draw *draw, const struct order *order,
	struct visit visits[FACTS_VISITS]);

/* From enrolment on, at the end of the day that moved the member's net spend of 365 days over or
 * under a threshold, before as-of. The last one leads to history->tier. */
int facts_tier_changes(const struct world *world, const struct history *history,
	struct tier_change *changes);

#endif
