#include "agent/import_map.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/import_map_reader.h"
#include "agent/json_place.h"

void map_mistake(struct map_reader *reader, const char *place, const char *format, ...)
{
	char sentence[320];
	va_list list;

	va_start(list, format);
	vsnprintf(sentence, sizeof sentence, format, list);
	va_end(list);
	if (++reader->mistake_count > IMPORT_MAP_MOST_MISTAKES)
		return;
	text_format(reader->mistakes, "%s:%d: %s%s%s\n", reader->file,
		json_place_line(reader->bytes, place), place, place[0] != '\0' ? ": " : "", sentence);
}

/* A key as it may be shown and pointed to: the file's author is not trusted with the terminal. */
const char *map_place(struct map_reader *reader, const char *place, const char *key)
{
	char *shown = arena_format(reader->arena, "%s/%.60s", place, key);

	for (char *c = shown + strlen(place) + 1; *c != '\0'; c++)
		if (*c < ' ' || *c > '~' || *c == '/')
			*c = '?';
	return shown;
}

const char *map_place_at(struct map_reader *reader, const char *place, size_t index)
{
	return arena_format(reader->arena, "%s/%zu", place, index);
}

static bool is_word_of(const char *words, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = words; *at != '\0'; at += strcspn(at, "|"), at += *at == '|')
		if (strcspn(at, "|") == size && strncmp(at, word, size) == 0)
			return true;
	return false;
}

bool map_check_keys(struct map_reader *reader, const char *place, json_t *object, const char *known)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object)) {
		map_mistake(reader, place, "must be an object with some of %s", known);
		return false;
	}
	json_object_foreach(object, key, value)
		if (!is_word_of(known, key))
			map_mistake(reader, map_place(reader, place, key), "is not known here; known are %s",
				known);
	return true;
}

const char *map_text(struct map_reader *reader, const char *place, json_t *object, const char *key)
{
	json_t *json = json_object_get(object, key);
	const char *text = json_string_value(json);

	if (json == NULL)
		return NULL;
	if (text == NULL || text[0] == '\0' || strlen(text) > IMPORT_TEXT_MOST_BYTES) {
		map_mistake(reader, map_place(reader, place, key), "must be a text of 1 to %d bytes",
			IMPORT_TEXT_MOST_BYTES);
		return NULL;
	}
	return arena_copy(reader->arena, text);
}

bool map_flag(struct map_reader *reader, const char *place, json_t *object, const char *key)
{
	json_t *json = json_object_get(object, key);

	if (json != NULL && !json_is_boolean(json))
		map_mistake(reader, map_place(reader, place, key), "must be true or false");
	return json_is_true(json);
}

size_t map_choice(struct map_reader *reader, const char *place, const char *what, const char *word,
	const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	const char *near = text_nearest(word, words, count);

	if (near == NULL)
		map_mistake(reader, place, "\"%.60s\" is no %s", word, what);
	else
		map_mistake(reader, place, "\"%.60s\" is no %s; did you mean \"%s\"?", word, what, near);
	return count;
}

/* A path stays inside the folder that is imported. */
static bool is_inside(const char *path)
{
	for (const char *at = path; *at != '\0'; at += strcspn(at, "/"), at += *at == '/')
		if (strcspn(at, "/") == 0 || strncmp(at, "../", 3) == 0 || strcmp(at, "..") == 0)
			return false;
	return true;
}

static void read_columns(struct map_reader *reader, const char *place, json_t *json,
	struct import_source *source)
{
	size_t count = json_array_size(json);

	if (json == NULL && source->whitespace)
		map_mistake(reader, place,
			"a whitespace file has no header: name its columns in \"columns\"");
	if (json == NULL)
		return;
	place = map_place(reader, place, "columns");
	if (!json_is_array(json) || count == 0 || count > 500) {
		map_mistake(reader, place, "must be a list of 1 to 500 column names");
		return;
	}
	source->columns = arena_alloc(reader->arena, count * sizeof *source->columns);
	for (size_t i = 0; i < count; i++) {
		const char *name = json_string_value(json_array_get(json, i));

		if (name == NULL || name[0] == '\0')
			map_mistake(reader, map_place_at(reader, place, i), "must be a column name");
		source->columns[i] = arena_copy(reader->arena, name == NULL ? "" : name);
		for (size_t j = 0; j < i; j++)
			if (strcmp(source->columns[i], source->columns[j]) == 0)
				map_mistake(reader, map_place_at(reader, place, i), "is there twice");
	}
	source->column_count = count;
}

