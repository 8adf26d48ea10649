/* Open addressing over row numbers; the rows lie in the order in which they came. */
#include "agent/import_table.h"

#include <stdlib.h>
#include <string.h>

struct import_table {
	size_t width, count, room;        /* rows there are, and rows there is room for */
	uint32_t *slots;                  /* row + 1, or 0 */
	size_t slot_count;                /* a power of two, at least twice the rows */
	const char **keys;
	struct import_cell *cells;
	struct arena *texts;
};

static void *resize(void *memory, size_t count, size_t size)
{
	void *bigger = reallocarray(memory, count, size);

	if (bigger == NULL)
		abort();
	return bigger;
}

static void drop(void *thing)
{
	struct import_table *table = thing;

	arena_free(table->texts);
	free(table->slots);
	free(table->keys);
	free(table->cells);
}

struct import_table *import_table_new(struct arena *arena, size_t width)
{
	struct import_table *table = arena_alloc(arena, sizeof *table);

	table->width = width;
	table->texts = arena_new();
	arena_own(arena, table, drop);
	return table;
}

void import_table_clear(struct import_table *table)
{
	size_t width = table->width;

	drop(table);
	*table = (struct import_table){ .width = width, .texts = arena_new() };
}

/* FNV-1a (Fowler, Noll, Vo), its high bits folded into the low ones. */
static uint64_t hash(const char *key)
{
	uint64_t sum = 0xcbf29ce484222325ULL;

	for (; *key != '\0'; key++)
		sum = (sum ^ (unsigned char)*key) * 0x100000001b3ULL;
	return sum ^ sum >> 29;
}

/* The slot that holds the key, or the empty one where it belongs. */
static size_t seek(const struct import_table *table, const char *key)
{
	size_t at = hash(key) & (table->slot_count - 1);

	while (table->slots[at] != 0 && strcmp(table->keys[table->slots[at] - 1], key) != 0)
		at = (at + 1) & (table->slot_count - 1);
	return at;
}

static void grow(struct import_table *table)
{
	table->room = table->room == 0 ? 256 : table->room * 2;
	table->slot_count = table->room * 2;
	table->keys = resize(table->keys, table->room, sizeof *table->keys);
	table->cells = resize(table->cells, table->room * table->width, sizeof *table->cells);
	table->slots = resize(table->slots, table->slot_count, sizeof *table->slots);
	memset(table->slots, 0, table->slot_count * sizeof *table->slots);
	for (size_t i = 0; i < table->count; i++)
		table->slots[seek(table, table->keys[i])] = (uint32_t)i + 1;
}

struct import_cell *import_table_put(struct import_table *table, const char *key, bool *fresh)
{
	if (table->count == table->room)
		grow(table);
	size_t slot = seek(table, key);

	*fresh = table->slots[slot] == 0;
	if (!*fresh)
		return import_table_row(table, table->slots[slot] - 1);
	if (table->count == IMPORT_TABLE_MOST_ROWS)
		return NULL;
	table->keys[table->count] = arena_copy(table->texts, key);
	struct import_cell *row = import_table_row(table, table->count);

	memset(row, 0, table->width * sizeof *row);
	table->slots[slot] = (uint32_t)++table->count;
	return row;
}

const struct import_cell *import_table_find(const struct import_table *table, const char *key)
{
	size_t slot = table->count == 0 ? 0 : seek(table, key);

	if (table->count == 0 || table->slots[slot] == 0)
		return NULL;
	return &table->cells[(table->slots[slot] - 1) * table->width];
}

size_t import_table_count(const struct import_table *table)
{
	return table->count;
}

struct import_cell *import_table_row(struct import_table *table, size_t index)
{
	return &table->cells[index * table->width];
}

const char *import_table_copy(struct import_table *table, const char *text)
{
	return arena_copy(table->texts, text);
}
