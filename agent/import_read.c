#include "agent/import_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/import_reading.h"

enum { PROGRESS_ROWS = 100000 };

static bool refuse_value(struct import_reading *reading, const char *field, const char *why)
{
	snprintf(reading->reason, sizeof reading->reason, "%s: %s", field, why);
	return false;
}

static bool refuse_shown(struct import_reading *reading, const char *field, const char *text,
	const char *why)
{
	char shown[64];
	size_t size = 0;

	for (; text[size] != '\0' && size < sizeof shown - 1; size++)
		shown[size] = text[size] < ' ' || text[size] > '~' ? '?' : text[size];
	shown[size] = '\0';
	snprintf(reading->reason, sizeof reading->reason, "%s: \"%s\" %s", field, shown, why);
	return false;
}

/* The parts of a join behind each other; empty when any of them is. */
static bool join_parts(struct import_reading *reading, const struct import_field *field,
	const size_t *columns, const struct import_record *record, const char *name, char *out)
{
	size_t size = 0;

	for (size_t i = 0; i < field->column_count; i++) {
		const char *part = record->fields[columns[i]];
		const char *with = i == 0 || field->with == NULL ? "" : field->with;
		int added = snprintf(out + size, IMPORT_VALUE_BYTES - size, "%s%s", with, part);

		if (part[0] == '\0') {
			out[0] = '\0';
			return true;
		}
		size += (size_t)added;
		if (size >= IMPORT_VALUE_BYTES)
			return refuse_value(reading, name, "the joined columns are too long");
	}
	return true;
}

/* The sum of the columns that are not empty; empty when all are. */
static bool sum_parts(struct import_reading *reading, const struct import_field *field,
	const size_t *columns, const struct import_record *record, const struct import_rule *rule,
	char *out)
{
	char part[IMPORT_VALUE_BYTES], reason[IMPORT_REASON_BYTES];
	int64_t sum = 0;

	out[0] = '\0';
	for (size_t i = 0; i < field->column_count; i++) {
		const char *text = record->fields[columns[i]];

		if (text[0] == '\0')
			continue;
		if (!import_value_convert(rule->kind, field->as, NULL, text, part, reason))
			return refuse_value(reading, rule->name, reason);
		sum += strtoll(part, NULL, 10);   /* at most eight parts of at most 10^15 */
		snprintf(out, IMPORT_VALUE_BYTES, "%" PRId64, sum);
	}
	if (sum > IMPORT_NUMBER_MOST)
		return refuse_value(reading, rule->name, "the sum is too large");
	return true;
}

/* What the lookup and the list of values make of a text; empty when it is not there and the map
 * has an "else". */
static bool replace_text(struct import_reading *reading, const struct import_field *field,
	size_t take, const char *name, const char **text)
{
	if (field->looked_up && (*text)[0] != '\0') {
		const struct import_lookup *lookup = &reading->map->lookups[field->lookup];
		const struct import_cell *cells = import_table_find(reading->lookups[field->lookup].table,
			*text);
		char why[96];

		snprintf(why, sizeof why, "is not in the lookup %.60s", lookup->name);
		if (cells == NULL && field->otherwise == NULL)
			return refuse_shown(reading, name, *text, why);
		*text = cells == NULL ? "" : cells[take].text;
	}
	if (field->values == NULL || (*text)[0] == '\0')
		return true;
	for (size_t i = 0; i < field->value_count; i++)
		if (strcmp(field->values[i].from, *text) == 0) {
			*text = field->values[i].to == NULL ? "" : field->values[i].to;
			return true;
		}
	if (field->otherwise == NULL)
		return refuse_shown(reading, name, *text, "is none of the values that the map knows");
	*text = "";
	return true;
}

static bool prefix_value(struct import_reading *reading, const struct import_field *field,
	const char *name, char *value)
{
	size_t size = strlen(value), before = strlen(field->prefix);

	if (size + before >= IMPORT_VALUE_BYTES)
		return refuse_value(reading, name, "it is too long");
	memmove(value + before, value, size + 1);
	memcpy(value, field->prefix, before);
	return true;
}

