/* What a tenant's people said of a metric, as the tools tell it: an explanation and the scorecard say certified by that
 * word, and what is suspended is refused or said to be stale. */
#include "tests/unit/check.h"
#include "world.h"

#include "mcp/metrics/own.h"

static const char body[] = "{\"name\": \"big_orders\", \"title\": \"Big orders\", \"unit\": \"count\", \"kind\": "
	"\"count\", \"meaning\": \"Orders of ten euros and more.\", \"synonyms\": [\"large orders\"], \"owner\": \"ann\", "
	"\"source\": \"orders\", \"value\": \"count(*)\", \"filter\": \"gross_cents >= 1000\", "
	"\"dimensions\": [\"store\", \"channel\", \"tier\", \"day\", \"week\", \"month\"], \"additive\": true, "
	"\"windows\": [\"any\"], \"tests\": [\"not_negative\"], \"freshness_hours\": 168}";

static struct outcome explain(struct arena *arena, const char *metric)
{
	return world_say(arena, "1kreader0000", "explain_change", arena_format(arena,
		"{'metric': '%s', 'window': 'last_90d'}", metric));
}

/* Whether one of the explanation's sentences has the words. */
static bool says(const struct outcome *outcome, const char *words)
{
	const json_t *sentence;
	size_t i;

	json_array_foreach(world_at(outcome->result, "text"), i, sentence)
		if (strstr(json_string_value(sentence), words) != NULL)
			return true;
	return false;
}

static void an_explanation_is_certified_by_the_tenants_word(void)
{
	struct arena *arena = arena_new();
	struct error error = { .text = "" };
	const struct metric *metric = own_read("big_orders.json", body, arena, &error);

	CHECK_TEXT(error.text, "");
	world_do("select app.add_metric(1, app.new_id(), 'admin1', 'big_orders', '%s', '%s', 'orders')", body,
		metric->definition);
	struct outcome proposed = explain(arena, "big_orders");

	CHECK_TEXT(proposed.error.text, "");
	CHECK(json_is_false(world_at(proposed.result, "certified")) && says(&proposed, "This number is not certified."));
	world_do("select app.set_metric(1, app.new_id(), 'admin1', 'big_orders', '%s', 'certified', 'right', 'orders')",
		metric->definition);
	struct outcome certified = explain(arena, "big_orders");

	CHECK(json_is_true(world_at(certified.result, "certified")) && !says(&certified, "not certified"));
	struct outcome shipped = explain(arena, "gmv");

	CHECK(json_is_true(world_at(shipped.result, "certified")) && !says(&shipped, "not certified"));
	arena_free(arena);
}

static void suspend(const char *metric)
{
	world_do("select app.suspend_metric(1, app.new_id(), '%s', repeat('0', 64), 'a test failed', 'orders')", metric);
}

static void certify_again(const char *metric)
{
	world_do("delete from data.metric_states where tenant = 1 and metric = '%s'", metric);
}

static void what_is_suspended_is_not_explained(void)
{
	struct arena *arena = arena_new();

	suspend("gmv");
	struct outcome asked = world_say(arena, "1kreader0000", "query_metric", "{'metric': 'gmv'}");
	struct outcome explained = explain(arena, "gmv");

	CHECK(explained.error.code == ERROR_STALE && strstr(explained.error.text, "gmv is suspended by flashd") != NULL);
	CHECK_TEXT(explained.error.text, asked.error.text);
	certify_again("gmv");
	world_do("insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents) select 1, "
		"'much' || i, 1 + i %% 4, 's1', 'web', now() - (1 + i %% 60) * interval '1 day', 5000 from "
		"generate_series(1, 300) i");
	world_do("update data.tenants set data_version = data_version + 1 where tenant = 1");
	/* A factor that is suspended takes the factors away, not the explanation, and is not told. */
	struct outcome whole = explain(arena, "gmv");

	suspend("buying_members");
	struct outcome without = explain(arena, "gmv");

	CHECK_TEXT(without.error.text, "");
	CHECK(json_array_size(world_at(whole.result, "factors")) > 0);
	CHECK(world_at(without.result, "factors") == NULL);
	certify_again("buying_members");
	world_do("delete from data.orders where tenant = 1 and order_ref like 'much%%'");
	arena_free(arena);
}

static const json_t *row_of(const struct outcome *outcome, const char *metric)
{
	const json_t *row;
	size_t i;

	json_array_foreach(world_at(outcome->result, "stats"), i, row)
		if (strcmp(json_string_value(json_object_get(row, "metric")), metric) == 0)
			return row;
	return NULL;
}

static void the_scorecard_calls_it_stale(void)
{
	struct arena *arena = arena_new();

	suspend("net_gmv");
	struct outcome card = world_say(arena, "1kreader0000", "get_dashboard_stats", "{}");
	const json_t *row = row_of(&card, "net_gmv");

	CHECK_TEXT(card.error.text, "");
	CHECK(json_is_null(json_object_get(row, "value")) && json_object_get(row, "withheld") == NULL);
	const char *stale = json_string_value(json_object_get(row, "stale"));

	CHECK(stale != NULL && strstr(stale, "net_gmv is suspended by flashd") != NULL);
	CHECK(json_object_get(row_of(&card, "gmv"), "stale") == NULL);
	certify_again("net_gmv");
	arena_free(arena);
}

int main(void)
{
	world_open();
	CHECK_RUN(an_explanation_is_certified_by_the_tenants_word);
	CHECK_RUN(what_is_suspended_is_not_explained);
	CHECK_RUN(the_scorecard_calls_it_stale);
	world_close();
	return check_done();
}
