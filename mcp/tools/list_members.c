#include <string.h>

#include "argument.h"
#include "member.h"
#include "page.h"
#include "query.h"

/* The statement for an order: by number it walks the key, by value it ranks, slipping ones come from decisions. */
static const char *statement_of(const char *order)
{
	return strcmp(order, "member") == 0 ? "list_members"
		: strcmp(order, "slipping") == 0 ? "list_slipping_members" : "list_ranked_members";
}

bool run_list_members(struct call *call)
{
	const char *order = call_text(call, "sort");
	struct page page;
	struct db_rows *rows;
	struct member member;

	if (call_truth(call, "slipping") && order != NULL)
		return call_refuse(call, ERROR_ARGUMENT, "sort is \"%s\"; slipping members come by what is at risk, highest "
			"first: leave out sort, or slipping.", order);
	order = call_truth(call, "slipping") ? "slipping" : order == NULL ? "member" : order;
	if (!page_open(&page, call, order) || !argument_known(call, "tier", "tier") ||
	    !argument_known(call, "store", "store") || !query_rows(call, statement_of(order), DB_VALUES(order,
			call_text(call, "tier"), call_text(call, "store"), page.after[0], page.after[1], page.fetch), &rows))
		return false;
	for (size_t i = 0; i < db_count(rows); i++) {
		json_t *item = query_json(call, rows, i, 4);

		if (!member_open(call, rows, i, 1, &member))
			return false;
		json_object_set_new(item, "member", member_show(call, &member));
		if (!page_add(&page, json_incref(item), db_text(rows, i, 0), db_text(rows, i, 1)))
			break;
	}
	return page_answer(&page);
}
