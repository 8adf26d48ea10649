/* Every query that the compiler can make, parsed by PostgreSQL's own grammar (libpg_query): exactly one SELECT, reading
 * the listed views and nothing else, calling the listed functions and nothing else, with every value a parameter. */
#include "check.h"
#include "mcp/metrics/catalogue.h"
#include "mcp/metrics/compile.h"
#include "one_select.h"

static struct arena *arena;

static void try(const struct compile_request *request)
{
	struct compiled compiled = compile_query(request, arena);
	const char *wrong = select_problem(arena, compiled.sql, NULL);

	if (wrong != NULL)
		printf("# %s: %s\n%s\n", request->metric->name, wrong, compiled.sql);
	CHECK(wrong == NULL);
	CHECK(strstr(compiled.sql, "secret") == NULL);
}

static struct compile_request request_of(const struct metric *metric)
{
	struct compile_request request = { .metric = metric, .tenant = 7, .zone = "secret", .week_start = 1, .retail = true,
		.fiscal_month = 2, .limit = 20, .period_count = 1 };

	for (size_t i = 0; i < PERIODS_MOST; i++)
		request.periods[i] = (struct compile_period){ "secret", "secret", "secret", "secret", { NULL } };
	for (size_t i = 0; i < PERIODS_MOST * PARTS_MOST; i++)
		request.periods[i / PARTS_MOST].part_since[i % PARTS_MOST] = "secret";
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
}

/* Values may also be looked up where they are at home. */
static bool looks_up(const char *sql)
{
	const char *wrong = select_problem(arena, sql, NULL);

	return wrong == NULL || strcmp(wrong, "reads metric.judged") == 0;
}

static void values_are_looked_up_by_one_select(void)
{
	for (size_t s = 0; source_at(s) != NULL; s++)
		for (size_t d = 0; dimension_at(d) != NULL; d++) {
			const struct dimension *dimension = dimension_at(d);

			if (dimension->kind != DIMENSION_OBSERVED ||
			    !words_hold(source_at(s)->dimensions, dimension->name, strlen(dimension->name)))
				continue;
			CHECK(looks_up(compile_values_present(source_at(s), dimension, arena)));
			CHECK(looks_up(compile_values_known(source_at(s), dimension, arena)));
		}
}

/* That the check itself sees what it must. */
static void others_are_caught(void)
{
	static const char *const bad[] = { "select 1; select 2", "delete from metric.orders", "select * from data.orders",
		"with x as (delete from metric.orders returning *) select * from x", "select pg_sleep(1)",
		"select * from metric.orders for update", "select 1 into t", "select * from pg_authid", "select lo_import('x')",
		"table metric.audit", "select 1 from", "select (select 1 from journal.audit) from metric.orders" };

	CHECK(select_problem(arena, "select sum(gross_cents) from metric.orders s where s.tenant = $1::int", NULL) == NULL);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (select_problem(arena, bad[i], NULL) == NULL)
			printf("# passes: %s\n", bad[i]);
		CHECK(select_problem(arena, bad[i], NULL) != NULL);
	}
}

int main(void)
{
	arena = arena_new();
	CHECK_RUN(others_are_caught);
	CHECK_RUN(every_query_is_parsed);
	CHECK_RUN(values_are_looked_up_by_one_select);
	arena_free(arena);
	return check_done();
}
