#include "gates.h"

#include "corridor.h"
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
