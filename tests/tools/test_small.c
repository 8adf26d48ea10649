/* No answer gives a small group away: small random worlds and questions, and of each answer the linear algebra of all
 * that it shows, against groups and members counted by SQL of its own. FLASHD_SMALL_SEED and FLASHD_SMALL_TRIALS say
 * otherwise; a failing question is printed with its seed. */
#include <inttypes.h>

#include "mcp/metrics/question.h"
#include "tests/unit/check.h"
#include "world.h"

enum { TENANT = 3, ATOMS = 1200, SHOWN = 1500, TRIALS = 40 };

/* What one group of one period is worth: an unknown of whoever reads the answer. */
struct atom {
	const char *since, *until, *name;
	long long members, value;
	bool shown;               /* its own number is in the answer */
	bool told;                /* as a row of the window */
};

struct reader {
	struct arena *arena;
	struct question question;
	const json_t *answer;
	long long told;           /* sum of the rows of this page and those before */
	struct atom atoms[ATOMS];
	size_t count;
	double shown[SHOWN][ATOMS];   /* what the answer's numbers are sums of */
	size_t shown_count;
};

static struct reader reader;
static struct db *asked;
static uint64_t seed;
static long trials, withheld_answers, withheld_numbers, failed_trials, pages;

static uint64_t draw(uint64_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 33) % below;
}

static void run(const char *sql)
{
	struct error error;

	if (!db_script(world.admin, sql, &error)) {
		printf("Bail out! %s\n", error.text);
		exit(1);
	}
}

static void add_tenant(void)
{
	run("set flash.tenant = '3'; insert into data.tenants (tenant, slug, name, zone, currency, cents_per_100_points, "
		"message_cost_cents, data_version, data_as_of, created_at) values (3, 'small', 'Small', 'Europe/Paris', 'EUR', "
		"100, 1, 1, '2026-06-30T12:00Z', '2024-01-01Z');"
		"insert into data.tiers (tenant, tier, name, rank) values (3, 'a', 'A', 1), (3, 'b', 'B', 2), (3, 'c', 'C', 3);"
		"insert into data.stores (tenant, store, name, region) select 3, 's' || i, 'S' || i, 'r' || i / 3 "
		"from generate_series(1, 7) i");
}

/* Members and orders at random, some stores and tiers with few of them, some orders of nobody. Each draw hangs on the
 * world and on what it is drawn for, never on the order of rows: a seed makes the same world wherever it is run. */
static void make_world(struct arena *arena)
{
	unsigned members = 3 + (unsigned)draw(40), orders = 5 + (unsigned)draw(150), least = 2 + (unsigned)draw(8);
	double skew = 1 + (double)draw(30) / 10;

	run(arena_format(arena, "set flash.tenant = '3'; delete from data.ledger where tenant = 3; delete from "
		"data.orders where tenant = 3; delete from data.members where tenant = 3; "
		"create or replace function pg_temp.chance(what text) returns float8 language sql immutable as $$ select "
		"('x' || substr(md5('%u ' || what), 1, 13))::bit(52)::bigint / 4503599627370496.0 $$;"
		"update data.tenants set min_group = %u, data_version = data_version + 1 where tenant = 3;"
		"insert into data.members (tenant, member, external, tier, home_store, source, enrolled_at) select 3, i, "
		"'m' || i, (array['a', 'b', 'c', null])[1 + floor(4 * power(pg_temp.chance('tier ' || i), %.2f))::int], 's1', "
		"'web', '2024-02-01Z' from generate_series(1, %u) i;"
		"insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents, refund_cents) "
		"select 3, 'o' || i, case when pg_temp.chance('known ' || i) < .85 then 1 + floor(%u * "
		"pg_temp.chance('member ' || i))::int end, (array['s1', 's2', 's3', 's4', 's5', 's6', 's7', null])"
		"[1 + floor(8 * power(pg_temp.chance('store ' || i), %.2f))::int], "
		"(array['web', 'store'])[1 + floor(2 * pg_temp.chance('channel ' || i))::int], "
		"case when pg_temp.chance('long ago ' || i) < .15 then timestamptz '2025-06-20T10:00Z' else "
		"timestamptz '2026-06-30T10:00Z' - pg_temp.chance('at ' || i) * interval '40 days' end, "
		"1 + floor(1e9 * pg_temp.chance('gross ' || i))::bigint, 0 from generate_series(1, %u) i;"
		"insert into data.ledger (tenant, entry, member, delta, kind, at) select 3, gen_random_uuid(), member, 5, "
		"'earn', timestamptz '2026-06-30T10:00Z' - pg_temp.chance('earned at ' || order_ref) * interval '40 days' "
		"from data.orders where tenant = 3 and member is not null and "
		"pg_temp.chance('earned ' || order_ref) < .3",
		(unsigned)draw(1000000), least, skew, members, members, skew, orders));
}

