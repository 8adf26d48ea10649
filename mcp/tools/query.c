#include "query.h"

#include <string.h>

#include "mcp/base/utf8.h"

const char *const *query_values(const struct call *call, const char *const *values, size_t count)
{
	const char **all = arena_alloc(call->arena, (count + 1) * sizeof *all);

	all[0] = query_number(call, call->caller.tenant);
	memcpy(all + 1, values, count * sizeof *values);
	return all;
}

static bool run(struct call *call, int tenant, const char *name, const char *const *values, size_t count,
	struct db_rows **rows)
{
	return db_query(call->db, tenant, name, query_values(call, values, count), count + 1, call->arena, rows,
		&call->error);
}

bool query_rows(struct call *call, const char *name, const char *const *values, size_t count, struct db_rows **rows)
{
	return run(call, call->caller.tenant, name, values, count, rows);
}

bool query_answer(struct call *call, const char *name, const char *const *values, size_t count, json_t **answer)
{
	struct db_rows *rows;

	if (!run(call, 0, name, values, count, &rows))
		return false;
	*answer = query_json(call, rows, 0, 0);
	return true;
}

/* Replaces texts in place, below `json`; the value that stands for it comes back as a new reference. */
static json_t *make_shown(struct arena *arena, json_t *json)
{
	const char *name, *text = json_string_value(json), *shown = utf8_shown(arena, text, true);
	size_t i;
	json_t *inner;
	void *next;

	if (json_is_string(json))
		return shown == text ? json_incref(json) : json_string(shown);
	json_object_foreach_safe(json, next, name, inner)
		json_object_set_new(json, name, make_shown(arena, inner));
	json_array_foreach(json, i, inner)
		json_array_set_new(json, i, make_shown(arena, inner));
	return json_incref(json);
}

json_t *query_json(struct call *call, const struct db_rows *rows, size_t row, int column)
{
	return arena_json(call->arena, make_shown(call->arena, db_json(rows, row, column, call->arena)));
}

const char *query_number(const struct call *call, long long number)
{
	return arena_format(call->arena, "%lld", number);
}
