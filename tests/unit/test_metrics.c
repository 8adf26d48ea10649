/* The catalogue, its fragments and the compiler, without a database: what loads, what is refused and with which words,
 * and that nothing from outside ever becomes SQL. */
#include "check.h"
#include "mcp/base/clock.h"
#include "mcp/base/embed.h"
#include "mcp/metrics/cache.h"
#include "mcp/metrics/catalogue.h"
#include "mcp/metrics/compile.h"
#include "mcp/metrics/day.h"
#include "mcp/metrics/fragment.h"

static struct arena *arena;

static const char good[] = "{\"name\": \"sales\", \"title\": \"Sales\", \"unit\": \"cents\", \"kind\": \"sum\","
	"\"meaning\": \"All of it.\", \"synonyms\": [\"takings\"], \"owner\": \"finance\", \"certified\": true,"
	"\"certified_by\": \"ana\", \"certified_on\": \"2026-11-20\", \"source\": \"orders\","
	"\"value\": \"sum(gross_cents)\", \"filter\": \"member is not null\", \"dimensions\": [\"store\", \"day\"],"
	"\"additive\": true, \"windows\": [\"any\"]}";

/* The mistakes of a definition that is `good` with some fields changed: {"field": value}; null takes one out. */
static const char *mistakes_of(const char *changes)
{
	json_t *json = json_loads(good, 0, NULL), *change = json_loads(changes, 0, NULL), *value;
	struct catalogue *catalogue = catalogue_new();
	const char *field;

	json_object_foreach(change, field, value)
		if (json_is_null(value))
			json_object_del(json, field);
		else
			json_object_set(json, field, value);
	const char *text = arena_dump(arena, json);

	catalogue_add(catalogue, "sql/metrics/sales.json", text, strlen(text));
	size_t count = catalogue_finish(catalogue);
	const char *mistakes = arena_copy(arena, catalogue_mistakes(catalogue));

	CHECK((count > 0) == (catalogue_at(catalogue, 0) == NULL) || catalogue_at(catalogue, 0)->kind == KIND_DERIVED);
	CHECK((count > 0) == (mistakes[0] != '\0'));
	catalogue_free(catalogue);
	json_decref(json);
	json_decref(change);
	return mistakes;
}

static void the_shipped_catalogue_loads(void)
{
	static const char *const wanted[] = { "gmv", "net_gmv", "orders", "aov", "active_members", "new_members",
		"repeat_rate", "member_gmv_share", "points_issued", "points_redeemed", "points_liability", "coupons_issued",
		"coupons_redeemed", "coupon_redemption_rate", "pool_remaining", "at_risk_members", "agent_spend", "budget_left",
		"drafts_created" };
	struct error error = { .text = "" };
	const struct catalogue *catalogue = catalogue_shipped(&error);
	size_t files = 0;

	CHECK_TEXT(error.text, "");
	CHECK(catalogue != NULL);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		const struct metric *metric = catalogue_find(catalogue, wanted[i]);

		CHECK(metric != NULL && metric->certified && strlen(metric->definition) == 64);
	}
	for (const struct embed *file = NULL; (file = embed_next("sql/metrics/", file)) != NULL;)
		files++;
	for (size_t i = 0; i < files; i++)
		CHECK(i == 0 || strcmp(catalogue_at(catalogue, i - 1)->name, catalogue_at(catalogue, i)->name) < 0);
	CHECK(catalogue_at(catalogue, files) == NULL);
}

