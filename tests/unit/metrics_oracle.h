/* Compares an answer with the oracle: SQL that was written by hand over the raw tables (tests/sql/oracle/NAME.sql) and
 * days that are worked out here. The oracle groups by local days and knows no instants, the compiler knows instants
 * only; where they agree, the edges are right. Only test_metrics_oracle.c includes this. */
#ifndef FLASH_METRICS_ORACLE_H
#define FLASH_METRICS_ORACLE_H

#include <time.h>

#include "check.h"
#include "mcp/db/array.h"
#include "mcp/metrics/question.h"
#include "mcp/metrics/values.h"

#define TODAY "2017-11-06"

static struct arena *arena, *whole;
static struct db *asked, *raw;
static unsigned long long seed = 20261120;

struct span {
	char first[11], last[11];
};

struct trial {
	int tenant;
	const char *metric, *window, *by[2], *filter;
	struct span days;         /* of an explicit window */
	const char *as_of;
	const char *values[3];
	size_t by_count, value_count;
	bool compare[COMPARISON_COUNT];
	int limit;                /* 0: not said */
	bool lowest;
};

struct group {
	const char *by[2];
	bool known;
	long long value, denominator;
};

static unsigned random_below(unsigned below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(seed >> 33) % below;
}

/* Days by the C library's calendar: the test's own arithmetic. */
static long day_number(const char *day)
{
	struct tm parts = { .tm_year = atoi(day) - 1900, .tm_mon = atoi(day + 5) - 1, .tm_mday = atoi(day + 8),
		.tm_hour = 12 };

	return timegm(&parts) / 86400;
}

static void day_text(long number, char out[11])
{
	time_t seconds = number * 86400;
	struct tm parts;

	gmtime_r(&seconds, &parts);
	strftime(out, 11, "%Y-%m-%d", &parts);
}

/* The Year, month, day of the month or day of the Week (1 is Monday) of a day. */
static int day_part(long number, char part)
{
	time_t seconds = number * 86400;
	struct tm parts;

	gmtime_r(&seconds, &parts);
	return part == 'Y' ? parts.tm_year + 1900 : part == 'm' ? parts.tm_mon + 1 : part == 'd' ? parts.tm_mday
		: parts.tm_wday == 0 ? 7 : parts.tm_wday;
}

static long month_start(long day, int months)
{
	int month = day_part(day, 'Y') * 12 + day_part(day, 'm') - 1 + months;
	char text[32];

	snprintf(text, sizeof text, "%04d-%02d-01", month / 12, month % 12 + 1);
	return day_number(text);
}

static long year_before(long day)
{
	char text[11];

	day_text(day, text);
	memcpy(text, arena_format(arena, "%04d", atoi(text) - 1), 4);
	if (strcmp(text + 5, "02-29") == 0)
		memcpy(text + 5, "02-28", 5);
	return day_number(text);
}

static struct span span(long first, long last)
{
	struct span span;

	day_text(first, span.first);
	day_text(last, span.last);
	return span;
}

