/* Every query that the compiler can make, parsed by PostgreSQL's own grammar (libpg_query): exactly one SELECT, reading
 * the listed views and nothing else, calling the listed functions and nothing else, with every value a parameter. */
#include <pg_query.h>
#include <jansson.h>

#include "check.h"
#include "mcp/metrics/catalogue.h"
#include "mcp/metrics/compile.h"

static struct arena *arena;
static const char *problem;
static int rolled, cut;           /* queries that read sums by the day, and such with a day that the period cuts */

static bool is_listed(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

/* A table is a view of `metric` that is a source, or one of the query's own common expressions. */
static void check_table(const json_t *table)
{
	static const char *const own[] = { "p0", "p1", "p2", "p3", "p4", "slots", "top", "b0", "b1",
		"b2", "b3", "b4", "g0", "g1", "g2", "g3", "g4", NULL };
	static const char *const views[] = { "tenants", "dimension_values", "order_sums", "order_rows", NULL };
	const char *schema = json_string_value(json_object_get(table, "schemaname"));
	const char *name = json_string_value(json_object_get(table, "relname"));

	if (schema == NULL ? !is_listed(name, own) : strcmp(schema, "metric") != 0 ||
	    (source_find(name) == NULL && !is_listed(name, views)))
		problem = arena_format(arena, "reads %s.%s", schema == NULL ? "" : schema, name);
}

static void check_call(const json_t *call)
{
	static const char *const known[] = { "sum", "count", "min", "max", "round", "abs", "timezone", "date_trunc",
		"to_char",
		"generate_series", "row_number", "piece_start", "metric", "pg_catalog", "unnest", "date_part", "extract",
			NULL };
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(call, "funcname"), i, name) {
		const char *word = json_string_value(json_object_get(json_object_get(name, "String"), "sval"));

		if (word == NULL || !is_listed(word, known))
			problem = arena_format(arena, "calls %s", word == NULL ? "?" : word);
	}
}

/* Every node of the tree by its name: what changes, locks or writes is nowhere. */
static void walk(const json_t *node)
{
	static const char *const never[] = { "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "LockingClause",
		"CopyStmt",
		"IntoClause", "RangeTableSample", "XmlExpr", "CurrentOfExpr", "SetToDefault", NULL };
	const char *name;
	json_t *value;
	size_t i;

	if (json_is_array(node)) {
		json_array_foreach(node, i, value)
			walk(value);
		return;
	}
	json_object_foreach((json_t *)(uintptr_t)node, name, value) {
		if (is_listed(name, never) || strcmp(name, "intoClause") == 0)
			problem = name;
		if (strcmp(name, "RangeVar") == 0)
			check_table(value);
		if (strcmp(name, "FuncCall") == 0)
			check_call(value);
		walk(value);
	}
}

/* What is wrong with a query; NULL: nothing. */
static const char *problem_of(const char *sql)
{
	PgQueryParseResult parsed = pg_query_parse(sql);

	problem = parsed.error == NULL ? NULL : arena_copy(arena, parsed.error->message);
	if (problem == NULL) {
		json_t *tree = arena_json(arena, json_loads(parsed.parse_tree, 0, NULL));
		const json_t *statements = json_object_get(tree, "stmts");

		if (json_array_size(statements) != 1 || json_object_get(json_object_get(json_array_get(statements, 0), "stmt"),
			"SelectStmt") == NULL)
			problem = "is not one SELECT";
		else
			walk(tree);
	}
	pg_query_free_parse_result(parsed);
	return problem;
}

static void try_compiled(const struct compile_request *request, struct compiled compiled)
{
	const char *wrong = problem_of(compiled.sql);

	if (wrong != NULL)
		printf("# %s: %s\n%s\n", request->metric->name, wrong, compiled.sql);
	CHECK(wrong == NULL);
	CHECK(strstr(compiled.sql, "secret") == NULL);
	rolled += strstr(compiled.sql, "metric.order_sums") != NULL;
	cut += strstr(compiled.sql, "metric.order_rows") != NULL;
}

static void try(const struct compile_request *request)
{
	try_compiled(request, compile_query(request, arena));
	if (compile_has_members(request->metric))
		try_compiled(request, compile_members(request, 5, 100, arena));
}

static struct compile_request request_of(const struct metric *metric)
{
	struct compile_request request = { .metric = metric, .tenant = 7, .zone = "secret", .week_start = 1, .retail = true,
		.fiscal_month = 2, .limit = 20, .period_count = 1 };

