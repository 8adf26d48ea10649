/* Compares an answer with the oracle: SQL that was written by hand over the raw tables (tests/sql/oracle/NAME.sql) and
 * days that are worked out here. The oracle groups by local days and knows no instants, the compiler knows instants
 * only; where they agree, the edges are right. */
#ifndef FLASH_METRICS_ORACLE_H
#define FLASH_METRICS_ORACLE_H

#include "mcp/db/array.h"
#include "mcp/metrics/question.h"
#include "mcp/metrics/values.h"
#include "metrics_spans.h"

/* What is known of a source; NULL: nothing. */
static const struct known *known_of(int tenant, const char *source)
{
	const struct place *place = place_of(tenant);

	for (size_t i = 0; i < place->known_count; i++)
		if (strcmp(place->known[i].source, source) == 0)
			return &place->known[i];
	return NULL;
}

/* same_elapsed_part: the local day and clock until which the window is known, moved to the period before. Empty: it is
 * known as a whole. `days` loses the days after. */
static const char *expected_cut(const struct trial *trial, const struct span *window, struct span *days)
{
	const struct known *source = known_of(trial->tenant, metric_of(trial->metric)->source->name);
	long first = day_number(window->first), known = source == NULL ? first - 1 : day_number(source->until);
	char day[11];

	if (known < first || known > day_number(window->last))
		return "";
	known += day_number(days->first) - first;
	if (known > day_number(days->last))
		return "";
	day_text(known, day);
	*days = span(day_number(days->first), known);
	return arena_format(arena, "%s%s", day, source->until + 10);
}

static bool is_asked(const struct trial *trial, const char *dimensions)
{
	for (size_t i = 0; i <= trial->by_count; i++) {
		const char *name = i < trial->by_count ? trial->by[i] : trial->filter;
		const char *found = name == NULL ? NULL : strstr(dimensions, name);

		if (found != NULL && (found == dimensions || found[-1] == ' ') && strchr(" ", found[strlen(name)]) != NULL)
			return true;
	}
	return false;
}

/* The statement with one kind of call written out, or, when `with` is NULL, without it. */
static char *write_out(const char *sql, const char *call, const char *with)
{
	struct text out = text_open(arena, 1 << 16);
	const char *from = sql, *at;

	for (; (at = strstr(from, call)) != NULL; from = strchr(at, ')') + 1) {
		const char *argument = strstr(at, ", ") + 2, *place = with == NULL ? NULL : strstr(with, "%s");

		text_format(&out, "%.*s", (int)(at - from), from);
		if (place == NULL)
			text_add(&out, "'{}'::jsonb");
		else
			text_format(&out, "%.*s%.*s%s", (int)(place - with), with, (int)strcspn(argument, ")"), argument,
				place + 2);
	}
	text_add(&out, from);
	return out.bytes;
}

/* Looks up of each row only what the question names: the rest would take most of the time. */
static char *with_lookups(const struct trial *trial, char *sql)
{
	for (size_t i = 0; i < lookup_count; i++)
		if (is_asked(trial, lookups[i].dimensions))
			sql = write_out(sql, lookups[i].call, lookups[i].sql);
	for (size_t i = 0; i < lookup_count; i++)
		sql = write_out(sql, lookups[i].call, NULL);
	return sql;
}

/* Adds the member's segment, which is as of the last day or the cut, to the dimensions of each row's member. */
static char *with_segments(const struct trial *trial, const char *cut, char *sql)
{
	static const char member[] = "oracle.of_member($1::int, x.member)";
	char *with = strstr(sql, "\nwith ");
	struct text text = text_open(arena, 1 << 16);

	if (!is_asked(trial, "rfm_segment") || with == NULL)
		return sql;
	text_add_size(&text, sql, (size_t)(with - sql));
	text_format(&text, "\nwith segments as materialized (select oracle.segments($1::int, $3::date, '%s') as of), ",
		cut);
	for (const char *at = with + strlen("\nwith "); *at != '\0';) {
		if (strncmp(at, member, strlen(member)) != 0) {
			text_add_size(&text, at++, 1);
			continue;
		}
		text_format(&text, "(%s || jsonb_build_object('rfm_segment', (select g.of from segments g) -> x.member::text))",
			member);
		at += strlen(member);
	}
	return text.bytes;
}