/* The days of a window and of its two comparisons, by the words of windows.def and comparisons.def. */
static void expected_spans(const struct trial *trial, struct span spans[3])
{
	long today = day_number(trial->as_of == NULL ? TODAY : trial->as_of), first = today, last = today - 1, back = 0;
	const char *w = trial->window == NULL ? "" : trial->window;
	int week_start = trial->tenant == 1 ? 1 : 7;
	long week = today - (day_part(today, 'W') - week_start + 7) % 7, month = month_start(today, 0);
	bool to_date = false, weekly = false, monthly = false;

	if (*w == '\0' && trial->days.first[0] == '\0')
		last = today;   /* what has no history */
	else if (*w == '\0')
		first = day_number(trial->days.first), last = day_number(trial->days.last);
	else if (strncmp(w, "last_", 5) == 0 && strchr(w, 'd') != NULL && atoi(w + 5) > 0)
		first = today - atoi(w + 5);
	else if (strcmp(w, "today") == 0)
		last = today;
	else if (strcmp(w, "yesterday") == 0)
		first = today - 1;
	else if (strcmp(w, "this_week") == 0)
		first = week, last = today, weekly = true, back = 7;
	else if (strcmp(w, "last_week") == 0)
		first = week - 7, last = week - 1, weekly = true, back = 7;
	else if (strcmp(w, "last_month") == 0)
		first = month_start(today, -1), last = month - 1;
	else
		first = month, last = today, to_date = true;
	monthly = day_part(first, 'd') == 1 && day_part(last + 1, 'd') == 1 && (*w == '\0' || strcmp(w, "last_month") == 0);
	spans[0] = span(first, last);
	if (back > 0)
		spans[1] = span(first - back, last - back);
	else if (to_date) {
		long start = month_start(first, -1), end = start + (last - first);

		spans[1] = span(start, end < first ? end : first - 1);
	} else if (monthly) {
		int months = (day_part(last + 1, 'Y') - day_part(first, 'Y')) * 12 + day_part(last + 1, 'm') - day_part(first,
			'm');

		spans[1] = span(month_start(first, -months), first - 1);
	} else
		spans[1] = span(first - (last - first + 1), first - 1);
	if (weekly)
		spans[2] = span(first - 364, last - 364);
	else {
		/* The day after the last one, a year earlier; 1 March where that day is a 29 February. */
		bool leap = day_part(last + 1, 'm') == 2 && day_part(last + 1, 'd') == 29;

		spans[2] = span(year_before(first), (leap ? year_before(last + 2) : year_before(last + 1)) - 1);
	}
}

static const char *read_file(const char *path)
{
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		printf("Bail out! %s cannot be read; run this from the top of the checkout\n", path);
		exit(1);
	}
	char *bytes = arena_alloc(whole, 1 << 16);
	size_t size = fread(bytes, 1, (1 << 16) - 1, file);

	fclose(file);
	bytes[size] = '\0';
	return bytes;
}

static const struct metric *metric_of(const char *name)
{
	struct error error;

	return catalogue_find(catalogue_shipped(&error), name);
}

/* The oracle's groups of some days. */
static size_t oracle(const struct trial *trial, const struct span *days, const char *d1, const char *d2,
	struct group *groups, size_t room)
{
	struct db_array values = db_array_open(arena);
	bool none = false;
	struct error error;
	struct db_rows *rows;

	for (size_t i = 0; i < trial->value_count; i++)
		if (strcmp(trial->values[i], VALUE_NONE) == 0)
			none = true;
		else
			db_array_add(&values, trial->values[i]);
	if (!db_select(raw, trial->tenant, read_file(arena_format(arena, "tests/sql/oracle/%s.sql", trial->metric)),
		DB_VALUES(arena_format(arena, "%d", trial->tenant), days->first, days->last, d1, d2,
		trial->filter == NULL ? "" : trial->filter, db_array_close(&values), none ? "t" : "f"), arena, &rows, &error)) {
		printf("Bail out! oracle of %s: %s\n", trial->metric, error.text);
		exit(1);
	}
	bool ratio = metric_of(trial->metric)->denominator != NULL;

	for (size_t i = 0; i < db_count(rows) && i < room; i++)
		groups[i] = (struct group){ { db_text(rows, i, 0), db_text(rows, i, 1) }, !ratio || db_number(rows, i, 3) != 0,
			db_text(rows, i, 2) == NULL ? 0 : db_number(rows, i, 2), db_number(rows, i, 3) };
	return db_count(rows);
}

static struct group oracle_total(const struct trial *trial, const struct span *days)
{
	struct group total = { .known = metric_of(trial->metric)->denominator == NULL };

	oracle(trial, days, "", "", &total, 1);
	return total;
}

static bool same_figure(const struct metric *metric, const json_t *json, const struct group *group)
{
	const json_t *value = json_object_get(json, "value");

	if (metric->denominator == NULL)
		return json_is_integer(value) && json_integer_value(value) == group->value;
	if (json_object_get(json, "numerator") != NULL &&
	    (json_integer_value(json_object_get(json, "numerator")) != group->value ||
	    json_integer_value(json_object_get(json, "denominator")) != group->denominator))
		return false;
	if (!group->known)
		return json_is_null(value);
	double wanted = (double)group->value / (double)group->denominator;

	return metric->unit == UNIT_RATIO ? fabs(json_number_value(value) - wanted) <= 5.1e-7
		: json_is_integer(value) && llabs(json_integer_value(value) - llround(wanted)) == 0;
}