static void read_source(struct map_reader *reader, const char *place, const char *name,
	json_t *json, struct import_source *source)
{
	static const char *const formats[] = { "csv", "whitespace" };

	*source = (struct import_source){ .name = arena_copy(reader->arena, name), .path = "",
		.separator = ',' };
	if (!map_check_keys(reader, place, json, "path|format|separator|columns|why"))
		return;
	const char *path = map_text(reader, place, json, "path");
	const char *format = map_text(reader, place, json, "format");
	const char *separator = map_text(reader, place, json, "separator");

	if (path == NULL || !is_inside(path))
		map_mistake(reader, map_place(reader, place, "path"),
			"must name a file inside the imported folder, without / in front and without ..");
	else
		source->path = path;
	if (format != NULL)
		source->whitespace = map_choice(reader, map_place(reader, place, "format"), "format",
			format, formats, 2) == 1;
	if (separator != NULL && (strlen(separator) != 1 || strchr(",;|\t", separator[0]) == NULL ||
		source->whitespace))
		map_mistake(reader, map_place(reader, place, "separator"),
			"must be one of , ; | or a tab, in a csv file");
	else if (separator != NULL)
		source->separator = separator[0];
	read_columns(reader, place, json_object_get(json, "columns"), source);
}

static void read_sources(struct map_reader *reader, json_t *json)
{
	struct import_map *map = reader->map;
	const char *key;
	json_t *value;

	if (json != NULL && !json_is_object(json))
		map_mistake(reader, "/files", "must be an object: a name for each file");
	map->sources = arena_alloc(reader->arena, (json_object_size(json) + 1) * sizeof *map->sources);
	json_object_foreach(json, key, value)
		read_source(reader, map_place(reader, "/files", key), key, value,
			&map->sources[map->source_count++]);
}

/* The index of the file that a block or a lookup names. */
static size_t find_source(struct map_reader *reader, const char *place, json_t *json)
{
	const struct import_map *map = reader->map;
	const char *name = map_text(reader, place, json, "file");
	const char **names = arena_alloc(reader->arena, (map->source_count + 1) * sizeof *names);

	for (size_t i = 0; i < map->source_count; i++)
		names[i] = map->sources[i].name;
	if (name == NULL)
		map_mistake(reader, place, "must say its \"file\", one of the names in /files");
	else {
		size_t index = map_choice(reader, map_place(reader, place, "file"), "name in /files", name,
			names, map->source_count);

		return index < map->source_count ? index : 0;
	}
	return 0;
}

static void read_lookups(struct map_reader *reader, json_t *json)
{
	struct import_map *map = reader->map;
	const char *key;
	json_t *value;

	if (json != NULL && !json_is_object(json))
		map_mistake(reader, "/lookups", "must be an object: a name for each lookup");
	map->lookups = arena_alloc(reader->arena, (json_object_size(json) + 1) * sizeof *map->lookups);
	json_object_foreach(json, key, value) {
		struct import_lookup *lookup = &map->lookups[map->lookup_count++];
		const char *place = map_place(reader, "/lookups", key);

		lookup->name = arena_copy(reader->arena, key);
		lookup->key = "";
		if (!map_check_keys(reader, place, value, "file|key|why"))
			continue;
		lookup->source = find_source(reader, place, value);
		lookup->key = map_text(reader, place, value, "key");
		if (lookup->key == NULL)
			map_mistake(reader, place, "must say its \"key\": the column that is looked up");
	}
}

static void read_block(struct map_reader *reader, const char *place, json_t *json,
	struct import_block *block)
{
	if (!map_check_keys(reader, place, json, "entity|file|group|fields|rows|why"))
		return;
	const char *entity = map_text(reader, place, json, "entity");
	json_t *rows = json_object_get(json, "rows"), *fields = json_object_get(json, "fields");

	if (entity == NULL) {
		map_mistake(reader, place, "must say its \"entity\"");
		return;
	}
	size_t index = map_choice(reader, map_place(reader, place, "entity"), "entity", entity,
		import_entity_names, IMPORT_ENTITY_COUNT);

	if (index == IMPORT_ENTITY_COUNT)
		return;
	block->entity = (enum import_entity)index;
	block->inline_rows = rows != NULL;
	block->group = map_flag(reader, place, json, "group");
	if (rows != NULL && (fields != NULL || json_object_get(json, "file") != NULL || block->group)) {
		map_mistake(reader, place,
			"has its own \"rows\": then there is no \"file\", \"fields\" or \"group\"");
		return;
	}
	if (rows != NULL) {
		map_read_rows(reader, map_place(reader, place, "rows"), rows, block);
		return;
	}
	block->source = find_source(reader, place, json);
	map_read_fields(reader, map_place(reader, place, "fields"), fields, block);
}

static void check_order(struct map_reader *reader, size_t last)
{
	const struct import_block *blocks = reader->map->blocks;
	const char *place = map_place_at(reader, "/entities", last);

	for (size_t i = 0; i + 1 < last; i++)
		if (blocks[i].entity == blocks[last].entity &&
			blocks[last - 1].entity != blocks[last].entity) {
			map_mistake(reader, place, "all parts of %s must stand together",
				import_entity_names[blocks[last].entity]);
			return;
		}
	if (last > 0 && blocks[last - 1].entity == blocks[last].entity &&
		blocks[last - 1].group != blocks[last].group)
		map_mistake(reader, place, "either all parts of %s are a \"group\" or none",
			import_entity_names[blocks[last].entity]);
}

