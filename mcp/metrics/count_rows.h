/* Members that were counted (count.h) as the rows that the compiled query would make of them: the plain case, which
 * needs no statement. */
#ifndef FLASH_COUNT_ROWS_H
#define FLASH_COUNT_ROWS_H

#include <stdint.h>

#include "compile.h"
#include "mcp/db/db.h"

/* A value of the one dimension (NULL: none) with its name, and how many members it has. */
struct count_group {
	const char *value, *name;
	uint64_t count;
};

/* The rows (enum compiled_column) of a window that is cut by nothing or by one dimension without grain, with `groups`
 * of more than nobody, in any order: they are put into theirs. NULL when they are not all on the first page, or when
 * the question compares: the query must lay them. `version` is of the members. */
struct db_rows *count_rows(const struct compile_request *request, uint64_t total, struct count_group *groups,
	size_t group_count, long long version, struct arena *arena);

#endif
