#include "mcp/db/db.h"
#include "mcp/tools/agent.h"

bool run_list_free_coupons(struct call *call)
{
	struct db_rows *rows;

	if (!db_query(call->db, call->caller.tenant, "list_free_coupons",
		DB_VALUES(arena_format(call->arena, "%d", call->caller.tenant), call_text(call, "pool"),
		agent_number(call, "limit")), call->arena, &rows, &call->error))
		return false;
	json_t *result = db_json(rows, 0, 0, call->arena);

	call->row_count = (int)json_array_size(json_object_get(result, "codes"));
	return call_answer(call, json_incref(result));
}
