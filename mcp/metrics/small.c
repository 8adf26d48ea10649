#include "small.h"

#include <stdlib.h>
#include <string.h>

struct judging {
	struct question *question;
	const struct db_rows *rows;      /* of the answer */
	const struct db_rows *members;   /* of compile_members() */
	size_t *listed;                  /* places in `members` of a period's groups, in the order of their names */
	size_t listed_count;
	long long *counts;               /* members by row of `rows`; -1: many, or not to be known */
	bool *withheld;
	size_t withheld_count;
	int least;
};

static long long rows_behind(const struct db_rows *rows, size_t row)
{
	return db_text(rows, row, COMPILED_ROWS) == NULL ? 0 : db_number(rows, row, COMPILED_ROWS);
}

static bool in_period(const struct db_rows *rows, size_t row, size_t period, bool total)
{
	return db_number(rows, row, COMPILED_PERIOD) == (long long)period &&
		(db_number(rows, row, COMPILED_PLACE) == 0) == total;
}

/* Whether the groups of a period that are not shown could be small ones: what they have behind them in all. */
static bool rest_could_be_small(const struct question *question, const struct db_rows *rows, size_t period)
{
	long long left = 0, shown = 0;

	for (size_t row = 0; row < db_count(rows); row++) {
		if (in_period(rows, row, period, true))
			left += rows_behind(rows, row);
		else if (in_period(rows, row, period, false)) {
			left -= rows_behind(rows, row);
			shown++;
		}
	}
	return question->request.by_count > 0 && shown > 0 && left != 0 && left < SMALL_ROWS;
}

/* Neither cut nor filtered nor limited. */
static bool is_whole(const struct question *question)
{
	return question->request.by_count == 0 && question->request.filter_count == 0;
}

static bool must_look(const struct question *question, const struct db_rows *rows)
{
	if (question->bounds.min_group <= 1 || is_whole(question) || !compile_has_members(question->metric))
		return false;
	for (size_t row = 0; row < db_count(rows); row++)
		if (rows_behind(rows, row) > 0 && rows_behind(rows, row) < SMALL_ROWS)
			return true;
	for (size_t period = 0; period < question->request.period_count; period++)
		if (rest_could_be_small(question, rows, period))
			return true;
	return false;
}

static int compare_texts(const char *a, const char *b)
{
	return a == NULL || b == NULL ? (a != NULL) - (b != NULL) : strcmp(a, b);
}

static int compare_groups(const struct judging *judging, const struct db_rows *rows, size_t row, int column,
	size_t listed)
{
	int order = 0;

	for (int i = 0; i < BY_MOST && order == 0; i++)
		order = compare_texts(db_text(rows, row, column + i), db_text(judging->members, listed, MEMBERS_DIMENSION + i));
	return order;
}

static int by_name(const void *a, const void *b, void *context)
{
	const struct judging *judging = context;

	return compare_groups(judging, judging->members, *(const size_t *)a, MEMBERS_DIMENSION, *(const size_t *)b);
}

