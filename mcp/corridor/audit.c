/* The audit committer. One durable row for every call that wrote nothing else; the commit time itself is the batch
 * window. What the statement answers decides about cached answers, revoked keys and changed limits: nothing leaves
 * unchecked. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/base/clock.h"
#include "mcp/base/seal.h"
#include "mcp/metrics/bounds_kept.h"
#include "station.h"

enum { BATCH_MOST = 512 };

void audit_put(struct corridor *corridor, struct call *call)
{
	if (!queue_put(&corridor->audits, &call->job, call->caller.tenant)) {
		call_refuse(call, ERROR_BUSY, "The record of calls cannot keep up; nothing is answered without it. Try again.");
		call->done(call);
	}
}

static const char *decision_of(const struct call *call)
{
	if (call->decision != NULL)
		return call->decision;
	if (call->error.code == ERROR_NONE)
		return "executed";
	return error_class(call->error.code) == ERROR_CLASS_REFUSED ? "refused" : "failed";
}

/* The word of a refusal; of an answer how much of it was withheld. */
static const char *code_of(const struct call *call, struct arena *arena)
{
	if (call->error.code != ERROR_NONE)
		return error_word(call->error.code);
	return call->withheld == 0 ? "" : arena_format(arena, "withheld %d", call->withheld);
}

static bool same_tenant(const struct job *a, const struct job *b)
{
	return ((const struct call *)(const void *)a)->caller.tenant ==
		((const struct call *)(const void *)b)->caller.tenant;
}

/* Takes the calls of the first one's tenant out of the chain. */
static struct job *split_tenant(struct job **chain)
{
	struct job *mine = NULL, **last = &mine, **at = chain, *first = *chain;

	while (*at != NULL) {
		struct job *job = *at;

		if (!same_tenant(job, first)) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		job->next = NULL;
		*last = job;
		last = &job->next;
	}
	return mine;
}

enum column { CALL, PRINCIPAL, VIA, TOOL, DECISION, CODE, DIGEST, WORDS, ROWS = WORDS, DURATION, LIMITS, COLUMNS };

/* What the statement says. */
struct verdict {
	long long data_version;
	const json_t *keys;       /* {key: null, where it is not valid any more, or {version, limits}} */
};

/* What the rows of a chain hold, column by column; the numbers have their own arrays. */
struct columns {
	const char **words[WORDS];
	int64_t *rows, *durations_us, *limits_versions;
	struct bulk bulk[COLUMNS];
};

static void fill_columns(struct columns *columns, struct job *chain, struct arena *arena)
{
	int64_t now_us = clock_monotonic();
	size_t count = 0, i = 0;

	for (struct job *job = chain; job != NULL; job = job->next)
		count++;
	columns->rows = arena_alloc(arena, count * sizeof *columns->rows);
	columns->durations_us = arena_alloc(arena, count * sizeof *columns->durations_us);
	columns->limits_versions = arena_alloc(arena, count * sizeof *columns->limits_versions);
	columns->bulk[ROWS] = (struct bulk){ BULK_INTEGERS, count, columns->rows };
	columns->bulk[DURATION] = (struct bulk){ BULK_INTEGERS, count, columns->durations_us };
	columns->bulk[LIMITS] = (struct bulk){ BULK_INTEGERS, count, columns->limits_versions };
	for (int c = 0; c < WORDS; c++) {
		columns->words[c] = arena_alloc(arena, count * sizeof *columns->words[c]);
		columns->bulk[c] = (struct bulk){ c == CALL ? BULK_UUIDS : c == DIGEST ? BULK_HEX : BULK_WORDS, count,
			columns->words[c] };
	}
	for (struct job *job = chain; job != NULL; job = job->next, i++) {
		const struct call *call = (struct call *)(void *)job;

		columns->words[CALL][i] = call->id;
		columns->words[PRINCIPAL][i] = call->caller.key;
		columns->words[VIA][i] = call->caller.via;
		columns->words[TOOL][i] = call->name;
		columns->words[DECISION][i] = decision_of(call);
		columns->words[CODE][i] = code_of(call, arena);
		columns->words[DIGEST][i] = call->digest[0] == '\0' ? NULL : call->digest;
		columns->rows[i] = call->row_count;
		columns->limits_versions[i] = call->caller.limits_version;
		columns->durations_us[i] = call->started_us == 0 ? 0 : now_us - call->started_us;
	}
}

static bool write_row(struct corridor *corridor, const struct call *call, struct arena *arena, struct db_rows **rows,
	struct error *error)
{
	int64_t duration_us = call->started_us == 0 ? 0 : clock_monotonic() - call->started_us;
	char tenant[16], row_count[16], duration[24], limits_version[16];

	snprintf(tenant, sizeof tenant, "%d", call->caller.tenant);
	snprintf(row_count, sizeof row_count, "%d", call->row_count);
	snprintf(duration, sizeof duration, "%" PRId64, duration_us);
	snprintf(limits_version, sizeof limits_version, "%d", call->caller.limits_version);
	return db_query(corridor->auditor_db, 0, "audit_call", DB_VALUES(tenant, call->id, call->caller.key,
		call->caller.via, call->name, decision_of(call), code_of(call, arena), call->digest[0] == '\0' ? NULL
		: call->digest, row_count, duration, limits_version), arena, rows, error);
}

