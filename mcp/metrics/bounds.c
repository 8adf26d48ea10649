#include "bounds.h"

#include <string.h>

#include "bounds_kept.h"
#include "day.h"
#include "mcp/base/clock.h"
#include "mcp/db/array.h"

enum { DAYS_MOST = 3660 };

enum column { PERIOD, ZONE, CURRENCY, WEEK_START, DATA_VERSION, TODAY, DAY_LEFT, FIRST_DAY, LAST_DAY, SINCE, UNTIL,
	SINCE_US, UNTIL_US, SINCE_LOCAL, UNTIL_LOCAL, COVERED_SINCE_US, COVERED_UNTIL_US, COVERED_SINCE_DAY,
	COVERED_UNTIL_DAY, COVERED_UNTIL, COVERED_SINCE_HOUR, COVERED_UNTIL_HOUR, RETAIL, FISCAL_MONTH, MIN_GROUP, NOW_US,
	WHOLE_DAYS, STANDING };

/* The windows that a metric has, as "a, b, c". */
static const char *allowed_windows(const struct metric *metric, struct arena *arena)
{
	struct text list = text_open(arena, 800);

	for (size_t i = 0; i < WINDOW_COUNT; i++)
		if ((metric->windows & (1U << i)) != 0)
			text_format(&list, "%s%s", list.size == 0 ? "" : ", ", window_at(i)->name);
	return list.bytes;
}

static bool check_day(const char *field, const char *day, int *number, struct arena *arena, struct error *error)
{
	return day_parse(day, number) || error_set(error, ERROR_ARGUMENT, "%s is \"%s\"; it must be a day of the "
		"calendar, written like 2026-11-20.", field, word_shown(arena, day));
}

static bool check_range(const struct bounds_request *request, struct arena *arena, struct error *error)
{
	int first, last;

	if (request->window != NULL)
		return error_set(error, ERROR_ARGUMENT, "Say either a window or from and to, not both.");
	if (request->from == NULL || request->to == NULL)
		return error_set(error, ERROR_ARGUMENT, "from and to come together: the first and the last day, both inside "
			"the window.");
	if (!check_day("from", request->from, &first, arena, error) || !check_day("to", request->to, &last, arena, error))
		return false;
	if (last < first)
		return error_set(error, ERROR_ARGUMENT, "The window is empty: it would begin on %s and end on %s.",
			request->from, request->to);
	if (last - first >= DAYS_MOST)
		return error_set(error, ERROR_ARGUMENT, "The window has %d days; the most is %d.", last - first + 1, DAYS_MOST);
	return true;
}

/* The name that is sent to SQL: empty for explicit days; the metric's own when nothing was said. */
static bool choose_window(const struct bounds_request *request, const char **name, struct arena *arena,
	struct error *error)
{
	const struct metric *metric = request->metric;
	enum source_kind kind = metric->source->kind;
	bool timeless = kind == SOURCE_STATE || kind == SOURCE_MODEL;

	if (timeless && (request->from != NULL || request->to != NULL || request->as_of != NULL))
		return error_set(error, ERROR_ARGUMENT, "%s is known only %s, so it has no from, to or as_of: leave them out.",
			metric->name, kind == SOURCE_STATE ? "as it is now" : "as of the latest finished run");
	if (request->from != NULL || request->to != NULL) {
		*name = "";
		return check_range(request, arena, error);
	}
	*name = request->window != NULL ? request->window
		: kind == SOURCE_STATE ? "now" : kind == SOURCE_MODEL ? "latest_run" : "last_7d";
	int found = window_find(*name);

	if (found >= 0 && (metric->windows & (1U << found)) != 0)
		return true;
	return error_set(error, ERROR_ARGUMENT, "%s has no window \"%s\". It has: %s%s.", metric->name,
		word_shown(arena, *name), allowed_windows(metric, arena), timeless ? "" : ", or from and to");
}

static void read_period(struct period *period, const struct db_rows *rows, size_t row)
{
	period->first_day = db_text(rows, row, FIRST_DAY);
	period->last_day = db_text(rows, row, LAST_DAY);
	period->since = db_text(rows, row, SINCE);
	period->until = db_text(rows, row, UNTIL);
	period->since_local = db_text(rows, row, SINCE_LOCAL);
	period->until_local = db_text(rows, row, UNTIL_LOCAL);
	period->since_us = db_number(rows, row, SINCE_US);
	period->until_us = db_number(rows, row, UNTIL_US);
	period->whole_days = db_truth(rows, row, WHOLE_DAYS);
}