static const char *const metrics[] = { "gmv", "member_gmv", "orders", "aov", "buying_members", "net_gmv", "repeat_rate",
	"points_per_order", "points_per_order", "gmv", "gmv" };
static const char *const cuts[][3] = { { "store" }, { "tier" }, { "region" }, { "store", "tier" },
	{ "tier", "channel" },
	{ "day" }, { "month" }, { "month", "store" }, { "store", "tier", "channel" }, { NULL }, { "store" }, { "tier" },
	{ "rfm_segment" }, { "rfm_segment", "store" } };
static const char *const compared[] = { "previous_period", "same_period_last_year", "whole_previous_period",
	"same_elapsed_part" };

static json_t *make_question(struct arena *arena)
{
	const char *const *cut = cuts[draw(sizeof cuts / sizeof cuts[0])];
	json_t *args = arena_json(arena, json_pack("{s:s}", "metric", metrics[draw(sizeof metrics / sizeof metrics[0])]));
	json_t *by = json_array(), *compare = json_array();
	static const char *const windows[] = { "last_14d", "last_7d", "this_month", "last_28d", "mtd" };

	for (size_t i = 0; i < 3 && cut[i] != NULL; i++)
		json_array_append_new(by, json_string(cut[i]));
	json_object_set_new(args, "by", by);
	json_object_set_new(args, "window", json_string(windows[draw(5)]));
	json_object_set_new(args, "as_of", json_string("2026-06-30"));
	if (draw(3) > 0)
		json_object_set_new(args, "limit", json_integer((json_int_t)(1 + draw(6))));
	if (draw(3) == 0)
		json_object_set_new(args, "order", json_string("lowest"));
	if (draw(4) == 0)
		json_object_set_new(args, "filters", json_pack("{s:[s]}", "channel", "web"));
	for (size_t i = 0; i < 4; i++)
		if (draw(2) == 0)
			json_array_append_new(compare, json_string(compared[i]));
	json_object_set_new(args, "compare", compare);
	return args;
}

