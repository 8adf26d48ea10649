/* The shape of every query:
 *   with p0 as (groups and the total of the window), p1, p2 as (the same of each comparison),
 *        slots as (the days of a series, so that a day without rows is a zero),
 *        top as (the rows to show, in their places)
 *   select total union all rows, of each period
 */
#include "compile.h"

#include <string.h>

#include "rolled.h"
#include "segments.h"

struct maker {
	const struct compile_request *request;
	const struct metric *metric;   /* the request's, or the part of it that is being made */
	size_t part;
	bool is_rolled;           /* it is read from the sums by the day, by these fragments */
	struct rolled rolled;
	struct arena *arena;
	struct text sql;
	struct compiled *out;
	size_t zone;              /* the parameter of the time zone, or 0 until it is needed */
	bool series;              /* one dimension, a grain, in the order of time */
};

enum { SQL_MOST = 1 << 16 };

/* Adds a parameter and answers its number. */
static size_t bind(struct maker *maker, const char *value)
{
	if (maker->out->count == COMPILED_VALUES)
		__builtin_trap();
	maker->out->values[maker->out->count++] = value;
	return maker->out->count;
}

/* The parameter of the time zone: there when something needs it, for one that nothing names has no type. */
static size_t bind_zone(struct maker *maker)
{
	if (maker->zone == 0)
		maker->zone = bind(maker, maker->request->zone);
	return maker->zone;
}

bool compile_has_grain(const struct compile_request *request)
{
	for (size_t i = 0; i < request->by_count; i++)
		if (request->by[i]->kind == DIMENSION_GRAIN)
			return true;
	return false;
}

static bool is_fiscal(const struct dimension *grain)
{
	return strncmp(grain->name, "fiscal_", 7) == 0;
}

static bool is_hour(const struct dimension *grain)
{
	return strcmp(grain->name, "hour") == 0;
}

/* The first day of the piece of time that a local day lies in; days of fiscal pieces are joined, see add_pieces(). */
static void add_grain(struct maker *maker, const struct dimension *grain, const char *day)
{
	if (strcmp(grain->name, "day") == 0)
		text_add(&maker->sql, day);
	else if (strcmp(grain->name, "week") == 0)
		text_format(&maker->sql, "(%s - (extract(isodow from %s)::int - %d + 7) %% 7)", day, day,
			maker->request->week_start);
	else if (is_fiscal(grain))
		text_format(&maker->sql, "metric.piece_start('%s', %s, %d, %s, %d)", grain->name, day,
			maker->request->week_start, maker->request->retail ? "true" : "false", maker->request->fiscal_month);
	else
		text_format(&maker->sql, "date_trunc('%s', %s)::date", grain->name, day);
}

static const char *local_day(struct maker *maker)
{
	return maker->is_rolled ? "s.day" : arena_format(maker->arena, "(s.%s at time zone $%zu::text)::date",
		maker->metric->source->time, bind_zone(maker));
}

static void add_grain_of_row(struct maker *maker, const struct dimension *grain)
{
	if (is_hour(grain))
		text_format(&maker->sql, "date_trunc('hour', s.%s, $%zu::text)", maker->metric->source->time,
			bind_zone(maker));
	else if (is_fiscal(grain))
		text_add(&maker->sql, "f.piece");
	else
		add_grain(maker, grain, local_day(maker));
}

/* Fiscal pieces by the day: worked out once a day, not once a row. */
static void add_pieces(struct maker *maker, const struct compile_period *period)
{
	for (size_t i = 0; i < maker->request->by_count; i++)
		if (maker->request->by[i]->kind == DIMENSION_GRAIN && is_fiscal(maker->request->by[i])) {
			text_add(&maker->sql, " left join (select g.at::date as day, ");
			add_grain(maker, maker->request->by[i], "g.at::date");
			text_format(&maker->sql, " as piece from generate_series($%zu::date::timestamp, $%zu::date::timestamp, "
				"interval '1 day') g(at)) f on f.day = %s", bind(maker, period->first_day),
				bind(maker, period->last_day), local_day(maker));
		}
}

/* "d1, d2", each with `before` in front. */
static void add_names(struct maker *maker, const char *before, const char *after)
{
	for (size_t i = 0; i < maker->request->by_count; i++)
		text_format(&maker->sql, "%s%sd%zu%s", i == 0 ? "" : ", ", before, i + 1, after);
}

