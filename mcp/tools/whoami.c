#include "mcp/metrics/limits.h"
#include "query.h"

bool run_whoami(struct call *call)
{
	const struct caller *caller = &call->caller;
	struct db_rows *rows;

	if (!query_rows(call, "whoami", DB_VALUES(caller->key), &rows))
		return false;
	json_t *answer = json_incref(query_json(call, rows, 0, 0));

	json_object_set_new(answer, "caller", json_pack("{s:s, s:s, s:s, s:s}", "id", caller->key, "name", caller->name,
		"kind", caller->kind, "via", caller->via));
	/* What this call was let in with: a change of the key is seen by the next one. */
	json_t *scopes = json_array();

	for (const char *at = caller->scopes; *at != '\0';) {
		size_t size = 0;

		while (at[size] != '\0' && at[size] != ' ')
			size++;
		json_array_append_new(scopes, json_stringn(at, size));
		at += size + (at[size] == ' ');
	}
	json_object_set_new(answer, "scopes", scopes);
	if (caller->limits[0] != '\0')
		json_object_set(answer, "limited_to", limits_read(caller->limits, call->arena));
	return call_answer(call, answer);
}