static void each_mistake_has_its_place(void)
{
	static const char *const cases[][2] = {
		{ "{\"name\": \"Sales\"}", "/name: must be" },
		{ "{\"name\": \"other\"}", "/name: must be" },
		{ "{\"title\": null}", "/title: is missing" },
		{ "{\"titel\": \"x\"}", "/titel: is not a field of a metric; nearest: title" },
		{ "{\"unit\": \"euros\"}", "/unit: \"euros\" is not known" },
		{ "{\"kind\": \"summ\"}", "/kind: \"summ\" is not known; nearest: sum" },
		{ "{\"meaning\": \"No stop\"}", "/meaning: must be a sentence" },
		{ "{\"synonyms\": [\"fine\", \"Not Fine\"]}", "/synonyms/1: must be" },
		{ "{\"synonyms\": \"fine\"}", "/synonyms: must be a list" },
		{ "{\"certified\": \"yes\"}", "/certified: must be true or false" },
		{ "{\"certified_by\": null}", "/certified_by: is missing" },
		{ "{\"certified_on\": \"2026-02-30\"}", "/certified_on: must be a day" },
		{ "{\"certified\": false}", "/certified_by: names somebody" },
		{ "{\"source\": \"order\"}", "/source: \"order\" is not known; nearest: orders" },
		{ "{\"value\": null}", "/value: is missing" },
		{ "{\"value\": \"sum(secret)\"}", "/value: \"secret\" is not a column" },
		{ "{\"value\": \"gross_cents\"}", "/value: the column gross_cents stands outside" },
		{ "{\"value\": \"1 + 1\"}", "/value: it holds no aggregate" },
		{ "{\"numerator\": \"count(*)\"}", "/numerator: a ratio has" },
		{ "{\"filter\": \"sum(units) > 3\"}", "/filter: sum() may not stand here" },
		{ "{\"filter\": \"member = 1; drop table x\"}", "/filter: the character \";\" may not stand here" },
		{ "{\"dimensions\": [\"store\", \"shop\"]}", "/dimensions/1: \"shop\" is not a dimension" },
		{ "{\"dimensions\": [\"policy\"]}", "/dimensions/0: orders cannot be cut by policy" },
		{ "{\"dimensions\": [\"store\", \"store\"]}", "/dimensions/1: store is there twice" },
		{ "{\"dimensions\": 7}", "/dimensions: must be a list" },
		{ "{\"additive\": false}", "/additive: a sum adds up" },
		{ "{\"kind\": \"distinct\"}", "/additive: a distinct does not add up" },
		{ "{\"additive\": null}", "/additive: must be true or false" },
		{ "{\"windows\": [\"someday\"]}", "/windows/0: \"someday\" is not a window" },
		{ "{\"windows\": [\"now\"]}", "/windows/0: \"now\" is not a window" },
		{ "{\"windows\": []}", "/windows: must be a list" },
		{ "{\"lookback_days\": 0}", "/lookback_days: must be" },
		{ "{\"value\": \"sum(days_ago)\"}", "/value: \"days_ago\" is not a column" },
		{ "{\"tests\": [\"fine\"]}", "/tests/0: must be one of" },
		{ "{\"tests\": 1}", "/tests: must be a list" },
		{ "{\"freshness_hours\": 0}", "/freshness_hours: must be" },
		{ "{\"unit\": \"days\"}", "/unit: only a ratio has the unit days" },
		{ "{\"since\": \"year\"}", "/since: only a cumulative" },
		{ "{\"kind\": \"cumulative\"}", "/since: is missing" },
		{ "{\"kind\": \"cumulative\", \"since\": \"year\"}", "/dimensions/1: a state and a look-back" },
		{ "{\"kind\": \"derived\"}", "/source: a derived metric is made of other metrics" },
		{ "{\"kind\": \"derived\", \"source\": null, \"filter\": null, \"value\": \"nothing\"}", "/value: \"nothing\" may not" },
		{ "{\"kind\": \"derived\", \"source\": null, \"filter\": null, \"value\": \"7\"}", "/value: names no metric" },
		{ "{\"lookback_days\": 90}", "/dimensions/1: a state and a look-back" },
		{ "{\"unit\": \"ratio\"}", "/unit: only a ratio" },
		{ "{\"kind\": \"model\"}", "/kind: a model cannot be made of orders" },
		{ "{\"entity\": {\"by\": \"nobody\", \"columns\": {\"n\": \"count(*)\"}}}", "/entity: must be" },
		{ "{\"entity\": {\"by\": \"member\", \"columns\": {\"units\": \"count(*)\"}}}", "/entity/columns/units: must be a new name" },
		{ "{\"entity\": {\"by\": \"member\", \"columns\": {\"n\": \"sleep(1)\"}}}", "/entity/columns/n: \"sleep\" is not" },
	};

	CHECK_TEXT(mistakes_of("{}"), "");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *mistakes = mistakes_of(cases[i][0]);

		if (strstr(mistakes, arena_format(arena, "sql/metrics/sales.json#%s", cases[i][1])) == NULL)
			printf("# %s gave: %s\n", cases[i][0], mistakes);
		CHECK(strstr(mistakes, cases[i][1]) != NULL);
	}
}

