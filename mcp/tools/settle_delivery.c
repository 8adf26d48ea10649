#include "mcp/corridor/corridor.h"
#include "mcp/db/db.h"
#include "mcp/tools/agent.h"

bool run_settle_delivery(struct call *call)
{
	return agent_function(call, "settle_delivery", DB_VALUES(call->id, corridor_daemon(call->corridor),
		call_text(call, "draft"), agent_number(call, "attempt"), call_text(call, "outcome"),
		call_text(call, "detail")));
}
