/* Steps 4 and 5 of a cycle: every decision recorded, then gifts and drafts in chunks, each its own transaction. */
#include <stdlib.h>
#include <string.h>

#include "cycle_steps.h"

enum { RECORD_CHUNK = 20000, GIVE_CHUNK = 2000, DRAFT_CHUNK = 1000 };

static const struct policy_arm *arm_of(const struct cycle *cycle, const struct decision *decision)
{
	return decision->arm == POLICY_NONE ? NULL : &cycle->policy->arms[decision->arm];
}

/* One chunk of decisions as array literals, the form that goes to the database unchanged. */
static json_t *decision_columns(const struct cycle *cycle, size_t from, size_t to, struct arena *arena)
{
	enum { MEMBERS, NOW, THEN, RISK, DRAWS, ARMS, VALUES, CHOSEN, REASONS, COLUMNS };
	static const char *const names[COLUMNS] = { "members", "p_now", "p_then", "at_risk_cents", "draws", "arms",
		"value_cents", "chosen", "reasons" };
	struct text columns[COLUMNS];

	for (int c = 0; c < COLUMNS; c++) {
		columns[c] = text_open(arena, 64 << 20);
		text_add(&columns[c], "{");
	}
	for (size_t i = from; i < to; i++) {
		const struct candidate *candidate = &cycle->input.candidates[i];
		const struct decision *decision = &cycle->result->decisions[i];
		const struct policy_arm *arm = arm_of(cycle, decision);
		const char *comma = i == from ? "" : ",";

		text_format(&columns[MEMBERS], "%s%lld", comma, (long long)decision->member_id);
		text_format(&columns[NOW], "%s%.6g", comma, (double)candidate->p_now);
		text_format(&columns[THEN], "%s%.6g", comma, (double)candidate->p_then);
		text_format(&columns[RISK], "%s%lld", comma, (long long)decision->at_risk_cents);
		text_format(&columns[DRAWS], "%s%.17g", comma, decision->draw);
		text_format(&columns[ARMS], "%s%s", comma, arm == NULL ? "NULL" : arm->name);
		text_format(&columns[VALUES], "%s%lld", comma, (long long)decision->cost_cents);
		text_format(&columns[CHOSEN], "%s%c", comma, decision->reason == REASON_CHOSEN ? 't' : 'f');
		text_format(&columns[REASONS], "%s%s", comma, reason_word((enum reason)decision->reason));
	}
	json_t *args = json_pack("{s:s, s:I}", "run", cycle->run, "fence", cycle->fence);

	for (int c = 0; c < COLUMNS; c++) {
		text_add(&columns[c], "}");
		json_object_set_new(args, names[c], json_string(columns[c].bytes));
	}
	return args;
}

static bool record_chunk(struct cycle *cycle, size_t index, struct arena *arena, struct error *error)
{
	size_t from = index * RECORD_CHUNK, count = cycle->result->count;
	size_t to = from + RECORD_CHUNK < count ? from + RECORD_CHUNK : count;
	json_t *answer;

	return cycle_call_in(cycle, arena, "record_decisions", decision_columns(cycle, from, to, arena), &answer, error) ||
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

/* The places (in `chosen`) of one arm's members. */
static size_t places_of(const struct cycle *cycle, size_t arm, uint32_t *places)
{
	size_t count = 0;

	for (size_t place = 0; place < cycle->result->chosen_count; place++)
		if (chosen_at(cycle, place)->arm == arm)
			places[count++] = (uint32_t)place;
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

	*count = 0;
	for (size_t a = 0; a < arms; a++) {
		size_t size = places_of(cycle, a, places);

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
	json_t *members = json_array(), *answer;
	json_t *args = json_pack("{s:s, s:I, s:s, s:I, s:o}", "run", cycle->run, "fence", cycle->fence, "kind",
		arm->kind == POLICY_POINTS ? "points" : "coupon", "cool_down_days",
		(json_int_t)cycle->policy->contact.cool_down_days, "members", members);

	if (arm->kind == POLICY_POINTS)
		json_object_set_new(args, "points", json_integer(arm->points));
	else
		json_object_set_new(args, "pool", json_string(arm->pool));
	for (size_t i = 0; i < chunk->count; i++)
		json_array_append_new(members, json_integer(chosen_at(cycle, chunk->places[i])->member_id));
	if (!cycle_call_in(cycle, arena, "act_chunk", args, &answer, error))
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

static json_t *draft_item(const struct cycle *cycle, uint32_t place)
{
	const struct candidate *candidate = &cycle->input.candidates[cycle->result->chosen[place]];
	json_t *item = json_pack("{s:I, s:s, s:o}", "member", (json_int_t)candidate->member_id, "tier",
		cycle->policy->audience.tiers[candidate->tier], "days_since",
		json_sprintf("%d", (int)candidate->days_since_last));

	if (cycle->codes[place] != NULL)
		json_object_set_new(item, "coupon_code", json_string(cycle->codes[place]));
	return item;
}

static json_t *draft_args(const struct cycle *cycle, const struct policy_arm *arm, json_t *items)
{
	const struct policy_template *template = &cycle->policy->templates[arm->template_index];
	json_t *args = json_pack("{s:s, s:I, s:s, s:O, s:s, s:s, s:s, s:s, s:s, s:O, s:I, s:I, s:o}", "run",
		cycle->run, "fence", cycle->fence, "policy", cycle->policy->name, "policy_version",
		json_object_get(cycle->opened, "version"), "arm", arm->name, "channel", "email", "audience",
		cycle->policy->name, "subject", template->subject, "body", template->body, "brand",
		json_object_get(cycle->opened, "brand"), "expires_hours", (json_int_t)cycle->policy->contact.draft_expiry_hours,
		"cool_down_days", (json_int_t)cycle->policy->contact.cool_down_days, "items", items);

	if (arm->kind == POLICY_POINTS)
		json_object_set_new(args, "points", json_sprintf("%lld", (long long)arm->points));
	return args;
}

static bool draft_chunk(struct cycle *cycle, size_t index, struct arena *arena, struct error *error)
{
	struct chunk *chunk = &cycle->chunks[index];
	json_t *items = json_array(), *answer;

	for (size_t i = 0; i < chunk->count; i++)
		if (cycle->given[chunk->places[i]])
			json_array_append_new(items, draft_item(cycle, chunk->places[i]));
	if (json_array_size(items) == 0) {
		json_decref(items);
		return true;
	}
	pthread_mutex_lock(&cycle->lock);   /* values of `opened` are counted up and down */
	json_t *args = draft_args(cycle, chunk->arm, items);

	pthread_mutex_unlock(&cycle->lock);
	if (!cycle_call_in(cycle, arena, "draft_chunk", args, &answer, error))
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