static void all_mistakes_are_told_at_once(void)
{
	const char *mistakes = mistakes_of("{\"unit\": \"x\", \"kind\": \"y\", \"value\": \"sum(z)\", "
		"\"dimensions\": [\"w\"]}");
	size_t lines = 1;

	for (const char *at = mistakes; *at != '\0'; at++)
		lines += *at == '\n';
	CHECK_INT(lines, 4);
}

static void broken_json_and_doubles_are_told(void)
{
	struct catalogue *catalogue = catalogue_new();
	char *other = arena_copy(arena, good);

	catalogue_add(catalogue, "sql/metrics/a.json", "{\"name\": }", 10);
	catalogue_add(catalogue, "sql/metrics/b.json", "{\"name\": 1, \"name\": 2}", 22);
	catalogue_add(catalogue, "sql/metrics/c.json", "[]", 2);
	catalogue_add(catalogue, "sql/metrics/sales.json", good, strlen(good));
	memcpy(strstr(other, "sales"), "seles", 5);
	catalogue_add(catalogue, "sql/metrics/seles.json", other, strlen(other));
	CHECK_INT(catalogue_finish(catalogue), 5);
	const char *mistakes = catalogue_mistakes(catalogue);

	CHECK(strstr(mistakes, "a.json#: line 1") != NULL);
	CHECK(strstr(mistakes, "b.json#: line 1") != NULL && strstr(mistakes, "duplicate") != NULL);
	CHECK(strstr(mistakes, "c.json#: must be an object") != NULL);
	CHECK(strstr(mistakes, "sales.json#/synonyms/0: \"takings\" also means seles") != NULL);
	catalogue_free(catalogue);
}

/* A derived metric and what it says of itself, beside the metric `sales`. */
static const char *derived_mistakes(const char *value, const char *dimensions, bool additive)
{
	struct catalogue *catalogue = catalogue_new();
	const char *text = arena_format(arena, "{\"name\": \"net\", \"title\": \"Net\", \"unit\": \"cents\", \"kind\": "
		"\"derived\", \"meaning\": \"Net.\", \"synonyms\": [], \"owner\": \"finance\", \"value\": \"%s\", "
			"\"dimensions\": [%s], "
		"\"additive\": %s, \"windows\": [\"any\"]}", value, dimensions, additive ? "true" : "false");

	catalogue_add(catalogue, "net.json", text, strlen(text));
	catalogue_add(catalogue, "sales.json", good, strlen(good));
	catalogue_finish(catalogue);
	const char *mistakes = arena_copy(arena, catalogue_mistakes(catalogue));

	catalogue_free(catalogue);
	return mistakes;
}

static void derived_metrics_rest_on_their_parts(void)
{
	CHECK_TEXT(derived_mistakes("sales + 2", "\"store\"", true), "");
	CHECK(strstr(derived_mistakes("sales * 2", "\"store\"", true), "/additive: only a sum of what adds up") != NULL);
	CHECK(strstr(derived_mistakes("sales", "\"tier\"", true), "/dimensions/0: sales cannot be cut by tier") != NULL);
	CHECK(strstr(derived_mistakes("net", "\"store\"", false), "/value: \"net\" may not stand here") != NULL);
	CHECK(strstr(derived_mistakes("sales / 2", "\"store\"", false), "/value: the character \"/\"") != NULL);
}

/* A certificate is for one definition: a changed one is not certified. */
static void certificates_name_their_definition(void)
{
	struct error error;
	const struct metric *gmv = catalogue_find(catalogue_shipped(&error), "gmv");
	const char *body = embed_find("sql/metrics/gmv.json")->bytes;
	char *changed = arena_copy(arena, body);
	struct catalogue *same = catalogue_new(), *other = catalogue_new();

	memcpy(strstr(changed, "before discounts"), "beyond discounts", 16);
	catalogue_add(same, "gmv.json", body, strlen(body));
	catalogue_add(other, "gmv.json", changed, strlen(changed));
	CHECK(gmv->certified && catalogue_at(same, 0)->certified && !catalogue_at(other, 0)->certified);
	catalogue_free(same);
	catalogue_free(other);
}