/* The groups of a period as SQL sees them, each with its members and its worth. Equal periods are the same unknowns. */
static void find_atoms(const struct period *period)
{
	const struct metric *metric = reader.question.metric;
	bool points = strcmp(metric->name, "points_per_order") == 0;
	struct text name = text_open(reader.arena, 600);
	struct db_rows *rows;
	struct error error;

	for (size_t i = 0; i < reader.count; i++)
		if (strcmp(reader.atoms[i].since, period->since) == 0 && strcmp(reader.atoms[i].until, period->until) == 0)
			return;
	for (size_t i = 0; i < reader.question.request.by_count; i++) {
		const char *dimension = reader.question.request.by[i]->name;

		text_format(&name, i == 0 ? "" : " || '|' || ");
		if (strcmp(dimension, "day") == 0 || strcmp(dimension, "month") == 0)
			text_format(&name, "date_trunc('%s', at at time zone 'Europe/Paris')::date::text", dimension);
		else if (strcmp(dimension, "rfm_segment") == 0)
			text_format(&name, "coalesce((select r.rfm_segment from metric.rfm_members(3, '%s', '%s') r where "
				"r.member = x.member), '(none)')", period->until, period->last_day);
		else
			text_format(&name, "coalesce(%s, '(none)')", dimension);
	}
	const char *which = arena_format(reader.arena, "where tenant = 3%s%s", reader.question.filters != NULL
		? " and channel = 'web'" : "", strcmp(metric->name, "member_gmv") == 0 ||
		strcmp(metric->name, "buying_members") == 0 || metric->entity != NULL || points ? " and member is not null"
		: "");
	const char *sql = arena_format(reader.arena, "select %s, count(distinct member), sum(worth) from (select store, "
		"region, tier, channel, member, ordered_at as at, gross_cents as worth from metric.orders %s%s) x "
		"where at >= '%s' and at < '%s' group by 1", name.size == 0 ? "''::text" : name.bytes, which, !points ? ""
		: " union all select store, region, tier, null, member, at, 0 from metric.points where tenant = 3 and "
		"kind = 'earn'", period->since, period->until);

	if (!db_select(world.admin, TENANT, sql, DB_NOTHING, reader.arena, &rows, &error) ||
	    reader.count + db_count(rows) > ATOMS) {
		printf("Bail out! %s\n", sql);
		exit(1);
	}
	for (size_t i = 0; i < db_count(rows); i++)
		reader.atoms[reader.count++] = (struct atom){ period->since, period->until, db_text(rows, i, 0),
			db_number(rows, i, 1), db_number(rows, i, 2), false, false };
}

static const struct period *period_of(size_t at)
{
	size_t place = 0;

	if (at == 0)
		return &reader.question.bounds.periods[0];
	while (comparison_at(place) != reader.question.comparisons[at - 1])
		place++;
	return &reader.question.bounds.periods[1 + place];
}

static bool is_of(const struct atom *atom, const struct period *period)
{
	return strcmp(atom->since, period->since) == 0 && strcmp(atom->until, period->until) == 0;
}

static struct atom *find_atom(const struct period *period, const json_t *row)
{
	struct text name = text_open(reader.arena, 600);

	for (size_t i = 0; i < reader.question.request.by_count; i++)
		text_format(&name, "%s%s", i == 0 ? "" : "|",
			json_string_value(json_object_get(row, reader.question.request.by[i]->name)));
	for (size_t i = 0; i < reader.count; i++)
		if (is_of(&reader.atoms[i], period) && strcmp(reader.atoms[i].name, name.bytes) == 0)
			return &reader.atoms[i];
	return NULL;
}

/* Adds to a number what a total, or one group of it, is the sum of. */
static void add_total(double *number, const struct period *period, double sign)
{
	for (size_t i = 0; i < reader.count; i++)
		if (is_of(&reader.atoms[i], period))
			number[i] += sign;
}

static double *new_number(void)
{
	if (reader.shown_count == SHOWN)
		abort();
	return memset(reader.shown[reader.shown_count++], 0, sizeof reader.shown[0]);
}

static void show_total(const json_t *of, const struct period *period)
{
	if (json_is_number(json_object_get(of, "value")) || json_object_get(of, "numerator") != NULL)
		add_total(new_number(), period, 1);
	if (json_is_number(json_object_get(of, "change"))) {
		double *change = new_number();

		add_total(change, period_of(0), 1);
		add_total(change, period, -1);
	}
}

static bool tells(const json_t *row)
{
	return json_is_number(json_object_get(row, "value")) || json_object_get(row, "numerator") != NULL ||
		json_object_get(row, "text") != NULL;
}

static void show_row(const json_t *row, const struct period *period)
{
	struct atom *atom = find_atom(period, row), *now = find_atom(period_of(0), row);

	if (tells(row) && atom != NULL) {
		new_number()[atom - reader.atoms] = 1;
		atom->shown = true;
	}
	if (json_is_number(json_object_get(row, "change"))) {
		double *change = new_number();

		if (now != NULL)
			change[now - reader.atoms] += 1;
		if (atom != NULL)
			change[atom - reader.atoms] -= 1;
	}
}

