/* The rows of a query out of the groups of its periods: their order, those of a page, and which may not be told. */
#include <string.h>

#include "compile_parts.h"

/* Whether the rows of a period are shown; of a comparison beside a grain only its total is. */
static bool has_rows(const struct maker *maker, size_t period)
{
	return maker->request->by_count > 0 && (period == 0 || !compile_has_grain(maker->request));
}

/* Every piece of time of the window, whether or not it has rows. */
static void add_slots(struct maker *maker)
{
	const struct compile_period *window = &maker->request->periods[0];

	text_add(&maker->sql, ",\nslots as (select distinct ");
	if (grain_is_hour(maker->request->by[0])) {
		text_format(&maker->sql, "date_trunc('hour', g.at, $%zu::text) as d1 from generate_series($%zu::timestamptz, "
			"$%zu::timestamptz - interval '1 microsecond', interval '1 hour') g(at))", maker_bind_zone(maker),
			maker_bind(maker, window->since), maker_bind(maker, window->until));
		return;
	}
	maker_add_grain(maker, maker->request->by[0], "g.at::date");
	text_format(&maker->sql, " as d1 from generate_series($%zu::date::timestamp, $%zu::date::timestamp, "
		"interval '1 day') g(at))", maker_bind(maker, window->first_day), maker_bind(maker, window->last_day));
}

/* ", d1, d2" as names are ordered: letters by their bytes, so that it is always the same. */
static void add_name_order(struct maker *maker)
{
	const struct compile_request *request = maker->request;

	for (size_t i = 0; i < request->by_count; i++)
		text_format(&maker->sql, ", d%zu%s", i + 1,
			request->by[i]->kind == DIMENSION_GRAIN ? "" : " collate \"C\"");
}

/* "a.d1 = b.d1 and …". Null meets null; written so that PostgreSQL can hash it. */
static void add_same(struct maker *maker, char a, char b)
{
	for (size_t i = 1; i <= maker->request->by_count; i++)
		text_format(&maker->sql, "%scoalesce(%c.d%zu::text, '') = coalesce(%c.d%zu::text, '') and (%c.d%zu is null) = "
			"(%c.d%zu is null)", i == 1 ? "" : " and ", a, i, b, i, a, i, b, i);
}

/* How many members each group has. */
static void add_counted(struct maker *maker, size_t period)
{
	text_format(&maker->sql, ",\ng%zu as (select ", period);
	maker_add_names(maker, "", "");
	text_format(&maker->sql, ", count(*) as m from b%zu group by ", period);
	maker_add_names(maker, "", "");
	text_add(&maker->sql, ")");
}

/* The groups of too few members, and where there are any, the one of enough members that has the fewest. They are the
 * same whatever the order, limit or page. */
static void add_hidden(struct maker *maker, size_t period)
{
	text_format(&maker->sql, ",\nh%zu as (select ", period);
	maker_add_names(maker, "", "");
	text_format(&maker->sql, ", true as hidden from g%zu where m < $%zu::int union all (select ", period, maker->least);
	maker_add_names(maker, "", "");
	text_format(&maker->sql, ", true from g%zu where m >= $%zu::int and exists (select from g%zu where m < $%zu::int) "
		"order by m", period, maker->least, period, maker->least);
	add_name_order(maker);
	text_add(&maker->sql, " limit 1))");
}

/* The order of the rows: by time, or by value with ties by name, so that it is always the same. What may not be told
 * comes last, by name: its place among the others would tell its value. A series keeps the order of time. */
static void add_order(struct maker *maker)
{
	const struct compile_request *request = maker->request;
	const char *direction = request->lowest ? "asc" : "desc";
	bool last = request->least > 0 && !maker->series;

	text_add(&maker->sql, last ? "hidden, " : "");
	for (size_t i = 0; request->by_time && i < request->by_count; i++)
		if (request->by[i]->kind == DIMENSION_GRAIN)
			text_format(&maker->sql, "d%zu, ", i + 1);
	text_add(&maker->sql, last ? "case when not hidden then " : "");
	text_add(&maker->sql, request->metric->denominator != NULL ? "coalesce(v, 0)::float8 / nullif(w, 0)"
		: "coalesce(v, 0)");
	text_format(&maker->sql, "%s %s nulls last", last ? " end" : "", direction);
	add_name_order(maker);
}

/* All groups of the window as t, with `hidden` where there is something to hide. */
static void add_groups(struct maker *maker)
{
	bool hides = maker->request->least > 0;

	if (maker->series) {
		text_format(&maker->sql, "(select s.d1, coalesce(p.v, 0) as v, coalesce(p.w, 0) as w, coalesce(p.n, 0) as n%s "
			"from slots s left join p0 p on p.whole = 0 and p.d1 = s.d1%s) t",
			hides ? ", coalesce(h.hidden, false) as hidden" : "", hides ? " left join h0 h on h.d1 = s.d1" : "");
		return;
	}
	if (!hides) {
		text_add(&maker->sql, "p0 t where whole = 0");
		return;
	}
	text_add(&maker->sql, "(select p.*, coalesce(h.hidden, false) as hidden from p0 p left join h0 h on ");
	add_same(maker, 'p', 'h');
	text_add(&maker->sql, " where p.whole = 0) t");
}