static const struct trial *sorted;

static int compare_texts(const char *a, const char *b)
{
	return a == NULL || b == NULL ? (a == NULL) - (b == NULL) : strcmp(a, b);
}

static bool is_grain(const char *dimension)
{
	return dimension != NULL && dimension_find(dimension)->kind == DIMENSION_GRAIN;
}

static int compare_groups(const void *left, const void *right)
{
	const struct group *a = left, *b = right;
	bool ratio = metric_of(sorted->metric)->denominator != NULL;
	int order = 0;

	for (size_t i = 0; i < sorted->by_count && sorted->limit == 0 && order == 0; i++)
		if (is_grain(sorted->by[i]))
			order = compare_texts(a->by[i], b->by[i]);
	if (order != 0)
		return order;
	double x = ratio && a->known ? (double)a->value / (double)a->denominator : (double)a->value;
	double y = ratio && b->known ? (double)b->value / (double)b->denominator : (double)b->value;

	if (a->known != b->known)
		return a->known ? -1 : 1;
	if (a->known && (x < y || x > y))
		return (x < y) == sorted->lowest ? -1 : 1;
	order = compare_texts(a->by[0], b->by[0]);
	return order != 0 ? order : compare_texts(a->by[1], b->by[1]);
}

static json_t *args_of(const struct trial *trial)
{
	json_t *args = arena_json(arena, json_pack("{s:s}", "metric", trial->metric));

	if (trial->window != NULL)
		json_object_set_new(args, "window", json_string(trial->window));
	else if (trial->days.first[0] != '\0') {
		json_object_set_new(args, "from", json_string(trial->days.first));
		json_object_set_new(args, "to", json_string(trial->days.last));
	}
	if (trial->as_of != NULL)
		json_object_set_new(args, "as_of", json_string(trial->as_of));
	if (trial->by_count > 0)
		json_object_set_new(args, "by", json_array());
	for (size_t i = 0; i < trial->by_count; i++)
		json_array_append_new(json_object_get(args, "by"), json_string(trial->by[i]));
	if (trial->filter != NULL) {
		json_object_set_new(args, "filters", json_pack("{s:[]}", trial->filter));
		for (size_t i = 0; i < trial->value_count; i++)
			json_array_append_new(json_object_get(json_object_get(args, "filters"), trial->filter),
				json_string(trial->values[i]));
	}
	for (size_t i = 0; i < COMPARISON_COUNT; i++)
		if (trial->compare[i]) {
			if (json_object_get(args, "compare") == NULL)
				json_object_set_new(args, "compare", json_array());
			json_array_append_new(json_object_get(args, "compare"), json_string(comparison_at(i)->name));
		}
	if (trial->limit > 0) {
		json_object_set_new(args, "limit", json_integer(trial->limit));
		json_object_set_new(args, "order", json_string(trial->lowest ? "lowest" : "highest"));
	}
	return args;
}

/* A figure of the answer that is not the oracle's, in words; NULL: all is well. */
static const char *wrong(const char *what, const json_t *json, const struct group *group)
{
	return arena_format(arena, "%s is %s, not %s%lld/%lld", what, json == NULL ? "missing" : arena_dump(arena, json),
		group->known ? "" : "unknown ", group->value, group->denominator);
}

static bool is_dimension(const json_t *row, const char *dimension, const char *value)
{
	const char *is = json_string_value(json_object_get(row, dimension));

	return is != NULL && strcmp(is, value == NULL ? VALUE_NONE : value) == 0;
}

/* From when until when the world's data reach, as local days (tests/fixtures/world.sql). */
static bool is_covered(const struct trial *trial, const struct span *days, bool lookback)
{
	enum source_kind kind = metric_of(trial->metric)->source->kind;
	const char *since = kind == SOURCE_IMPORT ? "2016-08-20" : trial->tenant == 1 ? "2016-08-01" : "2016-07-31";
	const char *until = kind == SOURCE_IMPORT ? "2017-11-05" : TODAY;

	return kind == SOURCE_STATE || kind == SOURCE_MODEL ||
		(strcmp(days->last, since) >= 0 && (lookback || strcmp(days->first, until) <= 0));
}

