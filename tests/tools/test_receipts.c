/* Receipts: every number's, what verify_number says of each kind of change and forgery, and that no agent writes
 * without fresh ones. */
#include "tests/unit/check.h"
#include "world.h"

#include "mcp/metrics/receipt.h"

static struct seal *seal;

static const char *const questions[][2] = {
	{ "query_metric", "{'metric': 'gmv', 'window': 'last_90d'}" },
	{ "query_metric", "{'metric': 'gmv', 'by': ['store'], 'window': 'last_90d', 'limit': 2, 'order': 'lowest'}" },
	{ "query_metric", "{'metric': 'orders', 'by': ['day'], 'window': 'this_month', 'compare': ['previous_period']}" },
	{ "query_metric", "{'metric': 'gmv', 'window': 'last_90d', 'filters': {'store': ['Lyon'], 'channel': ['web']}, "
		"'compare': ['previous_period', 'same_period_last_year']}" },
	{ "query_metric", "{'metric': 'active_members', 'by': ['tier']}" },
	{ "query_metric", "{'metric': 'aov', 'from': '2026-01-01', 'to': '2026-06-30', 'compare': ['previous_period']}" },
	{ "query_metric", "{'metric': 'pool_remaining', 'by': ['coupon_pool']}" },
	{ "query_metric", "{'metric': 'total_members'}" },
	{ "ask", "{'question': 'GMV last 90 days by store, top 3'}" },
	{ "get_dashboard_stats", "{}" },
	{ "get_dashboard_stats", "{'window': 'last_28d'}" },
	{ "explain_change", "{'metric': 'gmv', 'window': 'last_90d'}" },
};

static const char *token_of(const struct outcome *outcome)
{
	const char *own = world_text(outcome->result, "receipt/token");

	return own != NULL ? own : world_text(outcome->result, "answer/receipt/token");
}

static struct outcome verify(struct arena *arena, const char *key, const char *token)
{
	struct caller caller = world_caller(key);

	return world_call(arena, &caller, "verify_number", arena_json(arena, json_pack("{s:s}", "receipt", token)));
}

static void expect(const struct outcome *outcome, const char *status, const char *word)
{
	CHECK_TEXT(outcome->error.text, "");
	CHECK_TEXT(world_text(outcome->result, "status"), status);
	if (strstr(world_text(outcome->result, "text"), word) == NULL)
		CHECK_TEXT(world_text(outcome->result, "text"), word);
}

static void every_number_has_one_that_stands(void)
{
	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		struct arena *arena = arena_new();
		struct outcome asked = world_say(arena, "1kreader0000", questions[i][0], questions[i][1]);

		CHECK_TEXT(asked.error.text, "");
		const char *token = token_of(&asked);

		CHECK(token != NULL);
		printf("# %s %.60s: a token of %zu bytes\n", questions[i][0], questions[i][1], strlen(token));
		struct outcome again = verify(arena, "1kreader0000", token);

		expect(&again, "same", "Same: ");
		CHECK_TEXT(world_text(again.result, "then/id"), world_text(asked.result,
			i == 8 ? "answer/receipt/id" : "receipt/id"));
		CHECK(json_equal(world_at(again.result, "then/value"), world_at(again.result, "now/value")));
		CHECK(world_at(again.result, "then/value") != NULL && world_number(again.result, "then/data_version") > 0);
		CHECK(strlen(world_text(again.result, "then/definition")) == 64);
		CHECK_TEXT(world_text(again.result, "then/certified_by"), "flashd maintainers");
		/* The number of the answer is the number of the receipt. */
		if (world_at(asked.result, "value") != NULL)
			CHECK(json_equal(world_at(asked.result, "value"), world_at(again.result, "then/value")));
		arena_free(arena);
	}
}

