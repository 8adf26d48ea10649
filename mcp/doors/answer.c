#include "answer.h"

#include <string.h>

#include "mcp/base/cost.h"
#include "mcp/base/text.h"
#include "mcp/corridor/corridor.h"

/* Room for an answer, and for whatever a client took as the name of its call. */
enum { TEXT_MAX = 16 * COST_MOST, ENVELOPE_BYTES = 400 };

/* JSON text as one JSON string. What jansson wrote holds no control characters outside of escapes, so quotes and
 * backslashes are all that must be escaped. `bytes` has room for twice the size and two. */
static size_t quote(const char *json, size_t size, char *bytes)
{
	char *at = bytes;

	*at++ = '"';
	for (size_t i = 0; i < size; i++) {
		if (json[i] == '"' || json[i] == '\\')
			*at++ = '\\';
		*at++ = json[i];
	}
	*at++ = '"';
	return (size_t)(at - bytes);
}

static void add_id(struct text *text, struct arena *arena, const json_t *id)
{
	if (json_is_integer(id))
		text_format(text, "%lld", (long long)json_integer_value(id));
	else
		text_add(text, cost_dump(arena, id));
}

char *answer_error(struct arena *arena, const struct rpc_message *message, const char *sentence, enum error_code code)
{
	json_t *text = json_string(sentence), *result, *meta;

	if (text == NULL) {   /* cut inside a character */
		char *ascii = arena_copy(arena, sentence);

		for (char *at = ascii; *at != '\0'; at++)
			*at = (unsigned char)*at < 0x80 ? *at : '?';
		text = json_string(ascii);
	}
	result = json_pack("{s:[{s:s, s:o}], s:b}", "content", "type", "text", "text", text, "isError", 1);
	rpc_complete(message, result, -1);
	meta = json_object_get(result, "_meta");
	if (meta == NULL) {
		meta = json_object();
		json_object_set_new(result, "_meta", meta);
	}
	json_object_set_new(meta, "flash/error", json_pack("{s:s, s:s}", "code", error_word(code), "status",
		error_class(code) == ERROR_CLASS_REFUSED ? "refused" : "failed"));
	return rpc_result(arena, message, result);
}

/* The result goes out twice, as JSON and as the text of the same JSON; it is rendered once, or not at all when it was
 * kept. The corridor has seen to it that it is not too large. */
static char *answer_result(struct arena *arena, const struct rpc_message *message, struct call *call)
{
	const char *dump = call_rendered(call);
	size_t size = strlen(dump);
	const char *tail = rpc_completion(message);
	struct text text = text_open(arena, TEXT_MAX);
	char *quoted = arena_alloc(arena, 2 * size + 2);
	size_t quoted_size = quote(dump, size, quoted);

	text_reserve(&text, quoted_size + size + ENVELOPE_BYTES);
	text_add(&text, "{\"jsonrpc\":\"2.0\",\"id\":");
	add_id(&text, arena, message->id);
	text_add(&text, ",\"result\":{\"content\":[{\"type\":\"text\",\"text\":");
	text_add_size(&text, quoted, quoted_size);
	text_add(&text, "}],\"structuredContent\":");
	text_add_size(&text, dump, size);
	text_add(&text, tail);
	text_add(&text, "}}");
	return text.bytes;
}

static char *answer_fault(struct arena *arena, const struct rpc_message *message, int code, const char *text,
	const char *value)
{
	struct fault fault;

	fault_set(&fault, arena, 200, code, "%s%s", text, value);
	return rpc_fault(arena, message->id, &fault);
}

/* A tool that this caller cannot see does not exist for it, whatever else was wrong with the call. */
static bool is_unknown(const struct call *call)
{
	return call->error.code == ERROR_UNKNOWN_TOOL || (error_class(call->error.code) == ERROR_CLASS_REFUSED &&
		(call->tool == NULL || !caller_holds(&call->caller, call->tool->scope)));
}

char *answer_call(struct arena *arena, const struct rpc_message *message, struct call *call, int *status)
{
	enum error_code code = call->error.code;

	*status = code == ERROR_KEY ? 401 : 200;
	if (code == ERROR_NONE)
		return answer_result(arena, message, call);
	if (code == ERROR_KEY)
		return answer_fault(arena, message, FAULT_HTTP - 401, "", call->error.text);
	if (is_unknown(call))
		return answer_fault(arena, message, FAULT_PARAMS, "Unknown tool: ", call->name);
	if (code == ERROR_INTERNAL || code == ERROR_SYSTEM || code == ERROR_SCHEMA)
		return answer_fault(arena, message, FAULT_INTERNAL, "Something broke inside flashd; what was done is in the "
			"audit under this call. Tell the operator this reference: ", call->id);
	return answer_error(arena, message, call->error.text, code);
}
