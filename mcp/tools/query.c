#include "query.h"

#include <string.h>

enum { VALUES_MOST = 16 };

static bool run(struct call *call, int tenant, const char *name, const char *const *values, size_t count,
	struct db_rows **rows)
{
	const char *all[VALUES_MOST + 1] = { query_number(call, call->caller.tenant) };

	memcpy(all + 1, values, count * sizeof *values);
	return db_query(call->db, tenant, name, all, count + 1, call->arena, rows, &call->error);
}

bool query_rows(struct call *call, const char *name, const char *const *values, size_t count, struct db_rows **rows)
{
	return run(call, call->caller.tenant, name, values, count, rows);
}

bool query_answer(struct call *call, const char *name, const char *const *values, size_t count, json_t **answer)
{
	struct db_rows *rows;

	if (!run(call, 0, name, values, count, &rows))
		return false;
	*answer = db_json(rows, 0, 0, call->arena);
	return true;
}

const char *query_number(const struct call *call, long long number)
{
	return arena_format(call->arena, "%lld", number);
}
