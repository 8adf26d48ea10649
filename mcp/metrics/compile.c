/* Groups and totals of a period, and the members behind them; how they become rows is in compile_rows.c. */
#include <string.h>

#include "compile_parts.h"
#include "segments.h"

struct maker maker_open(const struct compile_request *request, struct compiled *out, struct arena *arena)
{
	return (struct maker){ .request = request, .metric = request->metric, .arena = arena,
		.sql = text_open(arena, SQL_MOST), .out = out };
}

size_t maker_bind(struct maker *maker, const char *value)
{
	if (maker->out->count == COMPILED_VALUES)
		__builtin_trap();
	maker->out->values[maker->out->count++] = value;
	return maker->out->count;
}

size_t maker_bind_zone(struct maker *maker)
{
	if (maker->zone == 0)
		maker->zone = maker_bind(maker, maker->request->zone);
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

bool grain_is_hour(const struct dimension *grain)
{
	return strcmp(grain->name, "hour") == 0;
}

void maker_add_grain(struct maker *maker, const struct dimension *grain, const char *day)
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
		maker->metric->source->time, maker_bind_zone(maker));
}

static void add_grain_of_row(struct maker *maker, const struct dimension *grain)
{
	if (grain_is_hour(grain))
		text_format(&maker->sql, "date_trunc('hour', s.%s, $%zu::text)", maker->metric->source->time,
			maker_bind_zone(maker));
	else if (is_fiscal(grain))
		text_add(&maker->sql, "f.piece");
	else
		maker_add_grain(maker, grain, local_day(maker));
}

/* Fiscal pieces by the day: worked out once a day, not once a row. */
static void add_pieces(struct maker *maker, const struct compile_period *period)
{
	for (size_t i = 0; i < maker->request->by_count; i++)
		if (maker->request->by[i]->kind == DIMENSION_GRAIN && is_fiscal(maker->request->by[i])) {
			text_add(&maker->sql, " left join (select g.at::date as day, ");
			maker_add_grain(maker, maker->request->by[i], "g.at::date");
			text_format(&maker->sql, " as piece from generate_series($%zu::date::timestamp, $%zu::date::timestamp, "
				"interval '1 day') g(at)) f on f.day = %s", maker_bind(maker, period->first_day),
				maker_bind(maker, period->last_day), local_day(maker));
		}
}

void maker_add_names(struct maker *maker, const char *before, const char *after)
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
		text_format(&maker->sql, " and s.%s >= $%zu::timestamptz", metric->source->time, maker_bind(maker,
			whole ? period->since : period->part_since[maker->part]));
	text_format(&maker->sql, " and s.%s < $%zu::timestamptz", metric->source->time, maker_bind(maker, period->until));
}

/* The sums of the period's days. Of a day that the period cuts, orders one by one: it has 26 hours at most. */
static void add_sums(struct maker *maker, const struct compile_period *period)
{
	bool whole = maker->request->metric->part_count == 0;
	const char *first_day = whole ? period->first_day : period->part_first_day[maker->part];
	size_t last = maker_bind(maker, period->last_day);

	text_format(&maker->sql, " from (select %s from metric.order_sums where tenant = $1::int and day %s $%zu::date",
		rolled_columns, period->whole_days ? "<=" : "<", last);
	if (maker->metric->kind != KIND_STOCK)
		text_format(&maker->sql, " and day >= $%zu::date", maker_bind(maker, first_day));
	if (!period->whole_days) {
		size_t until = maker_bind(maker, period->until);

		text_format(&maker->sql, " union all select %s from metric.order_rows where tenant = $1::int and day = "
			"$%zu::date and ordered_at < $%zu::timestamptz and ordered_at > $%zu::timestamptz - interval '26 hours'",
			rolled_columns, last, until, until);
	}
	text_add(&maker->sql, ") s");
}

/* The rows that count, with the dimensions as d1, d2, d3. Where members are told apart, each once a group: that is
 * hashed, and count(distinct) would sort all their rows. */
