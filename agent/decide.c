/* Three passes: evidence (may stop all), each member alone, then down the ranking while money
 * lasts. Tests are written so that an undefined number fails them: could not tell is never yes. */
#include "decide.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "holdout.h"
#include "mcp/base/both.h"

static const double MOST_CENTS = 1e15;

static const struct {
	const char *word;
	enum reason_of of;
	const char *meaning;
} reasons[] = {
#define REASON(name, word, of, meaning) { word, REASON_OF_##of, meaning },
#include "decide.def"
#undef REASON
};

/* One due candidate; candidates ascend by member, so that the place breaks ties by member. */
struct ranked {
	int64_t at_risk_cents;
	uint32_t place;
};

/* What is left while the ranking is walked. */
struct purse {
	int64_t cycle_cents, key_cents, actions, drafts;
	int64_t *pools;
};

const char *reason_word(enum reason reason)
{
	return reasons[reason].word;
}

const char *reason_meaning(enum reason reason)
{
	return reasons[reason].meaning;
}

enum reason_of reason_of(enum reason reason)
{
	return reasons[reason].of;
}

static bool day_is_good(const char *day)
{
	if (strlen(day) != 10 || day[4] != '-' || day[7] != '-')
		return false;
	return strspn(day, "0123456789") == 4 && strspn(day + 5, "0123456789") == 2
		&& strspn(day + 8, "0123456789") == 2;
}

static bool input_check(const struct decide_input *input, struct error *error)
{
	if (!day_is_good(input->day))
		return error_set(error, ERROR_ARGUMENT,
			"the day \"%.20s\" is not written 2026-11-20; nothing was "
			"decided",
			input->day);
	if (input->cents_per_100_points < 0 || input->cents_per_100_points > 1000000
		|| input->message_cents < 0 || input->message_cents > 100000)
		return error_set(error, ERROR_ARGUMENT,
			"the prices %" PRId64 " cents for 100 points and %" PRId64
			" cents a message are outside what a tenant may set; nothing was decided",
			input->cents_per_100_points, input->message_cents);
	if (input->count > UINT32_MAX)
		return error_set(
			error, ERROR_ARGUMENT, "%zu candidates are more than one cycle takes", input->count);
	for (size_t i = 0; i < input->count; i++)
		if (input->candidates[i].member_id <= (i > 0 ? input->candidates[i - 1].member_id : 0))
			return error_set(error, ERROR_ARGUMENT,
				"candidate %zu is member %" PRId64 ", not above the one "
				"before: each member must come once, in ascending order; nothing was decided",
				i, input->candidates[i].member_id);
	return true;
}

static enum reason observation_reason(
	const struct policy_metric *metric, const struct observation *seen)
{
	bool compared =
		!isnan(metric->max_jump) && isfinite(seen->previous) && fabs(seen->previous) > 0;
	double ratio = compared ? seen->value / seen->previous : 1;

	if (!seen->present || !isfinite(seen->value))
		return REASON_EVIDENCE_MISSING;
	if (!seen->certified)
		return REASON_EVIDENCE_UNCERTIFIED;
	if (!(seen->age_hours >= 0 && seen->age_hours <= (double)metric->max_age_hours))
		return REASON_EVIDENCE_STALE;
	if (seen->value < metric->min || seen->value > metric->max)
		return REASON_EVIDENCE_OUT_OF_BOUNDS;
	if (!isnan(metric->max_jump) && !(ratio >= 1 / metric->max_jump && ratio <= metric->max_jump))
		return REASON_EVIDENCE_OUT_OF_BOUNDS;
	return REASON_CHOSEN;
}

static void evidence_check(const struct decide_input *input, struct decide_result *result)
{
	const struct policy_evidence *evidence = &input->policy->evidence;

	result->stop = REASON_CHOSEN;
	result->stop_metric = evidence->metric_count;
	if (!(input->data_age_hours >= 0
			&& input->data_age_hours <= (double)evidence->freshness_hours)) {
		result->stop = REASON_DATA_STALE;
		return;
	}
	for (size_t i = 0; i < evidence->metric_count; i++) {
		result->stop = observation_reason(&evidence->metrics[i], &input->observations[i]);
		if (result->stop != REASON_CHOSEN) {
			result->stop_metric = i;
			return;
		}
	}
}

static bool candidate_is_good(const struct candidate *candidate, const struct policy *policy)
{
	return candidate->p_now >= 0 && candidate->p_now <= 1 && candidate->p_then >= 0
		&& candidate->p_then <= 1 && candidate->expected_now >= 0 && candidate->expected_now < 1e6
		&& candidate->expected_then >= 0 && candidate->expected_then < 1e6
		&& candidate->spend_cents >= 0 && candidate->spend_cents <= (int64_t)MOST_CENTS
		&& candidate->own_gap_days >= 0 && candidate->days_since_last >= 0
		&& candidate->days_since_contact >= -1
		&& (candidate->tier == POLICY_NONE || candidate->tier < policy->audience.tier_count);
}

