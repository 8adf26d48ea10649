#include "mcp/corridor/corridor.h"
#include "mcp/db/db.h"
#include "mcp/tools/agent.h"

bool run_open_run(struct call *call)
{
	return agent_function(call, "open_run", DB_VALUES(call->id, call->caller.key, corridor_daemon(call->corridor),
		call_text(call, "policy"), call_text(call, "as_of"), call_truth(call, "dry") ? "t" : "f",
		call_truth(call, "force") ? "t" : "f"));
}
