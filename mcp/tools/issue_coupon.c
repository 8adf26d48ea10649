#include "argument.h"
#include "member.h"

bool run_issue_coupon(struct call *call)
{
	struct member member;

	if (!argument_known(call, "pool", "pool") || !member_find(call, &member))
		return false;
	call->effect = arena_json(call->arena, json_pack("{s:I, s:O}", "member", (json_int_t)member.id,
		"pool", json_object_get(call->args, "pool")));
	return call_answer(call, json_pack("{s:o}", "member", member_show(call, &member)));
}
