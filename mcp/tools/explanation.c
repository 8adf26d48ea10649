#include "explanation.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "explain_small.h"
#include "mcp/base/clock.h"
#include "mcp/metrics/day.h"

static const char *const taken[] = { "metric", "filters", "window", "from", "to", "as_of" };

enum { DAY_SECONDS = 86400 };

double explanation_figure(const struct explanation *explanation, const struct explain_total *total)
{
	return !explanation->is_ratio ? total->value : total->weight > 0 ? total->value / total->weight : 0;
}

bool explanation_has_time(struct explanation *explanation)
{
	explanation->cut_short = explanation->cut_short || clock_monotonic() > explanation->deadline_us;
	return !explanation->cut_short;
}

bool explanation_ask(struct explanation *explanation, const json_t *args, int groups_most, struct question *question,
	struct db_rows **rows, bool *known)
{
	struct call *call = explanation->call;
	long long version = explanation->question.bounds.data_version;

	*known = question_rows(call->db, call->caller.tenant, args, groups_most, call->arena, question, rows, &call->error);
	if (!*known && (call->error.code == ERROR_NO_DATA || call->error.code == ERROR_BUSY)) {
		/* A question that is too slow is one less, not the end: the answer says so. */
		explanation->cut_short = explanation->cut_short || call->error.code == ERROR_BUSY;
		call->error.code = ERROR_NONE;
		return true;
	}
	if (!*known)
		return false;
	if (version != 0 && question->bounds.data_version != version)
		return call_refuse(call, ERROR_BUSY, "Data came in while the change of %s was being explained, so the numbers "
			"would not belong together. Try again.", question->metric->name);
	return true;
}

/* The total of a period among the rows of a question. */
static struct explain_total total_of(const struct db_rows *rows, long long period, json_t *query)
{
	struct explain_total total = { .query = query };

	for (size_t row = 0; row < db_count(rows); row++)
		if (db_number(rows, row, COMPILED_PERIOD) == period && db_number(rows, row, COMPILED_PLACE) == 0) {
			total.value = db_text(rows, row, COMPILED_VALUE) == NULL ? 0 : (double)db_number(rows, row, COMPILED_VALUE);
			total.weight = db_text(rows, row, COMPILED_DENOMINATOR) == NULL ? 0
				: (double)db_number(rows, row, COMPILED_DENOMINATOR);
			total.rows = (double)db_number(rows, row, COMPILED_ROWS);
		}
	total.known = true;
	return total;
}

/* Whether the data reach back to the beginning of a period: a stock is a state and needs no beginning. */
static bool reaches_back(const struct question *question, const struct period *period)
{
	return question->metric->kind == KIND_STOCK || question->bounds.covered_since_us <= period->since_us;
}

json_t *explanation_filters(const struct explanation *explanation, const struct slice *slice)
{
	const json_t *asked = json_object_get(explanation->call->args, "filters");
	json_t *filters = asked == NULL ? json_object() : json_deep_copy(asked);

	for (size_t i = 0; slice != NULL && i < slice->term_count; i++) {
		const struct slice_term *term = &slice->terms[i];
		const char *value = explanation->values[term->dimension].list[term->value].value;
		const char *name = explanation->metric->dimensions[term->dimension]->name;

		if (i == 0 || !slice->either)
			json_object_set_new(filters, name, json_array());
		json_array_append_new(json_object_get(filters, name), json_string(value == NULL ? "(none)" : value));
	}
	if (json_object_size(filters) > 0)
		return filters;
	json_decref(filters);
	return NULL;
}

static json_t *args_of_days(const struct explanation *explanation, const char *from, const char *to,
	const struct slice *slice)
{
	json_t *args = json_pack("{s:s, s:s, s:s}", "metric", explanation->metric->name, "from", from, "to", to);
	json_t *filters = explanation_filters(explanation, slice);

	if (filters != NULL)
		json_object_set_new(args, "filters", filters);
	return args;
}

/* A look-back and a stock are what they are on a period's last day. */
json_t *explanation_args(const struct explanation *explanation, const struct period *period)
{
	bool end = explanation->metric->lookback_days > 0 || explanation->metric->kind == KIND_STOCK;

	return args_of_days(explanation, end ? period->last_day : period->first_day, period->last_day, NULL);
}

