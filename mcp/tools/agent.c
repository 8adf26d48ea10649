#include "agent.h"

#include <string.h>

#include "mcp/db/db.h"

/* A statement's values: the caller's tenant, then `count` more. Owned by the arena. */
static const char *const *tenant_first(struct call *call, const char *const *values, size_t count)
{
	const char **all = arena_alloc(call->arena, (count + 1) * sizeof *all);

	all[0] = arena_format(call->arena, "%d", call->caller.tenant);
	memcpy(all + 1, values, count * sizeof *values);
	return all;
}

static bool query(struct call *call, int tenant, const char *name, const char *const *values, size_t count,
	struct db_rows **rows)
{
	return db_query(call->db, tenant, name, tenant_first(call, values, count), count + 1, call->arena, rows,
		&call->error);
}

/* What a definer function answered: it has audited itself. */
static bool take_result(struct call *call, const struct db_rows *rows)
{
	call->audited = true;
	call->result = db_json(rows, 0, 0, call->arena);
	if (!json_is_object(call->result))
		call_answer(call, json_pack("{s:O}", "value", call->result));
	return true;
}

bool agent_function(struct call *call, const char *name, const char *const *values, size_t count)
{
	struct db_rows *rows;

	return query(call, 0, name, values, count, &rows) && take_result(call, rows);
}

bool agent_function_columns(struct call *call, const char *name, const char *const *values, size_t count,
	const struct bulk *columns, size_t column_count)
{
	struct db_rows *rows;

	return db_query_columns(call->db, name, tenant_first(call, values, count), count + 1, columns, column_count,
		call->arena, &rows, &call->error) && take_result(call, rows);
}

const char *agent_number(const struct call *call, const char *name)
{
	return arena_format(call->arena, "%lld", call_number(call, name, 0));
}

bool agent_columns(struct call *call, const char *name, const char *const *values, size_t count)
{
	struct db_rows *rows;

	if (!query(call, call->caller.tenant, name, values, count, &rows))
		return false;
	json_t *columns = json_array();

	for (int column = 2; column < db_width(rows); column++) {
		const char *text = db_text(rows, 0, column);

		json_array_append_new(columns, json_string_nocheck(text == NULL ? "{}" : text));
	}
	call->row_count = (int)db_number(rows, 0, 0);
	return call_answer(call, json_pack("{s:i, s:I, s:o}", "count", call->row_count, "last",
		(json_int_t)db_number(rows, 0, 1), "columns", columns));
}
