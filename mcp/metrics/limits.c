#include "limits.h"

#include <string.h>

#include "mcp/db/array.h"
#include "values.h"

static bool holds(const json_t *list, const char *value)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (strcmp(json_string_value(one), value) == 0)
			return true;
	return false;
}

static struct compile_filter *filter_of(struct compile_request *request, const struct dimension *dimension)
{
	for (size_t i = 0; i < request->filter_count; i++)
		if (request->filters[i].dimension == dimension)
			return &request->filters[i];
	return NULL;
}

/* The values that were asked for and are inside; all that are inside when none were asked for. */
static bool cut(struct question *question, const struct dimension *dimension, const json_t *allowed,
	struct arena *arena, struct error *error)
{
	struct compile_filter *filter = filter_of(&question->request, dimension);
	const json_t *asked = json_object_get(question->filters, dimension->name), *one;
	struct db_array values = db_array_open(arena);
	json_t *used = arena_json(arena, json_array());
	size_t i;

	json_array_foreach(filter == NULL ? allowed : asked, i, one)
		if (holds(allowed, json_string_value(one))) {
			db_array_add(&values, json_string_value(one));
			json_array_append(used, arena_json(arena, json_string(json_string_value(one))));
		}
	if (filter != NULL && json_array_size(used) == 0)
		return error_set(error, ERROR_UNGROUNDED, "There is no %s \"%s\". There are, for example: %s.", dimension->name,
			values_shown(asked, arena), values_shown(allowed, arena));
	if (filter != NULL)
		json_object_set(question->filters, dimension->name, used);
	else
		filter = &question->request.filters[question->request.filter_count++];
	*filter = (struct compile_filter){ .dimension = dimension, .values = db_array_close(&values) };
	return true;
}

static bool is_cut_by(const struct metric *metric, const struct dimension *dimension)
{
	return dimension != NULL && metric_allows(metric, dimension);
}

json_t *limits_read(const char *text, struct arena *arena)
{
	return text[0] == '\0' ? NULL : arena_json(arena, json_loads(text, 0, NULL));
}

bool limits_force(struct db *db, struct question *question, struct arena *arena, struct error *error)
{
	const char *text = db_limits(db), *name;
	json_t *limits, *allowed;

	if (text == NULL)
		return true;
	limits = question->limits = limits_read(text, arena);
	if (limits == NULL)
		return error_set(error, ERROR_INTERNAL, "The limits of this key cannot be read.");
	json_object_foreach(limits, name, allowed) {
		const struct dimension *dimension = dimension_find(name);

		if (!is_cut_by(question->metric, dimension))
			return error_set(error, ERROR_SCOPE, "%s cannot be cut by %s, and this key is limited to %s %s: ask for "
				"another number, or an admin for a key without that limit.", question->metric->name, name, name,
				values_shown(allowed, arena));
		if (!cut(question, dimension, allowed, arena, error))
			return false;
	}
	return true;
}
