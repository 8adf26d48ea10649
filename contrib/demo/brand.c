/* Walks the members one by one and writes each life to the files; only one life is ever in
 * memory. */
#include "contrib/demo/brand.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "contrib/demo/civil.h"
#include "contrib/demo/contact.h"
#include "contrib/demo/facts.h"
#include "contrib/demo/kinds.h"
#include "contrib/demo/ledger.h"
#include "contrib/demo/person.h"
#include "contrib/demo/sheet.h"

enum file { FILE_STORES, FILE_TIERS, FILE_MEMBERS, FILE_CONSENTS, FILE_ORDERS, FILE_LINES,
	FILE_CAMPAIGNS, FILE_POOLS, FILE_COUPONS, FILE_REDEMPTIONS, FILE_POINTS,
	FILE_REFUNDS, FILE_VISITS, FILE_MESSAGES, FILE_TIER_CHANGES, FILE_COUNT };

static const struct { const char *name, *header; } files[FILE_COUNT] = {
	[FILE_STORES] = { "stores.csv", "store,name,region,opened_on" },
	[FILE_TIERS] = { "tiers.csv", "tier,name,rank,threshold_cents" },
	[FILE_MEMBERS] = { "members.csv",
		"member,name,email,phone,tier,home_store,acquisition_source,enrolled_at" },
	[FILE_CONSENTS] = { "consents.csv", "member,channel,granted,at" },
	[FILE_ORDERS] = { "orders.csv",
		"order,member,store,channel,ordered_at,gross_cents,discount_cents,refund_cents,units,"
		"coupon" },
	[FILE_LINES] = { "order_lines.csv", "order,line,category,units,amount_cents,cost_cents" },
	[FILE_CAMPAIGNS] = { "campaigns.csv", "campaign,name,type,starts_on,ends_on" },
	[FILE_POOLS] = { "coupon_pools.csv",
		"pool,name,campaign,value_cents,cost_cents,valid_days,state" },
	[FILE_COUPONS] = { "coupons.csv", "code,pool,member,issued_at,expires_at" },
	[FILE_REDEMPTIONS] = { "redemptions.csv",
		"redemption,code,member,store,order,redeemed_at,discount_cents" },
	[FILE_POINTS] = { "points.csv", "entry,member,kind,points,at,expires_at" },
	[FILE_REFUNDS] = { "refunds.csv", "refund,order,refunded_at,amount_cents" },
	[FILE_VISITS] = { "visits.csv", "visit,member,store,channel,visited_at" },
	[FILE_MESSAGES] = { "message_events.csv", "event,message,member,channel,kind,campaign,at" },
	[FILE_TIER_CHANGES] = { "tier_changes.csv", "member,at,from_tier,to_tier" },
};

static const char *const channels[] = { "store", "web", "app" };
static const char *const kinds[] = { "earn", "redeem", "expire" };
static const struct { const char *name; char letter; } message_kinds[] = {
	[MESSAGE_DELIVERED] = { "delivered", 'd' }, [MESSAGE_OPENED] = { "opened", 'o' },
	[MESSAGE_CLICKED] = { "clicked", 'c' }, [MESSAGE_BOUNCED] = { "bounced", 'b' },
	[MESSAGE_COMPLAINED] = { "complained", 'x' }, [MESSAGE_UNSUBSCRIBED] = { "unsubscribed", 'u' },
};
static const char *const categories[FACTS_CATEGORIES] = { "Bakery", "Tea", "Coffee", "Kitchen", "Table", "Linen",
	"Gifts", "Garden" };
static const double category_weights[] = { 0.14, 0.17, 0.20, 0.15, 0.12, 0.08, 0.09, 0.05 };

struct brand {
	const struct world *world;
	struct sheet *sheets[FILE_COUNT];
	struct history history;
	struct ledger_entry entries[LEDGER_ENTRIES];
	struct order passing[HISTORY_PASSING];
	struct message_event messages[CONTACT_EVENTS];
	struct tier_change tier_changes[FACTS_TIER_CHANGES];
};

/* The chances that go along with the orders of one member, or of the passers-by. */
struct chances {
	struct draw lines, cost, refund, visit;
	int visits;             /* numbered so far */
};

struct brand_options brand_defaults(void)
{
	return (struct brand_options){ .seed = 1, .members = 50000, .months = 24 };
}

bool brand_day(const char *text, int *day, struct error *error)
{
	return civil_parse(text, day, error);
}

/* A code that cannot be guessed from its neighbour and is never given twice: a one-to-one
 * scrambling of 40 bits. */