static void read_blocks(struct map_reader *reader, json_t *json)
{
	struct import_map *map = reader->map;
	size_t count = json_array_size(json);

	if (count == 0) {
		map_mistake(reader, "/entities", "must be a list that says at least one entity");
		return;
	}
	map->blocks = arena_alloc(reader->arena, count * sizeof *map->blocks);
	for (size_t i = 0; i < count; i++) {
		int before = reader->mistake_count;

		read_block(reader, map_place_at(reader, "/entities", i), json_array_get(json, i),
			&map->blocks[map->block_count++]);
		if (reader->mistake_count == before)
			check_order(reader, i);
	}
}

static void check_used(struct map_reader *reader)
{
	const struct import_map *map = reader->map;

	for (size_t s = 0; s < map->source_count; s++) {
		bool used = false;

		for (size_t b = 0; b < map->block_count; b++)
			used |= !map->blocks[b].inline_rows && map->blocks[b].source == s;
		for (size_t l = 0; l < map->lookup_count; l++)
			used |= map->lookups[l].source == s;
		if (!used)
			map_mistake(reader, map_place(reader, "/files", map->sources[s].name),
				"is used nowhere");
	}
	for (size_t l = 0; l < map->lookup_count; l++) {
		bool used = false;

		for (size_t b = 0; b < map->block_count; b++)
			for (size_t f = 0; f < IMPORT_FIELD_MOST; f++)
				used |= map->blocks[b].fields[f].looked_up && map->blocks[b].fields[f].lookup == l;
		if (!used)
			map_mistake(reader, map_place(reader, "/lookups", map->lookups[l].name),
				"is used nowhere");
	}
}

static void read_tier_rule(struct map_reader *reader, json_t *json)
{
	json_t *days = json_object_get(json, "spend_days");

	reader->map->tier_days = -1;
	if (json == NULL || !map_check_keys(reader, "/tier_rule", json, "spend_days|why"))
		return;
	if (!json_is_integer(days) || json_integer_value(days) < 0 || json_integer_value(days) > 3660)
		map_mistake(reader, "/tier_rule/spend_days",
			"must be a whole number from 0 (all time) to 3660");
	else
		reader->map->tier_days = (int)json_integer_value(days);
}

static void read_root(struct map_reader *reader, json_t *json)
{
	struct import_map *map = reader->map;

	if (!map_check_keys(reader, "", json, "map|why|zone|tier_rule|files|lookups|entities"))
		return;
	map->name = map_text(reader, "", json, "map");
	if (map->name == NULL)
		map_mistake(reader, "", "must say its name in \"map\"");
	map->zone = map_text(reader, "", json, "zone");
	read_tier_rule(reader, json_object_get(json, "tier_rule"));
	read_sources(reader, json_object_get(json, "files"));
	read_lookups(reader, json_object_get(json, "lookups"));
	read_blocks(reader, json_object_get(json, "entities"));
	if (reader->mistake_count == 0)
		check_used(reader);
}

const struct import_map *import_map_read(struct arena *arena, const char *file, const char *bytes,
	size_t size, struct text *mistakes, struct error *error)
{
	json_error_t where;
	json_t *json = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &where);

	if (json == NULL) {
		text_format(mistakes, "%s:%d: %s\n", file, where.line, where.text);
		error_set(error, ERROR_CONFIG, "%s is not a map: line %d: %s", file, where.line,
			where.text);
		return NULL;
	}
	arena_json(arena, json);
	struct import_map *map = arena_alloc(arena, sizeof *map);
	struct map_reader reader = { .arena = arena, .file = arena_copy(arena, file), .map = map,
		.bytes = arena_copy_size(arena, bytes, size), .mistakes = mistakes };

	map->file = reader.file;
	read_root(&reader, json);
	if (reader.mistake_count == 0)
		return map;
	error_set(error, ERROR_CONFIG, "%s has %d mistake%s; mend what is told and try again", file,
		reader.mistake_count, reader.mistake_count == 1 ? "" : "s");
	return NULL;
}

const struct import_map *import_map_load(struct arena *arena, const char *path,
	struct text *mistakes, struct error *error)
{
	char *bytes = arena_alloc(arena, IMPORT_MAP_MOST_BYTES + 1);
	size_t size = 0;
	ssize_t got = 1;
	int file = open(path, O_RDONLY | O_CLOEXEC);

	while (file >= 0 && got > 0 && size <= IMPORT_MAP_MOST_BYTES) {
		got = read(file, bytes + size, IMPORT_MAP_MOST_BYTES + 1 - size);
		size += got > 0 ? (size_t)got : 0;
	}
	if (file < 0 || got < 0) {
		error_set(error, ERROR_CONFIG, "the map %s cannot be read: %s", path, strerror(errno));
		if (file >= 0)
			close(file);
		return NULL;
	}
	close(file);
	if (size > IMPORT_MAP_MOST_BYTES) {
		error_set(error, ERROR_CONFIG, "the map %s is longer than %d bytes", path,
			IMPORT_MAP_MOST_BYTES);
		return NULL;
	}
	return import_map_read(arena, path, bytes, size, mistakes, error);
}
