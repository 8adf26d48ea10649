/* Texts by a text key, in memory: for lookups, and for rows of one key that become one. */
#ifndef FLASH_IMPORT_TABLE_H
#define FLASH_IMPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcp/base/arena.h"

enum { IMPORT_TABLE_MOST_ROWS = 8000000 };

struct import_table;

struct import_cell {
	int64_t number;
	const char *text;    /* NULL: empty */
};

/* An empty table with rows of `width` cells; it goes with the arena. */
struct import_table *import_table_new(struct arena *arena, size_t width);

/* The row of a key, made empty when there was none (`fresh` says so); NULL when the table is
 * full. It stays where it is only until the next put. */
struct import_cell *import_table_put(struct import_table *table, const char *key, bool *fresh);

/* The row of a key, or NULL. */
const struct import_cell *import_table_find(const struct import_table *table, const char *key);

/* The rows in the order in which their keys came. */
size_t import_table_count(const struct import_table *table);
struct import_cell *import_table_row(struct import_table *table, size_t index);

/* A copy of a text that lives as long as the table. */
const char *import_table_copy(struct import_table *table, const char *text);

/* Forgets all rows and gives their memory back. */
void import_table_clear(struct import_table *table);

#endif