/* Members of a row's group; -1 when it is not among those that were listed. */
static long long find_members(const struct judging *judging, size_t row)
{
	size_t low = 0, high = judging->listed_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare_groups(judging, judging->rows, row, COMPILED_DIMENSION, judging->listed[middle]);

		if (order == 0)
			return db_number(judging->members, judging->listed[middle], MEMBERS_COUNT);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

static void withhold(struct judging *judging, size_t row)
{
	judging->withheld_count += !judging->withheld[row];
	judging->withheld[row] = true;
}

static bool is_small(const struct judging *judging, long long members)
{
	return members > 0 && members < judging->least;
}

/* Of a group that is not listed: nobody's when all were listed, else large; but if even the last one listed is small,
 * then whatever could be. */
static long long unlisted_members(const struct judging *judging, size_t row, long long groups, long long last)
{
	if (groups <= SMALL_LISTED || rows_behind(judging->rows, row) == 0)
		return 0;
	return is_small(judging, last) && rows_behind(judging->rows, row) < SMALL_ROWS ? 1 : -1;
}

/* Rule 2: the row to withhold besides the small ones. */
static void withhold_large(struct judging *judging, size_t period)
{
	size_t best = db_count(judging->rows);

	for (size_t row = 0; row < db_count(judging->rows); row++)
		if (in_period(judging->rows, row, period, false) && !judging->withheld[row] &&
		    (judging->counts[row] < 0 || judging->counts[row] >= judging->least) &&
		    (best == db_count(judging->rows) ||
			rows_behind(judging->rows, row) < rows_behind(judging->rows, best)))
			best = row;
	if (best < db_count(judging->rows))
		withhold(judging, best);
}

static void judge_period(struct judging *judging, size_t period, size_t head)
{
	const struct db_rows *members = judging->members;
	long long groups = db_number(members, head, MEMBERS_GROUPS), large = db_number(members, head, MEMBERS_LARGE);
	long long last = 0, hidden_large = large;
	bool shown = false;

	judging->listed_count = 0;
	for (size_t i = head + 1; i < db_count(members) && db_number(members, i, MEMBERS_LISTED) == 1; i++) {
		judging->listed[judging->listed_count++] = i;
		last = db_number(members, i, MEMBERS_COUNT) > last ? db_number(members, i, MEMBERS_COUNT) : last;
	}
	qsort_r(judging->listed, judging->listed_count, sizeof *judging->listed, by_name, judging);
	for (size_t row = 0; row < db_count(judging->rows); row++) {
		if (in_period(judging->rows, row, period, true) &&
		    is_small(judging, db_number(members, head, MEMBERS_COUNT)))
			withhold(judging, row);
		if (!in_period(judging->rows, row, period, false))
			continue;
		long long count = find_members(judging, row);

		judging->counts[row] = count >= 0 ? count : unlisted_members(judging, row, groups, last);
		shown = true;
		if (is_small(judging, judging->counts[row]))
			withhold(judging, row);
		else if (judging->counts[row] != 0)
			hidden_large--;
	}
	if (shown && groups > large && hidden_large <= 0)
		withhold_large(judging, period);
}

static bool read_members(struct db *db, const struct question *question, struct arena *arena, struct db_rows **rows,
	struct error *error)
{
	struct compiled compiled = compile_members(&question->request, question->bounds.min_group, SMALL_LISTED, arena);

	return db_select(db, question->request.tenant, compiled.sql, compiled.values, compiled.count, arena, rows, error) ||
		error_wrap(error, "%s: how many members", question->metric->name);
}

bool small_withhold(struct db *db, struct question *question, const struct db_rows *rows, struct arena *arena,
	struct error *error)
{
	struct db_rows *members;

	question->withheld = NULL;
	question->withheld_count = 0;
	if (!must_look(question, rows))
		return true;
	if (!read_members(db, question, arena, &members, error))
		return false;
	struct judging judging = { .question = question, .rows = rows, .members = members,
		.listed = arena_alloc(arena, (db_count(members) + 1) * sizeof *judging.listed),
		.counts = arena_alloc(arena, (db_count(rows) + 1) * sizeof *judging.counts),
		.withheld = arena_alloc(arena, (db_count(rows) + 1) * sizeof *judging.withheld),
		.least = question->bounds.min_group };

	for (size_t head = 0; head < db_count(members); head++)
		if (db_number(members, head, MEMBERS_LISTED) == 0) {
			judge_period(&judging, (size_t)db_number(members, head, MEMBERS_PERIOD), head);
			question->moved = question->moved ||
				db_number(members, head, MEMBERS_VERSION) != question->bounds.data_version;
		}
	question->withheld = judging.withheld_count == 0 ? NULL : judging.withheld;
	question->withheld_count = judging.withheld_count;
	return true;
}

bool small_total(struct db *db, const struct question *question, const struct db_rows *rows, size_t period,
	struct arena *arena, long long *members, struct error *error)
{
	*members = -1;
	for (size_t row = 0; row < db_count(rows); row++)
		if (in_period(rows, row, period, true) && rows_behind(rows, row) < SMALL_ROWS)
			*members = rows_behind(rows, row);
	if (*members <= 0 || question->bounds.min_group <= 1 || is_whole(question) ||
	    !compile_has_members(question->metric)) {
		*members = *members == 0 ? 0 : -1;
		return true;
	}
	return small_members(db, question, period, arena, members, error);
}

bool small_members(struct db *db, const struct question *question, size_t period, struct arena *arena,
	long long *members, struct error *error)
{
	struct db_rows *counted;

	*members = 0;
	if (!compile_has_members(question->metric))
		return true;
	if (!read_members(db, question, arena, &counted, error))
		return false;
	for (size_t row = 0; row < db_count(counted); row++)
		if (db_number(counted, row, MEMBERS_PERIOD) == (long long)period &&
		    db_number(counted, row, MEMBERS_LISTED) == 0)
			*members = db_number(counted, row, MEMBERS_COUNT);
	return true;
}
