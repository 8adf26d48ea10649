#include "gates.h"

#include <string.h>

#include "corridor.h"
#include "mcp/metrics/receipt.h"
#include "schema.h"

static bool gate_scope(struct call *call)
{
	if (caller_holds(&call->caller, call->tool->scope))
		return true;
	/* A tool that this key cannot see looks like one that does not exist. */
	return call_refuse(call, ERROR_UNKNOWN_TOOL, "Unknown tool: %s", call->tool->name);
}

static bool gate_schema(struct call *call)
{
	return schema_check(tool_input_schema(call->tool), call->args, &call->error);
}

/* The tools that keep to a key's limits (limited.def); any other would show or touch more than the key may see. */
static bool gate_limits(struct call *call)
{
#define LIMITED(name) #name,
	static const char *const limited[] = {
#include "limited.def"
	};
#undef LIMITED
	if (call->caller.limits[0] == '\0')
		return true;
	for (size_t i = 0; i < sizeof limited / sizeof limited[0]; i++)
		if (strcmp(limited[i], call->tool->name) == 0)
			return true;
	return call_refuse(call, ERROR_SCOPE, "%s cannot be limited to some stores or tiers, and this key is (whoami shows "
		"to which): ask an admin for a key without limits.", call->tool->name);
}

/* An agent's write says which numbers it rests on, by receipts that were signed here for this tenant; others may say
 * so. How old they may be is the database's to decide (app.cite). The resident cites once a run (cite_receipts). */
static bool gate_receipts(struct call *call)
{
	const json_t *tokens = json_object_get(call->args, "receipts");

	if (strcmp(call->tool->scope, "agent:run") == 0 || (json_array_size(tokens) == 0 &&
	    strcmp(call->caller.kind, "agent") != 0))
		return true;
	if (json_array_size(tokens) == 0)
		return call_refuse(call, ERROR_RECEIPT, "An agent's write cites the numbers that it rests on: ask for one "
			"(query_metric, ask or get_dashboard_stats) and give its receipt.token in receipts. Nothing was changed.");
	call->cited = receipt_cited(call->seal, call->caller.tenant, tokens, call->arena, &call->error);
	return call->cited != NULL;
}

#define READ TOOL_READ
#define NOTE TOOL_NOTE
#define WRITE TOOL_WRITE
#define SEND TOOL_SEND
#define UNDO TOOL_UNDO
#define GATE_C(name) gate_##name
#define GATE_SQL(name) NULL
#define GATE(name, stops, where) { #name, (stops), GATE_##where(name) },
static const struct gate gates[] = {
#include "gates.def"
};
#undef GATE

const struct gate *gate_at(size_t index)
{
	return index < sizeof gates / sizeof gates[0] ? &gates[index] : NULL;
}

bool gates_pass(struct call *call)
{
	const struct gate *gate;

	for (size_t i = 0; (gate = gate_at(i)) != NULL; i++)
		if ((gate->stops & (unsigned)call->tool->kind) != 0 && gate->pass != NULL && !gate->pass(call))
			return false;
	return true;
}