	for (size_t i = 0; i < PERIODS_MOST; i++)
		request.periods[i] = (struct compile_period){ "secret", "secret", "secret", "secret", i != 3, { NULL },
			{ NULL } };
	for (size_t i = 0; i < PERIODS_MOST * PARTS_MOST; i++)
		request.periods[i / PARTS_MOST].part_since[i % PARTS_MOST] =
			request.periods[i / PARTS_MOST].part_first_day[i % PARTS_MOST] = "secret";
	return request;
}

static void every_query_is_parsed(void)
{
	struct error error;
	const struct metric *metric;
	struct arena *outer = arena;

	for (size_t i = 0; (metric = catalogue_at(catalogue_shipped(&error), i)) != NULL; i++) {
		arena = arena_new();
		for (size_t d = 0; d <= metric->dimension_count; d++)
			for (int shape = (int)(i + d) % 3; shape < 4; shape += 3 - (int)(i + d) % 3) {
				struct compile_request request = request_of(metric);

				if (d > 0)
					request.by[request.by_count++] = metric->dimensions[d - 1];
				if (d > 1 && shape % 2 == 1 && metric->dimensions[0]->kind != DIMENSION_GRAIN)
					request.by[request.by_count++] = metric->dimensions[0];
				request.period_count = shape < 2 ? 1 : PERIODS_MOST;
				request.by_time = shape != 3 && compile_has_grain(&request);
				request.lowest = shape == 3;
				request.filter_count = metric->dimensions[0]->kind != DIMENSION_GRAIN;
				request.filters[0] = (struct compile_filter){ metric->dimensions[0], "secret", shape > 1 };
				try(&request);
			}
		arena_free(arena);
		arena = outer;
	}
	CHECK(rolled > 500 && cut > 100 && cut < rolled);
}

/* Fragments that no shipped metric has, in the words of the sums. */
static void others_fragments_are_parsed(void)
{
	static const char *const filters[] = { NULL, "channel <> 'web' and coupon is not null", "tier in ('a', 'b') or not "
		"member is null", "discount_cents > 0 and (store is null or region >= 'c' and true)" };
	static const char *const values[] = { "coalesce(sum(gross_cents) filter (where tier = 'gold' and coupon is not "
		"null), 0) * 2 - round(abs(count(*) / 3))", "sum(discount_cents)", "-count(*) filter (where member is null)",
		"sum(units + units)" };
	int before = rolled;

	for (size_t f = 0; f < sizeof filters / sizeof filters[0]; f++)
		for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
			struct metric metric = { .name = "own", .kind = KIND_RATIO, .source = source_find("orders"),
				.value = values[v], .denominator = "count(*)", .filter = filters[f] };
			struct compile_request request = request_of(&metric);

			request.period_count = PERIODS_MOST;
			try(&request);
		}
	CHECK_INT(rolled - before, 4 + 2 + 4 + 2);
}

static void values_are_looked_up_by_one_select(void)
{
	for (size_t s = 0; source_at(s) != NULL; s++)
		for (size_t d = 0; dimension_at(d) != NULL; d++) {
			const struct dimension *dimension = dimension_at(d);

			if (dimension->kind != DIMENSION_OBSERVED ||
			    !words_hold(source_at(s)->dimensions, dimension->name, strlen(dimension->name)))
				continue;
			CHECK(problem_of(compile_values_present(source_at(s), dimension, arena)) == NULL ||
				strcmp(problem, "reads metric.judged") == 0);
			CHECK(problem_of(compile_values_known(source_at(s), dimension, arena)) == NULL ||
				strcmp(problem, "reads metric.judged") == 0);
		}
}

/* That the check itself sees what it must. */
static void others_are_caught(void)
{
	static const char *const bad[] = { "select 1; select 2", "delete from metric.orders", "select * from data.orders",
		"with x as (delete from metric.orders returning *) select * from x", "select pg_sleep(1)",
		"select * from metric.orders for update", "select 1 into t", "select * from pg_authid", "select lo_import('x')",
		"table metric.audit", "select 1 from", "select (select 1 from journal.audit) from metric.orders" };

	CHECK(problem_of("select sum(gross_cents) from metric.orders s where s.tenant = $1::int") == NULL);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (problem_of(bad[i]) == NULL)
			printf("# passes: %s\n", bad[i]);
		CHECK(problem_of(bad[i]) != NULL);
	}
}

int main(void)
{
	arena = arena_new();
	CHECK_RUN(others_are_caught);
	CHECK_RUN(every_query_is_parsed);
	CHECK_RUN(others_fragments_are_parsed);
	CHECK_RUN(values_are_looked_up_by_one_select);
	arena_free(arena);
	return check_done();
}
