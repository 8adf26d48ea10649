#include "question.h"

#include <string.h>

#include "answer.h"
#include "count.h"
#include "day.h"
#include "limits.h"
#include "own.h"
#include "small.h"
#include "values.h"

enum { OFFSET_MOST = 100000000, STATE_MOST = 8000 };

struct asking {
	struct db *db;
	int tenant;
	const json_t *args;
	struct arena *arena;
	struct question *question;
	struct error *error;
	int groups_most;          /* 0: the limit asked for */
	bool testing;             /* whatever was said of the metric: its sanity is being tested */
	bool raw;                 /* nothing is withheld: the rows do not leave as they are */
	bool fresh;               /* the bounds are not to be kept ones */
};

static const char *text_of(const struct asking *asking, const char *field)
{
	return json_string_value(json_object_get(asking->args, field));
}

static bool find_metric(struct asking *asking)
{
	const char *name = text_of(asking, "metric");

	if (name == NULL)
		return error_set(asking->error, ERROR_ARGUMENT, "metric is missing: list_metrics shows the names.");
	return own_find(asking->db, asking->tenant, name, asking->arena, &asking->question->metric, asking->error);
}

/* A dimension by name, if the metric may be cut by it. */
static const struct dimension *find_dimension(struct asking *asking, const char *name)
{
	const struct metric *metric = asking->question->metric;
	const struct dimension *dimension = dimension_find(name);
	const char *names[64];
	size_t count = 0;

	if (dimension != NULL && metric_allows(metric, dimension))
		return dimension;
	if (dimension != NULL) {
		error_set(asking->error, ERROR_UNGROUNDED, "%s cannot be cut by %s. It can be cut by: %s.", metric->name,
			dimension->name, metric_dimensions(metric, asking->arena));
		return NULL;
	}
	for (const struct dimension *one; count < 64 && (one = dimension_at(count)) != NULL;)
		names[count++] = one->name;
	const char *near = names_near(asking->arena, name, names, count);

	error_set(asking->error, ERROR_UNGROUNDED, "There is no dimension \"%s\".%s%s%s %s can be cut by: %s.",
		word_shown(asking->arena, name),
		near == NULL ? "" : " Nearest: ", near == NULL ? "" : near, near == NULL ? "" : ".", metric->name,
		metric_dimensions(metric, asking->arena));
	return NULL;
}

static bool read_by(struct asking *asking)
{
	struct compile_request *request = &asking->question->request;
	const json_t *list = json_object_get(asking->args, "by"), *one;
	bool grain = false;
	size_t i;

	if (json_array_size(list) > BY_MOST)
		return error_set(asking->error, ERROR_ARGUMENT, "by has %zu dimensions; the most is %d.",
			json_array_size(list), BY_MOST);
	json_array_foreach(list, i, one) {
		const struct dimension *dimension = find_dimension(asking, json_is_string(one) ? json_string_value(one) : "");

		if (dimension == NULL)
			return false;
		for (size_t j = 0; j < request->by_count; j++)
			if (request->by[j] == dimension)
				return error_set(asking->error, ERROR_ARGUMENT, "by names %s twice.", dimension->name);
		if (dimension->kind == DIMENSION_GRAIN && grain)
			return error_set(asking->error, ERROR_ARGUMENT, "by has two grains of time; choose one.");
		grain = grain || dimension->kind == DIMENSION_GRAIN;
		request->by[request->by_count++] = dimension;
	}
	return true;
}

static bool read_filters(struct asking *asking)
{
	struct compile_request *request = &asking->question->request;
	json_t *filters = json_object_get(asking->args, "filters"), *list, *used;
	const char *name;

	if (json_object_size(filters) == 0)
		return true;
	if (json_object_size(filters) > FILTERS_MOST)
		return error_set(asking->error, ERROR_ARGUMENT, "filters names %zu dimensions; the most is %d.",
			json_object_size(filters), FILTERS_MOST);
	asking->question->filters = arena_json(asking->arena, json_object());
	json_object_foreach(filters, name, list) {
		const struct dimension *dimension = find_dimension(asking, name);

		if (dimension == NULL || !values_resolve(asking->db, asking->tenant, asking->question->metric, dimension, list,
			asking->arena, &request->filters[request->filter_count], &used, asking->error))
			return false;
		request->filter_count++;
		json_object_set(asking->question->filters, name, used);
	}
	return true;
}

/* The number of pieces that a window of days falls into, at most. */
static int count_slots(const char *grain, const struct period *window)
{
	int first = 0, last = 0;

	day_parse(window->first_day, &first);
	day_parse(window->last_day, &last);
	int days = last - first + 1;

	return strcmp(grain, "hour") == 0 ? days * 24 + 1 : strcmp(grain, "day") == 0 ? days
		: strcmp(grain, "week") == 0 ? days / 7 + 2
		: strcmp(grain, "month") == 0 || strcmp(grain, "fiscal_month") == 0 ? days / 28 + 2 : days / 90 + 2;
}

