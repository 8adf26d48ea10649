#include "moment.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/metrics/vocabulary.h"

struct reading {
	const struct sentence *sentence;
	const struct calendar *calendar;
	struct arena *arena;
	const char **trouble;
};

static const char *const spans[] = { "day", "week", "month", "quarter", "year" };
static const char *const months[] = { "january", "february", "march", "april", "may", "june", "july", "august",
	"september", "october", "november", "december" };
static const char *const weekdays[] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };

static const char *text_at(const struct reading *reading, size_t at)
{
	return at < reading->sentence->count ? reading->sentence->tokens[at].text : "";
}

static bool is_word(const struct reading *reading, size_t at, const char *word)
{
	return strcmp(text_at(reading, at), word) == 0;
}

static bool is_one_of(const struct reading *reading, size_t at, const char *list)
{
	const char *word = text_at(reading, at);

	return *word != '\0' && words_hold(list, word, strlen(word));
}

int calendar_day(int year, int month, int day)
{
	int number = 0;
	char text[40];

	snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
	return day_parse(text, &number) ? number : CALENDAR_NONE;
}

void calendar_civil(int number, int *year, int *month, int *day)
{
	char text[11];

	day_format(number, text);
	*year = (int)strtol(text, NULL, 10);
	*month = (int)strtol(text + 5, NULL, 10);
	*day = (int)strtol(text + 8, NULL, 10);
}

int calendar_start(enum span span, int day, int by, const struct calendar *calendar)
{
	int year, month, ignored;

	if (span == SPAN_DAY)
		return day + by;
	if (span == SPAN_WEEK)   /* 1970-01-01 was a Thursday, the 4th day */
		return day - ((day + 3) % 7 + 1 - calendar->week_start + 7) % 7 + 7 * by;
	calendar_civil(day, &year, &month, &ignored);
	int size = span == SPAN_MONTH ? 1 : span == SPAN_QUARTER ? 3 : 12;
	int at = year * 12 + (month - 1) / size * size + by * size;

	return calendar_day(at / 12, at % 12 + 1, 1);
}

static void now(const struct reading *reading, int *year, int *month)
{
	int day;

	calendar_civil(reading->calendar->today, year, month, &day);
}

static const char *known_window(struct arena *arena, const char *name)
{
	return window_find(name) >= 0 ? arena_copy(arena, name) : NULL;
}

struct moment moment_so_far(enum span span, const struct calendar *calendar, struct arena *arena)
{
	return (struct moment){ .shape = MOMENT_SO_FAR, .span = span, .count = 1, .last = calendar->today,
		.first = calendar_start(span, calendar->today, 0, calendar), .window = known_window(arena,
		span == SPAN_DAY ? "today" : arena_format(arena, "this_%s", spans[span])) };
}

struct moment moment_last(enum span span, const struct calendar *calendar, struct arena *arena)
{
	return (struct moment){ .shape = MOMENT_LAST, .span = span, .count = 1,
		.first = calendar_start(span, calendar->today, -1, calendar),
		.last = calendar_start(span, calendar->today, 0, calendar) - 1, .window = known_window(arena,
		span == SPAN_DAY ? "yesterday" : arena_format(arena, "last_%s", spans[span])) };
}

static struct moment so_far(const struct reading *reading, enum span span)
{
	return moment_so_far(span, reading->calendar, reading->arena);
}

static struct moment last_whole(const struct reading *reading, enum span span)
{
	return moment_last(span, reading->calendar, reading->arena);
}

static struct moment last_days(const struct reading *reading, int count)
{
	return (struct moment){ .shape = MOMENT_DAYS, .span = SPAN_DAY, .count = count,
		.first = reading->calendar->today - count, .last = reading->calendar->today - 1,
		.window = known_window(reading->arena, arena_format(reading->arena, "last_%dd", count)) };
}

/* A span by its own name. The one that today lies in has only gone so far. */
static struct moment named(const struct reading *reading, enum span span, int first)
{
	int last = calendar_start(span, first, 1, reading->calendar) - 1;

	if (span != SPAN_DAY && first <= reading->calendar->today && reading->calendar->today <= last)
		return so_far(reading, span);
	return (struct moment){ .shape = MOMENT_NAMED, .span = span, .count = 1, .first = first, .last = last };
}

