#include "earlier.h"

#include <string.h>

#include "mcp/metrics/vocabulary.h"

static const char previous_period[] = "previous_period", last_year[] = "same_period_last_year";

static bool is_one_of(const struct sentence *sentence, size_t at, const char *list)
{
	return at < sentence->count && words_hold(list, sentence->tokens[at].text, strlen(sentence->tokens[at].text));
}

static size_t says_any(const struct sentence *sentence, size_t at, const char *const *phrases)
{
	size_t count = 0;

	for (; *phrases != NULL && count == 0; phrases++)
		count = sentence_says(sentence, at, *phrases, false);
	return count;
}

static const char *const year_words[] = { "last year", "a year ago", "a year earlier", "one year ago", "year ago",
	"previous year", "prior year", "year before", "year earlier", NULL };

static size_t read_year(const struct sentence *sentence, size_t at, struct earlier *earlier)
{
	size_t start = at;
	int span = -1;

	if (is_one_of(sentence, at, "same")) {
		span = moment_span(sentence, at + 1, false);
		if (span < 0 && !is_one_of(sentence, at + 1, "period time days dates"))
			return 0;
		start = at + 2 + is_one_of(sentence, at + 2, "of in");
		start += is_one_of(sentence, start, "the");
	}
	size_t count = says_any(sentence, start, year_words);

	*earlier = (struct earlier){ .kind = EARLIER_YEAR, .span = span, .count = 1,
		.from_today = is_one_of(sentence, start, "last a one") };
	return count == 0 ? 0 : start + count - at;
}

static size_t read_period(const struct sentence *sentence, size_t at, struct earlier *earlier)
{
	static const char *const words[] = { "period before that", "period before", "previous period", "prior period",
		"preceding period", "one before that", "one before", "previous one", NULL };

	*earlier = (struct earlier){ .kind = EARLIER_PREVIOUS, .span = -1, .count = 1 };
	return says_any(sentence, at, words);
}

/* "week before", "30 days before that", "day earlier" */
static size_t read_before(const struct sentence *sentence, size_t at, struct earlier *earlier)
{
	int count = sentence_number(sentence, at);
	size_t start = at + (count > 0);
	int span = moment_span(sentence, start, count > 1);

	if (span < 0 || !is_one_of(sentence, start + 1, "before earlier prior"))
		return 0;
	*earlier = (struct earlier){ .kind = EARLIER_SPAN, .span = span, .count = count > 0 ? count : 1 };
	return start + 2 + (is_one_of(sentence, start + 1, "before") && is_one_of(sentence, start + 2, "that")) - at;
}

/* "last week", "prior month", "previous 30 days"; "last" alone, after "this week versus" */
static size_t read_prior(const struct sentence *sentence, size_t at, struct earlier *earlier)
{
	if (!is_one_of(sentence, at, "last previous prior preceding"))
		return 0;
	int count = sentence_number(sentence, at + 1), span = moment_span(sentence, at + 1 + (count > 0), count > 1);

	*earlier = (struct earlier){ .kind = EARLIER_SPAN, .span = span, .count = count > 0 ? count : 1,
		.from_today = is_one_of(sentence, at, "last") };
	if (span >= 0)
		return 2 + (count > 0);
	*earlier = (struct earlier){ .kind = EARLIER_PREVIOUS, .span = -1, .count = 1 };
	return count > 0 ? 0 : 1;
}

size_t earlier_read(const struct sentence *sentence, size_t at, const struct calendar *calendar, struct arena *arena,
	struct earlier *earlier, const char **trouble)
{
	size_t start = at + is_one_of(sentence, at, "the"), count;

	*trouble = NULL;
	if ((count = read_year(sentence, start, earlier)) > 0 || (count = read_period(sentence, start, earlier)) > 0 ||
	    (count = read_before(sentence, start, earlier)) > 0)
		return start + count - at;
	if (is_one_of(sentence, start, "yesterday")) {
		*earlier = (struct earlier){ .kind = EARLIER_SPAN, .span = SPAN_DAY, .count = 1, .from_today = true };
		return start + 1 - at;
	}
	size_t prior = read_prior(sentence, start, earlier);

	if (prior > 1)
		return start + prior - at;
	struct earlier bare = *earlier;

	*earlier = (struct earlier){ .kind = EARLIER_NAMED, .span = -1, .count = 1 };
	count = moment_read(sentence, start, calendar, arena, &earlier->moment, trouble);
	if (count == 0 && prior == 1) {
		*earlier = bare;
		count = 1;
	}
	return count == 0 ? 0 : start + count - at;
}

static bool starts_month(int day)
{
	int year, month, of_month;

	calendar_civil(day, &year, &month, &of_month);
	return of_month == 1;
}

