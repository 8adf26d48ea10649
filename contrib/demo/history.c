#include "contrib/demo/history.h"

#include <math.h>

#include "contrib/demo/civil.h"
#include "contrib/demo/kinds.h"

const char *const history_sources[6] = { "store", "web", "app", "referral", "social", "search" };

static const double source_weights[6] = { 0.44, 0.22, 0.10, 0.11, 0.08, 0.05 };

/* BG/NBD in days of brand time: buying rate gamma(shape, scale), chance to stop after each
 * purchase beta(a, b). */
static const double rate_shape = 0.85, rate_scale = 0.028, stop_a = 0.55, stop_b = 3.6;
static const double buyers = 0.94, joined_before = 0.36;

static const int64_t day_seconds = CIVIL_DAY_SECONDS;

/* Joining: a third before the window, the rest in it, more every month. */
static int joining_day(const struct world *world, struct draw *draw)
{
	double u = draw_uniform(draw), v = draw_uniform(draw), growth = 0.9;
	double span = world->as_of - world->start;

	if (u < joined_before)
		return world->first + (int)(v * WORLD_BEFORE_DAYS);
	/* Density 1 + growth * place. */
	double place = (sqrt(1 + v * growth * (2 + growth)) - 1) / growth;

	return world->start + (int)(place * span);
}

/* A moment on a day: shops 9:30 to 20:00 with a peak towards the evening, online from 7:00 to
 * 23:30. */
static int64_t moment(struct draw *draw, int day, enum channel channel)
{
	double u = draw_uniform(draw), v = draw_uniform(draw), high = u > v ? u : v;
	double seconds = channel == CHANNEL_STORE ? 34200 + (0.35 * u + 0.65 * high) * 37800 :
		25200 + high * 59400;

	return (int64_t)day * day_seconds + (int64_t)seconds;
}

static enum channel pick_channel(const struct world *world, struct draw *draw, int day,
	double online)
{
	double place = (double)(day - world->first) / (world->as_of - world->first);

	if (!draw_chance(draw, online * (0.75 + 0.5 * place)))
		return CHANNEL_STORE;
	return draw_chance(draw, 0.15 + 0.3 * place) ? CHANNEL_APP : CHANNEL_WEB;
}

static int pick_shop(struct draw *draw, int home)
{
	double u = draw_uniform(draw);

	if (u < 0.80)
		return home;
	return world_pick_store(draw, u < 0.95 ? world_stores[home].region : -1);
}

static void sort_orders(struct order *orders, int count)
{
	for (int i = 1; i < count; i++) {
		struct order order = orders[i];
		int j = i;

		for (; j > 0 && orders[j - 1].at > order.at; j--)
			orders[j] = orders[j - 1];
		orders[j] = order;
	}
	for (int i = 1; i < count; i++)
		if (orders[i].at <= orders[i - 1].at)
			orders[i].at = orders[i - 1].at + 1;
}

/* When and where this member bought. */
static void live(const struct world *world, struct history *history, struct draw *draw)
{
	int day = joining_day(world, draw);
	double clock = world_clock(world, day), width = world_clock(world, day + 1) - clock;
	double rate = draw_gamma(draw, rate_shape) * rate_scale, stop = draw_beta(draw, stop_a, stop_b);
	double online = draw_beta(draw, 1.1, 1.9);

	clock += draw_uniform(draw) * width;
	history->count = 0;
	if (!draw_chance(draw, buyers)) {
		history->enrolled_at = moment(draw, day, CHANNEL_WEB);
		return;
	}
	while (day < world->as_of && history->count < HISTORY_ORDERS) {
		struct order *order = &history->orders[history->count++];

		*order = (struct order){ .coupon = -1, .store = -1 };
		order->channel = pick_channel(world, draw, day, online);
		order->at = moment(draw, day, order->channel);
		if (order->channel == CHANNEL_STORE)
			order->store = pick_shop(draw, history->home);
		if (draw_chance(draw, stop))
			break;
		clock += draw_exponential(draw) / rate;
		day = world_day(world, clock);
	}
	sort_orders(history->orders, history->count);
	history->enrolled_at = history->orders[0].at - 150;
}

/* Baskets around the member's own level, in cents; shop sales in January and July take something
 * off. */
static void fill_basket(struct draw *draw, struct order *order, double level)
{
	double cents = exp(level + 0.48 * draw_normal(draw));
	int month = civil_date((int)(order->at / day_seconds)).month;

	order->gross_cents = (int32_t)(cents < 290 ? 290 : cents > 60000 ? 60000 : cents);
	order->units = 1 + (int)(order->gross_cents / 2200.0 * (0.6 + 0.8 * draw_uniform(draw)));
	if (draw_chance(draw, month == 1 || month == 7 ? 0.30 : 0.07))
		order->discount_cents = (int32_t)(order->gross_cents * (0.10 + 0.15 * draw_uniform(draw)));
}

