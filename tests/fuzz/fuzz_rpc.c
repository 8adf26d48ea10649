/* The MCP door on hostile input, from the bytes of a body and its headers up to the point where a tool would run:
 * parse, envelope, era, methods, tool look-up, the gates of scope and schema, and the answer's rendering. All real
 * but the tools' own work, which is the seam. Holds when nothing crashes, no status is 5xx, and every answer is
 * JSON, a result or an error, and carries the request's id. An input is four lines (version, method, name, flags)
 * and the body.
 * Links: mcp/doors/era.c mcp/doors/rpc.c mcp/doors/methods.c mcp/doors/listing.c mcp/doors/library.c
 * mcp/doors/answer.c mcp/doors/rounds.c mcp/doors/handle.c mcp/corridor/table.c mcp/corridor/gates.c
 * mcp/corridor/schema.c mcp/corridor/call.c mcp/base/arena.c mcp/base/clock.c mcp/base/error.c mcp/base/log.c
 * mcp/base/seal.c mcp/base/text.c mcp/base/cost.c -ljansson -lsodium -pthread */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mcp/base/embed.h"
#include "mcp/corridor/corridor.h"
#include "mcp/corridor/gates.h"
#include "mcp/corridor/table.h"
#include "mcp/doors/answer.h"
#include "mcp/metrics/receipt.h"
#include "mcp/doors/library.h"
#include "mcp/doors/methods.h"
#include "mcp/doors/rounds.h"

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where a tool would run. */
#define READ(name, scope) \
	bool run_##name(struct call *call) { return call_answer(call, json_pack("{s:s}", "ran", #name)); }
#define NOTE READ
#define SEND READ
#define UNDO READ
#define WRITE(name, scope, undo) READ(name, scope)
#include "mcp/tools.def"

json_t *receipt_cited(const struct seal *seal, int tenant, const json_t *tokens, struct arena *arena,
	struct error *error)
{
	(void)seal;
	(void)tenant;
	(void)tokens;
	(void)arena;
	error_set(error, ERROR_RECEIPT, "No receipt here is one of ours.");
	return NULL;
}

bool kept_query_metric(struct call *call)
{
	(void)call;
	return false;
}

enum { FILES = 64, FLAG_FIXTURES = 1, FLAG_REPEATED = 2, FLAG_NO_SCOPES = 4 };

static struct embed files[FILES];
static struct seal *seal;

/* The files that the binary would carry, from the checkout. */
const struct embed *embed_find(const char *path)
{
	size_t at = 0;

	while (at < FILES && files[at].path != NULL && strcmp(files[at].path, path) != 0)
		at++;
	if (at == FILES)
		abort();
	if (files[at].path == NULL) {
		char *bytes = calloc(1, 1 << 20);
		FILE *file = fopen(path, "rb");

		if (file == NULL) {
			free(bytes);
			return NULL;
		}
		files[at] = (struct embed){ strdup(path), bytes, fread(bytes, 1, (1 << 20) - 1, file) };
		fclose(file);
	}
	return &files[at];
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
	char path[] = "/tmp/fuzz_rpc.XXXXXX";
	struct error error;
	int file = mkstemp(path);

	(void)count;
	(void)words;
	if (file < 0 || close(file) != 0 || unlink(path) != 0 || !seal_create(path, &error) ||
	    (seal = seal_open(path, &error)) == NULL || unlink(path) != 0 || !table_load(&error) || !library_load(&error)) {
		fprintf(stderr, "%s\n", error.text);
		abort();
	}
	return 0;
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "not true: %s\n", what);
	abort();
}

static void check_answer(const char *body, int status, const json_t *id)
{
	json_t *json = json_loads(body, JSON_REJECT_DUPLICATES, NULL);

	must(json != NULL, "an answer is JSON");
	must((json_object_get(json, "result") != NULL) !=
		json_is_string(json_object_get(json_object_get(json, "error"), "message")),
		"an answer is a result or an error");
	must(status >= 200 && status < 500, "no status is 5xx");
	must(id == NULL ? json_object_get(json, "id") == NULL : json_equal(json_object_get(json, "id"), id),
		"an answer carries the request's id");
	json_decref(json);
}