static void every_statement_of_an_explanation_names_it(void)
{
	static const char *const statements[] = { "now", "then", "change", "variation" };
	struct arena *arena = arena_new();
	struct outcome outcome = world_say(arena, "1kreader0000", "explain_change",
		"{'metric': 'gmv', 'window': 'last_90d'}");
	const char *id = world_text(outcome.result, "receipt/id");

	for (size_t i = 0; i < 4; i++)
		CHECK_TEXT(world_text(outcome.result, arena_format(arena, "%s/receipt", statements[i])), id);
	CHECK(json_is_real(world_at(outcome.result, "change/error")));
	arena_free(arena);
}

static void a_changed_character_is_a_forgery(void)
{
	struct arena *arena = arena_new();
	const char *token = world_receipt(arena, "1kreader0000", "gmv");
	struct error error;

	CHECK(receipt_open(seal, 1, token, arena, &error) != NULL);
	for (size_t i = 0; i < strlen(token); i++) {
		char *changed = arena_copy(arena, token);

		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		CHECK(receipt_open(seal, 1, changed, arena, &error) == NULL && error.code == ERROR_RECEIPT);
		changed[i] = (char)(token[i] ^ 1);
		CHECK(receipt_open(seal, 1, changed, arena, &error) == NULL);
	}
	for (size_t size = 0; size < strlen(token); size++)
		CHECK(receipt_open(seal, 1, arena_copy_size(arena, token, size), arena, &error) == NULL);
	CHECK(receipt_open(seal, 1, arena_format(arena, "%sA", token), arena, &error) == NULL);
	arena_free(arena);
}

static void forgeries_look_alike(void)
{
	struct arena *arena = arena_new();
	const char *token = world_receipt(arena, "1kreader0000", "gmv");
	char *changed = arena_copy(arena, token);
	struct outcome foreign = verify(arena, "1kreader0000", world_receipt(arena, "2koperator00", "total_members"));

	changed[20] = changed[20] == 'A' ? 'B' : 'A';
	struct outcome forged = verify(arena, "1kreader0000", changed), none = verify(arena, "1kreader0000", "gmv 41,280");

	expect(&forged, "forged", "was not signed here for this tenant, is of more than");
	expect(&none, "forged", "This is no receipt (10 bytes)");
	CHECK(json_equal(forged.result, foreign.result));
	arena_free(arena);
}

/* The reader's key, limited like {'store': ['s1']}; NULL: whole. */
static struct caller limited(struct arena *arena, const char *limits)
{
	struct caller caller = world_caller("1kreader0000");

	if (limits != NULL)
		snprintf(caller.limits, sizeof caller.limits, "%s", arena_dump(arena, arena_json(arena,
			json_loads(limits, 0, NULL))));
	return caller;
}

static const char *asked_by(struct arena *arena, const struct caller *caller, const char *tool, const char *args)
{
	struct outcome outcome = world_call(arena, caller, tool, arena_json(arena, json_loads(args, 0, NULL)));

	CHECK_TEXT(outcome.error.text, "");
	return token_of(&outcome);
}

static struct outcome verified_by(struct arena *arena, const struct caller *caller, const char *token)
{
	return world_call(arena, caller, "verify_number", arena_json(arena, json_pack("{s:s}", "receipt", token)));
}

static const char one_store[] = "{\"store\": [\"s1\"]}", two_stores[] = "{\"store\": [\"s1\", \"s2\"]}";