/* Spend of the 365 days before `at`; net takes discounts and refunds off. */
static int64_t spend(const struct history *history, int64_t at, bool net)
{
	int64_t sum = 0;

	for (int i = 0; i < history->count; i++) {
		const struct order *order = &history->orders[i];

		if (order->at >= at - 365 * day_seconds && order->at < at)
			sum += order->gross_cents - (net ? order->discount_cents + order->refund_cents : 0);
	}
	return sum;
}

/* The story of the quiet region: three in five of its Silver members have not bought since. */
static void fall_quiet(const struct world *world, struct history *history, struct draw *draw)
{
	int64_t quiet = (world->as_of - STORY_QUIET_DAYS) * day_seconds;

	if (!draw_chance(draw, 0.6) || world_stores[history->home].region != STORY_SILVER_REGION ||
		history->enrolled_at >= quiet || world_tier_of(spend(history, quiet, false)) != 1)
		return;
	while (history->count > 0 && history->orders[history->count - 1].at >= quiet)
		history->count--;
}

static bool bought_between(const struct history *history, int64_t from, int64_t to)
{
	for (int i = history->count - 1; i >= 0 && history->orders[i].at >= from; i--)
		if (history->orders[i].at < to)
			return true;
	return false;
}

static void give(const struct world *world, struct history *history, enum pool_id pool, int64_t at)
{
	const struct pool *rules = &world_pools[pool];
	int64_t day = at / day_seconds, last = day + rules->valid_days;

	if (at < world->start * day_seconds || at >= world->as_of * day_seconds ||
		at < history->enrolled_at || history->coupon_count == HISTORY_COUPONS)
		return;
	if (pool == POOL_SCHOOL || pool == POOL_SPRING) {
		int64_t end = world->as_of + world_campaigns[rules->campaign].ends;

		last = last < end ? last : end;
	}
	history->coupons[history->coupon_count++] = (struct coupon){
		.issued_at = at, .expires_at = (last + 1) * day_seconds - 1, .pool = pool, .order = -1,
	};
}

/* A campaign's coupons: to everybody who bought in the half year before, every `every` days,
 * until its pool or the campaign ends. */
static void give_rounds(const struct world *world, struct history *history, struct draw *draw,
	enum pool_id pool, int every, int64_t until)
{
	const struct campaign *campaign = &world_campaigns[world_pools[pool].campaign];
	int64_t second = 8 * 3600 + (int64_t)draw_below(draw, 12 * 3600);
	int64_t day = world->as_of + campaign->starts + (int64_t)draw_below(draw, (uint32_t)every);
	int64_t at = day * day_seconds + second;

	for (; at < until; at += every * day_seconds)
		if (bought_between(history, at - 180 * day_seconds, at))
			give(world, history, pool, at);
}

static void give_yearly(const struct world *world, struct history *history, struct draw *draw)
{
	bool partner = draw_chance(draw, 0.12);
	int vip_shift = (int)draw_below(draw, 60), partner_day = 200 + (int)draw_below(draw, 150);

	for (int year = civil_date(world->start).year; year <= civil_date(world->as_of).year; year++) {
		int64_t at = (civil_day(year, 1, 1) + history->birthday) * day_seconds + 7 * 3600 + 1800;

		if (bought_between(history, at - 365 * day_seconds, at))
			give(world, history, POOL_BIRTHDAY, at);
	}
	for (int day = world->start + vip_shift; day < world->as_of; day += 91) {
		int64_t at = day * day_seconds + 10 * 3600;

		if (world_tier_of(spend(history, at, false)) >= 2)
			give(world, history, POOL_VIP, at);
	}
	if (partner)
		give(world, history, POOL_PARTNER, (world->as_of - partner_day) * day_seconds + 9 * 3600);
}

