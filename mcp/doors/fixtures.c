#include "fixtures.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "library.h"
#include "mcp/base/seal.h"
#include "rounds.h"

enum { ASK_ID = 32, ASKS_MAX = 256, PAUSE_MS = 50 };

/* A request on its way to a legacy client: which call waits for it, and for which input. */
struct ask {
	struct ask *next;
	char id[ASK_ID + 1];
	struct message *message;
	const json_t *fixture;
	json_t *values;              /* {"arguments", "inputs"}; inputs grow */
	const char *key;
	const json_t *request;
};

static struct {
	pthread_mutex_t lock;
	struct ask *first;
	size_t count;
} asks = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void refuse(struct message *message, const char *text)
{
	struct fault fault;

	fault_set(&fault, message->arena, 200, FAULT_PARAMS, "%s", text);
	message_fault(message, &fault);
}

static void finish(struct message *message, const json_t *fixture, const json_t *values)
{
	message_result(message, json_incref(library_fill(message->arena, json_object_get(fixture, "result"), values)), -1);
}

/* The first input that no round has brought yet; NULL when all are there. */
static const json_t *next_request(const json_t *fixture, const json_t *inputs, const char **key)
{
	json_t *round, *request;
	size_t i;

	json_array_foreach(json_object_get(fixture, "rounds"), i, round)
		json_object_foreach(round, *key, request)
			if (json_object_get(inputs, *key) == NULL)
				return request;
	return NULL;
}

/* Takes out the first ask that fits: by id and key of its caller, or one whose client has gone. */
static struct ask *take(const char *id, const struct caller *caller, bool gone)
{
	struct ask *found = NULL;

	pthread_mutex_lock(&asks.lock);
	for (struct ask **at = &asks.first; *at != NULL && found == NULL;) {
		struct ask *ask = *at;
		const struct exchange *exchange = ask->message->exchange;

		if ((id != NULL && strcmp(ask->id, id) == 0 && strcmp(exchange->caller.key, caller->key) == 0) ||
		    (id == NULL && (!gone || http_gone(exchange->request)))) {
			*at = ask->next;
			asks.count--;
			found = ask;
		} else {
			at = &ask->next;
		}
	}
	pthread_mutex_unlock(&asks.lock);
	return found;
}

/* Sends the next request to a legacy client, or finishes when there is none. */
static void ask_next(struct message *message, const json_t *fixture, json_t *values)
{
	struct ask *ask = arena_alloc(message->arena, sizeof *ask), *lost;
	json_t *event;

	while ((lost = take(NULL, NULL, true)) != NULL)
		message_drop(lost->message);
	ask->request = next_request(fixture, json_object_get(values, "inputs"), &ask->key);
	if (ask->request == NULL) {
		finish(message, fixture, values);
		return;
	}
	seal_random(ask->id, ASK_ID);
	ask->message = message;
	ask->fixture = fixture;
	ask->values = values;
	event = json_pack("{s:s, s:s}", "jsonrpc", "2.0", "id", ask->id);
	json_object_update(event, library_fill(message->arena, ask->request, values));
	pthread_mutex_lock(&asks.lock);
	bool room = asks.count < ASKS_MAX && !message->exchange->is_batch;

	if (room) {
		/* The event goes out under the lock, so that no answer can overtake it. */
		ask->next = asks.first;
		asks.first = ask;
		asks.count++;
		message_event(message, event);
	}
	pthread_mutex_unlock(&asks.lock);
	if (!room) {
		json_decref(event);
		refuse(message, "This call needs to ask the client and cannot: it is in a batch, or too many wait.");
	}
}

void fixtures_response(struct message *message)
{
	const char *id = json_string_value(message->rpc.id);
	struct ask *ask = id == NULL ? NULL : take(id, &message->exchange->caller, false);
	const json_t *answer = json_object_get(message->rpc.body, "result");
	struct fault fault = { .code = FAULT_NONE };

	if (ask == NULL) {
		fault_set(&fault, message->arena, 400, FAULT_ENVELOPE, "This is a response to nothing that was asked.");
		message_fault(message, &fault);
		return;
	}
	if (answer == NULL || !rounds_check(ask->message->arena, ask->key, ask->request, answer, &fault)) {
		message_result(ask->message, rounds_text("The client could not answer the question.", true), -1);
	} else {
		json_object_set_new(json_object_get(ask->values, "inputs"), ask->key, json_deep_copy(answer));
		ask_next(ask->message, ask->fixture, ask->values);
	}
	message_accept(message);
}