static const char *code_text(const struct world *world, enum pool_id pool, uint64_t serial,
	char out[24])
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	const uint64_t mask = (1ULL << 40) - 1;
	struct draw key = draw_stream(world->seed, DRAW_CODE, 0);
	uint64_t bits = serial & mask;

	for (int round = 0; round < 3; round++) {
		uint64_t word = draw_next(&key);

		bits = ((bits ^ (word & mask)) * (word >> 20 | 1)) & mask;
		bits ^= bits >> 20;
	}
	int size = snprintf(out, 12, "%s-", world_pools[pool].prefix);

	for (int i = 0; i < 8; i++, bits >>= 5)
		out[size + i] = letters[bits & 31];
	out[size + 8] = '\0';
	return out;
}

static const char *coupon_code(const struct brand *brand, int coupon, char out[24])
{
	uint64_t serial = (uint64_t)brand->history.member * HISTORY_COUPONS + (uint64_t)coupon;

	return code_text(brand->world, brand->history.coupons[coupon].pool, serial, out);
}

static char *put_digits(char *out, uint32_t number, int count)
{
	for (int i = count - 1; i >= 0; i--, number /= 10)
		out[i] = (char)('0' + number % 10);
	return out + count;
}

/* "M00000123", or with a part "O00000123-0004": by hand, because there are millions of them. */
static const char *numbered(char out[24], char letter, uint32_t number, int part)
{
	char *end = out;

	*end++ = letter;
	end = put_digits(end, number, 8);
	if (part > 0) {
		*end++ = '-';
		end = put_digits(end, (uint32_t)part, 4);
	}
	*end = '\0';
	return out;
}

static const char *store_id(int store, char out[8])
{
	if (store < 0)
		return NULL;
	out[0] = 'S';
	*put_digits(out + 1, (uint32_t)store + 1, 2) = '\0';
	return out;
}

static void write_world(const struct brand *brand)
{
	const struct world *world = brand->world;
	struct sheet *sheet = brand->sheets[FILE_STORES];
	int year = civil_date(world->first).year;   /* all shops opened before it */
	char id[8];

	for (int i = 0; i < WORLD_STORES; i++) {
		sheet_text(sheet, store_id(i, id));
		sheet_text(sheet, world_stores[i].name);
		sheet_text(sheet, world_regions[world_stores[i].region]);
		sheet_day(sheet, civil_day(year - 2022 + world_stores[i].opened_year, i % 12 + 1,
			1 + i * 7 % 28));
		sheet_end_row(sheet);
	}
	sheet = brand->sheets[FILE_TIERS];
	for (int i = 0; i < WORLD_TIERS; i++) {
		sheet_text(sheet, world_tiers[i].id);
		sheet_text(sheet, world_tiers[i].name);
		sheet_number(sheet, i + 1);
		sheet_number(sheet, world_tiers[i].threshold_cents);
		sheet_end_row(sheet);
	}
}

static void write_campaigns(const struct brand *brand)
{
	const struct world *world = brand->world;
	struct sheet *sheet = brand->sheets[FILE_CAMPAIGNS];

	for (int i = 0; i < WORLD_CAMPAIGNS; i++) {
		const struct campaign *campaign = &world_campaigns[i];

		if (world->as_of + campaign->starts < world->start)
			continue;
		sheet_text(sheet, campaign->id);
		sheet_text(sheet, campaign->name);
		sheet_text(sheet, campaign->type);
		sheet_day(sheet, world->as_of + campaign->starts);
		sheet_day(sheet, world->as_of + campaign->ends);
		sheet_end_row(sheet);
	}
	sheet = brand->sheets[FILE_POOLS];
	for (int i = 0; i < WORLD_POOLS; i++) {
		const struct pool *pool = &world_pools[i];

		sheet_text(sheet, pool->id);
		sheet_text(sheet, pool->name);
		sheet_text(sheet, pool->campaign < 0 ? NULL : world_campaigns[pool->campaign].id);
		sheet_number(sheet, pool->value_cents);
		sheet_number(sheet, pool->cost_cents);
		sheet_number(sheet, pool->valid_days);
		sheet_text(sheet, pool->state);
		sheet_end_row(sheet);
	}
}

