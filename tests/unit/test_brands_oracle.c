/* Governed numbers of whole brands, as they were imported, against the oracle (metrics_oracle.h): random questions.
 * tests/sql/brands_oracle.sh imports the demo brand or Complete Journey and names the database
 * ($FLASHD_METRICS_DATABASE, a superuser's) and the moment at which its clock is held ($FLASHD_METRICS_NOW);
 * tests/real has one too. Alone it skips. */
#include "metrics_trials.h"

enum { RANDOM_USUAL = 60 };

/* What whole campaigns found: a pool that is open and empty is a row, those who are slipping are at risk whatever kept
 * the agent from acting on them, a look back of 90 days over days that are all to come knows nothing. */
static void questions_that_once_disagreed(void)
{
	for (size_t p = 0; p < place_count; p++) {
		long today = day_number(places[p].today);
		const struct trial trials[] = {
			{ .tenant = places[p].tenant, .metric = "pool_remaining", .by = { "campaign" }, .by_count = 1 },
			{ .tenant = places[p].tenant, .metric = "pool_remaining", .by = { "coupon_pool" }, .by_count = 1,
				.limit = 5 },
			{ .tenant = places[p].tenant, .metric = "at_risk_members", .by = { "store" }, .by_count = 1 },
			{ .tenant = places[p].tenant, .metric = "value_at_risk" },
			{ .tenant = places[p].tenant, .metric = "active_members", .days = span(today - 2, today + 108) },
			{ .tenant = places[p].tenant, .metric = "active_members", .days = span(today - 2, today + 60) },
		};

		for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++)
			CHECK(passes(&trials[i]));
	}
}

static void random_questions(void)
{
	ask_random(RANDOM_USUAL);
}

int main(void)
{
	const char *database = getenv("FLASHD_METRICS_DATABASE"), *now = getenv("FLASHD_METRICS_NOW");

	if (database == NULL || *database == '\0' || now == NULL || *now == '\0') {
		check_skip("brands_oracle", "tests/sql/brands_oracle.sh gives it a database");
		return check_done();
	}
	whole = arena_new();
	arena = arena_new();
	log_set_level(LOG_LEVEL_ERROR);
	open_oracle(database, "tests/fixtures/oracle_brands.sql", now);
	CHECK_RUN(questions_that_once_disagreed);
	CHECK_RUN(random_questions);
	db_close(asked);
	db_close(raw);
	arena_free(arena);
	arena_free(whole);
	return check_done();
}