static const struct {
	const char *asker;        /* whose receipt it is: a key with these limits, NULL: none */
	const char *tool, *args;
} inside_one_store[] = {
	{ one_store, "query_metric", "{\"metric\": \"gmv\", \"window\": \"last_90d\"}" },
	{ one_store, "query_metric", "{\"metric\": \"gmv\", \"by\": [\"store\"], \"compare\": [\"previous_period\"]}" },
	{ one_store, "ask", "{\"question\": \"GMV last 90 days by store\"}" },
	{ one_store, "explain_change", "{\"metric\": \"gmv\", \"window\": \"last_90d\"}" },
	{ one_store, "get_dashboard_stats", "{\"window\": \"last_28d\"}" },
	{ two_stores, "query_metric", "{\"metric\": \"gmv\", \"filters\": {\"store\": [\"Lyon\"]}}" },
	{ NULL, "query_metric", "{\"metric\": \"gmv\", \"filters\": {\"store\": [\"Lyon\"], \"channel\": [\"web\"]}}" },
	{ NULL, "explain_change", "{\"metric\": \"gmv\", \"window\": \"last_90d\", \"filters\": {\"store\": [\"Lyon\"]}}" },
}, outside_one_store[] = {
	{ NULL, "query_metric", "{\"metric\": \"gmv\"}" },
	{ NULL, "query_metric", "{\"metric\": \"gmv\", \"by\": [\"store\"]}" },
	{ NULL, "query_metric", "{\"metric\": \"gmv\", \"filters\": {\"store\": [\"Lyon\", \"Nice\"]}}" },
	{ NULL, "query_metric", "{\"metric\": \"gmv\", \"filters\": {\"region\": [\"North\"]}}" },
	{ NULL, "query_metric", "{\"metric\": \"pool_remaining\"}" },
	{ NULL, "get_dashboard_stats", "{\"window\": \"last_28d\"}" },
	{ NULL, "explain_change", "{\"metric\": \"gmv\", \"filters\": {\"store\": [\"Nice\"]}}" },
	{ two_stores, "query_metric", "{\"metric\": \"gmv\"}" },
	{ two_stores, "get_dashboard_stats", "{\"window\": \"last_28d\"}" },
	{ two_stores, "explain_change", "{\"metric\": \"gmv\", \"window\": \"last_90d\"}" },
	{ "{\"tier\": [\"gold\"]}", "query_metric", "{\"metric\": \"gmv\"}" },
};

static void a_limited_key_verifies_what_is_inside(void)
{
	for (size_t i = 0; i < sizeof inside_one_store / sizeof inside_one_store[0]; i++) {
		struct arena *arena = arena_new();
		struct caller asker = limited(arena, inside_one_store[i].asker), one = limited(arena, one_store);
		const char *token = asked_by(arena, &asker, inside_one_store[i].tool, inside_one_store[i].args);
		struct outcome own = verified_by(arena, &one, token), whole = verify(arena, "1kreader0000", token);

		printf("# %s %s\n", inside_one_store[i].tool, inside_one_store[i].args);
		expect(&own, "same", "Same: ");
		CHECK(json_equal(world_at(own.result, "now/value"), world_at(own.result, "then/value")));
		expect(&whole, "same", "Same: ");
		arena_free(arena);
	}
}

/* It looks like a foreign tenant's, in every word, and nothing was asked again. */
static void what_is_outside_looks_foreign(void)
{
	struct arena *arena = arena_new();
	struct caller one = limited(arena, one_store);
	struct outcome foreign = verified_by(arena, &one, world_receipt(arena, "2koperator00", "total_members"));

	expect(&foreign, "forged", "was not signed here for this tenant, is of more than");
	for (size_t i = 0; i < sizeof outside_one_store / sizeof outside_one_store[0]; i++) {
		struct caller asker = limited(arena, outside_one_store[i].asker);
		const char *token = asked_by(arena, &asker, outside_one_store[i].tool, outside_one_store[i].args);
		struct outcome outcome = verified_by(arena, &one, token), whole = verify(arena, "1kreader0000", token);

		CHECK_TEXT(arena_dump(arena, outcome.result), arena_dump(arena, foreign.result));
		expect(&whole, "same", "Same: ");
	}
	arena_free(arena);
}

static void a_limited_key_sees_what_changed_inside(void)
{
	struct arena *arena = arena_new();
	struct caller one = limited(arena, one_store);
	const char *token = asked_by(arena, &one, "query_metric", "{\"metric\": \"gmv\", \"window\": \"last_90d\"}");
	const char *card = asked_by(arena, &one, "get_dashboard_stats", "{\"window\": \"last_28d\"}");

	for (int store = 2; store >= 1; store--) {
		world_do("insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents) values "
			"(1, 'late%d', 1, 's%d', 'web', now() - interval '3 days', 5000)", store, store);
		world_do("update data.tenants set data_version = data_version + 1 where tenant = 1");
		struct outcome number = verified_by(arena, &one, token), whole = verify(arena, "1kreader0000", card);

		expect(&number, store == 1 ? "changed" : "same", "");
		expect(&whole, store == 1 ? "changed" : "same", "");
		CHECK_INT(world_number(number.result, "now/value") - world_number(number.result, "then/value"),
			store == 1 ? 5000 : 0);
	}
	world_do("delete from data.orders where tenant = 1 and order_ref like 'late%%'");
	arena_free(arena);
}

