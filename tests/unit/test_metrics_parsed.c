/* Every query that the compiler can make, parsed by PostgreSQL's own grammar (libpg_query): exactly one SELECT, reading
 * the listed views and nothing else, calling the listed functions and nothing else, with every value a parameter. */
#include "check.h"
#include "mcp/metrics/catalogue.h"
#include "mcp/metrics/compile.h"
#include "one_select.h"

static struct arena *arena;
static int rolled, cut;           /* queries that read sums by the day, and such with a day that the period cuts */
static int tried;

static void try_compiled(const struct compile_request *request, struct compiled compiled)
{
	const char *wrong = select_problem(arena, compiled.sql, NULL);

	if (wrong != NULL)
		printf("# %s: %s\n%s\n", request->metric->name, wrong, compiled.sql);
	CHECK(wrong == NULL);
	CHECK(strstr(compiled.sql, "secret") == NULL);
}

/* As it is asked at first; and by turns a later page, one where some of it could be small, and the members alone. */
static void try(const struct compile_request *request)
{
	struct compiled compiled = compile_query(request, arena);
	struct compile_request other = *request;
	bool guarded = compile_has_members(request->metric);

	rolled += strstr(compiled.sql, "metric.order_sums") != NULL;
	cut += strstr(compiled.sql, "metric.order_rows") != NULL;
	try_compiled(request, compiled);
	other.page = true;
	other.offset = tried / 4 % 2 == 0 ? 40 : 0;
	other.least = guarded ? 5 : 0;
	if (++tried % 4 == 0)
		try_compiled(&other, compile_query(&other, arena));
	else if (guarded && tried % 4 == 2)
		try_compiled(request, compile_members(request, arena));
}

/* The same when the groups were counted already: of the sources nothing is read; and a grain's pieces of time. */
static void try_counted(struct compile_request request)
{
	struct compile_counts counts[PERIODS_MOST];

	for (size_t i = 0; i < PERIODS_MOST; i++)
		counts[i] = (struct compile_counts){ { "secret", "secret", "secret" }, "secret", "secret" };
	request.counts = counts;
	try(&request);
	CHECK(strstr(compile_query(&request, arena).sql, request.metric->source->name) == NULL ||
		strcmp(request.metric->source->name, "orders") != 0);
	if (request.by_count > 0 && request.by[0]->kind == DIMENSION_GRAIN)
		CHECK(select_problem(arena, compile_pieces(&request, request.by[0], arena), NULL) == NULL);
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
				if (metric_counts_members(metric))
					try_counted(request);
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
	CHECK_RUN(others_fragments_are_parsed);
	CHECK_RUN(values_are_looked_up_by_one_select);
	arena_free(arena);
	return check_done();
}
