#include "mcp/db/array.h"
#include "mcp/db/db.h"
#include "mcp/tools/agent.h"

static const char *real(const struct call *call, const char *name)
{
	return arena_format(call->arena, "%.17g", json_number_value(json_object_get(call->args, name)));
}

bool run_list_candidates(struct call *call)
{
	struct db_array tiers = db_array_open(call->arena);
	size_t i;
	json_t *tier;

	json_array_foreach(json_object_get(call->args, "tiers"), i, tier)
		db_array_add(&tiers, json_string_value(tier));
	return agent_arrays(call, "list_candidates", DB_VALUES(call_text(call, "as_of"), agent_number(call, "after"),
		agent_number(call, "upto"), real(call, "r"), real(call, "alpha"), real(call, "a"), real(call, "b"),
		call_truth(call, "modified") ? "t" : "f", agent_number(call, "horizon_days"), db_array_close(&tiers),
		agent_number(call, "min_repeat"), agent_number(call, "min_days"), agent_number(call, "max_days"),
		agent_number(call, "min_value_cents"), call_text(call, "run"),
		call_text(call, "day")));
}
