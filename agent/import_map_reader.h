/* Between import_map.c and import_map_field.c: the map that is being read, and the telling of
 * mistakes. */
#ifndef FLASH_IMPORT_MAP_READER_H
#define FLASH_IMPORT_MAP_READER_H

#include "agent/import_map.h"

enum { IMPORT_MAP_MOST_MISTAKES = 50 };

struct map_reader {
	struct arena *arena;
	const char *file, *bytes;
	struct text *mistakes;
	int mistake_count;
	struct import_map *map;
};

/* One mistake at a JSON pointer ("" for the whole file). */
void map_mistake(struct map_reader *reader, const char *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The place of a member of an object, or of an element of an array. */
const char *map_place(struct map_reader *reader, const char *place, const char *key);
const char *map_place_at(struct map_reader *reader, const char *place, size_t index);

/* Tells every key of the object that is none of `known` ("a|b"); false when it is no object at
 * all. */
bool map_check_keys(struct map_reader *reader, const char *place, json_t *object,
	const char *known);

/* The text at a key, copied, or NULL when the key is absent. Another type or an empty text is a
 * mistake. */
const char *map_text(struct map_reader *reader, const char *place, json_t *object, const char *key);

/* True or false at a key, false when absent. */
bool map_flag(struct map_reader *reader, const char *place, json_t *object, const char *key);

/* The index of `word` among `count` words, or `count` after telling the mistake with the nearest
 * word. */
size_t map_choice(struct map_reader *reader, const char *place, const char *what, const char *word,
	const char *const *words, size_t count);

/* Reads the "fields" object of a block; tells what is missing for its entity. */
void map_read_fields(struct map_reader *reader, const char *place, json_t *fields,
	struct import_block *block);

/* Reads the "rows" array of a block. */
void map_read_rows(struct map_reader *reader, const char *place, json_t *rows,
	struct import_block *block);

#endif
