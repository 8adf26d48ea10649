/* Reads a brand's files through a map and hands on one row at a time. Before the first row every
 * file that the map names has been opened and its columns found; what does not fit is refused
 * then. A row that is wrong is told and left out. Nothing is kept but lookups and grouped rows,
 * so that files of any size can be read. */
#ifndef FLASH_IMPORT_READ_H
#define FLASH_IMPORT_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/import_map.h"
#include "mcp/base/error.h"

/* One mapped row: a value for each field of import_rules(entity), canonical text or NULL for
 * empty, valid during the call. `file` and `line` say where it comes from: for grouped rows the
 * first of them. */
struct import_row {
	enum import_entity entity;
	const char *file;
	int64_t line;
	const char *const *values;
	size_t count;
};

/* Who gets the rows. All rows of an entity come between its begin and its end, and no other's:
 * one COPY can stay open. begin, row and end stop the reading by returning false with an error.
 * progress may be NULL. */
struct import_sink {
	void *context;
	bool (*begin)(void *context, enum import_entity entity, struct error *error);
	bool (*row)(void *context, const struct import_row *row, struct error *error);
	bool (*end)(void *context, enum import_entity entity, struct error *error);
	/* A row that is left out: the file, its line, and what is wrong, without full stop. */
	void (*bad)(void *context, const char *file, int64_t line, const char *reason);
	/* Every 100,000 rows of a file: the entity, and the line that was reached. */
	void (*progress)(void *context, enum import_entity entity, const char *file, int64_t line);
};

/* Reads all that the map names from `path`: a folder, or, for a map with one file, that file
 * under any name. A file of the map may be there with .gz behind its name or without. False:
 * ERROR_FORMAT when a file is missing, is not what the map says or is damaged, or the sink's own
 * error. When a file turns out damaged half-way, rows have been handed on already: the caller
 * undoes them by ending its transaction. */
bool import_read(const struct import_map *map, const char *path, const struct import_sink *sink,
	struct error *error);

#endif