/* The rows of the page. Those before it are ranked only when there are any. */
static void add_top(struct maker *maker)
{
	const struct compile_request *request = maker->request;

	text_format(&maker->sql, ",\n%s as (select t.*, row_number() over (order by ", request->offset > 0 ? "ranked"
		: "top");
	add_order(maker);
	text_add(&maker->sql, ") as place from ");
	add_groups(maker);
	if (request->offset > 0) {
		maker->offset = maker_bind(maker, arena_format(maker->arena, "%d", request->offset));
		text_format(&maker->sql, "),\ntop as (select * from ranked where place > $%zu::bigint", maker->offset);
	}
	text_format(&maker->sql, " order by place limit $%zu::int)",
		maker_bind(maker, arena_format(maker->arena, "%d", request->limit + request->page)));
}

/* What the earlier pages showed: its sum, and of how many groups. */
static void add_before(struct maker *maker)
{
	const char *shown = maker->request->least > 0 ? " and not hidden" : "";

	text_format(&maker->sql, ", (select coalesce(sum(v), 0)::bigint from ranked where place <= $%zu::bigint%s), "
		"(select count(*) from ranked where place <= $%zu::bigint%s)", maker->offset, shown, maker->offset, shown);
}

/* All groups of a period, and which are hidden, as a number that is another when anything of it is. */
static void add_state(struct maker *maker, size_t period)
{
	if (!maker->request->page || !has_rows(maker, period)) {
		text_add(&maker->sql, ", null::text");
		return;
	}
	text_add(&maker->sql, ", coalesce((select sum(hashtextextended(t::text, 0)) from (select ");
	maker_add_names(maker, "", "");
	text_format(&maker->sql, ", whole, v, w, n from p%zu) t)::text, '')", period);
	if (maker->request->least > 0)
		text_format(&maker->sql, " || '/' || coalesce((select sum(hashtextextended(t::text, 0)) from h%zu t)::text, "
			"'')", period);
}

/* A total is not small beside a group that is not: members of all groups together are counted only where none is. */
static void add_total_withheld(struct maker *maker, size_t period)
{
	if (maker->request->least == 0) {
		text_add(&maker->sql, ", false");
		return;
	}
	text_format(&maker->sql, ", exists (select from b%zu)", period);
	if (maker->request->by_count > 0)
		text_format(&maker->sql, " and not exists (select from g%zu where m >= $%zu::int)", period, maker->least);
	text_format(&maker->sql, " and (select count(%s) from b%zu) < $%zu::int", maker->request->by_count > 0
		? "distinct member" : "*", period, maker->least);
}

static void add_total(struct maker *maker, size_t period)
{
	bool first = period == 0, cut = maker->request->by_count > 0;

	text_format(&maker->sql, "%sselect %zu as period, 0::bigint as place", first ? "\n" : "\nunion all ", period);
	for (int i = 0; i < 2 * BY_MOST; i++)
		text_format(&maker->sql, ", null::text%s", first ? arena_format(maker->arena, " as c%d", i) : "");
	text_add(&maker->sql, ", v, w, n");
	add_total_withheld(maker, period);
	text_add(&maker->sql, first ? " as withheld" : "");
	if (has_rows(maker, period))
		text_format(&maker->sql, ", (select min(n) from p%zu where whole = 0 and n > 0 and k < $%zu::bigint)::bigint",
			period, maker->enough);
	else
		text_add(&maker->sql, ", 0::bigint");
	if (first)
		text_format(&maker->sql, ", %s as groups, (select data_version from metric.tenants where tenant = "
			"$1::int) as version", !cut ? "0::bigint" : maker->series ? "(select count(*) from slots)"
			: "(select count(*) from p0 where whole = 0)");
	else
		text_add(&maker->sql, ", 0, 0");
	add_state(maker, period);
	if (first && maker->offset > 0)
		add_before(maker);
	else
		text_add(&maker->sql, ", 0::bigint, 0::bigint");
	text_format(&maker->sql, " from p%zu where whole = 1", period);
}

/* A local hour with its offset, which tells the two of a night in autumn apart. */
static void add_shown_hour(struct maker *maker, size_t at)
{
	const char *ahead = arena_format(maker->arena, "((t.d%zu at time zone $%zu::text) - (t.d%zu at time zone 'UTC'))",
		at, maker_bind_zone(maker), at);

	text_format(&maker->sql, ", to_char(t.d%zu at time zone $%zu::text, 'YYYY-MM-DD\"T\"HH24:MI') || case when %s < "
		"interval '0' then '-' else '+' end || to_char(greatest(%s, -%s), 'HH24:MI')", at, maker_bind_zone(maker),
		ahead, ahead, ahead);
}

