/* The part of a map that says where one field's value comes from. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "agent/import_map_reader.h"

static const char *const fold_words[IMPORT_FOLD_MOST] = { "same", "first", "min", "max", "sum" };

static const char field_keys[] =
	"column|constant|join|with|sum|line_number|lookup|take|values|else|as|prefix|time|fold|why";

static bool is_number(enum import_kind kind)
{
	return kind == IMPORT_CENTS || kind == IMPORT_COUNT || kind == IMPORT_POSITIVE;
}

static bool is_text(enum import_kind kind)
{
	return kind == IMPORT_ID || kind == IMPORT_TEXT;
}

static bool is_date(enum import_kind kind)
{
	return kind == IMPORT_DATE || kind == IMPORT_TIME;
}

/* A value that the map itself gives: text, whole number, true or false, in the field's canonical
 * form. */
static const char *read_own_value(struct map_reader *reader, const char *place, json_t *json,
	const struct import_rule *rule)
{
	char text[IMPORT_VALUE_BYTES], out[IMPORT_VALUE_BYTES], reason[IMPORT_REASON_BYTES];
	const char *given = json_string_value(json);

	if (json_is_integer(json))
		snprintf(text, sizeof text, "%lld", (long long)json_integer_value(json));
	else if (json_is_boolean(json))
		snprintf(text, sizeof text, "%s", json_is_true(json) ? "true" : "false");
	else if (given != NULL && strlen(given) < sizeof text)
		snprintf(text, sizeof text, "%s", given);
	else {
		map_mistake(reader, place, "must be a text, a whole number, true or false");
		return "";
	}
	enum import_as as = import_value_default(rule->kind);

	if (!import_value_convert(rule->kind, as, NULL, text, out, reason) ||
		!import_value_check(rule, out, reason)) {
		map_mistake(reader, place, "%s: %s", rule->name, reason);
		return "";
	}
	return arena_copy(reader->arena, out);
}

static void read_parts(struct map_reader *reader, const char *place, json_t *json,
	struct import_field *field)
{
	size_t count = json_array_size(json);

	if (count < 2 || count > IMPORT_PART_MOST) {
		map_mistake(reader, place, "must be a list of 2 to %d columns", IMPORT_PART_MOST);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const char *name = json_string_value(json_array_get(json, i));

		if (name == NULL || name[0] == '\0')
			map_mistake(reader, map_place_at(reader, place, i), "must be a column name");
		field->columns[field->column_count++] = arena_copy(reader->arena, name == NULL ? "" : name);
	}
}

/* Exactly one of column, constant, join, sum and line_number. */
static void read_origin(struct map_reader *reader, const char *place, json_t *json,
	const struct import_rule *rule, struct import_field *field)
{
	static const char *const origins[] = { "constant", "column", "join", "sum", "line_number" };
	static const enum import_from from[] = { IMPORT_FROM_CONSTANT, IMPORT_FROM_COLUMN,
		IMPORT_FROM_JOIN, IMPORT_FROM_SUM, IMPORT_FROM_LINE };
	int found = 0;

	for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
		json_t *value = json_object_get(json, origins[i]);
		const char *here = map_place(reader, place, origins[i]);

		if (value == NULL)
			continue;
		found++;
		field->from = from[i];
		if (from[i] == IMPORT_FROM_CONSTANT)
			field->constant = read_own_value(reader, here, value, rule);
		else if (from[i] == IMPORT_FROM_COLUMN)
			field->columns[field->column_count++] = map_text(reader, place, json, "column");
		else if (from[i] != IMPORT_FROM_LINE)
			read_parts(reader, here, value, field);
		else if (!json_is_true(value))
			map_mistake(reader, here, "can only be true");
	}
	if (found != 1)
		map_mistake(reader, place,
			"must have exactly one of column, constant, join, sum, line_number");
}

static void read_lookup(struct map_reader *reader, const char *place, json_t *json,
	struct import_field *field)
{
	const struct import_map *map = reader->map;
	const char *name = map_text(reader, place, json, "lookup");
	const char **names = arena_alloc(reader->arena, (map->lookup_count + 1) * sizeof *names);

	field->take = map_text(reader, place, json, "take");
	if ((name == NULL) != (field->take == NULL))
		map_mistake(reader, place, "\"lookup\" and \"take\" go together");
	if (name == NULL)
		return;
	for (size_t i = 0; i < map->lookup_count; i++)
		names[i] = map->lookups[i].name;
	field->lookup = map_choice(reader, map_place(reader, place, "lookup"), "name in /lookups", name,
		names, map->lookup_count);
	field->looked_up = field->lookup < map->lookup_count;
}

