/* No answer costs more than 32 kB as it is sent: every tool, with the largest answers that this world can give. What is
 * long pages or leaves out its last rows; what cannot is refused with what to ask for instead. */
#include "tests/unit/check.h"
#include "world.h"

#include "mcp/base/cost.h"

static size_t largest;
static bool asked[64];   /* by place in tools.def */

/* Names of 80 bytes that are dear to write, in every list. */
static void fill(void)
{
	world_do("set flash.tenant = '1'; "
		"insert into data.stores (tenant, store, name, region) select 1, 'large' || i, repeat('\"Sto\\re', 11) || i, "
		"repeat('\"', 40) || i from generate_series(1, 220) i; "
		"insert into data.pools (tenant, pool, name, value_cents, cost_cents, valid_days, state) select 1, 'pool' "
		"|| i, "
		"repeat('\"\\', 40), 100, 60, 30, 'open' from generate_series(1, 150) i; "
		"insert into data.coupons (tenant, code, pool, state) select 1, 'L' || i, 'pool' || i, 'available' from "
		"generate_series(1, 150) i; "
		"insert into data.members (tenant, member, external, tier, source, home_store, enrolled_at) select 1, "
		"1000 + i, "
		"'y' || i, 'gold', 'web', 'large' || 1 + i %% 220, now() - interval '200 days' from generate_series(1, 150) i; "
		"insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents) select 1, "
		"'l' || i, "
		"1001 + i %% 150, 'large' || 1 + i %% 220, 'web', now() - i * interval '40 minutes', 100000000 + i from "
		"generate_series(1, 9000) i");
	world_do("set flash.tenant = '1'; "
		"insert into data.runs (tenant, run, policy, version, key, fence, as_of, dry_run, state, budget_cents, "
		"started_at, "
		"ended_at, daemon, summary) select 1, app.new_id(), 'winback_slipping', 1, '1kagent00000', 1, now(), "
		"false, 'done', "
		"100, now() - i * interval '1 hour', now(), 'd', jsonb_build_object('why', repeat('\"', 1900)) from "
		"generate_series(1, 60) i; "
		"insert into data.actions (tenant, action, key, idem, tool, member, value_cents, budget_starts_at, "
		"detail, state, "
		"created_at) select 1, app.new_id(), '1koperator00', 'large' || i, 'earn_points', 1001 + i, 1, '-infinity', "
		"jsonb_build_object('reason', repeat('\"', 200)), 'done', now() from generate_series(1, 120) i; "
		"update data.tenants set data_version = data_version + 1 where tenant = 1");
}

static void check_cost(struct arena *arena, const char *tool, const char *args)
{
	struct outcome outcome = world_say(arena, "1koperator00", tool, args);

	CHECK_TEXT(outcome.error.text, "");
	for (size_t i = 0; tool_at(i) != NULL; i++)
		asked[i] = asked[i] || strcmp(tool_at(i)->name, tool) == 0;
	/* As the door sends it, counted another way than the corridor does. */
	const char *dump = cost_dump(arena, outcome.result);
	size_t cost = strlen(dump) + strlen(cost_dump(arena, arena_json(arena, json_string(dump)))) + 400;

	printf("# %s %.90s: %zu bytes\n", tool, args, cost);
	if (cost > largest)
		largest = cost;
	CHECK(cost <= COST_MOST);
}

