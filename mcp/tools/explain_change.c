#include <math.h>
#include <string.h>

#include "explain_causes.h"
#include "explain_cuts.h"
#include "explain_parts.h"
#include "explain_small.h"
#include "explain_words.h"
#include "mcp/base/clock.h"
#include "mcp/metrics/receipt.h"

static const double stands_out_share = 0.5, stands_out_most = 1.5, stands_out_errors = 4;

static struct variation judge(const struct effect *change, const struct explain_past *past, size_t count)
{
	double changes[EXPLAIN_PAST];

	for (size_t i = 0; i < count; i++)
		changes[i] = past[i].change;
	return variation_judge(change->value, change->error, changes, count);
}

/* The change of a ratio inside what a cause touched. */
static struct effect own_change(const struct explanation *explanation, const struct segment *counted)
{
	double then = counted->weight0 > 0 ? counted->value0 / counted->weight0 : 0;
	double now = counted->weight1 > 0 ? counted->value1 / counted->weight1 : 0;

	return (struct effect){ now - then, sqrt(noise_variance(explanation->noise, then, counted->rows0) +
		noise_variance(explanation->noise, now, counted->rows1)) };
}

/* Where the whole is inside its past variation: whether the first cause still stands out. It explains at least half of
 * the change, and not so much more that the rest must have made up for it; it is far beyond counting; and what it
 * touched is outside its own past. */
static bool judge_cause(struct explanation *explanation)
{
	const struct explain_cause *cause = &explanation->causes[0];
	struct explain_past past[EXPLAIN_PAST];
	struct slice slice = { .term_count = 1 };
	size_t count;

	if (explanation->cause_count == 0 || !explain_matches(cause) || cause->explained < stands_out_share ||
	    cause->explained > stands_out_most || fabs(cause->effect.value) < stands_out_errors * cause->effect.error)
		return true;
	if (!explain_dimension(explanation, cause->dimension, &slice.terms[0].dimension))
		return true;
	const struct explain_values *values = &explanation->values[slice.terms[0].dimension];

	while (slice.terms[0].value < values->count && (values->list[slice.terms[0].value].value == NULL ||
	    strcmp(values->list[slice.terms[0].value].value, cause->value) != 0))
		slice.terms[0].value++;
	if (!explanation_past(explanation, &slice, past, &count))
		return false;
	struct effect change = explanation->is_ratio ? own_change(explanation, &cause->counted) : cause->effect;
	struct variation variation = judge(&change, past, count);

	explanation->slice_unusual = variation.verdict == VERDICT_UNUSUAL;
	return true;
}

/* A question in its own words and the same in a receipt's (whole days, a key's limits as filters) have one answer. */
static void leave_queries(json_t *json)
{
	const char *name;
	json_t *one;
	size_t i;

	json_object_del(json, "query");
	json_object_del(json, "queries");
	json_object_foreach(json, name, one)
		leave_queries(one);
	json_array_foreach(json, i, one)
		leave_queries(one);
}

/* The answer without what is told beside the numbers, and would differ though they did not. */
static json_t *numbers_of(json_t *answer, struct arena *arena)
{
	static const char *const said[] = { "text", "as_of", "certified", "definition", "data_version" };
	json_t *numbers = arena_json(arena, json_deep_copy(answer));

	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
		json_object_del(numbers, said[i]);
	leave_queries(numbers);
	return numbers;
}

/* Every statement names the receipt, which stands once, for all of them. */
static void name_receipt(json_t *answer, json_t *id)
{
	static const char *const statements[] = { "now", "then", "change", "variation", "causes", "slices", "parts",
		"factors", "unexplained" };

	for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
		json_t *statement = json_object_get(answer, statements[i]), *one;
		size_t place;

		if (json_is_object(statement))
			json_object_set(statement, "receipt", id);
		json_array_foreach(statement, place, one)
			json_object_set(one, "receipt", id);
	}
}

/* The question behind it is answered again by explaining again. */
static bool sign(const struct explanation *explanation, json_t *answer)
{
	struct call *call = explanation->call;
	const struct bounds *bounds = &explanation->question.bounds;
	json_t *value = arena_json(call->arena, json_pack("{s:f, s:f, s:f}", "now",
		explanation_figure(explanation, &explanation->now), "then", explanation_figure(explanation,
		&explanation->then), "change", explanation->change.value));
	const struct receipt_facts facts = { .tool = "explain_change", .metric = explanation->metric->name,
		.definition = explanation->metric->definition,
		.certified_by = bounds->standing.state == METRIC_CERTIFIED ? bounds->standing.by : NULL,
		.query = receipt_query(&explanation->question, call->args, call->arena), .from = bounds->periods[0].since,
		.to = bounds->periods[0].until, .as_of = bounds->covered_until, .data_version = bounds->data_version,
		.rows = explanation->question.source_rows, .limited_to = explanation->question.limits, .value = value,
		.numbers = numbers_of(answer, call->arena), .asked_us = bounds->now_us };
	json_t *receipt = receipt_make(call->seal, call->caller.tenant, &facts, call->arena, &call->error);

	if (receipt == NULL)
		return false;
	name_receipt(answer, json_object_get(receipt, "id"));
	return json_object_set(answer, "receipt", receipt) == 0;
}

bool run_explain_change(struct call *call)
{
	struct explanation *explanation = arena_alloc(call->arena, sizeof *explanation);

	explanation->call = call;
	explanation->deadline_us = clock_monotonic() + EXPLAIN_TIME_MS * 1000;
	if (!explanation_open(explanation) ||
	    !explanation_past(explanation, NULL, explanation->past, &explanation->past_count))
		return false;
	explanation->variation = judge(&explanation->change, explanation->past, explanation->past_count);
	if (explanation->change.value != 0 && (!explain_cuts(explanation) || !explain_causes(explanation)))
		return false;
	if (!explain_hide(explanation))
		return false;
	if (explanation->variation.verdict == VERDICT_USUAL ? !judge_cause(explanation) : !explain_factors(explanation))
		return false;
	call->row_count = (int)explanation->cut_count;
	call->withheld = (int)explanation->withheld;
	json_t *answer = arena_json(call->arena, explain_answer(explanation));

	return sign(explanation, answer) && call_answer(call, json_incref(answer));
}
