#include "count.h"

#include <stdlib.h>
#include <string.h>

#include "bitmaps.h"
#include "count_rows.h"
#include "day.h"
#include "mcp/db/array.h"
#include "values.h"

enum { TIERS_MOST = 64 };

/* A day and the first day of the piece of time that it lies in. */
struct piece {
	int day;
	const char *first;
};

/* How many members there are, and in each tier. */
struct tally {
	uint64_t all, in[TIERS_MOST];
};

struct counting {
	const struct compile_request *request;
	const struct bitmaps *bitmaps;
	struct arena *arena;
	size_t tier_at, grain_at;             /* places among the dimensions; BY_MOST: not there */
	bool wanted[TIERS_MOST], none, limited;   /* tiers that the filter lets in */
	struct db_array by[BY_MOST], whole, values;
	struct tally tally;                   /* of the window */
};

static bool is_grain_of_days(const struct dimension *dimension)
{
	return dimension->kind == DIMENSION_GRAIN && strcmp(dimension->name, "hour") != 0;
}

static bool is_tier(const struct dimension *dimension)
{
	return strcmp(dimension->name, "tier") == 0;
}

static bool is_for_sets(const struct compile_request *request)
{
	const struct metric *metric = request->metric;
	bool fits = metric_counts_members(metric) && strcmp(metric->source->name, "orders") == 0 &&
		metric->filter != NULL && strcmp(metric->filter, "member is not null") == 0;

	for (size_t i = 0; i < request->by_count; i++)
		fits = fits && (is_tier(request->by[i]) || is_grain_of_days(request->by[i]));
	for (size_t i = 0; i < request->filter_count; i++)
		fits = fits && is_tier(request->filters[i].dimension);
	for (size_t i = 0; i < request->period_count; i++)
		fits = fits && request->periods[i].whole_days;
	return fits;
}

/* Which tiers the question, or the key that asks, is limited to: all, and those without, when neither says. What is
 * asked for is inside of the key's limits already; a limit that is nowhere listed lets in nobody. */
static void read_filter(struct counting *counting, const struct question *question)
{
	const json_t *asked = json_object_get(question->filters, "tier"), *one;
	const json_t *tiers = asked != NULL ? asked : json_object_get(question->limits, "tier");
	size_t i;

	counting->limited = question->request.filter_count > 0;
	counting->none = !counting->limited;
	for (size_t t = 0; t < counting->bitmaps->tier_count; t++)
		counting->wanted[t] = !counting->limited;
	json_array_foreach(tiers, i, one) {
		counting->none = counting->none || strcmp(json_string_value(one), VALUE_NONE) == 0;
		for (size_t t = 0; t < counting->bitmaps->tier_count; t++)
			if (strcmp(json_string_value(one), counting->bitmaps->tiers[t].tier) == 0)
				counting->wanted[t] = true;
	}
}

/* One group, or the total (whole); nobody is no group. */
static void add_group(struct counting *counting, const char *tier, const char *piece, bool whole, uint64_t count)
{
	if (count == 0 && !whole)
		return;
	for (size_t i = 0; i < counting->request->by_count; i++)
		db_array_add(&counting->by[i], whole ? NULL : i == counting->tier_at ? tier : piece);
	db_array_number(&counting->whole, whole);
	db_array_number(&counting->values, (long long)count);
}

/* The groups of some members: by tier, or as one. Nobody is in two tiers, so that tiers add up. */
static void add_groups(struct counting *counting, const struct tally *tally, const char *piece, bool whole)
{
	const struct bitmaps *bitmaps = counting->bitmaps;
	uint64_t rest = tally->all, sum = 0;
	bool by_tier = counting->tier_at < BY_MOST && !whole;

	for (size_t t = 0; t < bitmaps->tier_count; t++) {
		rest -= tally->in[t];
		sum += counting->wanted[t] ? tally->in[t] : 0;
		if (by_tier && counting->wanted[t])
			add_group(counting, bitmaps->tiers[t].tier, piece, false, tally->in[t]);
	}
	sum += counting->none ? rest : 0;
	if (!by_tier)
		add_group(counting, NULL, piece, whole, sum);
	else if (counting->none)
		add_group(counting, NULL, piece, false, rest);
}

static int compare_pieces(const void *a, const void *b)
{
	return ((const struct piece *)a)->day - ((const struct piece *)b)->day;
}

/* The pieces of the days of a window, by PostgreSQL's calendar; a day is its own piece. */
static bool find_pieces(struct db *db, struct counting *counting, const struct compile_period *period,
	struct piece **pieces, size_t *count)
{
	const struct compile_request *request = counting->request;
	struct db_rows *rows;
	struct error error;

	if (!db_select(db, request->tenant, compile_pieces(request, request->by[counting->grain_at], counting->arena),
		DB_VALUES(period->first_day, period->last_day), counting->arena, &rows, &error))
		return false;
	*count = db_count(rows);
	*pieces = arena_alloc(counting->arena, (*count + 1) * sizeof **pieces);
	for (size_t i = 0; i < *count; i++) {
		(*pieces)[i].first = db_text(rows, i, 1);
		if (!day_parse(db_text(rows, i, 0), &(*pieces)[i].day))
			return false;
	}
	qsort(*pieces, *count, sizeof **pieces, compare_pieces);
	return true;
}