static const char *first_token(struct arena *arena, const char *args)
{
	struct outcome outcome = world_say(arena, "1kreader0000", "query_metric", args);

	CHECK_TEXT(outcome.error.text, "");
	return world_text(outcome.result, "receipt/token");
}

static void data_that_came_in_change_it(void)
{
	struct arena *arena = arena_new();
	const char *token = first_token(arena, "{'metric': 'gmv', 'window': 'last_90d', 'by': ['store']}");
	long long version = strtoll(world_ask(arena, "select data_version from data.tenants where tenant = 1"), NULL, 10);

	world_do("insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents) values "
		"(1, 'late', 1, 's1', 'web', now() - interval '3 days', 5000)");
	world_do("update data.tenants set data_version = data_version + 1 where tenant = 1");
	struct outcome changed = verify(arena, "1kreader0000", token);

	expect(&changed, "changed", "Changed since: at ");
	CHECK_INT(world_number(changed.result, "now/value"), world_number(changed.result, "then/value") + 5000);
	CHECK_INT(world_number(changed.result, "then/data_version"), version);
	CHECK_INT(world_number(changed.result, "now/data_version"), version + 1);
	CHECK(strstr(world_text(changed.result, "why/0"), "Data came in") != NULL);
	/* Its own receipt is fresh; then the total stays and the rows do not. */
	token = world_text(changed.result, "receipt/token");
	struct outcome fresh = verify(arena, "1kreader0000", token);

	expect(&fresh, "same", "Same");
	world_do("update data.orders set store = 's2' where tenant = 1 and order_ref = 'late'");
	struct outcome moved = verify(arena, "1kreader0000", token);

	expect(&moved, "changed", "the total of gmv is the same, others");
	world_do("delete from data.orders where tenant = 1 and order_ref = 'late'");
	arena_free(arena);
}

/* A receipt of ours that says something else: of a definition that is no more (NULL: as it is), of minutes ago, of a
 * data version. */
static const char *made(struct arena *arena, const char *definition, int minutes_ago, long long version)
{
	unsigned char signature[SEAL_SIGNATURE];
	struct error error = { .text = "" };
	json_t *body = receipt_open(seal, 1, world_receipt(arena, "1kreader0000", "gmv"), arena, &error);

	if (definition != NULL)
		json_object_set_new(body, "definition", json_string(definition));
	json_object_set_new(body, "data_version", json_integer((json_int_t)version));
	json_object_set_new(body, "asked_at", json_string(world_ask(arena, "select to_char((app.now() - interval '%d "
		"minutes') "
		"at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')", minutes_ago)));
	const char *text = arena_dump(arena, body);

	seal_sign(seal, text, strlen(text), signature);
	return arena_format(arena, "%s.%s", seal_base64url(text, strlen(text), arena),
		seal_base64url(signature, sizeof signature, arena));
}

static void another_definition_is_said(void)
{
	struct arena *arena = arena_new();
	struct outcome outcome = verify(arena, "1kreader0000", made(arena, "0123456789abcdef", 0, 7));

	expect(&outcome, "changed", "the definition of gmv did; its numbers are the same");
	CHECK(strstr(world_text(outcome.result, "why/0"), "The definition of gmv changed: 0123456789ab then, ") != NULL);
	arena_free(arena);
}

