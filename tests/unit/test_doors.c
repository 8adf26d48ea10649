/* The MCP door's pure parts: hosts and origins, sealed handles, eras, answers, and that a list shows exactly what the
 * corridor would let through. What needs a socket is in tests/protocol. */
#include "check.h"

#include <unistd.h>

#include "mcp/base/clock.h"
#include "mcp/corridor/corridor.h"
#include "mcp/base/cost.h"
#include "mcp/corridor/gates.h"
#include "mcp/corridor/station.h"
#include "mcp/corridor/table.h"
#include "mcp/doors/answer.h"
#include "mcp/doors/guard.h"
#include "mcp/doors/handle.h"
#include "mcp/doors/library.h"
#include "mcp/doors/listing.h"

static struct seal *seal;

static void guard_checks_hosts(void)
{
	static const struct {
		const char *host;
		bool here, listed;   /* with no list; with a list */
	} rows[] = {
		{ "localhost", true, true }, { "LocalHost:8080", true, true }, { "127.0.0.1", true, true }, { "[::1]:1", true, true },
		{ "localhost.evil.example", false, false }, { "127.0.0.1.evil.example", false, false }, { "evil.example", false, false },
		{ "localhost:", false, false }, { "localhost:8080x", false, false }, { "localhost:999999", false, false },
		{ "[::1", false, false }, { "[::2]", false, false }, { "::1", false, false }, { "", false, false },
		{ "app.example.com", false, true }, { "APP.example.com:443", false, true }, { "app.example.com.evil.example", false, false },
		{ "xapp.example.com", false, false }, { "other.example.com:8443", false, true }, { "other.example.com", false, false },
	};
	struct guard here = { true, "", "" }, listed = { true, " app.example.com , other.example.com:8443,", "" };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CHECK_INT(guard_host(&here, rows[i].host), rows[i].here);
		CHECK_INT(guard_host(&listed, rows[i].host), rows[i].listed);
	}
	struct guard outside = { false, "", "" }, proxied = { false, "app.example.com", "" };

	CHECK(guard_host(&outside, "whatever.example"));
	CHECK(!guard_host(&proxied, "whatever.example"));
	CHECK(guard_is_loopback("127.0.0.1") && guard_is_loopback("127.1.2.3") && guard_is_loopback("::1"));
	CHECK(guard_is_loopback("localhost"));
	CHECK(!guard_is_loopback("0.0.0.0") && !guard_is_loopback("::") && !guard_is_loopback("192.0.2.1"));
}

static void guard_checks_origins(void)
{
	struct guard here = { true, "app.example.com", "https://desk.example" }, outside = { false, "", "" };

	CHECK(guard_origin(&here, "localhost", NULL));
	CHECK(guard_origin(&here, "localhost", "http://localhost:3000"));
	CHECK(guard_origin(&here, "localhost", "https://[::1]:3000"));
	CHECK(guard_origin(&here, "localhost", "https://desk.example"));
	CHECK(guard_origin(&here, "app.example.com", "https://app.example.com"));
	CHECK(!guard_origin(&here, "localhost", "https://desk.example:8443"));
	CHECK(!guard_origin(&here, "localhost", "https://app.example.com"));
	CHECK(!guard_origin(&here, "app.example.com", "https://app.example.com:8443"));
	CHECK(!guard_origin(&here, "localhost", "null"));
	CHECK(!guard_origin(&here, "localhost", ""));
	CHECK(!guard_origin(&here, "localhost", "http://localhost.evil.example"));
	CHECK(!guard_origin(&here, "localhost", "http://localhost@evil.example"));
	/* Nobody vouches for this Host, so being its own origin proves nothing. */
	CHECK(!guard_origin(&outside, "evil.example", "http://evil.example"));
	CHECK(!guard_origin(&outside, "evil.example", "http://localhost"));
}

static json_t *open_handle(struct arena *arena, const struct handle_bond *bond, const char *text)
{
	struct fault fault = { .code = FAULT_NONE };
	json_t *content = handle_open(arena, bond, text, &fault);

	CHECK((content == NULL) == (fault.code == FAULT_PARAMS));
	return content;
}