static struct noise noise_of(const struct explanation *explanation)
{
	const struct explain_total *now = &explanation->now, *then = &explanation->then;
	double rows = now->rows + then->rows, values = now->value + then->value;

	if (explanation->is_ratio)
		return (struct noise){ explanation->metric->unit == UNIT_RATIO && now->value <= now->weight &&
			then->value <= then->weight ? MEASURE_SHARE : MEASURE_MEAN, 1 };
	/* A sum of amounts that vary as much as their mean, which baskets and points do: E[x²] / E[x] = 2 × the mean. */
	bool amounts = explanation->metric->unit == UNIT_CENTS || explanation->metric->unit == UNIT_POINTS;

	return (struct noise){ MEASURE_SUM, amounts && rows > 0 ? fmax(1, 2 * fabs(values) / rows) : 1 };
}

/* Rows that carry the denominator: no more than it counts. */
static double rows_behind(const struct explanation *explanation, const struct explain_total *total)
{
	return explanation->metric->unit == UNIT_CENTS ? total->rows : fmin(total->rows, fmax(total->weight, 0));
}

static struct effect change_between(const struct explanation *explanation, const struct explain_total *later,
	const struct explain_total *earlier)
{
	double one = explanation_figure(explanation, later), other = explanation_figure(explanation, earlier);

	return (struct effect){ one - other, sqrt(noise_variance(explanation->noise, one, rows_behind(explanation, later)) +
		noise_variance(explanation->noise, other, rows_behind(explanation, earlier))) };
}

static bool find_comparison(struct explanation *explanation, const char *name)
{
	const struct comparison *comparison = comparison_find(name);

	while (comparison != NULL && comparison_at(explanation->place) != comparison)
		explanation->place++;
	return comparison != NULL || call_refuse(explanation->call, ERROR_ARGUMENT, "compare is \"%s\", which is not a "
		"comparison: previous_period and same_period_last_year are.", word_shown(explanation->call->arena, name));
}

static bool refuse_uncovered(struct explanation *explanation)
{
	const struct bounds *bounds = &explanation->question.bounds;

	return call_refuse(explanation->call, ERROR_NO_DATA, "%s to %s cannot be compared: what is known of %s begins on "
		"%s. Ask about later days.", explanation->then_period->first_day, explanation->then_period->last_day,
		explanation->metric->source->rows, bounds->covered_since_day);
}

bool explanation_open(struct explanation *explanation)
{
	struct call *call = explanation->call;
	const char *compare = call_text(call, "compare");
	json_t *args = arena_json(call->arena, json_object());
	struct question *question = &explanation->question;
	struct db_rows *rows;

	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
		if (json_object_get(call->args, taken[i]) != NULL)
			json_object_set(args, taken[i], json_object_get(call->args, taken[i]));
	compare = compare == NULL ? "previous_period" : compare;
	json_object_set_new(args, "compare", json_pack("[s]", compare));
	if (!find_comparison(explanation, compare) || !question_rows(call->db, call->caller.tenant, args, 0, call->arena,
	    question, &rows, &call->error))
		return false;
	if (!explain_small_totals(explanation, rows))
		return false;
	explanation->metric = question->metric;
	explanation->now_period = &question->bounds.periods[0];
	explanation->then_period = &question->bounds.periods[1 + explanation->place];
	if (question->uncovered[1].code != ERROR_NONE || !reaches_back(question, explanation->then_period))
		return refuse_uncovered(explanation);
	explanation->is_ratio = explanation->metric->denominator != NULL;
	explanation->now = total_of(rows, 0, arena_json(call->arena,
		explanation_args(explanation, explanation->now_period)));
	explanation->then = total_of(rows, 1, arena_json(call->arena,
		explanation_args(explanation, explanation->then_period)));
	explanation->noise = noise_of(explanation);
	explanation->change = change_between(explanation, &explanation->now, &explanation->then);
	return true;
}