/* The oracle of a metric, of which only rows before a local moment count (empty: all). */
static const char *oracle_sql(const struct trial *trial, const char *cut)
{
	char *sql = arena_copy(arena, read_file(arena_format(arena, "tests/sql/oracle/%s.sql", trial->metric)));

	sql = with_lookups(trial, with_segments(trial, cut, sql));

	char *column = strstr(sql, "lateral (select ("), *where = strstr(sql, "where x.tenant = $1::int and t.tenant");

	if (*cut == '\0')
		return sql;
	if (column == NULL || where == NULL) {
		printf("Bail out! the oracle of %s cannot be cut\n", trial->metric);
		exit(1);
	}
	column += strlen("lateral (select (");
	*where = '\0';
	return arena_format(arena, "%swhere %.*s < (timestamp '%s' at time zone t.zone) and%s", sql,
		(int)strcspn(column, " "), column, cut, where + strlen("where"));
}

/* The oracle's groups of some days; of those before a local moment, when `cut` is not empty. */
static struct groups oracle_groups(const struct trial *trial, const struct span *days, const char *cut,
	const char *d1, const char *d2)
{
	struct db_array values = db_array_open(arena);
	bool none = false, ratio = metric_of(trial->metric)->denominator != NULL;
	struct error error;
	struct db_rows *rows;

	for (size_t i = 0; i < trial->value_count; i++)
		if (strcmp(trial->values[i], VALUE_NONE) == 0)
			none = true;
		else
			db_array_add(&values, trial->values[i]);
	if (!db_select(raw, trial->tenant, oracle_sql(trial, cut), DB_VALUES(arena_format(arena, "%d",
		trial->tenant), days->first, days->last, d1, d2,
		trial->filter == NULL ? "" : trial->filter, db_array_close(&values), none ? "t" : "f"), arena, &rows, &error)) {
		printf("Bail out! oracle of %s: %s\n", trial->metric, error.text);
		exit(1);
	}
	struct groups groups = { arena_alloc(arena, (db_count(rows) + 1) * sizeof *groups.at), db_count(rows) };

	for (size_t i = 0; i < groups.count; i++)
		groups.at[i] = (struct group){ { db_text(rows, i, 0), db_text(rows, i, 1) },
			!ratio || db_number(rows, i, 3) != 0, db_text(rows, i, 2) == NULL ? 0 : db_number(rows, i, 2),
			db_number(rows, i, 3) };
	return groups;
}

static struct groups oracle_rows(const struct trial *trial, const struct span *days, const char *cut)
{
	if (trial->by_count == 0)
		return (struct groups){ NULL, 0 };
	return oracle_groups(trial, days, cut, trial->by[0], trial->by_count > 1 ? trial->by[1] : "");
}

static struct group oracle_total(const struct trial *trial, const struct span *days, const char *cut)
{
	struct groups groups = oracle_groups(trial, days, cut, "", "");

	return groups.count > 0 ? groups.at[0] : (struct group){ .known = metric_of(trial->metric)->denominator == NULL };
}

static bool same_figure(const struct metric *metric, const json_t *json, const struct group *group)
{
	const json_t *value = json_object_get(json, "value");

	if (metric->denominator == NULL)
		return json_is_integer(value) && json_integer_value(value) == group->value;
	if (json_object_get(json, "numerator") != NULL &&
	    (json_integer_value(json_object_get(json, "numerator")) != group->value ||
	    json_integer_value(json_object_get(json, "denominator")) != group->denominator))
		return false;
	if (!group->known)
		return json_is_null(value);
	double wanted = (double)group->value / (double)group->denominator;

	return metric->unit != UNIT_CENTS && metric->unit != UNIT_POINTS
		? fabs(json_number_value(value) - wanted) <= (metric->unit == UNIT_RATIO ? 5.1e-7 : 5.1e-5)
		: json_is_integer(value) && llabs(json_integer_value(value) - llround(wanted)) == 0;
}

static const struct trial *sorted;

static int compare_texts(const char *a, const char *b)
{
	return a == NULL || b == NULL ? (a == NULL) - (b == NULL) : strcmp(a, b);
}

/* Hours by their moment: the local hour less what it is ahead of UTC ("2017-10-29T02:00+01:00"), so that in a night of
 * autumn the first 02:00 comes first. */
