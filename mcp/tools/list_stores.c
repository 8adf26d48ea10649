#include "argument.h"
#include "page.h"
#include "query.h"

bool run_list_stores(struct call *call)
{
	struct page page;
	struct db_rows *rows;

	if (!page_open(&page, call, "store") || !argument_known(call, "region", "region") ||
	    !query_rows(call, "list_stores", DB_VALUES(call_text(call, "region"), page.after[1], page.fetch), &rows))
		return false;
	for (size_t i = 0; i < db_count(rows); i++)
		if (!page_add(&page, json_incref(query_json(call, rows, i, 1)), "", db_text(rows, i, 0)))
			break;
	return page_answer(&page);
}
