/* What is in the demo brand: books that add up, and the planted stories in numbers. The files
 * are read back by the import reader through contrib/maps/demo.json. */
#include "contrib/demo/brand.h"

#include <inttypes.h>

#include "agent/import_read.h"
#include "agent/import_table.h"
#include "contrib/demo/civil.h"
#include "tests/unit/brand_files.h"
#include "tests/unit/check.h"

enum { MEMBERS = 2000 };

/* Cells of the tables that the rows are kept in. */
enum { MEMBER_TIER, MEMBER_REGION, MEMBER_EMAIL, MEMBER_BALANCE, MEMBER_OPTED_IN, MEMBER_LATE,
	MEMBER_EARLY, MEMBER_POINTS_AT, MEMBER_NEWEST_TIER, MEMBER_TIER_AT, MEMBER_OPTED_OUT_AT,
	MEMBER_CELLS };
enum { ORDER_MEMBER, ORDER_GROSS, ORDER_UNITS, ORDER_LINES_GROSS, ORDER_LINES_UNITS, ORDER_COUPON,
	ORDER_AT, ORDER_DISCOUNT, ORDER_REFUND, ORDER_REFUNDED, ORDER_CELLS };
enum { COUPON_POOL, COUPON_MEMBER, COUPON_ISSUED, COUPON_EXPIRES, COUPON_USED, COUPON_CELLS };
enum { POOL_SPARE, POOL_ISSUED, POOL_BEFORE, POOL_LAST, POOL_AFTER_END, POOL_LAST_ISSUE,
	POOL_CELLS };

/* What was read back. Errors in the books are counted, so that a broken file is one line of
 * output. */
struct books {
	struct arena *arena;
	struct import_table *tables[IMPORT_ENTITY_COUNT];
	const char *wrong;          /* the first thing that is wrong */
	long wrongs, anonymous, refunded, bad, rows[IMPORT_ENTITY_COUNT];
	long opt_outs_last, opt_outs_before;
	long dear_cents, dear_cost, coffee_cents, coffee_cost, tea_cents, tea_cost;
	long delivered, bounced, opened, clicked, unsubscribed, blocked_delivered, blocked_bounced;
	long upgrades, downgrades;
	int as_of;
};

static struct books books;

static void wrong(const char *what, const char *id)
{
	if (books.wrongs++ == 0)
		books.wrong = arena_format(books.arena, "%s %s", what, id);
}

static void must(bool holds, const char *what, const char *id)
{
	if (!holds)
		wrong(what, id);
}

static const struct import_cell *find(enum import_entity entity, const char *id, const char *what)
{
	static const struct import_cell nothing[MEMBER_CELLS + ORDER_CELLS];
	const struct import_cell *cells = id == NULL ? NULL : import_table_find(books.tables[entity],
		id);

	must(cells != NULL, what, id == NULL ? "(empty)" : id);
	return cells != NULL ? cells : nothing;
}

/* The row to change; it must be there. */
static struct import_cell *change(enum import_entity entity, const char *id)
{
	bool fresh;

	return import_table_put(books.tables[entity], id, &fresh);
}

static struct import_cell *add(enum import_entity entity, const char *id)
{
	bool fresh;
	struct import_cell *cells = import_table_put(books.tables[entity], id, &fresh);

	must(fresh, "twice there is", id);
	return cells;
}

static const char *keep(const char *text)
{
	return text == NULL ? NULL : arena_copy(books.arena, text);
}

/* Days from a moment to as-of: 1 is the last day that is written. */
static int days_before(const char *time)
{
	char day[11] = "";
	struct error error;
	int number = 0;

	memcpy(day, time, 10);
	CHECK(civil_parse(day, &number, &error));
	return books.as_of - number;
}

static void take_member(const char *const *v)
{
	struct import_cell *cells = add(IMPORT_members, v[0]);
	const struct import_cell *store = find(IMPORT_stores, v[5], "a member's store is missing:");

	find(IMPORT_tiers, v[4], "a member's tier is missing:");
	cells[MEMBER_TIER].text = keep(v[4]);
	cells[MEMBER_REGION].text = store->text;
	cells[MEMBER_EMAIL].text = keep(v[2]);
	cells[MEMBER_POINTS_AT].text = "";
	must(strstr(v[2], "@example.test") != NULL, "an e-mail that could be real:", v[2]);
	must(v[3] == NULL || strncmp(v[3], "+33", 3) == 0, "a phone outside the blocks:", v[0]);
}