static void handle_is_bound_and_used_once(void)
{
	struct arena *arena = arena_new();
	json_t *args = arena_json(arena, json_pack("{s:i}", "a", 1));
	json_t *other_args = arena_json(arena, json_pack("{s:i}", "a", 2));
	struct caller ann = { .tenant = 1, .key = "1kann" }, bob = { .tenant = 1, .key = "1kbob" },
		far = { .tenant = 2, .key = "1kann" };
	struct handle_bond bond = { seal, &ann, "tools/call", "x", args };
	struct handle_bond wrong[] = {
		{ seal, &bob, "tools/call", "x", args }, { seal, &far, "tools/call", "x", args },
		{ seal, &ann, "prompts/get", "x", args }, { seal, &ann, "tools/call", "y", args },
		{ seal, &ann, "tools/call", "x", other_args },
	};
	json_t *content = arena_json(arena, json_pack("{s:i}", "step", 2));
	const char *text = handle_seal(arena, &bond, content);

	CHECK(strcmp(text, handle_seal(arena, &bond, content)) != 0);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CHECK(open_handle(arena, &wrong[i], text) == NULL);
	CHECK(open_handle(arena, &bond, "") == NULL);
	CHECK(open_handle(arena, &bond, "zz") == NULL);
	CHECK(open_handle(arena, &bond, arena_format(arena, "%s00", text)) == NULL);
	CHECK(json_equal(open_handle(arena, &bond, text), content));
	CHECK(open_handle(arena, &bond, text) == NULL);
	arena_free(arena);
}

static void handle_ends(void)
{
	struct arena *arena = arena_new();
	struct caller ann = { .tenant = 1, .key = "1kann" };
	struct handle_bond bond = { seal, &ann, "tools/call", "x", arena_json(arena, json_object()) };
	int64_t now = 1800000000LL * 1000000;

	clock_hold(now);
	const char *in_time = handle_seal(arena, &bond, arena_json(arena, json_object()));
	const char *late = handle_seal(arena, &bond, arena_json(arena, json_object()));

	clock_hold(now + HANDLE_LIFE_MS * 1000LL);
	CHECK(open_handle(arena, &bond, in_time) != NULL);
	clock_hold(now + (HANDLE_LIFE_MS + 1) * 1000LL);
	CHECK(open_handle(arena, &bond, late) == NULL);
	clock_hold(0);
	arena_free(arena);
}

/* One modern tools/call that was read well. */
static struct rpc_message message_of(struct arena *arena)
{
	return (struct rpc_message){ .kind = RPC_REQUEST, .era = ERA_MODERN, .id = arena_json(arena, json_integer(0)),
		.method = "tools/call", .handler = RPC_TOOLS_CALL, .params = arena_json(arena, json_object()) };
}

static json_t *answer_of(struct arena *arena, struct call *call, int status)
{
	struct rpc_message message = message_of(arena);
	int actual;
	json_t *json = json_loads(answer_call(arena, &message, call, &actual), JSON_REJECT_DUPLICATES, NULL);

	CHECK_INT(actual, status);
	CHECK(json_is_integer(json_object_get(json, "id")));
	return arena_json(arena, json);
}

static const char *text_of(const json_t *answer)
{
	return json_string_value(json_object_get(json_array_get(json_object_get(json_object_get(answer, "result"),
		"content"), 0), "text"));
}

static void answer_says_the_result_twice(void)
{
	struct arena *arena = arena_new();
	struct call call = { .arena = arena, .tool = tool_find("whoami"), .name = "whoami" };

	call_answer(&call, json_pack("{s:s, s:I, s:n}", "name", "\"é\\\n", "cents", (json_int_t)9007199254740993, "none"));
	json_t *answer = answer_of(arena, &call, 200), *again = json_loads(text_of(answer), 0, NULL);

	CHECK(json_equal(json_object_get(json_object_get(answer, "result"), "structuredContent"), call.result));
	CHECK(json_equal(again, call.result));
	json_decref(again);
	CHECK_TEXT(json_string_value(json_object_get(json_object_get(answer, "result"), "resultType")), "complete");
	arena_free(arena);
}