/* A series in the order of time shows all its pieces; top N orders by value. */
static bool read_order(struct asking *asking)
{
	struct compile_request *request = &asking->question->request;
	const json_t *limit = json_object_get(asking->args, "limit");
	const char *order = text_of(asking, "order");

	if (limit != NULL && (!json_is_integer(limit) || json_integer_value(limit) < 1 ||
	    json_integer_value(limit) > LIMIT_MOST))
		return error_set(asking->error, ERROR_ARGUMENT, "limit must be a whole number from 1 to %d.", LIMIT_MOST);
	if (order != NULL && strcmp(order, "highest") != 0 && strcmp(order, "lowest") != 0)
		return error_set(asking->error, ERROR_ARGUMENT, "order is \"%s\"; it must be highest or lowest.",
			word_shown(asking->arena, order));
	request->limit = limit == NULL ? ROWS_DEFAULT : (int)json_integer_value(limit);
	request->lowest = order != NULL && strcmp(order, "lowest") == 0;
	request->by_time = compile_has_grain(request) && limit == NULL && order == NULL;
	if (request->by_time)
		request->limit = LIMIT_MOST;
	return true;
}

static bool check_series(struct asking *asking)
{
	const struct compile_request *request = &asking->question->request;
	const struct period *window = &asking->question->bounds.periods[0];

	for (size_t i = 0; i < request->by_count; i++)
		if (request->by[i]->kind == DIMENSION_GRAIN && request->by_time && request->by_count == 1 &&
		    count_slots(request->by[i]->name, window) > LIMIT_MOST)
			return error_set(asking->error, ERROR_ARGUMENT, "%s to %s by %s would be %d rows; the most is %d. Take a "
				"coarser grain or a shorter window, or ask for the top rows with limit.", window->first_day,
				window->last_day, request->by[i]->name, count_slots(request->by[i]->name, window), LIMIT_MOST);
	return true;
}

/* Only what was sealed or signed here says it. */
static bool read_page(struct asking *asking)
{
	const json_t *page = json_object_get(asking->args, "page"), *rows = json_array_get(page, 1);
	json_int_t offset = json_integer_value(json_array_get(page, 0));

	if (page == NULL)
		return true;
	if (!json_is_integer(json_array_get(page, 0)) || !json_is_integer(rows) || offset < 0 || offset > OFFSET_MOST ||
	    json_integer_value(rows) < 0 || json_integer_value(rows) > asking->question->request.limit)
		return error_set(asking->error, ERROR_ARGUMENT, "page must be two whole numbers: the rows before it, to %d, "
			"and its rows, to limit.", OFFSET_MOST);
	asking->question->request.offset = (int)offset;
	asking->question->rows_most = (int)json_integer_value(rows);
	if (asking->question->rows_most > 0)
		asking->question->request.limit = asking->question->rows_most;
	return true;
}

static struct compile_period period_of(const struct period *period)
{
	struct compile_period made = { .since = period->since, .until = period->until, .first_day = period->first_day,
		.last_day = period->last_day, .whole_days = period->whole_days };

	memcpy(made.part_since, period->part_since, sizeof made.part_since);
	memcpy(made.part_first_day, period->part_first_day, sizeof made.part_first_day);
	return made;
}

static const char *all_comparisons(struct arena *arena)
{
	struct text list = text_open(arena, 400);

	for (size_t i = 0; i < COMPARISON_COUNT; i++)
		text_format(&list, "%s%s", i == 0 ? "" : ", ", comparison_at(i)->name);
	return list.bytes;
}

static bool read_comparisons(struct asking *asking)
{
	struct question *question = asking->question;
	const json_t *list = json_object_get(asking->args, "compare"), *one;
	size_t i;

	question->request.periods[question->request.period_count++] = period_of(&question->bounds.periods[0]);
	json_array_foreach(list, i, one) {
		const char *name = json_is_string(one) ? json_string_value(one) : "";
		const struct comparison *comparison = comparison_find(name);
		size_t place = 0;

		if (comparison == NULL)
			return error_set(asking->error, ERROR_ARGUMENT, "compare has \"%s\"; there are: %s.",
				word_shown(asking->arena, name), all_comparisons(asking->arena));
		if (question->metric->source->time[0] == '\0')
			return error_set(asking->error, ERROR_UNGROUNDED, "%s has no history, so it cannot be compared with an "
				"earlier time.", question->metric->name);
		while (comparison_at(place) != comparison)
			place++;
		for (size_t j = 0; j < question->comparison_count; j++)
			if (question->comparisons[j] == comparison)
				return error_set(asking->error, ERROR_ARGUMENT, "compare names %s twice.", name);
		const struct period *period = &question->bounds.periods[1 + place];
		struct error *why = &question->uncovered[question->request.period_count];

		why->code = ERROR_NONE;
		bounds_cover(&question->bounds, question->metric, period, why);
		question->comparisons[question->comparison_count++] = comparison;
		question->request.periods[question->request.period_count++] = period_of(period);
	}
	return true;
}

