#include "mcp/db/db.h"
#include "mcp/tools/agent.h"

enum { COLUMNS = 9 };   /* of the statement, in its order */

bool run_record_decisions(struct call *call)
{
	const struct bulk *columns = call_columns(call, COLUMNS, AGENT_RECORD_MOST);

	return columns != NULL && agent_function_columns(call, "record_decisions", DB_VALUES(call->id, call->caller.key,
		call_text(call, "run"), agent_number(call, "fence")), columns, COLUMNS);
}