/* Both copies count, and the frame. */
static void answer_has_a_limit(void)
{
	struct arena *arena = arena_new();
	struct call call = { .arena = arena, .tool = tool_find("list_members"), .name = "list_members",
		.args = arena_json(arena, json_pack("{s:i}", "limit", 200)),
		.caller = { .scopes = "members:read" } };
	size_t most = (COST_MOST - COST_FRAME - 20) / 6;   /* {"x":"…"}, a quote of which costs two and four bytes */
	char *filler = arena_alloc(arena, most + 2);

	memset(filler, '"', most);
	call_answer(&call, json_pack("{s:s}", "x", filler));
	CHECK(measure_answer(&call) && call.sent != NULL);
	json_t *answer = answer_of(arena, &call, 200);

	CHECK(json_object_get(json_object_get(answer, "result"), "structuredContent") != NULL);
	CHECK(strlen(cost_dump(arena, answer)) <= COST_MOST && strlen(cost_dump(arena, answer)) > COST_MOST - 800);
	filler[most] = '"';
	call_answer(&call, json_pack("{s:s}", "x", filler));
	CHECK(!measure_answer(&call));
	json_t *result = json_object_get(answer_of(arena, &call, 200), "result");

	CHECK(json_is_true(json_object_get(result, "isError")));
	CHECK(json_object_get(result, "structuredContent") == NULL);
	CHECK(strstr(text_of(answer_of(arena, &call, 200)), "limit below 200") != NULL);
	arena_free(arena);
}

static void answer_tells_errors_apart(void)
{
	static const struct {
		enum error_code code;
		const char *tool;
		int status, fault;   /* fault 0: a result with isError */
	} rows[] = {
		{ ERROR_ARGUMENT, "whoami", 200, 0 }, { ERROR_RATE, "whoami", 200, 0 }, { ERROR_UNAVAILABLE, "whoami", 200, 0 },
		{ ERROR_BUSY, "whoami", 200, 0 }, { ERROR_SCOPE, "whoami", 200, 0 }, { ERROR_UNKNOWN_TOOL, NULL, 200, FAULT_PARAMS },
		{ ERROR_ARGUMENT, "earn_points", 200, FAULT_PARAMS }, { ERROR_KEY, "whoami", 401, FAULT_HTTP - 401 },
		{ ERROR_KEY, "earn_points", 401, FAULT_HTTP - 401 }, { ERROR_INTERNAL, "whoami", 200, FAULT_INTERNAL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *arena = arena_new();
		struct call call = { .arena = arena, .name = "x", .tool = rows[i].tool == NULL ? NULL : tool_find(rows[i].tool),
			.id = "reference", .args = arena_json(arena, json_object()) };

		call_refuse(&call, rows[i].code, "Because \xc3");   /* cut inside a character */
		json_t *answer = answer_of(arena, &call, rows[i].status), *result = json_object_get(answer, "result");

		CHECK_INT(json_integer_value(json_object_get(json_object_get(answer, "error"), "code")), rows[i].fault);
		CHECK_INT(json_is_true(json_object_get(result, "isError")), rows[i].fault == 0);
		if (rows[i].fault == 0)
			CHECK_TEXT(json_string_value(json_object_get(json_object_get(json_object_get(result, "_meta"),
				"flash/error"), "code")), error_word(rows[i].code));
		if (rows[i].code == ERROR_INTERNAL)
			CHECK(strstr(json_string_value(json_object_get(json_object_get(answer, "error"), "message")),
				"Because") == NULL);
		arena_free(arena);
	}
}

/* The gates' word on a tool that is called with nothing: unknown, or anything else. */
static bool is_let_in(const struct caller *caller, const struct tool *tool)
{
	struct arena *arena = arena_new();
	struct call call = { .arena = arena, .caller = *caller, .tool = tool, .name = tool->name,
		.args = arena_json(arena, json_object()) };
	bool in = gates_pass(&call) || call.error.code != ERROR_UNKNOWN_TOOL;

	arena_free(arena);
	return in;
}

/* The same table and the same filter for the resident's calls in-process and for a client's list. */
static void list_is_what_the_gates_let_in(void)
{
	static const char *const scopes[] = { "", "metrics:read", "metrics:read members:read agent:read agent:stop",
		"members:read points:write", "coupons:write actions:undo", "metrics:reader xmetrics:read",
		"metrics:read members:read points:write coupons:write agent:act agent:read agent:stop actions:undo",
		"metrics:read members:read points:write coupons:write agent:act agent:read agent:stop actions:undo agent:run" };

	for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
		struct caller caller = { .tenant = 1, .is_key = true };
		const struct tool *tool;
		size_t at = 0;

		snprintf(caller.scopes, sizeof caller.scopes, "%s", scopes[i]);
		json_t *listed = listing_tools(&caller, false), *tools = json_object_get(listed, "tools");

		for (size_t k = 0; (tool = tool_at(k)) != NULL; k++)
			if (is_let_in(&caller, tool))
				CHECK_TEXT(json_string_value(json_object_get(json_array_get(tools, at++), "name")), tool->name);
		CHECK_INT(json_array_size(tools), at);
		json_decref(listed);
	}
}

