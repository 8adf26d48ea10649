/* Opens a receipt, asks its question again over today's data and compares the two. */
#include <string.h>

#include "mcp/metrics/limits.h"
#include "mcp/metrics/receipt.h"
#include "mcp/tool.h"

struct verifying {
	struct call *call;
	json_t *then, *now;       /* what the two receipts say; `now` NULL: refused today */
	json_t *receipt;          /* the new one */
	json_t *why;
};

static const char *text_of(const json_t *body, const char *field)
{
	return json_string_value(json_object_get(body, field));
}

static void add_why(struct verifying *verifying, const char *sentence)
{
	json_array_append_new(verifying->why, json_string(sentence));
}

static json_t *question_again(struct call *call, json_t *query)
{
	struct question question = { .metric = NULL };
	json_t *answer = question_answer(call->db, call->caller.tenant, query, call->arena, &question, &call->error);

	return answer != NULL && receipt_give(call->seal, call->caller.tenant, &question, query, answer, call->arena,
		&call->error) ? answer : NULL;
}

static json_t *tool_again(struct call *call, const char *tool, json_t *query)
{
	struct call again = *call;
	const char *limits = db_limits(call->db);
	bool scorecard = strcmp(tool, "get_dashboard_stats") == 0;

	again.args = query;
	snprintf(again.caller.limits, sizeof again.caller.limits, "%s", limits == NULL ? "" : limits);
	bool good = scorecard ? run_get_dashboard_stats(&again) : run_explain_change(&again);

	call->error = again.error;
	return good ? again.result : NULL;
}

/* The answer of the tool that gave the receipt, to a key with the limits of the one that it was given to, or else with
 * the caller's; NULL with the call's error. */
static json_t *ask_again(struct call *call, const json_t *body)
{
	const char *tool = text_of(body, "tool"), *limits = db_limits(call->db);
	json_t *query = json_object_get(body, "query"), *given = json_object_get(body, "limited_to");

	if (given != NULL)
		db_limit(call->db, arena_dump(call->arena, given));
	json_t *answer = tool == NULL ? question_again(call, query) : tool_again(call, tool, query);

	db_limit(call->db, limits);
	return answer;
}

/* False when it cannot be told; what is refused today has an answer: that. */
static bool reopen(struct verifying *verifying)
{
	struct call *call = verifying->call;
	const json_t *answer = ask_again(call, verifying->then);

	if (answer != NULL) {
		verifying->receipt = json_object_get(answer, "receipt");
		verifying->now = verifying->receipt == NULL ? NULL : receipt_open(call->seal, call->caller.tenant,
			text_of(verifying->receipt, "token"), call->arena, &call->error);
		return verifying->receipt == NULL || verifying->now != NULL;
	}
	if (error_class(call->error.code) != ERROR_CLASS_REFUSED)
		return false;
	add_why(verifying, arena_format(call->arena, "It is refused today. %s", call->error.text));
	call->error.code = ERROR_NONE;
	return true;
}

static bool differ(const struct verifying *verifying, const char *field)
{
	const json_t *then = json_object_get(verifying->then, field), *now = json_object_get(verifying->now, field);

	return then != now && !json_equal(then, now);   /* of two that lack it both are NULL */
}

static long long number_of(const json_t *body, const char *field)
{
	return json_integer_value(json_object_get(body, field));
}

/* What is known of the reasons, the likeliest first. */
static void find_why(struct verifying *verifying)
{
	const json_t *then = verifying->then, *now = verifying->now;
	struct arena *arena = verifying->call->arena;

	if (now == NULL)
		return;
	if (differ(verifying, "definition"))
		add_why(verifying, arena_format(arena, "The definition of %s changed: %.12s then, %.12s now.",
			text_of(then, "metric"), text_of(then, "definition"), text_of(now, "definition")));
	if (differ(verifying, "data_version"))
		add_why(verifying, arena_format(arena, "Data came in, or a metric's standing changed: data version %lld then, "
			"%lld now.", number_of(then, "data_version"), number_of(now, "data_version")));
	if (differ(verifying, "from") || differ(verifying, "to"))
		add_why(verifying, "The same days begin or end at other moments: the tenant's zone or calendar changed.");
	if (json_array_size(verifying->why) == 0)
		add_why(verifying, "No data came in: it counts what is so now or what the agent did, which moves by itself.");
}