static void definitions_have_versions(void)
{
	struct catalogue *a = catalogue_new(), *b = catalogue_new(), *c = catalogue_new();
	json_t *json = json_loads(good, 0, NULL);
	char *indented = json_dumps(json, JSON_INDENT(4));

	json_object_set_new(json, "value", json_string("sum(gross_cents - refund_cents)"));
	char *changed = json_dumps(json, 0);

	catalogue_add(a, "sales.json", good, strlen(good));
	catalogue_add(b, "sales.json", indented, strlen(indented));
	catalogue_add(c, "sales.json", changed, strlen(changed));
	CHECK_TEXT(catalogue_at(a, 0)->definition, catalogue_at(b, 0)->definition);
	CHECK(strcmp(catalogue_at(a, 0)->definition, catalogue_at(c, 0)->definition) != 0);
	free(indented);
	free(changed);
	json_decref(json);
	catalogue_free(a);
	catalogue_free(b);
	catalogue_free(c);
}

static void fragments_hold_nothing_else(void)
{
	static const char *const bad[] = { "sum(gross_cents);", "sum(gross_cents) -- 1", "sum(gross_cents) /* 1 */",
		"sum(gross_cents::text)", "sum(o.gross_cents)", "sum(gross_cents) from x", "pg_sleep(1)",
		"sum(\"gross_cents\")", "sum($1)", "(select 1)", "sum(gross_cents", "sum(gross_cents))",
		"sum(sum(gross_cents))", "count(*) || 'x'", "sum(gross_cents) filter (where coupon = 'it''s')",
		"sum(gross_cents) filter (where coupon = 'X')", "SUM(gross_cents)", "sum (gross_cents)", "sum(1e9)",
		"sum(gross_cents) + units", "sum(gross_cents)\n", "sum(\\)" };
	struct error error;

	CHECK(fragment_check("round(sum(gross_cents * units) / 100.0)", FRAGMENT_AGGREGATE, "gross_cents units", "",
		&error));
	CHECK(fragment_check("coalesce(sum(case when coupon = 'a_b' then 1 else 0 end) filter (where units in (1, 2)), 0)",
		FRAGMENT_AGGREGATE, "units", "coupon", &error));
	CHECK(fragment_check("not (coupon is null or units >= 3)", FRAGMENT_CONDITION, "units coupon", "", &error));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		error.code = ERROR_NONE;
		bool passes = fragment_check(bad[i], FRAGMENT_AGGREGATE, "gross_cents units coupon", "", &error);

		if (passes)
			printf("# passes: %s\n", bad[i]);
		CHECK(!passes && error.code == ERROR_FORMAT);
	}
}

static void arithmetic_holds_nothing_else(void)
{
	static const char *const bad[] = { "", "a +", "a b", "a - - b", "a / b", "c", "(a", "a)", "a;", "a::int",
		"sum(a)", "1.5",
		"a -- b", "a/**/b", "'a'", "a, b", "()", "12345678901", "A", "a = b", "\"a\"", "$1", "a\nb" };
	struct error error;

	CHECK(fragment_check_arithmetic("a", "a b", &error));
	CHECK(fragment_check_arithmetic("2 * (a + b) - 10*a", "a b", &error));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		error.code = ERROR_NONE;
		if (fragment_check_arithmetic(bad[i], "a b", &error))
			printf("# passes: %s\n", bad[i]);
		CHECK(error.code == ERROR_FORMAT);
	}
}

/* Pieces of good and bad fragments in any order: whatever passes holds only known words, closed brackets and plain
 * characters, so nothing in it can leave the expression. */
