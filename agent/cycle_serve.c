/* Step 5 of a cycle: gifts and drafts in chunks, each its own transaction. */
#include <stdlib.h>
#include <string.h>

#include "cycle_steps.h"

enum { CHUNK = 2000 };

/* Some of one arm's members, by their places in `chosen`, and what became of them. */
struct chunk {
	const struct policy_arm *arm;
	const uint32_t *places;
	size_t count;
	json_int_t gifts, gift_cents, drafts, draft_cents;
	json_int_t unfit;          /* no message, for a word had no value or one that may not be shown */
};

static const struct decision *chosen_at(const struct cycle *cycle, size_t place)
{
	return &cycle->result->decisions[cycle->result->chosen[place]];
}

static const struct policy_arm *arm_at(const struct cycle *cycle, size_t place)
{
	return &cycle->policy->arms[chosen_at(cycle, place)->arm];
}

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

/* The places (in `chosen`) of one arm's members who were not served yet, by member: neighbours lie together in every
 * table that a chunk touches, and two chunks lock nothing in common. */
static size_t places_of(const struct cycle *cycle, const struct policy_arm *arm, struct placed *sorted,
	uint32_t *places)
{
	size_t count = 0;

	for (size_t place = 0; place < cycle->result->chosen_count; place++)
		if (arm_at(cycle, place) == arm && !cycle->served[place])
			sorted[count++] = (struct placed){ chosen_at(cycle, place)->member_id, (uint32_t)place };
	qsort(sorted, count, sizeof *sorted, compare_placed);
	for (size_t i = 0; i < count; i++)
		places[i] = sorted[i].place;
	return count;
}

/* Cuts every arm's members into chunks. */
static struct chunk *cut_chunks(struct cycle *cycle, size_t *count)
{
	size_t arms = cycle->policy->arm_count, chosen = cycle->result->chosen_count;
	struct chunk *chunks = arena_alloc(cycle->arena, (chosen / CHUNK + arms + 1) * sizeof *chunks);
	uint32_t *places = arena_alloc(cycle->arena, (chosen + 1) * sizeof *places);
	struct placed *sorted = arena_alloc(cycle->arena, (chosen + 1) * sizeof *sorted);

	*count = 0;
	for (size_t a = 0; a < arms; a++) {
		size_t size = places_of(cycle, &cycle->policy->arms[a], sorted, places);

		for (size_t from = 0; from < size; from += CHUNK)
			chunks[(*count)++] = (struct chunk){ .arm = &cycle->policy->arms[a], .places = places + from,
				.count = size - from < CHUNK ? size - from : CHUNK };
		places += size;
	}
	return chunks;
}

