/* Steps 4 and 5 of a cycle: every decision recorded, then gifts and drafts in chunks, each its own transaction. */
#include <stdlib.h>
#include <string.h>

#include "cycle_steps.h"

enum { RECORD_CHUNK = 20000, GIVE_CHUNK = 2000, DRAFT_CHUNK = 2000 };

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
	const struct bulk columns[] = { { BULK_INTEGERS, count, decided.members },
		{ BULK_SHORT_REALS, count, decided.now }, { BULK_SHORT_REALS, count, decided.then },
		{ BULK_INTEGERS, count, decided.at_risk }, { BULK_REALS, count, decided.draws },
		{ BULK_WORDS, count, decided.arms }, { BULK_INTEGERS, count, decided.values },
		{ BULK_TRUTHS, count, decided.chosen }, { BULK_WORDS, count, decided.reasons } };
	json_t *answer;

	for (size_t i = 0; i < count; i++)
		decided_set(cycle, &decided, i, from + i);
	return cycle_call_columns(cycle, arena, "record_decisions", json_pack("{s:s, s:I}", "run", cycle->run, "fence",
		cycle->fence), columns, sizeof columns / sizeof *columns, &answer, error) ||
		error_wrap(error, "recording the decisions");
}

bool cycle_record(struct cycle *cycle, struct error *error)
{
	return cycle_each(cycle, (cycle->result->count + RECORD_CHUNK - 1) / RECORD_CHUNK, record_chunk, error);
}

static const struct decision *chosen_at(const struct cycle *cycle, size_t place)
{
	return &cycle->result->decisions[cycle->result->chosen[place]];
}

/* Some of one arm's members, by their places in `chosen`, and what became of them. */
struct chunk {
	const struct policy_arm *arm;
	const uint32_t *places;
	size_t count;
	json_int_t done, cents, unfit;   /* unfit: no message, for a word had no value or one that may not be shown */
};

/* A place and the member in it, to sort by. */
struct placed {
	int64_t member;
	uint32_t place;
};

static int compare_placed(const void *a, const void *b)
{
	int64_t x = ((const struct placed *)a)->member, y = ((const struct placed *)b)->member;

	return (x > y) - (x < y);
}

/* The places (in `chosen`) of one arm's members, by member: neighbours lie together in every table that a chunk
 * touches, and two chunks lock nothing in common. */
static size_t places_of(const struct cycle *cycle, size_t arm, struct placed *sorted, uint32_t *places)
{
	size_t count = 0;

	for (size_t place = 0; place < cycle->result->chosen_count; place++)
		if (chosen_at(cycle, place)->arm == arm)
			sorted[count++] = (struct placed){ chosen_at(cycle, place)->member_id, (uint32_t)place };
	qsort(sorted, count, sizeof *sorted, compare_placed);
	for (size_t i = 0; i < count; i++)
		places[i] = sorted[i].place;
	return count;
}

