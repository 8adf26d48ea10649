#include "answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/base/cost.h"
#include "mcp/base/text.h"
#include "mcp/base/utf8.h"
#include "values.h"

struct figure {
	bool known;
	bool withheld;                  /* then it is not known either */
	long long value, denominator;   /* as compiled */
};

struct shaping {
	const struct question *question;
	const struct metric *metric;
	const struct db_rows *rows;
	struct arena *arena;
	size_t offset;            /* rows that earlier pages showed */
	size_t shown;             /* rows of the window in this answer */
	bool more;                /* and others after them */
};

static bool is_ratio(const struct shaping *shaping)
{
	return shaping->metric->denominator != NULL;
}

static struct figure figure_at(const struct shaping *shaping, size_t row)
{
	struct figure figure = { .known = true };

	if (db_truth(shaping->rows, row, COMPILED_WITHHELD))
		return (struct figure){ .withheld = true };
	if (db_text(shaping->rows, row, COMPILED_VALUE) != NULL)
		figure.value = db_number(shaping->rows, row, COMPILED_VALUE);
	if (is_ratio(shaping)) {
		if (db_text(shaping->rows, row, COMPILED_DENOMINATOR) != NULL)
			figure.denominator = db_number(shaping->rows, row, COMPILED_DENOMINATOR);
		figure.known = figure.denominator != 0;
	}
	return figure;
}

/* The row of a period and place; false when the SELECT has none. */
static bool find_row(const struct shaping *shaping, size_t period, size_t place, size_t *row)
{
	for (*row = 0; *row < db_count(shaping->rows); (*row)++)
		if (db_number(shaping->rows, *row, COMPILED_PERIOD) == (long long)period &&
		    db_number(shaping->rows, *row, COMPILED_PLACE) == (long long)place)
			return true;
	return false;
}

/* No row means that nothing was there to count: a true zero, or a ratio of nothing. */
static struct figure figure_of(const struct shaping *shaping, size_t period, size_t place)
{
	size_t row;

	if (find_row(shaping, period, place, &row))
		return figure_at(shaping, row);
	return (struct figure){ .known = !is_ratio(shaping) };
}

static double real_of(const struct shaping *shaping, struct figure figure)
{
	return is_ratio(shaping) ? (double)figure.value / (double)figure.denominator : (double)figure.value;
}

static double rounded(double number, double steps)
{
	return round(number * steps) / steps;
}

/* A ratio in the metric's unit. */
static json_t *number_json(const struct shaping *shaping, double number)
{
	enum metric_unit unit = shaping->metric->unit;

	if (unit == UNIT_CENTS || unit == UNIT_POINTS)
		return json_integer(llround(number));
	return json_real(rounded(number, unit == UNIT_RATIO ? 1e6 : 1e4));
}

static json_t *value_json(const struct shaping *shaping, struct figure figure)
{
	if (!figure.known)
		return json_null();
	return is_ratio(shaping) ? number_json(shaping, real_of(shaping, figure)) : json_integer(figure.value);
}

static const char *value_text(const struct shaping *shaping, struct figure figure)
{
	if (!figure.known)
		return NULL;
	if (shaping->metric->unit == UNIT_CENTS)
		return arena_format(shaping->arena, "%s %s", text_money(shaping->arena,
			is_ratio(shaping) ? llround(real_of(shaping, figure)) : figure.value), shaping->question->bounds.currency);
	if (shaping->metric->unit == UNIT_RATIO)
		return arena_format(shaping->arena, "%.2f %%", 100 * real_of(shaping, figure));
	return NULL;
}

static void set_figure(const struct shaping *shaping, json_t *into, struct figure figure)
{
	const char *text = value_text(shaping, figure);

	json_object_set_new(into, "value", value_json(shaping, figure));
	if (figure.withheld)
		json_object_set_new(into, "withheld", json_true());
	if (text != NULL)
		json_object_set_new(into, "text", json_string(text));
	if (is_ratio(shaping) && !figure.withheld) {
		json_object_set_new(into, "numerator", json_integer(figure.value));
		json_object_set_new(into, "denominator", json_integer(figure.denominator));
	}
}

static void set_change(const struct shaping *shaping, json_t *into, struct figure now, struct figure then)
{
	bool known = now.known && then.known;
	double change = known ? real_of(shaping, now) - real_of(shaping, then) : 0;
	double base = known ? fabs(real_of(shaping, then)) : 0;

	json_object_set_new(into, "change", !known ? json_null()
		: is_ratio(shaping) ? number_json(shaping, change) : json_integer(now.value - then.value));
	json_object_set_new(into, "change_pct", base > 0 ? json_real(rounded(100 * change / base, 10)) : json_null());
}