/* The codes that nobody has yet; the dry pool has none. */
static void write_spare_codes(const struct brand *brand, uint32_t members)
{
	struct sheet *sheet = brand->sheets[FILE_COUPONS];
	char code[24];

	for (int pool = 0; pool < WORLD_POOLS; pool++) {
		uint64_t spare = (uint64_t)world_pools[pool].spare_per_million * members / 1000000;

		for (uint64_t n = 0; n < spare; n++) {
			sheet_text(sheet, code_text(brand->world, (enum pool_id)pool,
				(1ULL << 39) + ((uint64_t)pool << 32) + n, code));
			sheet_text(sheet, world_pools[pool].id);
			for (int i = 0; i < 3; i++)
				sheet_text(sheet, NULL);
			sheet_end_row(sheet);
		}
	}
}

/* One to three lines in different categories; units and amounts add up to the order's. */
static void write_lines(const struct brand *brand, const char *id, const struct order *order,
	struct chances *chances)
{
	struct sheet *sheet = brand->sheets[FILE_LINES];
	struct draw *draw = &chances->lines;
	int most = order->units < 3 ? order->units : 3;
	int lines = 1 + (int)draw_below(draw, (uint32_t)most);
	size_t category = draw_weighted(draw, category_weights, 8);
	int units = order->units;
	int32_t cents = order->gross_cents;

	for (int line = 1; line <= lines; line++) {
		bool last = line == lines;
		int part = last ? units : 1 + (int)draw_below(draw, (uint32_t)(units - (lines - line)));
		int32_t amount = last ? cents : (int32_t)(cents * (0.25 + 0.5 * draw_uniform(draw)));

		sheet_text(sheet, id);
		sheet_number(sheet, line);
		sheet_text(sheet, categories[category]);
		sheet_number(sheet, part);
		sheet_number(sheet, amount);
		sheet_number(sheet, facts_cost(brand->world, &chances->cost, category, order->at, amount));
		sheet_end_row(sheet);
		units -= part;
		cents -= amount;
		category = (category + 1 + draw_below(draw, 2)) % 8;
	}
}

static void write_order(const struct brand *brand, const char *id, const char *member,
	const struct order *order, const char *code)
{
	struct sheet *sheet = brand->sheets[FILE_ORDERS];
	char store[8];

	sheet_text(sheet, id);
	sheet_text(sheet, member);
	sheet_text(sheet, store_id(order->store, store));
	sheet_text(sheet, channels[order->channel]);
	sheet_time(sheet, order->at);
	sheet_number(sheet, order->gross_cents);
	sheet_number(sheet, order->discount_cents);
	sheet_number(sheet, order->refund_cents);
	sheet_number(sheet, order->units);
	sheet_text(sheet, code);
	sheet_end_row(sheet);
}

static void write_redemption(const struct brand *brand, const char *id, const char *member,
	const struct order *order, const char *code)
{
	struct sheet *sheet = brand->sheets[FILE_REDEMPTIONS];
	char redemption[32], store[8];

	snprintf(redemption, sizeof redemption, "R-%s", code);
	sheet_text(sheet, redemption);
	sheet_text(sheet, code);
	sheet_text(sheet, member);
	sheet_text(sheet, store_id(order->store, store));
	sheet_text(sheet, id);
	sheet_time(sheet, order->at);
	sheet_number(sheet, order->discount_cents);
	sheet_end_row(sheet);
}

/* Named after their order: "F00000123-0004-1" of "O00000123-0004". */
static void write_refunds(const struct brand *brand, const char *id, const struct order *order,
	struct chances *chances)
{
	struct sheet *sheet = brand->sheets[FILE_REFUNDS];
	struct refund refunds[FACTS_REFUNDS];
	int count = facts_refunds(brand->world, &chances->refund, order, refunds);
	char refund[32];

	for (int i = 0; i < count; i++) {
		snprintf(refund, sizeof refund, "F%s-%d", id, i + 1);
		sheet_text(sheet, refund);
		sheet_text(sheet, id);
		sheet_time(sheet, refunds[i].at);
		sheet_number(sheet, refunds[i].cents);
		sheet_end_row(sheet);
	}
}

static void write_visits(const struct brand *brand, char letter, uint32_t number,
	const char *member, const struct order *order, struct chances *chances)
{
	struct sheet *sheet = brand->sheets[FILE_VISITS];
	struct visit visits[FACTS_VISITS];
	int count = facts_visits(brand->world, &chances->visit, order, visits);
	char id[24], store[8];

	for (int i = 0; i < count; i++) {
		sheet_text(sheet, numbered(id, letter, number, ++chances->visits));
		sheet_text(sheet, member);
		sheet_text(sheet, store_id(visits[i].store, store));
		sheet_text(sheet, channels[visits[i].channel]);
		sheet_time(sheet, visits[i].at);
		sheet_end_row(sheet);
	}
}