static void take_consent(const char *const *v)
{
	struct import_cell *cells = change(IMPORT_members, v[0]);
	bool granted = strcmp(v[2], "true") == 0;
	int days = days_before(v[3]);

	if (strcmp(v[1], "email") != 0)
		return;
	if (cells[MEMBER_OPTED_IN].number && !granted) {
		books.opt_outs_last += days <= 30;
		books.opt_outs_before += days > 30 && days <= 60;
	}
	cells[MEMBER_OPTED_IN].number = granted;
	cells[MEMBER_OPTED_OUT_AT].text = granted ? NULL : keep(v[3]);
}

static void take_coupon(const char *const *v)
{
	struct import_cell *cells = add(IMPORT_coupons, v[0]);
	struct import_cell *pool = change(IMPORT_coupon_pools, v[1]);

	cells[COUPON_POOL].text = keep(v[1]);
	cells[COUPON_MEMBER].text = keep(v[2]);
	cells[COUPON_ISSUED].text = keep(v[3]);
	cells[COUPON_EXPIRES].text = keep(v[4]);
	if (v[2] == NULL) {
		pool[POOL_SPARE].number++;
		must(v[3] == NULL && v[4] == NULL, "a spare code has a time:", v[0]);
		return;
	}
	find(IMPORT_members, v[2], "a coupon's member is missing:");
	must(v[3] != NULL && v[4] != NULL && strcmp(v[3], v[4]) < 0, "a coupon without its times:",
		v[0]);
	pool[POOL_ISSUED].number++;
	if (pool[POOL_LAST_ISSUE].text == NULL || strcmp(v[3], pool[POOL_LAST_ISSUE].text) > 0)
		pool[POOL_LAST_ISSUE].text = keep(v[3]);
}

static void take_order(const char *const *v)
{
	struct import_cell *cells = add(IMPORT_orders, v[0]);
	long gross = atol(v[5]), discount = atol(v[6]), refund = atol(v[7]);
	int days = days_before(v[4]);

	must(days >= 1 && strcmp(v[4], "2024-11-20 00:00:00") >= 0, "an order outside the months:",
		v[0]);
	must(strncmp(v[4] + 11, "02", 2) != 0, "an order in the hour that may not exist:", v[0]);
	must(gross > 0 && discount + refund <= gross, "an order that gave back more than it took:",
		v[0]);
	must((v[2] == NULL) == (strcmp(v[3], "store") != 0), "a store or none, against the channel:",
		v[0]);
	if (v[2] != NULL)
		find(IMPORT_stores, v[2], "an order's store is missing:");
	books.anonymous += v[1] == NULL;
	books.refunded += refund > 0;
	cells[ORDER_MEMBER].text = keep(v[1]);
	cells[ORDER_GROSS].number = gross;
	cells[ORDER_DISCOUNT].number = discount;
	cells[ORDER_REFUND].number = refund;
	cells[ORDER_UNITS].number = atol(v[8]);
	cells[ORDER_COUPON].text = keep(v[9]);
	cells[ORDER_AT].text = keep(v[4]);
	if (v[9] != NULL)
		find(IMPORT_coupons, v[9], "an order's coupon is missing:");
	if (v[1] == NULL)
		return;
	find(IMPORT_members, v[1], "an order's member is missing:");
	struct import_cell *member = change(IMPORT_members, v[1]);

	member[MEMBER_LATE].number |= days <= 60;
	member[MEMBER_EARLY].number |= days > 60 && days <= 120;
}

static void take_line(const char *const *v)
{
	find(IMPORT_orders, v[0], "a line's order is missing:");
	struct import_cell *cells = change(IMPORT_orders, v[0]);

	must(atol(v[3]) > 0 && atol(v[4]) > 0, "a line of nothing:", v[0]);
	must(v[5] != NULL && atol(v[5]) > 0 && atol(v[5]) < atol(v[4]), "a line that earns nothing:", v[0]);
	cells[ORDER_LINES_UNITS].number += atol(v[3]);
	cells[ORDER_LINES_GROSS].number += atol(v[4]);
	bool dear = days_before(cells[ORDER_AT].text) <= 45;

	if (strcmp(v[2], "Coffee") == 0) {
		*(dear ? &books.dear_cents : &books.coffee_cents) += atol(v[4]);
		*(dear ? &books.dear_cost : &books.coffee_cost) += atol(v[5]);
	} else if (strcmp(v[2], "Tea") == 0) {
		books.tea_cents += atol(v[4]);
		books.tea_cost += atol(v[5]);
	}
}

