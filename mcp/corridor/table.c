/* The table of powers (mcp/tools.def) made into an array, with each tool's JSON beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corridor.h"
#include "mcp/base/embed.h"
#include "mcp/base/log.h"
#include "table.h"

#define READ(name, scope) { #name, TOOL_READ, scope, run_##name, NULL, NULL, NULL },
#define NOTE(name, scope) { #name, TOOL_NOTE, scope, run_##name, NULL, NULL, NULL },
#define SEND(name, scope) { #name, TOOL_SEND, scope, run_##name, NULL, NULL, NULL },
#define UNDO(name, scope) { #name, TOOL_UNDO, scope, run_##name, NULL, NULL, NULL },
#define WRITE(name, scope, undo) { #name, TOOL_WRITE, scope, run_##name, #undo, NULL, NULL },
static struct tool tools[] = {
#include "mcp/tools.def"
};

enum { TOOLS = sizeof tools / sizeof tools[0] };

static const struct {
	const char *name;
	bool (*kept)(struct call *call);
} keepers[] = { { "query_metric", kept_query_metric } };

const struct tool *tool_at(size_t index)
{
	return index < TOOLS ? &tools[index] : NULL;
}

const struct tool *tool_find(const char *name)
{
	for (size_t i = 0; i < TOOLS; i++)
		if (strcmp(tools[i].name, name) == 0)
			return &tools[i];
	return NULL;
}

const json_t *tool_input_schema(const struct tool *tool)
{
	return json_object_get(tool->json, "inputSchema");
}

const json_t *tool_output_schema(const struct tool *tool)
{
	return json_object_get(tool->json, "outputSchema");
}

/* Every write takes these, so no tool's file has to repeat them. */
static void add_write_fields(json_t *json)
{
	json_t *schema = json_object_get(json, "inputSchema"), *required = json_object_get(schema, "required");

	json_object_set_new(json_object_get(schema, "properties"), "idempotency_key",
		json_pack("{s:s, s:i, s:i, s:s}", "type", "string", "minLength", 1, "maxLength", 120, "description",
			"your name for this write: repeated with the same arguments, it answers the first"));
	json_object_set_new(json_object_get(schema, "properties"), "dry_run",
		json_pack("{s:s, s:s}", "type", "boolean", "description",
			"go through every check, change nothing"));
	json_object_set_new(json_object_get(schema, "properties"), "receipts",
		json_pack("{s:s, s:i, s:{s:s}, s:s}", "type", "array", "maxItems", 5, "items", "type", "string", "description",
			"receipt.token of what it rests on; agent keys: 1 to 5"));
	if (required == NULL)
		json_object_set_new(schema, "required", json_pack("[s]", "idempotency_key"));
	else
		json_array_append_new(required, json_string("idempotency_key"));
}

static void find_keepers(void)
{
	for (size_t i = 0; i < TOOLS; i++)
		for (size_t j = 0; j < sizeof keepers / sizeof keepers[0]; j++)
			if (strcmp(tools[i].name, keepers[j].name) == 0)
				tools[i].kept = keepers[j].kept;
}

bool table_load(struct error *error)
{
	for (size_t i = 0; i < TOOLS; i++) {
		char path[96];
		json_error_t place;

		if (tools[i].json != NULL)
			continue;
		snprintf(path, sizeof path, "mcp/tools/%s.json", tools[i].name);
		const struct embed *file = embed_find(path);

		if (file == NULL)
			return error_set(error, ERROR_INTERNAL, "The tool %s has no %s.", tools[i].name, path);
		json_t *json = json_loadb(file->bytes, file->size, JSON_REJECT_DUPLICATES, &place);

		if (json == NULL)
			return error_set(error, ERROR_INTERNAL, "%s:%d: %s.", path, place.line, place.text);
		if (!json_is_object(json_object_get(json_object_get(json, "inputSchema"), "properties")))
			return error_set(error, ERROR_INTERNAL, "%s has no inputSchema with properties.", path);
		/* The resident's writes have run and member as their idempotency key. */
		if (tools[i].kind == TOOL_WRITE && strcmp(tools[i].scope, "agent:run") != 0)
			add_write_fields(json);
		tools[i].json = json;
	}
	find_keepers();
	return true;
}
