#include "argument.h"
#include "member.h"

bool run_earn_points(struct call *call)
{
	struct member member;

	if (!argument_words(call, "reason", false) || !member_find(call, &member))
		return false;
	call->effect = arena_json(call->arena, json_pack("{s:I, s:O, s:O, s:O*}", "member", (json_int_t)member.id,
		"points", json_object_get(call->args, "points"), "reason", json_object_get(call->args, "reason"),
		"expires_days", json_object_get(call->args, "expires_days")));
	return call_answer(call, json_pack("{s:o}", "member", member_show(call, &member)));
}
