#include <math.h>
#include <string.h>

#include "explain_causes.h"
#include "explain_cuts.h"
#include "explain_parts.h"
#include "explain_small.h"
#include "explain_words.h"
#include "mcp/base/clock.h"

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
	return call_answer(call, explain_answer(explanation));
}