static long hour_minute(const char *hour)
{
	long ahead = atoi(hour + 17) * 60 + atoi(hour + 20);

	return day_number(hour) * 1440 + atoi(hour + 11) * 60 + atoi(hour + 14) - (hour[16] == '-' ? -ahead : ahead);
}

static int compare_values(const char *dimension, const char *a, const char *b)
{
	if (dimension == NULL || strcmp(dimension, "hour") != 0)
		return compare_texts(a, b);
	return (hour_minute(a) > hour_minute(b)) - (hour_minute(a) < hour_minute(b));
}

static bool is_grain(const char *dimension)
{
	return dimension != NULL && dimension_find(dimension)->kind == DIMENSION_GRAIN;
}

static int compare_groups(const void *left, const void *right)
{
	const struct group *a = left, *b = right;
	bool ratio = metric_of(sorted->metric)->denominator != NULL;
	int order = 0;

	for (size_t i = 0; i < sorted->by_count && sorted->limit == 0 && order == 0; i++)
		if (is_grain(sorted->by[i]))
			order = compare_values(sorted->by[i], a->by[i], b->by[i]);
	if (order != 0)
		return order;
	double x = ratio && a->known ? (double)a->value / (double)a->denominator : (double)a->value;
	double y = ratio && b->known ? (double)b->value / (double)b->denominator : (double)b->value;

	if (a->known != b->known)
		return a->known ? -1 : 1;
	if (a->known && (x < y || x > y))
		return (x < y) == sorted->lowest ? -1 : 1;
	order = compare_values(sorted->by[0], a->by[0], b->by[0]);
	return order != 0 ? order : compare_values(sorted->by[1], a->by[1], b->by[1]);
}

static json_t *args_of(const struct trial *trial)
{
	json_t *args = arena_json(arena, json_pack("{s:s}", "metric", trial->metric));

	if (trial->window != NULL)
		json_object_set_new(args, "window", json_string(trial->window));
	else if (trial->days.first[0] != '\0') {
		json_object_set_new(args, "from", json_string(trial->days.first));
		json_object_set_new(args, "to", json_string(trial->days.last));
	}
	if (trial->as_of != NULL)
		json_object_set_new(args, "as_of", json_string(trial->as_of));
	if (trial->by_count > 0)
		json_object_set_new(args, "by", json_array());
	for (size_t i = 0; i < trial->by_count; i++)
		json_array_append_new(json_object_get(args, "by"), json_string(trial->by[i]));
	if (trial->filter != NULL) {
		json_object_set_new(args, "filters", json_pack("{s:[]}", trial->filter));
		for (size_t i = 0; i < trial->value_count; i++)
			json_array_append_new(json_object_get(json_object_get(args, "filters"), trial->filter),
				json_string(trial->values[i]));
	}
	for (size_t i = 0; i < COMPARISON_COUNT; i++)
		if (trial->compare[i]) {
			if (json_object_get(args, "compare") == NULL)
				json_object_set_new(args, "compare", json_array());
			json_array_append_new(json_object_get(args, "compare"), json_string(comparison_at(i)->name));
		}
	if (trial->limit > 0) {
		json_object_set_new(args, "limit", json_integer(trial->limit));
		json_object_set_new(args, "order", json_string(trial->lowest ? "lowest" : "highest"));
	}
	return args;
}

/* A figure of the answer that is not the oracle's, in words; NULL: all is well. */
static const char *wrong(const char *what, const json_t *json, const struct group *group)
{
	return arena_format(arena, "%s is %s, not %s%lld/%lld", what, json == NULL ? "missing" : arena_dump(arena, json),
		group->known ? "" : "unknown ", group->value, group->denominator);
}

/* Whether a metric counts more than its window. */
static bool looks_back(const struct metric *metric)
{
	return metric->lookback_days > 0 || metric->since != NULL;
}

static bool is_dimension(const json_t *row, const char *dimension, const char *value)
{
	const char *is = json_string_value(json_object_get(row, dimension));

	return is != NULL && strcmp(is, value == NULL ? VALUE_NONE : value) == 0;
}

