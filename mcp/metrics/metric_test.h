/* The sanity tests that a definition declares and `flashd metrics test` runs; a metric that fails one is suspended. */
#ifndef FLASH_METRIC_TEST_H
#define FLASH_METRIC_TEST_H

#include "catalogue.h"
#include "mcp/db/db.h"

/* not_negative: the value. share: it is 0 to 1. rows_add_up: by each of its dimensions but hours, rows and rest
 * make the total, of what adds up. at_most: the value is not above another metric's over the same days. */
#define METRIC_TESTS "not_negative, share, rows_add_up, at_most NAME"

/* Runs one test over the 90 days that end with what is known (or now). False with *failed: what was found, a sentence
 * in `arena`; or with *failed NULL when it could not be run (error). No data is no failure: *failed says so, true. */
bool metric_test_run(struct db *db, int tenant, const struct metric *metric, const char *test, struct arena *arena,
	const char **failed, struct error *error);

#endif