static void the_largest_answers(void)
{
	static const char *const calls[][2] = {
		{ "whoami", "{}" }, { "list_metrics", "{'limit': 50}" },
		{ "query_metric", "{'metric': 'gmv', 'by': ['store', 'channel', 'tier'], 'window': 'last_365d', 'limit': 200, "
			"'compare': ['previous_period', 'same_period_last_year', 'same_elapsed_part', 'whole_previous_period']}" },
		{ "query_metric", "{'metric': 'aov', 'by': ['day'], 'window': 'last_180d'}" },
		{ "query_metric", "{'metric': 'gmv', 'by': ['store', 'day'], 'window': 'last_90d', 'limit': 200}" },
		{ "query_metric", "{'metric': 'pool_remaining', 'by': ['coupon_pool'], 'limit': 200}" },
		{ "explain_change", "{'metric': 'gmv', 'window': 'last_90d'}" },
		{ "explain_change", "{'metric': 'aov', 'window': 'last_28d'}" },
		{ "ask", "{'question': 'GMV last 90 days by store, top 200'}" },
		{ "ask", "{'question': 'List the metrics I can query.'}" },
		{ "get_dashboard_stats", "{'window': 'last_90d'}" },
		{ "list_members", "{'limit': 100}" }, { "list_members", "{'limit': 100, 'slipping': true}" },
		{ "get_member", "{'member': 1, 'include': ['coupons', 'consents', 'risk', 'timeline']}" },
		{ "get_member", "{'member': 1001, 'include': ['coupons', 'consents', 'risk', 'timeline']}" },
		{ "list_stores", "{'limit': 100}" }, { "list_coupon_pools", "{'limit': 100}" },
		{ "list_drafts", "{'state': 'any', 'text': true, 'limit': 100}" }, { "list_actions", "{'limit': 100}" },
		{ "list_runs", "{'limit': 100}" }, { "undo_action", "{'from': '2020-01-01T00:00:00Z', 'to': "
			"'2100-01-01T00:00:00Z'}" },
		{ "stop_agent", "{'reason': 'a test of how much is said', 'key': '1kspare00000'}" },
	};
	struct arena *arena = arena_new();
	char body[4001];

	memset(body, 'y', sizeof body - 1);
	body[sizeof body - 1] = '\0';
	check_cost(arena, "draft_outreach", arena_format(arena, "{'member': 2, 'channel': 'email', 'subject': 'Long', "
		"'body': "
		"'%s', 'idempotency_key': 'long-draft'}", body));
	check_cost(arena, "earn_points", "{'member': 1, 'points': 1, 'reason': 'x', 'idempotency_key': 'cost-1'}");
	check_cost(arena, "issue_coupon", "{'member': 1, 'pool': 'tea10', 'idempotency_key': 'cost-2'}");
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		check_cost(arena, calls[i][0], calls[i][1]);
	/* A receipt of the largest sort, verified. */
	check_cost(arena, "verify_number", arena_format(arena, "{'receipt': '%s'}", world_text(world_say(arena,
		"1koperator00",
		"get_dashboard_stats", "{}").result, "receipt/token")));
	printf("# the largest costs %zu of %d bytes\n", largest, (int)COST_MOST);
	CHECK(largest > COST_MOST / 2);   /* or this world is too small to tell */
	for (size_t i = 0; tool_at(i) != NULL; i++)
		if (world_is_public(tool_at(i)) && !asked[i])
			CHECK_TEXT(tool_at(i)->name, "asked above");
	arena_free(arena);
}

static void a_list_pages_whole(void)
{
	struct arena *arena = arena_new();
	const char *cursor = NULL;
	size_t count = 0, pages = 0;

	do {
		struct outcome page = world_say(arena, "1koperator00", "list_stores", cursor == NULL ? "{'limit': 100}"
			: arena_format(arena, "{'limit': 100, 'cursor': '%s'}", cursor));

		CHECK_TEXT(page.error.text, "");
		count += json_array_size(world_at(page.result, "items"));
		cursor = world_text(page.result, "next_cursor");
		pages++;
	} while (cursor != NULL && pages < 50);
	CHECK_INT(count, 223);
	CHECK(pages > 2);
	arena_free(arena);
}

/* A message whose answer would be too large is refused before it is written. */
static void a_write_is_refused_before_it_is_done(void)
{
	struct arena *arena = arena_new();
	const char *before = world_snapshot(arena, 1);
	struct caller caller = world_caller("1koperator00");
	char *body = arena_alloc(arena, 16001);

	for (size_t i = 0; i < 16000; i += 4)
		memcpy(body + i, "\xf0\x9f\x8d\xb5", 4);
	struct outcome outcome = world_call(arena, &caller, "draft_outreach", arena_json(arena, json_pack(
		"{s:i, s:s, s:s, s:s, s:s}", "member", 5, "channel", "email", "subject", "Tea", "body", body, "idempotency_key",
		"large-draft")));

	CHECK(outcome.error.code == ERROR_ARGUMENT && strstr(outcome.error.text, "at most 32 kB are sent") != NULL);
	CHECK_TEXT(world_snapshot(arena, 1), before);
	arena_free(arena);
}

int main(void)
{
	world_open();
	fill();
	CHECK_RUN(the_largest_answers);
	CHECK_RUN(a_list_pages_whole);
	CHECK_RUN(a_write_is_refused_before_it_is_done);
	world_close();
	return check_done();
}
