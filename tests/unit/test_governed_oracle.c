/* What a number must pass before it is given out, over the small world of tests/fixtures/world.sql and the whole way
 * through the corridor: refusals, answers that are kept for their data version, the scorecard and the list, a metric's
 * own tests, and what people say of a metric. tests/sql/metrics_oracle.sh makes the database; alone it skips. */
#include "metrics_world.h"

#include <unistd.h>

#include "mcp/base/seal.h"
#include "mcp/corridor/corridor.h"
#include "mcp/metrics/metric_test.h"
#include "mcp/metrics/own.h"
#include "mcp/metrics/question.h"

static struct corridor *corridor;

static void open_corridor(void)
{
	static struct settings settings;
	struct error error = { .text = "mkdtemp" };
	char folder[] = "/tmp/flashd-metrics.XXXXXX";

	need(mkdtemp(folder) != NULL, folder, &error);
	const char *key = arena_format(whole, "%s/master.key", folder);

	need(seal_create(key, &error) && settings_load(&settings, NULL, whole, &error), "settings", &error);
	settings.database = daemon_database;
	settings.master_key_file = key;
	settings.state_folder = folder;
	corridor = corridor_open(&settings, &error);
	need(corridor != NULL, "corridor", &error);
	unlink(key);
	unlink(arena_format(whole, "%s/incarnation", folder));
	rmdir(folder);
}

static struct error refusal_of(int tenant, const char *args)
{
	struct question question;
	struct error error = { .code = ERROR_NONE };
	json_t *json = arena_json(arena, json_loads(args, 0, NULL));

	CHECK(question_answer(asked, tenant, json, arena, &question, &error) == NULL);
	return error;
}

