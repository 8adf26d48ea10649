#include "mcp/db/db.h"
#include "mcp/metrics/receipt.h"
#include "mcp/tools/agent.h"

bool run_cite_receipts(struct call *call)
{
	const json_t *cited = receipt_cited(call->seal, call->caller.tenant, json_object_get(call->args, "receipts"),
		call->arena, &call->error);

	return cited != NULL && agent_function(call, "cite_receipts", DB_VALUES(call->id, call->caller.key,
		call_text(call, "run"), agent_number(call, "fence"), arena_dump(call->arena, cited)));
}
