/* Step 2 of a cycle: the model over all members, the scores of the audience. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cycle_steps.h"

enum { PAGE = 50000 };   /* numbers of members, not candidates */

struct page {
	struct candidate *candidates;
	struct bulk_bytes *names;   /* sealed, of each */
	size_t count;
};

static int64_t number_at(const struct bulks *columns, int column, size_t row)
{
	return ((const int64_t *)columns->columns[column].values)[row];
}

static double real_at(const struct bulks *columns, int column, size_t row)
{
	return ((const double *)columns->columns[column].values)[row];
}

/* Whether an answer's columns are of these kinds, and from `first` on of one length: they come from our own statement,
 * so another shape is another release's. */
static bool check_columns(const struct bulks *columns, const enum bulk_kind *kinds, int count, int first,
	struct error *error)
{
	bool good = columns->count == (size_t)count;

	for (int i = 0; good && i < count; i++)
		good = columns->columns[i].count == 0 || columns->columns[i].kind == kinds[i];
	for (int i = first; good && i < count; i++)
		good = columns->columns[i].count == columns->columns[first].count;
	return good || error_set(error, ERROR_INTERNAL, "The columns that the database answered are not those that were "
		"asked for: run `flashd migrate`.");
}

static struct bgnbd last_good(const json_t *fit)
{
	return (struct bgnbd){ json_number_value(json_object_get(fit, "r")),
		json_number_value(json_object_get(fit, "alpha")), json_number_value(json_object_get(fit, "a")),
		json_number_value(json_object_get(fit, "b")), json_is_true(json_object_get(fit, "modified")) };
}

bool cycle_fit(struct cycle *cycle, struct arena *arena, struct error *error)
{
	enum { LAST, X, T_X, AGE, MEMBERS, COLUMNS };
	static const enum bulk_kind kinds[COLUMNS] = { 0 };   /* whole numbers all */
	struct bulks columns = { NULL, 0 };
	json_t *answer;

	if (!cycle_call_columns(cycle, arena, "read_history", json_pack("{s:s}", "as_of", cycle->as_of), &columns,
			&answer, error) || !check_columns(&columns, kinds, COLUMNS, X, error))
		return error_wrap(error, "reading the histories");
	size_t count = columns.columns[X].count;
	double *values = arena_alloc(arena, (4 * count + 1) * sizeof *values);
	struct bgnbd_rows rows = { count, values, values + count, values + 2 * count, values + 3 * count };

	cycle->last_member = number_at(&columns, LAST, 0);
	for (size_t i = 0; i < count; i++) {
		values[i] = (double)number_at(&columns, X, i);
		values[count + i] = (double)number_at(&columns, T_X, i) / 7;
		values[2 * count + i] = (double)number_at(&columns, AGE, i) / 7;
		values[3 * count + i] = (double)number_at(&columns, MEMBERS, i);
	}
	const json_t *kept = json_object_get(cycle->opened, "fit");
	struct bgnbd good = last_good(kept);

	cycle->fit = bgnbd_fit(&rows, json_is_object(kept) ? &good : NULL);
	return true;
}