static void read_bounds(struct bounds *bounds, const struct db_rows *rows)
{
	bounds->zone = db_text(rows, 0, ZONE);
	bounds->currency = db_text(rows, 0, CURRENCY);
	bounds->week_start = (int)db_number(rows, 0, WEEK_START);
	bounds->data_version = db_number(rows, 0, DATA_VERSION);
	bounds->today = db_text(rows, 0, TODAY);
	bounds->day_left_s = db_number(rows, 0, DAY_LEFT);
	bounds->covered_since_day = db_text(rows, 0, COVERED_SINCE_DAY);
	bounds->covered_until_day = db_text(rows, 0, COVERED_UNTIL_DAY);
	bounds->covered_until = db_text(rows, 0, COVERED_UNTIL);
	bounds->now_us = db_number(rows, 0, NOW_US);
	bounds->covered_since_hour = db_text(rows, 0, COVERED_SINCE_HOUR);
	bounds->covered_until_hour = db_text(rows, 0, COVERED_UNTIL_HOUR);
	bounds->retail = db_truth(rows, 0, RETAIL);
	bounds->fiscal_month = (int)db_number(rows, 0, FISCAL_MONTH);
	bounds->min_group = (int)db_number(rows, 0, MIN_GROUP);
	bounds->covered = bounds->covered_since_day != NULL && bounds->covered_until_day != NULL;
	if (bounds->covered) {
		bounds->covered_since_us = db_number(rows, 0, COVERED_SINCE_US);
		bounds->covered_until_us = db_number(rows, 0, COVERED_UNTIL_US);
	}
	for (size_t i = 0; i < db_count(rows); i++)
		read_period(&bounds->periods[db_number(rows, i, PERIOD)], rows, i);
}

/* Texts of days compare like the days. */
static bool check_future(const struct bounds_request *request, const struct bounds *bounds, struct error *error)
{
	if (request->as_of != NULL && strcmp(request->as_of, bounds->today) > 0)
		return error_set(error, ERROR_ARGUMENT, "as_of is %s, which is in the future: today is %s.", request->as_of,
			bounds->today);
	if (request->from != NULL && strcmp(request->from, bounds->today) > 0)
		return error_set(error, ERROR_NO_DATA, "The window begins on %s, which is in the future: today is %s. There "
			"are no numbers of the future here.", request->from, bounds->today);
	return true;
}

/* The window and what it is compared with, as an array of PostgreSQL's; how many they are. */
static const char *periods_of(const struct bounds_request *request, size_t *count, struct arena *arena)
{
	struct db_array periods = db_array_open(arena);

	db_array_number(&periods, 0);
	*count = 1;
	for (size_t i = 0; i < COMPARISON_COUNT; i++)
		if (request->compared[i]) {
			db_array_number(&periods, (long long)i + 1);
			(*count)++;
		}
	return db_array_close(&periods);
}

struct finding {
	struct db *db;
	int tenant;
	const struct bounds_request *request;
	const char *window;
	struct arena *arena;
	struct error *error;
};

/* Rows of metric_window.sql, and how long ago they were asked for: -1 is now. */
struct found {
	struct db_rows *rows;
	int64_t age_us;
};

enum { VALUES = 9, ANY_VERSION = -1 };

static const char *key_of(const char *const *values, struct arena *arena)
{
	struct text key = text_open(arena, 1000);

	for (size_t i = 0; i < VALUES; i++) {
		text_add(&key, values[i] == NULL ? "" : values[i]);
		text_add(&key, "\n");
	}
	return key.full ? NULL : key.bytes;
}

static bool ask_rows(const struct finding *finding, const char *const *values, size_t count, struct found *found)
{
	found->age_us = -1;
	if (!db_query_planned(finding->db, finding->tenant, "metric_window", values, VALUES, finding->arena, &found->rows,
		finding->error))
		return error_wrap(finding->error, "the window");
	return db_count(found->rows) == count ||
		error_set(finding->error, ERROR_INTERNAL, "There is no tenant %d.", finding->tenant);
}

static bool find_kept(const struct finding *finding, const char *key, long long version, struct found *found)
{
	found->rows = bounds_kept_find(finding->tenant, key, finding->arena, &found->age_us);
	return found->rows != NULL && (version == ANY_VERSION || db_number(found->rows, 0, DATA_VERSION) == version);
}

/* The rows for a metric, or for a part of one; kept ones only of this version. */
static bool find_rows(const struct finding *finding, const struct metric *metric, long long version,
	struct found *found)
{
	const struct bounds_request *request = finding->request;
	const char *back = metric->since != NULL ? metric->since
		: arena_format(finding->arena, "%d", metric->lookback_days);
	size_t count;
	const char *periods = periods_of(request, &count, finding->arena);
	const char *const values[VALUES] = { arena_format(finding->arena, "%d", finding->tenant), metric->source->name,
		finding->window, request->from, request->to, request->as_of, back, metric->name, periods };
	const char *key = metric_is_imported(metric) ? key_of(values, finding->arena) : NULL;
	int64_t asked_us = clock_monotonic();

	if (key != NULL && request->may_be_kept && find_kept(finding, key, version, found))
		return true;
	if (!ask_rows(finding, values, count, found))
		return false;
	if (key != NULL)
		bounds_kept_put(finding->tenant, key, found->rows, db_number(found->rows, 0, DATA_VERSION), asked_us,
			asked_us + db_number(found->rows, 0, DAY_LEFT) * 1000000);
	return true;
}

