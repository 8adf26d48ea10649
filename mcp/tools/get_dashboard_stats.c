#include "mcp/metrics/question.h"
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

/* One row; a metric without data, or withheld,
	says so and does not blank the others. `version` is that of the row's data. */
static bool add_row(struct call *call, size_t at, json_t *rows, long long *version)
{
	struct question question = { .metric = NULL };
	struct error error;
	json_t *answer = question_answer(call->db, call->caller.tenant, args_of(call, at), call->arena, &question, &error);

	*version = question.bounds.data_version;
	if (answer != NULL) {
		call->withheld += (int)json_integer_value(json_object_get(answer, "withheld_count"));
		return json_array_append_new(rows, row_of(answer)) == 0;
	}
	call->error = error;
	bool limited = error.code == ERROR_SCOPE;   /* no number for this key */

	if (error.code != ERROR_NO_DATA && error.code != ERROR_STALE && !limited)
		return false;
	call->error.code = ERROR_NONE;
	json_array_append_new(rows, json_pack("{s:s, s:s, s:n, s:s}", "metric", scorecard[at].metric, "title",
		question.metric->title, "value", error.code == ERROR_STALE ? "withheld" : limited ? "limited" : "no_data",
		error.text));
	return true;
}

/* All rows of one data version; `moved` when data came in meanwhile. */
static bool add_rows(struct call *call, json_t *rows, long long *version, bool *moved)
{
	long long one;

	*moved = false;
	call->withheld = 0;
	json_array_clear(rows);
	for (size_t i = 0; i < SCORECARD_ROWS; i++) {
		if (!add_row(call, i, rows, &one))
			return false;
		*moved = *moved || (i > 0 && one != *version);
		*version = one;
	}
	return true;
}

bool run_get_dashboard_stats(struct call *call)
{
	json_t *rows = arena_json(call->arena, json_array());
	bool moved = true;
	long long version;

	if (catalogue_shipped(&call->error) == NULL)
		return false;
	for (int tries = 0; tries < 3 && moved; tries++)
		if (!add_rows(call, rows, &version, &moved))
			return false;
	if (moved)
		return call_refuse(call, ERROR_BUSY, "Data was coming in while the scorecard was made, so its "
			"numbers would not belong together. Try again.");
	call->row_count = SCORECARD_ROWS;
	return call_answer(call, json_pack("{s:O, s:I, s:o*}", "stats", rows, "data_version", (json_int_t)version,
		"limited_to", call->caller.limits[0] == '\0' ? NULL : json_loads(call->caller.limits, 0, NULL)));
}