/* Names that are none are refused where they are read. */
static void find_compared(const struct asking *asking, struct bounds_request *window)
{
	const json_t *list = json_object_get(asking->args, "compare"), *one;
	size_t i;

	json_array_foreach(list, i, one)
		for (size_t place = 0; place < COMPARISON_COUNT; place++)
			if (json_is_string(one) && strcmp(comparison_at(place)->name, json_string_value(one)) == 0)
				window->compared[place] = true;
}

static bool understand(struct asking *asking)
{
	struct question *question = asking->question;
	struct bounds_request window = { .window = text_of(asking, "window"), .from = text_of(asking, "from"),
		.to = text_of(asking, "to"), .as_of = text_of(asking, "as_of"), .metric = question->metric };

	/* What sets in memory answer has no statement that would tell of another version. */
	window.may_be_kept = !asking->fresh && !metric_counts_members(question->metric);
	find_compared(asking, &window);
	question->request.metric = question->metric;
	question->request.tenant = asking->tenant;
	if (!read_by(asking) || !read_order(asking) || !read_page(asking) ||
	    !bounds_find(asking->db, asking->tenant, &window, asking->arena, &question->bounds, asking->error) ||
	    (!asking->testing && !standing_pass(question->metric, &question->bounds.standing, asking->error)) ||
	    !bounds_cover(&question->bounds, question->metric, &question->bounds.periods[0], asking->error) ||
	    (!asking->testing && !bounds_fresh(&question->bounds, question->metric, asking->error)) ||
	    !check_series(asking) || !read_comparisons(asking))
		return false;
	question->request.enough = question->bounds.min_group;
	question->request.zone = question->bounds.zone;
	question->request.week_start = question->bounds.week_start;
	question->request.retail = question->bounds.retail;
	question->request.fiscal_month = question->bounds.fiscal_month;
	return read_filters(asking) && limits_force(asking->db, asking->question, asking->arena, asking->error);
}

/* Few enough days that their sums are looked up by day, whichever days they are. */
static bool is_short(const struct compile_period *period)
{
	enum { SHORT_DAYS = 92 };
	int first = 0, last = 0;
	bool is = day_parse(period->first_day, &first) && day_parse(period->last_day, &last) && last - first < SHORT_DAYS;

	for (size_t i = 0; is && i < PARTS_MOST; i++)
		is = period->part_first_day[i] == NULL ||
			(day_parse(period->part_first_day[i], &first) && last - first < SHORT_DAYS);
	return is;
}

/* Planning such a SELECT costs twice what it does, so its plan is kept. A long window's is made for its dates. */
static bool select_rows(struct asking *asking, const struct compiled *compiled, struct db_rows **rows)
{
	const struct compile_request *request = &asking->question->request;
	bool planned = compiled->sums;

	for (size_t i = 0; request->counts == NULL && planned && i < request->period_count; i++)
		planned = is_short(&request->periods[i]);
	return planned
		? db_select_planned(asking->db, asking->tenant, compiled->sql, compiled->values, compiled->count, asking->arena,
			rows, asking->error)
		: db_select(asking->db, asking->tenant, compiled->sql, compiled->values, compiled->count, asking->arena, rows,
			asking->error);
}

/* The rows by the compiled query. */
static bool compile_rows(struct asking *asking, struct db_rows **rows)
{
	struct compiled compiled = compile_query(&asking->question->request, asking->arena);

	return select_rows(asking, &compiled, rows) ||
		error_wrap(asking->error, "%s", asking->question->metric->name);
}

/* One try; the bounds and the numbers must be of one data version. Not `moved`: they are, as far as is known here. */
static bool ask_once(struct asking *asking, bool by_sql, struct db_rows **rows, bool *moved)
{
	const struct metric *metric = asking->question->metric;

	memset(asking->question, 0, sizeof *asking->question);
	asking->question->metric = metric;
	if (!understand(asking))
		return false;
	if (asking->groups_most > 0)
		asking->question->request.limit = asking->groups_most;
	enum count_result counted = by_sql ? COUNT_BY_SQL
		: count_members(asking->db, asking->question, asking->arena, rows);

	*moved = counted == COUNT_MOVED;
	if (*moved)
		return true;
	asking->question->request.page = !asking->raw;
	bool good = counted == COUNT_LAID || compile_rows(asking, rows);

	count_end(counted);
	return good && (asking->raw || small_withhold(asking->db, asking->question, rows, asking->arena, asking->error));
}

