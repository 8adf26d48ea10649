#include "argument.h"
#include "page.h"
#include "query.h"

bool run_list_runs(struct call *call)
{
	const char *run = call_text(call, "run");
	struct page page;
	struct db_rows *rows;

	if (!page_open(&page, call, "started") || !argument_uuid(call, "run") || !argument_known(call, "run", "run") ||
	    !argument_known(call, "policy", "policy") || !query_rows(call, "list_runs", DB_VALUES(run,
			call_text(call, "policy"), call_text(call, "state"), page.after[0], page.after[1], page.fetch), &rows))
		return false;
	for (size_t i = 0; i < db_count(rows); i++)
		if (!page_add(&page, json_incref(query_json(call, rows, i, 2)), db_text(rows, i, 0), db_text(rows, i, 1)))
			break;
	return page_answer(&page);
}