/* One field of one record: *value is canonical text, or NULL for empty. */
static bool map_field(struct import_reading *reading, size_t block, size_t index,
	const struct import_rule *rule, const struct import_record *record, const char **value)
{
	const struct import_field *field = &reading->map->blocks[block].fields[index];
	const struct import_binding *binding = &reading->bindings[block];
	char joined[IMPORT_VALUE_BYTES], reason[IMPORT_REASON_BYTES], *out = reading->scratch[index];
	const char *text = joined;

	joined[0] = '\0';
	if (field->from == IMPORT_FROM_CONSTANT) {
		*value = field->constant;
		return true;
	}
	if (field->from == IMPORT_FROM_COLUMN)
		text = record->fields[binding->columns[index][0]];
	else if (field->from == IMPORT_FROM_LINE)
		snprintf(joined, sizeof joined, "%" PRId64, record->line);
	else if (field->from == IMPORT_FROM_JOIN &&
		!join_parts(reading, field, binding->columns[index], record, rule->name, joined))
		return false;
	else if (field->from == IMPORT_FROM_SUM &&
		!sum_parts(reading, field, binding->columns[index], record, rule, joined))
		return false;
	if (!replace_text(reading, field, binding->takes[index], rule->name, &text))
		return false;
	enum import_as as = field->from == IMPORT_FROM_SUM ? IMPORT_AS_INTEGER : field->as;

	if (text[0] == '\0')
		*value = field->otherwise != NULL ? field->otherwise :
			rule->need == IMPORT_ZERO ? "0" : NULL;
	else if (!import_value_convert(rule->kind, as, field->time, text, out, reason))
		return refuse_value(reading, rule->name, reason);
	else if (field->prefix != NULL && !prefix_value(reading, field, rule->name, out))
		return false;
	else
		*value = out;
	return import_value_check(rule, *value, reason) || refuse_value(reading, rule->name, reason);
}

static bool is_number(enum import_kind kind)
{
	return kind == IMPORT_CENTS || kind == IMPORT_COUNT || kind == IMPORT_POSITIVE;
}

/* Whether a row may join its group: fields that must be the same are, and no sum grows too
 * large. */
static bool agrees(struct import_reading *reading, const struct import_block *block,
	const struct import_rules *rules, const char *const *values, const struct import_cell *cells)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct import_rule *rule = &rules->fields[i];
		enum import_fold fold = block->fields[i].fold;
		bool number = is_number(rule->kind);

		if (values[i] == NULL || cells[i].text == NULL || rule->need == IMPORT_KEY)
			continue;
		int64_t value = number ? strtoll(values[i], NULL, 10) : 0;
		bool same = number ? value == cells[i].number : strcmp(values[i], cells[i].text) == 0;

		if (fold == IMPORT_FOLD_SUM && cells[i].number + value > IMPORT_NUMBER_MOST)
			return refuse_value(reading, rule->name, "the sum of the group is too large");
		if (fold == IMPORT_FOLD_SAME && !same) {
			char why[80];

			snprintf(why, sizeof why, "differs from line %" PRId64 " of the same %s",
				cells[rules->count].number, rules->fields[0].name);
			return refuse_shown(reading, rule->name, values[i], why);
		}
	}
	return true;
}

static void fold_cell(struct import_reading *reading, enum import_fold fold, bool number,
	const char *value, struct import_cell *cell)
{
	int64_t amount = number ? strtoll(value, NULL, 10) : 0;
	bool empty = cell->text == NULL;
	int order = empty ? 0 : number ? (amount > cell->number) - (amount < cell->number) :
		strcmp(value, cell->text);

	if (fold == IMPORT_FOLD_SUM && !empty)
		cell->number += amount;
	else if (empty || (fold == IMPORT_FOLD_MIN && order < 0) ||
		(fold == IMPORT_FOLD_MAX && order > 0)) {
		cell->number = amount;
		cell->text = number ? "" : import_table_copy(reading->groups, value);
	}
}

/* The values of the key fields, parted by a byte that no value can hold. */
static void group_key(const struct import_rules *rules, const char *const *values, char *key)
{
	size_t size = 0;

	for (size_t i = 0; i < rules->count; i++)
		if (rules->fields[i].need == IMPORT_KEY)
			size += (size_t)snprintf(key + size, IMPORT_VALUE_BYTES - size, "%s\x1f", values[i]);
}

static bool group_row(struct import_reading *reading, const struct import_block *block,
	const struct import_rules *rules, const struct import_row *row, struct error *error)
{
	char key[IMPORT_VALUE_BYTES];   /* three keys of at most IMPORT_ID_MOST_BYTES each fit */
	bool fresh;
	group_key(rules, row->values, key);
	struct import_cell *cells = import_table_put(reading->groups, key, &fresh);

	if (cells == NULL)
		return error_set(error, ERROR_FORMAT,
			"%s has more than %d groups; split it by time and import the parts", row->file,
			IMPORT_TABLE_MOST_ROWS);
	if (fresh)
		cells[rules->count] = (struct import_cell){ row->line, row->file };
	else if (!agrees(reading, block, rules, row->values, cells)) {
		reading->sink->bad(reading->sink->context, row->file, row->line, reading->reason);
		return true;
	}
	for (size_t i = 0; i < rules->count; i++)
		if (row->values[i] != NULL)
			fold_cell(reading, block->fields[i].fold, is_number(rules->fields[i].kind),
				row->values[i], &cells[i]);
	return true;
}

