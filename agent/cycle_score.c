/* Step 2 of a cycle: the model over all members, the scores of the audience. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cycle_steps.h"

enum { PAGE = 50000 };   /* numbers of members, not candidates */

struct page {
	struct candidate *candidates;
	size_t count;
};

/* The columns of an answer: array literals of numbers, "{1,2,3}", each with a place to read on. They are ours, made by
 * our own statement. */
enum { COLUMNS_MOST = 11 };

struct columns {
	const char *at[COLUMNS_MOST];
};

static struct columns columns_of(const json_t *answer)
{
	const json_t *list = json_object_get(answer, "columns");
	struct columns columns;

	for (size_t i = 0; i < COLUMNS_MOST; i++) {
		columns.at[i] = json_string_value(json_array_get(list, i));
		if (columns.at[i] == NULL)
			columns.at[i] = "{";
	}
	return columns;
}

static double take_real(struct columns *columns, int column)
{
	char *end;
	double value = strtod(columns->at[column] + 1, &end);

	columns->at[column] = end;
	return value;
}

static long long take_number(struct columns *columns, int column)
{
	char *end;
	long long value = strtoll(columns->at[column] + 1, &end, 10);

	columns->at[column] = end;
	return value;
}

static struct bgnbd last_good(const json_t *fit)
{
	return (struct bgnbd){ json_number_value(json_object_get(fit, "r")),
		json_number_value(json_object_get(fit, "alpha")), json_number_value(json_object_get(fit, "a")),
		json_number_value(json_object_get(fit, "b")), json_is_true(json_object_get(fit, "modified")) };
}

bool cycle_fit(struct cycle *cycle, struct error *error)
{
	json_t *answer;

	if (!cycle_call(cycle, "read_history", json_pack("{s:s}", "as_of", cycle->as_of), &answer, error))
		return error_wrap(error, "reading the histories");
	size_t count = (size_t)json_integer_value(json_object_get(answer, "count"));
	cycle->last_member = json_integer_value(json_object_get(answer, "last"));
	struct columns columns = columns_of(answer);
	double *values = arena_alloc(cycle->arena, (4 * count + 1) * sizeof *values);
	struct bgnbd_rows rows = { count, values, values + count, values + 2 * count, values + 3 * count };

	for (size_t i = 0; i < count; i++) {
		values[i] = (double)take_number(&columns, 0);
		values[count + i] = (double)take_number(&columns, 1) / 7;
		values[2 * count + i] = (double)take_number(&columns, 2) / 7;
		values[3 * count + i] = (double)take_number(&columns, 3);
	}
	const json_t *kept = json_object_get(cycle->opened, "fit");
	struct bgnbd good = last_good(kept);

	cycle->fit = bgnbd_fit(&rows, json_is_object(kept) ? &good : NULL);
	json_object_set_new(cycle->report, "fit", json_pack("{s:s, s:b, s:f, s:f, s:f, s:f, s:f, s:f}", "sentence",
		cycle->fit.sentence, "modified", cycle->fit.model.modified, "r", cycle->fit.model.r, "alpha",
		cycle->fit.model.alpha, "a", cycle->fit.model.a, "b", cycle->fit.model.b, "log_likelihood",
		cycle->fit.log_likelihood, "repeaters", cycle->fit.repeaters));
	return true;
}

static json_t *page_args(const struct cycle *cycle, int64_t after)
{
	const struct policy_audience *audience = &cycle->policy->audience;
	const struct bgnbd *model = &cycle->fit.model;
	json_t *tiers = json_array();

	for (size_t i = 0; i < audience->tier_count; i++)
		json_array_append_new(tiers, json_string(audience->tiers[i]));
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:f, s:f, s:f, s:f, s:b, s:I, s:o, s:I, s:I, s:I, s:I}", "run",
		cycle->run, "as_of", cycle->as_of, "day", json_string_value(json_object_get(cycle->opened, "brand_day")),
		"after", (json_int_t)after, "upto", (json_int_t)after + PAGE, "r", model->r, "alpha", model->alpha,
		"a", model->a, "b", model->b, "modified", model->modified, "horizon_days", (json_int_t)audience->horizon_days,
		"tiers", tiers, "min_repeat", (json_int_t)audience->min_repeat_purchases,
		"min_days", (json_int_t)audience->min_days_since_last, "max_days", (json_int_t)audience->max_days_since_last,
		"min_value_cents", (json_int_t)audience->min_value_cents);
}

