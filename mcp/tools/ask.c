#include "mcp/ask/ask.h"

#include "mcp/tool.h"

bool run_ask(struct call *call)
{
	const struct ask_request request = { .db = call->db, .seal = call->seal, .tenant = call->caller.tenant,
		.caller = call->caller.key, .question = call_text(call, "question"), .follow = call_text(call, "follow") };
	json_t *answer = ask_answer(&request, call->arena, &call->error);

	if (answer == NULL)
		return false;
	call->row_count = (int)json_array_size(json_object_get(json_object_get(answer, "answer"), "rows"));
	call->withheld = (int)json_integer_value(json_object_get(json_object_get(answer, "answer"), "withheld_count"));
	return call_answer(call, json_incref(answer));
}