static bool hand_on_groups(struct import_reading *reading, enum import_entity entity,
	const struct import_rules *rules, struct error *error)
{
	const char *values[IMPORT_FIELD_MOST];

	for (size_t g = 0; g < import_table_count(reading->groups); g++) {
		const struct import_cell *cells = import_table_row(reading->groups, g);
		struct import_row row = { entity, cells[rules->count].text, cells[rules->count].number,
			values, rules->count };

		for (size_t i = 0; i < rules->count; i++) {
			values[i] = cells[i].text;
			if (cells[i].text != NULL && is_number(rules->fields[i].kind)) {
				snprintf(reading->scratch[i], IMPORT_VALUE_BYTES, "%" PRId64, cells[i].number);
				values[i] = reading->scratch[i];
			}
		}
		if (!reading->sink->row(reading->sink->context, &row, error))
			return false;
	}
	return true;
}

static bool read_record(struct import_reading *reading, size_t index,
	const struct import_rules *rules, const struct import_record *record, struct error *error)
{
	const struct import_block *block = &reading->map->blocks[index];
	const struct import_sink *sink = reading->sink;
	const char *values[IMPORT_FIELD_MOST], *path = reading->paths[block->source];
	struct import_row row = { block->entity, path, record->line, values, rules->count };

	for (size_t i = 0; i < rules->count; i++)
		if (!map_field(reading, index, i, &rules->fields[i], record, &values[i])) {
			sink->bad(sink->context, path, record->line, reading->reason);
			return true;
		}
	return block->group ? group_row(reading, block, rules, &row, error) :
		sink->row(sink->context, &row, error);
}

static bool read_block(struct import_reading *reading, size_t index,
	const struct import_rules *rules, struct error *error)
{
	const struct import_block *block = &reading->map->blocks[index];
	const struct import_sink *sink = reading->sink;
	struct import_file *file = import_open_rows(reading, block->source, error);
	enum import_next next = IMPORT_NEXT_FAILED;
	struct import_record record;
	size_t width = reading->bindings[index].width, rows = 0;
	bool well = file != NULL;

	while (well) {
		next = import_next_row(reading, block->source, file, width, &record, error);
		if (next != IMPORT_NEXT_ROW)
			break;
		well = read_record(reading, index, rules, &record, error);
		if (++rows % PROGRESS_ROWS == 0 && sink->progress != NULL)
			sink->progress(sink->context, block->entity, reading->paths[block->source],
				record.line);
	}
	if (file != NULL)
		import_file_close(file);
	return well && next == IMPORT_NEXT_END;
}

static bool read_own_rows(struct import_reading *reading, const struct import_block *block,
	size_t count, struct error *error)
{
	for (size_t i = 0; i < block->row_count; i++) {
		struct import_row row = { block->entity, reading->map->file, (int64_t)i + 1, block->rows[i],
			count };

		if (!reading->sink->row(reading->sink->context, &row, error))
			return false;
	}
	return true;
}

/* The blocks from `first` on that fill the same entity; `*next` is the block behind them. */
static bool read_entity(struct import_reading *reading, size_t first, size_t *next,
	struct error *error)
{
	const struct import_map *map = reading->map;
	const struct import_sink *sink = reading->sink;
	enum import_entity entity = map->blocks[first].entity;
	struct import_rules rules = import_rules(entity);
	bool well = sink->begin(sink->context, entity, error);

	reading->groups = NULL;
	if (map->blocks[first].group)
		reading->groups = import_table_new(reading->arena, rules.count + 1);
	*next = first;
	for (; well && *next < map->block_count && map->blocks[*next].entity == entity; ++*next) {
		if (map->blocks[*next].inline_rows)
			well = read_own_rows(reading, &map->blocks[*next], rules.count, error);
		else
			well = read_block(reading, *next, &rules, error);
	}
	if (reading->groups != NULL) {
		well = well && hand_on_groups(reading, entity, &rules, error);
		import_table_clear(reading->groups);
	}
	return well && sink->end(sink->context, entity, error);
}

bool import_read(const struct import_map *map, const char *path, const struct import_sink *sink,
	struct error *error)
{
	struct arena *arena = arena_new();
	struct import_reading *reading = arena_alloc(arena, sizeof *reading);

	reading->map = map;
	reading->sink = sink;
	reading->arena = arena;
	bool well = import_bind(reading, path, error);

	for (size_t next = 0; well && next < map->block_count;)
		well = read_entity(reading, next, &next, error);
	arena_free(arena);
	return well;
}
