#include "mcp/db/db.h"
#include "mcp/tools/agent.h"

bool run_close_run(struct call *call)
{
	const json_t *fit = json_object_get(call->args, "fit");

	return agent_function(call, "close_run", DB_VALUES(call->id, call->caller.key, call_text(call, "run"),
		agent_number(call, "fence"), call_text(call, "state"),
		arena_dump(call->arena, json_object_get(call->args, "summary")),
		fit == NULL ? NULL : arena_dump(call->arena, fit)));
}