static void call_tool(struct arena *arena, const struct rpc_message *message, const struct caller *caller)
{
	const char *name = json_string_value(json_object_get(message->params, "name"));
	json_t *args = json_object_get(message->params, "arguments");
	struct call call = { .arena = arena, .caller = *caller, .name = name, .args = args };
	int status;

	if (args == NULL)
		call.args = arena_json(arena, json_object());
	if (name == NULL || !json_is_object(call.args))
		return;
	call.tool = tool_find(name);
	if (call.tool == NULL)
		error_set(&call.error, ERROR_UNKNOWN_TOOL, "Unknown tool.");
	else if (gates_pass(&call))
		call.tool->run(&call);
	const char *body = answer_call(arena, message, &call, &status);

	check_answer(body, status, message->id);
}

/* The rounds of a fixture, with whatever state and answers the client sent. */
static void play(struct arena *arena, const struct rpc_message *message, const struct caller *caller)
{
	const char *name = json_string_value(json_object_get(message->params, "name"));
	const json_t *fixture = name == NULL ? NULL : library_fixture(name);
	struct handle_bond bond = { seal, caller, message->method, name, message->params };
	struct fault fault = { .code = FAULT_NONE };
	json_t *out = NULL;

	if (json_object_get(fixture, "rounds") == NULL || message->era != ERA_MODERN)
		return;
	if (rounds_play(arena, &bond, fixture, message->params, &out, &fault) == ROUNDS_FAULT)
		check_answer(rpc_fault(arena, message->id, &fault), fault.status, message->id);
	else
		must(json_is_object(library_fill(arena, json_object_get(fixture, "result"), out)), "a result is an object");
}

static void serve(struct arena *arena, const struct rpc_message *message, const struct caller *caller, bool fixtures)
{
	struct fault fault = message->fault;
	int ttl_ms;

	if (fault.code != FAULT_NONE) {
		check_answer(rpc_fault(arena, message->id, &fault), fault.status, message->id);
		return;
	}
	if (message->kind != RPC_REQUEST)
		return;
	if (message->handler == RPC_TOOLS_CALL) {
		play(arena, message, caller);
		call_tool(arena, message, caller);
		return;
	}
	json_t *result = method_answer(arena, message, caller, fixtures, &ttl_ms, &fault);

	must((result == NULL) == (fault.code != FAULT_NONE), "a method answers or refuses");
	if (result != NULL) {
		rpc_complete(message, result, ttl_ms);
		check_answer(rpc_result(arena, message, result), 200, message->id);
	} else {
		check_answer(rpc_fault(arena, message->id, &fault), fault.status, message->id);
	}
}

/* The next line of the input as a text of its own; NULL for "-". */
static const char *take_line(struct arena *arena, const char **at, const char *end)
{
	const char *stop = memchr(*at, '\n', (size_t)(end - *at));
	size_t size = (size_t)((stop == NULL ? end : stop) - *at);
	char *line = arena_copy_size(arena, *at, size);

	*at = stop == NULL ? end : stop + 1;
	return strcmp(line, "-") == 0 ? NULL : line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *at = size == 0 ? "" : (const char *)data, *end = at + size;
	struct era_headers headers = { .version = take_line(arena, &at, end) };
	struct caller caller = { .tenant = 1, .is_key = true, .key = "1k0123456789" };
	struct rpc_batch batch;
	struct fault fault = { .code = FAULT_NONE };

	headers.method = take_line(arena, &at, end);
	headers.name = take_line(arena, &at, end);
	const char *flags = take_line(arena, &at, end);
	int set = flags == NULL ? 0 : flags[0];

	headers.repeated = (set & FLAG_REPEATED) != 0;
	if ((set & FLAG_NO_SCOPES) == 0)
		snprintf(caller.scopes, sizeof caller.scopes, "metrics:read members:read points:write coupons:write agent:act "
			"agent:read agent:stop actions:undo agent:run");
	if (rpc_read(arena, &headers, at, (size_t)(end - at), (set & FLAG_FIXTURES) != 0, &batch, &fault)) {
		for (size_t i = 0; i < batch.count; i++)
			serve(arena, &batch.messages[i], &caller, (set & FLAG_FIXTURES) != 0);
	} else {
		must(fault.status == 400, "what cannot be read is answered with 400");
		check_answer(rpc_fault(arena, NULL, &fault), fault.status, NULL);
	}
	arena_free(arena);
	return 0;
}