/* "3 of 20: gmv, orders, aov" of receipts with several values; NULL when no value differs. */
static const char *differing(const struct verifying *verifying)
{
	json_t *then = json_object_get(verifying->then, "value"), *now = json_object_get(verifying->now, "value"), *value;
	struct text names = text_open(verifying->call->arena, 600);
	const char *name;
	size_t count = 0;

	json_object_foreach(then, name, value)
		if (!json_equal(value, json_object_get(now, name)))
			text_format(&names, "%s%s", count++ == 0 ? "" : ", ", name);
	return count == 0 ? NULL : arena_format(verifying->call->arena, "%zu of %zu: %s", count, json_object_size(then),
		names.bytes);
}

static const char *shown(const struct verifying *verifying, const json_t *body)
{
	return arena_dump(verifying->call->arena, json_object_get(body, "value"));
}

static const char *sentence_of(const struct verifying *verifying, bool same)
{
	const json_t *then = verifying->then;
	struct arena *arena = verifying->call->arena;
	const char *metric = text_of(then, "metric"), *asked = text_of(then, "asked_at");
	bool several = json_is_object(json_object_get(then, "value"));

	if (same)
		return arena_format(arena, "Same: %s is what it was when it was asked, at %s (data version %lld then, %lld "
			"now).", metric, asked, number_of(then, "data_version"), number_of(verifying->now, "data_version"));
	if (verifying->now == NULL)
		return arena_format(arena, "Changed since: at %s %s was %s; today there is no such number.", asked, metric,
			shown(verifying, then));
	if (!differ(verifying, "value") && !differ(verifying, "numbers"))
		return arena_format(arena, "Changed since: the definition of %s did; its numbers are the same.", metric);
	if (!differ(verifying, "value"))
		return arena_format(arena, "Changed since: the total of %s is the same, others of the answer's numbers (rows, "
			"comparisons) are not.", metric);
	return several ? arena_format(arena, "Changed since %s, %s: %s.", asked, metric, differing(verifying))
		: arena_format(arena, "Changed since: at %s %s was %s, and is %s now.", asked, metric, shown(verifying, then),
			shown(verifying, verifying->now));
}

/* A body as it is shown: its id first, without what only the machine needs. */
static json_t *view_of(const struct verifying *verifying, const json_t *body)
{
	static const char *const shown_fields[] = { "tool", "metric", "value", "from", "to", "as_of", "data_version",
		"definition", "certified_by", "rows", "asked_at", "query", "query_hash" };

	if (body == NULL)
		return json_null();
	json_t *view = json_pack("{s:s}", "id", receipt_id(body, verifying->call->arena));

	for (size_t i = 0; i < sizeof shown_fields / sizeof shown_fields[0]; i++)
		if (json_object_get(body, shown_fields[i]) != NULL)
			json_object_set(view, shown_fields[i], json_object_get(body, shown_fields[i]));
	return view;
}

/* An explanation to a limited key leaves out what is counted of the whole house, so that only the values compare with
 * one to a key without limits. */
static bool is_same(const struct verifying *verifying)
{
	return verifying->now != NULL && !differ(verifying, "value") && !differ(verifying, "definition") &&
		(!differ(verifying, "numbers") || differ(verifying, "limited_to"));
}

bool run_verify_number(struct call *call)
{
	struct verifying verifying = { .call = call, .why = arena_json(call->arena, json_array()) };
	struct error error;

	verifying.then = receipt_open(call->seal, call->caller.tenant, call_text(call, "receipt"), call->arena, &error);
	if (verifying.then == NULL)
		return call_answer(call, json_pack("{s:s, s:s}", "status", "forged", "text", error.text));
	if (!receipt_within(verifying.then, limits_read(call->caller.limits, call->arena)))
		return call_answer(call, json_pack("{s:s, s:s}", "status", "forged", "text", receipt_not_ours));
	if (!reopen(&verifying))
		return false;
	bool same = is_same(&verifying);

	if (!same)
		find_why(&verifying);
	json_t *answer = json_pack("{s:s, s:s, s:o, s:o}", "status", same ? "same" : "changed", "text",
		sentence_of(&verifying, same), "then", view_of(&verifying, verifying.then), "now",
		view_of(&verifying, verifying.now));

	if (!same)
		json_object_set(answer, "why", verifying.why);
	if (verifying.receipt != NULL)
		json_object_set(answer, "receipt", verifying.receipt);
	call->row_count = 1;
	return call_answer(call, answer);
}