/* From when until when all is known that a number rests on, as local times; false: some of it is not at all. */
static bool find_known(const struct trial *trial, const char **since, const char **until)
{
	const struct metric *metric = metric_of(trial->metric);
	const struct known *known = known_of(trial->tenant, metric->source->name);

	for (size_t i = 0; known != NULL && i <= metric->part_count; i++) {
		*since = i == 0 || strcmp(known->since, *since) > 0 ? known->since : *since;
		*until = i == 0 || strcmp(known->until, *until) < 0 ? known->until : *until;
		known = i < metric->part_count ? known_of(trial->tenant, metric->parts[i]->source->name) : known;
	}
	return known != NULL;
}

/* Whether any of the days that a number is made of is known; those that it looks back on are such days. */
static bool is_covered(const struct trial *trial, const struct span *days, const char *cut)
{
	const struct metric *metric = metric_of(trial->metric);
	const char *since, *until;
	long first = day_number(days->first), last = day_number(days->last);

	if (!find_known(trial, &since, &until))
		return false;
	if (metric->source->time[0] == '\0')
		return true;
	if (metric->since != NULL)
		first = piece_start(trial->tenant, metric->since, last);
	else if (metric->lookback_days > 0)
		first = last + 1 - metric->lookback_days;
	return (*cut == '\0' ? last >= day_number(since) : strcmp(cut, since) > 0) && first <= day_number(until);
}

static const char *check_comparison(const struct trial *trial, const json_t *answer, const json_t *comparison,
	const struct span *days, const char *cut, size_t shown)
{
	const struct metric *metric = metric_of(trial->metric);
	struct group total = oracle_total(trial, days, cut);
	struct groups groups = oracle_rows(trial, days, cut);
	const json_t *window = json_object_get(comparison, "window"), *rows = json_object_get(comparison, "rows"), *row;
	size_t i;

	if (strcmp(json_string_value(json_object_get(window, "last_day")), days->last) != 0 ||
	    (!looks_back(metric) && strcmp(json_string_value(json_object_get(window, "first_day")),
	    days->first) != 0))
		return arena_format(arena, "compared with %s, not %s to %s", arena_dump(arena, window), days->first,
			days->last);
	if (!is_covered(trial, days, cut))
		return json_is_null(json_object_get(comparison, "value")) && json_object_get(comparison, "note") != NULL ? NULL
			: "a comparison without data has a value";
	if (!same_figure(metric, comparison, &total))
		return wrong("a comparison", comparison, &total);
	const json_t *now = json_object_get(answer, "value"), *then = json_object_get(comparison, "value");
	const json_t *change = json_object_get(comparison, "change");

	if (json_is_number(now) && json_is_number(then) && fabs(json_number_value(now) - json_number_value(then) -
	    json_number_value(change)) > (json_is_real(now) ? (metric->unit == UNIT_RATIO ? 2e-6 : 2e-4)
		: metric->denominator != NULL ? 1 : 0))
		return "a change is not the difference";
	if (is_grain(trial->by[0]) || is_grain(trial->by[1]))
		return rows == NULL ? NULL : "a comparison over grains has rows";
	if (json_array_size(rows) != (trial->by_count == 0 ? 0 : shown))
		return "a comparison has other rows";
	json_array_foreach(rows, i, row) {
		struct group wanted = { .known = metric->denominator == NULL };

		for (size_t g = 0; g < groups.count; g++)
			if (is_dimension(row, trial->by[0], groups.at[g].by[0]) &&
			    (trial->by_count < 2 || is_dimension(row, trial->by[1], groups.at[g].by[1])))
				wanted = groups.at[g];
		if (!same_figure(metric, row, &wanted))
			return wrong("a row of a comparison", row, &wanted);
	}
	return NULL;
}

/* A series by one grain has a row for every piece of time. */
static struct groups fill_series(const struct trial *trial, const struct span *days, const struct groups *groups)
{
	struct db_rows *rows;
	struct error error;
	bool ratio = metric_of(trial->metric)->denominator != NULL;

	if (!db_select(raw, trial->tenant, read_file("tests/sql/oracle/slots.sql"), DB_VALUES(arena_format(arena, "%d",
		trial->tenant), days->first, days->last, trial->by[0]), arena, &rows, &error)) {
		printf("Bail out! slots: %s\n", error.text);
		exit(1);
	}
	struct groups filled = { arena_alloc(arena, db_count(rows) * sizeof *filled.at), db_count(rows) };

