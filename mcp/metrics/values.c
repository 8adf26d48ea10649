#include "values.h"

#include <string.h>
#include <strings.h>

#include "mcp/db/array.h"

struct finding {
	struct db *db;
	int tenant;
	const struct metric *metric;
	const struct dimension *dimension;
	struct arena *arena;
	struct error *error;
};

/* Refuses a value, with the nearest of what there is. */
static bool refuse(struct finding *finding, const char *word)
{
	const char *tenant = arena_format(finding->arena, "%d", finding->tenant), *names[NAMES_MOST];
	bool listed = finding->dimension->kind == DIMENSION_LISTED;
	struct db_rows *rows;
	size_t count = 0;

	bool good = listed
		? db_query(finding->db, finding->tenant, "dimension_known", DB_VALUES(tenant, finding->dimension->name),
			finding->arena, &rows, finding->error)
		: db_select(finding->db, finding->tenant, compile_values_known(finding->metric->source, finding->dimension,
			finding->arena), DB_VALUES(tenant), finding->arena, &rows, finding->error);

	if (!good)
		return false;
	for (size_t i = 0; i < db_count(rows); i++)
		for (int column = 0; column <= (listed ? 1 : 0); column++) {
			const char *name = db_text(rows, i, column);

			if (name != NULL && count < NAMES_MOST && (column == 0 || strcasecmp(name, db_text(rows, i, 0)) != 0))
				names[count++] = name;
		}
	const char *near = names_near(finding->arena, word, names, count);
	struct text some = text_open(finding->arena, 300);

	for (size_t i = 0; i < count && i < 5 && near == NULL; i++)
		text_format(&some, "%s%s", i == 0 ? " There are, for example: " : ", ", word_shown(finding->arena, names[i]));
	return error_set(finding->error, ERROR_UNGROUNDED, "There is no %s \"%s\".%s%s%s%s", finding->dimension->name,
		word_shown(finding->arena, word), near == NULL ? "" : " Nearest: ", near == NULL ? some.bytes : near,
		near == NULL && count == 0 ? "" : ".", count == 0 ? " There are none of that dimension at all." : "");
}

static bool check_list(const struct dimension *dimension, const json_t *list, struct error *error)
{
	const json_t *one;
	size_t i;

	if (dimension->kind == DIMENSION_GRAIN)
		return error_set(error, ERROR_ARGUMENT, "A query cannot be limited to a %s by a filter: use "
			"window, or from and to.", dimension->name);
	if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > FILTER_VALUES_MOST)
		return error_set(error, ERROR_ARGUMENT, "filters.%s must be a list of 1 to %d values.", dimension->name,
			FILTER_VALUES_MOST);
	json_array_foreach(list, i, one)
		if (!json_is_string(one) || json_string_length(one) == 0 || json_string_length(one) > FILTER_TEXT_MOST)
			return error_set(error, ERROR_ARGUMENT, "filters.%s[%zu] must be a text of 1 to %d bytes.",
				dimension->name, i, FILTER_TEXT_MOST);
	return true;
}

/* The value that a word means: the exact one, else the only one that goes by it. */
static bool pick(struct finding *finding, const struct db_rows *rows, const char *word, const char **value)
{
	size_t found = 0;

	for (size_t i = 0; i < db_count(rows); i++) {
		if (strcmp(db_text(rows, i, 0), word) != 0)
			continue;
		*value = db_text(rows, i, 1);
		found++;
		if (db_truth(rows, i, 2))
			return true;
	}
	if (found == 0)
		return refuse(finding, word);
	return found == 1 || error_set(finding->error, ERROR_AMBIGUOUS, "%zu values of %s go by the name "
		"\"%s\": name it by its key.", found, finding->dimension->name, word_shown(finding->arena, word));
}

/* The row of an observed value is itself: letters are not folded, for the data has no list to choose from. */
static bool find_rows(struct finding *finding, const char *words, struct db_rows **rows)
{
	const char *tenant = arena_format(finding->arena, "%d", finding->tenant);

	if (finding->dimension->kind == DIMENSION_LISTED)
		return db_query(finding->db, finding->tenant, "dimension_find",
			DB_VALUES(tenant, finding->dimension->name, words), finding->arena, rows, finding->error);
	return db_select(finding->db, finding->tenant, compile_values_present(finding->metric->source, finding->dimension,
		finding->arena), DB_VALUES(tenant, words), finding->arena, rows, finding->error);
}

bool values_resolve(struct db *db, int tenant, const struct metric *metric, const struct dimension *dimension,
	const json_t *list, struct arena *arena, struct compile_filter *filter, json_t **used, struct error *error)
{
	struct finding finding = { db, tenant, metric, dimension, arena, error };
	struct db_array words = db_array_open(arena), values = db_array_open(arena);
	struct db_rows *rows;
	const json_t *one;
	size_t i;

	*used = arena_json(arena, json_array());
	*filter = (struct compile_filter){ .dimension = dimension };
	if (!check_list(dimension, list, error))
		return false;
	json_array_foreach(list, i, one)
		db_array_add(&words, json_string_value(one));
	if (!find_rows(&finding, db_array_close(&words), &rows))
		return false;
	json_array_foreach(list, i, one) {
		const char *word = json_string_value(one), *value = word;

		if (strcmp(word, VALUE_NONE) == 0)
			filter->none = true;
		else if (!pick(&finding, rows, word, &value))
			return false;
		else
			db_array_add(&values, value);
		json_array_append_new(*used, json_string(value));
	}
	filter->values = db_array_close(&values);
	return true;
}

const char *values_shown(const json_t *list, struct arena *arena)
{
	struct text text = text_open(arena, 2000);
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		text_format(&text, "%s%s", i == 0 ? "" : ", ", word_shown(arena, json_string_value(one)));
	return text.bytes;
}
