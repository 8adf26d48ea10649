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

bool cycle_record(struct cycle *cycle, struct error *error)
{
	size_t count = cycle->result->count;

	for (size_t from = 0; from < count; from += RECORD_CHUNK) {
		size_t to = from + RECORD_CHUNK < count ? from + RECORD_CHUNK : count;
		struct arena *arena = arena_new();
		json_t *answer;
		bool good = tool_call(cycle->corridor, cycle->caller, "record_decisions",
			arena_json(arena, decision_columns(cycle, from, to, arena)), arena, &answer, error);

		arena_free(arena);
		if (!good)
			return error_wrap(error, "recording the decisions");
	}
	return true;
}

static const struct decision *chosen_at(const struct cycle *cycle, size_t place)
{
	return &cycle->result->decisions[cycle->result->chosen[place]];
}

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

/* Marks whom the database served: it passes over members that something happened to since the decision. */
static void mark_given(struct cycle *cycle, const uint32_t *places, size_t count, const json_t *answer)
{
	const json_t *members = json_object_get(answer, "members"), *codes = json_object_get(answer, "coupons");
	size_t served = json_array_size(members);
	int64_t *sorted = arena_alloc(cycle->arena, (served + 1) * sizeof *sorted);

	for (size_t i = 0; i < served; i++)
		sorted[i] = json_integer_value(json_array_get(members, i));
	for (size_t i = 0; i < count; i++) {
		int64_t member = chosen_at(cycle, places[i])->member_id;
		const int64_t *found = bsearch(&member, sorted, served, sizeof *sorted, compare_members);

		if (found == NULL)
			continue;
		cycle->given[places[i]] = 1;
		cycle->codes[places[i]] = json_string_value(json_array_get(codes, (size_t)(found - sorted)));
	}
}

static bool give_chunk(struct cycle *cycle, const struct policy_arm *arm, const uint32_t *places, size_t count,
	json_int_t *done, json_int_t *cents, struct error *error)
{
	json_t *members = json_array(), *answer;
	json_t *args = json_pack("{s:s, s:I, s:s, s:I, s:o}", "run", cycle->run, "fence", cycle->fence, "kind",
		arm->kind == POLICY_POINTS ? "points" : "coupon", "cool_down_days",
		(json_int_t)cycle->policy->contact.cool_down_days, "members", members);

	if (arm->kind == POLICY_POINTS)
		json_object_set_new(args, "points", json_integer(arm->points));
	else
		json_object_set_new(args, "pool", json_string(arm->pool));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(members, json_integer(chosen_at(cycle, places[i])->member_id));
	if (!cycle_call(cycle, "act_chunk", args, &answer, error))
		return error_wrap(error, "giving %s", arm->name);
	mark_given(cycle, places, count, answer);
	*done += (json_int_t)json_array_size(json_object_get(answer, "members"));
	*cents += json_integer_value(json_object_get(answer, "value_cents"));
	json_object_set(cycle->report, "budget_left_cents", json_object_get(answer, "budget_left_cents"));
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

bool cycle_give(struct cycle *cycle, struct error *error)
{
	size_t chosen = cycle->result->chosen_count;
	uint32_t *places = arena_alloc(cycle->arena, (chosen + 1) * sizeof *places);
	bool good = true;

	cycle->given = arena_alloc(cycle->arena, chosen + 1);
	cycle->codes = arena_alloc(cycle->arena, (chosen + 1) * sizeof *cycle->codes);
	for (size_t a = 0; good && a < cycle->policy->arm_count; a++) {
		const struct policy_arm *arm = &cycle->policy->arms[a];
		size_t count = places_of(cycle, a, places);
		json_int_t done = 0, cents = 0;

		if (arm->kind == POLICY_MESSAGE) {
			for (size_t i = 0; i < count; i++)
				cycle->given[places[i]] = 1;
			continue;
		}
		for (size_t from = 0; good && from < count; from += GIVE_CHUNK)
			good = give_chunk(cycle, arm, places + from, count - from < GIVE_CHUNK ? count - from : GIVE_CHUNK, &done,
				&cents, error);
		if (done > 0)
			report_arm(cycle, "gifts", arm, done, cents);
	}
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

/* What became of one arm's messages. */
struct drafted {
	json_int_t done, cents, unfit;   /* unfit: a word of the template had no value, or one that may not be shown */
};

static bool draft_chunk(struct cycle *cycle, const struct policy_arm *arm, json_t *items, struct drafted *drafted,
	struct error *error)
{
	const struct policy_template *template = &cycle->policy->templates[arm->template_index];
	json_t *answer, *args = json_pack("{s:s, s:I, s:s, s:O, s:s, s:s, s:s, s:s, s:s, s:O, s:I, s:I, s:O}", "run",
		cycle->run, "fence", cycle->fence, "policy", cycle->policy->name, "policy_version",
		json_object_get(cycle->opened, "version"), "arm", arm->name, "channel", "email", "audience",
		cycle->policy->name, "subject", template->subject, "body", template->body, "brand",
		json_object_get(cycle->opened, "brand"), "expires_hours", (json_int_t)cycle->policy->contact.draft_expiry_hours,
		"cool_down_days", (json_int_t)cycle->policy->contact.cool_down_days, "items", items);

	if (arm->kind == POLICY_POINTS)
		json_object_set_new(args, "points", json_sprintf("%lld", (long long)arm->points));
	if (!cycle_call(cycle, "draft_chunk", args, &answer, error))
		return error_wrap(error, "drafting %s", arm->name);
	drafted->done += json_integer_value(json_object_get(answer, "drafts"));
	drafted->cents += json_integer_value(json_object_get(answer, "value_cents"));
	drafted->unfit += (json_int_t)json_array_size(json_object_get(answer, "skipped"));
	json_object_set(cycle->report, "budget_left_cents", json_object_get(answer, "budget_left_cents"));
	return true;
}

bool cycle_draft(struct cycle *cycle, struct error *error)
{
	uint32_t *places = arena_alloc(cycle->arena, (cycle->result->chosen_count + 1) * sizeof *places);
	bool good = true;

	for (size_t a = 0; good && a < cycle->policy->arm_count; a++) {
		const struct policy_arm *arm = &cycle->policy->arms[a];
		size_t count = places_of(cycle, a, places);
		struct drafted drafted = { 0, 0, 0 };

		for (size_t from = 0; good && from < count;) {
			json_t *items = arena_json(cycle->arena, json_array());

			for (; from < count && json_array_size(items) < DRAFT_CHUNK; from++)
				if (cycle->given[places[from]])
					json_array_append_new(items, draft_item(cycle, places[from]));
			if (json_array_size(items) > 0)
				good = draft_chunk(cycle, arm, items, &drafted, error);
		}
		if (drafted.done > 0)
			report_arm(cycle, "drafts", arm, drafted.done, drafted.cents);
		if (drafted.unfit > 0)
			report_arm(cycle, "not_drafted", arm, drafted.unfit, 0);
	}
	return good;
}
