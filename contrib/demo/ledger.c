#include "contrib/demo/ledger.h"

#include "contrib/demo/civil.h"
#include "contrib/demo/kinds.h"

static const int redeem_from = 150, redeem_step = 100;
static const double redeem_chance = 0.35;

/* Lots in the order of their earning, which is the order of their expiry. */
struct lots {
	int left[HISTORY_ORDERS];
	int64_t expires_at[HISTORY_ORDERS];
	int oldest, count, balance;
};

/* What expires at or before `until` leaves the balance at its own moment. */
static int expire(struct lots *lots, int64_t until, struct ledger_entry *entries)
{
	int made = 0;

	for (; lots->oldest < lots->count && lots->expires_at[lots->oldest] <= until; lots->oldest++) {
		int left = lots->left[lots->oldest];

		if (left == 0)
			continue;
		lots->balance -= left;
		entries[made++] = (struct ledger_entry){ LEDGER_EXPIRE, left,
			lots->expires_at[lots->oldest], 0 };
	}
	return made;
}

static void take(struct lots *lots, int points)
{
	lots->balance -= points;
	for (int i = lots->oldest; points > 0; i++) {
		int part = lots->left[i] < points ? lots->left[i] : points;

		lots->left[i] -= part;
		points -= part;
	}
}

int ledger_make(const struct world *world, const struct history *history,
	struct ledger_entry *entries)
{
	struct draw draw = draw_stream(world->seed, DRAW_POINTS, history->member);
	struct lots lots = { .count = 0 };
	int made = 0;

	for (int i = history->written; i < history->count; i++) {
		const struct order *order = &history->orders[i];
		int earned = (order->gross_cents - order->discount_cents - order->refund_cents) / 100;
		int64_t day = order->at / CIVIL_DAY_SECONDS + LEDGER_VALID_DAYS;
		int64_t last = (day + 1) * CIVIL_DAY_SECONDS - 1;

		made += expire(&lots, order->at, entries + made);
		if (lots.balance >= redeem_from && draw_chance(&draw, redeem_chance)) {
			int points = lots.balance / redeem_step * redeem_step;

			take(&lots, points);
			entries[made++] = (struct ledger_entry){ LEDGER_REDEEM, points, order->at, 0 };
		}
		if (earned == 0)
			continue;
		entries[made++] = (struct ledger_entry){ LEDGER_EARN, earned, order->at, last };
		lots.left[lots.count] = earned;
		lots.expires_at[lots.count++] = last;
		lots.balance += earned;
	}
	return made + expire(&lots, (int64_t)world->as_of * CIVIL_DAY_SECONDS - 1, entries + made);
}