static int compare_members(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* What was done for an arm, and what it is worth. */
struct done {
	json_int_t members, cents;
};

/* Adds up an earlier daemon's gifts or drafts of this run, arm by arm, and marks their members as served. */
static struct done *count_own(struct cycle *cycle, const char *list)
{
	const json_t *own = json_object_get(json_object_get(cycle->opened, "own"), list);
	size_t count = json_array_size(own);
	int64_t *members = arena_alloc(cycle->arena, (count + 1) * sizeof *members);
	struct done *done = arena_alloc(cycle->arena, (cycle->policy->arm_count + 1) * sizeof *done);

	for (size_t i = 0; i < count; i++)
		members[i] = json_integer_value(json_array_get(json_array_get(own, i), 0));
	for (size_t place = 0; count > 0 && place < cycle->result->chosen_count; place++) {
		const struct decision *decision = chosen_at(cycle, place);
		const int64_t *found = bsearch(&decision->member_id, members, count, sizeof *members, compare_members);

		if (found == NULL)
			continue;
		cycle->served[place] = 1;
		done[decision->arm].members++;
		done[decision->arm].cents +=
			json_integer_value(json_array_get(json_array_get(own, (size_t)(found - members)), 1));
	}
	return done;
}

/* Names a coupon for each member of the arms that give one of `pool`; who gets none, for the pool has no more, is
 * passed over. */
static bool name_coupons(struct cycle *cycle, const char *pool, struct error *error)
{
	size_t chosen = cycle->result->chosen_count, wanted = 0, named = 0;
	json_t *answer;

	for (size_t place = 0; place < chosen; place++)
		wanted += !cycle->served[place] && arm_at(cycle, place)->kind == POLICY_COUPON &&
			strcmp(arm_at(cycle, place)->pool, pool) == 0;
	if (wanted == 0)
		return true;
	if (!cycle_call(cycle, "list_free_coupons", json_pack("{s:s, s:I}", "pool", pool, "limit", (json_int_t)wanted),
			&answer, error))
		return error_wrap(error, "reading the free coupons of %s", pool);
	const json_t *codes = json_object_get(answer, "codes");

	for (size_t place = 0; place < chosen; place++)
		if (!cycle->served[place] && arm_at(cycle, place)->kind == POLICY_COUPON &&
		    strcmp(arm_at(cycle, place)->pool, pool) == 0)
			cycle->codes[place] = json_string_value(json_array_get(codes, named++));
	return true;
}

/* Notes what is left after a chunk; chunks may end in another order than they began. */
static void note_left(struct cycle *cycle, const json_t *answer)
{
	json_t *left = json_object_get(answer, "budget_left_cents"), *known;

	known = json_object_get(cycle->report, "budget_left_cents");
	if (left != NULL && (known == NULL || json_integer_value(left) < json_integer_value(known)))
		json_object_set_new(cycle->report, "budget_left_cents", json_integer(json_integer_value(left)));
}

static json_t *chunk_args(const struct cycle *cycle, const struct policy_arm *arm)
{
	static const char *const kinds[] = { [POLICY_POINTS] = "points", [POLICY_COUPON] = "coupon",
		[POLICY_MESSAGE] = "message" };
	const struct policy_template *template = &cycle->policy->templates[arm->template_index];
	json_t *args = json_pack("{s:s, s:I, s:s, s:s, s:s, s:O, s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "kind",
		kinds[arm->kind], "fence", cycle->fence, "run", cycle->run, "arm", arm->name, "policy", cycle->policy->name,
		"policy_version", json_object_get(cycle->opened, "version"), "channel", "email", "audience",
		cycle->policy->name, "subject", template->subject, "body", template->body, "brand",
		json_string_value(json_object_get(cycle->opened, "brand")), "expires_hours",
		(json_int_t)cycle->policy->contact.draft_expiry_hours, "cool_down_days",
		(json_int_t)cycle->policy->contact.cool_down_days);

	if (arm->kind == POLICY_POINTS)
		json_object_set_new(args, "points", json_integer(arm->points));
	else if (arm->kind == POLICY_COUPON)
		json_object_set_new(args, "pool", json_string(arm->pool));
	return args;
}

static bool serve_chunk(struct cycle *cycle, size_t index, struct arena *arena, struct error *error)
{
	struct chunk *chunk = &cycle->chunks[index];
	int64_t *members = arena_alloc(arena, chunk->count * sizeof *members);
	int64_t *days = arena_alloc(arena, chunk->count * sizeof *days);
	const char **tiers = arena_alloc(arena, chunk->count * sizeof *tiers);
	const char **codes = arena_alloc(arena, chunk->count * sizeof *codes);
	struct bulk_bytes *names = arena_alloc(arena, chunk->count * sizeof *names);
	json_t *answer;

	for (size_t i = 0; i < chunk->count; i++) {
		uint32_t place = chunk->places[i], who = cycle->result->chosen[place];
		const struct candidate *candidate = &cycle->input.candidates[who];

		members[i] = candidate->member_id;
		days[i] = candidate->days_since_last;
		tiers[i] = cycle->policy->audience.tiers[candidate->tier];
		codes[i] = cycle->codes[place];
		names[i] = cycle->names[who];
	}
	const struct bulk each[] = { { BULK_INTEGERS, chunk->count, members }, { BULK_WORDS, chunk->count, tiers },
		{ BULK_INTEGERS, chunk->count, days }, { BULK_WORDS, chunk->count, codes },
		{ BULK_BYTES, chunk->count, names } };
	struct bulks columns = { each, sizeof each / sizeof *each };

	pthread_mutex_lock(&cycle->lock);   /* values of `opened` are counted up and down */
	json_t *args = chunk_args(cycle, chunk->arm);

	pthread_mutex_unlock(&cycle->lock);
	if (!cycle_call_columns(cycle, arena, "serve_chunk", args, &columns, &answer, error))
		return error_wrap(error, "serving %s", chunk->arm->name);
	pthread_mutex_lock(&cycle->lock);
	note_left(cycle, answer);
	pthread_mutex_unlock(&cycle->lock);
	chunk->gifts = json_integer_value(json_object_get(answer, "gifts"));
	chunk->gift_cents = json_integer_value(json_object_get(answer, "gift_cents"));
	chunk->drafts = json_integer_value(json_object_get(answer, "drafts"));
	chunk->draft_cents = json_integer_value(json_object_get(answer, "draft_cents"));
	chunk->unfit = (json_int_t)json_array_size(json_object_get(answer, "skipped"));
	return true;
}

/* Adds a line to the report's list, whatever became of the step: what was committed was committed. */
static void report_arm(struct cycle *cycle, const char *list, const struct policy_arm *arm, json_int_t done,
	json_int_t cents)
{
	json_t *lines = json_object_get(cycle->report, list);

	if (done == 0)
		return;
	if (lines == NULL) {
		lines = json_array();
		json_object_set_new(cycle->report, list, lines);
	}
	json_array_append_new(lines, json_pack("{s:s, s:s, s:s, s:I, s:I}", "arm", arm->name, "tier", arm->tier, "why",
		arm->why, "members", done, "value_cents", cents));
}

/* Adds up the chunks of each arm, on top of what an earlier daemon did for this run. */
static void report_chunks(struct cycle *cycle, size_t count, const struct done *gifts, const struct done *drafts)
{
	for (size_t a = 0; a < cycle->policy->arm_count; a++) {
		const struct policy_arm *arm = &cycle->policy->arms[a];
		struct chunk sum = { .gifts = gifts[a].members, .gift_cents = gifts[a].cents, .drafts = drafts[a].members,
			.draft_cents = drafts[a].cents };

		for (size_t i = 0; i < count; i++)
			if (cycle->chunks[i].arm == arm) {
				sum.gifts += cycle->chunks[i].gifts;
				sum.gift_cents += cycle->chunks[i].gift_cents;
				sum.drafts += cycle->chunks[i].drafts;
				sum.draft_cents += cycle->chunks[i].draft_cents;
				sum.unfit += cycle->chunks[i].unfit;
			}
		report_arm(cycle, "gifts", arm, sum.gifts, sum.gift_cents);
		report_arm(cycle, "drafts", arm, sum.drafts, sum.draft_cents);
		report_arm(cycle, "not_drafted", arm, sum.unfit, 0);
	}
}

bool cycle_serve(struct cycle *cycle, struct error *error)
{
	size_t chosen = cycle->result->chosen_count, count;

	cycle->served = arena_alloc(cycle->arena, chosen + 1);
	cycle->codes = arena_alloc(cycle->arena, (chosen + 1) * sizeof *cycle->codes);
	const struct done *gifts = count_own(cycle, "gifts"), *drafts = count_own(cycle, "drafts");

	for (size_t i = 0; i < cycle->policy->pool_count; i++)
		if (!name_coupons(cycle, cycle->policy->pools[i], error))
			return false;
	cycle->chunks = cut_chunks(cycle, &count);
	bool good = cycle_each(cycle, count, serve_chunk, error);

	report_chunks(cycle, count, gifts, drafts);
	return good;
}