static void read_values(struct map_reader *reader, const char *place, json_t *json,
	struct import_field *field)
{
	size_t room = json_object_size(json) + 1;
	struct import_pair *pairs = arena_alloc(reader->arena, room * sizeof *pairs);
	const char *key;
	json_t *value;

	if (json == NULL)
		return;
	if (json_object_size(json) == 0)
		map_mistake(reader, place, "must be an object: what stands in the file, and what it means");
	json_object_foreach(json, key, value) {
		struct import_pair *pair = &pairs[field->value_count++];

		if (!json_is_string(value) && !json_is_null(value))
			map_mistake(reader, map_place(reader, place, key),
				"must become a text, or null for empty");
		pair->from = arena_copy(reader->arena, key);
		if (json_is_string(value))
			pair->to = arena_copy(reader->arena, json_string_value(value));
	}
	field->values = pairs;
}

static void read_conversion(struct map_reader *reader, const char *place, json_t *json,
	const struct import_rule *rule, struct import_field *field)
{
	const char *word = map_text(reader, place, json, "as");

	field->as = import_value_default(rule->kind);
	if (word != NULL) {
		size_t index = map_choice(reader, map_place(reader, place, "as"), "conversion", word,
			import_as_words, IMPORT_AS_MOST);

		if (index < IMPORT_AS_MOST && !import_value_fits(rule->kind, (enum import_as)index))
			map_mistake(reader, map_place(reader, place, "as"),
				"\"%s\" does not make a value for %s", word, rule->name);
		else if (index < IMPORT_AS_MOST)
			field->as = (enum import_as)index;
	}
	field->time = map_text(reader, place, json, "time");
	bool timeless = rule->kind == IMPORT_TIME &&
		(field->as == IMPORT_AS_YYYYMMDD || field->as == IMPORT_AS_YYYY_MM_DD);

	if (field->time != NULL && !(timeless && import_value_is_time_of_day(field->time)))
		map_mistake(reader, map_place(reader, place, "time"),
			"must be HH:MM:SS, for a moment that is made from a date without one");
	field->prefix = map_text(reader, place, json, "prefix");
	if (field->prefix != NULL && !is_text(rule->kind))
		map_mistake(reader, map_place(reader, place, "prefix"),
			"only an id or a text can have one");
}

static void read_fold(struct map_reader *reader, const char *place, json_t *json,
	const struct import_rule *rule, const struct import_block *block, struct import_field *field)
{
	const char *word = map_text(reader, place, json, "fold");
	const char *here = map_place(reader, place, "fold");

	if (word == NULL)
		return;
	size_t index = map_choice(reader, here, "fold", word, fold_words, IMPORT_FOLD_MOST);

	if (index == IMPORT_FOLD_MOST)
		return;
	field->fold = (enum import_fold)index;
	bool ordered = is_number(rule->kind) || (is_date(rule->kind) && field->as != IMPORT_AS_RFC3339);

	if (!block->group)
		map_mistake(reader, here, "only the fields of a \"group\" are folded");
	else if (rule->need == IMPORT_KEY)
		map_mistake(reader, here, "%s is what the rows are grouped by", rule->name);
	else if (field->fold == IMPORT_FOLD_SUM && !is_number(rule->kind))
		map_mistake(reader, here, "%s is not a number", rule->name);
	else if ((field->fold == IMPORT_FOLD_MIN || field->fold == IMPORT_FOLD_MAX) && !ordered)
		map_mistake(reader, here, "%s has no order: only numbers, dates and local times have",
			rule->name);
}

/* What cannot stand together. */
static void check_combination(struct map_reader *reader, const char *place, json_t *json,
	const struct import_rule *rule, const struct import_field *field)
{
	bool bare = field->from == IMPORT_FROM_CONSTANT || field->from == IMPORT_FROM_SUM ||
		field->from == IMPORT_FROM_LINE;

	if (bare && (field->take != NULL || field->values != NULL))
		map_mistake(reader, place,
			"only a column or a join can be looked up or replaced by \"values\"");
	if (field->from == IMPORT_FROM_SUM && !is_number(rule->kind))
		map_mistake(reader, place, "%s is not a number and cannot be a sum", rule->name);
	if (field->from == IMPORT_FROM_LINE && !is_number(rule->kind) && rule->kind != IMPORT_ID)
		map_mistake(reader, place, "%s cannot be a line number", rule->name);
	if (field->from == IMPORT_FROM_CONSTANT && (json_object_get(json, "as") != NULL ||
		field->prefix != NULL || field->otherwise != NULL || field->time != NULL))
		map_mistake(reader, place,
			"a constant stands as it is: no \"as\", \"prefix\", \"time\" or \"else\"");
	if (field->with != NULL && field->from != IMPORT_FROM_JOIN)
		map_mistake(reader, map_place(reader, place, "with"), "only a join has one");
}

