/* Members counted from sets in memory against the same counted by SQL, byte for byte, and against the oracle's SQL by
 * hand; over the small world, while orders and tiers change, and with faults planted. tests/sql/metrics_oracle.sh makes
 * the database. */
#include "metrics_oracle.h"
#include "metrics_world.h"

#include "mcp/metrics/bitmaps.h"
#include "mcp/metrics/upkeep.h"

enum { QUESTIONS = 200, CHANGES = 60 };

static const char *const metrics[] = { "active_members", "buying_members" };
static const char *const grains[] = { "day", "week", "month", "quarter", "year", "fiscal_month", "fiscal_quarter",
	"fiscal_year" };

static void run(const char *sql)
{
	struct error error;

	need(db_script(raw, sql, &error), sql, &error);
}

/* What the upkeep does when all days were left alone for a while, at once. */
static void keep_up(void)
{
	struct error error = { .text = "" };

	run("update data.stale_days set marked_at = '-infinity'");
	for (int tenant = 1; tenant <= 2; tenant++) {
		bool more = true;

		while (more)
			need(bitmaps_rebuild(asked, tenant, &more, &error), "rebuild", &error);
		need(bitmaps_load(asked, tenant, &error), "load", &error);
	}
}

static const char *answer_of(const struct trial *trial, bool from_sets)
{
	struct error error = { .code = ERROR_NONE };

	bitmaps_switch(from_sets);
	json_t *answer = ask_patiently(trial, &error);

	bitmaps_switch(true);
	return answer == NULL ? arena_format(arena, "%s: %s", error_word(error.code), error.text)
		: arena_dump(arena, answer);
}

/* Whether both ways answer alike; `used` says whether the sets were. */
static bool agrees(const struct trial *trial, bool *used)
{
	struct arena *outer = arena;
	size_t before = bitmaps_served();

	arena = arena_new();
	const char *sets = answer_of(trial, true), *sql = answer_of(trial, false);
	bool same = strcmp(sets, sql) == 0;

	*used = bitmaps_served() > before;
	if (!same)
		printf("# tenant %d %s\n#   sets %s\n#   sql  %s\n", trial->tenant, arena_dump(arena, args_of(trial)), sets,
			sql);
	arena_free(arena);
	arena = outer;
	return same;
}

/* From the sets, as the oracle says, and as SQL says. */
static void check_counted(const struct trial *trial)
{
	bool used;

	CHECK(passes(trial));
	CHECK(agrees(trial, &used));
	CHECK(used);
}

static void every_shape_is_counted_from_sets(void)
{
	for (int tenant = 1; tenant <= 2; tenant++)
		for (size_t g = 0; g <= 8; g++)
			for (int tier = 0; tier < (g == 8 ? 2 : 3); tier++) {
				struct trial trial = { .tenant = tenant, .metric = "buying_members", .window = g == 0 ? "last_90d"
					: "last_180d", .compare = { true, true } };

				if (tier == 1)
					trial.by[trial.by_count++] = "tier";
				if (g < 8)
					trial.by[trial.by_count++] = grains[g];
				if (tier == 2)
					trial.by[trial.by_count++] = "tier";
				check_counted(&trial);
				trial.metric = "active_members";   /* which knows no grains */
				if (g == 8)
					check_counted(&trial);
			}
}

static void filters_limit_to_tiers(void)
{
	static const char *const values[][3] = { { "gold" }, { VALUE_NONE }, { "silver", VALUE_NONE },
		{ "bronze", "gold" } };

	for (size_t i = 0; i < 4; i++)
		for (int by = 0; by < 3; by++) {
			struct trial trial = { .tenant = 1 + by % 2, .metric = metrics[i % 2], .window = "last_30d",
				.filter = "tier", .values = { values[i][0], values[i][1] }, .compare = { true, false, false, true },
				.value_count = values[i][1] == NULL ? 1 : 2, .by_count = by > 0,
				.by = { by == 1 || i % 2 == 0 ? "tier" : "week" } };

			check_counted(&trial);
		}
}