static void add_time(struct maker *maker, const struct compile_period *period)
{
	bool whole = maker->request->metric->part_count == 0;
	const struct metric *metric = maker->metric;

	text_add(&maker->sql, " where s.tenant = $1::int");
	if (metric->source->time[0] == '\0')
		return;
	if (metric->kind != KIND_STOCK)
		text_format(&maker->sql, " and s.%s >= $%zu::timestamptz", metric->source->time, bind(maker,
			whole ? period->since : period->part_since[maker->part]));
	text_format(&maker->sql, " and s.%s < $%zu::timestamptz", metric->source->time, bind(maker, period->until));
}

/* The sums of the period's days. Of a day that the period cuts, orders one by one: it has 26 hours at most. */
static void add_sums(struct maker *maker, const struct compile_period *period)
{
	bool whole = maker->request->metric->part_count == 0;
	const char *first_day = whole ? period->first_day : period->part_first_day[maker->part];
	size_t last = bind(maker, period->last_day);

	text_format(&maker->sql, " from (select %s from metric.order_sums where tenant = $1::int and day %s $%zu::date",
		rolled_columns, period->whole_days ? "<=" : "<", last);
	if (maker->metric->kind != KIND_STOCK)
		text_format(&maker->sql, " and day >= $%zu::date", bind(maker, first_day));
	if (!period->whole_days) {
		size_t until = bind(maker, period->until);

		text_format(&maker->sql, " union all select %s from metric.order_rows where tenant = $1::int and day = "
			"$%zu::date and ordered_at < $%zu::timestamptz and ordered_at > $%zu::timestamptz - interval '26 hours'",
			rolled_columns, last, until, until);
	}
	text_add(&maker->sql, ") s");
}

/* The rows that count, with the dimensions as d1, d2, d3. */
static void add_base(struct maker *maker, size_t period, const size_t *filters)
{
	const struct compile_request *request = maker->request;
	const struct metric *metric = maker->metric;
	const char *filter = maker->is_rolled ? maker->rolled.filter : metric->filter;

	text_add(&maker->sql, "(select s.*");
	for (size_t i = 0; i < request->by_count; i++) {
		text_add(&maker->sql, ", ");
		if (request->by[i]->kind == DIMENSION_GRAIN)
			add_grain_of_row(maker, request->by[i]);
		else
			text_format(&maker->sql, "s.%s", request->by[i]->name);
		text_format(&maker->sql, " as d%zu", i + 1);
	}
	if (metric->counts_back)
		text_format(&maker->sql, ", ($%zu::date - %s) as days_ago", bind(maker, request->periods[period].last_day),
			local_day(maker));
	if (maker->is_rolled)
		add_sums(maker, &request->periods[period]);
	else if (segments_asked(request))
		text_add(&maker->sql, segments_from(metric->source, bind(maker, request->periods[period].until), bind(maker,
			request->periods[period].last_day), maker->arena));
	else
		text_format(&maker->sql, " from metric.%s s", metric->source->name);
	add_pieces(maker, &request->periods[period]);
	if (maker->is_rolled)
		text_add(&maker->sql, " where true");
	else
		add_time(maker, &request->periods[period]);
	if (filter != NULL)
		text_format(&maker->sql, " and (%s)", filter);
	for (size_t i = 0; i < request->filter_count; i++) {
		const char *name = request->filters[i].dimension->name;

		text_format(&maker->sql, " and (s.%s = any ($%zu::text[])", name, filters[i]);
		text_format(&maker->sql, request->filters[i].none ? " or s.%s is null)" : ")", name);
	}
	text_add(&maker->sql, ") s");
}

/* Groups and total in one scan. `more` is a column that stays in every group: the entity. */
static void add_grouping(struct maker *maker, const char *more)
{
	bool cut = maker->request->by_count > 0;

	text_add(&maker->sql, cut ? " group by grouping sets ((" : more[0] == '\0' ? "" : " group by ");
	if (cut)
		add_names(maker, "", "");
	text_format(&maker->sql, "%s%s", cut && more[0] != '\0' ? ", " : "", more);
	if (cut)
		text_format(&maker->sql, "), (%s))", more);
}