int moment_span(const struct sentence *sentence, size_t at, bool plural)
{
	for (int i = 0; at < sentence->count && i < 5; i++)
		if (strcmp(sentence->tokens[at].stem, spans[i]) == 0 &&
		    plural == (strcmp(sentence->tokens[at].text, spans[i]) != 0))
			return i;
	return -1;
}

static int span_at(const struct reading *reading, size_t at, bool plural)
{
	return moment_span(reading->sentence, at, plural);
}

static int month_at(const struct reading *reading, size_t at)
{
	const char *word = text_at(reading, at);
	size_t size = strlen(word);

	for (int i = 0; i < 12; i++)
		if (strcmp(word, months[i]) == 0 || (size == 3 && strncmp(word, months[i], 3) == 0) ||
		    (i == 8 && strcmp(word, "sept") == 0))
			return i + 1;
	return 0;
}

static int year_at(const struct reading *reading, size_t at)
{
	int year = strlen(text_at(reading, at)) == 4 && isdigit((unsigned char)text_at(reading, at)[0])
		? sentence_number(reading->sentence, at) : -1;

	return year >= 1900 && year < 2200 ? year : -1;
}

/* A day of the month: 3, 3rd; 0 when it is none. */
static int ordinal_at(const struct reading *reading, size_t at)
{
	char *end;
	long day = isdigit((unsigned char)text_at(reading, at)[0]) ? strtol(text_at(reading, at), &end, 10) : 0;

	if (day < 1 || day > 31 || (*end != '\0' && strcmp(end, "st") != 0 && strcmp(end, "nd") != 0 &&
	    strcmp(end, "rd") != 0 && strcmp(end, "th") != 0))
		return 0;
	return (int)day;
}

/* A named day: without a year the latest one that has begun. */
static bool day_named(const struct reading *reading, int year, int month, int day, struct moment *moment)
{
	int now_year, now_month, number;

	now(reading, &now_year, &now_month);
	number = calendar_day(year > 0 ? year : now_year, month, day);
	if (year <= 0 && number > reading->calendar->today)
		number = calendar_day(now_year - 1, month, day);
	if (number == CALENDAR_NONE) {
		*reading->trouble = arena_format(reading->arena, "%d %s is no day of that year.", day, months[month - 1]);
		return true;
	}
	*moment = named(reading, SPAN_DAY, number);
	return true;
}

/* 2026-11-03 */
static size_t read_date(const struct reading *reading, size_t at, struct moment *moment)
{
	const struct token *tokens = reading->sentence->tokens;
	int number;

	if (at + 3 > reading->sentence->count || tokens[at + 1].joint != '-' || tokens[at + 2].joint != '-' ||
	    strlen(tokens[at].text) != 4 || sentence_number(reading->sentence, at) < 0 ||
	    !isdigit((unsigned char)tokens[at].text[0]))
		return 0;
	const char *text = arena_format(reading->arena, "%s-%s-%s", tokens[at].text, tokens[at + 1].text,
		tokens[at + 2].text);

	if (day_parse(text, &number))
		*moment = named(reading, SPAN_DAY, number);
	else
		*reading->trouble = arena_format(reading->arena, "\"%.20s\" is no day: write one like 2026-11-03.", text);
	return 3;
}

/* October, October 2025, October 3, October 3rd 2025 */
static size_t read_month(const struct reading *reading, size_t at, struct moment *moment)
{
	int month = month_at(reading, at), year, now_year, now_month;
	size_t next = at + 1;

	if (month == 0)
		return 0;
	int day = year_at(reading, next) < 0 ? ordinal_at(reading, next) : 0;

	next += day > 0;
	next += is_word(reading, next, "of") && year_at(reading, next + 1) > 0;
	year = year_at(reading, next);
	next += year > 0;
	if (day > 0)
		return day_named(reading, year, month, day, moment) ? next - at : 0;
	/* "may" alone is also a verb. */
	if (month == 5 && year < 0 && (at == 0 || !is_one_of(reading, at - 1,
	    "in during for since of from to and vs versus between until")))
		return 0;
	now(reading, &now_year, &now_month);
	*moment = named(reading, SPAN_MONTH, calendar_day(year > 0 ? year : now_year - (month > now_month), month, 1));
	return next - at;
}