/* The version that the numbers are of, or `otherwise` when they do not say: with groups there may be no total when
 * there are no rows at all. */
static long long version_of(const struct db_rows *rows, long long otherwise)
{
	return db_count(rows) == 0 || db_number(rows, 0, COMPILED_VERSION) == 0 ? otherwise
		: db_number(rows, 0, COMPILED_VERSION);
}

static long long source_rows_of(const struct db_rows *rows)
{
	for (size_t i = 0; i < db_count(rows); i++)
		if (db_number(rows, i, COMPILED_PERIOD) == 0 && db_number(rows, i, COMPILED_PLACE) == 0)
			return db_text(rows, i, COMPILED_ROWS) == NULL ? 0 : db_number(rows, i, COMPILED_ROWS);
	return 0;
}

/* All that the answers of a question's pages hang on, above all the numbers themselves. Not the data version: some
 * change without a new one, and most new ones change none of these. Days rather than moments, which move on without
 * any number. */
static const char *state_of(const struct question *question, const struct db_rows *rows, struct arena *arena)
{
	const struct bounds *bounds = &question->bounds;
	struct text text = text_open(arena, STATE_MOST);

	text_format(&text, "%s %s %s %s", question->metric->definition, bounds->zone, bounds->currency,
		question->limits == NULL ? "" : arena_dump(arena, question->limits));
	for (size_t i = 0; i < 1 + COMPARISON_COUNT; i++)
		if (bounds->periods[i].first_day != NULL)
			text_format(&text, "\n%s %s", bounds->periods[i].first_day, bounds->periods[i].last_day);
	for (size_t i = 0; i < db_count(rows); i++)
		if (db_number(rows, i, COMPILED_PLACE) == 0)
			text_format(&text, "\n%s %s", db_text(rows, i, COMPILED_WITHHELD), db_text(rows, i, COMPILED_STATE) == NULL
				? "" : db_text(rows, i, COMPILED_STATE));
	return text.bytes;
}

/* Bounds that were kept are good for numbers that say that they are of the same version, and for nothing else: not for
 * a refusal. */
static bool fit_together(const struct question *question, const struct db_rows *rows)
{
	const struct bounds *bounds = &question->bounds;

	return version_of(rows, bounds->kept ? -1 : bounds->data_version) == bounds->data_version;
}

/* The bounds and the numbers of one data version, after three tries at most; the last one is by SQL alone. */
static bool ask_steadily(struct asking *asking, struct db_rows **rows)
{
	struct question *question = asking->question;

	for (int tries = 0; tries < 3; asking->fresh = true) {
		bool moved = false, good = ask_once(asking, tries == 2, rows, &moved);

		tries += !question->bounds.kept;
		if (!good && (!question->bounds.kept || error_class(asking->error->code) != ERROR_CLASS_REFUSED))
			return false;
		asking->error->code = ERROR_NONE;
		if (!good || moved || !fit_together(question, *rows))
			continue;
		question->source_rows = source_rows_of(*rows);
		question->state = asking->raw ? NULL : state_of(question, *rows, asking->arena);
		return true;
	}
	return error_set(asking->error, ERROR_BUSY, "Data was coming in while %s was counted, so the numbers would not "
		"belong together. Try again.", question->metric->name);
}

bool question_rows(struct db *db, int tenant, const json_t *args, int groups_most, struct arena *arena,
	struct question *question, struct db_rows **rows, struct error *error)
{
	struct asking asking = { db, tenant, args, arena, question, error, groups_most, false, true, false };

	return find_metric(&asking) && ask_steadily(&asking, rows);
}

json_t *question_answer(struct db *db, int tenant, const json_t *args, struct arena *arena, struct question *question,
	struct error *error)
{
	struct asking asking = { db, tenant, args, arena, question, error, 0, false, false, false };
	struct db_rows *rows;

	return find_metric(&asking) && ask_steadily(&asking, &rows) ? answer_make(question, rows, arena) : NULL;
}

json_t *question_test(struct db *db, int tenant, const struct metric *metric, const json_t *args, struct arena *arena,
	struct question *question, struct error *error)
{
	struct asking asking = { db, tenant, args, arena, question, error, 0, true, true, true };
	struct db_rows *rows;

	question->metric = metric;
	return ask_steadily(&asking, &rows) ? answer_make(question, rows, arena) : NULL;
}