static void set_dimensions(const struct shaping *shaping, json_t *into, size_t row, bool labels)
{
	const struct compile_request *request = &shaping->question->request;

	for (size_t i = 0; i < request->by_count; i++) {
		const char *value = db_text(shaping->rows, row, COMPILED_DIMENSION + (int)i);
		const char *label = db_text(shaping->rows, row, COMPILED_LABEL + (int)i);

		json_object_set_new(into, request->by[i]->name, json_string(value == NULL ? VALUE_NONE
			: utf8_shown(shaping->arena, value, false)));
		if (labels && label != NULL && strcmp(label, value) != 0)
			json_object_set_new(into, arena_format(shaping->arena, "%s_name", request->by[i]->name),
				json_string(word_shown(shaping->arena, label)));
	}
}

/* Whether a piece of a series lies where the source knows nothing: there a zero would be a guess. */
static bool is_outside(const struct shaping *shaping, size_t row, size_t place)
{
	const struct bounds *bounds = &shaping->question->bounds;
	const char *day = db_text(shaping->rows, row, COMPILED_DIMENSION);
	size_t next;

	if (!shaping->question->request.by_time || shaping->question->request.by_count != 1 || day == NULL)
		return false;
	bool hour = strcmp(shaping->question->request.by[0]->name, "hour") == 0;
	const char *since = hour ? bounds->covered_since_hour : bounds->covered_since_day;
	const char *until = hour ? bounds->covered_until_hour : bounds->covered_until_day;

	if (strncmp(day, until, strlen(until)) > 0)
		return true;
	return find_row(shaping, 0, place + 1, &next) &&
		strncmp(db_text(shaping->rows, next, COMPILED_DIMENSION), since, strlen(since)) <= 0;
}