/* A key that is limited to tiers is told of these alone, whatever it asks for. */
static void limited_keys_are_told_of_their_tiers(void)
{
	static const char *const limits[] = { "{\"tier\": [\"silver\"]}", "{\"tier\": [\"gold\", \"bronze\"]}" };
	struct trial trial = { .metric = "buying_members", .window = "last_90d", .compare = { true, false } };
	bool used;

	for (int i = 0; i < 40; i++) {
		bool filtered = i % 4 == 3;

		trial.tenant = 1 + i / 20;
		trial.by_count = (size_t)i % 3;
		trial.by[0] = i % 2 == 0 ? "tier" : "week";
		trial.by[1] = i % 2 == 0 ? "month" : "tier";
		trial.filter = filtered ? "tier" : NULL;
		trial.value_count = filtered;
		trial.values[0] = "bronze";
		db_limit(asked, limits[i % 2]);
		CHECK(agrees(&trial, &used));
		CHECK(used);
		const char *limited = answer_of(&trial, true);

		db_limit(asked, NULL);
		CHECK(strcmp(limited, answer_of(&trial, true)) != 0);
	}
}

/* The nights that the clocks change, skipped and double midnights, ends of months and years. */
static void edges_fall_on_their_days(void)
{
	static const char *const spans[][2] = { { "2017-03-25", "2017-03-27" }, { "2017-10-28", "2017-10-30" },
		{ "2017-03-11", "2017-03-13" }, { "2017-11-03", "2017-11-05" }, { "2016-12-31", "2017-01-01" },
		{ "2017-03-12", "2017-03-12" }, { "2017-11-05", "2017-11-05" }, { "2017-10-29", "2017-10-29" },
		{ "2017-10-31", "2017-10-31" }, { "2017-02-28", "2017-03-01" } };

	for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
		for (int w = 0; w < 4; w++) {
			struct trial trial = { .tenant = 1 + w % 2, .metric = "buying_members", .by_count = w > 1,
				.by = { "day" } };

			snprintf(trial.days.first, 11, "%s", spans[i][0]);
			snprintf(trial.days.last, 11, "%s", spans[i][1]);
			check_counted(&trial);
		}
}

static struct trial random_trial(void)
{
	struct trial trial = { .tenant = 1 + (int)random_below(2), .metric = metrics[random_below(2)] };
	bool grain = strcmp(trial.metric, "buying_members") == 0;
	static const char *const tiers[] = { "bronze", "silver", "gold", VALUE_NONE };

	if (random_below(2) == 0)
		trial.by[trial.by_count++] = "tier";
	if (grain && random_below(2) == 0)
		trial.by[trial.by_count++] = grains[random_below(8)];
	if (trial.by_count == 2 && random_below(2) == 0)
		trial.by[1] = "tier", trial.by[0] = grains[random_below(8)];
	if (random_below(3) == 0) {
		trial.filter = "tier";
		trial.value_count = 1 + random_below(2);
		trial.values[0] = tiers[random_below(4)];
		trial.values[1] = tiers[random_below(4)];
	}
	if (random_below(3) == 0)
		trial.limit = 1 + (int)random_below(6), trial.lowest = random_below(2) == 0;
	for (size_t i = 0; i < COMPARISON_COUNT; i++)
		trial.compare[i] = random_below(3) == 0;
	if (random_below(2) == 0) {
		long first = day_number("2016-08-10") + random_below(460);

		trial.days = span(first, first + random_below(random_below(2) == 0 ? 4 : 120));
		return trial;
	}
	struct span as_of = span(0, day_number("2016-12-01") + random_below(341));

	trial.window = window_at(random_below(29))->name;
	if (random_below(4) > 0)
		trial.as_of = arena_copy(arena, as_of.last);
	return trial;
}

static void random_questions(void)
{
	const char *count = getenv("FLASHD_METRICS_QUESTIONS"), *start = getenv("FLASHD_METRICS_SEED");
	int questions = count == NULL ? QUESTIONS : atoi(count), counted = 0;

	seed = start == NULL ? seed : strtoull(start, NULL, 10);
	printf("# %d random questions, FLASHD_METRICS_SEED=%llu\n", questions, seed);
	for (int i = 0; i < questions; i++) {
		struct trial trial = random_trial();
		bool used;

		CHECK(passes(&trial));
		CHECK(agrees(&trial, &used));
		counted += used;
	}
	CHECK(counted > questions / 3);
}

/* As a writer of facts does it: one transaction that holds them and moves the data version. */
static void change(int tenant, const char *sql)
{
	run(arena_format(arena, "begin; select set_config('flash.tenant', '%d', false); select app.hold_facts(%d); %s; "
		"update data.tenants set data_version = data_version + 1 where tenant = %d; commit", tenant, tenant, sql,
		tenant));
}