static void take_refund(const char *const *v)
{
	const struct import_cell *order = find(IMPORT_orders, v[1], "a refund's order is missing:");

	add(IMPORT_refunds, v[0]);
	must(strcmp(v[2], order[ORDER_AT].text) > 0, "given back before it was bought:", v[0]);
	must(days_before(v[2]) >= 1, "a refund from the future:", v[0]);
	must(strncmp(v[2] + 11, "02", 2) != 0, "a refund in the hour that may not exist:", v[0]);
	change(IMPORT_orders, v[1])[ORDER_REFUNDED].number += atol(v[3]);
}

static void take_visit(const char *const *v)
{
	add(IMPORT_visits, v[0]);
	must(days_before(v[4]) >= 1, "a visit from the future:", v[0]);
	must(strncmp(v[4] + 11, "02", 2) != 0, "a visit in the hour that may not exist:", v[0]);
	must((v[2] == NULL) == (strcmp(v[3], "store") != 0), "a store or none, against the channel:",
		v[0]);
	if (v[1] != NULL)
		find(IMPORT_members, v[1], "a visit's member is missing:");
}

static void take_message_event(const char *const *v)
{
	const struct import_cell *member = find(IMPORT_members, v[2], "a message's member is missing:");
	bool blocked = strcmp(v[5], "C10") == 0, leaves = strcmp(v[4], "unsubscribed") == 0;

	add(IMPORT_message_events, v[0]);
	find(IMPORT_campaigns, v[5], "a message's campaign is missing:");
	must(days_before(v[6]) >= 1, "a message from the future:", v[0]);
	must(member[MEMBER_OPTED_OUT_AT].text == NULL ||
		strcmp(v[6], member[MEMBER_OPTED_OUT_AT].text) <= 0, "a message after the no:", v[0]);
	must(!leaves || (member[MEMBER_OPTED_OUT_AT].text != NULL &&
		strcmp(v[6], member[MEMBER_OPTED_OUT_AT].text) == 0), "unsubscribed, and no consent taken back:",
		v[0]);
	books.unsubscribed += leaves;
	books.opened += strcmp(v[4], "opened") == 0;
	books.clicked += strcmp(v[4], "clicked") == 0;
	if (strcmp(v[4], "delivered") == 0)
		++*(blocked ? &books.blocked_delivered : &books.delivered);
	if (strcmp(v[4], "bounced") == 0)
		++*(blocked ? &books.blocked_bounced : &books.bounced);
}

static void take_tier_change(const char *const *v)
{
	struct import_cell *member = change(IMPORT_members, v[0]);
	const char *was = member[MEMBER_NEWEST_TIER].text;

	find(IMPORT_tiers, v[3], "a change to a tier that is missing:");
	must(was == NULL ? v[2] == NULL : v[2] != NULL && strcmp(was, v[2]) == 0,
		"a change from another tier than the one before:", v[0]);
	must(was == NULL || strcmp(member[MEMBER_TIER_AT].text, v[1]) < 0, "tiers out of order at", v[0]);
	must(days_before(v[1]) >= 1, "a tier from the future:", v[0]);
	if (was != NULL)
		++*(atol(find(IMPORT_tiers, v[3], "")->text) > atol(find(IMPORT_tiers, was, "")->text)
			? &books.upgrades : &books.downgrades);
	member[MEMBER_NEWEST_TIER].text = keep(v[3]);
	member[MEMBER_TIER_AT].text = keep(v[1]);
}

