/* Every governed number against the oracle (metrics_oracle.h) over the small world of tests/fixtures/world.sql: windows
 * with days written by hand, then every metric by every dimension, then random questions, with most days summed up and
 * some stale; the same answers when none is summed up; and what must be refused or kept. tests/sql/metrics_oracle.sh
 * makes the database ($FLASHD_METRICS_DATABASE, a superuser's); alone it skips. */
#include "metrics_trials.h"
#include "metrics_world.h"

#include <unistd.h>

#include "mcp/base/seal.h"
#include "mcp/corridor/corridor.h"
#include "mcp/metrics/metric_test.h"
#include "mcp/metrics/own.h"

enum { RANDOM_USUAL = 500 };

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

static void windows_are_those_written_by_hand(void)
{
	static const struct {
		int tenant;
		const char *window, *from, *to, *as_of, *days[6];
	} cases[] = {
		{ 1, "last_week", NULL, NULL, NULL, { "2017-10-30", "2017-11-05", "2017-10-23", "2017-10-29", "2016-10-31", "2016-11-06" } },
		{ 2, "last_week", NULL, NULL, NULL, { "2017-10-29", "2017-11-04", "2017-10-22", "2017-10-28", "2016-10-30", "2016-11-05" } },
		{ 1, "this_week", NULL, NULL, NULL, { "2017-11-06", "2017-11-06", "2017-10-30", "2017-10-30", "2016-11-07", "2016-11-07" } },
		{ 2, "this_week", NULL, NULL, NULL, { "2017-11-05", "2017-11-06", "2017-10-29", "2017-10-30", "2016-11-06", "2016-11-07" } },
		{ 1, "last_7d", NULL, NULL, NULL, { "2017-10-30", "2017-11-05", "2017-10-23", "2017-10-29", "2016-10-30", "2016-11-05" } },
		{ 1, "last_14d", NULL, NULL, NULL, { "2017-10-23", "2017-11-05", "2017-10-09", "2017-10-22", "2016-10-23", "2016-11-05" } },
		{ 1, "last_28d", NULL, NULL, NULL, { "2017-10-09", "2017-11-05", "2017-09-11", "2017-10-08", "2016-10-09", "2016-11-05" } },
		{ 1, "last_30d", NULL, NULL, NULL, { "2017-10-07", "2017-11-05", "2017-09-07", "2017-10-06", "2016-10-07", "2016-11-05" } },
		{ 1, "last_90d", NULL, NULL, NULL, { "2017-08-08", "2017-11-05", "2017-05-10", "2017-08-07", "2016-08-08", "2016-11-05" } },
		{ 1, "today", NULL, NULL, NULL, { "2017-11-06", "2017-11-06", "2017-11-05", "2017-11-05", "2016-11-06", "2016-11-06" } },
		{ 1, "yesterday", NULL, NULL, NULL, { "2017-11-05", "2017-11-05", "2017-11-04", "2017-11-04", "2016-11-05", "2016-11-05" } },
		{ 1, "mtd", NULL, NULL, NULL, { "2017-11-01", "2017-11-06", "2017-10-01", "2017-10-06", "2016-11-01", "2016-11-06" } },
		{ 1, "this_month", NULL, NULL, "2017-03-31", { "2017-03-01", "2017-03-31", "2017-02-01", "2017-02-28", "2016-03-01", "2016-03-31" } },
		{ 1, "last_month", NULL, NULL, NULL, { "2017-10-01", "2017-10-31", "2017-09-01", "2017-09-30", "2016-10-01", "2016-10-31" } },
		{ 1, "last_month", NULL, NULL, "2017-03-15", { "2017-02-01", "2017-02-28", "2017-01-01", "2017-01-31", "2016-02-01", "2016-02-29" } },
		{ 1, "last_week", NULL, NULL, "2017-01-01", { "2016-12-19", "2016-12-25", "2016-12-12", "2016-12-18", "2015-12-21", "2015-12-27" } },
		{ 2, "last_week", NULL, NULL, "2017-01-01", { "2016-12-25", "2016-12-31", "2016-12-18", "2016-12-24", "2015-12-27", "2016-01-02" } },
		{ 1, "last_quarter", NULL, NULL, NULL, { "2017-07-01", "2017-09-30", "2017-04-01", "2017-06-30", "2016-07-01", "2016-09-30" } },
		{ 1, "qtd", NULL, NULL, NULL, { "2017-10-01", "2017-11-06", "2017-07-01", "2017-08-06", "2016-10-01", "2016-11-06" } },
		{ 1, "ytd", NULL, NULL, NULL, { "2017-01-01", "2017-11-06", "2016-01-01", "2016-11-05", "2016-01-01", "2016-11-06" } },
		{ 2, "last_year", NULL, NULL, NULL, { "2016-01-01", "2016-12-31", "2015-01-01", "2015-12-31", "2015-01-01", "2015-12-31" } },
		{ 1, "fiscal_ytd", NULL, NULL, NULL, { "2017-04-01", "2017-11-06", "2016-04-01", "2016-11-06", "2016-04-01", "2016-11-06" } },
		{ 1, "last_fiscal_quarter", NULL, NULL, NULL, { "2017-07-01", "2017-09-30", "2017-04-01", "2017-06-30", "2016-07-01", "2016-09-30" } },
		{ 2, "fiscal_ytd", NULL, NULL, NULL, { "2017-01-29", "2017-11-06", "2016-01-31", "2016-11-07", "2016-01-31", "2016-11-07" } },
		{ 2, "last_fiscal_month", NULL, NULL, NULL, { "2017-10-01", "2017-10-28", "2017-08-27", "2017-09-30", "2016-10-02", "2016-10-29" } },
		{ 2, "last_fiscal_quarter", NULL, NULL, NULL, { "2017-07-30", "2017-10-28", "2017-04-30", "2017-07-29", "2016-07-31", "2016-10-29" } },
		{ 2, "last_fiscal_year", NULL, NULL, NULL, { "2016-01-31", "2017-01-28", "2015-02-01", "2016-01-30", "2015-02-01", "2016-01-30" } },
		{ 1, NULL, "2017-02-01", "2017-02-28", NULL, { "2017-02-01", "2017-02-28", "2017-01-01", "2017-01-31", "2016-02-01", "2016-02-29" } },
		{ 1, NULL, "2017-01-01", "2017-03-31", NULL, { "2017-01-01", "2017-03-31", "2016-10-01", "2016-12-31", "2016-01-01", "2016-03-31" } },
		{ 1, NULL, "2016-02-29", "2016-02-29", NULL, { "2016-02-29", "2016-02-29", "2016-02-28", "2016-02-28", "2015-02-28", "2015-02-28" } },
		{ 1, NULL, "2016-02-20", "2016-02-28", NULL, { "2016-02-20", "2016-02-28", "2016-02-11", "2016-02-19", "2015-02-20", "2015-02-28" } },
		{ 1, NULL, "2017-03-02", "2017-03-31", NULL, { "2017-03-02", "2017-03-31", "2017-01-31", "2017-03-01", "2016-03-02", "2016-03-31" } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct bounds_request request = { metric_of("gmv"), cases[i].window, cases[i].from, cases[i].to,
			cases[i].as_of };
		struct bounds bounds;
		struct error error = { .text = "" };

		CHECK(bounds_find(asked, cases[i].tenant, &request, arena, &bounds, &error));
		CHECK_TEXT(error.text, "");
		for (size_t p = 0; p < 3; p++) {
			CHECK_TEXT(bounds.periods[p].first_day, cases[i].days[2 * p]);
			CHECK_TEXT(bounds.periods[p].last_day, cases[i].days[2 * p + 1]);
		}
	}
}

/* Days of 23, 24 and 25 hours, and a midnight that is skipped or comes twice. */
static void days_begin_at_their_first_instant(void)
{
	static const struct {
		int tenant;
		const char *day, *since_local, *since;
		int hours;
	} cases[] = {
		{ 1, "2017-03-26", "2017-03-26T00:00:00+01:00", "2017-03-25T23:00:00Z", 23 },
		{ 1, "2017-10-29", "2017-10-29T00:00:00+02:00", "2017-10-28T22:00:00Z", 25 },
		{ 1, "2017-06-01", "2017-06-01T00:00:00+02:00", "2017-05-31T22:00:00Z", 24 },
		{ 2, "2017-03-12", "2017-03-12T01:00:00-04:00", "2017-03-12T05:00:00Z", 23 },
		{ 2, "2017-11-05", "2017-11-05T00:00:00-04:00", "2017-11-05T04:00:00Z", 25 },
		{ 2, "2017-11-04", "2017-11-04T00:00:00-04:00", "2017-11-04T04:00:00Z", 24 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct bounds_request request = { metric_of("gmv"), NULL, cases[i].day, cases[i].day, NULL };
		struct bounds bounds;
		struct error error;

		CHECK(bounds_find(asked, cases[i].tenant, &request, arena, &bounds, &error));
		CHECK_TEXT(bounds.periods[0].since_local, cases[i].since_local);
		CHECK_TEXT(bounds.periods[0].since, cases[i].since);
		CHECK_INT((bounds.periods[0].until_us - bounds.periods[0].since_us) / 3600000000, cases[i].hours);
	}
}

/* Each metric alone and by each of its dimensions, over a window with a comparison, each in its turn; grains, of which
 * the compiler knows nothing but the column, by every third metric. */
static void every_metric_by_every_dimension(void)
{
	static const char *const windows[] = { "last_week", "last_90d", "mtd", "last_quarter", "fiscal_ytd" };
	const struct metric *metric;
	struct error error;

	for (size_t i = 0; (metric = catalogue_at(catalogue_shipped(&error), i)) != NULL; i++)
		for (size_t d = 0; d <= metric->dimension_count; d++) {
			const char *by = d > 0 ? metric->dimensions[d - 1]->name : NULL;

			if (is_grain(by) && (i + d) % 3 != 0)
				continue;
			struct trial trial = { .tenant = 1 + (int)((i + d) % 2), .metric = metric->name, .by_count = d > 0,
				.by = { by } };

			if (metric->source->time[0] != '\0') {
				trial.window = by != NULL && strcmp(by, "hour") == 0 ? "last_7d"
					: strcmp(by == NULL ? "" : by, "day") == 0 ? "last_90d" : windows[(i + d) % 5];
				trial.compare[metric->part_count > 0 ? (i + d) % 2 : (i + d) % 4] = true;
			}
			CHECK(passes(&trial));
		}
}

/* The nights that the clocks change, and the last and first instants of months and years, by day. */
static void edges_fall_on_their_days(void)
{
	static const char *const spans[][2] = { { "2017-03-25", "2017-03-27" }, { "2017-10-28", "2017-10-30" },
		{ "2017-03-11", "2017-03-13" }, { "2017-11-03", "2017-11-05" }, { "2016-12-31", "2017-01-01" },
		{ "2017-02-27", "2017-03-01" }, { "2017-03-12", "2017-03-12" }, { "2017-11-05", "2017-11-05" },
		{ "2017-10-29", "2017-10-29" }, { "2017-03-26", "2017-03-26" }, { "2017-10-01", "2017-10-31" } };
	static const char *const metrics[] = { "gmv", "orders", "repeat_rate", "active_members", "coupons_redeemed",
		"points_issued" };

	for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
		for (size_t m = 0; m < sizeof metrics / sizeof metrics[0]; m++)
			for (int w = 0; w < 4; w++) {
				struct trial trial = { .tenant = 1 + w % 2, .metric = metrics[m], .compare = { true, true } };

				snprintf(trial.days.first, 11, "%s", spans[i][0]);
				snprintf(trial.days.last, 11, "%s", spans[i][1]);
				trial.by_count = w > 1 && metric_of(metrics[m])->lookback_days == 0;
				trial.by[0] = trial.by_count > 0 ? "day" : NULL;
				CHECK(passes(&trial));
			}
}

static void random_questions(void)
{
	const char *count = getenv("FLASHD_METRICS_QUESTIONS"), *start = getenv("FLASHD_METRICS_SEED");
	int questions = count == NULL ? RANDOM_USUAL : atoi(count);

	seed = start == NULL ? seed : strtoull(start, NULL, 10);
	printf("# %d random questions, FLASHD_METRICS_SEED=%llu\n", questions, seed);
	for (int i = 0; i < questions; i++) {
		struct trial trial = random_trial();

		CHECK(passes(&trial));
	}
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
		check_skip("metrics_oracle", "tests/sql/metrics_oracle.sh gives it a database");
		return check_done();
	}
	whole = arena_new();
	arena = arena_new();
	open_world(database);
	CHECK_RUN(windows_are_those_written_by_hand);
	CHECK_RUN(days_begin_at_their_first_instant);
	CHECK_RUN(what_cannot_be_grounded_is_refused);
	CHECK_RUN(answers_without_sums_are_kept);
	need(db_script(raw, read_file("tests/fixtures/rolled.sql"), &error), "rolled.sql", &error);
	CHECK_RUN(every_metric_by_every_dimension);
	CHECK_RUN(edges_fall_on_their_days);
	CHECK_RUN(random_questions);
	CHECK_RUN(answers_from_sums_are_the_same);
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
