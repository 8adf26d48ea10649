#include <string.h>

#include "mcp/metrics/limits.h"
#include "mcp/metrics/receipt.h"
#include "mcp/tool.h"

/* The scorecard, in the order of its rows. What the agent does has the month so far unless a window is asked for:
 * on its first day the whole days before would be empty. */
static const struct {
	const char *metric;
	const char *window;   /* NULL: last_7d */
} scorecard[] = {
	{ "gmv", NULL }, { "net_gmv", NULL }, { "orders", NULL }, { "aov", NULL }, { "member_gmv_share", NULL },
	{ "repeat_rate", NULL }, { "active_members", NULL }, { "new_members", NULL }, { "total_members", NULL },
	{ "opt_outs", NULL }, { "points_issued", NULL }, { "points_redeemed", NULL }, { "points_liability", NULL },
	{ "coupons_issued", NULL }, { "coupons_redeemed", NULL }, { "pool_remaining", NULL },
	{ "at_risk_members", NULL }, { "drafts_created", "this_month" }, { "agent_spend", "this_month" },
	{ "budget_left", NULL },
};

enum { SCORECARD_ROWS = sizeof scorecard / sizeof scorecard[0] };

/* What is being put together, and what its one receipt will say. */
struct card {
	json_t *rows, *values, *numbers;   /* the last two by metric: the value, and the value with its change */
	struct text definitions;           /* "metric hash" a line */
	const char *certified_by, *as_of, *today;
	bool certified;
	long long version, source_rows;
	int64_t asked_us;
};

/* The arguments of one row's question: the window and the comparison where the metric has a history. */
static json_t *args_of(struct call *call, size_t row)
{
	const struct catalogue *catalogue = catalogue_shipped(&call->error);
	const struct metric *metric = catalogue_find(catalogue, scorecard[row].metric);
	const char *window = call_text(call, "window") != NULL ? call_text(call, "window")
		: scorecard[row].window != NULL ? scorecard[row].window : "last_7d";
	json_t *args = arena_json(call->arena, json_pack("{s:s}", "metric", metric->name));

	if (metric->source->time[0] == '\0')
		return args;
	json_object_set_new(args, "window", json_string(window));
	json_object_set_new(args, "compare", json_pack("[s]", "previous_period"));
	if (call_text(call, "as_of") != NULL)
		json_object_set_new(args, "as_of", json_string(call_text(call, "as_of")));
	return args;
}

static void copy_fields(json_t *into, const json_t *from, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (json_object_get(from, names[i]) != NULL)
			json_object_set(into, names[i], json_object_get(from, names[i]));
}

/* The row of an answer: the figure, its window in short, and the change. */
static json_t *row_of(const json_t *answer)
{
	static const char *const kept[] = { "metric", "title", "unit", "value", "withheld", "text", "as_of", "certified",
		"definition" };
	static const char *const dated[] = { "name", "first_day", "last_day" };
	static const char *const changed[] = { "change", "change_pct" };
	json_t *row = json_object(), *window = json_object();

	copy_fields(row, answer, kept, sizeof kept / sizeof kept[0]);
	copy_fields(window, json_object_get(answer, "window"), dated, sizeof dated / sizeof dated[0]);
	json_object_set_new(row, "window", window);
	if (json_object_get(answer, "withheld_count") != NULL)
		json_object_set(row, "note", json_object_get(answer, "note"));
	copy_fields(row, json_array_get(json_object_get(answer, "comparisons"), 0), changed,
		sizeof changed / sizeof changed[0]);
	return row;
}

/* Of all the numbers: who vouches for them if that is one, and the oldest of the moments until which they are known. */
static void note_row(struct card *card, const struct question *question, const json_t *row)
{
	const struct bounds *bounds = &question->bounds;
	const char *by = bounds->standing.by, *name = question->metric->name;

	json_object_set(card->values, name, json_object_get(row, "value"));
	json_object_set_new(card->numbers, name, json_pack("[O, O*]", json_object_get(row, "value"),
		json_object_get(row, "change")));
	text_format(&card->definitions, "%s %s\n", name, question->metric->definition);
	if (bounds->standing.state != METRIC_CERTIFIED)
		card->certified = false;
	else
		card->certified_by = card->certified_by == NULL || strcmp(card->certified_by, by) == 0 ? by : "several";
	if (card->as_of == NULL || strcmp(bounds->covered_until, card->as_of) < 0)
		card->as_of = bounds->covered_until;
	card->today = bounds->today;
	card->source_rows += question->source_rows;
	card->asked_us = bounds->now_us;
}

