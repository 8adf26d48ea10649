/* Which questions read sums by the day, and in which words: mcp/metrics/rolled.c. */
#include "check.h"
#include "mcp/metrics/catalogue.h"
#include "mcp/metrics/rolled.h"

static struct arena *arena;

static struct rolled rolled_of(const char *value, const char *denominator, const char *filter, bool *can)
{
	struct metric metric = { .name = "any", .source = source_find("orders"), .kind = KIND_RATIO, .value = value,
		.denominator = denominator, .filter = filter };
	struct compile_request request = { .metric = &metric };
	struct rolled rolled;

	*can = rolled_make(&request, &metric, arena, &rolled);
	return rolled;
}

static void fragments_in_the_words_of_the_sums(void)
{
	static const struct {
		const char *value, *becomes;
	} cases[] = {
		{ "sum(gross_cents)", "sum(gross_cents)" },
		{ "sum( gross_cents-discount_cents - refund_cents )", "sum(gross_cents - discount_cents - refund_cents)" },
		{ "count(*)", "coalesce(sum(orders), 0)::bigint" },
		{ "sum(units)", "sum(units)::bigint" },
		{ "sum(units - gross_cents)", "sum(units - gross_cents)" },
		{ "count(*) filter (where coupon is not null)", "coalesce(sum(coupon_orders), 0)::bigint" },
		{ "count(*) filter (where discount_cents > 0)", "coalesce(sum(discounted_orders), 0)::bigint" },
		{ "sum(gross_cents) filter (where coupon is not null)", "sum(coupon_gross_cents) filter (where coupon_orders > 0)" },
		{ "sum(gross_cents) filter (where member is null)", "sum(gross_cents) filter (where (not of_members))" },
		{ "count(*) filter (where member is not null and coupon is not null)",
			"coalesce(sum(coupon_orders) filter (where (of_members)), 0)::bigint" },
		{ "sum(gross_cents) filter (where coupon is not null and tier in ('gold', 'silver'))",
			"sum(coupon_gross_cents) filter (where tier in ( 'gold' , 'silver' ) and coupon_orders > 0)" },
		{ "sum(gross_cents) filter (where store is null or (channel = 'web' and not member is null))",
			"sum(gross_cents) filter (where store is null or ( channel = 'web' and not (not of_members) ))" },
		{ "coalesce(sum(gross_cents), 0) * 2 - count(*)",
			"coalesce (sum(gross_cents) , 0 ) * 2 -coalesce(sum(orders), 0)::bigint" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		bool can;
		struct rolled rolled = rolled_of(cases[i].value, "count(*)", NULL, &can);

		CHECK(can);
		CHECK_TEXT(can ? rolled.value : NULL, cases[i].becomes);
	}
}

static void filters_of_a_metric(void)
{
	static const struct {
		const char *value, *filter, *becomes, *where, *rows, *members;
	} cases[] = {
		{ "sum(gross_cents)", "member is not null", "sum(gross_cents)", "(of_members)",
			"coalesce(sum(orders), 0)::bigint", "coalesce(max(members), 0)::bigint" },
		{ "count(*)", "coupon is not null", "coalesce(sum(coupon_orders), 0)::bigint", "coupon_orders > 0",
			"coalesce(sum(coupon_orders), 0)::bigint", "0::bigint" },
		{ "sum(gross_cents)", "channel <> 'web' and coupon is not null",
			"sum(coupon_gross_cents) filter (where coupon_orders > 0)", "channel <> 'web' and coupon_orders > 0",
			"coalesce(sum(coupon_orders), 0)::bigint", "0::bigint" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		bool can;
		struct rolled rolled = rolled_of(cases[i].value, NULL, cases[i].filter, &can);

		CHECK(can);
		CHECK_TEXT(rolled.value, cases[i].becomes);
		CHECK_TEXT(rolled.filter, cases[i].where);
		CHECK_TEXT(rolled.rows, cases[i].rows);
		CHECK_TEXT(rolled.members, cases[i].members);   /* of those with a coupon it is not known */
	}
}

static void what_needs_the_orders(void)
{
	static const char *const values[] = { "count(distinct member)", "max(gross_cents)", "sum(gross_cents * 2)",
		"sum(1)",
		"sum(gross_cents) filter (where new_member)", "sum(gross_cents) filter (where gross_cents > 100)",
		"sum(gross_cents) filter (where coupon is null)", "sum(refund_cents) filter (where coupon is not null)",
		"sum(units) filter (where discount_cents > 0)", "count(*) filter (where coupon is not null or member is null)",
		"count(*) filter (where coupon is not null and discount_cents > 0)",
		"count(*) filter (where not coupon is not null)",
		"sum(case when tier = 'gold' then gross_cents else 0 end)", "count(member)", "sum(-gross_cents)",
		"count(*) filter (where member = 7)", "count(*) filter (where (coupon is not null))",
		"sum(gross_cents - member)", "sum(abs(gross_cents))", "count(*) filter (where lifecycle = 'new')" };

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		bool can;

		rolled_of(values[i], NULL, NULL, &can);
		if (can)
			printf("# can: %s\n", values[i]);
		CHECK(!can);
		rolled_of("sum(gross_cents)", values[i], NULL, &can);
		CHECK(!can);
	}
	bool can;

	rolled_of("sum(gross_cents)", NULL, "bought_before", &can);
	CHECK(!can);
	rolled_of("sum(refund_cents)", NULL, "coupon is not null", &can);
	CHECK(!can);
	rolled_of("count(*) filter (where discount_cents > 0)", NULL, "coupon is not null", &can);
	CHECK(!can);
}

/* Of the shipped numbers, alone and by every dimension. */
static void shipped_metrics(void)
{
	static const char names[] = "anonymous_gmv aov coupon_gmv coupon_orders discount_amount discount_rate "
		"discounted_order_share gmv gmv_fiscal_year member_gmv member_gmv_share member_order_share member_orders "
		"net_aov net_gmv orders orders_with_coupon_share refund_rate";
	static const char cuts[] = "store region channel tier day week month quarter year fiscal_month fiscal_quarter "
		"fiscal_year";
	struct error error;
	const struct metric *metric;
	int count = 0;

	for (size_t i = 0; (metric = catalogue_at(catalogue_shipped(&error), i)) != NULL; i++) {
		struct compile_request request = { .metric = metric };
		struct rolled rolled;
		bool should = words_hold(names, metric->name, strlen(metric->name));

		if (rolled_make(&request, metric, arena, &rolled) != should)
			printf("# %s\n", metric->name);
		CHECK(rolled_make(&request, metric, arena, &rolled) == should);
		count += should;
		for (size_t d = 0; should && d < metric->dimension_count; d++) {
			const struct dimension *by = metric->dimensions[d];
			bool known = words_hold(cuts, by->name, strlen(by->name));

			request.by[0] = by, request.by_count = 1, request.filter_count = 0;
			CHECK(rolled_make(&request, metric, arena, &rolled) == known);
			request.filters[0].dimension = by, request.by_count = 0, request.filter_count = 1;
			if (by->kind != DIMENSION_GRAIN)
				CHECK(rolled_make(&request, metric, arena, &rolled) == known);
		}
	}
	CHECK_INT(count, 18);
}

int main(void)
{
	arena = arena_new();
	CHECK_RUN(fragments_in_the_words_of_the_sums);
	CHECK_RUN(filters_of_a_metric);
	CHECK_RUN(what_needs_the_orders);
	CHECK_RUN(shipped_metrics);
	arena_free(arena);
	return check_done();
}