/* A derived metric is known where all its parts are, and stands no better than the worst of them. */
static void read_part(struct bounds *bounds, const struct metric *part, size_t at, const struct db_rows *rows,
	struct arena *arena)
{
	struct standing standing = standing_read(part, rows, STANDING, arena);
	struct bounds own = { .covered = false };

	read_bounds(&own, rows);
	for (size_t i = 0; i < 1 + COMPARISON_COUNT; i++) {   /* those that were not found are NULL */
		bounds->periods[i].part_since[at] = own.periods[i].since;
		bounds->periods[i].part_first_day[at] = own.periods[i].first_day;
	}
	if (own.covered && bounds->covered && own.covered_since_us > bounds->covered_since_us) {
		bounds->covered_since_us = own.covered_since_us;
		bounds->covered_since_day = own.covered_since_day;
		bounds->covered_since_hour = own.covered_since_hour;
	}
	if (own.covered && bounds->covered && own.covered_until_us < bounds->covered_until_us) {
		bounds->covered_until_us = own.covered_until_us;
		bounds->covered_until_day = own.covered_until_day;
		bounds->covered_until_hour = own.covered_until_hour;
		bounds->covered_until = own.covered_until;
	}
	bounds->covered = bounds->covered && own.covered;
	if (standing.state == METRIC_SUSPENDED || standing.state == METRIC_RETIRED) {
		standing.reason = arena_format(arena, "its part %s is %s: %s", part->name, metric_state_word(standing.state),
			standing.reason);
		standing.state = METRIC_SUSPENDED;
	}
	if (standing.state != METRIC_CERTIFIED && bounds->standing.state == METRIC_CERTIFIED)
		bounds->standing = standing;
}

bool bounds_find(struct db *db, int tenant, const struct bounds_request *request, struct arena *arena,
	struct bounds *bounds, struct error *error)
{
	const struct metric *metric = request->metric;
	const char *name = "";
	struct found found;
	int day;

	memset(bounds, 0, sizeof *bounds);
	if (!choose_window(request, &name, arena, error) ||
	    (request->as_of != NULL && !check_day("as_of", request->as_of, &day, arena, error)))
		return false;
	bool timeless = metric->source->time[0] == '\0';
	const struct finding finding = { db, tenant, request, timeless ? "today" : name, arena, error };

	if (!find_rows(&finding, metric, ANY_VERSION, &found))
		return false;
	read_bounds(bounds, found.rows);
	bounds->standing = standing_read(metric, found.rows, STANDING, arena);
	bounds->kept = found.age_us >= 0;
	if (bounds->kept) {
		bounds->now_us += found.age_us;
		bounds->day_left_s -= found.age_us / 1000000 + 1;
	}
	for (size_t i = 0; i < metric->part_count; i++) {
		if (!find_rows(&finding, metric->parts[i], bounds->data_version, &found))
			return false;
		bounds->kept = bounds->kept || found.age_us >= 0;
		read_part(bounds, metric->parts[i], i, found.rows, arena);
	}
	bounds->window = *name == '\0' ? "custom" : name;
	return check_future(request, bounds, error);
}

bool bounds_cover(const struct bounds *bounds, const struct metric *metric, const struct period *period,
	struct error *error)
{
	const char *rows = metric->source->rows;

	if (!bounds->covered && metric->source->kind == SOURCE_MODEL)
		return error_set(error, ERROR_NO_DATA, "No policy run has judged any member yet, so there is no %s. A run "
			"(`flashd agent run`) makes it.", metric->name);
	if (!bounds->covered)
		return error_set(error, ERROR_NO_DATA, "There are no %s yet, so there is no %s.", rows, metric->name);
	if (metric->source->time[0] == '\0')
		return true;
	if (period->until_us <= bounds->covered_since_us)
		return error_set(error, ERROR_NO_DATA, "There is no data for %s to %s: what is known of %s begins on %s.",
			period->first_day, period->last_day, rows, bounds->covered_since_day);
	if (period->since_us > bounds->covered_until_us)
		return error_set(error, ERROR_NO_DATA, "There is no data for %s to %s: what is known of %s ends on %s. Ask "
			"for days until then, or with as_of.", period->first_day, period->last_day, rows,
			bounds->covered_until_day);
	return true;
}

bool bounds_fresh(const struct bounds *bounds, const struct metric *metric, struct error *error)
{
	const struct period *window = &bounds->periods[0];
	int64_t end = window->until_us < bounds->now_us ? window->until_us : bounds->now_us;
	int64_t missing_hours = (end - bounds->covered_until_us) / 3600000000;

	if (metric->freshness_hours == 0 || metric->source->time[0] == '\0' || missing_hours <= metric->freshness_hours)
		return true;
	return error_set(error, ERROR_STALE, "%s is suspended until newer data come in: what is known of %s ends at %s, "
		"%lld hours before the end of the window, and may lag %d at most. Ask for days until %s, or with as_of.",
		metric->name, metric->source->rows, bounds->covered_until, (long long)missing_hours, metric->freshness_hours,
		bounds->covered_until_day);
}
