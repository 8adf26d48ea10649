#include "agent.h"

#include "query.h"

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
	return agent_function_columns(call, name, values, count, NULL, 0);
}

bool agent_function_columns(struct call *call, const char *name, const char *const *values, size_t count,
	const struct bulk *columns, size_t column_count)
{
	struct db_rows *rows;

	return db_query_columns(call->db, name, query_values(call, values, count), count + 1, columns, column_count,
		call->arena, &rows, &call->error) && take_result(call, rows);
}

const char *agent_number(const struct call *call, const char *name)
{
	return arena_format(call->arena, "%lld", call_number(call, name, 0));
}

bool agent_arrays(struct call *call, const char *name, const char *const *values, size_t count)
{
	if (!db_query_arrays(call->db, call->caller.tenant, name, query_values(call, values, count), count + 1,
		call->arena, &call->columns, &call->error))
		return false;
	call->row_count = (int)call->columns.columns[call->columns.count - 1].count;
	return call_answer(call, json_object());
}
