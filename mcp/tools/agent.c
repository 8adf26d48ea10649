#include "agent.h"

#include <string.h>

#include "mcp/db/db.h"

enum { VALUES_MOST = 20 };

static bool query(struct call *call, int tenant, const char *name, const char *const *values, size_t count,
	struct db_rows **rows)
{
	const char *all[VALUES_MOST];

	all[0] = arena_format(call->arena, "%d", call->caller.tenant);
	memcpy(all + 1, values, count * sizeof *values);
	return db_query(call->db, tenant, name, all, count + 1, call->arena, rows, &call->error);
}

bool agent_function(struct call *call, const char *name, const char *const *values, size_t count)
{
	struct db_rows *rows;

	if (!query(call, 0, name, values, count, &rows))
		return false;
	call->audited = true;
	call->result = db_json(rows, 0, 0, call->arena);
	if (!json_is_object(call->result))
		call_answer(call, json_pack("{s:O}", "value", call->result));
	return true;
}

const char *agent_number(const struct call *call, const char *name)
{
	return arena_format(call->arena, "%lld", call_number(call, name, 0));
}

bool agent_lines(struct call *call, const char *name, const char *const *values, size_t count)
{
	struct db_rows *rows;

	if (!query(call, call->caller.tenant, name, values, count, &rows))
		return false;
	const char *lines = db_text(rows, 0, 0);

	call->row_count = (int)db_number(rows, 0, 1);
	return call_answer(call, json_pack("{s:o, s:i, s:I}", "lines", json_string_nocheck(lines == NULL ? "" : lines),
		"count", call->row_count, "last", (json_int_t)db_number(rows, 0, 2)));
}
