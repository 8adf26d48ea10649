#include "mcp/db/array.h"
#include "mcp/db/db.h"
#include "mcp/tools/agent.h"

bool run_act_chunk(struct call *call)
{
	struct db_array members = db_array_open(call->arena);
	size_t i;
	json_t *member;

	json_array_foreach(json_object_get(call->args, "members"), i, member)
		db_array_number(&members, json_integer_value(member));
	return agent_function(call, "act_chunk", DB_VALUES(call->id, call->caller.key, call_text(call, "run"),
		agent_number(call, "fence"), call_text(call, "kind"), agent_number(call, "points"), call_text(call, "pool"),
		agent_number(call, "cool_down_days"), db_array_close(&members)));
}
