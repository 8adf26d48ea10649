#include <poll.h>

#include "argument.h"
#include "mcp/base/clock.h"
#include "mcp/base/utf8.h"
#include "query.h"

enum { TRIES = 4, POLL_MS = 50 };

/* A stop is never refused for its words: what is not fit to keep is written out or left out. */
static const char *reason_of(struct call *call)
{
	const char *reason = call_text(call, "reason");

	return argument_has_secret(reason) ? "(the reason held an API key and was not kept)"
		: utf8_shown(call->arena, reason, false);
}

static const char *scope_of(const struct call *call)
{
	const char *key = call_text(call, "key");

	return key == NULL ? "*" : key;
}

/* Takes the gate as soon as the writes that are inside have ended; each try waits for them as long as the database
 * lets a lock be waited for. What cannot be confirmed is said to be just that. */
static bool stop(struct call *call, json_t **answer)
{
	for (int i = 0; i < TRIES; i++) {
		if (query_answer(call, "stop_agent", DB_VALUES(call->id, call->caller.key, call->caller.via,
				scope_of(call), reason_of(call)), answer)) {
			call->error.code = ERROR_NONE;   /* of an earlier try */
			return true;
		}
		if (call->error.code != ERROR_BUSY)
			break;
	}
	if (error_class(call->error.code) == ERROR_CLASS_REFUSED)
		return false;
	call->error.code = ERROR_UNCONFIRMED;
	return error_wrap(&call->error, "The stop is NOT confirmed; ask again at once, or run `flashd stop`");
}

/* Deliveries that were begun before the stop; nothing new begins, so the count only falls. */
static bool wait_quiet(struct call *call, const char *scope, long long *in_flight)
{
	int64_t until = clock_monotonic() + call_number(call, "wait_quiet_ms", 0) * 1000;
	json_t *count;

	while (*in_flight > 0 && clock_monotonic() < until) {
		poll(NULL, 0, POLL_MS);
		if (!query_answer(call, "count_in_flight", DB_VALUES(scope), &count))
			return false;
		*in_flight = json_integer_value(count);
	}
	return true;
}

bool run_stop_agent(struct call *call)
{
	json_t *answer;

	if (!stop(call, &answer))
		return false;
	call->audited = true;
	call->row_count = 1;
	long long in_flight = json_integer_value(json_object_get(answer, "in_flight"));

	/* Stopped is stopped: if the counting fails, the answer says so much and no more. */
	if (!wait_quiet(call, scope_of(call), &in_flight))
		call->error.code = ERROR_NONE;
	json_object_set_new(answer, "in_flight", json_integer(in_flight));
	json_object_set_new(answer, "state", json_string(in_flight == 0 ? "quiet" : "stopped"));
	return call_answer(call, json_incref(answer));
}
