/* Step 2 of a cycle: the model over all members, the scores of the audience. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cycle_steps.h"

enum { PAGE = 100000 };   /* numbers of members, not candidates */

/* The next number of a packed line; the text is ours, made by our own statement. */
static double take(char **at)
{
	return strtod(*at, at);
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
	char *at = arena_copy(cycle->arena, json_string_value(json_object_get(answer, "lines")));
	double *columns = arena_alloc(cycle->arena, (4 * count + 1) * sizeof *columns);
	struct bgnbd_rows rows = { count, columns, columns + count, columns + 2 * count, columns + 3 * count };

	for (size_t i = 0; i < count; i++) {
		columns[i] = take(&at);
		columns[count + i] = take(&at) / 7;
		columns[2 * count + i] = take(&at) / 7;
		columns[3 * count + i] = take(&at);
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
	return json_pack("{s:s, s:s, s:I, s:I, s:f, s:f, s:f, s:f, s:b, s:I, s:o, s:I, s:I, s:I, s:I}", "run", cycle->run,
		"as_of", cycle->as_of, "after", (json_int_t)after, "upto", (json_int_t)after + PAGE, "r", model->r, "alpha",
		model->alpha, "a", model->a, "b", model->b, "modified", model->modified, "horizon_days",
		(json_int_t)audience->horizon_days, "tiers", tiers, "min_repeat", (json_int_t)audience->min_repeat_purchases,
		"min_days", (json_int_t)audience->min_days_since_last, "max_days", (json_int_t)audience->max_days_since_last,
		"min_value_cents", (json_int_t)audience->min_value_cents);
}

/* One line of the page into one candidate: what SQL scored, and what needs the model's own functions. */
static struct candidate read_candidate(const struct cycle *cycle, char **at)
{
	const struct bgnbd *model = &cycle->fit.model;
	struct candidate one = { .member_id = strtoll(*at, at, 10) };
	double tier = take(at), x = take(at), t_x = take(at), age = take(at);
	double next = (double)cycle->policy->audience.horizon_days / 7, quantile = cycle->policy->trigger.own_gap_quantile;

	one.p_now = (float)take(at);
	one.p_then = (float)take(at);
	one.spend_cents = strtoll(*at, at, 10);
	one.value_cents = strtoll(*at, at, 10);
	one.consent = take(at) > 0;
	one.days_since_contact = (int32_t)take(at);
	one.tier = (uint8_t)tier;
	one.repeat_purchases = (uint16_t)fmin(x, 65535);
	one.days_since_last = (int32_t)(age - t_x);
	one.expected_now = bgnbd_expected(model, x, t_x / 7, age / 7, next);
	one.expected_then = bgnbd_expected(model, x, t_x / 7, t_x / 7, next);
	one.own_gap_days = isnan(quantile) ? 0 : (float)(7 * bgnbd_gap(model, x, t_x / 7, quantile));
	return one;
}

bool cycle_read_candidates(struct cycle *cycle, struct error *error)
{
	struct candidate *all = NULL;
	size_t count = 0, room = 0;
	int64_t after = 0, last;

	do {
		struct arena *page = arena_new();
		json_t *answer;
		bool good = tool_call(cycle->corridor, cycle->caller, "list_candidates",
			arena_json(page, page_args(cycle, after)), page, &answer, error);
		size_t got = good ? (size_t)json_integer_value(json_object_get(answer, "count")) : 0;

		last = good ? json_integer_value(json_object_get(answer, "last")) : 0;
		if (count + got > room) {
			/* From the first page's share, room for all of them; grown when that was too little. */
			room = 2 * (count + got) + (size_t)((double)got * (double)(last - after) / PAGE);
			struct candidate *more = arena_alloc(cycle->arena, room * sizeof *more);

			if (count > 0)
				memcpy(more, all, count * sizeof *more);
			all = more;
		}
		char *at = got == 0 ? NULL : arena_copy(page, json_string_value(json_object_get(answer, "lines")));

		for (size_t i = 0; i < got; i++)
			all[count++] = read_candidate(cycle, &at);
		arena_free(page);
		if (!good)
			return error_wrap(error, "scoring the audience");
		after += PAGE;
	} while (after < last);
	cycle->input.candidates = all;
	cycle->input.count = count;
	return true;
}