static void add_whole(struct maker *maker)
{
	if (maker->request->by_count == 0) {
		text_add(&maker->sql, "1 as whole");
		return;
	}
	add_names(maker, "", "");
	text_add(&maker->sql, ", (grouping(");
	add_names(maker, "", "");
	text_add(&maker->sql, ") <> 0)::int as whole");
}

/* "select d1, …, whole, v, w, n" of the maker's metric in a period. */
static void add_select(struct maker *maker, size_t period, const size_t *filters)
{
	const struct compile_request *request = maker->request;
	const struct metric *metric = maker->metric;

	maker->is_rolled = rolled_make(request, metric, maker->arena, &maker->rolled);
	maker->out->sums &= maker->is_rolled;
	const char *value = maker->is_rolled ? maker->rolled.value : metric->value;
	const char *denominator = maker->is_rolled ? maker->rolled.denominator : metric->denominator;

	text_add(&maker->sql, "select ");
	if (metric->entity == NULL) {
		add_whole(maker);
	} else if (request->by_count == 0) {
		text_add(&maker->sql, "1 as whole");
	} else {
		add_names(maker, "", "");
		text_add(&maker->sql, ", whole");
	}
	text_format(&maker->sql, ", (%s)::bigint as v, (%s)::bigint as w, %s as n from ", value,
		denominator == NULL ? "0" : denominator, maker->is_rolled ? maker->rolled.rows
		: metric_counts_members(metric) ? metric->value : "count(*)");
	if (metric->entity == NULL) {
		add_base(maker, period, filters);
		add_grouping(maker, "");
		return;
	}
	text_add(&maker->sql, "(select ");
	add_whole(maker);
	text_format(&maker->sql, ", %s, %s from ", metric->entity, metric->entity_columns);
	add_base(maker, period, filters);
	add_grouping(maker, metric->entity);
	text_add(&maker->sql, ") g");
	if (request->by_count > 0) {
		text_add(&maker->sql, " group by ");
		add_names(maker, "", "");
		text_add(&maker->sql, ", whole");
	}
}

/* The same of a derived metric: the groups of its parts laid side by side, what is not there is 0. */
static void add_derived(struct maker *maker, size_t period, const size_t *filters)
{
	const struct metric *metric = maker->request->metric;
	const char *comma = maker->request->by_count > 0 ? ", " : "";

	text_add(&maker->sql, "select ");
	add_names(maker, "", "");
	text_format(&maker->sql, "%swhole, (%s)::bigint as v, (%s)::bigint as w, n from (select ", comma, metric->value,
		metric->denominator == NULL ? "0" : metric->denominator);
	add_names(maker, "", "");
	text_format(&maker->sql, "%swhole, sum(n)::bigint as n", comma);
	for (size_t i = 0; i < metric->part_count; i++)
		text_format(&maker->sql, ", coalesce(sum(case when part = %zu then v end), 0) as %s", i,
			metric->parts[i]->name);
	text_add(&maker->sql, " from (");
	for (size_t i = 0; i < metric->part_count; i++) {
		text_format(&maker->sql, "%sselect %zu as part, a.* from (", i == 0 ? "" : " union all ", i);
		maker->metric = metric->parts[i];
		maker->part = i;
		add_select(maker, period, filters);
		text_add(&maker->sql, ") a");
	}
	maker->metric = metric;
	text_add(&maker->sql, ") u group by ");
	add_names(maker, "", "");
	text_format(&maker->sql, "%swhole) g", comma);
}

/* The same of members that were counted from sets in memory. */
static void add_counts(struct maker *maker, const struct compile_counts *counts)
{
	const struct compile_request *request = maker->request;
	const char *comma = request->by_count > 0 ? ", " : "";

	text_add(&maker->sql, "select ");
	add_names(maker, "", "");
	text_format(&maker->sql, "%swhole, v, 0::bigint as w, v as n from unnest(", comma);
	for (size_t i = 0; i < request->by_count; i++)
		text_format(&maker->sql, "$%zu::%s[], ", bind(maker, counts->by[i]),
			request->by[i]->kind == DIMENSION_GRAIN ? "date" : "text");
	text_format(&maker->sql, "$%zu::int[], $%zu::bigint[]) as c(", bind(maker, counts->whole),
		bind(maker, counts->values));
	add_names(maker, "", "");
	text_format(&maker->sql, "%swhole, v)", comma);
}