static bool write_rows(struct corridor *corridor, struct job *chain, struct arena *arena, struct db_rows **rows,
	struct error *error)
{
	struct columns columns;
	char tenant[16];

	if (chain->next == NULL)
		return write_row(corridor, (struct call *)(void *)chain, arena, rows, error);
	fill_columns(&columns, chain, arena);
	snprintf(tenant, sizeof tenant, "%d", ((struct call *)(void *)chain)->caller.tenant);
	return db_query_columns(corridor->auditor_db, "audit_calls", DB_VALUES(tenant), columns.bulk, COLUMNS, arena,
		rows, error);
}

/* Whether it was answered, or refused before anything was done, under limits that the key does not have any more: it
 * has the new ones then. What else a call did was decided by the key's own row. */
static bool is_outdated(struct corridor *corridor, struct call *call, const json_t *moved)
{
	struct caller *caller = &call->caller;

	if (moved == NULL)
		return false;
	callers_forget(corridor->callers, caller->key);
	caller->limits_version = (int)json_integer_value(json_object_get(moved, "version"));
	snprintf(caller->limits, sizeof caller->limits, "%s", json_string_value(json_object_get(moved, "limits")));
	return call->tool != NULL && (call->tool->kind == TOOL_READ || (call->tool->kind == TOOL_WRITE &&
		call->effect == NULL));
}

static void release(struct corridor *corridor, struct call *call, const struct verdict *verdict)
{
	const json_t *now = call->caller.is_key ? json_object_get(verdict->keys, call->caller.key) : NULL;

	if (json_is_null(now)) {
		callers_forget(corridor->callers, call->caller.key);
		call_unanswer(call);
		call_refuse(call, ERROR_KEY, "This API key is not valid (any more): ask an admin for a new one.");
	} else if (is_outdated(corridor, call, now) ||
	    (call->cached_version > 0 && call->cached_version != verdict->data_version)) {
		/* The data moved since this answer was kept, or the key's limits: make it anew, as a call of its own. */
		call->cached_version = 0;
		call->no_cache = true;
		call->row_count = 0;
		call_unanswer(call);
		tool_submit(corridor, call);
		return;
	}
	call->done(call);
}

/* "VERSION", or "VERSION {KEYS}"; what cannot be read lets nothing leave. */
static bool read_verdict(const struct db_rows *rows, struct arena *arena, struct verdict *verdict, struct error *error)
{
	const char *word = db_count(rows) == 1 ? db_text(rows, 0, 0) : "";
	char *end;

	verdict->data_version = strtoll(word, &end, 10);
	json_t *keys = *end == ' ' ? json_loads(end, 0, NULL) : NULL;

	verdict->keys = keys == NULL ? NULL : arena_json(arena, keys);
	return (end > word && (*end == '\0' || json_is_object(keys))) ||
		error_set(error, ERROR_INTERNAL, "The record of calls answered \"%.100s\".", word);
}

static void commit(struct corridor *corridor, struct job *chain)
{
	struct arena *arena = arena_new();
	struct db_rows *rows = NULL;
	struct error error;
	struct verdict verdict = { .keys = NULL };
	bool good = write_rows(corridor, chain, arena, &rows, &error) && read_verdict(rows, arena, &verdict, &error);

	if (good)
		bounds_kept_saw(((struct call *)(void *)chain)->caller.tenant, verdict.data_version);
	for (struct job *job = chain, *next; job != NULL; job = next) {
		struct call *call = (struct call *)(void *)job;

		next = job->next;
		if (good) {
			release(corridor, call, &verdict);
			continue;
		}
		call_unanswer(call);
		call->error = error;
		call->done(call);
	}
	arena_free(arena);
}

void *audit_main(void *context)
{
	struct corridor *corridor = context;
	struct job *chain;

	while ((chain = queue_take(&corridor->audits, BATCH_MOST)) != NULL)
		while (chain != NULL)
			commit(corridor, split_tenant(&chain));
	return NULL;
}

void corridor_note(struct corridor *corridor, struct call *call)
{
	if (call->answer_us > 0)
		hold_put(corridor, call);
	else
		note_put(corridor, call);
}

void note_put(struct corridor *corridor, struct call *call)
{
	long second = (long)(clock_monotonic() / 1000000);

	if (!call->caller.is_key && strcmp(call->caller.kind, "feed") != 0) {
		if (atomic_exchange(&corridor->notes_second, second) != second) {
			atomic_store(&corridor->notes_count, 0);
			call->row_count = (int)atomic_exchange(&corridor->notes_dropped, 0);
		}
		if (atomic_fetch_add(&corridor->notes_count, 1) >= 200) {
			atomic_fetch_add(&corridor->notes_dropped, 1);
			call->done(call);
			return;
		}
	}
	if (call->id[0] == '\0')
		seal_uuid(call->id);
	audit_put(corridor, call);
}
