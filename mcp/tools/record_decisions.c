#include "mcp/db/db.h"
#include "mcp/tools/agent.h"

bool run_record_decisions(struct call *call)
{
	return agent_function(call, "record_decisions", DB_VALUES(call->id, call->caller.key, call_text(call, "run"),
		agent_number(call, "fence"), call_text(call, "members"), call_text(call, "p_now"), call_text(call, "p_then"),
		call_text(call, "at_risk_cents"), call_text(call, "draws"), call_text(call, "arms"),
		call_text(call, "value_cents"), call_text(call, "chosen"), call_text(call, "reasons")));
}