static json_t *rows_json(const struct shaping *shaping)
{
	json_t *list = json_array();

	for (size_t place = shaping->offset + 1; place <= shaping->offset + shaping->shown; place++) {
		json_t *one = json_object();
		size_t row;

		find_row(shaping, 0, place, &row);
		struct figure figure = figure_at(shaping, row);

		figure.known = figure.known && !is_outside(shaping, row, place);
		set_dimensions(shaping, one, row, true);
		set_figure(shaping, one, figure);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *total_json(const struct shaping *shaping)
{
	json_t *total = json_object();

	set_figure(shaping, total, figure_of(shaping, 0, 0));
	return total;
}

/* What the rows that are not shown add up to, with those that are withheld; only of numbers that add up. */
static json_t *rest_json(const struct shaping *shaping)
{
	struct figure rest = figure_of(shaping, 0, 0);
	size_t row, groups = find_row(shaping, 0, 0, &row) ? (size_t)db_number(shaping->rows, row, COMPILED_GROUPS) : 0;

	if (groups > 0) {
		rest.value -= db_number(shaping->rows, row, COMPILED_BEFORE);
		groups -= (size_t)db_number(shaping->rows, row, COMPILED_BEFORE_GROUPS);
	}
	for (size_t i = 1; i <= shaping->shown; i++) {
		struct figure figure = figure_of(shaping, 0, shaping->offset + i);

		rest.value -= figure.value;
		groups -= !figure.withheld;
	}
	if (groups == 0 || !shaping->metric->additive)
		return json_null();
	json_t *json = json_object();

	set_figure(shaping, json, rest);
	json_object_set_new(json, "groups", json_integer((json_int_t)groups));
	return json;
}

static json_t *window_json(const struct shaping *shaping, const struct period *period, const char *name)
{
	const struct bounds *bounds = &shaping->question->bounds;
	json_t *json = json_object();

	if (name != NULL)
		json_object_set_new(json, "name", json_string(name));
	if (shaping->metric->source->time[0] == '\0') {
		json_object_set_new(json, "from", json_null());
		json_object_set_new(json, "to", json_string(bounds->covered_until));
	} else {
		json_object_set_new(json, "from", json_string(period->since_local));
		json_object_set_new(json, "to", json_string(period->until_local));
		json_object_set_new(json, "first_day", json_string(period->first_day));
		json_object_set_new(json, "last_day", json_string(period->last_day));
	}
	if (name != NULL)
		json_object_set_new(json, "zone", json_string(bounds->zone));
	return json;
}

static json_t *same_rows_json(const struct shaping *shaping, size_t period)
{
	json_t *list = json_array();

	for (size_t place = shaping->offset + 1; place <= shaping->offset + shaping->shown; place++) {
		json_t *one = json_object();
		size_t row;

		if (find_row(shaping, period, place, &row)) {
			struct figure then = figure_at(shaping, row);

			set_dimensions(shaping, one, row, false);
			json_object_set_new(one, "value", value_json(shaping, then));
			if (then.withheld)
				json_object_set_new(one, "withheld", json_true());
			set_change(shaping, one, figure_of(shaping, 0, place), then);
		}
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *comparison_json(const struct shaping *shaping, size_t at)
{
	const struct question *question = shaping->question;
	size_t place = 0;

	while (comparison_at(place) != question->comparisons[at])
		place++;
	const struct period *period = &question->bounds.periods[1 + place];
	json_t *json = json_object();

	json_object_set_new(json, "to", json_string(question->comparisons[at]->name));
	json_object_set_new(json, "window", window_json(shaping, period, NULL));
	if (question->uncovered[1 + at].code != ERROR_NONE) {
		set_figure(shaping, json, (struct figure){ .known = false });
		set_change(shaping, json, (struct figure){ .known = false }, (struct figure){ .known = false });
		json_object_set_new(json, "note", json_string(question->uncovered[1 + at].text));
		return json;
	}
	set_figure(shaping, json, figure_of(shaping, 1 + at, 0));
	set_change(shaping, json, figure_of(shaping, 0, 0), figure_of(shaping, 1 + at, 0));
	if (shaping->shown > 0 && !compile_has_grain(&question->request))
		json_object_set_new(json, "rows", same_rows_json(shaping, 1 + at));
	if (period->since_us < question->bounds.covered_since_us && shaping->metric->kind != KIND_STOCK)
		json_object_set_new(json, "note", json_string(arena_format(shaping->arena, "What is known begins on %s, inside "
			"this period: the change is not like for like.", question->bounds.covered_since_day)));
	return json;
}

static json_t *comparisons_json(const struct shaping *shaping)
{
	json_t *list = json_array();

	for (size_t i = 0; i < shaping->question->comparison_count; i++)
		json_array_append_new(list, comparison_json(shaping, i));
	return list;
}

static void note_coverage(const struct shaping *shaping, struct text *note)
{
	const struct bounds *bounds = &shaping->question->bounds;
	const struct period *window = &bounds->periods[0];
	const char *rows = shaping->metric->source->rows;

	if (window->since_us < bounds->covered_since_us && shaping->metric->kind != KIND_STOCK)
		text_format(note, " What is known of %s begins on %s, inside the window.", rows, bounds->covered_since_day);
	if (window->until_us <= bounds->covered_until_us)
		return;
	if (strcmp(bounds->covered_until_day, window->last_day) >= 0)
		text_format(note, " The last day is not complete: what is known of %s ends at %s.", rows,
			bounds->covered_until);
	else
		text_format(note, " What is known of %s ends on %s, inside the window.", rows, bounds->covered_until_day);
}

static void note_rows(const struct shaping *shaping, struct text *note)
{
	const struct compile_request *request = &shaping->question->request;
	size_t row, groups = find_row(shaping, 0, 0, &row) ? (size_t)db_number(shaping->rows, row, COMPILED_GROUPS) : 0;

	if (groups > shaping->shown)
		text_format(note, " Rows %zu to %zu of %zu.", shaping->offset + 1, shaping->offset + shaping->shown, groups);
	if (groups > shaping->shown && !shaping->metric->additive)
		text_format(note, " Values of %s do not add up, so the others are not summed.", shaping->metric->name);
	for (size_t i = 0; i < request->by_count; i++)
		if (request->by[i]->kind == DIMENSION_GRAIN && strcmp(request->by[i]->name, "day") != 0 &&
		    strcmp(request->by[i]->name, "hour") != 0)
			text_format(note, " A %s that the window cuts holds only its days inside it.", request->by[i]->name);
}

/* Of the numbers of this answer. */
static size_t count_withheld(const struct shaping *shaping)
{
	size_t count = 0;

	for (size_t row = 0; row < db_count(shaping->rows); row++)
		count += db_truth(shaping->rows, row, COMPILED_WITHHELD) &&
			db_number(shaping->rows, row, COMPILED_PLACE) <= (long long)(shaping->offset + shaping->shown);
	return count;
}

/* How many numbers are not told, and whose numbers these are. */
static void note_limits(const struct shaping *shaping, struct text *note)
{
	const struct question *question = shaping->question;
	size_t withheld = count_withheld(shaping), i;
	const char *name;
	json_t *list, *one;

	if (withheld > 0)
		text_format(note, " %zu number%s withheld (null): fewer than %d members are behind %s, or could be found by "
			"subtraction. Ask for a larger group or a longer window.", withheld, withheld == 1 ? " is" : "s are",
			question->bounds.min_group, withheld == 1 ? "it" : "each");
	json_object_foreach(question->limits, name, list) {
		text_format(note, " This key is limited to %s ", name);
		json_array_foreach(list, i, one)
			text_format(note, "%s%s", i == 0 ? "" : ", ", word_shown(shaping->arena, json_string_value(one)));
		text_add(note, ".");
	}
}

static const char *note_text(const struct shaping *shaping)
{
	const struct metric *metric = shaping->metric;
	struct text note = text_open(shaping->arena, 4000);

	if (shaping->question->bounds.standing.state != METRIC_CERTIFIED)
		text_add(&note, " This number is not certified.");
	if (metric->source->kind == SOURCE_MODEL)
		text_add(&note, " As of the latest finished run of each policy.");
	else if (metric->source->kind == SOURCE_STATE)
		text_add(&note, " As it is now.");
	else if (metric->kind == KIND_STOCK)
		text_add(&note, " As it stood at the end of the window.");
	if (metric->since != NULL)
		text_format(&note, " Counted since the beginning of the %s%s in which the window ends.",
			strncmp(metric->since, "fiscal_", 7) == 0 ? "fiscal " : "",
			metric->since + (strncmp(metric->since, "fiscal_", 7) == 0 ? 7 : 0));
	if (metric->lookback_days > 0)
		text_format(&note, " Counted over the %d days that end with the window.", metric->lookback_days);
	if (metric->source->time[0] != '\0')
		note_coverage(shaping, &note);
	note_rows(shaping, &note);
	note_limits(shaping, &note);
	return note.size == 0 ? NULL : note.bytes + 1;
}

static json_t *by_json(const struct shaping *shaping)
{
	json_t *list = json_array();

	for (size_t i = 0; i < shaping->question->request.by_count; i++)
		json_array_append_new(list, json_string(shaping->question->request.by[i]->name));
	return list;
}

/* What a reader needs first comes first. */
static json_t *shape(const struct shaping *shaping)
{
	const struct question *question = shaping->question;
	const struct metric *metric = shaping->metric;
	const char *note = note_text(shaping);
	json_t *json = json_pack("{s:s, s:s}", "metric", metric->name, "title", metric->title);

	set_figure(shaping, json, figure_of(shaping, 0, 0));
	json_object_set_new(json, "unit", json_string(metric_unit_word(metric->unit)));
	if (metric->unit == UNIT_CENTS)
		json_object_set_new(json, "currency", json_string(question->bounds.currency));
	json_object_set_new(json, "window", window_json(shaping, &question->bounds.periods[0], question->bounds.window));
	json_object_set_new(json, "by", by_json(shaping));
	if (question->filters != NULL)
		json_object_set(json, "filters", question->filters);
	if (question->limits != NULL)
		json_object_set(json, "limited_to", question->limits);
	json_object_set_new(json, "rows", rows_json(shaping));
	if (question->request.by_count > 0) {
		json_object_set_new(json, "truncated", json_boolean(shaping->more));
		json_object_set_new(json, "total", total_json(shaping));
		json_object_set_new(json, "rest", rest_json(shaping));
	}
	if (question->comparison_count > 0)
		json_object_set_new(json, "comparisons", comparisons_json(shaping));
	if (count_withheld(shaping) > 0)
		json_object_set_new(json, "withheld_count", json_integer((json_int_t)count_withheld(shaping)));
	if (note != NULL)
		json_object_set_new(json, "note", json_string(note));
	json_object_set_new(json, "as_of", json_string(question->bounds.covered_until));
	json_object_set_new(json, "certified", json_boolean(question->bounds.standing.state == METRIC_CERTIFIED));
	json_object_set_new(json, "definition", json_string(arena_format(shaping->arena, "%.12s", metric->definition)));
	json_object_set_new(json, "data_version", json_integer((json_int_t)question->bounds.data_version));
	return arena_json(shaping->arena, json);
}

json_t *answer_make(struct question *question, const struct db_rows *rows, struct arena *arena)
{
	struct shaping shaping = { .question = question, .metric = question->metric, .rows = rows, .arena = arena,
		.offset = (size_t)question->request.offset };
	size_t most = (size_t)question->request.limit, fetched = 0;

	for (size_t i = 0; i < db_count(rows); i++)
		fetched += db_number(rows, i, COMPILED_PERIOD) == 0 &&
			db_number(rows, i, COMPILED_PLACE) > question->request.offset;
	shaping.shown = fetched < most ? fetched : most;
	shaping.more = fetched > shaping.shown;
	json_t *answer = shape(&shaping);

	/* The filters are in the answer and in its receipt. */
	size_t filters = question->filters == NULL ? 0 : 3 * strlen(arena_dump(arena, question->filters));
	size_t room = filters > ANSWER_COST_MOST ? 0 : ANSWER_COST_MOST - filters;

	/* A page of one row is the least: what is too large even so is refused by what measures it. */
	while (question->rows_most == 0 && shaping.shown > 1 && cost_of(cost_dump(arena, answer)) > room) {
		shaping.shown = shaping.shown * 3 / 4;
		shaping.more = question->cut = true;
		answer = shape(&shaping);
	}
	question->next_offset = shaping.more && question->request.page ? (int)(shaping.offset + shaping.shown) : 0;
	question->rows_shown = (int)shaping.shown;
	return answer;
}
