#include "count_rows.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = COMPILED_BEFORE_GROUPS + 1, BYTES_MOST = 2000 };

/* Most first, equal ones by name, letters by their bytes, none last: as compile_rows.c orders. */
static int compare(const void *a, const void *b)
{
	const struct count_group *one = a, *other = b;

	if (one->count != other->count)
		return one->count > other->count ? -1 : 1;
	if (one->value == NULL || other->value == NULL)
		return (one->value == NULL) - (other->value == NULL);
	return strcmp(one->value, other->value);
}

static int compare_lowest(const void *a, const void *b)
{
	const struct count_group *one = a, *other = b;

	return one->count == other->count ? compare(a, b) : compare(b, a);
}

/* What the total and the rows have alike. */
static void set_row(const char **cells, const char *place, const char *count)
{
	cells[COMPILED_PERIOD] = cells[COMPILED_DENOMINATOR] = "0";
	cells[COMPILED_PLACE] = place;
	cells[COMPILED_VALUE] = cells[COMPILED_ROWS] = count;
	cells[COMPILED_WITHHELD] = "f";
	cells[COMPILED_LEAST] = cells[COMPILED_GROUPS] = cells[COMPILED_VERSION] = "0";
	cells[COMPILED_BEFORE] = cells[COMPILED_BEFORE_GROUPS] = "0";
}

static const char *text_of(uint64_t number, struct arena *arena)
{
	return arena_format(arena, "%llu", (unsigned long long)number);
}

/* The fewest of those that are not enough, or NULL. */
static const char *least_of(const struct count_group *groups, size_t count, int enough, struct arena *arena)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < count; i++)
		if (groups[i].count < (uint64_t)enough && groups[i].count < least)
			least = groups[i].count;
	return least == UINT64_MAX ? NULL : text_of(least, arena);
}

/* Whether all groups fit on one page: a second one would need COMPILED_STATE. */
static bool fits(const struct compile_request *request, const struct count_group *groups, size_t count)
{
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += (groups[i].value == NULL ? 0 : strlen(groups[i].value)) +
			(groups[i].name == NULL ? 0 : strlen(groups[i].name));
	return request->offset == 0 && count <= (size_t)request->limit && bytes <= BYTES_MOST;
}

struct db_rows *count_rows(const struct compile_request *request, uint64_t total, struct count_group *groups,
	size_t group_count, long long version, struct arena *arena)
{
	bool cut = request->by_count > 0;

	if (request->by_count > 1 || compile_has_grain(request) || request->period_count > 1 ||
	    !fits(request, groups, group_count))
		return NULL;
	size_t count = cut ? 1 + group_count : 1;
	const char **cells = arena_alloc(arena, count * WIDTH * sizeof *cells);

	set_row(cells, "0", text_of(total, arena));
	cells[COMPILED_LEAST] = cut ? least_of(groups, group_count, request->enough, arena) : "0";
	cells[COMPILED_GROUPS] = text_of(cut ? group_count : 0, arena);
	cells[COMPILED_VERSION] = arena_format(arena, "%lld", version);
	qsort(groups, group_count, sizeof *groups, request->lowest ? compare_lowest : compare);
	for (size_t i = 1; i < count; i++) {
		const char **row = cells + i * WIDTH;

		set_row(row, text_of(i, arena), text_of(groups[i - 1].count, arena));
		row[COMPILED_DIMENSION] = groups[i - 1].value;
		row[COMPILED_LABEL] = groups[i - 1].name;
	}
	return db_rows_made(cells, count, WIDTH, arena);
}
