/* Undo in two steps: without apply_hash a preview, with its hash the undo of exactly that. */
#include <poll.h>
#include <string.h>

#include "argument.h"
#include "mcp/base/clock.h"
#include "mcp/base/seal.h"
#include "mcp/db/array.h"
#include "member.h"
#include "query.h"

/* A chunk holds its members and budgets until it commits: small enough that who writes to them waits, and is not
 * turned away. */
enum { CHUNK = 500, SHOWN_MOST = 20, PATIENCE_MS = 20000, BUSY_POLL_MS = 20 };

/* What is undone: one action, a run or a window of time, as the SQL takes it. */
static bool read_scope(struct call *call, json_t **scope)
{
	const char *action = call_text(call, "action"), *run = call_text(call, "run");
	const char *from = call_text(call, "from"), *to = call_text(call, "to");

	if ((action != NULL) + (run != NULL) + (from != NULL || to != NULL) != 1 || (from == NULL) != (to == NULL))
		return call_refuse(call, ERROR_ARGUMENT, "Say what to undo: `action`, or `run`, or `from` and `to`; one of the "
			"three.");
	if (!argument_uuid(call, "action") || !argument_uuid(call, "run") || !argument_time(call, "from") ||
	    !argument_time(call, "to") || !argument_known(call, "run", "run"))
		return false;
	*scope = arena_json(call->arena, json_pack("{s:s*, s:s*, s:s*, s:s*}", "action", action, "run", run, "from", from,
		"to", to));
	return true;
}

/* An agent takes back what its own key did; an operator or a person whatever any key did. */
static const char *whose(const struct call *call)
{
	return strcmp(call->caller.kind, "agent") == 0 ? call->caller.key : NULL;
}

/* Puts members with name and masked address where the SQL has their numbers. */
static bool show_members(struct call *call, json_t *lines)
{
	struct db_array numbers = db_array_open(call->arena);
	struct db_rows *rows;
	struct member member;
	size_t i, row;
	json_t *line;

	json_array_foreach(lines, i, line)
		if (json_is_integer(json_object_get(line, "member")))
			db_array_number(&numbers, json_integer_value(json_object_get(line, "member")));
	if (!query_rows(call, "member_cards", DB_VALUES(db_array_close(&numbers)), &rows))
		return false;
	json_array_foreach(lines, i, line) {
		json_int_t number = json_integer_value(json_object_get(line, "member"));

		for (row = 0; row < db_count(rows) && db_number(rows, row, 0) != number; row++)
			;
		if (row == db_count(rows))
			continue;
		if (!member_open(call, rows, row, 0, &member))
			return false;
		json_object_set_new(line, "member", member_show(call, &member));
	}
	return true;
}

static bool preview(struct call *call, const json_t *scope, json_t **seen)
{
	return query_answer(call, "preview_undo", DB_VALUES(whose(call), arena_dump(call->arena, scope),
		call->caller.key), seen) &&
		show_members(call, json_object_get(*seen, "first"));
}

static bool answer_preview(struct call *call, const json_t *scope)
{
	json_t *seen;

	if (!preview(call, scope, &seen))
		return false;
	json_object_set_new(seen, "status", json_string("preview"));
	json_object_set_new(seen, "next_step", json_string(json_integer_value(json_object_get(seen, "actions")) == 0
		? "There is nothing to undo here." : "Show this to the person who asked, then call again with the same "
		"arguments and apply_hash set to hash."));
	return call_answer(call, json_incref(seen));
}

/* One chunk. Busy means that nothing of it was done, because others were writing there: it is asked for again. */
static bool apply_chunk(struct call *call, const json_t *scope, int chunk, const char *skip, json_t **done)
{
	const char *text = arena_dump(call->arena, scope), *number = query_number(call, chunk);
	const char *most = query_number(call, CHUNK);
	int64_t until = clock_monotonic() + PATIENCE_MS * 1000;

	for (;;) {
		call->error.code = ERROR_NONE;
		if (query_answer(call, "apply_undo", DB_VALUES(call->id, whose(call), call->caller.key, call->caller.via, text,
				call_text(call, "apply_hash"), number, skip, most), done))
			return true;
		if (call->error.code != ERROR_BUSY || clock_monotonic() > until)
			return false;
		poll(NULL, 0, BUSY_POLL_MS);
	}
}

struct undone {
	long long actions, cents, failed;
	struct db_array skip;
	json_t *shown;          /* the first of those that could not be undone */
};

static void add_chunk(struct undone *undone, const json_t *done)
{
	size_t i;
	json_t *line;

	undone->actions += json_integer_value(json_object_get(done, "undone"));
	undone->cents += json_integer_value(json_object_get(done, "value_cents"));
	json_array_foreach(json_object_get(done, "not_undone"), i, line) {
		undone->failed++;
		db_array_add(&undone->skip, json_string_value(json_object_get(line, "action")));
		if (json_array_size(undone->shown) < SHOWN_MOST)
			json_array_append(undone->shown, line);
	}
}

/* The literal of an array that goes on growing. */
static const char *literal(struct call *call, const struct db_array *array)
{
	return arena_format(call->arena, "%s}", array->text.bytes);
}

static bool apply(struct call *call, const json_t *scope, struct undone *undone)
{
	long long left = 1;

	for (int chunk = 1; left > 0; chunk++) {
		json_t *done;

		if (chunk > 1)
			seal_uuid(call->id);   /* every chunk is a transaction with its own row in the record */
		if (!apply_chunk(call, scope, chunk, literal(call, &undone->skip), &done)) {
			call->audited = false;
			return chunk == 1 ? false : error_wrap(&call->error, "%lld actions worth %lld cents were undone, the rest "
				"was not; ask for a new preview", undone->actions, undone->cents);
		}
		call->audited = true;
		add_chunk(undone, done);
		left = json_integer_value(json_object_get(done, "left"));
	}
	return true;
}

static bool answer_apply(struct call *call, const json_t *scope)
{
	struct undone undone = { .skip = db_array_open(call->arena), .shown = arena_json(call->arena, json_array()) };
	json_t *seen, *first = NULL;

	/* Of one action the answer says whose it was; afterwards the preview no longer would. */
	if (json_object_get(scope, "action") != NULL) {
		if (!preview(call, scope, &seen))
			return false;
		first = json_array_get(json_object_get(seen, "first"), 0);
	}
	if (!apply(call, scope, &undone))
		return false;
	call->row_count = (int)undone.actions;
	return call_answer(call, json_pack("{s:s, s:I, s:I, s:I, s:O, s:O*}", "status", "executed", "undone",
		(json_int_t)undone.actions, "value_cents", (json_int_t)undone.cents, "not_undone_count",
		(json_int_t)undone.failed, "not_undone", undone.shown, "member", json_object_get(first, "member")));
}

bool run_undo_action(struct call *call)
{
	json_t *scope = NULL;

	if (!read_scope(call, &scope))
		return false;
	return call_text(call, "apply_hash") == NULL ? answer_preview(call, scope) : answer_apply(call, scope);
}