static void add_period(struct maker *maker, size_t period, const size_t *filters)
{
	text_format(&maker->sql, "%sp%zu as (", period == 0 ? "with " : ",\n", period);
	if (maker->request->counts != NULL)
		add_counts(maker, &maker->request->counts[period]);
	else if (maker->request->metric->part_count > 0)
		add_derived(maker, period, filters);
	else
		add_select(maker, period, filters);
	text_add(&maker->sql, ")");
}

/* Every piece of time of the window, whether or not it has rows. */
static void add_slots(struct maker *maker)
{
	const struct compile_period *window = &maker->request->periods[0];

	text_add(&maker->sql, ",\nslots as (select distinct ");
	if (is_hour(maker->request->by[0])) {
		text_format(&maker->sql, "date_trunc('hour', g.at, $%zu::text) as d1 from generate_series($%zu::timestamptz, "
			"$%zu::timestamptz - interval '1 microsecond', interval '1 hour') g(at))", bind_zone(maker),
			bind(maker, window->since), bind(maker, window->until));
		return;
	}
	add_grain(maker, maker->request->by[0], "g.at::date");
	text_format(&maker->sql, " as d1 from generate_series($%zu::date::timestamp, $%zu::date::timestamp, "
		"interval '1 day') g(at))", bind(maker, window->first_day), bind(maker, window->last_day));
}

/* The order of the rows: by time, or by value with ties by name, so that it is always the same. */
static void add_order(struct maker *maker)
{
	const struct compile_request *request = maker->request;
	const char *direction = request->lowest ? "asc" : "desc";

	for (size_t i = 0; request->by_time && i < request->by_count; i++)
		if (request->by[i]->kind == DIMENSION_GRAIN)
			text_format(&maker->sql, "d%zu, ", i + 1);
	if (request->metric->denominator != NULL)
		text_format(&maker->sql, "coalesce(v, 0)::float8 / nullif(w, 0) %s nulls last", direction);
	else
		text_format(&maker->sql, "coalesce(v, 0) %s", direction);
	for (size_t i = 0; i < request->by_count; i++)
		text_format(&maker->sql, ", d%zu%s", i + 1,
			request->by[i]->kind == DIMENSION_GRAIN ? "" : " collate \"C\"");
}

static void add_top(struct maker *maker)
{
	text_add(&maker->sql, ",\ntop as (select t.*, row_number() over (order by ");
	add_order(maker);
	text_add(&maker->sql, ") as place from ");
	if (maker->series)
		text_add(&maker->sql, "(select s.d1, coalesce(p.v, 0) as v, coalesce(p.w, 0) as w, coalesce(p.n, 0) as n "
			"from slots s left join p0 p on p.whole = 0 and p.d1 = s.d1) t");
	else
		text_add(&maker->sql, "p0 t where whole = 0");
	text_format(&maker->sql, " order by place limit $%zu::int)",
		bind(maker, arena_format(maker->arena, "%d", maker->request->limit)));
}

static void add_total(struct maker *maker, size_t period)
{
	bool first = period == 0, cut = maker->request->by_count > 0;

	text_format(&maker->sql, "%sselect %zu as period, 0::bigint as place", first ? "\n" : "\nunion all ", period);
	for (int i = 0; i < 2 * BY_MOST; i++)
		text_format(&maker->sql, ", null::text%s", first ? arena_format(maker->arena, " as c%d", i) : "");
	text_add(&maker->sql, ", v, w, n");
	if (first)
		text_format(&maker->sql, ", %s as groups, (select data_version from metric.tenants where tenant = "
			"$1::int) as version", !cut ? "0::bigint" : maker->series ? "(select count(*) from slots)"
			: "(select count(*) from p0 where whole = 0)");
	else
		text_add(&maker->sql, ", 0, 0");
	text_format(&maker->sql, " from p%zu where whole = 1", period);
}

/* A local hour with its offset, which tells the two of a night in autumn apart. */
static void add_shown_hour(struct maker *maker, size_t at)
{
	const char *ahead = arena_format(maker->arena, "((t.d%zu at time zone $%zu::text) - (t.d%zu at time zone 'UTC'))",
		at, bind_zone(maker), at);

	text_format(&maker->sql, ", to_char(t.d%zu at time zone $%zu::text, 'YYYY-MM-DD\"T\"HH24:MI') || case when %s < "
		"interval '0' then '-' else '+' end || to_char(greatest(%s, -%s), 'HH24:MI')", at, bind_zone(maker), ahead,
		ahead, ahead);
}