	for (size_t i = 0; i < filled.count; i++) {
		filled.at[i] = (struct group){ { db_text(rows, i, 0), NULL }, !ratio, 0, 0 };
		for (size_t g = 0; g < groups->count; g++)
			if (strcmp(groups->at[g].by[0], filled.at[i].by[0]) == 0)
				filled.at[i] = groups->at[g];
	}
	return filled;
}

/* Whether a piece of a series, which ends where `next` begins, lies outside of what is known: days and longer pieces by
 * their day, hours by their hour, which is written with a T. */
static bool is_unknown(const struct trial *trial, const char *piece, const char *next)
{
	size_t size = strcmp(trial->by[0], "hour") == 0 ? 13 : 10;
	char bounds[2][14];
	const char *since = "", *until = "";

	find_known(trial, &since, &until);
	snprintf(bounds[0], size + 1, "%.10sT%.2s", since, since + 11);
	snprintf(bounds[1], size + 1, "%.10sT%.2s", until, until + 11);
	return (next != NULL && strncmp(next, bounds[0], size) <= 0) || strncmp(piece, bounds[1], size) > 0;
}

static const char *check_rows(const struct trial *trial, const json_t *answer, const struct span *days, size_t *shown)
{
	const struct metric *metric = metric_of(trial->metric);
	struct groups found = oracle_rows(trial, days, "");
	bool grain = is_grain(trial->by[0]) || is_grain(trial->by[1]);
	const json_t *rows = json_object_get(answer, "rows"), *rest = json_object_get(answer, "rest"), *row;
	long long sum = 0;

	if (grain && trial->by_count == 1 && trial->limit == 0)
		found = fill_series(trial, days, &found);
	struct group *groups = found.at;
	size_t count = found.count, i;

	sorted = trial;
	qsort(groups, count, sizeof *groups, compare_groups);
	size_t limit = trial->limit > 0 ? (size_t)trial->limit : grain ? LIMIT_MOST : ROWS_DEFAULT;

	*shown = count < limit ? count : limit;
	/* An answer costs 32 kB at most: the last rows of a long one are on its next page. */
	if (json_is_true(json_object_get(answer, "truncated")) && json_array_size(rows) < *shown)
		*shown = json_array_size(rows);
	if (json_is_true(json_object_get(answer, "truncated")) != (count > *shown))
		return "truncated is wrong";
	if (json_array_size(rows) != *shown)
		return arena_format(arena, "%zu rows, not %zu", json_array_size(rows), *shown);
	json_array_foreach(rows, i, row) {
		for (size_t d = 0; d < trial->by_count; d++)
			if (!is_dimension(row, trial->by[d], groups[i].by[d]))
				return arena_format(arena, "row %zu is %s, not of %s", i, arena_dump(arena, row), groups[i].by[d]);
		if (grain && trial->by_count == 1 && trial->limit == 0 && is_unknown(trial, groups[i].by[0],
			i + 1 < count ? groups[i + 1].by[0] : NULL))
			groups[i].known = false;
		if (!groups[i].known && metric->denominator == NULL && json_is_null(json_object_get(row, "value")))
			continue;
		if (!groups[i].known && metric->denominator == NULL)
			return "a piece of time without data has a value";
		if (!same_figure(metric, row, &groups[i]))
			return wrong("a row", row, &groups[i]);
		sum += json_integer_value(json_object_get(row, "value"));
	}
	if (!metric->additive || count == *shown)
		return json_is_null(rest) ? NULL : "there is a rest";
	struct group left = { .known = true, .value = json_integer_value(json_object_get(answer, "value")) - sum };

	return same_figure(metric, rest, &left) && json_integer_value(json_object_get(rest, "groups")) ==
		(json_int_t)(count - *shown) ? NULL : wrong("the rest", rest, &left);
}

/* Whether a series by day or hour has more pieces than an answer may show. */
static bool is_overlong(const struct trial *trial, const struct span *days)
{
	long count = day_number(days->last) - day_number(days->first) + 1;

	return trial->by_count == 1 && trial->limit == 0 && ((strcmp(trial->by[0], "day") == 0 && count > LIMIT_MOST) ||
		(strcmp(trial->by[0], "hour") == 0 && count * 24 + 1 > LIMIT_MOST));
}

