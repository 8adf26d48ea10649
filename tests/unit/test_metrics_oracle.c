/* Every governed number against the oracle (metrics_oracle.h) over the small world of tests/fixtures/world.sql: windows
 * with days written by hand, then every metric by every dimension, then random questions, with most days summed up and
 * some stale; and the same answers when none is summed up. tests/sql/metrics_oracle.sh makes the database
 * ($FLASHD_METRICS_DATABASE, a superuser's); alone it skips. */
#include "metrics_trials.h"
#include "metrics_world.h"

enum { RANDOM_USUAL = 500, KEPT = 400 };

static char *kept[KEPT];

static void windows_are_those_written_by_hand(void)
{
	static const struct {
		int tenant;
		const char *window, *from, *to, *as_of, *days[6];
	} cases[] = {
		{ 1, "last_week", NULL, NULL, NULL, { "2017-10-30", "2017-11-05", "2017-10-23", "2017-10-29", "2016-10-31", "2016-11-06" } },
		{ 2, "last_week", NULL, NULL, NULL, { "2017-10-29", "2017-11-04", "2017-10-22", "2017-10-28", "2016-10-30", "2016-11-05" } },
		{ 1, "this_week", NULL, NULL, NULL, { "2017-11-06", "2017-11-06", "2017-10-30", "2017-10-30", "2016-11-07", "2016-11-07" } },
		{ 2, "this_week", NULL, NULL, NULL, { "2017-11-05", "2017-11-06", "2017-10-29", "2017-10-30", "2016-11-06", "2016-11-07" } },
		{ 1, "last_7d", NULL, NULL, NULL, { "2017-10-30", "2017-11-05", "2017-10-23", "2017-10-29", "2016-10-30", "2016-11-05" } },
		{ 1, "last_14d", NULL, NULL, NULL, { "2017-10-23", "2017-11-05", "2017-10-09", "2017-10-22", "2016-10-23", "2016-11-05" } },
		{ 1, "last_28d", NULL, NULL, NULL, { "2017-10-09", "2017-11-05", "2017-09-11", "2017-10-08", "2016-10-09", "2016-11-05" } },
		{ 1, "last_30d", NULL, NULL, NULL, { "2017-10-07", "2017-11-05", "2017-09-07", "2017-10-06", "2016-10-07", "2016-11-05" } },
		{ 1, "last_90d", NULL, NULL, NULL, { "2017-08-08", "2017-11-05", "2017-05-10", "2017-08-07", "2016-08-08", "2016-11-05" } },
		{ 1, "today", NULL, NULL, NULL, { "2017-11-06", "2017-11-06", "2017-11-05", "2017-11-05", "2016-11-06", "2016-11-06" } },
		{ 1, "yesterday", NULL, NULL, NULL, { "2017-11-05", "2017-11-05", "2017-11-04", "2017-11-04", "2016-11-05", "2016-11-05" } },
		{ 1, "mtd", NULL, NULL, NULL, { "2017-11-01", "2017-11-06", "2017-10-01", "2017-10-06", "2016-11-01", "2016-11-06" } },
		{ 1, "this_month", NULL, NULL, "2017-03-31", { "2017-03-01", "2017-03-31", "2017-02-01", "2017-02-28", "2016-03-01", "2016-03-31" } },
		{ 1, "last_month", NULL, NULL, NULL, { "2017-10-01", "2017-10-31", "2017-09-01", "2017-09-30", "2016-10-01", "2016-10-31" } },
		{ 1, "last_month", NULL, NULL, "2017-03-15", { "2017-02-01", "2017-02-28", "2017-01-01", "2017-01-31", "2016-02-01", "2016-02-29" } },
		{ 1, "last_week", NULL, NULL, "2017-01-01", { "2016-12-19", "2016-12-25", "2016-12-12", "2016-12-18", "2015-12-21", "2015-12-27" } },
		{ 2, "last_week", NULL, NULL, "2017-01-01", { "2016-12-25", "2016-12-31", "2016-12-18", "2016-12-24", "2015-12-27", "2016-01-02" } },
		{ 1, "last_quarter", NULL, NULL, NULL, { "2017-07-01", "2017-09-30", "2017-04-01", "2017-06-30", "2016-07-01", "2016-09-30" } },
		{ 1, "qtd", NULL, NULL, NULL, { "2017-10-01", "2017-11-06", "2017-07-01", "2017-08-06", "2016-10-01", "2016-11-06" } },
		{ 1, "ytd", NULL, NULL, NULL, { "2017-01-01", "2017-11-06", "2016-01-01", "2016-11-05", "2016-01-01", "2016-11-06" } },
		{ 2, "last_year", NULL, NULL, NULL, { "2016-01-01", "2016-12-31", "2015-01-01", "2015-12-31", "2015-01-01", "2015-12-31" } },
		{ 1, "fiscal_ytd", NULL, NULL, NULL, { "2017-04-01", "2017-11-06", "2016-04-01", "2016-11-06", "2016-04-01", "2016-11-06" } },
		{ 1, "last_fiscal_quarter", NULL, NULL, NULL, { "2017-07-01", "2017-09-30", "2017-04-01", "2017-06-30", "2016-07-01", "2016-09-30" } },
		{ 2, "fiscal_ytd", NULL, NULL, NULL, { "2017-01-29", "2017-11-06", "2016-01-31", "2016-11-07", "2016-01-31", "2016-11-07" } },
		{ 2, "last_fiscal_month", NULL, NULL, NULL, { "2017-10-01", "2017-10-28", "2017-08-27", "2017-09-30", "2016-10-02", "2016-10-29" } },
		{ 2, "last_fiscal_quarter", NULL, NULL, NULL, { "2017-07-30", "2017-10-28", "2017-04-30", "2017-07-29", "2016-07-31", "2016-10-29" } },
		{ 2, "last_fiscal_year", NULL, NULL, NULL, { "2016-01-31", "2017-01-28", "2015-02-01", "2016-01-30", "2015-02-01", "2016-01-30" } },
		{ 1, NULL, "2017-02-01", "2017-02-28", NULL, { "2017-02-01", "2017-02-28", "2017-01-01", "2017-01-31", "2016-02-01", "2016-02-29" } },
		{ 1, NULL, "2017-01-01", "2017-03-31", NULL, { "2017-01-01", "2017-03-31", "2016-10-01", "2016-12-31", "2016-01-01", "2016-03-31" } },
		{ 1, NULL, "2016-02-29", "2016-02-29", NULL, { "2016-02-29", "2016-02-29", "2016-02-28", "2016-02-28", "2015-02-28", "2015-02-28" } },
		{ 1, NULL, "2016-02-20", "2016-02-28", NULL, { "2016-02-20", "2016-02-28", "2016-02-11", "2016-02-19", "2015-02-20", "2015-02-28" } },
		{ 1, NULL, "2017-03-02", "2017-03-31", NULL, { "2017-03-02", "2017-03-31", "2017-01-31", "2017-03-01", "2016-03-02", "2016-03-31" } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct bounds_request request = { metric_of("gmv"), cases[i].window, cases[i].from, cases[i].to,
			cases[i].as_of, .compared = { [0] = true, [1] = true } };
		struct bounds bounds;
		struct error error = { .text = "" };

		CHECK(bounds_find(asked, cases[i].tenant, &request, arena, &bounds, &error));
		CHECK_TEXT(error.text, "");
		for (size_t p = 0; p < 3; p++) {
			CHECK_TEXT(bounds.periods[p].first_day, cases[i].days[2 * p]);
			CHECK_TEXT(bounds.periods[p].last_day, cases[i].days[2 * p + 1]);
		}
	}
}

/* Days of 23, 24 and 25 hours, and a midnight that is skipped or comes twice. */
static void days_begin_at_their_first_instant(void)
{
	static const struct {
		int tenant;
		const char *day, *since_local, *since;
		int hours;
	} cases[] = {
		{ 1, "2017-03-26", "2017-03-26T00:00:00+01:00", "2017-03-25T23:00:00Z", 23 },
		{ 1, "2017-10-29", "2017-10-29T00:00:00+02:00", "2017-10-28T22:00:00Z", 25 },
		{ 1, "2017-06-01", "2017-06-01T00:00:00+02:00", "2017-05-31T22:00:00Z", 24 },
		{ 2, "2017-03-12", "2017-03-12T01:00:00-04:00", "2017-03-12T05:00:00Z", 23 },
		{ 2, "2017-11-05", "2017-11-05T00:00:00-04:00", "2017-11-05T04:00:00Z", 25 },
		{ 2, "2017-11-04", "2017-11-04T00:00:00-04:00", "2017-11-04T04:00:00Z", 24 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct bounds_request request = { metric_of("gmv"), NULL, cases[i].day, cases[i].day, .as_of = NULL };
		struct bounds bounds;
		struct error error;

		CHECK(bounds_find(asked, cases[i].tenant, &request, arena, &bounds, &error));
		CHECK_TEXT(bounds.periods[0].since_local, cases[i].since_local);
		CHECK_TEXT(bounds.periods[0].since, cases[i].since);
		CHECK_INT((bounds.periods[0].until_us - bounds.periods[0].since_us) / 3600000000, cases[i].hours);
	}
}

/* Each metric alone and by each of its dimensions, over a window with a comparison, each in its turn; grains, of which
 * the compiler knows nothing but the column, by every third metric. */
static void every_metric_by_every_dimension(void)
{
	static const char *const windows[] = { "last_week", "last_90d", "mtd", "last_quarter", "fiscal_ytd" };
	const struct metric *metric;
	struct error error;

	for (size_t i = 0; (metric = catalogue_at(catalogue_shipped(&error), i)) != NULL; i++)
		for (size_t d = 0; d <= metric->dimension_count; d++) {
			const char *by = d > 0 ? metric->dimensions[d - 1]->name : NULL;

			if (is_grain(by) && (i + d) % 3 != 0)
				continue;
			struct trial trial = { .tenant = 1 + (int)((i + d) % 2), .metric = metric->name, .by_count = d > 0,
				.by = { by } };

			if (metric->source->time[0] != '\0') {
				trial.window = by != NULL && strcmp(by, "hour") == 0 ? "last_7d"
					: strcmp(by == NULL ? "" : by, "day") == 0 ? "last_90d" : windows[(i + d) % 5];
				trial.compare[metric->part_count > 0 ? (i + d) % 2 : (i + d) % 4] = true;
			}
			CHECK(passes(&trial));
		}
}

/* The nights that the clocks change, and the last and first instants of months and years, by day. */
static void edges_fall_on_their_days(void)
{
	static const char *const spans[][2] = { { "2017-03-25", "2017-03-27" }, { "2017-10-28", "2017-10-30" },
		{ "2017-03-11", "2017-03-13" }, { "2017-11-03", "2017-11-05" }, { "2016-12-31", "2017-01-01" },
		{ "2017-02-27", "2017-03-01" }, { "2017-03-12", "2017-03-12" }, { "2017-11-05", "2017-11-05" },
		{ "2017-10-29", "2017-10-29" }, { "2017-03-26", "2017-03-26" }, { "2017-10-01", "2017-10-31" } };
	static const char *const metrics[] = { "gmv", "orders", "repeat_rate", "active_members", "coupons_redeemed",
		"points_issued" };

	for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
		for (size_t m = 0; m < sizeof metrics / sizeof metrics[0]; m++)
			for (int w = 0; w < 4; w++) {
				struct trial trial = { .tenant = 1 + w % 2, .metric = metrics[m], .compare = { true, true } };

				snprintf(trial.days.first, 11, "%s", spans[i][0]);
				snprintf(trial.days.last, 11, "%s", spans[i][1]);
				trial.by_count = w > 1 && metric_of(metrics[m])->lookback_days == 0;
				trial.by[0] = trial.by_count > 0 ? "day" : NULL;
				CHECK(passes(&trial));
			}
}

/* What whole campaigns found: the two hours of a night in autumn come in the order of time. */
static void questions_that_once_disagreed(void)
{
	static const struct trial trials[] = {
		{ .tenant = 1, .metric = "reversals", .window = "yesterday", .as_of = "2017-10-30", .by = { "hour" },
			.by_count = 1 },
		{ .tenant = 1, .metric = "breakage_rate", .days = { "2016-10-30", "2016-10-30" }, .by = { "hour" },
			.by_count = 1, .compare = { true, true } },
		{ .tenant = 2, .metric = "orders", .days = { "2017-11-05", "2017-11-05" }, .by = { "hour" }, .by_count = 1,
			.limit = 30, .lowest = true },
		{ .tenant = 1, .metric = "coupon_gmv", .days = { "2017-10-24", "2017-10-27" }, .by = { "hour", "channel" },
			.by_count = 2, .compare = { true, true, false, true }, .limit = 3, .lowest = true },
		{ .tenant = 1, .metric = "active_members", .days = { "2017-11-04", "2018-02-22" } },
	};

	for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++)
		CHECK(passes(&trials[i]));
}

static void random_questions(void)
{
	ask_random(RANDOM_USUAL);
}

static bool is_of_orders(const struct metric *metric)
{
	bool is = strcmp(metric->source->name, "orders") == 0 && metric->entity == NULL && !metric->counts_back;

	for (size_t i = 0; i < metric->part_count; i++)
		is = is || strcmp(metric->parts[i]->source->name, "orders") == 0;
	return is;
}

/* The same questions each time, about orders; refusals are answers too. Whether sums were read, of any day. */
static const char *kept_answer(bool *rolled)
{
	struct trial trial = random_trial();
	struct question question;
	struct error error = { .text = "" };

	while (!is_of_orders(metric_of(trial.metric)))
		trial = random_trial();
	json_t *args = args_of(&trial), *answer = question_answer(asked, trial.tenant, args, arena, &question, &error);
	struct compiled compiled = { .count = 0 };

	if (answer != NULL)
		compiled = compile_query(&question.request, arena);
	*rolled = answer != NULL && strstr(compiled.sql, "metric.order_sums") != NULL;
	return arena_format(arena, "%s %d %s", arena_dump(arena, args), trial.tenant,
		answer == NULL ? error.text : arena_dump(arena, answer));
}

static void ask_kept(void (*check)(int at, const char *answer))
{
	unsigned long long before = seed;
	struct arena *outer = arena;
	int rolled = 0;

	seed = 77;
	for (int i = 0; i < KEPT; i++) {
		bool is_rolled;

		arena = arena_new();
		check(i, kept_answer(&is_rolled));
		rolled += is_rolled;
		arena_free(arena);
	}
	arena = outer;
	seed = before;
	printf("# %d of %d questions could be had from sums\n", rolled, KEPT);
	CHECK(rolled > KEPT / 10);
}

static void keep(int at, const char *answer)
{
	kept[at] = arena_copy(whole, answer);
}

static void compare_kept(int at, const char *answer)
{
	CHECK_TEXT(answer, kept[at]);
}

static void answers_without_sums_are_kept(void)
{
	ask_kept(keep);
}

static void answers_from_sums_are_the_same(void)
{
	ask_kept(compare_kept);
}

int main(void)
{
	const char *database = getenv("FLASHD_METRICS_DATABASE");
	struct error error;

	if (database == NULL || *database == '\0') {
		check_skip("metrics_oracle", "tests/sql/metrics_oracle.sh gives it a database");
		return check_done();
	}
	whole = arena_new();
	arena = arena_new();
	open_world(database);
	CHECK_RUN(windows_are_those_written_by_hand);
	CHECK_RUN(days_begin_at_their_first_instant);
	CHECK_RUN(answers_without_sums_are_kept);
	need(db_script(raw, read_file("tests/fixtures/rolled.sql"), &error), "rolled.sql", &error);
	CHECK_RUN(every_metric_by_every_dimension);
	CHECK_RUN(edges_fall_on_their_days);
	CHECK_RUN(questions_that_once_disagreed);
	CHECK_RUN(random_questions);
	CHECK_RUN(answers_from_sums_are_the_same);
	db_close(asked);
	db_close(raw);
	arena_free(arena);
	arena_free(whole);
	return check_done();
}