static void add_shown_dimensions(struct maker *maker)
{
	const struct compile_request *request = maker->request;

	for (size_t i = 0; i < BY_MOST; i++)
		if (i >= request->by_count)
			text_add(&maker->sql, ", null");
		else if (request->by[i]->kind == DIMENSION_GRAIN && grain_is_hour(request->by[i]))
			add_shown_hour(maker, i + 1);
		else if (request->by[i]->kind == DIMENSION_GRAIN)
			text_format(&maker->sql, ", to_char(t.d%zu, 'YYYY-MM-DD')", i + 1);
		else
			text_format(&maker->sql, ", t.d%zu", i + 1);
}

static void add_labels(struct maker *maker, bool labels)
{
	const struct compile_request *request = maker->request;

	for (size_t i = 0; i < BY_MOST; i++)
		if (labels && i < request->by_count && request->by[i]->kind == DIMENSION_LISTED)
			text_format(&maker->sql, ", l%zu.label", i + 1);
		else
			text_add(&maker->sql, ", null");
}

static void add_rows(struct maker *maker)
{
	const struct compile_request *request = maker->request;

	text_add(&maker->sql, "\nunion all select 0, t.place");
	add_shown_dimensions(maker);
	add_labels(maker, true);
	text_format(&maker->sql, ", t.v, t.w, t.n, %s, 0, 0, 0, null, 0, 0 from top t",
		request->least > 0 ? "t.hidden" : "false");
	for (size_t i = 0; i < request->by_count; i++)
		if (request->by[i]->kind == DIMENSION_LISTED)
			text_format(&maker->sql, " left join metric.dimension_values l%zu on l%zu.tenant = $1::int and "
				"l%zu.dimension = '%s' and l%zu.value = t.d%zu", i + 1, i + 1, i + 1, request->by[i]->name, i + 1,
				i + 1);
}

/* The same rows in another period, where others may be hidden. */
static void add_same_rows(struct maker *maker, size_t period)
{
	bool hides = maker->request->least > 0;

	text_format(&maker->sql, "\nunion all select %zu, t.place", period);
	add_shown_dimensions(maker);
	add_labels(maker, false);
	text_format(&maker->sql, ", coalesce(p.v, 0), coalesce(p.w, 0), coalesce(p.n, 0), %s, 0, 0, 0, null, 0, 0 from "
		"top t left join p%zu p on p.whole = 0 and ", hides ? "coalesce(h.hidden, false)" : "false", period);
	add_same(maker, 'p', 't');
	if (!hides)
		return;
	text_format(&maker->sql, " left join h%zu h on ", period);
	add_same(maker, 'h', 't');
}

/* The members behind every period, and the groups that they forbid to tell. */
static void add_guard(struct maker *maker, const size_t *filters)
{
	const struct compile_request *request = maker->request;

	maker->least = maker_bind(maker, arena_format(maker->arena, "%d", request->least));
	for (size_t i = 0; i < request->period_count; i++) {
		maker_add_members(maker, i, filters, false);
		if (request->by_count > 0)
			add_counted(maker, i);
		if (has_rows(maker, i))
			add_hidden(maker, i);
	}
}

struct compiled compile_query(const struct compile_request *request, struct arena *arena)
{
	struct compiled compiled = { .sums = request->least == 0 };
	struct maker maker = maker_open(request, &compiled, arena);
	size_t filters[FILTERS_MOST + LIMITS_MOST];

	maker_bind(&maker, arena_format(arena, "%d", request->tenant));
	for (size_t i = 0; (request->counts == NULL || request->least > 0) && i < request->filter_count; i++)
		filters[i] = maker_bind(&maker, request->filters[i].values);
	maker.series = compile_has_grain(request) && request->by_count == 1 && request->by_time;
	for (size_t i = 0; i < request->period_count; i++)
		maker_add_period(&maker, i, filters);
	if (request->by_count > 0)
		maker.enough = maker_bind(&maker, arena_format(arena, "%d", request->enough));
	if (maker.series)
		add_slots(&maker);
	if (request->least > 0)
		add_guard(&maker, filters);
	if (request->by_count > 0)
		add_top(&maker);
	for (size_t i = 0; i < request->period_count; i++) {
		add_total(&maker, i);
		if (i == 0 && has_rows(&maker, i))
			add_rows(&maker);
		else if (has_rows(&maker, i))
			add_same_rows(&maker, i);
	}
	text_add(&maker.sql, "\norder by 1, 2");
	compiled.sql = maker.sql.bytes;
	return compiled;
}

struct compiled compile_members(const struct compile_request *request, struct arena *arena)
{
	struct compiled compiled = { .count = 0 };
	struct maker maker = maker_open(request, &compiled, arena);
	size_t filters[FILTERS_MOST + LIMITS_MOST];

	maker_bind(&maker, arena_format(arena, "%d", request->tenant));
	for (size_t i = 0; i < request->filter_count; i++)
		filters[i] = maker_bind(&maker, request->filters[i].values);
	for (size_t i = 0; i < request->period_count; i++)
		maker_add_members(&maker, i, filters, i == 0);
	for (size_t i = 0; i < request->period_count; i++)
		text_format(&maker.sql, "%sselect %zu as period, (select count(distinct member) from b%zu) as members",
			i == 0 ? "\n" : "\nunion all ", i, i);
	text_add(&maker.sql, "\norder by 1");
	compiled.sql = maker.sql.bytes;
	return compiled;
}