void cycle_report_fit(struct cycle *cycle)
{
	json_object_set_new(cycle->report, "fit", json_pack("{s:s, s:b, s:f, s:f, s:f, s:f, s:f, s:f}", "sentence",
		cycle->fit.sentence, "modified", cycle->fit.model.modified, "r", cycle->fit.model.r, "alpha",
		cycle->fit.model.alpha, "a", cycle->fit.model.a, "b", cycle->fit.model.b, "log_likelihood",
		cycle->fit.log_likelihood, "repeaters", cycle->fit.repeaters));
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

enum { MEMBER, TIER, REPEATS, T_X, AGE, P_NOW, P_THEN, MEAN, YEAR, CONSENT, CONTACT, NAME, COLUMNS };

/* One row of the page into one candidate: what SQL scored, and what needs the model's own functions. */
static struct candidate read_candidate(const struct cycle *cycle, const struct bulks *columns, size_t row)
{
	const struct bgnbd *model = &cycle->fit.model;
	int64_t x = number_at(columns, REPEATS, row), t_x = number_at(columns, T_X, row);
	int64_t age = number_at(columns, AGE, row);
	double next = (double)cycle->policy->audience.horizon_days / 7, quantile = cycle->policy->trigger.own_gap_quantile;
	double repeats = (double)x, last = (double)t_x / 7, now = (double)age / 7;

	return (struct candidate){
		.member_id = number_at(columns, MEMBER, row),
		.tier = (uint8_t)number_at(columns, TIER, row),
		.p_now = (float)real_at(columns, P_NOW, row),
		.p_then = (float)real_at(columns, P_THEN, row),
		.spend_cents = number_at(columns, MEAN, row),
		.value_cents = number_at(columns, YEAR, row),
		.consent = number_at(columns, CONSENT, row) > 0,
		.days_since_contact = (int32_t)number_at(columns, CONTACT, row),
		.repeat_purchases = (uint16_t)fmin(repeats, 65535),
		.days_since_last = (int32_t)(age - t_x),
		.expected_now = bgnbd_expected(model, repeats, last, now, next),
		.expected_then = bgnbd_expected(model, repeats, last, last, next),
		.own_gap_days = isnan(quantile) ? 0 : (float)(7 * bgnbd_gap(model, repeats, last, quantile)) };
}

/* The names outlive the answer that they came in. */
static struct bulk_bytes *copy_names(struct arena *arena, const struct bulk_bytes *names, size_t count)
{
	struct bulk_bytes *copies = arena_alloc(arena, (count + 1) * sizeof *copies);
	size_t size = 0;

	for (size_t i = 0; i < count; i++)
		size += names[i].size;
	char *at = arena_alloc(arena, size + 1);

	for (size_t i = 0; i < count; at += names[i].size, i++)
		if (names[i].bytes != NULL)
			copies[i] = (struct bulk_bytes){ memcpy(at, names[i].bytes, names[i].size), names[i].size };
	return copies;
}

/* One page: the members of a range of numbers, in the cycle's own memory. */
static bool read_page(struct cycle *cycle, size_t index, struct arena *arena, struct error *error)
{
	static const enum bulk_kind kinds[COLUMNS] = { [P_NOW] = BULK_REALS, [P_THEN] = BULK_REALS,
		[NAME] = BULK_BYTES };   /* else whole */
	struct page *page = &cycle->pages[index];
	struct bulks columns = { NULL, 0 };
	json_t *answer;

	if (!cycle_call_columns(cycle, arena, "list_candidates", page_args(cycle, (int64_t)index * PAGE), &columns, &answer,
			error) || !check_columns(&columns, kinds, COLUMNS, MEMBER, error))
		return error_wrap(error, "scoring the audience");
	page->count = columns.columns[MEMBER].count;
	pthread_mutex_lock(&cycle->lock);
	page->candidates = arena_alloc(cycle->arena, (page->count + 1) * sizeof *page->candidates);
	page->names = copy_names(cycle->arena, columns.columns[NAME].values, page->count);
	pthread_mutex_unlock(&cycle->lock);
	for (size_t i = 0; i < page->count; i++)
		page->candidates[i] = read_candidate(cycle, &columns, i);
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

	struct bulk_bytes *names = arena_alloc(cycle->arena, (count + 1) * sizeof *names);

	cycle->input.candidates = all;
	cycle->input.count = count;
	cycle->names = names;
	for (size_t i = 0; i < pages; i++) {
		const struct page *page = &cycle->pages[i];

		if (page->count == 0)
			continue;
		memcpy(all, page->candidates, page->count * sizeof *all);
		memcpy(names, page->names, page->count * sizeof *names);
		all += page->count;
		names += page->count;
	}
	return true;
}
