/* Between import_bind.c, which finds files and columns, and import_read.c, which reads the rows. */
#ifndef FLASH_IMPORT_READING_H
#define FLASH_IMPORT_READING_H

#include "agent/import_file.h"
#include "agent/import_read.h"
#include "agent/import_table.h"

/* Where the columns of a block's fields stand in its file. */
struct import_binding {
	size_t columns[IMPORT_FIELD_MOST][IMPORT_PART_MOST];
	size_t takes[IMPORT_FIELD_MOST];     /* the cell in the row of the field's lookup */
	size_t width;                        /* columns that every row must have */
};

struct import_lookup_state {
	const char **takes;                  /* the columns that fields take, and where they stand */
	size_t *columns;
	size_t take_count, key, width;
	struct import_table *table;
};

struct import_reading {
	const struct import_map *map;
	const struct import_sink *sink;
	struct arena *arena;
	const char **paths;                  /* of the map's sources */
	bool *told;                          /* whether a source's broken records have been told */
	struct import_binding *bindings;     /* of the map's blocks */
	struct import_lookup_state *lookups;
	struct import_table *groups;         /* of the entity being read; NULL: not grouped */
	char scratch[IMPORT_FIELD_MOST][IMPORT_VALUE_BYTES];
	char reason[IMPORT_VALUE_BYTES];
};

/* Finds every file and every column that the map names, and reads the lookups. */
bool import_bind(struct import_reading *reading, const char *path, struct error *error);

/* Opens a source at its first row behind the header. NULL: it cannot be read any more. */
struct import_file *import_open_rows(struct import_reading *reading, size_t source,
	struct error *error);

/* The next record with `width` columns, END or FAILED; broken ones are told the first time a
 * source is read. */
enum import_next import_next_row(struct import_reading *reading, size_t source,
	struct import_file *file, size_t width, struct import_record *record, struct error *error);

#endif