static bool candidate_slips(const struct candidate *candidate, const struct policy_trigger *trigger)
{
	if (trigger->kind == POLICY_LAPSED)
		return true;
	if (candidate->own_gap_days > 0 && candidate->days_since_last > (double)candidate->own_gap_days)
		return true;
	return candidate->p_now < (1 - trigger->min_drop) * candidate->p_then;
}

static enum reason audience_reason(const struct candidate *candidate, const struct policy *policy)
{
	const struct policy_audience *audience = &policy->audience;

	if (candidate->tier == POLICY_NONE)
		return REASON_TIER_OUTSIDE;
	if (candidate->repeat_purchases < audience->min_repeat_purchases)
		return REASON_TOO_FEW_PURCHASES;
	if (candidate->value_cents < audience->min_value_cents)
		return REASON_VALUE_TOO_LOW;
	if (candidate->days_since_last < audience->min_days_since_last)
		return REASON_RECENT_PURCHASE;
	if (candidate->days_since_last > audience->max_days_since_last)
		return REASON_TOO_LONG_GONE;
	if (!candidate_slips(candidate, &policy->trigger))
		return REASON_NOT_SLIPPING;
	if (!candidate->consent)
		return REASON_NO_CONSENT;
	if (candidate->days_since_contact >= 0
		&& candidate->days_since_contact < policy->contact.cool_down_days)
		return REASON_COOLING_DOWN;
	if (policy->arm_of_tier[candidate->tier] == POLICY_NONE)
		return REASON_NO_ARM_FOR_TIER;
	return REASON_CHOSEN;
}

/* What the arm gives, in cents; -1 when its pool is not known. */
static int64_t arm_gift_cents(const struct decide_input *input, const struct policy_arm *arm)
{
	switch (arm->kind) {
	case POLICY_POINTS:
		return (arm->points * input->cents_per_100_points + 99) / 100;
	case POLICY_COUPON: {
		const struct pool_state *pool = &input->pools[arm->pool_index];

		return pool->known && pool->cost_cents >= 0 && pool->cost_cents <= (int64_t)MOST_CENTS
			? pool->cost_cents : -1;
	}
	case POLICY_MESSAGE:
		break;
	}
	return 0;
}

bool decide_cost(const struct decide_input *input, const struct policy_arm *arm,
	int64_t *held_cents, int64_t *expected_cents)
{
	int64_t gift = arm_gift_cents(input, arm);

	if (gift < 0)
		return false;
	*held_cents = gift + input->message_cents;
	*expected_cents = (int64_t)ceil((double)gift * arm->redeemed_share) + input->message_cents;
	return true;
}

static enum reason arm_reason(const struct decide_input *input, const struct policy_arm *arm,
	struct decision *decision)
{
	int64_t expected;

	if (!decide_cost(input, arm, &decision->cost_cents, &expected))
		return REASON_POOL_UNKNOWN;
	if (decision->cost_cents > arm->max_cost_cents)
		return REASON_OVER_ARM_COST;
	if (decision->cost_cents - input->message_cents > input->cap_cents
		|| input->message_cents > input->cap_cents)
		return REASON_OVER_KEY_CAP;
	return decision->worth_cents > expected ? REASON_CHOSEN : REASON_WORTH_LESS_THAN_COST;
}

/* To the nearest cent, so that the last bit of a product decides nothing. */
static int64_t cents_round(double cents)
{
	return cents > 0 ? llround(cents < MOST_CENTS ? cents : MOST_CENTS) : 0;
}

/* One member alone; REASON_CHOSEN here means due, the ranking decides the rest. */
static void member_decide(const struct decide_input *input, const struct candidate *candidate,
	struct decision *decision)
{
	const struct policy *policy = input->policy;

	*decision = (struct decision){ .member_id = candidate->member_id,
		.arm = POLICY_NONE,
		.draw = holdout_draw(policy->holdout.key, candidate->member_id),
		.reason = REASON_BAD_NUMBERS };
	decision->held_out = decision->draw < policy->holdout.share;
	if (!candidate_is_good(candidate, policy))
		return;
	double margin = (double)candidate->spend_cents * policy->value.margin_rate;

	decision->at_risk_cents =
		cents_round(margin * (candidate->expected_then - candidate->expected_now));
	decision->reason = audience_reason(candidate, policy);
	if (decision->reason != REASON_CHOSEN)
		return;
	size_t arm = policy->arm_of_tier[candidate->tier];
	double uplift =
		input->uplifts != NULL ? input->uplifts[arm] : policy->arms[arm].expected_uplift;

	decision->arm = (uint8_t)arm;
	decision->worth_cents = cents_round(margin * uplift);
	decision->reason = arm_reason(input, &policy->arms[arm], decision);
}

