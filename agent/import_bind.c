#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/import_reading.h"

static bool find_path(struct import_reading *reading, const char *path, size_t source,
	struct error *error)
{
	const struct import_map *map = reading->map;
	const char *name = map->sources[source].path;
	size_t size = strlen(name);
	struct stat about;

	if (stat(path, &about) != 0)
		return error_set(error, ERROR_FORMAT, "%s is not there; say the folder or file to import",
			path);
	reading->paths[source] = arena_copy(reading->arena, path);
	if (!S_ISDIR(about.st_mode))
		return map->source_count == 1 || error_set(error, ERROR_FORMAT,
			"%s is a file, but the map %s reads %zu files; say their folder", path, map->name,
			map->source_count);
	reading->paths[source] = arena_format(reading->arena, "%s/%s", path, name);
	if (stat(reading->paths[source], &about) == 0)
		return true;
	bool zipped = size > 3 && strcmp(name + size - 3, ".gz") == 0;
	const char *other = arena_format(reading->arena, zipped ? "%s/%.*s" : "%s/%.*s.gz", path,
		(int)size - (zipped ? 3 : 0), name);

	if (stat(other, &about) != 0)
		return error_set(error, ERROR_FORMAT, "%s is not there, nor is %s; the map %s needs it",
			reading->paths[source], other, map->name);
	reading->paths[source] = other;
	return true;
}

static struct import_file *open_source(struct import_reading *reading, size_t index,
	struct error *error)
{
	const struct import_source *source = &reading->map->sources[index];

	return import_file_open(reading->arena, reading->paths[index], source->whitespace,
		source->separator, error);
}

/* Reads the first record, which must be there and whole. */
static bool read_first(struct import_reading *reading, size_t index, struct import_file *file,
	struct import_record *record, struct error *error)
{
	enum import_next next = import_file_next(file, record, error);

	if (next == IMPORT_NEXT_BAD)
		return error_set(error, ERROR_FORMAT, "%s does not fit: line %lld: %s",
			reading->paths[index], (long long)record->line, record->reason);
	if (next == IMPORT_NEXT_END)
		return error_set(error, ERROR_FORMAT, "%s does not fit: it is empty",
			reading->paths[index]);
	return next == IMPORT_NEXT_ROW;
}

/* The names of a file's columns: its first row, or what the map says, which the first row must
 * then fit. */
static bool read_names(struct import_reading *reading, size_t index, struct import_file *file,
	struct import_record *record, const char *const **names, struct error *error)
{
	const struct import_source *source = &reading->map->sources[index];

	if (!read_first(reading, index, file, record, error))
		return false;
	*names = source->columns != NULL ? source->columns : (const char *const *)record->fields;
	if (source->columns != NULL && record->count != source->column_count)
		return error_set(error, ERROR_FORMAT,
			"%s does not fit: line %lld has %zu columns, the map names %zu", reading->paths[index],
			(long long)record->line, record->count, source->column_count);
	return true;
}

static bool find_column(struct import_reading *reading, size_t source, const char *const *names,
	size_t count, const char *name, size_t *column, struct error *error)
{
	size_t found = 0;

	for (size_t i = count; i-- > 0;)
		if (strcmp(names[i], name) == 0) {
			*column = i;
			found++;
		}
	if (found == 1)
		return true;
	if (found > 1)
		return error_set(error, ERROR_FORMAT, "%s does not fit: it has the column \"%s\" %zu times",
			reading->paths[source], name, found);
	const char *near = text_nearest(name, names, count);

	if (near == NULL)
		return error_set(error, ERROR_FORMAT, "%s does not fit: it has no column \"%s\"",
			reading->paths[source], name);
	return error_set(error, ERROR_FORMAT,
		"%s does not fit: it has no column \"%s\"; the nearest is \"%.60s\"",
		reading->paths[source], name, near);
}

static bool bind_block(struct import_reading *reading, size_t index, struct error *error)
{
	const struct import_block *block = &reading->map->blocks[index];
	struct import_binding *binding = &reading->bindings[index];
	struct import_file *file = open_source(reading, block->source, error);
	const char *const *names = NULL;
	struct import_record record = { .count = 0 };
	bool well = file != NULL && read_names(reading, block->source, file, &record, &names, error);

	binding->width = record.count;
	for (size_t f = 0; well && f < IMPORT_FIELD_MOST; f++)
		for (size_t c = 0; well && c < block->fields[f].column_count; c++)
			well = find_column(reading, block->source, names, record.count,
				block->fields[f].columns[c], &binding->columns[f][c], error);
	if (file != NULL)
		import_file_close(file);
	return well;
}

