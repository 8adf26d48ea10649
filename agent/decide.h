/* The decision itself, pure: from a policy, what was read, the candidates and what may still be
 * spent, to one decision for every candidate with its reason. No clock, no chance, no text about
 * members: the same input gives the same bytes. Money is cents. The method is SCIENCE's: who
 * slips is found by the drop of P(buys), the order is margin at risk, and nobody is acted on
 * unless uplift times value is above what it is expected to cost. */
#ifndef FLASH_DECIDE_H
#define FLASH_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"

enum reason {
#define REASON(name, word, of, meaning) REASON_##name,
#include "decide.def"
#undef REASON
	REASON_COUNT
};

enum reason_of { REASON_OF_CYCLE, REASON_OF_MEMBER, REASON_OF_RANK };

const char *reason_word(enum reason reason);
const char *reason_meaning(enum reason reason);
enum reason_of reason_of(enum reason reason);

/* One member, 64 bytes. P and E are over the audience's horizon; "then" is at the last purchase
 * (T = t_x). */
struct candidate {
	int64_t member_id;           /* above 0; candidates come in ascending order, each member once */
	double expected_now, expected_then; /* E[purchases] */
	int64_t spend_cents;         /* expected spend of one purchase */
	int64_t value_cents;         /* spent in the last 365 days */
	float p_now, p_then;         /* P(buys) */
	float own_gap_days;          /* the policy's quantile of the own gap; 0: not known */
	int32_t days_since_last;
	int32_t days_since_contact;  /* -1: never */
	uint16_t repeat_purchases;   /* 65535 stands for as many or more */
	uint8_t tier;                /* policy_tier(), or POLICY_NONE */
	bool consent;                /* to the arm's channel */
};
_Static_assert(sizeof(struct candidate) == 64, "a million candidates are 64 MB");

/* What was read for one of the policy's metrics, in their order. */
struct observation {
	bool present, certified;
	double value, age_hours;
	double previous;             /* of the cycle before; NAN: none */
};

/* What was read for one of the policy's pools, in their order. */
struct pool_state {
	bool known;
	int64_t remaining, cost_cents; /* coupons, and what one counts against the budget */
};

struct decide_input {
	const struct policy *policy;
	const char *day;             /* "2026-11-20" in the schedule's zone */
	double data_age_hours;       /* of purchases and scores */
	const struct observation *observations;
	const struct pool_state *pools;
	const double *uplifts;       /* measured, one for each arm; NULL: the policy's own */
	int64_t cents_per_100_points, message_cents;
	int64_t budget_left_cents, cap_cents; /* of the key: in its window, and for one write */
	int64_t drafts_left;         /* how many more may wait for a human */
	const struct candidate *candidates;
	size_t count;
};

struct decision {
	int64_t member_id;
	double draw;                 /* holdout_draw() of this member; held out when below the share */
	int64_t at_risk_cents;       /* margin lost if nothing is done: the order */
	int64_t worth_cents;         /* expected gain of the arm: uplift x spend x margin */
	/* what acting holds of the budget: gift in full, and the message */
	int64_t cost_cents;
	uint32_t rank;               /* from 1, among those who were due; 0: was not */
	uint8_t reason, arm;         /* enum reason; place in policy->arms, or POLICY_NONE */
	bool held_out;               /* assigned to the hold-out, due or not */
	/* acted on, or would have been but for the hold-out: the two groups to compare */
	bool counted;
};
_Static_assert(sizeof(struct decision) == 48, "no padding: equal decisions are equal bytes");

struct decide_result {
	const struct decision *decisions; /* one for each candidate, in their order */
	size_t count;
	const uint32_t *chosen;      /* places of those acted on, in the order of rank */
	size_t chosen_count;
	int64_t cost_cents;
	size_t reasons[REASON_COUNT];
	/* why nothing was done for anybody; REASON_CHOSEN: nothing stopped it */
	enum reason stop;
	size_t stop_metric;          /* which of the policy's metrics did; its count: none */
};

/* Decides. All memory is the arena's (about 60 bytes a candidate). NULL with ERROR_ARGUMENT when
 * the input is not as described above: then nothing may be done. */
const struct decide_result *decide(
	struct arena *arena, const struct decide_input *input, struct error *error);

/* What acting on one member holds of the budget, and what it is expected to cost after all: gift
 * in full, or its share that gets used; both with the message. False when the pool is not known. */
bool decide_cost(const struct decide_input *input, const struct policy_arm *arm,
	int64_t *held_cents, int64_t *expected_cents);

/* The idempotency key of an act: policy, day, member; a repeated cycle cannot act twice. */
char *decide_key(struct arena *arena, const struct decide_input *input, int64_t member_id);

/* One decision in a sentence for people, without anything about the person; and the cycle. */
char *decide_sentence(struct arena *arena, const struct decide_input *input,
	const struct candidate *candidate, const struct decision *decision);
char *decide_summary(
	struct arena *arena, const struct decide_input *input, const struct decide_result *result);

#endif