/* `kind` is 0 for a member's own orders, 1 for those of the passers-by of the same number. */
static struct chances chances_of(const struct brand *brand, uint32_t number, int kind)
{
	uint64_t seed = brand->world->seed, stream = (uint64_t)number * 2 + (uint64_t)kind;

	return (struct chances){ draw_stream(seed, DRAW_LINES, stream),
		draw_stream(seed, DRAW_COST, stream), draw_stream(seed, DRAW_RETURN, stream),
		draw_stream(seed, DRAW_VISIT, stream), 0 };
}

static void write_orders(const struct brand *brand, const char *member)
{
	const struct history *history = &brand->history;
	struct chances chances = chances_of(brand, history->member, 0);
	char id[24], code[24];

	for (int i = history->written; i < history->count; i++) {
		const struct order *order = &history->orders[i];
		const char *used = order->coupon < 0 ? NULL : coupon_code(brand, order->coupon, code);

		numbered(id, 'O', history->member, i - history->written + 1);
		write_order(brand, id, member, order, used);
		write_lines(brand, id, order, &chances);
		write_refunds(brand, id, order, &chances);
		write_visits(brand, 'V', history->member, member, order, &chances);
		if (used != NULL)
			write_redemption(brand, id, member, order, used);
	}
}

static void write_passers_by(struct brand *brand, uint32_t slot)
{
	struct chances chances = chances_of(brand, slot, 1);
	int count = history_passers_by(brand->world, slot, brand->passing);
	char id[24];

	for (int i = 0; i < count; i++) {
		numbered(id, 'A', slot, i + 1);
		write_order(brand, id, NULL, &brand->passing[i], NULL);
		write_lines(brand, id, &brand->passing[i], &chances);
		write_refunds(brand, id, &brand->passing[i], &chances);
		write_visits(brand, 'W', slot, NULL, &brand->passing[i], &chances);
	}
}

static void write_coupons(const struct brand *brand, const char *member)
{
	struct sheet *sheet = brand->sheets[FILE_COUPONS];
	char code[24];

	for (int i = 0; i < brand->history.coupon_count; i++) {
		const struct coupon *coupon = &brand->history.coupons[i];

		sheet_text(sheet, coupon_code(brand, i, code));
		sheet_text(sheet, world_pools[coupon->pool].id);
		sheet_text(sheet, member);
		sheet_time(sheet, coupon->issued_at);
		sheet_time(sheet, coupon->expires_at);
		sheet_end_row(sheet);
	}
}

static void write_points(struct brand *brand, const char *member)
{
	struct sheet *sheet = brand->sheets[FILE_POINTS];
	int count = ledger_make(brand->world, &brand->history, brand->entries);
	char id[24];

	for (int i = 0; i < count; i++) {
		const struct ledger_entry *entry = &brand->entries[i];

		sheet_text(sheet, numbered(id, 'P', brand->history.member, i + 1));
		sheet_text(sheet, member);
		sheet_text(sheet, kinds[entry->kind]);
		sheet_number(sheet, entry->points);
		sheet_time(sheet, entry->at);
		if (entry->kind == LEDGER_EARN)
			sheet_time(sheet, entry->expires_at);
		else
			sheet_text(sheet, NULL);
		sheet_end_row(sheet);
	}
}

static void write_consent(struct sheet *sheet, const char *member, const char *channel,
	bool granted, int64_t at)
{
	sheet_text(sheet, member);
	sheet_text(sheet, channel);
	sheet_text(sheet, granted ? "true" : "false");
	sheet_time(sheet, at);
	sheet_end_row(sheet);
}

static void write_consents(const struct brand *brand, const char *member,
	const struct contact *contact)
{
	struct sheet *sheet = brand->sheets[FILE_CONSENTS];
	int64_t joined = brand->history.enrolled_at;

	write_consent(sheet, member, "email", contact->email, joined);
	write_consent(sheet, member, "sms", contact->sms, joined);
	if (contact->email && contact->email_until < brand->world->as_of * (int64_t)CIVIL_DAY_SECONDS)
		write_consent(sheet, member, "email", false, contact->email_until);
}

