/* The write committer: takes all the writes that wait and gives them to app.write_calls in one transaction, each in
 * a subtransaction of its own. With one caller that is one call; with many, one commit for all of them. */
#include <string.h>

#include "mcp/base/log.h"
#include "mcp/base/seal.h"
#include "station.h"

enum { BATCH_MOST = 64 };

void write_put(struct corridor *corridor, struct call *call)
{
	if (!queue_put(&corridor->writes, &call->job, call->caller.tenant)) {
		call_refuse(call, ERROR_BUSY, "Too many writes are waiting. Nothing was changed; try again.");
		audit_put(corridor, call);
	}
}

static json_t *call_json(const struct call *call)
{
	const struct caller *caller = &call->caller;

	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:O, s:b}", "tenant", caller->tenant, "key",
		caller->key, "call", call->id, "via", caller->via, "tool", call->tool->name, "scope", call->tool->scope,
		"idem", call_text(call, "idempotency_key"), "hash", call->digest, "args", call->effect, "dry_run",
		call_truth(call, "dry_run"));
}

/* Puts one answer of app.write_calls into its call. */
static void take_answer(struct call *call, json_t *row)
{
	json_t *answer = json_object_get(row, "answer");

	call->audited = true;
	if (answer != NULL) {
		if (call->result == NULL)
			call_answer(call, json_object());
		json_object_update(call->result, answer);
		return;
	}
	const char *state = json_string_value(json_object_get(row, "state"));
	const char *sentence = json_string_value(json_object_get(row, "sentence"));
	enum error_code code = state == NULL ? ERROR_NONE : error_from_sqlstate(state);

	if (code != ERROR_NONE) {
		call_refuse(call, code, "%s", sentence);
		return;
	}
	log_warn("write", "%s failed: %s %s", call->tool->name, state == NULL ? "" : state,
		sentence == NULL ? "" : sentence);
	if (state != NULL && (strncmp(state, "40", 2) == 0 || strcmp(state, "55P03") == 0))
		call_refuse(call, ERROR_BUSY, "The database was too busy to finish this in time. Nothing was changed; "
			"try again.");
	else
		call_refuse(call, ERROR_INTERNAL, "This write failed (%s); nothing was changed. The log has the detail.",
			state == NULL ? "?" : state);
}

/* Runs a chain of calls; false when the statement as a whole failed, with the error in each call. */
static bool run_batch(struct corridor *corridor, struct job *chain)
{
	struct arena *arena = arena_new();
	json_t *batch = arena_json(arena, json_array());
	struct db_rows *rows;
	struct error error;
	size_t row = 0;

	for (struct job *job = chain; job != NULL; job = job->next)
		json_array_append_new(batch, call_json((struct call *)(void *)job));
	bool good = db_query(corridor->writer_db, 0, "write_calls", DB_VALUES(arena_dump(arena, batch)), arena, &rows,
		&error);

	for (struct job *job = chain; job != NULL; job = job->next) {
		struct call *call = (struct call *)(void *)job;

		if (good)
			take_answer(call, db_json(rows, row++, 0, arena));
		else
			call->error = error;
	}
	arena_free(arena);
	return good;
}

static void finish(struct corridor *corridor, struct job *chain)
{
	for (struct job *job = chain, *next; job != NULL; job = next) {
		struct call *call = (struct call *)(void *)job;

		next = job->next;
		job->next = NULL;
		if (call->error.code == ERROR_BUSY && !call->no_cache) {
			/* Once more, alone: whoever stood in the circle with it has gone on. A call of its own in the record,
			 * where the first try has its row. */
			call->no_cache = true;
			call->error.code = ERROR_NONE;
			seal_uuid(call->id);
			run_batch(corridor, job);
		}
		if (call->error.code != ERROR_NONE)
			call->result = NULL;
		if (call->audited)
			call->done(call);
		else
			audit_put(corridor, call);
	}
}

void *write_main(void *context)
{
	struct corridor *corridor = context;
	struct job *chain;

	while ((chain = queue_take(&corridor->writes, BATCH_MOST)) != NULL) {
		run_batch(corridor, chain);
		finish(corridor, chain);
	}
	return NULL;
}
