#include "small.h"

static long long rows_behind(const struct db_rows *rows, size_t row)
{
	return db_text(rows, row, COMPILED_ROWS) == NULL ? 0 : db_number(rows, row, COMPILED_ROWS);
}

static bool could_be_small(long long rows)
{
	return rows > 0 && rows < SMALL_ROWS;
}

/* Neither cut nor filtered nor limited. */
static bool is_whole(const struct question *question)
{
	return question->request.by_count == 0 && question->request.filter_count == 0;
}

static bool is_guarded(const struct question *question)
{
	return question->bounds.min_group > 1 && !is_whole(question) && compile_has_members(question->metric);
}

/* By the smallest groups of all periods, shown or not, so that every page looks or none does. A total is as large as
 * any of its groups, and looked at itself where there are none. */
static bool must_look(const struct question *question, const struct db_rows *rows)
{
	const struct compile_request *request = &question->request;
	bool look = false;

	for (size_t row = 0; row < db_count(rows); row++) {
		bool cut = request->by_count > 0 && (db_number(rows, row, COMPILED_PERIOD) == 0 || !compile_has_grain(request));
		bool least = db_text(rows, row, COMPILED_LEAST) != NULL;

		look = look || (db_number(rows, row, COMPILED_PLACE) == 0 && could_be_small(!cut ? rows_behind(rows, row)
			: least ? db_number(rows, row, COMPILED_LEAST) : 0));
	}
	return look && is_guarded(question);
}

bool small_withhold(struct db *db, struct question *question, struct db_rows **rows, struct arena *arena,
	struct error *error)
{
	if (!must_look(question, *rows))
		return true;
	question->request.least = question->bounds.min_group;
	struct compiled compiled = compile_query(&question->request, arena);

	return db_select(db, question->request.tenant, compiled.sql, compiled.values, compiled.count, arena, rows, error) ||
		error_wrap(error, "%s: whose numbers may be told", question->metric->name);
}

bool small_total(struct db *db, const struct question *question, const struct db_rows *rows, size_t period,
	struct arena *arena, long long *members, struct error *error)
{
	*members = -1;
	for (size_t row = 0; row < db_count(rows); row++)
		if (db_number(rows, row, COMPILED_PERIOD) == (long long)period && db_number(rows, row, COMPILED_PLACE) == 0 &&
		    rows_behind(rows, row) < SMALL_ROWS)
			*members = rows_behind(rows, row);
	if (*members <= 0 || !is_guarded(question)) {
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
	struct compiled compiled = compile_members(&question->request, arena);

	if (!db_select(db, question->request.tenant, compiled.sql, compiled.values, compiled.count, arena, &counted, error))
		return error_wrap(error, "%s: how many members", question->metric->name);
	for (size_t row = 0; row < db_count(counted); row++)
		if (db_number(counted, row, MEMBERS_PERIOD) == (long long)period)
			*members = db_number(counted, row, MEMBERS_COUNT);
	return true;
}