static const char *check_comparison(const struct trial *trial, const json_t *answer, const json_t *comparison,
	const struct span *days, size_t shown)
{
	const struct metric *metric = metric_of(trial->metric);
	struct group groups[4096], total = oracle_total(trial, days);
	size_t count = trial->by_count == 0 ? 0
		: oracle(trial, days, trial->by[0], trial->by_count > 1 ? trial->by[1] : "", groups, 4096);
	const json_t *window = json_object_get(comparison, "window"), *rows = json_object_get(comparison, "rows"), *row;
	size_t i;

	if (strcmp(json_string_value(json_object_get(window, "last_day")), days->last) != 0 ||
	    (metric->lookback_days == 0 && strcmp(json_string_value(json_object_get(window, "first_day")),
	    days->first) != 0))
		return arena_format(arena, "compared with %s, not %s to %s", arena_dump(arena, window), days->first,
			days->last);
	if (!is_covered(trial, days, metric->lookback_days > 0))
		return json_is_null(json_object_get(comparison, "value")) && json_object_get(comparison, "note") != NULL ? NULL
			: "a comparison without data has a value";
	if (!same_figure(metric, comparison, &total))
		return wrong("a comparison", comparison, &total);
	const json_t *now = json_object_get(answer, "value"), *then = json_object_get(comparison, "value");
	const json_t *change = json_object_get(comparison, "change");

	if (json_is_number(now) && json_is_number(then) && fabs(json_number_value(now) - json_number_value(then) -
	    json_number_value(change)) > (json_is_real(now) ? 2e-6 : metric->denominator != NULL ? 1 : 0))
		return "a change is not the difference";
	if (is_grain(trial->by[0]) || is_grain(trial->by[1]))
		return rows == NULL ? NULL : "a comparison over grains has rows";
	if (json_array_size(rows) != (trial->by_count == 0 ? 0 : shown))
		return "a comparison has other rows";
	json_array_foreach(rows, i, row) {
		struct group wanted = { .known = metric->denominator == NULL };

		for (size_t g = 0; g < count; g++)
			if (is_dimension(row, trial->by[0], groups[g].by[0]) &&
			    (trial->by_count < 2 || is_dimension(row, trial->by[1], groups[g].by[1])))
				wanted = groups[g];
		if (!same_figure(metric, row, &wanted))
			return wrong("a row of a comparison", row, &wanted);
	}
	return NULL;
}

/* A series by one grain has a row for every piece of time. */
static size_t fill_series(const struct trial *trial, const struct span *days, struct group *groups, size_t count)
{
	struct db_rows *rows;
	struct error error;
	struct group filled[512];
	bool ratio = metric_of(trial->metric)->denominator != NULL;

	if (!db_select(raw, trial->tenant, read_file("tests/sql/oracle/slots.sql"), DB_VALUES(arena_format(arena, "%d",
		trial->tenant), days->first, days->last, trial->by[0]), arena, &rows, &error)) {
		printf("Bail out! slots: %s\n", error.text);
		exit(1);
	}
	for (size_t i = 0; i < db_count(rows); i++) {
		filled[i] = (struct group){ { db_text(rows, i, 0), NULL }, !ratio, 0, 0 };
		for (size_t g = 0; g < count; g++)
			if (strcmp(groups[g].by[0], filled[i].by[0]) == 0)
				filled[i] = groups[g];
	}
	memcpy(groups, filled, db_count(rows) * sizeof *filled);
	return db_count(rows);
}

