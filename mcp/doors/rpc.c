#include "rpc.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEGACY = ERA_LEGACY, MODERN = ERA_MODERN, BOTH = ERA_LEGACY | ERA_MODERN, EVERYBODY = 0, FIXTURES = 1 };

static const struct method {
	const char *name;
	unsigned eras;
	bool fixtures;
	enum rpc_handler handler;
} methods[] = {
#define METHOD(name, eras, whom, handler) { name, eras, (whom) == FIXTURES, RPC_##handler },
#include "methods.def"
#undef METHOD
};

/* Deepest nesting of brackets outside of texts; stops counting past the limit. */
static bool is_too_deep(const char *bytes, size_t size)
{
	size_t depth = 0;
	bool inside = false;

	for (size_t i = 0; i < size; i++) {
		char byte = bytes[i];

		if (inside) {
			i += byte == '\\';
			inside = byte != '"';
		} else if (byte == '"') {
			inside = true;
		} else if (byte == '{' || byte == '[') {
			if (++depth > RPC_DEPTH_MAX)
				return true;
		} else if ((byte == '}' || byte == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

static json_t *parse(struct arena *arena, const char *bytes, size_t size, struct fault *fault)
{
	json_error_t place;
	json_t *body;

	if (is_too_deep(bytes, size)) {
		fault_set(fault, arena, 400, FAULT_ENVELOPE, "The body is nested deeper than %d levels.",
			(int)RPC_DEPTH_MAX);
		return NULL;
	}
	body = json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &place);
	if (body == NULL) {
		fault_set(fault, arena, 400, FAULT_PARSE, "The body is not JSON: %.120s, at byte %d.", place.text,
			place.position);
		return NULL;
	}
	return arena_json(arena, body);
}

static const struct method *method_find(const char *name)
{
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}

static bool refuse_envelope(struct rpc_message *message, struct arena *arena, const char *why)
{
	return fault_set(&message->fault, arena, 400, FAULT_ENVELOPE, "%s", why);
}

/* What kind of message it is, and its parts; false with the message's fault. */
static bool read_envelope(struct arena *arena, json_t *body, struct rpc_message *message)
{
	const char *version = json_string_value(json_object_get(body, "jsonrpc"));
	json_t *id = json_object_get(body, "id"), *method = json_object_get(body, "method");

	*message = (struct rpc_message){ .era = ERA_LEGACY, .body = body };
	if (!json_is_object(body))
		return refuse_envelope(message, arena, "A message is a JSON object.");
	if (id != NULL && !json_is_string(id) && !json_is_integer(id))
		return refuse_envelope(message, arena, "The id must be a text or a whole number.");
	message->id = id;
	if (version == NULL || strcmp(version, "2.0") != 0)
		return refuse_envelope(message, arena, "\"jsonrpc\" must be \"2.0\".");
	message->params = json_object_get(body, "params");
	if (message->params == NULL)
		message->params = arena_json(arena, json_object());
	if (method == NULL && id != NULL &&
	    (json_object_get(body, "result") != NULL) != (json_object_get(body, "error") != NULL)) {
		message->kind = RPC_RESPONSE;
		return true;
	}
	if (!json_is_string(method))
		return refuse_envelope(message, arena, "\"method\" is missing or not a text.");
	message->method = json_string_value(method);
	message->kind = id == NULL ? RPC_NOTIFICATION : RPC_REQUEST;
	if (!json_is_object(message->params))
		return fault_set(&message->fault, arena, 400, FAULT_PARAMS, "\"params\" must be an object.");
	return true;
}

/* Finds who serves a request; unknown is 404 in the modern era and 200 in the legacy one, where 404 means that the
 * endpoint is gone. */
static void read_method(struct arena *arena, bool fixtures, struct rpc_message *message)
{
	const struct method *method = method_find(message->method);

	if (method != NULL && (method->eras & (unsigned)message->era) != 0 && (fixtures || !method->fixtures))
		message->handler = method->handler;
	else
		fault_set(&message->fault, arena, message->era == ERA_MODERN ? 404 : 200, FAULT_METHOD,
			"Method not found: %.60s", message->method);
}

static void read_message(struct arena *arena, const struct era_headers *headers, json_t *body, bool fixtures,
	struct rpc_message *message)
{
	if (!read_envelope(arena, body, message))
		return;
	if (!era_find(headers, message->params, &message->era, &message->fault, arena))
		return;
	if (message->kind == RPC_RESPONSE && message->era == ERA_MODERN) {
		refuse_envelope(message, arena, "A response was sent; this revision knows only requests and notifications.");
		return;
	}
	if (message->kind != RPC_REQUEST)
		return;
	if (message->era == ERA_MODERN &&
	    !era_check_modern(headers, message->method, message->params, &message->fault, arena))
		return;
	read_method(arena, fixtures, message);
}

/* A message of a batch: what cannot be in one is refused alone. */
static void check_member(struct arena *arena, struct rpc_message *message)
{
	if (message->fault.code != FAULT_NONE)
		return;
	if (message->era == ERA_MODERN || message->handler == RPC_INITIALIZE) {
		message->handler = RPC_NONE;
		refuse_envelope(message, arena, "This message cannot be part of a batch; send it alone.");
	}
}

static bool read_array(struct arena *arena, const struct era_headers *headers, const json_t *body, bool fixtures,
	struct rpc_batch *batch, struct fault *fault)
{
	size_t count = json_array_size(body);

	if (!era_allows_batch(headers, fault, arena))
		return false;
	if (count == 0 || count > RPC_BATCH_MAX)
		return fault_set(fault, arena, 400, FAULT_ENVELOPE, "A batch holds 1 to %d messages; this one holds %zu.",
			(int)RPC_BATCH_MAX, count);
	batch->is_array = true;
	batch->count = count;
	batch->messages = arena_alloc(arena, count * sizeof *batch->messages);
	for (size_t i = 0; i < count; i++) {
		read_message(arena, headers, json_array_get(body, i), fixtures, &batch->messages[i]);
		check_member(arena, &batch->messages[i]);
	}
	return true;
}

bool rpc_read(struct arena *arena, const struct era_headers *headers, const char *bytes, size_t size, bool fixtures,
	struct rpc_batch *batch, struct fault *fault)
{
	json_t *body = parse(arena, bytes, size, fault);

	*batch = (struct rpc_batch){ 0 };
	if (body == NULL)
		return false;
	if (json_is_array(body))
		return read_array(arena, headers, body, fixtures, batch, fault);
	batch->count = 1;
	batch->messages = arena_alloc(arena, sizeof *batch->messages);
	read_message(arena, headers, body, fixtures, batch->messages);
	return true;
}

json_t *rpc_server_info(void)
{
	return json_pack("{s:s, s:s, s:s}", "name", "flash", "title", "Flash", "version", RPC_SERVER_VERSION);
}

void rpc_complete(const struct rpc_message *message, json_t *result, int ttl_ms)
{
	if (message->era != ERA_MODERN)
		return;
	if (json_object_get(result, "resultType") == NULL)
		json_object_set_new(result, "resultType", json_string("complete"));
	if (ttl_ms >= 0) {
		json_object_set_new(result, "ttlMs", json_integer(ttl_ms));
		json_object_set_new(result, "cacheScope", json_string("private"));
	}
	json_object_set_new(result, "_meta", json_pack("{s:o}", ERA_META_SERVER, rpc_server_info()));
}

static char *completion;

static void make_completion(void)
{
	const struct rpc_message modern = { .era = ERA_MODERN };
	json_t *rest = json_object();

	rpc_complete(&modern, rest, -1);
	completion = json_dumps(rest, JSON_COMPACT);
	if (completion == NULL)
		abort();
	json_decref(rest);
	completion[0] = ',';
	completion[strlen(completion) - 1] = '\0';
}

const char *rpc_completion(const struct rpc_message *message)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (message->era != ERA_MODERN)
		return "";
	pthread_once(&once, make_completion);
	return completion;
}

/* In the order in which the fields were set: what a reader needs first comes first. */
static char *dump(struct arena *arena, json_t *envelope)
{
	char *text = json_dumps(envelope, JSON_COMPACT | JSON_REAL_PRECISION(15));

	if (text == NULL)
		abort();
	json_decref(envelope);
	arena_own(arena, text, free);
	return text;
}

char *rpc_result(struct arena *arena, const struct rpc_message *message, json_t *result)
{
	return dump(arena, json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", message->id, "result", result));
}

char *rpc_fault(struct arena *arena, json_t *id, const struct fault *fault)
{
	json_t *error = json_pack("{s:i, s:s}", "code", fault->code, "message", fault->text);
	json_t *envelope = json_pack("{s:s}", "jsonrpc", "2.0");

	if (fault->data != NULL)
		json_object_set(error, "data", fault->data);
	if (id != NULL)
		json_object_set(envelope, "id", id);
	json_object_set_new(envelope, "error", error);
	return dump(arena, envelope);
}