static void take_redemption(const char *const *v)
{
	const struct import_cell *coupon = find(IMPORT_coupons, v[1],
		"a redemption's coupon is missing:");
	const struct import_cell *order = find(IMPORT_orders, v[4], "a redemption's order is missing:");
	struct import_cell *pool = change(IMPORT_coupon_pools, coupon[COUPON_POOL].text);
	int days = days_before(v[5]);

	add(IMPORT_redemptions, v[0]);
	must(coupon[COUPON_USED].number == 0, "a coupon used twice:", v[1]);
	must(strcmp(coupon[COUPON_MEMBER].text, v[2]) == 0, "a coupon of somebody else:", v[1]);
	must(strcmp(order[ORDER_MEMBER].text, v[2]) == 0, "an order of somebody else:", v[4]);
	must(strcmp(order[ORDER_COUPON].text, v[1]) == 0, "an order with another coupon:", v[4]);
	must(strcmp(order[ORDER_AT].text, v[5]) == 0, "not redeemed at its order:", v[0]);
	must(order[ORDER_DISCOUNT].number == atol(v[6]), "another discount than the order's:", v[0]);
	must(strcmp(v[5], coupon[COUPON_ISSUED].text) > 0, "used before it was issued:", v[1]);
	must(strcmp(v[5], coupon[COUPON_EXPIRES].text) <= 0, "used after it expired:", v[1]);
	change(IMPORT_coupons, v[1])[COUPON_USED].number = 1;
	pool[POOL_LAST].number += days <= 30;
	pool[POOL_BEFORE].number += days > 30 && days <= 60;
	pool[POOL_AFTER_END].number += days < 70;
}

static void take_points(const char *const *v)
{
	struct import_cell *cells = change(IMPORT_members, v[1]);
	bool earn = strcmp(v[2], "earn") == 0;

	add(IMPORT_points, v[0]);
	cells[MEMBER_BALANCE].number += earn ? atol(v[3]) : -atol(v[3]);
	must(cells[MEMBER_BALANCE].number >= 0, "a negative balance at", v[0]);
	must(strcmp(cells[MEMBER_POINTS_AT].text, v[4]) <= 0, "a ledger out of order at", v[0]);
	must(earn == (v[5] != NULL), "an expiry where there should be none, or none:", v[0]);
	must(days_before(v[4]) >= 1, "points from the future:", v[0]);
	cells[MEMBER_POINTS_AT].text = keep(v[4]);
}

static bool take_row(void *context, const struct import_row *row, struct error *error)
{
	const char *const *v = row->values;

	(void)context;
	(void)error;
	books.rows[row->entity]++;
	switch (row->entity) {
	case IMPORT_stores:
		add(IMPORT_stores, v[0])->text = keep(v[2]);
		break;
	case IMPORT_tiers:
		add(IMPORT_tiers, v[0])->text = keep(v[2]);
		break;
	case IMPORT_campaigns:
		add(row->entity, v[0]);
		break;
	case IMPORT_coupon_pools:
		add(row->entity, v[0]);
		if (v[2] != NULL)
			find(IMPORT_campaigns, v[2], "a pool's campaign is missing:");
		break;
	case IMPORT_members:
		take_member(v);
		break;
	case IMPORT_consents:
		find(IMPORT_members, v[0], "a consent's member is missing:");
		take_consent(v);
		break;
	case IMPORT_coupons:
		find(IMPORT_coupon_pools, v[1], "a coupon's pool is missing:");
		take_coupon(v);
		break;
	case IMPORT_orders:
		take_order(v);
		break;
	case IMPORT_order_lines:
		take_line(v);
		break;
	case IMPORT_redemptions:
		take_redemption(v);
		break;
	case IMPORT_points:
		find(IMPORT_members, v[1], "a member with points is missing:");
		take_points(v);
		break;
	case IMPORT_refunds:
		take_refund(v);
		break;
	case IMPORT_visits:
		take_visit(v);
		break;
	case IMPORT_message_events:
		take_message_event(v);
		break;
	case IMPORT_tier_changes:
		take_tier_change(v);
		break;
	case IMPORT_ENTITY_COUNT:
		break;
	}
	return true;
}

static bool take_border(void *context, enum import_entity entity, struct error *error)
{
	(void)context;
	(void)entity;
	(void)error;
	return true;
}

static void take_bad(void *context, const char *file, int64_t line, const char *reason)
{
	(void)context;
	printf("# %s:%" PRId64 ": %s\n", file, line, reason);
	books.bad++;
}