/* A message is named by its mailing and member, "N09-M00000123", an event by a letter more. */
static void write_messages(struct brand *brand, const char *member, const struct contact *contact)
{
	struct sheet *sheet = brand->sheets[FILE_MESSAGES];
	int count = contact_events(brand->world, &brand->history, contact, brand->messages);
	char id[32];

	for (int i = 0; i < count; i++) {
		const struct message_event *event = &brand->messages[i];
		int size = snprintf(id, sizeof id, "N%02d-%s", event->mailing + 1, member);

		snprintf(id + size, sizeof id - (size_t)size, "-%c", message_kinds[event->kind].letter);
		sheet_text(sheet, id);
		sheet_text_size(sheet, id, (size_t)size);
		sheet_text(sheet, member);
		sheet_text(sheet, "email");
		sheet_text(sheet, message_kinds[event->kind].name);
		sheet_text(sheet, world_campaigns[event->campaign].id);
		sheet_time(sheet, event->at);
		sheet_end_row(sheet);
	}
}

static void write_tier_changes(struct brand *brand, const char *member)
{
	struct sheet *sheet = brand->sheets[FILE_TIER_CHANGES];
	int count = facts_tier_changes(brand->world, &brand->history, brand->tier_changes);

	for (int i = 0; i < count; i++) {
		const struct tier_change *change = &brand->tier_changes[i];

		sheet_text(sheet, member);
		sheet_time(sheet, change->at);
		sheet_text(sheet, change->from < 0 ? NULL : world_tiers[change->from].id);
		sheet_text(sheet, world_tiers[change->to].id);
		sheet_end_row(sheet);
	}
}

static void write_member(struct brand *brand, uint32_t number)
{
	struct sheet *sheet = brand->sheets[FILE_MEMBERS];
	struct history *history = &brand->history;
	struct contact contact;
	struct person person;
	char id[24], store[8];

	person_make(brand->world->seed, number, &person);
	history_make(brand->world, number, history);
	numbered(id, 'M', number, 0);
	sheet_text(sheet, id);
	sheet_text(sheet, person.name);
	sheet_text(sheet, person.email);
	sheet_text(sheet, person.phone);
	sheet_text(sheet, world_tiers[history->tier].id);
	sheet_text(sheet, store_id(history->home, store));
	sheet_text(sheet, history_sources[history->source]);
	sheet_time(sheet, history->enrolled_at);
	sheet_end_row(sheet);
	contact_make(brand->world, history, &contact);
	write_consents(brand, id, &contact);
	write_messages(brand, id, &contact);
	write_tier_changes(brand, id);
	write_coupons(brand, id);
	write_orders(brand, id);
	write_points(brand, id);
	write_passers_by(brand, number);
}

static bool check_options(const struct brand_options *options, struct error *error)
{
	if (options->members < 1 || options->members > 10000000)
		return error_set(error, ERROR_ARGUMENT, "%u members cannot be made; ask for 1 to 10000000",
			options->members);
	if (options->as_of < civil_day(2000, 1, 1) || options->as_of > civil_day(2199, 12, 31))
		return error_set(error, ERROR_ARGUMENT,
			"the demo brand needs an as-of day from 2000-01-01 to 2199-12-31, such as 2026-11-20");
	if (options->months < 12 || options->months > 60)
		return error_set(error, ERROR_ARGUMENT, "%d months cannot be made; ask for 12 to 60",
			options->months);
	return true;
}

static bool open_sheets(struct brand *brand, struct arena *arena, const char *folder,
	struct error *error)
{
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return error_set(error, ERROR_SYSTEM,
			"cannot make the folder %s: %s; make its parent or choose another", folder,
			strerror(errno));
	for (int i = 0; i < FILE_COUNT; i++) {
		brand->sheets[i] = sheet_open(arena, folder, files[i].name, files[i].header, error);
		if (brand->sheets[i] == NULL)
			return false;
	}
	return true;
}

bool brand_write(const struct brand_options *options, const char *folder,
	void (*progress)(void *context, const char *sentence), void *context, struct error *error)
{
	if (!check_options(options, error))
		return false;
	struct arena *arena = arena_new();
	struct brand *brand = arena_alloc(arena, sizeof *brand);
	uint32_t tenth = (options->members + 9) / 10;
	char sentence[160];

	brand->world = world_make(arena, options->seed, options->as_of, options->months);
	bool well = open_sheets(brand, arena, folder, error);

	if (well) {
		write_world(brand);
		write_campaigns(brand);
		write_spare_codes(brand, options->members);
	}
	for (uint32_t number = 1; well && number <= options->members; number++) {
		write_member(brand, number);
		if (progress == NULL || (number % tenth != 0 && number != options->members))
			continue;
		snprintf(sentence, sizeof sentence, "demo brand: %u of %u members, %lld orders", number,
			options->members, (long long)sheet_rows(brand->sheets[FILE_ORDERS]));
		progress(context, sentence);
	}
	well = well && sheet_close(brand->sheets, FILE_COUNT, error);
	arena_free(arena);
	return well;
}