static int compare_members(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Cuts every arm's members into chunks of at most `most`. */
static struct chunk *cut_chunks(struct cycle *cycle, size_t most, size_t *count)
{
	size_t arms = cycle->policy->arm_count, chosen = cycle->result->chosen_count;
	struct chunk *chunks = arena_alloc(cycle->arena, (chosen / most + arms + 1) * sizeof *chunks);
	uint32_t *places = arena_alloc(cycle->arena, (chosen + 1) * sizeof *places);
	struct placed *sorted = arena_alloc(cycle->arena, (chosen + 1) * sizeof *sorted);

	*count = 0;
	for (size_t a = 0; a < arms; a++) {
		size_t size = places_of(cycle, a, sorted, places);

		for (size_t from = 0; from < size; from += most)
			chunks[(*count)++] = (struct chunk){ .arm = &cycle->policy->arms[a], .places = places + from,
				.count = size - from < most ? size - from : most };
		places += size;
	}
	return chunks;
}

/* Notes what is left after a chunk; chunks may end in another order than they began. */
static void note_left(struct cycle *cycle, const json_t *answer)
{
	json_t *left = json_object_get(answer, "budget_left_cents"), *known;

	known = json_object_get(cycle->report, "budget_left_cents");
	if (left != NULL && (known == NULL || json_integer_value(left) < json_integer_value(known)))
		json_object_set_new(cycle->report, "budget_left_cents", json_integer(json_integer_value(left)));
}

/* Marks whom the database served: it passes over members that something happened to since the decision. */
static void mark_given(struct cycle *cycle, const struct chunk *chunk, const json_t *answer, struct arena *arena)
{
	const json_t *members = json_object_get(answer, "members"), *codes = json_object_get(answer, "coupons");
	size_t served = json_array_size(members);
	int64_t *sorted = arena_alloc(arena, (served + 1) * sizeof *sorted);

	for (size_t i = 0; i < served; i++)
		sorted[i] = json_integer_value(json_array_get(members, i));
	for (size_t i = 0; i < chunk->count; i++) {
		int64_t member = chosen_at(cycle, chunk->places[i])->member_id;
		const int64_t *found = bsearch(&member, sorted, served, sizeof *sorted, compare_members);

		if (found == NULL)
			continue;
		const char *code = json_string_value(json_array_get(codes, (size_t)(found - sorted)));

		cycle->given[chunk->places[i]] = 1;
		cycle->codes[chunk->places[i]] = code == NULL ? NULL : arena_copy(cycle->arena, code);
	}
}

static bool give_chunk(struct cycle *cycle, size_t index, struct arena *arena, struct error *error)
{
	struct chunk *chunk = &cycle->chunks[index];
	const struct policy_arm *arm = chunk->arm;

	if (arm->kind == POLICY_MESSAGE) {
		for (size_t i = 0; i < chunk->count; i++)
			cycle->given[chunk->places[i]] = 1;
		return true;
	}
	int64_t *members = arena_alloc(arena, chunk->count * sizeof *members);
	const struct bulk column = { BULK_INTEGERS, chunk->count, members };
	json_t *answer, *args = json_pack("{s:s, s:I, s:s, s:I}", "run", cycle->run, "fence", cycle->fence, "kind",
		arm->kind == POLICY_POINTS ? "points" : "coupon", "cool_down_days",
		(json_int_t)cycle->policy->contact.cool_down_days);

	if (arm->kind == POLICY_POINTS)
		json_object_set_new(args, "points", json_integer(arm->points));
	else
		json_object_set_new(args, "pool", json_string(arm->pool));
	for (size_t i = 0; i < chunk->count; i++)
		members[i] = chosen_at(cycle, chunk->places[i])->member_id;
	if (!cycle_call_columns(cycle, arena, "act_chunk", args, &column, 1, &answer, error))
		return error_wrap(error, "giving %s", arm->name);
	pthread_mutex_lock(&cycle->lock);
	mark_given(cycle, chunk, answer, arena);
	note_left(cycle, answer);
	pthread_mutex_unlock(&cycle->lock);
	chunk->done = (json_int_t)json_array_size(json_object_get(answer, "members"));
	chunk->cents = json_integer_value(json_object_get(answer, "value_cents"));
	return true;
}

/* Adds a line to the report's list, whatever became of the step: what was committed was committed. */
static void report_arm(struct cycle *cycle, const char *list, const struct policy_arm *arm, json_int_t done,
	json_int_t cents)
{
	json_t *lines = json_object_get(cycle->report, list);

	if (lines == NULL) {
		lines = json_array();
		json_object_set_new(cycle->report, list, lines);
	}
	json_array_append_new(lines, json_pack("{s:s, s:s, s:s, s:I, s:I}", "arm", arm->name, "tier", arm->tier, "why",
		arm->why, "members", done, "value_cents", cents));
}

/* Adds up the chunks of each arm. */
static void report_chunks(struct cycle *cycle, const char *list, const struct chunk *chunks, size_t count)
{
	for (size_t a = 0; a < cycle->policy->arm_count; a++) {
		json_int_t done = 0, cents = 0, unfit = 0;

		for (size_t i = 0; i < count; i++)
			if (chunks[i].arm == &cycle->policy->arms[a]) {
				done += chunks[i].done;
				cents += chunks[i].cents;
				unfit += chunks[i].unfit;
			}
		if (done > 0)
			report_arm(cycle, list, &cycle->policy->arms[a], done, cents);
		if (unfit > 0)
			report_arm(cycle, "not_drafted", &cycle->policy->arms[a], unfit, 0);
	}
}

bool cycle_give(struct cycle *cycle, struct error *error)
{
	size_t chosen = cycle->result->chosen_count, count;

	cycle->given = arena_alloc(cycle->arena, chosen + 1);
	cycle->codes = arena_alloc(cycle->arena, (chosen + 1) * sizeof *cycle->codes);
	cycle->chunks = cut_chunks(cycle, GIVE_CHUNK, &count);
	bool good = cycle_each(cycle, count, give_chunk, error);

	report_chunks(cycle, "gifts", cycle->chunks, count);
	return good;
}

static json_t *draft_args(const struct cycle *cycle, const struct policy_arm *arm)
{
	const struct policy_template *template = &cycle->policy->templates[arm->template_index];
	json_t *args = json_pack("{s:s, s:I, s:s, s:O, s:s, s:s, s:s, s:s, s:s, s:O, s:I, s:I}", "run",
		cycle->run, "fence", cycle->fence, "policy", cycle->policy->name, "policy_version",
		json_object_get(cycle->opened, "version"), "arm", arm->name, "channel", "email", "audience",
		cycle->policy->name, "subject", template->subject, "body", template->body, "brand",
		json_object_get(cycle->opened, "brand"), "expires_hours", (json_int_t)cycle->policy->contact.draft_expiry_hours,
		"cool_down_days", (json_int_t)cycle->policy->contact.cool_down_days);

	if (arm->kind == POLICY_POINTS)
		json_object_set_new(args, "points", json_sprintf("%lld", (long long)arm->points));
	return args;
}

static bool draft_chunk(struct cycle *cycle, size_t index, struct arena *arena, struct error *error)
{
	struct chunk *chunk = &cycle->chunks[index];
	int64_t *members = arena_alloc(arena, chunk->count * sizeof *members);
	int64_t *days = arena_alloc(arena, chunk->count * sizeof *days);
	const char **tiers = arena_alloc(arena, chunk->count * sizeof *tiers);
	const char **codes = arena_alloc(arena, chunk->count * sizeof *codes);
	size_t count = 0;
	json_t *answer;

	for (size_t i = 0; i < chunk->count; i++) {
		uint32_t place = chunk->places[i];
		const struct candidate *candidate = &cycle->input.candidates[cycle->result->chosen[place]];

		if (!cycle->given[place])
			continue;
		members[count] = candidate->member_id;
		days[count] = candidate->days_since_last;
		tiers[count] = cycle->policy->audience.tiers[candidate->tier];
		codes[count++] = cycle->codes[place];
	}
	if (count == 0)
		return true;
	const struct bulk columns[] = { { BULK_INTEGERS, count, members }, { BULK_WORDS, count, tiers },
		{ BULK_INTEGERS, count, days }, { BULK_WORDS, count, codes } };

	pthread_mutex_lock(&cycle->lock);   /* values of `opened` are counted up and down */
	json_t *args = draft_args(cycle, chunk->arm);

	pthread_mutex_unlock(&cycle->lock);
	if (!cycle_call_columns(cycle, arena, "draft_chunk", args, columns, sizeof columns / sizeof *columns, &answer,
			error))
		return error_wrap(error, "drafting %s", chunk->arm->name);
	pthread_mutex_lock(&cycle->lock);
	note_left(cycle, answer);
	pthread_mutex_unlock(&cycle->lock);
	chunk->done = json_integer_value(json_object_get(answer, "drafts"));
	chunk->unfit = (json_int_t)json_array_size(json_object_get(answer, "skipped"));
	chunk->cents = json_integer_value(json_object_get(answer, "value_cents"));
	return true;
}

bool cycle_draft(struct cycle *cycle, struct error *error)
{
	size_t count;

	cycle->chunks = cut_chunks(cycle, DRAFT_CHUNK, &count);
	bool good = cycle_each(cycle, count, draft_chunk, error);

	report_chunks(cycle, "drafts", cycle->chunks, count);
	return good;
}