/* One row; a metric without data, stale or suspended, says so and does not blank the others. `version` is that of the
 * row's data. */
static bool add_row(struct call *call, size_t at, struct card *card, long long *version)
{
	struct question question = { .metric = NULL };
	struct error error;
	json_t *answer = question_answer(call->db, call->caller.tenant, args_of(call, at), call->arena, &question, &error);

	*version = question.bounds.data_version;
	if (answer != NULL) {
		json_t *row = row_of(answer);

		call->withheld += (int)json_integer_value(json_object_get(answer, "withheld_count"));
		note_row(card, &question, row);
		return json_array_append_new(card->rows, row) == 0;
	}
	call->error = error;
	bool limited = error.code == ERROR_SCOPE;   /* no number for this key */

	if (error.code != ERROR_NO_DATA && error.code != ERROR_STALE && !limited)
		return false;
	call->error.code = ERROR_NONE;
	json_array_append_new(card->rows, json_pack("{s:s, s:s, s:n, s:s}", "metric", scorecard[at].metric, "title",
		question.metric->title, "value", error.code == ERROR_STALE ? "stale" : limited ? "limited" : "no_data",
		error.text));
	return true;
}

static struct card card_open(struct arena *arena)
{
	return (struct card){ .rows = arena_json(arena, json_array()), .values = arena_json(arena, json_object()),
		.numbers = arena_json(arena, json_object()), .definitions = text_open(arena, 8192), .certified = true };
}

/* All rows of one data version; `moved` when data came in meanwhile. */
static bool add_rows(struct call *call, struct card *card, bool *moved)
{
	long long one;

	*moved = false;
	call->withheld = 0;
	*card = card_open(call->arena);
	for (size_t i = 0; i < SCORECARD_ROWS; i++) {
		if (!add_row(call, i, card, &one))
			return false;
		*moved = *moved || (i > 0 && one != card->version);
		card->version = one;
	}
	return true;
}

/* One for all its numbers: twenty would be most of the answer. Without any number there is none. */
static bool sign(struct call *call, const struct card *card, json_t *limits, json_t **receipt)
{
	const char *window = call_text(call, "window"), *as_of = call_text(call, "as_of");
	json_t *query = arena_json(call->arena, json_pack("{s:s*, s:s}", "window", window, "as_of",
		as_of == NULL ? card->today : as_of));
	const struct receipt_facts facts = { .tool = "get_dashboard_stats", .metric = "scorecard",
		.definition = seal_hash(card->definitions.bytes, card->definitions.size, call->arena) + 2,
		.certified_by = card->certified ? card->certified_by : NULL, .query = query, .limited_to = limits,
		.as_of = card->as_of, .data_version = card->version, .rows = card->source_rows, .value = card->values,
		.numbers = card->numbers, .asked_us = card->asked_us };

	*receipt = receipt_make(call->seal, call->caller.tenant, &facts, call->arena, &call->error);
	return *receipt != NULL;
}

bool run_get_dashboard_stats(struct call *call)
{
	json_t *receipt = NULL, *limits = limits_read(call->caller.limits, call->arena);
	struct card card;
	bool moved = true;

	if (catalogue_shipped(&call->error) == NULL)
		return false;
	for (int tries = 0; tries < 3 && moved; tries++)
		if (!add_rows(call, &card, &moved))
			return false;
	if (moved)
		return call_refuse(call, ERROR_BUSY, "Data was coming in while the scorecard was made, so its "
			"numbers would not belong together. Try again.");
	call->row_count = SCORECARD_ROWS;
	if (json_object_size(card.values) > 0 && !sign(call, &card, limits, &receipt))
		return false;
	return call_answer(call, json_pack("{s:O, s:I, s:O*, s:O*}", "stats", card.rows, "data_version",
		(json_int_t)card.version, "limited_to", limits, "receipt", receipt));
}