/* Who bought on one of the days from `first` to `last`. */
static struct tally tally_days(const struct counting *counting, int first, int last)
{
	const struct bitmaps *bitmaps = counting->bitmaps;
	const struct memberset **sets = arena_alloc(counting->arena, (bitmaps->day_count + 1) * sizeof *sets);
	const struct memberset *tiers[TIERS_MOST];
	struct tally tally = { .all = 0 };
	size_t count = 0;

	for (size_t i = 0; i < bitmaps->day_count; i++)
		if (bitmaps->days[i].day >= first && bitmaps->days[i].day <= last)
			sets[count++] = bitmaps->days[i].shared->set;
	for (size_t t = 0; t < bitmaps->tier_count; t++)
		tiers[t] = bitmaps->tiers[t].shared->set;
	tally.all = memberset_count_any(sets, count, tiers, bitmaps->tier_count, tally.in);
	return tally;
}

/* The window's rows, when they need no statement. */
static struct db_rows *lay_rows(const struct counting *counting)
{
	const struct bitmaps *bitmaps = counting->bitmaps;
	const struct tally *tally = &counting->tally;
	struct count_group groups[TIERS_MOST + 1];
	uint64_t rest = tally->all, sum = 0;
	size_t count = 0;

	for (size_t t = 0; t < bitmaps->tier_count; t++) {
		rest -= tally->in[t];
		sum += counting->wanted[t] ? tally->in[t] : 0;
		if (counting->wanted[t] && tally->in[t] > 0)
			groups[count++] = (struct count_group){ bitmaps->tiers[t].tier, bitmaps->tiers[t].name, tally->in[t] };
	}
	if (counting->none && rest > 0)
		groups[count++] = (struct count_group){ NULL, NULL, rest };
	return count_rows(counting->request, sum + (counting->none ? rest : 0), groups, count, bitmaps->version,
		counting->arena);
}

/* Groups by piece of time; the pieces' days lie side by side. */
static void add_pieces(struct counting *counting, const struct piece *pieces, size_t count)
{
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && strcmp(pieces[end].first, pieces[i].first) == 0; end++)
			;
		struct tally tally = tally_days(counting, pieces[i].day, pieces[end - 1].day);

		add_groups(counting, &tally, pieces[i].first, false);
	}
}

static struct compile_counts count_period(struct counting *counting, const struct compile_period *period,
	const struct piece *pieces, size_t piece_count)
{
	struct compile_counts counts = { .whole = NULL };
	int first = 0, last = 0;

	for (size_t i = 0; i < counting->request->by_count; i++)
		counting->by[i] = db_array_open(counting->arena);
	counting->whole = db_array_open(counting->arena);
	counting->values = db_array_open(counting->arena);
	day_parse(period->first_day, &first);
	day_parse(period->last_day, &last);
	struct tally tally = tally_days(counting, first, last);

	counting->tally = tally;
	add_groups(counting, &tally, NULL, true);
	if (counting->grain_at < BY_MOST)
		add_pieces(counting, pieces, piece_count);
	else if (counting->request->by_count > 0)
		add_groups(counting, &tally, NULL, false);
	for (size_t i = 0; i < counting->request->by_count; i++)
		counts.by[i] = db_array_close(&counting->by[i]);
	counts.whole = db_array_close(&counting->whole);
	counts.values = db_array_close(&counting->values);
	return counts;
}

/* Comparisons show no rows beside a grain, so that only the window has pieces. */
static bool count_periods(struct db *db, struct counting *counting, struct compile_counts *counts)
{
	const struct compile_request *request = counting->request;
	struct piece *pieces = NULL;
	size_t piece_count = 0;

	if (counting->grain_at < BY_MOST && !find_pieces(db, counting, &request->periods[0], &pieces, &piece_count))
		return false;
	for (size_t i = 0; i < request->period_count; i++)
		counts[i] = count_period(counting, &request->periods[i], pieces, i == 0 ? piece_count : 0);
	return true;
}

enum count_result count_members(struct db *db, struct question *question, struct arena *arena, struct db_rows **rows)
{
	struct compile_request *request = &question->request;
	struct counting counting = { .request = request, .arena = arena, .tier_at = BY_MOST, .grain_at = BY_MOST };
	bool moved;

	if (!is_for_sets(request))
		return COUNT_BY_SQL;
	counting.bitmaps = bitmaps_hold(db, request->tenant, question->bounds.data_version, &moved);
	if (counting.bitmaps == NULL && moved)
		return COUNT_MOVED;
	if (counting.bitmaps == NULL) {
		bitmaps_miss_begin();
		return COUNT_WITHOUT_SETS;
	}
	for (size_t i = 0; i < request->by_count; i++)
		if (is_tier(request->by[i]))
			counting.tier_at = i;
		else
			counting.grain_at = i;
	struct compile_counts *counts = arena_alloc(arena, PERIODS_MOST * sizeof *counts);
	bool good = counting.bitmaps->tier_count <= TIERS_MOST && strcmp(counting.bitmaps->zone, request->zone) == 0;

	if (good) {
		read_filter(&counting, question);
		good = count_periods(db, &counting, counts);
	}
	*rows = good ? lay_rows(&counting) : NULL;
	bitmaps_release(counting.bitmaps);
	if (!good)
		return COUNT_BY_SQL;
	request->counts = counts;
	return *rows != NULL ? COUNT_LAID : COUNT_DONE;
}

void count_end(enum count_result result)
{
	if (result == COUNT_WITHOUT_SETS)
		bitmaps_miss_end();
}