/* All that the answer says, as sums of its unknowns. */
static void read_answer(void)
{
	const json_t *rest = json_object_get(reader.answer, "rest"), *row, *comparison;
	size_t i, j;

	for (size_t at = 0; at <= reader.question.comparison_count; at++)
		find_atoms(period_of(at));
	if (reader.question.request.offset == 0) {
		show_total(reader.answer, period_of(0));
		show_total(json_object_get(reader.answer, "total"), period_of(0));
	}
	json_array_foreach(json_object_get(reader.answer, "rows"), i, row) {
		show_row(row, period_of(0));
		if (tells(row) && find_atom(period_of(0), row) != NULL)
			find_atom(period_of(0), row)->told = true;
	}
	json_array_foreach(json_object_get(reader.answer, "comparisons"), i, comparison) {
		if (reader.question.request.offset == 0)
			show_total(comparison, period_of(1 + i));
		json_array_foreach(json_object_get(comparison, "rows"), j, row)
			show_row(row, period_of(1 + i));
	}
	if (json_is_number(json_object_get(rest, "value"))) {
		double *sum = new_number();

		add_total(sum, period_of(0), 1);
		for (i = 0; i < reader.count; i++)
			if (reader.atoms[i].told)
				sum[i] -= 1;
	}
}

/* Gauss: afterwards each row has a first unknown that no other row has. */
static void eliminate(void)
{
	size_t done = 0;

	for (size_t column = 0; column < reader.count && done < reader.shown_count; column++) {
		size_t pivot = done;

		while (pivot < reader.shown_count && fabs(reader.shown[pivot][column]) < 1e-9)
			pivot++;
		if (pivot == reader.shown_count)
			continue;
		for (size_t k = 0; k < reader.count; k++) {
			double kept = reader.shown[pivot][k];

			reader.shown[pivot][k] = reader.shown[done][k];
			reader.shown[done][k] = kept;
		}
		for (size_t row = 0; row < reader.shown_count; row++) {
			double factor = reader.shown[row][column] / reader.shown[done][column];

			for (size_t k = 0; row != done && fabs(factor) > 1e-12 && k < reader.count; k++)
				reader.shown[row][k] -= factor * reader.shown[done][k];
		}
		done++;
	}
}

/* A row of the reduced form that is one unknown alone. */
static bool can_be_found(size_t atom)
{
	for (size_t row = 0; row < reader.shown_count; row++) {
		size_t others = 0;

		for (size_t k = 0; k < reader.count; k++)
			others += k != atom && fabs(reader.shown[row][k]) > 1e-9;
		if (others == 0 && fabs(reader.shown[row][atom]) > 1e-9)
			return true;
	}
	return false;
}

static bool is_small(long long members)
{
	return members > 0 && members < reader.question.bounds.min_group;
}

/* Of an additive number: what is shown is what it is, and the rest adds up with all pages so far. */
static bool adds_up(void)
{
	const json_t *rest = json_object_get(reader.answer, "rest"), *row;
	long long total = 0;
	size_t i;

	if (strcmp(reader.question.metric->name, "gmv") != 0 && strcmp(reader.question.metric->name, "member_gmv") != 0)
		return true;
	for (i = 0; i < reader.count; i++)
		total += is_of(&reader.atoms[i], period_of(0)) ? reader.atoms[i].value : 0;
	json_array_foreach(json_object_get(reader.answer, "rows"), i, row) {
		const struct atom *atom = find_atom(period_of(0), row);

		reader.told += json_integer_value(json_object_get(row, "value"));
		if (atom != NULL && tells(row) && json_integer_value(json_object_get(row, "value")) != atom->value)
			return false;
	}
	return !json_is_integer(json_object_get(reader.answer, "value")) ||
		(json_integer_value(json_object_get(reader.answer, "value")) == total &&
		(!json_is_object(rest) || json_integer_value(json_object_get(rest, "value")) == total - reader.told));
}

