#include "mcp/db/db.h"
#include "mcp/tools/agent.h"

bool run_act_chunk(struct call *call)
{
	const struct bulk *members = call_columns(call, 1, AGENT_CHUNK_MOST);

	return members != NULL && agent_function_columns(call, "act_chunk", DB_VALUES(call->id, call->caller.key,
		call_text(call, "run"), agent_number(call, "fence"), call_text(call, "kind"), agent_number(call, "points"),
		call_text(call, "pool"), agent_number(call, "cool_down_days")), members, 1);
}
