/* PostgreSQL array literals, built value by value: one parameter for a whole column of a batch. */
#ifndef FLASH_ARRAY_H
#define FLASH_ARRAY_H

#include "mcp/base/text.h"

struct db_array {
	struct text text;
	bool empty;
};

/* An empty array of at most 64 MiB of text. */
struct db_array db_array_open(struct arena *arena);

/* Adds a value; NULL is null. */
void db_array_add(struct db_array *array, const char *value);
void db_array_number(struct db_array *array, long long value);

/* The literal, complete: "{…}". Call once, at the end. */
const char *db_array_close(struct db_array *array);

#endif