static void hints_follow_the_kind(void)
{
	struct caller caller = { .tenant = 1, .scopes = "points:write agent:stop actions:undo agent:run" };
	static const struct {
		const char *tool, *hints;   /* destructive, idempotent, open world, read only: the names' order */
	} rows[] = {
		{ "whoami", "{\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":false,\"readOnlyHint\":true}" },
		{ "earn_points", "{\"destructiveHint\":true,\"idempotentHint\":true,\"openWorldHint\":false,\"readOnlyHint\":false}" },
		{ "stop_agent", "{\"destructiveHint\":false,\"idempotentHint\":false,\"openWorldHint\":false,\"readOnlyHint\":false}" },
		{ "undo_action", "{\"destructiveHint\":true,\"idempotentHint\":true,\"openWorldHint\":false,\"readOnlyHint\":false}" },
		{ "claim_delivery", "{\"destructiveHint\":true,\"idempotentHint\":false,\"openWorldHint\":true,\"readOnlyHint\":false}" },
	};
	struct arena *arena = arena_new();
	json_t *listed = arena_json(arena, listing_tools(&caller, false)), *one;
	size_t i, found = 0;

	json_array_foreach(json_object_get(listed, "tools"), i, one)
		for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
			if (strcmp(json_string_value(json_object_get(one, "name")), rows[k].tool) == 0) {
				CHECK_TEXT(arena_dump(arena, json_object_get(one, "annotations")), rows[k].hints);
				found++;
			}
	CHECK_INT(found, sizeof rows / sizeof rows[0]);
	arena_free(arena);
}

/* Every row of the era table is asked over HTTP in tests/protocol; here what no client can send. */
static void era_survives_odd_bytes(void)
{
	struct arena *arena = arena_new();
	struct era_headers headers = { .version = "caf\xc3" };
	struct rpc_batch batch;
	struct fault fault;
	static const char body[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

	CHECK(rpc_read(arena, &headers, body, sizeof body - 1, false, &batch, &fault));
	CHECK_INT(batch.messages[0].fault.code, FAULT_ENVELOPE);
	CHECK(strstr(rpc_fault(arena, batch.messages[0].id, &batch.messages[0].fault), "caf?") != NULL);
	arena_free(arena);
}

static void library_fills_places(void)
{
	struct arena *arena = arena_new();
	json_t *values = arena_json(arena, json_pack("{s:{s:s, s:[i]}}", "a", "b", "${a/b}", "c", 1));
	json_t *text = arena_json(arena, json_string("<${a/b}|${a/c}|${no/such}|${a/b|$"));

	/* What is put in is not looked at again; a place that does not end is left as it is. */
	CHECK_TEXT(json_string_value(library_fill(arena, text, values)), "<${a/b}|[1]||${a/b|$");
	CHECK(strlen(library_instructions()) <= 1024);
	arena_free(arena);
}

int main(void)
{
	char folder[] = "/tmp/flashd-test-doors.XXXXXX", path[64];
	struct error error = { .code = ERROR_NONE };

	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/master.key", folder);
	bool good = seal_create(path, &error) && (seal = seal_open(path, &error)) != NULL && table_load(&error) &&
		library_load(&error);

	unlink(path);
	rmdir(folder);
	if (!good) {
		printf("Bail out! %s\n", error.text);
		return 1;
	}
	CHECK_RUN(guard_checks_hosts);
	CHECK_RUN(guard_checks_origins);
	CHECK_RUN(handle_is_bound_and_used_once);
	CHECK_RUN(handle_ends);
	CHECK_RUN(answer_says_the_result_twice);
	CHECK_RUN(answer_has_a_limit);
	CHECK_RUN(answer_tells_errors_apart);
	CHECK_RUN(list_is_what_the_gates_let_in);
	CHECK_RUN(hints_follow_the_kind);
	CHECK_RUN(era_survives_odd_bytes);
	CHECK_RUN(library_fills_places);
	seal_close(seal);
	return check_done();
}
