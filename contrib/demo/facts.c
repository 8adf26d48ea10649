#include "contrib/demo/facts.h"

#include "contrib/demo/civil.h"

enum { COFFEE = 2, SPEND_DAYS = 365 };

static const int64_t day_seconds = CIVIL_DAY_SECONDS;

/* In the order of the categories in brand.c. */
static const double cost_shares[FACTS_CATEGORIES] = { 0.42, 0.30, 0.36, 0.55, 0.52, 0.48, 0.45,
	0.58 };
static const double dear_coffee = 0.46;

int32_t facts_cost(const struct world *world, struct draw *draw, size_t category, int64_t at,
	int32_t amount_cents)
{
	int64_t dear = (int64_t)(world->as_of - STORY_DEAR_DAYS) * day_seconds;
	double share = category == COFFEE && at >= dear ? dear_coffee : cost_shares[category];

	return (int32_t)(amount_cents * share * (0.95 + 0.1 * draw_uniform(draw)));
}

/* A week after the order on average, in the hours that the shops keep; soon after it when its day
 * is the last one. */
static int64_t refund_moment(const struct world *world, struct draw *draw, int64_t bought)
{
	int day = (int)(bought / day_seconds), away = 1 + (int)(draw_exponential(draw) * 6);
	int left = world->as_of - 1 - day;
	uint32_t second = draw_below(draw, 36000);

	if (away > left)
		away = (int)draw_below(draw, (uint32_t)left + 1);
	if (away == 0)
		return bought + 300 + second / 30;
	return (day + away) * day_seconds + 34200 + second;
}

int facts_refunds(const struct world *world, struct draw *draw, const struct order *order,
	struct refund refunds[FACTS_REFUNDS])
{
	if (order->refund_cents == 0)
		return 0;
	bool twice = draw_chance(draw, 0.12) && order->refund_cents > 1;
	int32_t first = twice ? order->refund_cents / 2 : order->refund_cents;

	refunds[0] = (struct refund){ refund_moment(world, draw, order->at), first };
	if (!twice)
		return 1;
	refunds[1] = (struct refund){ refund_moment(world, draw, order->at),
		order->refund_cents - first };
	return 2;
}

int facts_visits(const struct world *world, struct draw *draw, const struct order *order,
	struct visit visits[FACTS_VISITS])
{
	bool online = order->channel != CHANNEL_STORE, checked_in = draw_chance(draw, 0.2);
	int idle = online ? (int)draw_below(draw, FACTS_VISITS) : 0, count = 0;

	if (online || checked_in)
		visits[count++] = (struct visit){ order->at - 60 - draw_below(draw, 1500), order->store,
			order->channel };
	for (int i = 0; i < idle; i++) {
		int64_t day = order->at / day_seconds + 1 + draw_below(draw, 20);
		int64_t second = 25200 + (int64_t)(draw_uniform(draw) * 59400);

		if (day < world->as_of)
			visits[count++] = (struct visit){ day * day_seconds + second, -1, order->channel };
	}
	return count;
}

static int64_t paid(const struct order *order)
{
	return order->gross_cents - order->discount_cents - order->refund_cents;
}

static int64_t order_day(const struct history *history, int index)
{
	return history->orders[index].at / day_seconds;
}

int facts_tier_changes(const struct world *world, const struct history *history,
	struct tier_change *changes)
{
	int in = 0, out = 0, tier = 0, made = 0;
	int64_t spent = 0;

	changes[made++] = (struct tier_change){ history->enrolled_at, -1, tier };
	for (;;) {
		/* The next day on which an order comes in, or falls out after a year. */
		int64_t day = in < history->count ? order_day(history, in) : world->as_of;

		if (out < in && order_day(history, out) + SPEND_DAYS < day)
			day = order_day(history, out) + SPEND_DAYS;
		if (day >= world->as_of)
			return made;
		for (; in < history->count && order_day(history, in) == day; in++)
			spent += paid(&history->orders[in]);
		for (; out < in && order_day(history, out) + SPEND_DAYS == day; out++)
			spent -= paid(&history->orders[out]);
		int next = world_tier_of(spent);

		if (next == tier)
			continue;
		changes[made++] = (struct tier_change){ (day + 1) * day_seconds - 60, tier, next };
		tier = next;
	}
}
