#include "mcp/db/db.h"
#include "mcp/tools/agent.h"

bool run_read_history(struct call *call)
{
	return agent_arrays(call, "read_history", DB_VALUES(call_text(call, "as_of")));
}