static void what_cannot_be_grounded_is_refused(void)
{
	static const struct {
		const char *args;
		enum error_code code;
		const char *says;
	} cases[] = {
		{ "{\"metric\": \"gvm\"}", ERROR_UNGROUNDED, "Nearest: gmv" },
		{ "{\"metric\": \"gmv; drop table data.orders\"}", ERROR_UNGROUNDED, "There is no metric" },
		{ "{\"metric\": \"gmv\", \"by\": [\"store) --\"]}", ERROR_UNGROUNDED, "There is no dimension" },
		{ "{\"metric\": \"gmv\", \"by\": [\"stor\"]}", ERROR_UNGROUNDED, "Nearest: store" },
		{ "{\"metric\": \"member_gmv_share\", \"by\": [\"tier\"]}", ERROR_UNGROUNDED, "can be cut by: store, region, channel" },
		{ "{\"metric\": \"gmv\", \"by\": [\"store\", \"store\"]}", ERROR_ARGUMENT, "twice" },
		{ "{\"metric\": \"gmv\", \"by\": [\"day\", \"week\"]}", ERROR_ARGUMENT, "two grains" },
		{ "{\"metric\": \"gmv\", \"filters\": {\"tier\": [\"goldd\"]}}", ERROR_UNGROUNDED, "Nearest: gold" },
		{ "{\"metric\": \"gmv\", \"filters\": {\"channel\": [\"wbe\"]}}", ERROR_UNGROUNDED, "Nearest: web" },
		{ "{\"metric\": \"gmv\", \"filters\": {\"channel\": [\"w%\"]}}", ERROR_UNGROUNDED, "There is no channel" },
		{ "{\"metric\": \"gmv\", \"filters\": {\"channel\": [\"web') or true --\"]}}", ERROR_UNGROUNDED, "There is no channel" },
		{ "{\"metric\": \"gmv\", \"filters\": {\"store\": [\"Twin\"]}}", ERROR_AMBIGUOUS, "by its key" },
		{ "{\"metric\": \"gmv\", \"filters\": {\"day\": [\"2017-01-01\"]}}", ERROR_ARGUMENT, "use window" },
		{ "{\"metric\": \"gmv\", \"filters\": {\"tier\": []}}", ERROR_ARGUMENT, "1 to 20" },
		{ "{\"metric\": \"gmv\", \"window\": \"last_decade\"}", ERROR_ARGUMENT, "has no window" },
		{ "{\"metric\": \"gmv\", \"window\": \"now\"}", ERROR_ARGUMENT, "has no window" },
		{ "{\"metric\": \"budget_left\", \"window\": \"last_7d\"}", ERROR_ARGUMENT, "It has: now" },
		{ "{\"metric\": \"budget_left\", \"as_of\": \"2017-10-01\"}", ERROR_ARGUMENT, "as it is now" },
		{ "{\"metric\": \"budget_left\", \"compare\": [\"previous_period\"]}", ERROR_UNGROUNDED, "has no history" },
		{ "{\"metric\": \"gmv\", \"from\": \"2017-10-01\"}", ERROR_ARGUMENT, "come together" },
		{ "{\"metric\": \"gmv\", \"from\": \"2017-10-01\", \"to\": \"2017-09-01\"}", ERROR_ARGUMENT, "empty" },
		{ "{\"metric\": \"gmv\", \"from\": \"2001-10-01\", \"to\": \"2017-09-01\"}", ERROR_ARGUMENT, "the most is 3660" },
		{ "{\"metric\": \"gmv\", \"from\": \"2017-13-01\", \"to\": \"2017-09-01\"}", ERROR_ARGUMENT, "day of the calendar" },
		{ "{\"metric\": \"gmv\", \"window\": \"mtd\", \"from\": \"2017-10-01\", \"to\": \"2017-10-02\"}", ERROR_ARGUMENT, "not both" },
		{ "{\"metric\": \"gmv\", \"as_of\": \"2017-11-07\"}", ERROR_ARGUMENT, "in the future" },
		{ "{\"metric\": \"gmv\", \"from\": \"2017-12-01\", \"to\": \"2017-12-02\"}", ERROR_NO_DATA, "in the future" },
		{ "{\"metric\": \"gmv\", \"window\": \"today\"}", ERROR_NO_DATA, "ends on 2017-11-05" },
		{ "{\"metric\": \"gmv\", \"from\": \"2015-12-01\", \"to\": \"2015-12-02\"}", ERROR_NO_DATA, "begins on 2016-08-20" },
		{ "{\"metric\": \"gmv\", \"from\": \"2017-01-01\", \"to\": \"2017-11-01\", \"by\": [\"day\"]}", ERROR_ARGUMENT, "the most is 200" },
		{ "{\"metric\": \"gmv\", \"limit\": 201}", ERROR_ARGUMENT, "limit must be" },
		{ "{\"metric\": \"gmv\", \"compare\": [\"last_century\"]}", ERROR_ARGUMENT, "there are: previous_period" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct error error = refusal_of(1, cases[i].args);

		if (error.code != cases[i].code || strstr(error.text, cases[i].says) == NULL)
			printf("# %s: %s %s\n", cases[i].args, error_word(error.code), error.text);
		CHECK(error.code == cases[i].code && strstr(error.text, cases[i].says) != NULL);
	}
}

/* Without a run, an order or a tenant there is no number, and no zero either. */
static void nothing_is_not_zero(void)
{
	struct error error;

	need(db_script(raw, "set flash.tenant = '3'; insert into data.tenants (tenant, slug, name, zone, currency, "
		"cents_per_100_points, message_cost_cents, created_at) values (3, 'empty', 'Empty', 'UTC', 'USD', 100, 1, "
		"'2017-11-01Z')", &error), "an empty tenant", &error);
	CHECK_INT(refusal_of(3, "{\"metric\": \"gmv\"}").code, ERROR_NO_DATA);
	CHECK_INT(refusal_of(3, "{\"metric\": \"at_risk_members\"}").code, ERROR_NO_DATA);
	CHECK_INT(refusal_of(3, "{\"metric\": \"budget_left\"}").code, ERROR_NO_DATA);
	CHECK_INT(refusal_of(3, "{\"metric\": \"agent_spend\", \"window\": \"last_month\"}").code, ERROR_NO_DATA);
	CHECK_INT(refusal_of(4, "{\"metric\": \"gmv\"}").code, ERROR_INTERNAL);
	struct question question;
	json_t *args = arena_json(arena, json_pack("{s:s, s:s}", "metric", "agent_spend", "window", "yesterday"));
	json_t *answer = question_answer(asked, 3, args, arena, &question, &error);

	CHECK(answer != NULL && json_is_integer(json_object_get(answer, "value")) &&
		json_integer_value(json_object_get(answer, "value")) == 0);
}

/* Over the whole way: gates, worker, tool, audit, answer. */
static json_t *call_tool(int tenant, const char *name, const char *args)
{
	struct caller caller = { .tenant = tenant, .is_person = true, .kind = "person", .key = "ana", .via = "cli",
		.scopes = "metrics:read" };
	struct error error;
	json_t *result;

	if (tool_call(corridor, &caller, name, arena_json(arena, json_loads(args, 0, NULL)), arena, &result, &error))
		return result;
	printf("# %s %s: %s\n", name, args, error.text);
	return NULL;
}

static long long value_now(const char *args)
{
	return json_integer_value(json_object_get(call_tool(1, "query_metric", args), "value"));
}

static void import(const char *sql)
{
	struct error error;

	need(db_script(raw, sql, &error), sql, &error);
}

/* An answer is kept as long as the data version stands, and no longer; live numbers are never kept. */
static void kept_answers_hold_for_their_version(void)
{
	long long before = value_now("{\"metric\": \"orders\"}"), live;

	import("set flash.tenant = '1'; insert into data.orders (tenant, order_ref, ordered_at, gross_cents) values "
		"(1, 'late', '2017-11-01Z', 5)");
	CHECK_INT(value_now("{\"metric\": \"orders\"}"), before);
	CHECK_INT(value_now("{\"metric\": \"orders\", \"window\": \"last_7d\"}"), before + 1);
	import("set flash.tenant = '1'; update data.tenants set data_version = 8 where tenant = 1");
	CHECK_INT(value_now("{\"metric\": \"orders\"}"), before + 1);
	CHECK_INT(value_now("{\"metric\": \"orders\"}"), before + 1);
	live = value_now("{\"metric\": \"opt_outs\", \"window\": \"last_90d\"}");
	import("set flash.tenant = '1'; insert into data.consent_changes values (1, 1, 'email', '2017-11-01Z', true, "
		"'form'), (1, 1, 'email', '2017-11-02Z', false, 'form')");
	CHECK_INT(value_now("{\"metric\": \"opt_outs\", \"window\": \"last_90d\"}"), live + 1);
}

static void the_scorecard_shows_what_it_has(void)
{
	json_t *full = call_tool(1, "get_dashboard_stats", "{}"), *empty = call_tool(3, "get_dashboard_stats", "{}"), *row;
	size_t i, without = 0;

	json_array_foreach(json_object_get(full, "stats"), i, row)
		CHECK(json_is_number(json_object_get(row, "value")) && json_object_get(row, "no_data") == NULL);
	CHECK(i >= 15 && strlen(arena_dump(arena, full)) < 20000);
	json_array_foreach(json_object_get(empty, "stats"), i, row)
		without += json_is_string(json_object_get(row, "no_data"));
	CHECK(without >= 10 && without < i);
}

/* Page after page, each metric comes once, in the order of their names. */
static void the_list_has_every_metric_once(void)
{
	const char *cursor = NULL, *last = "";
	size_t seen = 0, i;
	struct error error;
	json_t *one;

	do {
		json_t *page = call_tool(1, "list_metrics", cursor == NULL ? "{\"limit\": 4}"
			: arena_format(arena, "{\"limit\": 4, \"cursor\": \"%s\"}", cursor));

		json_array_foreach(json_object_get(page, "items"), i, one) {
			CHECK(strcmp(last, json_string_value(json_object_get(one, "metric"))) < 0);
			last = json_string_value(json_object_get(one, "metric"));
			CHECK_TEXT(catalogue_at(catalogue_shipped(&error), seen++)->name, last);
		}
		cursor = json_string_value(json_object_get(page, "next_cursor"));
	} while (cursor != NULL);
	CHECK(catalogue_at(catalogue_shipped(&error), seen) == NULL && seen > 0);
	json_t *found = call_tool(1, "list_metrics", "{\"search\": \"COUPON USAGE RATE\"}");

	CHECK_INT(json_array_size(json_object_get(found, "items")), 1);
	found = call_tool(1, "list_metrics", "{\"search\": \"gvm\"}");
	CHECK(json_array_size(json_object_get(found, "items")) == 0 &&
		strstr(json_string_value(json_object_get(found, "note")), "Nearest: gmv") != NULL);
}

static const char *refused_as(const char *args, enum error_code code)
{
	struct caller caller = { .tenant = 1, .is_person = true, .kind = "person", .key = "ana", .via = "cli",
		.scopes = "metrics:read" };
	struct error error = { .code = ERROR_NONE, .text = "" };
	json_t *result;

	CHECK(!tool_call(corridor, &caller, "query_metric", arena_json(arena, json_loads(args, 0, NULL)), arena, &result,
		&error));
	CHECK_INT(error.code, code);
	return arena_copy(arena, error.text);
}

static void say(const char *metric, const char *definition, const char *state)
{
	import(arena_format(arena, "set flash.tenant = '1'; select app.set_metric(1, gen_random_uuid(), 'ana', '%s', '%s', "
		"'%s', 'told so', 'orders')", metric, definition, state));
}

static bool is_certified(const char *args)
{
	return json_is_true(json_object_get(call_tool(1, "query_metric", args), "certified"));
}

/* What a person says counts at once, also for answers that are kept; a certificate only for its own definition. */
static void a_suspended_number_is_withheld(void)
{
	static const char args[] = "{\"metric\": \"aov\"}";
	const char *definition = metric_of("aov")->definition;
	char other[65];

	CHECK(is_certified(args));
	say("aov", definition, "suspended");
	CHECK(strstr(refused_as(args, ERROR_STALE), "suspended by ana since ") != NULL);
	CHECK(strstr(arena_dump(arena, call_tool(1, "list_metrics", "{\"search\": \"average order\"}")),
		"\"suspended\":\"told so\"") != NULL);
	CHECK(call_tool(1, "get_dashboard_stats", "{}") != NULL);
	say("aov", definition, "certified");
	CHECK(is_certified(args));
	snprintf(other, sizeof other, "%064d", 0);
	say("coupon_discount", other, "certified");
	CHECK(is_certified("{\"metric\": \"coupon_discount\"}"));   /* the maintainers' word on the definition that is */
	say("aov", definition, "retired");
	CHECK(strstr(refused_as(args, ERROR_STALE), "was retired by ana") != NULL);
	CHECK(strstr(arena_dump(arena, call_tool(1, "list_metrics", "{\"search\": \"average order\"}")),
		"\"aov\"") == NULL);
	CHECK(call_tool(2, "query_metric", args) != NULL);
}

/* A source of another shape, and data that end too early, withhold what rests on them. */
static void a_source_that_changed_withholds(void)
{
	import("alter view metric.redemptions rename column wait_seconds to waited");
	CHECK(strstr(refused_as("{\"metric\": \"coupon_discount\", \"window\": \"last_30d\"}", ERROR_STALE),
		"columns of its "
		"source redemptions") != NULL);
	import("alter view metric.redemptions rename column waited to wait_seconds");
	CHECK(is_certified("{\"metric\": \"coupon_discount\", \"window\": \"last_30d\"}"));
	import("set flash.tenant = '1'; update data.tenants set data_as_of = '2017-10-25Z', data_version = data_version "
		"+ 1 "
		"where tenant = 1");
	CHECK(strstr(refused_as("{\"metric\": \"gmv\", \"window\": \"last_30d\"}", ERROR_STALE),
		"may lag 168 at most") != NULL);
	CHECK(is_certified("{\"metric\": \"gmv\", \"window\": \"last_30d\", \"as_of\": \"2017-10-25\"}"));
	import("set flash.tenant = '1'; update data.tenants set data_as_of = '2017-11-05 21:30Z', data_version = "
		"data_version "
		"+ 1 where tenant = 1");
	CHECK(is_certified("{\"metric\": \"gmv\", \"window\": \"last_30d\"}"));
}

/* A tenant's own metric answers beside the shipped ones, for that tenant; a wrong one takes away itself only. */
static void own_metrics_answer_for_their_tenant(void)
{
	static const char body[] = "{\"name\": \"big_orders\", \"title\": \"Big\", \"unit\": \"count\", \"kind\": "
		"\"count\", "
		"\"meaning\": \"Orders of 50 or more.\", \"synonyms\": [\"large orders\"], \"owner\": \"ana\", \"source\": "
			"\"orders\", "
		"\"value\": \"count(*)\", \"filter\": \"gross_cents >= 5000\", \"dimensions\": [\"store\"], \"additive\": "
			"true, "
		"\"windows\": [\"any\"]}";
	static const char args[] = "{\"metric\": \"big_orders\", \"window\": \"last_90d\"}";
	struct error error;
	const struct metric *metric = own_read("big_orders.json", body, arena, &error);

	CHECK(metric != NULL);
	import(arena_format(arena, "set flash.tenant = '1'; select app.add_metric(1, gen_random_uuid(), 'ana', "
		"'big_orders', "
		"$body$%s$body$, '%s', 'orders'), app.add_metric(1, gen_random_uuid(), 'ana', 'broken', '{\"name\": 1}', '%s', "
		"'orders')", body, metric->definition, metric->definition));
	json_t *answer = call_tool(1, "query_metric", args);

	CHECK(json_integer_value(json_object_get(answer, "value")) > 0 &&
		json_is_false(json_object_get(answer, "certified")));
	say("big_orders", metric->definition, "certified");
	CHECK(is_certified(args));
	CHECK(strstr(refused_as("{\"metric\": \"broken\"}", ERROR_CONFIG), "broken.json#/name") != NULL);
	CHECK(json_array_size(json_object_get(call_tool(1, "list_metrics", "{\"search\": \"large orders\"}"),
		"items")) == 1);
	CHECK(json_array_size(json_object_get(call_tool(2, "list_metrics", "{\"search\": \"large orders\"}"),
		"items")) == 0);
	CHECK(own_read("gmv.json", "{\"name\": \"gmv\"}", arena, &error) == NULL);
	CHECK(own_read("big_orders.json", arena_format(arena, "%.*s, \"certified\": true, \"certified_by\": \"me\", "
		"\"certified_on\": \"2017-01-01\"}", (int)strlen(body) - 1, body), arena, &error) == NULL);
}

/* Every shipped metric passes the tests that it declares; a test that lies fails. */
static void declared_tests_pass(void)
{
	const struct metric *metric;
	struct metric wrong = *metric_of("gmv");
	struct error error = { .text = "" };
	const char *failed;
	for (size_t i = 0; (metric = catalogue_at(catalogue_shipped(&error), i)) != NULL; i++)
		for (size_t t = 0; t < metric->test_count; t++)
			if (!metric_test_run(asked, 2, metric, metric->tests[t], arena, &failed, &error)) {
				printf("# %s %s: %s\n", metric->name, metric->tests[t], failed == NULL ? error.text : failed);
				CHECK(false);
			}
	CHECK(!metric_test_run(asked, 2, &wrong, "at_most orders", arena, &failed, &error) && failed != NULL);
	wrong.value = "sum(gross_cents) filter (where store is not null)";
	CHECK(metric_test_run(asked, 2, &wrong, "rows_add_up", arena, &failed, &error));
	wrong.value = "max(gross_cents)";
	CHECK(!metric_test_run(asked, 2, &wrong, "rows_add_up", arena, &failed, &error) && failed != NULL);
	wrong.value = "-sum(gross_cents)";
	CHECK(!metric_test_run(asked, 2, &wrong, "not_negative", arena, &failed, &error) && failed != NULL);
}

int main(void)
{
	const char *database = getenv("FLASHD_METRICS_DATABASE");
	struct error error;

	if (database == NULL || *database == '\0') {
		check_skip("governed_oracle", "tests/sql/metrics_oracle.sh gives it a database");
		return check_done();
	}
	whole = arena_new();
	arena = arena_new();
	open_world(database);
	CHECK_RUN(what_cannot_be_grounded_is_refused);
	need(db_script(raw, read_file("tests/fixtures/rolled.sql"), &error), "rolled.sql", &error);
	CHECK_RUN(nothing_is_not_zero);
	open_corridor();
	CHECK_RUN(kept_answers_hold_for_their_version);
	CHECK_RUN(the_scorecard_shows_what_it_has);
	CHECK_RUN(the_list_has_every_metric_once);
	CHECK_RUN(declared_tests_pass);
	CHECK_RUN(a_suspended_number_is_withheld);
	CHECK_RUN(a_source_that_changed_withholds);
	CHECK_RUN(own_metrics_answer_for_their_tenant);
	corridor_close(corridor);
	db_close(asked);
	db_close(raw);
	arena_free(arena);
	arena_free(whole);
	return check_done();
}