static void add_shown_dimensions(struct maker *maker)
{
	const struct compile_request *request = maker->request;

	for (size_t i = 0; i < BY_MOST; i++)
		if (i >= request->by_count)
			text_add(&maker->sql, ", null");
		else if (request->by[i]->kind == DIMENSION_GRAIN && is_hour(request->by[i]))
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
	text_add(&maker->sql, ", t.v, t.w, t.n, 0, 0 from top t");
	for (size_t i = 0; i < request->by_count; i++)
		if (request->by[i]->kind == DIMENSION_LISTED)
			text_format(&maker->sql, " left join metric.dimension_values l%zu on l%zu.tenant = $1::int and "
				"l%zu.dimension = '%s' and l%zu.value = t.d%zu", i + 1, i + 1, i + 1, request->by[i]->name, i + 1,
				i + 1);
}

/* The same rows in another period. Null meets null; written so that PostgreSQL can hash it. */
static void add_same_rows(struct maker *maker, size_t period)
{
	text_format(&maker->sql, "\nunion all select %zu, t.place", period);
	add_shown_dimensions(maker);
	add_labels(maker, false);
	text_format(&maker->sql, ", coalesce(p.v, 0), coalesce(p.w, 0), coalesce(p.n, 0), 0, 0 from top t left "
		"join p%zu p on p.whole = 0", period);
	for (size_t i = 1; i <= maker->request->by_count; i++)
		text_format(&maker->sql, " and coalesce(p.d%zu, '') = coalesce(t.d%zu, '') and (p.d%zu is null) = "
			"(t.d%zu is null)", i, i, i, i);
}

struct compiled compile_query(const struct compile_request *request, struct arena *arena)
{
	struct compiled compiled = { .sums = true };
	struct maker maker = { .request = request, .metric = request->metric, .arena = arena, .sql = text_open(arena,
		SQL_MOST), .out = &compiled };
	bool grain = compile_has_grain(request);
	size_t filters[FILTERS_MOST + LIMITS_MOST];

	bind(&maker, arena_format(arena, "%d", request->tenant));
	for (size_t i = 0; request->counts == NULL && i < request->filter_count; i++)
		filters[i] = bind(&maker, request->filters[i].values);
	maker.series = grain && request->by_count == 1 && request->by_time;
	for (size_t i = 0; i < request->period_count; i++)
		add_period(&maker, i, filters);
	if (maker.series)
		add_slots(&maker);
	if (request->by_count > 0)
		add_top(&maker);
	for (size_t i = 0; i < request->period_count; i++) {
		add_total(&maker, i);
		if (request->by_count > 0 && i == 0)
			add_rows(&maker);
		else if (request->by_count > 0 && !grain)
			add_same_rows(&maker, i);
	}
	text_add(&maker.sql, "\norder by 1, 2");
	compiled.sql = maker.sql.bytes;
	return compiled;
}

static bool has_member(const struct metric *metric)
{
	return words_hold(metric->source->columns, "member", 6);
}

bool compile_has_members(const struct metric *metric)
{
	bool has = metric->part_count == 0 && has_member(metric);

	for (size_t i = 0; i < metric->part_count; i++)
		has = has || has_member(metric->parts[i]);
	return has;
}

static void add_members_of(struct maker *maker, size_t period, const size_t *filters)
{
	text_add(&maker->sql, "select ");
	add_names(maker, "", "");
	text_format(&maker->sql, "%ss.member from ", maker->request->by_count > 0 ? ", " : "");
	add_base(maker, period, filters);
}