/* What this member was sent, soonest first. */
static void give_coupons(const struct world *world, struct history *history, struct draw *draw)
{
	struct draw missed = *draw;

	draw_next(draw);
	history->coupon_count = 0;
	give(world, history, POOL_WELCOME, history->enrolled_at + 600);
	give_rounds(world, history, draw, POOL_SPRING, 25, (world->as_of - 210) * day_seconds);
	give_rounds(world, history, draw, POOL_SCHOOL, 16, (world->as_of - 75) * day_seconds);
	give_rounds(world, history, draw, POOL_AUTUMN, 17, world->dry_at);
	give_yearly(world, history, draw);
	for (int i = 0; i < history->count; i++) {
		int64_t at = history->orders[i].at + 120 * day_seconds;
		bool away = i + 1 == history->count || history->orders[i + 1].at > at;

		if (draw_chance(&missed, 0.35) && away)
			give(world, history, POOL_WINBACK, at - at % day_seconds + 9 * 3600 + 900);
	}
	for (int i = 1; i < history->coupon_count; i++) {
		struct coupon coupon = history->coupons[i];
		int j = i;

		for (; j > 0 && history->coupons[j - 1].issued_at > coupon.issued_at; j--)
			history->coupons[j] = history->coupons[j - 1];
		history->coupons[j] = coupon;
	}
}

/* A basket must be worth twice the coupon. */
static bool can_use(const struct coupon *coupon, const struct order *order)
{
	return coupon->order < 0 && coupon->issued_at + 600 <= order->at &&
		order->at <= coupon->expires_at &&
		order->gross_cents >= 2 * world_pools[coupon->pool].value_cents;
}

/* At each order, the coupon that would expire first. */
static void use_coupons(struct history *history, struct draw *draw)
{
	for (int i = history->written; i < history->count; i++) {
		struct order *order = &history->orders[i];
		struct coupon *best = NULL;

		for (int c = 0; c < history->coupon_count; c++) {
			struct coupon *coupon = &history->coupons[c];

			if (can_use(coupon, order) &&
				(best == NULL || coupon->expires_at < best->expires_at))
				best = coupon;
		}
		if (best == NULL || !draw_chance(draw, world_pools[best->pool].use_chance))
			continue;
		best->order = i;
		order->coupon = (int)(best - history->coupons);
		/* A coupon stands in place of a sale price. */
		order->discount_cents = world_pools[best->pool].value_cents;
	}
}

/* About 3 in 100 orders come back, half of them whole. */
static void send_back(const struct world *world, struct order *orders, int count, uint32_t member,
	uint64_t kind)
{
	struct draw draw = draw_stream(world->seed, DRAW_REFUND, (uint64_t)member * 2 + kind);

	for (int i = 0; i < count; i++) {
		int32_t paid = orders[i].gross_cents - orders[i].discount_cents;

		if (draw_chance(&draw, 0.03))
			orders[i].refund_cents = draw_chance(&draw, 0.5) ? paid : paid / 2;
	}
}

void history_make(const struct world *world, uint32_t member, struct history *history)
{
	struct draw life = draw_stream(world->seed, DRAW_LIFE, member);
	struct draw basket = draw_stream(world->seed, DRAW_BASKET, member);
	struct draw coupon = draw_stream(world->seed, DRAW_COUPON, member);
	double level = log(3600) + 0.42 * draw_normal(&basket);

	history->member = member;
	history->home = world_pick_store(&life, -1);
	history->source = (int)draw_weighted(&life, source_weights, 6);
	history->birthday = (int)draw_below(&life, 365);
	live(world, history, &life);
	for (int i = 0; i < history->count; i++)
		fill_basket(&basket, &history->orders[i], level);
	fall_quiet(world, history, &life);
	history->written = 0;
	while (history->written < history->count &&
		history->orders[history->written].at < world->start * day_seconds)
		history->written++;
	give_coupons(world, history, &coupon);
	use_coupons(history, &coupon);
	send_back(world, history->orders, history->count, member, 0);
	history->tier = world_tier_of(spend(history, world->as_of * day_seconds, true));
}

int history_passers_by(const struct world *world, uint32_t member, struct order *orders)
{
	struct draw draw = draw_stream(world->seed, DRAW_PASSER_BY, member);
	double span = world_clock(world, world->as_of) - world_clock(world, world->start);
	double clock = world_clock(world, world->start), pace = span / 1.3;
	int count = 0;

	while (count < HISTORY_PASSING) {
		clock += draw_exponential(&draw) * pace;
		int day = world_day(world, clock);

		if (day >= world->as_of)
			break;
		struct order *order = &orders[count++];

		*order = (struct order){ .coupon = -1, .store = -1 };
		order->channel = pick_channel(world, &draw, day, 0.28);
		order->at = moment(&draw, day, order->channel);
		if (order->channel == CHANNEL_STORE)
			order->store = world_pick_store(&draw, -1);
		fill_basket(&draw, order, log(2900));
	}
	sort_orders(orders, count);
	send_back(world, orders, count, member, 1);
	return count;
}