/* A day's text. */
static const char *day_text(struct arena *arena, int day)
{
	time_t at = (time_t)day * DAY_SECONDS;
	struct tm parts;

	gmtime_r(&at, &parts);
	return arena_format(arena, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

/* The day some months earlier: its day of the month, or the month's last; the last of a month stays the last. */
static int months_before(int day, int months)
{
	time_t at = (time_t)day * DAY_SECONDS;
	struct tm parts, next;

	gmtime_r(&at, &parts);
	at += DAY_SECONDS;
	gmtime_r(&at, &next);
	bool last = next.tm_mday == 1;
	int month = (parts.tm_year + 1900) * 12 + parts.tm_mon - months;
	struct tm first_after = { .tm_year = (month + 1) / 12 - 1900, .tm_mon = (month + 1) % 12, .tm_mday = 1 };
	int end = (int)(timegm(&first_after) / DAY_SECONDS) - 1;
	struct tm first = { .tm_year = month / 12 - 1900, .tm_mon = month % 12, .tm_mday = 1 };
	int begin = (int)(timegm(&first) / DAY_SECONDS);

	return last || begin + parts.tm_mday - 1 > end ? end : begin + parts.tm_mday - 1;
}

struct steps {
	int now_from, now_to, then_from, then_to;   /* days */
	int days, months;                           /* how far apart like changes lie; months 0: by days */
};

/* Like changes lie a whole period apart, of a window below a week whole weeks, so that the days of the week meet;
 * months for windows that begin with a month. */
static struct steps steps_of(const struct explanation *explanation)
{
	const struct period *now = explanation->now_period, *then = explanation->then_period;
	const char *window = explanation->question.bounds.window;
	struct steps steps = { .months = 0 };

	day_parse(now->first_day, &steps.now_from);
	day_parse(now->last_day, &steps.now_to);
	day_parse(then->first_day, &steps.then_from);
	day_parse(then->last_day, &steps.then_to);
	bool months = strcmp(now->first_day + 8, "01") == 0 && strcmp(then->first_day + 8, "01") == 0;
	bool end = explanation->metric->lookback_days > 0 || explanation->metric->kind == KIND_STOCK;
	int apart = steps.now_to - steps.then_to, length = end ? apart : steps.now_to - steps.now_from + 1;

	if (strcmp(window, "this_month") == 0 || strcmp(window, "mtd") == 0 || strcmp(window, "last_month") == 0)
		steps.months = 1;
	else if (explanation->place == 0 && months)
		steps.months = (apart + 15) / 30;
	else
		steps.days = explanation->place == 0 && apart >= 7 ? apart
			: (length + 6) / 7 * 7;
	return steps;
}

static bool ask_total(struct explanation *explanation, int from, int to, const struct slice *slice,
	struct explain_total *total)
{
	struct arena *arena = explanation->call->arena;
	bool end = explanation->metric->lookback_days > 0 || explanation->metric->kind == KIND_STOCK, known;
	json_t *args = arena_json(arena, args_of_days(explanation, day_text(arena, end ? to : from), day_text(arena, to),
		slice));
	struct question question;
	struct db_rows *rows;

	*total = (struct explain_total){ .known = false };
	if (!explanation_ask(explanation, args, 0, &question, &rows, &known))
		return false;
	if (!known || !reaches_back(&question, &question.bounds.periods[0]))
		return true;
	if (!explain_small_total(explanation, &question, rows, &known))
		return false;
	if (!known)
		*total = total_of(rows, 0, args);
	return true;
}

bool explanation_past(struct explanation *explanation, const struct slice *slice, struct explain_past *past,
	size_t *count)
{
	struct arena *arena = explanation->call->arena;
	struct steps steps = steps_of(explanation);
	struct explain_total later, earlier = slice == NULL ? explanation->then : (struct explain_total){ .known = false };
	int known_to = steps.then_to;

	*count = 0;
	for (int k = 1; k <= EXPLAIN_PAST && explanation_has_time(explanation); k++) {
		int days[4] = { steps.now_from, steps.now_to, steps.then_from, steps.then_to };

		for (size_t i = 0; i < 4; i++)
			days[i] = steps.months > 0 ? months_before(days[i], k * steps.months) : days[i] - k * steps.days;
		/* The period before the last one is often the next change's later period. */
		if (earlier.known && known_to == days[1])
			later = earlier;
		else if (!ask_total(explanation, days[0], days[1], slice, &later))
			return false;
		if (!ask_total(explanation, days[2], days[3], slice, &earlier))
			return false;
		known_to = days[3];
		if (!later.known || !earlier.known)
			break;
		past[(*count)++] = (struct explain_past){ .from = day_text(arena, days[0]), .to = day_text(arena, days[1]),
			.change = change_between(explanation, &later, &earlier).value, .queries = { later.query, earlier.query } };
	}
	return true;
}