static int months_of(int day)
{
	int year, month, of_month;

	calendar_civil(day, &year, &month, &of_month);
	return year * 12 + month - 1;
}

/* What sql/queries/metric_window.sql takes as the period before: whole months move by months, all else by its days. */
static void find_previous(const struct moment *window, int *first, int *last)
{
	bool months = (window->window == NULL || window->shape == MOMENT_LAST) && starts_month(window->first) &&
		starts_month(window->last + 1);
	int start = 2 * months_of(window->first) - months_of(window->last + 1);

	*last = window->first - 1;
	*first = months ? calendar_day(start / 12, start % 12 + 1, 1) : window->first - (window->last - window->first + 1);
}

static int year_before(int day)
{
	int year, month, of_month;

	calendar_civil(day, &year, &month, &of_month);
	return calendar_day(year - 1, month, of_month);
}

/* The comparison that gives exactly these days. */
static const char *find_days(const struct moment *window, const struct calendar *calendar, int first, int last)
{
	int from, to;

	find_previous(window, &from, &to);
	if (window->shape == MOMENT_SO_FAR) {   /* its comparison is the same part of the whole one */
		from = calendar_start(window->span, window->first, -1, calendar);
		to = window->first - 1;
	}
	if (first == from && last == to)
		return previous_period;
	to = year_before(window->last + 1);
	if (window->span != SPAN_WEEK && window->shape != MOMENT_SO_FAR && first == year_before(window->first) &&
	    to != CALENDAR_NONE && last == to - 1)
		return last_year;
	return NULL;
}

static const char *compare_span(const struct moment *window, const struct earlier *earlier,
	const struct calendar *calendar, struct arena *arena)
{
	bool whole = window->shape == MOMENT_SO_FAR || window->shape == MOMENT_LAST || window->shape == MOMENT_NAMED;

	if (earlier->from_today) {
		struct moment last = moment_last((enum span)earlier->span, calendar, arena);

		if (earlier->count > 1)
			return NULL;
		if (window->shape == MOMENT_SO_FAR)
			return (int)window->span == earlier->span ? previous_period : NULL;
		return find_days(window, calendar, last.first, last.last);
	}
	if (whole && (int)window->span == earlier->span && earlier->count == 1)
		return previous_period;
	if (window->shape == MOMENT_DAYS && ((earlier->span == SPAN_DAY && earlier->count == window->count) ||
	    (earlier->span == SPAN_WEEK && 7 * earlier->count == window->count)))
		return previous_period;
	return NULL;
}

/* "2025 versus last year" compares 2025 with itself. */
static const char *compare_year(const struct moment *window, const struct earlier *earlier,
	const struct calendar *calendar)
{
	bool itself = window->span == SPAN_YEAR && window->shape != MOMENT_SO_FAR && window->shape != MOMENT_BETWEEN &&
		earlier->from_today && window->last < calendar_start(SPAN_YEAR, calendar->today, 0, calendar);

	if (itself || (earlier->span >= 0 && (window->shape == MOMENT_BETWEEN || window->shape == MOMENT_DAYS ||
	    (int)window->span != earlier->span)))
		return NULL;
	return last_year;
}

static const char *imply(const struct earlier *earlier, const struct calendar *calendar, struct arena *arena,
	struct moment *implied)
{
	if (earlier->kind == EARLIER_PREVIOUS)
		return previous_period;
	if (earlier->kind == EARLIER_NAMED || earlier->span < 0 || earlier->count > 1)
		return NULL;
	*implied = moment_so_far((enum span)earlier->span, calendar, arena);
	if (implied->window == NULL)
		return NULL;
	return earlier->kind == EARLIER_YEAR ? last_year : previous_period;
}

const char *earlier_comparison(const struct moment *window, const struct earlier *earlier,
	const struct calendar *calendar, struct arena *arena, struct moment *implied)
{
	*implied = (struct moment){ .count = 0 };
	if (window == NULL)
		return imply(earlier, calendar, arena, implied);
	/* Days from the first of a span to today have no same part of the span before. */
	if (window->shape == MOMENT_SO_FAR && window->window == NULL && earlier->kind != EARLIER_YEAR)
		return NULL;
	switch (earlier->kind) {
	case EARLIER_PREVIOUS:
		return previous_period;
	case EARLIER_SPAN:
		return compare_span(window, earlier, calendar, arena);
	case EARLIER_YEAR:
		return compare_year(window, earlier, calendar);
	case EARLIER_NAMED:
		return find_days(window, calendar, earlier->moment.first, earlier->moment.last);
	}
	return NULL;
}