/* The answer; a database that was busy for a moment is asked again. */
static json_t *ask_patiently(const struct trial *trial, struct error *error)
{
	struct question question;
	json_t *answer = NULL;

	for (int times = 0; answer == NULL && times < 5 && (times == 0 || error->code == ERROR_BUSY); times++)
		answer = question_answer(asked, trial->tenant, args_of(trial), arena, &question, error);
	return answer;
}

/* Asks and compares everything with the oracle; a sentence says what is wrong. */
static const char *try_one(const struct trial *trial, bool *answered)
{
	const struct metric *metric = metric_of(trial->metric);
	struct span spans[1 + COMPARISON_COUNT];
	struct error error = { .code = ERROR_NONE };
	json_t *answer = ask_patiently(trial, &error), *comparison;
	size_t shown = 0, at = 0;
	const char *why;

	expected_spans(trial, spans);
	*answered = answer != NULL;
	if (!is_covered(trial, &spans[0], "") || (trial->window == NULL &&
	    strcmp(spans[0].first, place_of(trial->tenant)->today) > 0 && metric->source->time[0] != '\0'))
		return answer == NULL && error.code == ERROR_NO_DATA ? NULL : "no data is answered with a number";
	if (answer == NULL && is_overlong(trial, &spans[0]))
		return error.code == ERROR_ARGUMENT && strstr(error.text, "the most is 200") != NULL ? NULL
			: arena_copy(arena, error.text);
	if (answer == NULL)
		return arena_format(arena, "refused: %s", error.text);
	struct group total = oracle_total(trial, &spans[0], "");

	if (metric->source->time[0] != '\0' &&
	    strcmp(json_string_value(json_object_get(json_object_get(answer, "window"), "last_day")), spans[0].last) != 0)
		return arena_format(arena, "the window is %s", arena_dump(arena, json_object_get(answer, "window")));
	if (!same_figure(metric, answer, &total))
		return wrong("the value", answer, &total);
	if (trial->by_count > 0 && (why = check_rows(trial, answer, &spans[0], &shown)) != NULL)
		return why;
	json_array_foreach(json_object_get(answer, "comparisons"), at, comparison) {
		size_t place = 0;

		while (strcmp(json_string_value(json_object_get(comparison, "to")), comparison_at(place)->name) != 0)
			place++;
		const char *cut = place == 2 ? expected_cut(trial, &spans[0], &spans[3]) : "";

		if ((why = check_comparison(trial, answer, comparison, &spans[1 + place], cut, shown)) != NULL)
			return why;
	}
	return strlen(arena_dump(arena, answer)) <= 32000 ? NULL : "the answer is too long";
}

static bool still_fails(const struct trial *trial)
{
	bool answered;

	return try_one(trial, &answered) != NULL;
}

/* Takes away of a failing question what it fails without: comparisons, filter, limit, dimensions, days. */
static struct trial shrunk(struct trial trial)
{
	struct trial less = trial;

	for (size_t i = 0; i < COMPARISON_COUNT; i++, less = trial) {
		less.compare[i] = false;
		trial = still_fails(&less) ? less : trial;
	}
	less.filter = NULL, less.value_count = 0;
	trial = still_fails(&less) ? less : trial;
	less = trial, less.limit = 0, less.lowest = false;
	trial = still_fails(&less) ? less : trial;
	for (less = trial; less.by_count > 0; less = trial) {
		less.by[0] = less.by[--less.by_count];
		if (!still_fails(&less))
			break;
		trial = less;
	}
	for (less = trial; less.window == NULL && strcmp(less.days.first, less.days.last) < 0; less = trial) {
		long first = day_number(less.days.first), last = day_number(less.days.last), middle = (first + last) / 2;

		less.days = span(first, middle);
		if (!still_fails(&less))
			less.days = span(middle + 1, last);
		if (!still_fails(&less))
			break;
		trial = less;
	}
	return trial;
}

static bool passes(const struct trial *trial)
{
	struct arena *outer = arena;
	bool answered;

	arena = arena_new();
	const char *why = try_one(trial, &answered);

	if (why != NULL) {
		struct trial least = shrunk(*trial);

		printf("# tenant %d %s\n#   %s\n", trial->tenant, arena_dump(arena, args_of(trial)), why);
		printf("# shrunk to %s\n#   %s\n", arena_dump(arena, args_of(&least)), try_one(&least, &answered));
	}
	arena_free(arena);
	arena = outer;
	return why == NULL;
}

#endif