static void a_suspended_number_stands_no_more(void)
{
	struct arena *arena = arena_new();
	const char *token = world_receipt(arena, "1kreader0000", "net_gmv");

	world_do("select app.suspend_metric(1, app.new_id(), 'net_gmv', repeat('0', 64), 'a test failed', 'orders')");
	struct outcome outcome = verify(arena, "1kreader0000", token);

	expect(&outcome, "changed", "today there is no such number");
	CHECK(json_is_null(world_at(outcome.result, "now")));
	CHECK(strstr(world_text(outcome.result, "why/0"), "net_gmv is suspended by flashd") != NULL);
	world_do("delete from data.metric_states where tenant = 1 and metric = 'net_gmv'");
	arena_free(arena);
}

/* An agent's award with these receipts (a JSON text), or without the field. */
static struct outcome award(struct arena *arena, const char *key, const char *receipts, const char *idem)
{
	struct caller caller = world_caller(key);
	json_t *args = arena_json(arena, json_pack("{s:i, s:i, s:s, s:s}", "member", 1, "points", 1, "reason", "x",
		"idempotency_key", idem == NULL ? world_idem(arena) : idem));

	if (receipts != NULL)
		json_object_set_new(args, "receipts", json_loads(receipts, 0, NULL));
	return world_call_as_it_is(arena, &caller, "earn_points", args);
}

static void refuses(const char *key, const char *receipts, const char *word)
{
	struct arena *arena = arena_new();
	const char *before = world_snapshot(arena, 1);
	struct outcome outcome = award(arena, key, receipts, NULL);

	if (strstr(outcome.error.text, word) == NULL)
		CHECK_TEXT(outcome.error.text, word);
	CHECK(outcome.error.code == ERROR_RECEIPT);
	CHECK_TEXT(world_snapshot(arena, 1), before);
	CHECK_TEXT(world_ask(arena, "select testing.last_decision(1, 'earn_points')"), "refused needs_receipt");
	arena_free(arena);
}

static void agents_cite_fresh_receipts_of_their_own_tenant(void)
{
	struct arena *arena = arena_new();
	const char *good = world_receipt(arena, "1kreader0000", "gmv");
	const char *foreign = world_receipt(arena, "2koperator00", "total_members");
	long long version = strtoll(world_ask(arena, "select data_version from data.tenants where tenant = 1"), NULL, 10);

	refuses("1kagent00000", NULL, "query_metric, ask or get_dashboard_stats");
	refuses("1kagent00000", "[]", "query_metric, ask or get_dashboard_stats");
	refuses("1kagent00000", "[\"41,280\"]", "receipts[0]: This is no receipt");
	refuses("1kagent00000", arena_format(arena, "[\"%s\", \"%s\"]", good, foreign),
		"receipts[1]: This receipt was not");
	refuses("1koperator00", arena_format(arena, "[\"%s\"]", foreign), "was not signed here");
	refuses("1kagent00000", arena_format(arena, "[\"%s\"]", made(arena, NULL, 61, version)),
		"more than 60 minutes ago");
	refuses("1kagent00000", arena_format(arena, "[\"%s\"]", made(arena, NULL, 0, version + 1)), "before a restore");
	/* As old as the tenant says, at once. */
	world_do("select app.set_receipt_minutes(1, app.new_id(), 'admin1', 5)");
	refuses("1kagent00000", arena_format(arena, "[\"%s\"]", made(arena, NULL, 6, version)), "more than 5 minutes ago");
	CHECK(award(arena, "1kagent00000", arena_format(arena, "[\"%s\"]", made(arena, NULL, 4, version)), NULL).good);
	world_do("select app.set_receipt_minutes(1, app.new_id(), 'admin1', 120)");
	CHECK(award(arena, "1kagent00000", arena_format(arena, "[\"%s\"]", made(arena, NULL, 119, version)), NULL).good);
	world_do("select app.set_receipt_minutes(1, app.new_id(), 'admin1', 60)");
	struct outcome done = award(arena, "1kagent00000", arena_format(arena, "[\"%s\", \"%s\"]", good,
		made(arena, NULL, 58, version)), "cited-1");

	CHECK_TEXT(done.error.text, "");
	/* Asked again with another receipt it is the same write. */
	struct outcome again = award(arena, "1kagent00000", arena_format(arena, "[\"%s\"]",
		world_receipt(arena, "1kreader0000", "orders")), "cited-1");

	CHECK(json_is_true(world_at(again.result, "replayed")));
	struct outcome listed = world_say(arena, "1koperator00", "list_actions", arena_format(arena, "{'action': '%s'}",
		world_text(done.result, "action")));

	CHECK_INT(json_array_size(world_at(listed.result, "items/0/receipts")), 2);
	CHECK_TEXT(world_ask(arena, "select string_agg(metric, ' ') from data.citations where cited_by = '%s'",
		world_text(done.result, "action")), "gmv gmv");
	CHECK(award(arena, "1koperator00", NULL, NULL).good);
	arena_free(arena);
}