void fixtures_close(void)
{
	struct ask *ask;

	while ((ask = take(NULL, NULL, false)) != NULL)
		message_drop(ask->message);
}

/* One step of a fixture that needs input first, in the modern era. True with `inputs` when all are there; else it
 * has been answered. */
static bool play(struct message *message, const json_t *fixture, const char *name, const json_t *args, json_t **inputs)
{
	const struct exchange *exchange = message->exchange;
	struct handle_bond bond = { corridor_seal(exchange->door->corridor), &exchange->caller, message->rpc.method, name,
		args };
	struct fault fault = { .code = FAULT_NONE };

	switch (rounds_play(message->arena, &bond, fixture, message->rpc.params, inputs, &fault)) {
	case ROUNDS_GO:
		return true;
	case ROUNDS_ASK:
	case ROUNDS_DENIED:
		message_result(message, json_incref(*inputs), -1);
		return false;
	case ROUNDS_FAULT:
		break;
	}
	message_fault(message, &fault);
	return false;
}

static void pause_shortly(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = PAUSE_MS * 1000000 }, NULL);
}

/* A slow tool's reports, if the client asked for them. */
static void report_progress(struct message *message, const json_t *reports)
{
	json_t *token = json_object_get(json_object_get(message->rpc.params, "_meta"), "progressToken"), *report;
	size_t i;

	json_array_foreach(reports, i, report) {
		if (i > 0)
			pause_shortly();
		if (json_is_string(token) || json_is_integer(token))
			message_event(message, json_pack("{s:s, s:s, s:{s:O, s:O, s:i}}", "jsonrpc", "2.0", "method",
				"notifications/progress", "params", "progressToken", token, "progress", report, "total", 100));
	}
}

/* Log messages: legacy only, where no request says whether it wants them. */
static void report_log(struct message *message, const json_t *lines)
{
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line) {
		if (message->rpc.era != ERA_LEGACY)
			return;
		if (i > 0)
			pause_shortly();
		message_event(message, json_pack("{s:s, s:s, s:{s:s, s:s, s:O}}", "jsonrpc", "2.0", "method",
			"notifications/message", "params", "level", "info", "logger", "fixtures", "data", line));
	}
}

/* The modern era's way through the rounds; true when all inputs are in `values`. */
static bool play_all(struct message *message, const json_t *fixture, const json_t *args, json_t *values)
{
	json_t *filled = library_fill(message->arena, fixture, values), *inputs;

	if (!play(message, filled, json_string_value(json_object_get(fixture, "name")), args, &inputs))
		return false;
	json_object_set(values, "inputs", inputs);
	return true;
}

void fixtures_call(struct message *message, const json_t *fixture, const json_t *args)
{
	json_t *values = arena_json(message->arena, json_pack("{s:O, s:{}}", "arguments", args, "inputs"));
	bool has_rounds = json_object_get(fixture, "rounds") != NULL;

	if (has_rounds && message->rpc.era == ERA_LEGACY) {
		ask_next(message, fixture, values);
	} else if (!has_rounds || play_all(message, fixture, args, values)) {
		report_progress(message, json_object_get(fixture, "progress"));
		report_log(message, json_object_get(fixture, "log"));
		finish(message, fixture, values);
	}
}

bool fixtures_prompt(struct message *message)
{
	const char *name = json_string_value(json_object_get(message->rpc.params, "name"));
	const json_t *prompt = name == NULL ? NULL : library_prompt(true, name);
	json_t *arguments = json_object_get(message->rpc.params, "arguments"), *inputs, *values, *result;

	if (prompt == NULL || json_object_get(prompt, "rounds") == NULL || message->rpc.era != ERA_MODERN)
		return false;
	if (!json_is_object(arguments))
		arguments = arena_json(message->arena, json_object());
	if (!play(message, prompt, name, arguments, &inputs))
		return true;
	values = arena_json(message->arena, json_pack("{s:O, s:O}", "arguments", arguments, "inputs", inputs));
	result = json_pack("{s:O}", "description", json_object_get(prompt, "description"));
	json_object_set(result, "messages", library_fill(message->arena, json_object_get(prompt, "messages"), values));
	message_result(message, result, -1);
	return true;
}