/* Each member once in each group, of all parts together; nobody's rows are left out. */
static void add_members(struct maker *maker, size_t period, const size_t *filters)
{
	const struct metric *metric = maker->request->metric;
	const char *comma = maker->request->by_count > 0 ? ", " : "";
	size_t made = 0;

	text_format(&maker->sql, "%sb%zu as (select ", period == 0 ? "with " : ",\n", period);
	add_names(maker, "", "");
	text_format(&maker->sql, "%smember from (", comma);
	if (metric->part_count == 0)
		add_members_of(maker, period, filters);
	for (size_t i = 0; i < metric->part_count; i++) {
		maker->metric = metric->parts[i];
		maker->part = i;
		if (!has_member(maker->metric))
			continue;
		text_add(&maker->sql, made++ == 0 ? "" : " union all ");
		add_members_of(maker, period, filters);
	}
	maker->metric = metric;
	text_add(&maker->sql, ") u where member is not null group by ");
	add_names(maker, "", "");
	text_format(&maker->sql, "%smember),\ng%zu as (select ", comma, period);
	add_names(maker, "", "");
	text_format(&maker->sql, "%scount(*) as m from b%zu", comma, period);
	if (maker->request->by_count > 0) {
		text_add(&maker->sql, " group by ");
		add_names(maker, "", "");
	}
	text_add(&maker->sql, ")");
}

static void add_member_rows(struct maker *maker, size_t period, size_t least, size_t most)
{
	text_format(&maker->sql, "%sselect %zu as period, 0 as listed", period == 0 ? "\n" : "\nunion all ", period);
	for (int i = 0; i < BY_MOST; i++)
		text_format(&maker->sql, ", null::text%s", period == 0 ? arena_format(maker->arena, " as c%d", i) : "");
	text_format(&maker->sql, ", (select count(distinct member) from b%zu) as members, (select count(*) from g%zu) as "
		"groups, (select count(*) from g%zu where m >= $%zu::int) as large, (select data_version from metric.tenants "
		"where tenant = $1::int) as version", period, period, period, least);
	if (maker->request->by_count == 0 || (period > 0 && compile_has_grain(maker->request)))
		return;
	text_format(&maker->sql, "\nunion all select %zu, 1", period);
	add_shown_dimensions(maker);
	text_format(&maker->sql, ", t.m, 0, 0, 0 from (select * from g%zu order by m limit $%zu::int) t", period, most);
}

struct compiled compile_members(const struct compile_request *request, int least, int most, struct arena *arena)
{
	struct compiled compiled = { .count = 0 };
	struct maker maker = { .request = request, .metric = request->metric, .arena = arena, .sql = text_open(arena,
		SQL_MOST), .out = &compiled };
	size_t filters[FILTERS_MOST + LIMITS_MOST];

	bind(&maker, arena_format(arena, "%d", request->tenant));
	size_t least_at = bind(&maker, arena_format(arena, "%d", least));
	size_t most_at = request->by_count == 0 ? 0 : bind(&maker, arena_format(arena, "%d", most));

	for (size_t i = 0; i < request->filter_count; i++)
		filters[i] = bind(&maker, request->filters[i].values);
	for (size_t i = 0; i < request->period_count; i++)
		add_members(&maker, i, filters);
	for (size_t i = 0; i < request->period_count; i++)
		add_member_rows(&maker, i, least_at, most_at);
	text_add(&maker.sql, "\norder by 1, 2");
	compiled.sql = maker.sql.bytes;
	return compiled;
}

const char *compile_pieces(const struct compile_request *request, const struct dimension *grain, struct arena *arena)
{
	struct maker maker = { .request = request, .arena = arena, .sql = text_open(arena, SQL_MOST) };

	text_add(&maker.sql, "select to_char(g.at, 'YYYY-MM-DD'), to_char(");
	add_grain(&maker, grain, "g.at::date");
	text_add(&maker.sql, ", 'YYYY-MM-DD') from generate_series($1::date::timestamp, $2::date::timestamp, "
		"interval '1 day') g(at)");
	return maker.sql.bytes;
}

/* The view whose rows show which values of an OBSERVED dimension there are. */
static const char *home_of(const struct source *source, const struct dimension *dimension)
{
	return dimension->home[0] == '\0' ? source->name : dimension->home;
}

const char *compile_values_present(const struct source *source, const struct dimension *dimension,
	struct arena *arena)
{
	return arena_format(arena, "select v, v, true from unnest($2::text[]) v where exists (select from metric.%s s "
		"where s.tenant = $1::int and s.%s = v)", home_of(source, dimension), dimension->name);
}

const char *compile_values_known(const struct source *source, const struct dimension *dimension,
	struct arena *arena)
{
	return arena_format(arena, "select distinct s.%s as v from metric.%s s where s.tenant = $1::int and "
		"s.%s is not null order by 1 limit 50", dimension->name, home_of(source, dimension), dimension->name);
}