/* One change of any sort that facts go through. */
static void change_something(int tenant, int number)
{
	unsigned member = 1 + random_below(70), order = 1 + random_below(1580), hours = random_below(24 * 440);
	static const char *const tiers[] = { "'bronze'", "'silver'", "'gold'", "null" };
	const char *tier = tiers[random_below(4)];

	switch (random_below(7)) {
	case 0:
		change(tenant, arena_format(arena, "insert into data.orders (tenant, order_ref, member, ordered_at, "
			"gross_cents) values (%d, 'n%d', %u, timestamptz '2016-08-20Z' + %u * interval '1 hour', 5)", tenant,
			number, member, hours));
		return;
	case 1:   /* a correction: another member */
		change(tenant, arena_format(arena, "update data.orders set member = %u where tenant = %d and order_ref = "
			"'o%u'", member, tenant, order));
		return;
	case 2:   /* another moment, or nobody's any more */
		change(tenant, arena_format(arena, "update data.orders set ordered_at = timestamptz '2016-08-20Z' + %u * "
			"interval '1 hour', member = case when %u %% 3 > 0 then member end where tenant = %d and order_ref = 'o%u'",
			hours, hours, tenant, order));
		return;
	case 3:
		change(tenant, arena_format(arena, "delete from data.orders x where x.tenant = %d and x.order_ref = 'n%u'",
			tenant, random_below((unsigned)number + 1)));
		return;
	case 4:
		change(tenant, arena_format(arena, "insert into data.members (tenant, member, external, tier, enrolled_at) "
			"values (%d, %d, 'new%d', %s, '2017-01-01Z'); insert into data.orders (tenant, order_ref, member, "
			"ordered_at, gross_cents) values (%d, 'm%d', %d, '2017-10-20Z', 5)", tenant, 1000 + number, number, tier,
			tenant, number, 1000 + number));
		return;
	default:
		change(tenant, arena_format(arena, "update data.members set tier = %s where tenant = %d and member %% 60 = %u",
			tier, tenant, member % 60));
	}
}

/* At every data version both ways agree, whether or not the kept sets were made anew meanwhile. */
static void what_changes_is_counted(void)
{
	int counted = 0;

	for (int i = 0; i < CHANGES; i++) {
		change_something(1 + i % 2, i);
		if (random_below(8) == 0)
			keep_up();
		for (int q = 0; q < 4; q++) {
			struct trial trial = random_trial();
			bool used;

			trial.tenant = 1 + i % 2;
			CHECK(agrees(&trial, &used));
			counted += used;
		}
		struct trial plain = { .tenant = 1 + i % 2, .metric = metrics[i / 2 % 2], .window = "last_365d",
			.by_count = 1, .by = { "tier" } };
		bool used;

		CHECK(agrees(&plain, &used));
		CHECK(used);
	}
	CHECK(counted > CHANGES);
}

/* More moves between tiers than are named one by one: the members are read anew, and SQL counts meanwhile. */
static void too_many_moves_are_read_anew(void)
{
	struct trial trial = { .tenant = 1, .metric = "buying_members", .window = "last_90d", .by_count = 1,
		.by = { "tier" } };
	bool used;

	change(1, "insert into data.members (tenant, member, external, tier, enrolled_at) select 1, 10000 + i, "
		"'many' || i, 'gold', '2017-01-01Z' from generate_series(1, 10001) i");
	CHECK(agrees(&trial, &used));
	CHECK(!used);
	keep_up();
	CHECK(agrees(&trial, &used));
	CHECK(used);
}

/* Groups of few members are withheld of what is counted from sets as of what SQL counts, and so is what would give them
 * away. */
static void small_groups_are_withheld(void)
{
	static const char *const least[] = { "8", "20", "40" };
	int withheld = 0;

	for (int i = 0; i < 24; i++) {
		long first = day_number("2017-02-01") + 9 * i;
		struct trial trial = { .tenant = 1, .metric = "buying_members", .by_count = i % 4 > 0, .by = { "tier" },
			.days = span(first, first + i % 5), .lowest = i % 2 == 0, .filter = i % 4 == 0 ? "tier" : NULL,
			.values = { "gold" }, .value_count = i % 4 == 0 };
		bool used;

		if (i % 8 == 0)
			change(1, arena_format(arena, "update data.tenants set min_group = %s where tenant = 1", least[i / 8]));
		CHECK(agrees(&trial, &used));
		CHECK(used);
		withheld += strstr(answer_of(&trial, true), "\"withheld\"") != NULL;
	}
	CHECK(withheld > 6);
	change(1, "update data.tenants set min_group = default where tenant = 1");
}