static void read_back(void)
{
	static const size_t widths[IMPORT_ENTITY_COUNT] = { [IMPORT_members] = MEMBER_CELLS,
		[IMPORT_orders] = ORDER_CELLS, [IMPORT_coupons] = COUPON_CELLS, [IMPORT_coupon_pools] =
			POOL_CELLS };
	struct arena *arena = arena_new();
	const char *path = brand_make(arena, "brand", MEMBERS, 1);
	struct text mistakes = text_open(arena, 1 << 16);
	struct error error = { .code = ERROR_NONE };
	const struct import_map *map = import_map_load(arena, "contrib/maps/demo.json", &mistakes,
		&error);
	struct import_sink sink = { NULL, take_border, take_row, take_border, take_bad, NULL };

	books.arena = arena;
	books.as_of = brand_options_for(1, 1).as_of;
	for (int i = 0; i < IMPORT_ENTITY_COUNT; i++)
		books.tables[i] = import_table_new(arena, widths[i] > 0 ? widths[i] : 1);
	CHECK(map != NULL && import_read(map, path, &sink, &error));
	CHECK_INT(books.bad, 0);
	if (books.wrongs > 0)
		printf("# %ld wrong, the first: %s\n", books.wrongs, books.wrong);
	CHECK_INT(books.wrongs, 0);
	brand_remove(arena, path);
}

static void counts(void)
{
	long orders = books.rows[IMPORT_orders], shared = 0, opted_in = 0;
	struct import_table *emails = import_table_new(books.arena, 1);

	CHECK_INT(books.rows[IMPORT_stores], 40);
	CHECK_INT(books.rows[IMPORT_tiers], 4);
	CHECK_INT(books.rows[IMPORT_members], MEMBERS);
	CHECK_INT(books.rows[IMPORT_campaigns], 10);
	CHECK_INT(books.rows[IMPORT_coupon_pools], 8);
	CHECK(orders > MEMBERS * 5 && orders < MEMBERS * 8);
	CHECK_NEAR((double)books.anonymous / (double)orders, 0.20, 0.03);
	CHECK_NEAR((double)books.refunded / (double)orders, 0.03, 0.005);
	for (size_t i = 0; i < MEMBERS; i++) {
		const struct import_cell *cells = import_table_row(books.tables[IMPORT_members], i);
		bool fresh;

		import_table_put(emails, cells[MEMBER_EMAIL].text, &fresh);
		shared += !fresh;
		opted_in += cells[MEMBER_OPTED_IN].number;
	}
	CHECK(shared >= MEMBERS / 250 && shared <= MEMBERS / 60);
	CHECK_NEAR((double)opted_in / MEMBERS, 0.80, 0.04);
}

static void lines_add_up(void)
{
	size_t count = import_table_count(books.tables[IMPORT_orders]);

	CHECK_INT(count, books.rows[IMPORT_orders]);
	for (size_t i = 0; i < count; i++) {
		const struct import_cell *cells = import_table_row(books.tables[IMPORT_orders], i);

		if (cells[ORDER_GROSS].number != cells[ORDER_LINES_GROSS].number ||
			cells[ORDER_UNITS].number != cells[ORDER_LINES_UNITS].number ||
			cells[ORDER_REFUND].number != cells[ORDER_REFUNDED].number) {
			CHECK_INT(cells[ORDER_LINES_GROSS].number, cells[ORDER_GROSS].number);
			CHECK_INT(cells[ORDER_REFUNDED].number, cells[ORDER_REFUND].number);
			CHECK_INT(cells[ORDER_LINES_UNITS].number, cells[ORDER_UNITS].number);
			break;
		}
	}
}

/* Story one: no code is left since 26 days; that pool's redemptions fall, and with them the sum. */
static void a_pool_ran_dry(void)
{
	struct import_table *pools = books.tables[IMPORT_coupon_pools];
	const struct import_cell *dry = import_table_find(pools, "autumn10");
	long before = 0, last = 0;

	for (size_t i = 0; i < import_table_count(pools); i++) {
		const struct import_cell *cells = import_table_row(pools, i);

		before += cells[POOL_BEFORE].number;
		last += cells[POOL_LAST].number;
		CHECK(cells == dry || cells[POOL_SPARE].number >= 8);
	}
	CHECK_INT(dry[POOL_SPARE].number, 0);
	CHECK_INT(days_before(dry[POOL_LAST_ISSUE].text), 26);
	CHECK(dry[POOL_BEFORE].number > 150);
	CHECK(dry[POOL_LAST].number * 10 < dry[POOL_BEFORE].number * 6);
	CHECK(last * 10 < before * 8);
	CHECK(last - dry[POOL_LAST].number >= before - dry[POOL_BEFORE].number);
}