static void fragments_survive_any_mixture(void)
{
	static const char *const pieces[] = { "sum(", "count(*)", "gross_cents", ")", "(", " ", "filter (where ",
		"'web'", "'", "--",
		"/*", "*/", ";", "::", "select", "from", "pg_sleep", "\"", "$1", "units", "+", "-", "*", "/", "case when ",
			"then", "end",
		"1", ".", ",", "=", "||", "\\", "E'", "\n", "null", "in", "secret", "coalesce(", "distinct ", "%", "[", "{" };
	unsigned long long seed = 20261121;
	struct error error;

	for (int i = 0; i < 200000; i++) {
		char text[200] = "";
		int depth = 0;

		for (int n = 1 + i % 9; n > 0; n--) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			strcat(text, pieces[(seed >> 33) % (sizeof pieces / sizeof pieces[0])]);
		}
		if (!fragment_check(text, i % 2 == 0 ? FRAGMENT_AGGREGATE : FRAGMENT_CONDITION, "gross_cents units", "",
			&error))
			continue;
		for (char *at = text, *end; (at = strchr(at, '\'')) != NULL && (end = strchr(at + 1, '\'')) != NULL;)
			memset(at, ' ', (size_t)(end - at) + 1);   /* a plain quoted word says nothing */
		CHECK(strpbrk(text, "';\"$\\|:\n%[]{}") == NULL && strstr(text, "--") == NULL && strstr(text, "/*") == NULL &&
			strstr(text, "select") == NULL && strstr(text, "from") == NULL && strstr(text, "secret") == NULL &&
			strstr(text, "pg_") == NULL && strstr(text, "E'") == NULL);
		for (const char *at = text; *at != '\0' && depth >= 0; at++)
			depth += (*at == '(') - (*at == ')');
		CHECK_INT(depth, 0);
	}
}

static struct compile_request request_of(const char *metric, const char *by)
{
	struct error error;
	struct compile_request request = { .metric = catalogue_find(catalogue_shipped(&error), metric), .tenant = 7,
		.period_count = 1, .periods = { { "A", "B", "C", "D", true }, { "E", "F", "G", "H", false } },
		.zone = "Europe/Paris", .week_start = 1, .limit = 20 };

	for (size_t size; *by != '\0'; by += size + (by[size] == ' ')) {
		size = strcspn(by, " ");
		request.by[request.by_count++] = dimension_find(arena_copy_size(arena, by, size));
	}
	return request;
}

static size_t count_of(const char *text, const char *word)
{
	size_t count = 0;

	for (; (text = strstr(text, word)) != NULL; text += strlen(word))
		count++;
	return count;
}

static void queries_have_their_shape(void)
{
	struct compile_request request = request_of("gmv", "lifecycle");
	struct compiled compiled = compile_query(&request, arena);

	CHECK(strstr(compiled.sql, "group by grouping sets ((d1), ())") != NULL);
	CHECK(strstr(compiled.sql, "s.ordered_at >= $2::timestamptz and s.ordered_at < $3::timestamptz") != NULL);
	CHECK_TEXT(compiled.values[0], "7");
	CHECK_TEXT(compiled.values[1], "A");
	CHECK_INT(count_of(compiled.sql, "from metric.orders"), 1);
	request.period_count = 2;
	compiled = compile_query(&request, arena);
	CHECK_INT(count_of(compiled.sql, "from metric.orders"), 2);
	request = request_of("gmv", "store");
	request.period_count = 2;
	compiled = compile_query(&request, arena);
	CHECK(strstr(compiled.sql, "from metric.order_sums where tenant = $1::int and day <= $2::date and day >= $3::date) "
		"s") != NULL);
	CHECK_TEXT(compiled.values[1], "D");
	CHECK_TEXT(compiled.values[2], "C");
	CHECK(strstr(compiled.sql, "from metric.order_sums where tenant = $1::int and day < $4::date and day >= $5::date "
		"union all") != NULL);
	CHECK(strstr(compiled.sql, "from metric.order_rows where tenant = $1::int and day = $4::date and ordered_at < "
		"$6::timestamptz") != NULL);
	CHECK_TEXT(compiled.values[5], "F");
	CHECK_INT(count_of(compiled.sql, "from metric.orders"), 0);
	request = request_of("repeat_rate", "tier month");
	request.by_time = true;
	compiled = compile_query(&request, arena);
	CHECK(strstr(compiled.sql, "group by grouping sets ((d1, d2, member), (member))") != NULL);
	CHECK(strstr(compiled.sql, "(select s.*, s.tier as d1, date_trunc('month', (s.ordered_at at time zone "
		"$2::text)::date)") != NULL);
	CHECK(strstr(compiled.sql, "slots") == NULL);
	request = request_of("orders", "week");
	request.by_time = true;
	compiled = compile_query(&request, arena);
	CHECK(strstr(compiled.sql, "slots as (select distinct") != NULL);
	request = request_of("total_members", "");
	compiled = compile_query(&request, arena);
	CHECK(strstr(compiled.sql, "enrolled_at >=") == NULL && strstr(compiled.sql, "s.enrolled_at < $2") != NULL);
	request = request_of("budget_left", "key");
	compiled = compile_query(&request, arena);
	CHECK(strstr(compiled.sql, "timestamptz") == NULL);
}

