#include <string.h>

#include "argument.h"
#include "mcp/base/seal.h"
#include "mcp/base/utf8.h"
#include "member.h"
#include "page.h"
#include "query.h"

/* The words of a draft, as they would be sent. */
static bool add_text(struct call *call, json_t *item, const char *subject_sealed, const char *body_sealed)
{
	const char *subject = seal_decrypt(call->seal, call->caller.tenant, SEAL_MESSAGE, subject_sealed, call->arena,
		&call->error);
	const char *body = subject == NULL ? NULL
		: seal_decrypt(call->seal, call->caller.tenant, SEAL_MESSAGE, body_sealed, call->arena, &call->error);

	if (body == NULL)
		return false;
	json_object_set_new(item, "subject", json_string(utf8_shown(call->arena, subject, false)));
	json_object_set_new(item, "body", json_string(utf8_shown(call->arena, body, true)));
	return true;
}

static bool add_rows(struct page *page, const struct db_rows *rows)
{
	struct call *call = page->call;
	struct member member;

	for (size_t i = 0; i < db_count(rows); i++) {
		json_t *item = query_json(call, rows, i, 4);

		if (!member_open(call, rows, i, 1, &member) ||
		    (call_truth(call, "text") && !add_text(call, item, db_text(rows, i, 5), db_text(rows, i, 6))))
			return false;
		json_object_set_new(item, "member", member_show(call, &member));
		if (!page_add(page, json_incref(item), db_text(rows, i, 0), NULL))
			break;
	}
	return true;
}

bool run_list_drafts(struct call *call)
{
	const char *state = call_text(call, "state"), *number = NULL;
	struct member member;
	struct page page;
	struct db_rows *rows;

	if (call_truth(call, "text") && !caller_holds(&call->caller, "members:read"))
		return call_refuse(call, ERROR_SCOPE, "text is true; the words of a message name its member, so this key needs "
			"the scope members:read for them: leave text out, or ask an admin for a key that has it.");
	if (member_given(call)) {
		if (!member_find(call, &member))
			return false;
		number = query_number(call, member.id);
	}
	state = state == NULL ? "waiting" : strcmp(state, "any") == 0 ? NULL : state;
	return page_open(&page, call, "created") && argument_uuid(call, "run") && argument_known(call, "run", "run") &&
		query_rows(call, "list_drafts", DB_VALUES(state, number, call_text(call, "run"), page.after[0],
			page.fetch), &rows) &&
		add_rows(&page, rows) && page_answer(&page);
}