/* 3 October, 3rd of October 2025 */
static size_t read_day_month(const struct reading *reading, size_t at, struct moment *moment)
{
	int day = ordinal_at(reading, at);
	size_t next = at + 1 + is_word(reading, at + 1, "of");
	int month = day == 0 ? 0 : month_at(reading, next), year = year_at(reading, next + 1);

	if (month == 0)
		return 0;
	return day_named(reading, year, month, day, moment) ? next + 1 + (year > 0) - at : 0;
}

/* Q3, Q3 2025; 2025 */
static size_t read_quarter_or_year(const struct reading *reading, size_t at, struct moment *moment)
{
	const char *word = text_at(reading, at);
	int year = year_at(reading, at), now_year, now_month;

	if (year > 0) {
		*moment = named(reading, SPAN_YEAR, calendar_day(year, 1, 1));
		return 1;
	}
	if (strlen(word) != 2 || word[0] != 'q' || word[1] < '1' || word[1] > '4')
		return 0;
	int month = (word[1] - '1') * 3 + 1;

	year = year_at(reading, at + 1);
	now(reading, &now_year, &now_month);
	*moment = named(reading, SPAN_QUARTER, calendar_day(year > 0 ? year : now_year - (month > now_month), month, 1));
	return 1 + (year > 0);
}

static int weekday_at(const struct reading *reading, size_t at)
{
	for (int i = 0; i < 7; i++)
		if (is_word(reading, at, weekdays[i]))
			return i;
	return -1;
}

/* Monday: the latest one before today. "Last Monday" in the middle of a week may be two days. */
static size_t read_weekday(const struct reading *reading, size_t at, struct moment *moment)
{
	bool last = is_word(reading, at, "last");
	int weekday = weekday_at(reading, at + last), today = reading->calendar->today;
	char a[11], b[11];

	if (weekday < 0)
		return 0;
	int day = today - 1 - ((today + 2) % 7 - weekday + 7) % 7;

	day_format(day, a);
	day_format(last ? day - 7 : day + 7, b);
	if (last ? day >= calendar_start(SPAN_WEEK, today, 0, reading->calendar) : day == today - 7)
		*reading->trouble = arena_format(reading->arena, "\"%s%s\" may be %s or %s: write the date.",
			last ? "last " : "", weekdays[weekday], a, b);
	*moment = named(reading, SPAN_DAY, day);
	return 1 + last;
}

static size_t read_simple(const struct reading *reading, size_t at, struct moment *moment)
{
	static const struct { const char *words; enum span span; int ago; const char *window; } simple[] = {
		{ "today", SPAN_DAY, 0, NULL }, { "yesterday", SPAN_DAY, 1, NULL },
		{ "week to date", SPAN_WEEK, 0, NULL }, { "wtd", SPAN_WEEK, 0, NULL },
		{ "month to date", SPAN_MONTH, 0, "mtd" }, { "mtd", SPAN_MONTH, 0, "mtd" },
		{ "quarter to date", SPAN_QUARTER, 0, "qtd" }, { "qtd", SPAN_QUARTER, 0, "qtd" },
		{ "year to date", SPAN_YEAR, 0, "ytd" }, { "ytd", SPAN_YEAR, 0, "ytd" } };
	size_t count = sentence_says(reading->sentence, at, "day before yesterday", false);

	if (count > 0) {
		*moment = named(reading, SPAN_DAY, reading->calendar->today - 2);
		return count;
	}
	for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++)
		if ((count = sentence_says(reading->sentence, at, simple[i].words, false)) > 0) {
			*moment = simple[i].ago > 0 ? last_whole(reading, simple[i].span) : so_far(reading, simple[i].span);
			if (simple[i].window != NULL && window_find(simple[i].window) >= 0)
				moment->window = simple[i].window;
			return count;
		}
	return 0;
}

/* Several weeks or months back are whole ones to some and days to others. */
static void trouble_several(const struct reading *reading, int count, enum span span)
{
	int first = calendar_start(span, reading->calendar->today, -count, reading->calendar);
	int last = calendar_start(span, reading->calendar->today, 0, reading->calendar) - 1;
	static const int days[] = { 1, 7, 30, 91, 365 };
	char a[11], b[11];

	day_format(first, a);
	day_format(last, b);
	*reading->trouble = arena_format(reading->arena, "The last %d %s%s may be whole ones or days: say \"from %s to "
		"%s\" or \"the last %d days\".", count, spans[span], count == 1 ? "" : "s", a, b, count * days[span]);
}