/* Whatever a value says, the SQL is the same and the value is a parameter. */
static void values_stay_parameters(void)
{
	static const char *const attacks[] = { "{\"') or true --\"}", "{\"$1\"}", "{\"%_\"}", "{\"\\\\\"}", "{\"'; drop "
		"table data.orders; --\"}" };
	const char *first = NULL;

	for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
		struct compile_request request = request_of("gmv", "store");

		request.filters[request.filter_count++] = (struct compile_filter){ dimension_find("channel"), attacks[i],
			false };
		request.periods[0].last_day = attacks[i];
		struct compiled compiled = compile_query(&request, arena);

		CHECK(strstr(compiled.sql, "drop") == NULL && strchr(compiled.sql, ';') == NULL &&
			strstr(compiled.sql, "--") == NULL);
		CHECK(strstr(compiled.sql, "s.channel = any ($2::text[])") != NULL);
		CHECK(compiled.values[1] == attacks[i] && compiled.values[2] == attacks[i]);
		first = first == NULL ? compiled.sql : first;
		CHECK_TEXT(compiled.sql, first);
	}
}

/* One SELECT, no more, over the views only, whatever is asked. */
static void every_query_is_one_select(void)
{
	struct error error;
	const struct catalogue *catalogue = catalogue_shipped(&error);
	const struct metric *metric;

	for (size_t i = 0; (metric = catalogue_at(catalogue, i)) != NULL; i++)
		for (size_t d = 0; d < metric->dimension_count; d++) {
			struct compile_request request = request_of(metric->name, metric->dimensions[d]->name);

			request.period_count = 2;
			struct compiled compiled = compile_query(&request, arena);

			CHECK(strncmp(compiled.sql, "with p0 as (select", 18) == 0 && strchr(compiled.sql, ';') == NULL);
			CHECK(strstr(compiled.sql, "data.") == NULL && compiled.count <= COMPILED_VALUES);
			CHECK_INT(count_of(compiled.sql, "("), count_of(compiled.sql, ")"));
		}
}

static const char *refusal(const char *name)
{
	struct error error = { .code = ERROR_NONE };

	catalogue_refuse(catalogue_shipped(&error), name, arena, &error);
	CHECK_INT(error.code, ERROR_UNGROUNDED);
	return arena_copy(arena, error.text);
}

static void unknown_metrics_get_the_nearest(void)
{
	CHECK(strstr(refusal("gvm"), "Nearest: gmv") != NULL);
	CHECK(strstr(refusal("Gross Sales"), "\"gmv\" (Gross merchandise value) goes by that name") != NULL);
	CHECK(strstr(refusal("basket valu"), "aov (basket value)") != NULL);
	CHECK(strstr(refusal("zqxjkvbwpy"), "Nearest") == NULL);
	CHECK(strstr(refusal("a\xe2\x80\xae" "b"), "<U+202E>") != NULL);
}

static void days_are_days(void)
{
	static const char *const bad[] = { "2017-02-29", "2017-13-01", "2017-00-01", "2017-1-01", "1899-12-31",
		"2200-01-01", "2017-01-01T", "20170101", "", "2017-01-0x", "9999999999", "-017-01-01" };
	int number, next;

	CHECK(day_parse("1970-01-01", &number) && number == 0);
	CHECK(day_parse("2000-02-29", &number) && day_parse("2000-03-01", &next) && next == number + 1 && next == 11017);
	CHECK(day_parse("2199-12-31", &number));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!day_parse(bad[i], &number));
}