/* The columns that any field takes from a lookup; the field's cell is its place among them. */
static void collect_takes(struct import_reading *reading, size_t lookup)
{
	const struct import_map *map = reading->map;
	struct import_lookup_state *state = &reading->lookups[lookup];
	size_t most = map->block_count * IMPORT_FIELD_MOST;

	state->takes = arena_alloc(reading->arena, most * sizeof *state->takes);
	state->columns = arena_alloc(reading->arena, most * sizeof *state->columns);
	for (size_t b = 0; b < map->block_count; b++)
		for (size_t f = 0; f < IMPORT_FIELD_MOST; f++) {
			const struct import_field *field = &map->blocks[b].fields[f];
			size_t cell = 0;

			if (!field->looked_up || field->lookup != lookup)
				continue;
			while (cell < state->take_count && strcmp(state->takes[cell], field->take) != 0)
				cell++;
			if (cell == state->take_count)
				state->takes[state->take_count++] = field->take;
			reading->bindings[b].takes[f] = cell;
		}
}

static bool bind_lookup(struct import_reading *reading, size_t index, struct error *error)
{
	const struct import_lookup *lookup = &reading->map->lookups[index];
	struct import_lookup_state *state = &reading->lookups[index];
	struct import_file *file = open_source(reading, lookup->source, error);
	const char *const *names = NULL;
	struct import_record record = { .count = 0 };
	bool well = file != NULL && read_names(reading, lookup->source, file, &record, &names, error) &&
		find_column(reading, lookup->source, names, record.count, lookup->key, &state->key, error);

	collect_takes(reading, index);
	state->width = record.count;
	for (size_t i = 0; well && i < state->take_count; i++)
		well = find_column(reading, lookup->source, names, record.count, state->takes[i],
			&state->columns[i], error);
	if (file != NULL)
		import_file_close(file);
	return well;
}

struct import_file *import_open_rows(struct import_reading *reading, size_t source,
	struct error *error)
{
	struct import_file *file = open_source(reading, source, error);
	struct import_record record;

	if (file == NULL || reading->map->sources[source].columns != NULL)
		return file;
	return read_first(reading, source, file, &record, error) ? file : NULL;
}

enum import_next import_next_row(struct import_reading *reading, size_t source,
	struct import_file *file, size_t width, struct import_record *record, struct error *error)
{
	for (;;) {
		enum import_next next = import_file_next(file, record, error);

		if (next == IMPORT_NEXT_END)
			reading->told[source] = true;
		if (next == IMPORT_NEXT_END || next == IMPORT_NEXT_FAILED ||
			(next == IMPORT_NEXT_ROW && record->count == width))
			return next;
		if (next == IMPORT_NEXT_ROW)
			snprintf(record->reason, sizeof record->reason, "it has %zu columns instead of %zu",
				record->count, width);
		if (!reading->told[source])
			reading->sink->bad(reading->sink->context, reading->paths[source], record->line,
				record->reason);
	}
}

static bool fill_lookup(struct import_reading *reading, size_t index, struct error *error)
{
	size_t source = reading->map->lookups[index].source;
	struct import_lookup_state *state = &reading->lookups[index];
	struct import_file *file = import_open_rows(reading, source, error);
	struct import_record record;
	enum import_next next = IMPORT_NEXT_FAILED;

	state->table = import_table_new(reading->arena, state->take_count);
	if (file != NULL)
		next = import_next_row(reading, source, file, state->width, &record, error);
	for (; next == IMPORT_NEXT_ROW;
		next = import_next_row(reading, source, file, state->width, &record, error)) {
		const char *key = record.fields[state->key];
		bool fresh;
		struct import_cell *cells = import_table_put(state->table, key, &fresh);

		if (cells == NULL)
			return error_set(error, ERROR_FORMAT, "%s has more than %d keys to look up",
				reading->paths[source], IMPORT_TABLE_MOST_ROWS);
		if (!fresh) {
			snprintf(reading->reason, sizeof reading->reason, "the key \"%.60s\" was there before",
				key);
			reading->sink->bad(reading->sink->context, reading->paths[source], record.line,
				reading->reason);
		}
		for (size_t i = 0; fresh && i < state->take_count; i++)
			cells[i].text = import_table_copy(state->table, record.fields[state->columns[i]]);
	}
	if (file != NULL)
		import_file_close(file);
	return next == IMPORT_NEXT_END;
}

bool import_bind(struct import_reading *reading, const char *path, struct error *error)
{
	const struct import_map *map = reading->map;

	reading->paths = arena_alloc(reading->arena, (map->source_count + 1) * sizeof *reading->paths);
	reading->told = arena_alloc(reading->arena, map->source_count + 1);
	reading->bindings = arena_alloc(reading->arena, map->block_count * sizeof *reading->bindings);
	reading->lookups = arena_alloc(reading->arena,
		(map->lookup_count + 1) * sizeof *reading->lookups);
	for (size_t i = 0; i < map->source_count; i++)
		if (!find_path(reading, path, i, error))
			return false;
	for (size_t i = 0; i < map->block_count; i++)
		if (!map->blocks[i].inline_rows && !bind_block(reading, i, error))
			return false;
	for (size_t i = 0; i < map->lookup_count; i++)
		if (!bind_lookup(reading, i, error))
			return false;
	for (size_t i = 0; i < map->lookup_count; i++)
		if (!fill_lookup(reading, i, error))
			return false;
	return true;
}