/* Whatever a daemon believes: the database refuses too. */
static void the_database_has_the_last_word(void)
{
	struct arena *arena = arena_new();

	world_do("create table testing.uncited as select answer from app.write_calls('[{\"tenant\": 1, \"key\": "
		"\"1kagent00000\", \"call\": \"01990000-0000-7000-8000-0000000000aa\", \"via\": \"http\", "
		"\"tool\": \"earn_points\", \"scope\": \"points:write\", \"idem\": \"uncited\", \"hash\": \"\\\\x00\", "
		"\"args\": {\"member\": 1, \"points\": 1, \"reason\": \"x\"}}]')");
	CHECK_TEXT(world_ask(arena, "select answer ->> 'state' from testing.uncited"), "FLRCP");
	arena_free(arena);
}

struct running {
	struct arena *arena;
	struct caller caller;
	const char *run;
	long long fence;
};

static enum error_code act(struct running *running, char *text, size_t size)
{
	int64_t member = 1, days = 60;
	const char *tier = "gold", *code = NULL;
	const struct bulk_bytes name = { NULL, 0 };
	const struct bulk columns[] = { { BULK_INTEGERS, 1, &member }, { BULK_WORDS, 1, &tier },
		{ BULK_INTEGERS, 1, &days }, { BULK_WORDS, 1, &code }, { BULK_BYTES, 1, &name } };
	struct bulks given = { columns, 5 };
	struct error error = { .text = "" };
	json_t *result;

	tool_call_columns(world.corridor, &running->caller, "serve_chunk", arena_json(running->arena,
		json_pack("{s:s, s:I, s:s, s:i, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i}", "run", running->run,
			"fence",
		(json_int_t)running->fence, "kind", "points", "points", 1, "policy", "winback_slipping",
			"policy_version", 1, "arm",
		"x", "channel", "email", "audience", "x", "subject", "Tea", "body", "Come back.", "brand", "Tea",
		"expires_hours",
		1, "cool_down_days", 0)), &given, running->arena, &result, &error);
	snprintf(text, size, "%s", error.text);
	return error.code;
}

static enum error_code record(struct running *running, bool is_chosen)
{
	int64_t one = 1;
	float share = 0.5F;
	double draw = 0.5;
	const char *word = "x";
	const struct bulk columns[] = { { BULK_INTEGERS, 1, &one }, { BULK_SHORT_REALS, 1, &share },
		{ BULK_SHORT_REALS, 1, &share }, { BULK_INTEGERS, 1, &one }, { BULK_REALS, 1, &draw }, { BULK_WORDS, 1, &word },
		{ BULK_INTEGERS, 1, &one }, { BULK_TRUTHS, 1, &is_chosen }, { BULK_WORDS, 1, &word } };
	struct bulks given = { columns, 9 };
	struct error error = { .text = "" };
	json_t *result;

	tool_call_columns(world.corridor, &running->caller, "record_decisions", arena_json(running->arena,
		json_pack("{s:s, s:I}", "run", running->run, "fence", (json_int_t)running->fence)), &given, running->arena,
		&result, &error);
	return error.code;
}