/* A share of .077377 is shown as that, not as what a double makes of it. */
static void reals_are_written_short(void)
{
	json_t *json = arena_json(arena, json_pack("[f, f, f]", 0.077377, -12.3, 1.0));

	CHECK_TEXT(arena_dump(arena, json), "[0.077377,-12.3,1.0]");
}

/* Every reason a decision can have is judged by metric.judged: a new one must be sorted there. */
static void every_reason_is_sorted(void)
{
	static const char *const reasons[] = {
#define REASON(name, word, of, meaning) "'" word "'",
#include "agent/decide.def"
#undef REASON
	};
	const char *views = embed_find("sql/functions/metric_views.sql")->bytes;

	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		if (strstr(views, reasons[i]) == NULL)
			printf("# %s is not in metric.judged\n", reasons[i]);
		CHECK_INT(count_of(views, reasons[i]), 1);
	}
}

/* The text kept for (tenant, key), or NULL; `answer` has the rest. */
static const char *kept_text(int tenant, const char *key, struct cache_answer *answer)
{
	return cache_find(tenant, key, arena, answer) ? answer->text : NULL;
}

static void keep_text(int tenant, const char *key, const char *text, long long version, int64_t until_us)
{
	cache_keep(tenant, key, &(struct cache_answer){ text, (int)version + 10, 0, version }, until_us);
}

static void the_cache_keeps_and_forgets(void)
{
	struct cache_answer answer = { .version = 0 };
	int64_t later = clock_monotonic() + 60000000;
	char *big = arena_alloc(arena, CACHE_TEXT_MOST + 1);

	keep_text(1, "a", "one", 5, later);
	keep_text(2, "a", "two", 6, later);
	CHECK_TEXT(kept_text(1, "a", &answer), "one");
	CHECK_INT(answer.version, 5);
	CHECK_INT(answer.row_count, 15);
	CHECK_TEXT(kept_text(2, "a", &answer), "two");
	CHECK(kept_text(3, "a", &answer) == NULL && kept_text(1, "b", &answer) == NULL);
	keep_text(1, "a", "newer", 7, later);
	CHECK_TEXT(kept_text(1, "a", &answer), "newer");
	keep_text(1, "old", "gone", 1, clock_monotonic());
	CHECK(kept_text(1, "old", &answer) == NULL);
	memset(big, 'x', CACHE_TEXT_MOST);
	keep_text(1, "big", big, 1, later);
	CHECK(kept_text(1, "big", &answer) == NULL);
	for (int i = 0; i < 4 * CACHE_SETS * CACHE_WAYS; i++)
		keep_text(1, arena_format(arena, "key %d", i), "x", 1, later);
	size_t kept = 0;

	for (int i = 0; i < 4 * CACHE_SETS * CACHE_WAYS; i++)
		kept += kept_text(1, arena_format(arena, "key %d", i), &answer) != NULL;
	CHECK(kept > CACHE_SETS * CACHE_WAYS / 2 && kept <= CACHE_SETS * CACHE_WAYS);
	cache_clear();
	CHECK(kept_text(2, "a", &answer) == NULL);
}

int main(void)
{
	arena = arena_new();
	CHECK_RUN(the_shipped_catalogue_loads);
	CHECK_RUN(each_mistake_has_its_place);
	CHECK_RUN(all_mistakes_are_told_at_once);
	CHECK_RUN(broken_json_and_doubles_are_told);
	CHECK_RUN(definitions_have_versions);
	CHECK_RUN(derived_metrics_rest_on_their_parts);
	CHECK_RUN(certificates_name_their_definition);
	CHECK_RUN(fragments_hold_nothing_else);
	CHECK_RUN(arithmetic_holds_nothing_else);
	CHECK_RUN(fragments_survive_any_mixture);
	CHECK_RUN(queries_have_their_shape);
	CHECK_RUN(values_stay_parameters);
	CHECK_RUN(every_query_is_one_select);
	CHECK_RUN(unknown_metrics_get_the_nearest);
	CHECK_RUN(days_are_days);
	CHECK_RUN(reals_are_written_short);
	CHECK_RUN(every_reason_is_sorted);
	CHECK_RUN(the_cache_keeps_and_forgets);
	arena_free(arena);
	return check_done();
}