/* Some of the members, each alone. */
struct some {
	const struct decide_input *input;
	struct decision *decisions;
	size_t from, to;
};

static void *some_decide(void *context)
{
	const struct some *some = context;

	for (size_t i = some->from; i < some->to; i++)
		member_decide(some->input, &some->input->candidates[i], &some->decisions[i]);
	return NULL;
}

static void all_decide(const struct decide_input *input, struct decision *decisions)
{
	struct some one = { input, decisions, 0, input->count / 2 };
	struct some other = { input, decisions, one.to, input->count };

	both_run(some_decide, &one, &other);
}

static int ranked_order(const void *a, const void *b)
{
	const struct ranked *one = a, *two = b;

	if (one->at_risk_cents != two->at_risk_cents)
		return one->at_risk_cents > two->at_risk_cents ? -1 : 1;
	return one->place < two->place ? -1 : one->place > two->place;
}

static enum reason purse_reason(
	const struct purse *purse, const struct policy_arm *arm, int64_t cost)
{
	if (purse->actions < 1)
		return REASON_OVER_ACTION_LIMIT;
	if (purse->drafts < 1)
		return REASON_OVER_OPEN_DRAFTS;
	if (arm->kind == POLICY_COUPON && purse->pools[arm->pool_index] < 1)
		return REASON_POOL_DRY;
	if (cost > purse->cycle_cents)
		return REASON_OVER_CYCLE_BUDGET;
	return cost > purse->key_cents ? REASON_OVER_BUDGET : REASON_CHOSEN;
}

static void purse_spend(struct purse *purse, const struct policy_arm *arm, int64_t cost)
{
	purse->actions--;
	purse->drafts--;
	purse->cycle_cents -= cost;
	purse->key_cents -= cost;
	if (arm->kind == POLICY_COUPON)
		purse->pools[arm->pool_index]--;
}

static struct purse purse_open(struct arena *arena, const struct decide_input *input)
{
	const struct policy *policy = input->policy;
	struct purse purse = { .cycle_cents = policy->budget.per_cycle_cents,
		.key_cents = input->budget_left_cents,
		.actions = policy->budget.max_actions_per_cycle,
		.drafts = input->drafts_left,
		.pools = arena_alloc(arena, (policy->pool_count + 1) * sizeof *purse.pools) };

	for (size_t i = 0; i < policy->pool_count; i++)
		purse.pools[i] = input->pools[i].remaining;
	return purse;
}

/* Down the ranking. Whoever is held out spends nothing, but it is noted whether his turn would
 * have come. */
static void ranking_walk(struct arena *arena, const struct decide_input *input,
	const struct ranked *ranking, size_t count, struct decision *decisions,
	struct decide_result *result)
{
	struct purse purse = purse_open(arena, input);
	uint32_t *chosen = arena_alloc(arena, (count + 1) * sizeof *chosen);

	for (size_t i = 0; i < count; i++) {
		struct decision *decision = &decisions[ranking[i].place];
		const struct policy_arm *arm = &input->policy->arms[decision->arm];
		enum reason reason = purse_reason(&purse, arm, decision->cost_cents);

		decision->rank = (uint32_t)i + 1;
		decision->counted = reason == REASON_CHOSEN;
		decision->reason = decision->held_out ? REASON_HELD_OUT : (uint8_t)reason;
		if (decision->held_out || reason != REASON_CHOSEN)
			continue;
		purse_spend(&purse, arm, decision->cost_cents);
		result->cost_cents += decision->cost_cents;
		chosen[result->chosen_count++] = ranking[i].place;
	}
	result->chosen = chosen;
}

const struct decide_result *decide(
	struct arena *arena, const struct decide_input *input, struct error *error)
{
	if (!input_check(input, error))
		return NULL;
	struct decide_result *result = arena_alloc(arena, sizeof *result);
	struct decision *decisions = arena_alloc(arena, (input->count + 1) * sizeof *decisions);
	struct ranked *ranking = arena_alloc(arena, (input->count + 1) * sizeof *ranking);
	size_t due = 0;

	evidence_check(input, result);
	all_decide(input, decisions);
	for (size_t i = 0; i < input->count; i++) {
		if (result->stop != REASON_CHOSEN)
			decisions[i].reason = (uint8_t)result->stop;
		else if (decisions[i].reason == REASON_CHOSEN)
			ranking[due++] = (struct ranked){ decisions[i].at_risk_cents, (uint32_t)i };
	}
	qsort(ranking, due, sizeof *ranking, ranked_order);
	ranking_walk(arena, input, ranking, due, decisions, result);
	for (size_t i = 0; i < input->count; i++)
		result->reasons[decisions[i].reason]++;
	result->decisions = decisions;
	result->count = input->count;
	return result;
}

char *decide_key(struct arena *arena, const struct decide_input *input, int64_t member_id)
{
	return arena_format(arena, "%s:%s:%" PRId64, input->policy->name, input->day, member_id);
}
