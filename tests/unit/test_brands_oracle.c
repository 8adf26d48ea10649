/* Governed numbers of whole brands, as they were imported, against the oracle (metrics_oracle.h): random questions.
 * tests/sql/brands_oracle.sh imports the demo brand or Complete Journey and names the database
 * ($FLASHD_METRICS_DATABASE, a superuser's) and the moment at which its clock is held ($FLASHD_METRICS_NOW);
 * tests/real has one too. Alone it skips. */
#include "metrics_trials.h"

enum { RANDOM_USUAL = 60 };

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
	CHECK_RUN(random_questions);
	db_close(asked);
	db_close(raw);
	arena_free(arena);
	arena_free(whole);
	return check_done();
}