/* Story two: the campaign that ended 70 days before as-of. */
static void a_campaign_ended(void)
{
	const struct import_cell *school = import_table_find(books.tables[IMPORT_coupon_pools],
		"school7");

	CHECK(school[POOL_ISSUED].number > 1000);
	CHECK_INT(school[POOL_AFTER_END].number, 0);
	CHECK(days_before(school[POOL_LAST_ISSUE].text) > 70);
}

/* Story three: Silver members of the West that bought, sixty days against the sixty before. */
static void a_region_went_quiet(void)
{
	long late[2] = { 0, 0 }, early[2] = { 0, 0 };

	for (size_t i = 0; i < MEMBERS; i++) {
		const struct import_cell *cells = import_table_row(books.tables[IMPORT_members], i);
		int west = strcmp(cells[MEMBER_REGION].text, "West") == 0;

		if (strcmp(cells[MEMBER_TIER].text, "silver") != 0)
			continue;
		late[west] += cells[MEMBER_LATE].number;
		early[west] += cells[MEMBER_EARLY].number;
	}
	CHECK(early[1] > 20 && late[1] * 10 < early[1] * 8);
	CHECK(early[0] > 80 && late[0] * 10 > early[0] * 9);
}

/* Story four: the burst of opt-outs after the mailing. */
static void people_opted_out(void)
{
	CHECK(books.opt_outs_last > 15);
	CHECK(books.opt_outs_last > books.opt_outs_before * 2);
}

/* Story five: coffee costs the brand more since 45 days; tea does not. */
static void coffee_became_dear(void)
{
	CHECK_NEAR((double)books.coffee_cost / (double)books.coffee_cents, 0.36, 0.01);
	CHECK_NEAR((double)books.dear_cost / (double)books.dear_cents, 0.46, 0.01);
	CHECK_NEAR((double)books.tea_cost / (double)books.tea_cents, 0.30, 0.01);
}

/* Story six: one mailing was blocked, the others arrived and were read as mailings are. */
static void a_mailing_was_blocked(void)
{
	double delivered = (double)books.delivered;

	CHECK_NEAR((double)books.bounced / (delivered + (double)books.bounced), 0.018, 0.006);
	CHECK(books.blocked_delivered * 10 < (books.blocked_delivered + books.blocked_bounced) * 9);
	CHECK_NEAR((double)books.opened / delivered, 0.27, 0.05);
	CHECK_NEAR((double)books.clicked / (double)books.opened, 0.13, 0.03);
	CHECK(books.unsubscribed > 10);
}

static void tiers_follow_the_spend(void)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		const struct import_cell *cells = import_table_row(books.tables[IMPORT_members], i);

		if (cells[MEMBER_NEWEST_TIER].text == NULL ||
			strcmp(cells[MEMBER_NEWEST_TIER].text, cells[MEMBER_TIER].text) != 0) {
			CHECK_TEXT(cells[MEMBER_NEWEST_TIER].text, cells[MEMBER_TIER].text);
			break;
		}
	}
	CHECK(books.upgrades > MEMBERS / 3 && books.downgrades > MEMBERS / 5);
}

int main(void)
{
	brand_begin();
	CHECK_RUN(read_back);
	CHECK_RUN(counts);
	CHECK_RUN(lines_add_up);
	CHECK_RUN(a_pool_ran_dry);
	CHECK_RUN(a_campaign_ended);
	CHECK_RUN(a_region_went_quiet);
	CHECK_RUN(people_opted_out);
	CHECK_RUN(coffee_became_dear);
	CHECK_RUN(a_mailing_was_blocked);
	CHECK_RUN(tiers_follow_the_spend);
	arena_free(books.arena);
	CHECK_RUN(brand_end);
	return check_done();
}