static const char *check_rows(const struct trial *trial, const json_t *answer, const struct span *days, size_t *shown)
{
	const struct metric *metric = metric_of(trial->metric);
	struct group groups[4096];
	size_t count = oracle(trial, days, trial->by[0], trial->by_count > 1 ? trial->by[1] : "", groups, 4096), i;
	bool grain = is_grain(trial->by[0]) || is_grain(trial->by[1]);
	const json_t *rows = json_object_get(answer, "rows"), *rest = json_object_get(answer, "rest"), *row;
	long long sum = 0;

	if (grain && trial->by_count == 1 && trial->limit == 0)
		count = fill_series(trial, days, groups, count);
	sorted = trial;
	qsort(groups, count, sizeof *groups, compare_groups);
	size_t limit = trial->limit > 0 ? (size_t)trial->limit : grain ? LIMIT_MOST : ROWS_DEFAULT;

	*shown = count < limit ? count : limit;
	if (json_array_size(rows) != *shown)
		return arena_format(arena, "%zu rows, not %zu", json_array_size(rows), *shown);
	json_array_foreach(rows, i, row) {
		for (size_t d = 0; d < trial->by_count; d++)
			if (!is_dimension(row, trial->by[d], groups[i].by[d]))
				return arena_format(arena, "row %zu is %s, not of %s", i, arena_dump(arena, row), groups[i].by[d]);
		if (grain && trial->by_count == 1 && trial->limit == 0 &&
			strcmp(groups[i].by[0], metric->source->kind == SOURCE_IMPORT ? "2017-11-05" : TODAY) > 0)
			groups[i].known = false;
		if (!groups[i].known && metric->denominator == NULL && json_is_null(json_object_get(row, "value")))
			continue;
		if (!groups[i].known && metric->denominator == NULL)
			return "a piece of time without data has a value";
		if (!same_figure(metric, row, &groups[i]))
			return wrong("a row", row, &groups[i]);
		sum += json_integer_value(json_object_get(row, "value"));
	}
	if (!metric->additive || count == *shown)
		return json_is_null(rest) ? NULL : "there is a rest";
	struct group left = { .known = true, .value = json_integer_value(json_object_get(answer, "value")) - sum };

	return same_figure(metric, rest, &left) && json_integer_value(json_object_get(rest, "groups")) ==
		(json_int_t)(count - *shown) ? NULL : wrong("the rest", rest, &left);
}

/* Asks and compares everything with the oracle; a sentence says what is wrong. */
static const char *try_one(const struct trial *trial, bool *answered)
{
	const struct metric *metric = metric_of(trial->metric);
	struct span spans[3];
	struct question question;
	struct error error = { .code = ERROR_NONE };
	json_t *answer = question_answer(asked, trial->tenant, args_of(trial), arena, &question, &error), *comparison;
	size_t shown = 0, at = 0;
	const char *why;

	expected_spans(trial, spans);
	*answered = answer != NULL;
	if (!is_covered(trial, &spans[0], metric->lookback_days > 0) || (trial->window == NULL &&
	    strcmp(spans[0].first, TODAY) > 0 && metric->source->time[0] != '\0'))
		return answer == NULL && error.code == ERROR_NO_DATA ? NULL : "no data is answered with a number";
	if (answer == NULL)
		return arena_format(arena, "refused: %s", error.text);
	struct group total = oracle_total(trial, &spans[0]);

	if (metric->source->time[0] != '\0' &&
	    strcmp(json_string_value(json_object_get(json_object_get(answer, "window"), "last_day")), spans[0].last) != 0)
		return arena_format(arena, "the window is %s", arena_dump(arena, json_object_get(answer, "window")));
	if (!same_figure(metric, answer, &total))
		return wrong("the value", answer, &total);
	if (trial->by_count > 0 && (why = check_rows(trial, answer, &spans[0], &shown)) != NULL)
		return why;
	json_array_foreach(json_object_get(answer, "comparisons"), at, comparison) {
		bool first = strcmp(json_string_value(json_object_get(comparison, "to")), comparison_at(0)->name) == 0;

		if ((why = check_comparison(trial, answer, comparison, &spans[first ? 1 : 2], shown)) != NULL)
			return why;
	}
	return strlen(arena_dump(arena, answer)) <= 32000 ? NULL : "the answer is too long";
}

static bool passes(const struct trial *trial)
{
	struct arena *outer = arena;
	bool answered;

	arena = arena_new();
	const char *why = try_one(trial, &answered);

	if (why != NULL)
		printf("# tenant %d %s\n#   %s\n", trial->tenant, arena_dump(arena, args_of(trial)), why);
	arena_free(arena);
	arena = outer;
	return why == NULL;
}

#endif
