#include "serve.h"

#include <stdint.h>
#include <string.h>

#include "answer.h"
#include "fixtures.h"
#include "library.h"
#include "methods.h"

static void call_done(struct call *call)
{
	struct message *message = call->maker;
	int status;
	char *body = answer_call(message->arena, &message->rpc, call, &status);

	message_end(message, status, body);
}

/* A name that no tool can have goes into the record as "?", not as it came. */
static const char *record_name(struct arena *arena, const char *name)
{
	size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./");

	return size > 0 && size <= 64 && name[size] == '\0' ? arena_copy(arena, name) : "?";
}

static void refuse_call(struct message *message, const char *text)
{
	struct fault fault;

	fault_set(&fault, message->arena, 200, FAULT_PARAMS, "%s", text);
	message_fault(message, &fault);
}

/* Whether any text in the arguments looks like one of our keys: it would end in a record that is not for keys. */
static bool holds_key(const json_t *json)
{
	static const char mark[] = "fl_live_";
	const char *name, *at = json_is_string(json) ? strstr(json_string_value(json), mark) : NULL;
	json_t *value;
	size_t i;

	if (at != NULL && strspn(at + strlen(mark), "0123456789abcdefghijklmnopqrstuvwxyz_") >= 20)
		return true;
	if (json_is_object(json))
		json_object_foreach((json_t *)(uintptr_t)json, name, value)
			if (strstr(name, mark) != NULL || holds_key(value))
				return true;
	json_array_foreach(json, i, value)
		if (holds_key(value))
			return true;
	return false;
}

static struct call *call_of(struct message *message, json_t *args)
{
	struct call *call = &message->call;

	call->arena = message->arena;
	call->caller = message->exchange->caller;
	call->args = args;
	call->done = call_done;
	call->maker = message;
	return call;
}

bool serve_kept(struct message *message, struct corridor *corridor)
{
	const char *name = json_string_value(json_object_get(message->rpc.params, "name"));
	json_t *args = json_object_get(message->rpc.params, "arguments");

	if (message->rpc.handler != RPC_TOOLS_CALL || message->exchange->fixtures || name == NULL ||
	    !json_is_object(args) || holds_key(args))
		return false;
	message->call.name = record_name(message->arena, name);
	return tool_run_kept(corridor, call_of(message, args));
}

static void call_tool(struct message *message, struct corridor *corridor, struct db *db)
{
	const char *name = json_string_value(json_object_get(message->rpc.params, "name"));
	json_t *args = json_object_get(message->rpc.params, "arguments");
	const json_t *fixture = name != NULL && message->exchange->fixtures ? library_fixture(name) : NULL;

	if (args == NULL)
		args = arena_json(message->arena, json_object());
	if (name == NULL) {
		refuse_call(message, "params.name must be the name of a tool.");
	} else if (!json_is_object(args)) {
		refuse_call(message, "params.arguments must be an object.");
	} else {
		message->call.name = record_name(message->arena, name);
		if (holds_key(args))
			message_refuse(message, ERROR_ARGUMENT, "The arguments hold an API key. Keys belong into the header "
				"Authorization only; nothing was done and nothing of it was kept. If others may have seen "
				"it, revoke it.");
		else if (fixture != NULL)
			fixtures_call(message, fixture, args);
		else
			tool_run(corridor, call_of(message, args), db);
	}
}

static void answer_message(struct message *message)
{
	const struct exchange *exchange = message->exchange;
	struct fault fault = { .code = FAULT_NONE };
	int ttl_ms;
	json_t *result = method_answer(message->arena, &message->rpc, &exchange->caller, exchange->fixtures, &ttl_ms,
		&fault);

	if (result != NULL)
		message_result(message, result, ttl_ms);
	else
		message_fault(message, &fault);
}

void serve_message(struct message *message, struct corridor *corridor, struct db *db)
{
	bool fixtures = message->exchange->fixtures;

	if (message->rpc.fault.code != FAULT_NONE)
		message_fault(message, &message->rpc.fault);
	else if (message->rpc.kind == RPC_NOTIFICATION)
		message_accept(message);
	else if (message->rpc.kind == RPC_RESPONSE)
		fixtures_response(message);
	else if (message->rpc.handler == RPC_TOOLS_CALL)
		call_tool(message, corridor, db);
	else if (message->rpc.handler != RPC_PROMPTS_GET || !fixtures || !fixtures_prompt(message))
		answer_message(message);
}
