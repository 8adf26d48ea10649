/* A map says how a brand's own files become the fields of import_fields.def
 * (contrib/maps/README.md). It is read whole or not at all, and every mistake in it is told with
 * its place. Pure: it opens no data file. */
#ifndef FLASH_IMPORT_MAP_H
#define FLASH_IMPORT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/import_value.h"
#include "mcp/base/arena.h"
#include "mcp/base/error.h"
#include "mcp/base/text.h"

enum { IMPORT_MAP_MOST_BYTES = 262144, IMPORT_PART_MOST = 8 };

/* One data file, as the map knows it. */
struct import_source {
	const char *name, *path;     /* path: inside the folder that is imported */
	bool whitespace;             /* columns are parted by blanks and tabs, nothing is quoted */
	char separator;              /* of a CSV file */
	const char **columns;        /* NULL: the first row names them */
	size_t column_count;
};

/* A file that is looked up by a key column. */
struct import_lookup {
	const char *name, *key;
	size_t source;               /* in the map's sources */
};

enum import_from { IMPORT_FROM_NOTHING, IMPORT_FROM_CONSTANT, IMPORT_FROM_COLUMN, IMPORT_FROM_JOIN,
	IMPORT_FROM_SUM, IMPORT_FROM_LINE };
enum import_fold { IMPORT_FOLD_SAME, IMPORT_FOLD_FIRST, IMPORT_FOLD_MIN, IMPORT_FOLD_MAX,
	IMPORT_FOLD_SUM, IMPORT_FOLD_MOST };

struct import_pair {
	const char *from, *to;       /* to is NULL for empty */
};

/* Where one field's value comes from and what is done to it, in this order: read, look up,
 * replace by `values`, `otherwise` when empty, convert, put `prefix` in front. */
struct import_field {
	enum import_from from;
	const char *columns[IMPORT_PART_MOST];
	size_t column_count;
	const char *constant;
	const char *with;            /* between the parts of a JOIN */
	bool looked_up;
	size_t lookup;               /* in the map's lookups, when looked_up */
	const char *take;            /* the column taken from the lookup */
	const struct import_pair *values;   /* NULL: none; others become `otherwise` or a mistake */
	size_t value_count;
	const char *otherwise, *prefix, *time;
	enum import_as as;
	enum import_fold fold;
};

/* One way to fill one entity: from a file, or with the map's own rows. Blocks of one entity
 * stand together. */
struct import_block {
	enum import_entity entity;
	bool inline_rows;
	size_t source;
	bool group;                  /* rows of one key become one, each field by its fold */
	struct import_field fields[IMPORT_FIELD_MOST];
	const char *const **rows;    /* of inline_rows: canonical values, NULL for empty */
	size_t row_count;
};

struct import_map {
	const char *file;            /* as in mistakes */
	const char *name;
	const char *zone;            /* IANA zone of local times; NULL: the tenant's own */
	/* Tiers follow, by their thresholds, the spend (gross less discount and refund) of so many days
	 * before the import, 0 for all time; -1: no rule. */
	int tier_days;
	struct import_source *sources;
	size_t source_count;
	struct import_lookup *lookups;
	size_t lookup_count;
	struct import_block *blocks;
	size_t block_count;
};

/* Reads a map from memory. NULL with ERROR_CONFIG when anything is wrong: `mistakes` then holds
 * one line for each, "file: /json/pointer: sentence", and the error says how many. All memory is
 * the arena's. */
const struct import_map *import_map_read(struct arena *arena, const char *file, const char *bytes,
	size_t size, struct text *mistakes, struct error *error);

/* The same from a file of at most IMPORT_MAP_MOST_BYTES. */
const struct import_map *import_map_load(struct arena *arena, const char *path,
	struct text *mistakes, struct error *error);

#endif
