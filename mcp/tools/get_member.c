#include "member.h"
#include "mcp/base/utf8.h"
#include "mcp/db/array.h"
#include "query.h"

/* E-mail and phone: in clear for who holds members:pii, masked for everybody else. */
static bool add_contacts(struct call *call, json_t *answer, const struct member *member, const char *phone_sealed)
{
	bool clear = caller_holds(&call->caller, "members:pii");
	const char *phone, *email = NULL;

	if (!member_unseal(call, phone_sealed, &phone))
		return false;
	if (clear && member->email != NULL)
		email = utf8_shown(call->arena, member->email, false);
	else
		email = member_mask_email(call->arena, member->email);
	json_t *contacts = json_pack("{s:b, s:s?, s:s?}", "masked", !clear, "email", email, "phone",
		clear ? phone : member_mask_phone(call->arena, phone));

	json_object_set_new(answer, "contacts", contacts);
	return true;
}

bool run_get_member(struct call *call)
{
	struct db_array include = db_array_open(call->arena);
	struct member member;
	struct db_rows *rows;
	size_t i;
	json_t *name;

	json_array_foreach(json_object_get(call->args, "include"), i, name)
		db_array_add(&include, json_string_value(name));
	if (!member_find(call, &member) || !query_rows(call, "get_member", DB_VALUES(query_number(call, member.id),
			db_array_close(&include)), &rows))
		return false;
	json_t *answer = query_json(call, rows, 0, 1);

	call->row_count = 1;
	json_object_set_new(answer, "member", member_show(call, &member));
	if (!add_contacts(call, answer, &member, db_text(rows, 0, 0)))
		return false;
	return call_answer(call, json_incref(answer));
}
