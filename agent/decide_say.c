/* Decisions in words: each sentence gives the number that decided and the limit it met. */
#include "decide.h"

#include <inttypes.h>
#include <math.h>

#include "mcp/base/text.h"

enum { MOST_SENTENCE = 600 };

static void say_slip(
	struct text *out, const struct decide_input *input, const struct candidate *candidate)
{
	text_format(out,
		"chance to buy within %" PRId64 " days %.2f, against %.2f at the last purchase %d days ago",
		input->policy->audience.horizon_days, (double)candidate->p_now, (double)candidate->p_then,
		candidate->days_since_last);
	if (candidate->own_gap_days > 0 && input->policy->trigger.kind == POLICY_SLIPPING)
		text_format(out, "; own gap %.0f days", (double)candidate->own_gap_days);
}

static void say_audience(struct text *out, const struct decide_input *input,
	const struct candidate *candidate, enum reason reason)
{
	const struct policy_audience *audience = &input->policy->audience;
	struct arena *arena = out->arena;

	if (reason == REASON_TOO_FEW_PURCHASES)
		text_format(out, ": %d, at least %" PRId64, candidate->repeat_purchases,
			audience->min_repeat_purchases);
	else if (reason == REASON_VALUE_TOO_LOW)
		text_format(out, ": %s, at least %s", text_money(arena, candidate->value_cents),
			text_money(arena, audience->min_value_cents));
	else if (reason == REASON_RECENT_PURCHASE)
		text_format(out, ": %d days, at least %" PRId64, candidate->days_since_last,
			audience->min_days_since_last);
	else if (reason == REASON_TOO_LONG_GONE)
		text_format(out, ": %d days, at most %" PRId64, candidate->days_since_last,
			audience->max_days_since_last);
	else if (reason == REASON_COOLING_DOWN)
		text_format(out, ": %d days since the last contact, at least %" PRId64,
			candidate->days_since_contact, input->policy->contact.cool_down_days);
}

/* The arm and what it would bring and cost, for everybody who got that far. */
static void say_arm(
	struct text *out, const struct decide_input *input, const struct decision *decision)
{
	const struct policy_arm *arm = &input->policy->arms[decision->arm];
	struct arena *arena = out->arena;
	int64_t held, expected;

	text_format(out, "; arm %s", arm->name);
	if (!decide_cost(input, arm, &held, &expected))
		return;
	text_format(out, ": worth %s, expected cost %s, holds %s",
		text_money(arena, decision->worth_cents), text_money(arena, expected),
		text_money(arena, held));
	if (decision->reason == REASON_OVER_ARM_COST)
		text_format(out, ", may hold %s", text_money(arena, arm->max_cost_cents));
	if (decision->reason == REASON_OVER_KEY_CAP)
		text_format(out, ", the key's cap is %s", text_money(arena, input->cap_cents));
	if (arm->pool != NULL && decision->reason == REASON_POOL_DRY)
		text_format(out, "; pool %s", arm->pool);
}

static void say_rank(
	struct text *out, const struct decide_input *input, const struct decision *decision)
{
	text_format(out, "; rank %" PRIu32, decision->rank);
	if (decision->reason == REASON_HELD_OUT)
		text_format(out, "; drew %.4f, hold-out is below %.4f", decision->draw,
			input->policy->holdout.share);
	if (decision->reason == REASON_HELD_OUT && !decision->counted)
		text_add(out, "; would not have been reached anyway");
}

char *decide_sentence(struct arena *arena, const struct decide_input *input,
	const struct candidate *candidate, const struct decision *decision)
{
	struct text out = text_open(arena, MOST_SENTENCE);
	enum reason reason = (enum reason)decision->reason;

	text_format(&out, "Member %" PRId64 ": %s", decision->member_id, reason_meaning(reason));
	bool about_member = reason != REASON_BAD_NUMBERS && reason_of(reason) != REASON_OF_CYCLE;
	bool has_arm = about_member && decision->arm != POLICY_NONE;

	if (about_member)
		say_audience(&out, input, candidate, reason);
	if (has_arm || reason == REASON_NOT_SLIPPING) {
		text_add(&out, "; ");
		say_slip(&out, input, candidate);
		text_format(&out, "; margin at risk %s", text_money(arena, decision->at_risk_cents));
	}
	if (has_arm)
		say_arm(&out, input, decision);
	if (decision->rank > 0)
		say_rank(&out, input, decision);
	text_add(&out, ".");
	return out.bytes;
}

static void say_stop(
	struct text *out, const struct decide_input *input, const struct decide_result *result)
{
	const struct policy_evidence *evidence = &input->policy->evidence;

	text_format(out, ": nothing was done, %s", reason_meaning(result->stop));
	if (result->stop == REASON_DATA_STALE) {
		text_format(out, " (%.1f hours, at most %" PRId64 ")", input->data_age_hours,
			evidence->freshness_hours);
		return;
	}
	const struct policy_metric *metric = &evidence->metrics[result->stop_metric];
	const struct observation *seen = &input->observations[result->stop_metric];

	text_format(out, " (%s over %" PRId64 " days", metric->metric, metric->window_days);
	if (result->stop == REASON_EVIDENCE_STALE)
		text_format(
			out, ": %.1f hours old, at most %" PRId64, seen->age_hours, metric->max_age_hours);
	if (result->stop == REASON_EVIDENCE_OUT_OF_BOUNDS) {
		text_format(out, ": %g", seen->value);
		if (!isnan(metric->min))
			text_format(out, ", at least %g", metric->min);
		if (!isnan(metric->max))
			text_format(out, ", at most %g", metric->max);
		if (!isnan(metric->max_jump) && isfinite(seen->previous))
			text_format(out, ", not %g times more or less than %g before", metric->max_jump,
				seen->previous);
	}
	text_format(out, "). Why it is watched: %s", metric->why);
}

char *decide_summary(
	struct arena *arena, const struct decide_input *input, const struct decide_result *result)
{
	struct text out = text_open(arena, 4 * MOST_SENTENCE);

	text_format(&out, "%s on %s: looked at %zu member%s", input->policy->name, input->day,
		result->count, result->count == 1 ? "" : "s");
	if (result->stop != REASON_CHOSEN) {
		say_stop(&out, input, result);
		return out.bytes;
	}
	text_format(
		&out, ", acts on %zu for %s", result->chosen_count, text_money(arena, result->cost_cents));
	for (int reason = REASON_CHOSEN + 1; reason < REASON_COUNT; reason++)
		if (result->reasons[reason] > 0)
			text_format(
				&out, "; %zu %s", result->reasons[reason], reason_word((enum reason)reason));
	text_add(&out, ".");
	return out.bytes;
}