static void add_base(struct maker *maker, size_t period, const size_t *filters)
{
	const struct compile_request *request = maker->request;
	const struct metric *metric = maker->metric;
	const char *filter = maker->is_rolled ? maker->rolled.filter : metric->filter;

	text_add(&maker->sql, metric_counts_members(metric) ? "(select distinct s.member" : "(select s.*");
	for (size_t i = 0; i < request->by_count; i++) {
		text_add(&maker->sql, ", ");
		if (request->by[i]->kind == DIMENSION_GRAIN)
			add_grain_of_row(maker, request->by[i]);
		else
			text_format(&maker->sql, "s.%s", request->by[i]->name);
		text_format(&maker->sql, " as d%zu", i + 1);
	}
	if (metric->counts_back)
		text_format(&maker->sql, ", ($%zu::date - %s) as days_ago",
			maker_bind(maker, request->periods[period].last_day), local_day(maker));
	if (maker->is_rolled)
		add_sums(maker, &request->periods[period]);
	else if (segments_asked(request))
		text_add(&maker->sql, segments_from(metric->source, maker_bind(maker, request->periods[period].until),
			maker_bind(maker, request->periods[period].last_day), maker->arena));
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
		maker_add_names(maker, "", "");
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
	maker_add_names(maker, "", "");
	text_add(&maker->sql, ", (grouping(");
	maker_add_names(maker, "", "");
	text_add(&maker->sql, ") <> 0)::int as whole");
}

/* "select d1, …, whole, v, w, n, k" of the maker's metric in a period; k: at least so many members are behind it. */
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
		maker_add_names(maker, "", "");
		text_add(&maker->sql, ", whole");
	}
	text_format(&maker->sql, ", (%s)::bigint as v, (%s)::bigint as w, %s as n, %s as k from ", value,
		denominator == NULL ? "0" : denominator, maker->is_rolled ? maker->rolled.rows
		: metric_counts_members(metric) ? metric->value : "count(*)", maker->is_rolled ? maker->rolled.members
		: "0::bigint");
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
		maker_add_names(maker, "", "");
		text_add(&maker->sql, ", whole");
	}
}

/* The same of a derived metric: the groups of its parts laid side by side, what is not there is 0. */
static void add_derived(struct maker *maker, size_t period, const size_t *filters)
{
	const struct metric *metric = maker->request->metric;
	const char *comma = maker->request->by_count > 0 ? ", " : "";

	text_add(&maker->sql, "select ");
	maker_add_names(maker, "", "");
	text_format(&maker->sql, "%swhole, (%s)::bigint as v, (%s)::bigint as w, n, k from (select ", comma, metric->value,
		metric->denominator == NULL ? "0" : metric->denominator);
	maker_add_names(maker, "", "");
	text_format(&maker->sql, "%swhole, sum(n)::bigint as n, max(k) as k", comma);
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
	maker_add_names(maker, "", "");
	text_format(&maker->sql, "%swhole) g", comma);
}

/* The same of members that were counted from sets in memory. */
static void add_counts(struct maker *maker, const struct compile_counts *counts)
{
	const struct compile_request *request = maker->request;
	const char *comma = request->by_count > 0 ? ", " : "";

	text_add(&maker->sql, "select ");
	maker_add_names(maker, "", "");
	text_format(&maker->sql, "%swhole, v, 0::bigint as w, v as n, v as k from unnest(", comma);
	for (size_t i = 0; i < request->by_count; i++)
		text_format(&maker->sql, "$%zu::%s[], ", maker_bind(maker, counts->by[i]),
			request->by[i]->kind == DIMENSION_GRAIN ? "date" : "text");
	text_format(&maker->sql, "$%zu::int[], $%zu::bigint[]) as c(", maker_bind(maker, counts->whole),
		maker_bind(maker, counts->values));
	maker_add_names(maker, "", "");
	text_format(&maker->sql, "%swhole, v)", comma);
}

void maker_add_period(struct maker *maker, size_t period, const size_t *filters)
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
	maker_add_names(maker, "", "");
	text_format(&maker->sql, "%ss.member from ", maker->request->by_count > 0 ? ", " : "");
	add_base(maker, period, filters);
}

void maker_add_members(struct maker *maker, size_t period, const size_t *filters, bool first)
{
	const struct metric *metric = maker->request->metric;
	const char *comma = maker->request->by_count > 0 ? ", " : "";
	size_t made = 0;

	maker->is_rolled = false;
	text_format(&maker->sql, "%sb%zu as (select ", first ? "with " : ",\n", period);
	maker_add_names(maker, "", "");
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
	maker_add_names(maker, "", "");
	text_format(&maker->sql, "%smember)", comma);
}

const char *compile_pieces(const struct compile_request *request, const struct dimension *grain, struct arena *arena)
{
	struct maker maker = maker_open(request, NULL, arena);

	text_add(&maker.sql, "select to_char(g.at, 'YYYY-MM-DD'), to_char(");
	maker_add_grain(&maker, grain, "g.at::date");
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