static enum error_code cite(struct running *running, const char *token)
{
	return world_call(running->arena, &running->caller, "cite_receipts", arena_json(running->arena,
		json_pack("{s:s, s:I, s:[s]}", "run", running->run, "fence", (json_int_t)running->fence, "receipts", token)))
		.error.code;
}

static void a_run_acts_on_what_it_cites(void)
{
	struct running running = { .arena = arena_new() };
	struct error error;
	char text[512];

	world_do("update data.policies set body = '{\"budget\": {\"per_cycle_cents\": 1000}}' where tenant = 1");
	CHECK(corridor_agent_caller(world.corridor, 1, "1kagent00000", &running.caller, &error));
	struct outcome opened = world_call(running.arena, &running.caller, "open_run", arena_json(running.arena,
		json_pack("{s:s, s:b}", "policy", "winback_slipping", "force", 1)));

	CHECK_TEXT(opened.error.text, "");
	running.run = world_text(opened.result, "run");
	running.fence = world_number(opened.result, "fence");
	CHECK(act(&running, text, sizeof text) == ERROR_RECEIPT && strstr(text, "has cited no receipts") != NULL);
	CHECK(record(&running, true) == ERROR_RECEIPT);
	CHECK(record(&running, false) == ERROR_NONE);   /* that nothing is done rests on no number */
	CHECK(cite(&running, world_receipt(running.arena, "2koperator00", "total_members")) == ERROR_RECEIPT);
	CHECK(cite(&running, made(running.arena, NULL, 61, 1)) == ERROR_RECEIPT);
	CHECK(act(&running, text, sizeof text) == ERROR_RECEIPT);
	CHECK(cite(&running, world_receipt(running.arena, "1kreader0000", "gmv")) == ERROR_NONE);
	CHECK(act(&running, text, sizeof text) == ERROR_NONE);
	CHECK(record(&running, true) == ERROR_NONE);
	world_do("update data.citations set asked_at = asked_at - interval '61 minutes' where tenant = 1 and "
		"cited_by = '%s'", running.run);
	CHECK(act(&running, text, sizeof text) == ERROR_RECEIPT);
	CHECK(strstr(text, "more than 60 minutes ago: nothing more was changed") != NULL);
	world_do("select app.set_receipt_minutes(1, app.new_id(), 'admin1', 90)");
	CHECK(act(&running, text, sizeof text) == ERROR_NONE);
	world_do("select app.set_receipt_minutes(1, app.new_id(), 'admin1', 60)");
	CHECK(act(&running, text, sizeof text) == ERROR_RECEIPT);
	/* What is cited anew counts, what was cited before is kept. */
	CHECK(cite(&running, world_receipt(running.arena, "1kreader0000", "orders")) == ERROR_NONE);
	CHECK(act(&running, text, sizeof text) == ERROR_NONE);
	struct outcome listed = world_say(running.arena, "1koperator00", "list_runs", arena_format(running.arena,
		"{'run': '%s'}", running.run));

	CHECK_INT(json_array_size(world_at(listed.result, "items/0/receipts")), 2);
	arena_free(running.arena);
}

int main(void)
{
	struct error error;

	world_open();
	seal = seal_open(world.settings.master_key_file, &error);
	CHECK_RUN(every_number_has_one_that_stands);
	CHECK_RUN(every_statement_of_an_explanation_names_it);
	CHECK_RUN(a_changed_character_is_a_forgery);
	CHECK_RUN(forgeries_look_alike);
	CHECK_RUN(a_limited_key_verifies_what_is_inside);
	CHECK_RUN(what_is_outside_looks_foreign);
	CHECK_RUN(a_limited_key_sees_what_changed_inside);
	CHECK_RUN(data_that_came_in_change_it);
	CHECK_RUN(another_definition_is_said);
	CHECK_RUN(a_suspended_number_stands_no_more);
	CHECK_RUN(agents_cite_fresh_receipts_of_their_own_tenant);
	CHECK_RUN(the_database_has_the_last_word);
	CHECK_RUN(a_run_acts_on_what_it_cites);
	seal_close(seal);
	world_close();
	return check_done();
}