static bool nothing_can_be_found(void)
{
	eliminate();
	for (size_t i = 0; i < reader.count; i++)
		if (is_small(reader.atoms[i].members) && (reader.atoms[i].shown || can_be_found(i))) {
			printf("# %s of %s to %s (%lld members) can be found\n", reader.atoms[i].name, reader.atoms[i].since,
				reader.atoms[i].until, reader.atoms[i].members);
			return false;
		}
	return true;
}

/* No small group can be found; and no more is withheld than the rule says: of each period one row more. */
static bool judge(void)
{
	size_t withheld = 0, small = 0;

	read_answer();
	if (!adds_up())
		return false;
	for (size_t at = 0; at <= reader.question.comparison_count; at++)
		for (size_t i = 0; i < reader.count; i++)
			small += is_of(&reader.atoms[i], period_of(at)) && is_small(reader.atoms[i].members);
	if (!nothing_can_be_found())
		return false;
	withheld = (size_t)json_integer_value(json_object_get(reader.answer, "withheld_count"));
	withheld_answers += withheld > 0;
	withheld_numbers += (long)withheld;
	/* Each period may lose a row or a total besides its small rows; without small ones nothing is lost. */
	return withheld <= small + 1 + reader.question.comparison_count && (small > 0 || withheld == 0);
}

/* A row's names as they are ordered: what has none comes last. */
static const char *sort_key(const json_t *row)
{
	struct text key = text_open(reader.arena, 600);

	for (size_t d = 0; d < reader.question.request.by_count; d++) {
		const char *name = json_string_value(json_object_get(row, reader.question.request.by[d]->name));

		text_format(&key, "%s\x01", strcmp(name, "(none)") == 0 ? "\x7f" : name);
	}
	return key.bytes;
}

/* The rows of a page, "name withheld" each, in the order of the answer; of comparisons too. False when a row that is
 * withheld (the last one was: *withheld) stands before one that is not, or not where its name belongs. */
static bool list_rows(struct text *rows, const char **withheld)
{
	const json_t *row, *comparison;
	bool ordered = true;
	size_t i, j;

	json_array_foreach(json_object_get(reader.answer, "rows"), i, row) {
		bool hidden = json_object_get(row, "withheld") != NULL;
		const char *key = sort_key(row);

		ordered = ordered && (*withheld == NULL || (hidden && strcmp(*withheld, key) < 0));
		*withheld = hidden ? key : NULL;
		text_add(rows, key);
		text_add(rows, hidden ? "withheld" : "");
		json_array_foreach(json_object_get(reader.answer, "comparisons"), j, comparison)
			text_add(rows, json_object_get(json_array_get(json_object_get(comparison, "rows"), i), "withheld") == NULL
				? " -" : " withheld");
		text_add(rows, "\n");
	}
	return ordered;
}

static bool told_wrong(const char *what, int offset)
{
	printf("# page %d: %s\n", offset, what);
	return false;
}

/* All pages of a question, `rows` at most on each. What they say together, when `read`. */
static bool walk_pages(json_t *args, bool read, struct text *rows)
{
	struct error error = { .text = "" };
	const char *withheld = NULL;
	bool good = true;
	int offset = 0;

	memset(&reader.atoms, 0, sizeof reader.atoms);
	reader.count = reader.shown_count = 0;
	reader.told = 0;
	do {
		json_object_set_new(args, "page", json_pack("[i, i]", offset, 0));
		reader.answer = question_answer(asked, TENANT, args, reader.arena, &reader.question, &error);
		if (reader.answer == NULL) {
			printf("# page %d: %s\n", offset, error.text);
			return false;
		}
		if (!list_rows(rows, &withheld))
			good = told_wrong("its rows are not in their order", offset);
		if (read) {
			read_answer();
			if (!adds_up())
				good = told_wrong("its rows and rest do not add up to its total", offset);
		}
		pages++;
		offset = reader.question.next_offset;
	} while (offset > 0);
	return good && (!read || nothing_can_be_found());
}