static long long number_of(const char *sql)
{
	struct db_rows *rows;
	struct error error;

	need(db_select(raw, 1, sql, DB_NOTHING, arena, &rows, &error), sql, &error);
	return db_number(rows, 0, 0);
}

/* Nothing stays stale that nobody changes, and what is kept is as many as the day has. */
static void every_day_is_kept(void)
{
	keep_up();
	CHECK_INT(number_of("select count(*) from data.stale_days where kind = 'members'"), 0);
	CHECK_INT(number_of("select count(*) from (select o.tenant, (o.ordered_at at time zone t.zone)::date as day, "
		"count(distinct o.member) as members from data.orders o join data.tenants t using (tenant) where o.member is "
		"not null group by 1, 2) x full join data.day_members d using (tenant, day) where coalesce(x.members, 0) is "
		"distinct from d.count"), 0);
}

/* Each fault is planted as a bug would leave it, and is seen: by the comparison of this very test, or by the code. */
static void a_forgotten_day_is_caught(void)
{
	struct trial trial = { .tenant = 1, .metric = "buying_members", .days = { "2017-06-01", "2017-06-30" } };
	bool used;

	change(1, "insert into data.members (tenant, member, external, enrolled_at) values (1, 777, 'late', "
		"'2017-01-01Z'); insert into data.orders (tenant, order_ref, member, ordered_at, gross_cents) values "
		"(1, 'late', 777, '2017-06-10 12:00Z', 5); delete from data.stale_days where tenant = 1 and kind = 'members'");
	CHECK(strcmp(answer_of(&trial, true), answer_of(&trial, false)) != 0);
	change(1, "update data.orders set gross_cents = 6 where tenant = 1 and order_ref = 'late'");
	CHECK(agrees(&trial, &used) && used);
	keep_up();
	CHECK(agrees(&trial, &used) && used);
}

static void a_forgotten_move_is_caught(void)
{
	struct trial trial = { .tenant = 1, .metric = "buying_members", .window = "last_365d", .by_count = 1,
		.by = { "tier" } };
	bool used;

	keep_up();
	CHECK(agrees(&trial, &used) && used);
	change(1, "update data.members set tier = case when tier = 'gold' then 'silver' else 'gold' end where tenant = 1 "
		"and member <= 30; delete from data.tier_moves where tenant = 1 and member <= 30");
	CHECK(strcmp(answer_of(&trial, true), answer_of(&trial, false)) != 0);
	bitmaps_clear();
	keep_up();
	CHECK(agrees(&trial, &used) && used);
}

/* Sets of days by another zone's midnight are not kept: the function counts for itself. */
static void a_day_off_by_the_zone_is_refused(void)
{
	long long before, after;

	before = number_of("select coalesce(sum(revision), 0) from data.day_members");
	run("set flash.tenant = '2'; create table pg_temp.wrong as select d.day, d.members, d.count, d.digest from "
		"data.day_members d where d.tenant = 2 and d.day = '2017-03-10'");
	run("select app.keep_day_members(2, array[date '2017-03-13'], array[w.members], array[w.count], array[w.digest]) "
		"from pg_temp.wrong w");
	after = number_of("select coalesce(sum(revision), 0) from data.day_members");
	CHECK_INT(after, before);
}

static void a_lost_container_is_made_anew(void)
{
	struct trial trial = { .tenant = 1, .metric = "buying_members", .window = "last_180d", .by_count = 1,
		.by = { "week" } };
	bool used;

	keep_up();
	run("set flash.tenant = '1'; update data.day_members set members = '\\x3a30000000000000' where tenant = 1 and "
		"day > '2017-09-01' and day < '2017-09-05'");
	bitmaps_clear();
	struct error error = { .text = "" };

	log_set_level(LOG_LEVEL_ERROR);
	need(bitmaps_load(asked, 1, &error), "load", &error);
	log_set_level(LOG_LEVEL_ERROR);
	CHECK(agrees(&trial, &used));
	CHECK(!used);
	keep_up();
	CHECK(agrees(&trial, &used));
	CHECK(used);
}