static void read_field(struct map_reader *reader, const char *place, json_t *json,
	const struct import_rule *rule, const struct import_block *block, struct import_field *field)
{
	*field = (struct import_field){ .as = import_value_default(rule->kind) };
	if (json_is_string(json) && json_string_length(json) > 0) {
		field->from = IMPORT_FROM_COLUMN;
		field->columns[field->column_count++] = arena_copy(reader->arena, json_string_value(json));
		return;
	}
	if (!json_is_object(json)) {
		map_mistake(reader, place, "must be a column name, or an object with some of %s",
			field_keys);
		return;
	}
	map_check_keys(reader, place, json, field_keys);
	read_origin(reader, place, json, rule, field);
	field->with = map_text(reader, place, json, "with");
	read_lookup(reader, place, json, field);
	read_values(reader, map_place(reader, place, "values"), json_object_get(json, "values"), field);
	read_conversion(reader, place, json, rule, field);
	if (json_object_get(json, "else") != NULL)
		field->otherwise = read_own_value(reader, map_place(reader, place, "else"),
			json_object_get(json, "else"), rule);
	read_fold(reader, place, json, rule, block, field);
	check_combination(reader, place, json, rule, field);
}

static size_t find_field(struct map_reader *reader, const char *place,
	const struct import_rules *rules, const char *name)
{
	const char *names[IMPORT_FIELD_MOST];

	for (size_t i = 0; i < rules->count; i++)
		names[i] = rules->fields[i].name;
	return map_choice(reader, place, "field of this entity", name, names, rules->count);
}

void map_read_fields(struct map_reader *reader, const char *place, json_t *fields,
	struct import_block *block)
{
	struct import_rules rules = import_rules(block->entity);
	const char *key;
	json_t *value;

	if (json_object_size(fields) == 0) {
		map_mistake(reader, place, "must be an object that says where each field comes from");
		return;
	}
	json_object_foreach(fields, key, value) {
		const char *here = map_place(reader, place, key);
		size_t index = find_field(reader, here, &rules, key);

		if (index < rules.count)
			read_field(reader, here, value, &rules.fields[index], block,
				&block->fields[index]);
	}
	for (size_t i = 0; i < rules.count; i++) {
		enum import_need need = rules.fields[i].need;

		if ((need == IMPORT_KEY || need == IMPORT_NEED) &&
			json_object_get(fields, rules.fields[i].name) == NULL)
			map_mistake(reader, place, "%s is missing: %s cannot be without it",
				rules.fields[i].name, import_entity_names[block->entity]);
	}
}

static const char *const *read_row(struct map_reader *reader, const char *place, json_t *json,
	const struct import_rules *rules)
{
	const char **values = arena_alloc(reader->arena, IMPORT_FIELD_MOST * sizeof *values);
	const char *key;
	json_t *value;

	if (!json_is_object(json))
		map_mistake(reader, place, "must be an object: a value for each field");
	json_object_foreach(json, key, value) {
		const char *here = map_place(reader, place, key);
		size_t index = find_field(reader, here, rules, key);

		if (index < rules->count)
			values[index] = read_own_value(reader, here, value, &rules->fields[index]);
	}
	for (size_t i = 0; json_is_object(json) && i < rules->count; i++) {
		char reason[IMPORT_REASON_BYTES];

		if (values[i] == NULL && rules->fields[i].need == IMPORT_ZERO)
			values[i] = "0";
		if (values[i] == NULL && !import_value_check(&rules->fields[i], NULL, reason))
			map_mistake(reader, place, "%s is missing", rules->fields[i].name);
	}
	return values;
}

void map_read_rows(struct map_reader *reader, const char *place, json_t *rows,
	struct import_block *block)
{
	struct import_rules rules = import_rules(block->entity);
	size_t count = json_array_size(rows);

	if (count == 0) {
		map_mistake(reader, place, "must be a list of at least one row");
		return;
	}
	const char *const **made = arena_alloc(reader->arena, count * sizeof *made);

	for (size_t i = 0; i < count; i++)
		made[i] = read_row(reader, map_place_at(reader, place, i), json_array_get(rows, i), &rules);
	block->rows = made;
	block->row_count = count;
}
