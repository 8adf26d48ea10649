/* Step 4 of a cycle: every decision recorded, before anything is done. */
#include <stdlib.h>
#include <string.h>

#include "cycle_steps.h"

enum { RECORD_CHUNK = 10000 };

static const struct policy_arm *arm_of(const struct cycle *cycle, const struct decision *decision)
{
	return decision->arm == POLICY_NONE ? NULL : &cycle->policy->arms[decision->arm];
}

/* The decisions of a chunk, column by column. */
struct decided {
	int64_t *members, *at_risk, *values;
	float *now, *then;
	double *draws;
	const char **arms, **reasons;
	bool *chosen;
};

static struct decided decided_open(struct arena *arena, size_t count)
{
	return (struct decided){ arena_alloc(arena, count * sizeof(int64_t)), arena_alloc(arena, count * sizeof(int64_t)),
		arena_alloc(arena, count * sizeof(int64_t)), arena_alloc(arena, count * sizeof(float)),
		arena_alloc(arena, count * sizeof(float)), arena_alloc(arena, count * sizeof(double)),
		arena_alloc(arena, count * sizeof(char *)), arena_alloc(arena, count * sizeof(char *)),
		arena_alloc(arena, count * sizeof(bool)) };
}

static void decided_set(const struct cycle *cycle, const struct decided *decided, size_t i, size_t index)
{
	const struct candidate *candidate = &cycle->input.candidates[index];
	const struct decision *decision = &cycle->result->decisions[index];
	const struct policy_arm *arm = arm_of(cycle, decision);

	decided->members[i] = decision->member_id;
	decided->now[i] = candidate->p_now;
	decided->then[i] = candidate->p_then;
	decided->at_risk[i] = decision->at_risk_cents;
	decided->draws[i] = decision->draw;
	decided->arms[i] = arm == NULL ? NULL : arm->name;
	decided->values[i] = decision->cost_cents;
	decided->chosen[i] = decision->reason == REASON_CHOSEN;
	decided->reasons[i] = reason_word((enum reason)decision->reason);
}

static bool record_chunk(struct cycle *cycle, size_t index, struct arena *arena, struct error *error)
{
	size_t from = index * RECORD_CHUNK, left = cycle->result->count - from;
	size_t count = left < RECORD_CHUNK ? left : RECORD_CHUNK;
	struct decided decided = decided_open(arena, count);
	const struct bulk decisions[] = { { BULK_INTEGERS, count, decided.members },
		{ BULK_SHORT_REALS, count, decided.now }, { BULK_SHORT_REALS, count, decided.then },
		{ BULK_INTEGERS, count, decided.at_risk }, { BULK_REALS, count, decided.draws },
		{ BULK_WORDS, count, decided.arms }, { BULK_INTEGERS, count, decided.values },
		{ BULK_TRUTHS, count, decided.chosen }, { BULK_WORDS, count, decided.reasons } };
	struct bulks columns = { decisions, sizeof decisions / sizeof *decisions };
	json_t *answer;

	for (size_t i = 0; i < count; i++)
		decided_set(cycle, &decided, i, from + i);
	return cycle_call_columns(cycle, arena, "record_decisions", json_pack("{s:s, s:I}", "run", cycle->run, "fence",
		cycle->fence), &columns, &answer, error) ||
		error_wrap(error, "recording the decisions");
}

bool cycle_record(struct cycle *cycle, struct error *error)
{
	return cycle_each(cycle, (cycle->result->count + RECORD_CHUNK - 1) / RECORD_CHUNK, record_chunk, error);
}
