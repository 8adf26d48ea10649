/* The days of windows and comparisons, worked out by the test's own calendar. Only metrics_oracle.h includes this. */
#ifndef FLASH_METRICS_SPANS_H
#define FLASH_METRICS_SPANS_H

#include <time.h>

#include "mcp/metrics/vocabulary.h"
#include "metrics_places.h"

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

struct groups {
	struct group *at;
	size_t count;
};

static const struct place *place_of(int tenant)
{
	size_t at = 0;

	while (at + 1 < place_count && places[at].tenant != tenant)
		at++;
	return &places[at];
}

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

/* The first day of the piece of time that a day lies in; fiscal ones as the tenant has them: calendar months, or the
 * months of the National Retail Federation. */
static long piece_start(int tenant, const char *unit, long day)
{
	static const char *const months[] = { "2014-02-02", "2014-03-02", "2014-04-06", "2014-05-04", "2014-06-01",
		"2014-07-06", "2014-08-03", "2014-08-31", "2014-10-05", "2014-11-02", "2014-11-30", "2015-01-04", "2015-02-01",
		"2015-03-01", "2015-04-05", "2015-05-03", "2015-05-31", "2015-07-05", "2015-08-02", "2015-08-30", "2015-10-04",
		"2015-11-01", "2015-11-29", "2016-01-03", "2016-01-31", "2016-02-28", "2016-04-03", "2016-05-01", "2016-05-29",
		"2016-07-03", "2016-07-31", "2016-08-28", "2016-10-02", "2016-10-30", "2016-11-27", "2017-01-01", "2017-01-29",
		"2017-02-26", "2017-04-02", "2017-04-30", "2017-05-28", "2017-07-02", "2017-07-30", "2017-08-27", "2017-10-01",
		"2017-10-29", "2017-11-26", "2017-12-31", "2018-02-04" };
	const struct place *place = place_of(tenant);
	bool fiscal = strncmp(unit, "fiscal_", 7) == 0;
	const char *piece = fiscal ? unit + 7 : unit;
	int step = strcmp(piece, "month") == 0 ? 1 : strcmp(piece, "quarter") == 0 ? 3 : 12;

	if (strcmp(unit, "week") == 0)
		return day - (day_part(day, 'W') - place->week_start + 7) % 7;
	if (fiscal && place->retail) {
		size_t at = 0;

		while (at + (size_t)step < sizeof months / sizeof months[0] && day_number(months[at + (size_t)step]) <= day)
			at += (size_t)step;
		return day_number(months[at]);
	}
	long start = month_start(day, 0);

	while ((day_part(start, 'm') - 1 - (fiscal ? place->fiscal_month - 1 : 0) + 12) % step != 0)
		start = month_start(start, -1);
	return start;
}

/* "fiscal_quarter" of "last_fiscal_quarter"; NULL for windows that are no such piece of time. */
static const char *unit_of(const char *window)
{
	static const char *const short_names[][2] = { { "wtd", "week" }, { "mtd", "month" }, { "qtd", "quarter" },
		{ "ytd", "year" }, { "fiscal_ytd", "fiscal_year" } };

	for (size_t i = 0; i < sizeof short_names / sizeof short_names[0]; i++)
		if (strcmp(window, short_names[i][0]) == 0)
			return short_names[i][1];
	if (strncmp(window, "this_", 5) == 0 || (strncmp(window, "last_", 5) == 0 && atoi(window + 5) == 0))
		return window + 5;
	return NULL;
}

/* The same dates a year earlier; 1 March for the day after a 28 February's end. */
static struct span last_year(long first, long last)
{
	bool leap = day_part(last + 1, 'm') == 2 && day_part(last + 1, 'd') == 29;

	return span(year_before(first), (leap ? year_before(last + 2) : year_before(last + 1)) - 1);
}

static void expected_pieces(const struct trial *trial, const char *unit, long today, struct span spans[])
{
	bool to_date = strncmp(trial->window, "last_", 5) != 0;
	long now = piece_start(trial->tenant, unit, today), before = piece_start(trial->tenant, unit, now - 1);
	long first = to_date ? now : before, last = to_date ? today : now - 1, end = before + (last - first);
	long year = piece_start(trial->tenant, "fiscal_year", first);
	long year_earlier = piece_start(trial->tenant, "fiscal_year", year - 1);

	spans[0] = span(first, last);
	spans[1] = to_date ? span(before, end < now ? end : now - 1)
		: span(piece_start(trial->tenant, unit, before - 1), before - 1);
	spans[2] = last_year(first, last);
	if (strcmp(unit, "week") == 0)
		spans[2] = span(first - 364, last - 364);
	else if (place_of(trial->tenant)->retail && strncmp(unit, "fiscal", 6) == 0)
		spans[2] = span(year_earlier + first - year,
			year_earlier + last - year < year ? year_earlier + last - year : year - 1);
	spans[4] = to_date ? span(before, now - 1) : spans[1];
}

/* The days of a window and of its comparisons, by the words of windows.def and comparisons.def. */
static void expected_spans(const struct trial *trial, struct span spans[1 + COMPARISON_COUNT])
{
	long today = day_number(trial->as_of == NULL ? place_of(trial->tenant)->today : trial->as_of);
	long first = today, last = today - 1;
	const char *w = trial->window == NULL ? "" : trial->window, *unit = unit_of(w);

	if (unit != NULL) {
		expected_pieces(trial, unit, today, spans);
		spans[3] = spans[1];
		return;
	}
	if (*w == '\0' && trial->days.first[0] == '\0')
		last = today;   /* what has no history */
	else if (*w == '\0')
		first = day_number(trial->days.first), last = day_number(trial->days.last);
	else if (strcmp(w, "today") == 0)
		last = today;
	else if (strcmp(w, "yesterday") == 0)
		first = today - 1;
	else
		first = today - atoi(w + 5);
	spans[0] = span(first, last);
	spans[1] = span(first - (last - first + 1), first - 1);
	if (*w == '\0' && day_part(first, 'd') == 1 && day_part(last + 1, 'd') == 1) {
		int months = (day_part(last + 1, 'Y') - day_part(first, 'Y')) * 12 + day_part(last + 1, 'm') - day_part(first,
			'm');

		spans[1] = span(month_start(first, -months), first - 1);
	}
	spans[2] = last_year(first, last);
	spans[3] = spans[4] = spans[1];
}

#endif
