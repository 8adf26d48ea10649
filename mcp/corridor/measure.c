/* The last check of every call: what its answer costs. */
#include <stdint.h>
#include <string.h>

#include "corridor.h"
#include "mcp/base/cost.h"
#include "mcp/base/text.h"
#include "station.h"

/* What a write's effect adds to its answer: ids, amounts and what is left. */
enum { EFFECT_COST = 3000 };

/* What to ask for instead of an answer that is too large: the arguments that this tool can be narrowed by. */
static bool refuse_large(struct call *call, size_t cost)
{
	const json_t *properties = json_object_get(tool_input_schema(call->tool), "properties");
	const json_t *limit = json_object_get(call->args, "limit");
	struct text text = text_open(call->arena, 600);
	const char *name;
	json_t *ignored;
	bool first = true;

	text_format(&text, "This answer would be %zu kB; at most %d kB are sent. Nothing is wrong with the question, "
		"ask for less: ", (cost + 1023) / 1024, (int)(COST_MOST / 1024));
	if (json_is_integer(limit) && json_integer_value(limit) > 1) {
		text_format(&text, "set limit below %lld%s, or narrow it.", (long long)json_integer_value(limit),
			json_object_get(properties, "cursor") == NULL ? "" : " and page with the cursor");
	} else if (json_object_get(properties, "limit") != NULL && limit == NULL) {
		text_format(&text, "set a smaller limit%s, or narrow it.", json_object_get(properties, "cursor") == NULL ? ""
			: " and page with the cursor");
	} else {
		text_add(&text, "narrow it by its arguments");
		json_object_foreach((json_t *)(uintptr_t)properties, name, ignored) {
			text_format(&text, "%s %s", first ? ":" : ",", name);
			first = false;
		}
		text_add(&text, ".");
	}
	call->result = NULL;
	return call_refuse(call, ERROR_ARGUMENT, "%s", text.bytes);
}

bool measure_answer(struct call *call)
{
	if (call->result == NULL || call->error.code != ERROR_NONE || call->audited ||
	    strcmp(call->tool->scope, "agent:run") == 0)
		return true;
	const char *dump = call->effect == NULL ? call_rendered(call) : cost_dump(call->arena, call->result);
	size_t cost = cost_of(dump) + (call->effect == NULL ? 0 : EFFECT_COST);

	if (cost > COST_MOST)
		return refuse_large(call, cost);
	return true;
}