/* The lines of a list, sorted. */
static const char *sorted(struct text list)
{
	struct db_rows *rows;
	struct error error;

	if (!db_select(world.admin, TENANT, "select string_agg(line, E'\\n' order by line collate \"C\") from "
		"regexp_split_to_table($1::text, E'\\n') line", DB_VALUES(list.bytes), reader.arena, &rows, &error)) {
		printf("Bail out! %s\n", error.text);
		exit(1);
	}
	return db_text(rows, 0, 0);
}

/* Whatever is withheld is withheld on every way through the pages; so nothing small can be found from them all. */
static bool judge_pages(struct arena *arena, json_t *args)
{
	struct text some = text_open(arena, 60000), all = text_open(arena, 60000), back = text_open(arena, 60000);

	json_object_set_new(args, "limit", json_integer((json_int_t)(2 + draw(7))));
	if (!walk_pages(args, true, &some))
		return false;
	json_object_set_new(args, "limit", json_integer(LIMIT_MOST));
	if (!walk_pages(args, false, &all))
		return false;
	json_object_set_new(args, "limit", json_integer((json_int_t)(1 + draw(9))));
	json_object_set_new(args, "order", json_string(draw(2) == 0 ? "lowest" : "highest"));
	if (!walk_pages(args, false, &back))
		return false;
	if (strcmp(some.bytes, all.bytes) == 0 && strcmp(sorted(some), sorted(back)) == 0)
		return true;
	printf("# in pages:\n%s# at once:\n%s# in another order:\n%s", some.bytes, all.bytes, back.bytes);
	return false;
}

static void nothing_small_can_be_found(void)
{
	for (long i = 0; i < trials; i++) {
		uint64_t began = seed;
		struct arena *arena = arena_new();
		struct error error = { .text = "" };

		make_world(arena);
		for (int j = 0; j < 8; j++) {
			json_t *args = make_question(arena);

			memset(&reader, 0, sizeof reader);
			reader.arena = arena;
			reader.answer = question_answer(asked, TENANT, args, arena, &reader.question, &error);
			/* No data, or a number that is not cut so. */
			if (reader.answer == NULL && (error.code == ERROR_NO_DATA || error.code == ERROR_UNGROUNDED))
				continue;
			/* The whole brand is no group. */
			bool whole = json_array_size(json_object_get(args, "by")) == 0 && json_object_get(args, "filters") == NULL;
			bool good = reader.answer != NULL &&
				(whole ? json_object_get(reader.answer, "withheld_count") == NULL : judge());

			if (good && j % 2 == 0 && json_array_size(json_object_get(args, "by")) > 0)
				good = judge_pages(arena, args);
			failed_trials += !good;
			CHECK(good);
			if (!good && failed_trials <= 3)
				printf("# seed %" PRIu64 ", least %d: %s\n# %s%s\n", began, reader.question.bounds.min_group,
					arena_dump(arena, args), error.text, reader.answer == NULL ? "" : arena_dump(arena,
					reader.answer));
		}
		arena_free(arena);
	}
	printf("# %ld worlds, 8 questions each: %ld answers withheld %ld numbers; %ld pages\n", trials, withheld_answers,
		withheld_numbers, pages);
	CHECK(withheld_answers > trials && pages > 5 * trials);
}

int main(void)
{
	struct error error;

	world_open();
	asked = db_open(world.settings.database, "tests", &error);
	seed = getenv("FLASHD_SMALL_SEED") == NULL ? 20261121 : strtoull(getenv("FLASHD_SMALL_SEED"), NULL, 10);
	trials = getenv("FLASHD_SMALL_TRIALS") == NULL ? TRIALS : strtol(getenv("FLASHD_SMALL_TRIALS"), NULL, 10);
	add_tenant();
	CHECK_RUN(nothing_small_can_be_found);
	db_close(asked);
	world_close();
	return check_done();
}