/* One row of the page into one candidate: what SQL scored, and what needs the model's own functions. */
static struct candidate read_candidate(const struct cycle *cycle, struct columns *columns)
{
	enum { MEMBER, TIER, X, T_X, AGE, P_NOW, P_THEN, MEAN, YEAR, CONSENT, CONTACT };
	const struct bgnbd *model = &cycle->fit.model;
	long long x = take_number(columns, X), t_x = take_number(columns, T_X), age = take_number(columns, AGE);
	double next = (double)cycle->policy->audience.horizon_days / 7, quantile = cycle->policy->trigger.own_gap_quantile;
	double repeats = (double)x, last = (double)t_x / 7, now = (double)age / 7;

	return (struct candidate){
		.member_id = take_number(columns, MEMBER),
		.tier = (uint8_t)take_number(columns, TIER),
		.p_now = (float)take_real(columns, P_NOW),
		.p_then = (float)take_real(columns, P_THEN),
		.spend_cents = take_number(columns, MEAN),
		.value_cents = take_number(columns, YEAR),
		.consent = take_number(columns, CONSENT) > 0,
		.days_since_contact = (int32_t)take_number(columns, CONTACT),
		.repeat_purchases = (uint16_t)fmin(repeats, 65535),
		.days_since_last = (int32_t)(age - t_x),
		.expected_now = bgnbd_expected(model, repeats, last, now, next),
		.expected_then = bgnbd_expected(model, repeats, last, last, next),
		.own_gap_days = isnan(quantile) ? 0 : (float)(7 * bgnbd_gap(model, repeats, last, quantile)) };
}

/* One page: the members of a range of numbers, in the cycle's own memory. */
static bool read_page(struct cycle *cycle, size_t index, struct arena *arena, struct error *error)
{
	struct page *page = &cycle->pages[index];
	json_t *answer;

	if (!cycle_call_in(cycle, arena, "list_candidates", page_args(cycle, (int64_t)index * PAGE), &answer, error))
		return error_wrap(error, "scoring the audience");
	page->count = (size_t)json_integer_value(json_object_get(answer, "count"));
	pthread_mutex_lock(&cycle->lock);
	page->candidates = arena_alloc(cycle->arena, (page->count + 1) * sizeof *page->candidates);
	pthread_mutex_unlock(&cycle->lock);
	struct columns columns = columns_of(answer);

	for (size_t i = 0; i < page->count; i++)
		page->candidates[i] = read_candidate(cycle, &columns);
	return true;
}

bool cycle_read_candidates(struct cycle *cycle, struct error *error)
{
	size_t pages = (size_t)((cycle->last_member + PAGE - 1) / PAGE), count = 0;

	cycle->pages = arena_alloc(cycle->arena, (pages + 1) * sizeof *cycle->pages);
	if (!cycle_each(cycle, pages, read_page, error))
		return false;
	for (size_t i = 0; i < pages; i++)
		count += cycle->pages[i].count;
	struct candidate *all = arena_alloc(cycle->arena, (count + 1) * sizeof *all);

	cycle->input.candidates = all;
	cycle->input.count = count;
	for (size_t i = 0; i < pages; i++) {
		if (cycle->pages[i].count > 0)
			memcpy(all, cycle->pages[i].candidates, cycle->pages[i].count * sizeof *all);
		all += cycle->pages[i].count;
	}
	return true;
}