/* A set that is whole, but another day's of as many members: only the digest tells. */
static void another_days_set_is_made_anew(void)
{
	struct trial trial = { .tenant = 1, .metric = "buying_members", .window = "last_365d", .by_count = 1,
		.by = { "month" } };
	struct error error = { .text = "" };
	bool used;

	run("set flash.tenant = '1'; update data.day_members a set members = b.members from data.day_members b where "
		"a.tenant = 1 and b.tenant = 1 and a.day > '2017-06-01' and a.day < '2017-06-10' and b.count = a.count and "
		"b.day = (select max(c.day) from data.day_members c where c.tenant = 1 and c.count = a.count and "
		"c.digest <> a.digest)");
	bitmaps_clear();
	need(bitmaps_load(asked, 1, &error), "load", &error);
	CHECK(agrees(&trial, &used));
	CHECK(!used);
	keep_up();
	CHECK(agrees(&trial, &used));
	CHECK(used);
}

/* The thread does it all by itself, also after a change. */
static void the_upkeep_comes_by_itself(void)
{
	struct trial trial = { .tenant = 2, .metric = "active_members", .window = "last_90d" };
	struct error error = { .text = "" };
	bool used = false;

	bitmaps_clear();
	change(2, "update data.orders set units = units + 1 where tenant = 2");
	struct upkeep *keeper = upkeep_open(daemon_database, &error);

	need(keeper != NULL, "upkeep", &error);
	for (int i = 0; i < 3000 && !used; i++) {
		struct timespec moment = { 0, 10000000 };

		nanosleep(&moment, NULL);
		CHECK(agrees(&trial, &used));
	}
	CHECK(used);
	upkeep_close(keeper);
}

/* A member whose number needs more than 32 bits is in no set, and is counted all the same. */
static void a_number_out_of_reach_is_left_to_sql(void)
{
	struct trial trial = { .tenant = 1, .metric = "buying_members", .window = "last_90d", .by_count = 1,
		.by = { "tier" } };
	bool used;

	keep_up();
	CHECK(agrees(&trial, &used) && used);
	change(1, "insert into data.members (tenant, member, external, tier, enrolled_at) values (1, 4294967296, 'far', "
		"'gold', '2017-01-01Z'); insert into data.orders (tenant, order_ref, member, ordered_at, gross_cents) values "
		"(1, 'far', 4294967296, '2017-11-01 12:00Z', 5)");
	for (int i = 0; i < 2; i++) {
		CHECK(agrees(&trial, &used));
		CHECK(!used);
		bitmaps_clear();
		keep_up();
	}
}

int main(void)
{
	const char *database = getenv("FLASHD_METRICS_DATABASE");

	if (database == NULL || *database == '\0') {
		check_skip("bitmaps_oracle", "tests/sql/metrics_oracle.sh gives it a database");
		return check_done();
	}
	whole = arena_new();
	arena = arena_new();
	open_world(database);
	bitmaps_switch(true);
	keep_up();
	CHECK_RUN(every_day_is_kept);
	CHECK_RUN(every_shape_is_counted_from_sets);
	CHECK_RUN(filters_limit_to_tiers);
	CHECK_RUN(limited_keys_are_told_of_their_tiers);
	CHECK_RUN(edges_fall_on_their_days);
	CHECK_RUN(random_questions);
	CHECK_RUN(what_changes_is_counted);
	CHECK_RUN(small_groups_are_withheld);
	CHECK_RUN(too_many_moves_are_read_anew);
	CHECK_RUN(a_forgotten_day_is_caught);
	CHECK_RUN(a_forgotten_move_is_caught);
	CHECK_RUN(a_day_off_by_the_zone_is_refused);
	CHECK_RUN(a_lost_container_is_made_anew);
	CHECK_RUN(another_days_set_is_made_anew);
	CHECK_RUN(the_upkeep_comes_by_itself);
	bitmaps_switch(true);
	CHECK_RUN(a_number_out_of_reach_is_left_to_sql);
	bitmaps_clear();
	db_close(asked);
	db_close(raw);
	arena_free(arena);
	arena_free(whole);
	return check_done();
}