/* last week, the last 14 days, last 30d, past month */
static size_t read_back(const struct reading *reading, size_t at, struct moment *moment)
{
	static const char back[] = "last past previous prior preceding trailing rolling";
	bool rolling = is_one_of(reading, at, "past trailing rolling");
	char *end;

	if (!is_one_of(reading, at, back))
		return 0;
	int span = span_at(reading, at + 1, false);

	if (span > SPAN_DAY && !rolling) {
		*moment = last_whole(reading, (enum span)span);
		return 2;
	}
	if (span >= 0) {
		trouble_several(reading, 1, (enum span)span);
		return 2;
	}
	long compact = strtol(text_at(reading, at + 1), &end, 10);

	if (compact > 0 && compact < 3660 && strcmp(end, "d") == 0) {
		*moment = last_days(reading, (int)compact);
		return 2;
	}
	int count = sentence_number(reading->sentence, at + 1), one = span_at(reading, at + 2, false);

	span = span_at(reading, at + 2, true);
	span = span < 0 ? one : span;
	if (count < 1 || count > 3660 || span < 0)
		return 0;
	if (span == SPAN_DAY)
		*moment = last_days(reading, count);
	else
		trouble_several(reading, count < 100 ? count : 99, (enum span)span);
	return 3;
}

/* this week, 3 days ago */
static size_t read_here(const struct reading *reading, size_t at, struct moment *moment)
{
	int span = is_one_of(reading, at, "this current") ? span_at(reading, at + 1, false) : -1;
	int count = sentence_number(reading->sentence, at);

	if (span >= 0) {
		*moment = so_far(reading, (enum span)span);
		return 2;
	}
	if (count < 1 || count > 3660 || !is_word(reading, at + 2, "ago") || (!is_word(reading, at + 1, "days") &&
	    !is_word(reading, at + 1, "day")))
		return 0;
	*moment = named(reading, SPAN_DAY, reading->calendar->today - count);
	return 3;
}

static size_t read_one(const struct reading *reading, size_t at, struct moment *moment)
{
	static size_t (*const readers[])(const struct reading *, size_t, struct moment *) = { read_simple, read_date,
		read_day_month, read_month, read_quarter_or_year, read_weekday, read_back, read_here };
	size_t count = 0;

	*moment = (struct moment){ .count = 0 };
	for (size_t i = 0; i < sizeof readers / sizeof readers[0] && count == 0; i++)
		count = readers[i](reading, at, moment);
	return count;
}

static size_t skip_the(const struct reading *reading, size_t at)
{
	return at + is_word(reading, at, "the");
}

/* from A to B, between A and B, A to B, since A; the days from the first of A to the last of B. */
static size_t read_range(const struct reading *reading, size_t at, struct moment *moment)
{
	bool from = is_word(reading, at, "from"), between = is_word(reading, at, "between");
	bool since = is_word(reading, at, "since");
	struct moment a, b;
	size_t start = skip_the(reading, at + (from || between || since)), size = read_one(reading, start, &a);
	size_t middle = start + size;

	if (size == 0 || *reading->trouble != NULL)
		return 0;
	if (since) {
		if (a.shape != MOMENT_NAMED && a.shape != MOMENT_SO_FAR)
			return 0;
		*moment = (struct moment){ .shape = MOMENT_BETWEEN, .count = 1, .first = a.first,
			.last = reading->calendar->today };
		return middle - at;
	}
	bool link = between ? is_word(reading, middle, "and") : is_one_of(reading, middle, "to until till through thru");

	size = link ? read_one(reading, skip_the(reading, middle + 1), &b) : 0;
	if (size == 0)
		return 0;
	*moment = (struct moment){ .shape = MOMENT_BETWEEN, .count = 1, .first = a.first, .last = b.last };
	return skip_the(reading, middle + 1) + size - at;
}

size_t moment_read(const struct sentence *sentence, size_t at, const struct calendar *calendar, struct arena *arena,
	struct moment *moment, const char **trouble)
{
	const struct reading reading = { sentence, calendar, arena, trouble };

	*trouble = NULL;
	size_t count = read_range(&reading, at, moment);

	if (count > 0)
		return count;
	*trouble = NULL;
	return read_one(&reading, at, moment);
}
