/* The exact bounds of a window, made by PostgreSQL in the tenant's zone, week and clock, and what its source covers. */
#ifndef FLASH_BOUNDS_H
#define FLASH_BOUNDS_H

#include <stdint.h>

#include "catalogue.h"
#include "standing.h"
#include "mcp/db/db.h"

struct period {
	const char *first_day, *last_day;     /* local, both inside */
	const char *since, *until;            /* instants in UTC: [since, until) */
	const char *since_local, *until_local;
	int64_t since_us, until_us;
	bool whole_days;                      /* [since, until) is exactly first_day to last_day, by the date of each row */
	const char *part_since[PARTS_MOST];   /* of a derived metric: where each part begins */
	const char *part_first_day[PARTS_MOST];
};

struct bounds {
	const char *window;                   /* "custom" for explicit days */
	const char *zone, *currency, *today;
	int week_start;
	bool retail;                          /* fiscal years of weeks, in months of 4, 5 and 4 */
	int fiscal_month;                     /* where fiscal years begin, 1 to 12 */
	int min_group;                        /* least members behind a number that is given out */
	long long data_version;
	long long day_left_s;                 /* until the tenant's next local midnight */
	bool kept;                            /* found some moments ago (bounds_kept.h): good for `data_version` only */
	struct period periods[1 + COMPARISON_COUNT];   /* the window, and the comparisons that were asked for */
	struct standing standing;             /* of the metric */
	int64_t now_us;
	bool covered;                         /* false: nothing is known of this source at all */
	int64_t covered_since_us, covered_until_us;
	const char *covered_since_day, *covered_until_day, *covered_until;
	const char *covered_since_hour, *covered_until_hour;   /* local, "2026-11-20T14" */
};

struct bounds_request {
	const struct metric *metric;
	const char *window, *from, *to, *as_of;   /* as asked; NULL: not said */
	bool compared[COMPARISON_COUNT];      /* which comparisons' periods are found too */
	bool may_be_kept;         /* the caller compares `data_version` with that of its numbers */
};

/* Checks what was asked against the metric and finds the bounds. Refuses, as ERROR_ARGUMENT, windows that the metric
 * does not have, days that are none, an empty or overlong range; as ERROR_NO_DATA, a window in the future. */
bool bounds_find(struct db *db, int tenant, const struct bounds_request *request, struct arena *arena,
	struct bounds *bounds, struct error *error);

/* Whether what is known of the source reaches far enough into the window: ERROR_STALE when more is missing at its end,
 * of the time that has passed, than the metric's freshness allows. */
bool bounds_fresh(const struct bounds *bounds, const struct metric *metric, struct error *error);

/* Whether the source covers any of a period; if not, ERROR_NO_DATA says from when until when it does. */
bool bounds_cover(const struct bounds *bounds, const struct metric *metric, const struct period *period,
	struct error *error);

#endif
