#include "argument.h"
#include "member.h"
#include "page.h"
#include "query.h"

static bool check(struct call *call, const char **member_number)
{
	struct member member;

	if (member_given(call)) {
		if (!member_find(call, &member))
			return false;
		*member_number = query_number(call, member.id);
	}
	return argument_time(call, "from") && argument_time(call, "to") && argument_uuid(call, "action") &&
		argument_uuid(call, "run") && argument_known(call, "run", "run") && argument_known(call, "key", "key");
}

static bool add_rows(struct page *page, const struct db_rows *rows)
{
	struct call *call = page->call;
	struct member member;

	for (size_t i = 0; i < db_count(rows); i++) {
		json_t *item = query_json(call, rows, i, 4);

		if (!member_open(call, rows, i, 1, &member))
			return false;
		json_object_set_new(item, "member", member_show(call, &member));
		if (!page_add(page, json_incref(item), db_text(rows, i, 0), NULL))
			break;
	}
	return true;
}

bool run_list_actions(struct call *call)
{
	const char *number = NULL, *action = call_text(call, "action");
	struct page page;
	struct db_rows *rows;

	if (!page_open(&page, call, "created") || !check(call, &number) || !query_rows(call, "list_actions",
			DB_VALUES(action, number, call_text(call, "run"), call_text(call, "key"), call_text(call, "tool"),
				call_text(call, "state"), call_text(call, "from"), call_text(call, "to"), page.after[0],
				page.fetch), &rows))
		return false;
	if (action != NULL && db_count(rows) == 0)
		return call_refuse(call, ERROR_NOT_FOUND, "There is no action %s with these filters: leave some out.", action);
	return add_rows(&page, rows) && page_answer(&page);
}
