#include "listing.h"

#include <stdint.h>

#include "library.h"
#include "mcp/corridor/corridor.h"

/* What follows from a tool's kind; the columns are MCP's four hints. An UNDO and a WRITE done twice are done once. */
static const struct hints {
	enum tool_kind kind;
	bool read_only, destructive, idempotent, open_world;
} kinds[] = {
	{ TOOL_READ,  true,  false, true,  false },
	{ TOOL_NOTE,  false, false, false, false },
	{ TOOL_WRITE, false, true,  true,  false },
	{ TOOL_SEND,  false, true,  false, true  },
	{ TOOL_UNDO,  false, true,  true,  false },
};

static json_t *annotations(enum tool_kind kind)
{
	const struct hints *hints = kinds;

	while (hints->kind != kind)
		hints++;
	return json_pack("{s:b, s:b, s:b, s:b}", "readOnlyHint", hints->read_only, "destructiveHint",
		hints->destructive, "idempotentHint", hints->idempotent, "openWorldHint", hints->open_world);
}

/* Nothing here announces changes: no listChanged, no subscriptions. Completion is the fixtures' only. */
static json_t *capabilities(bool fixtures, bool legacy)
{
	json_t *all = json_pack("{s:{}, s:{}, s:{}}", "tools", "prompts", "resources");

	if (fixtures)
		json_object_set_new(all, "completions", json_object());
	if (fixtures && legacy) {
		json_object_set_new(all, "logging", json_object());
		json_object_set_new(json_object_get(all, "resources"), "subscribe", json_true());
	}
	return all;
}

json_t *listing_discover(bool fixtures)
{
	return json_pack("{s:[s], s:o, s:s}", "supportedVersions", ERA_MODERN_VERSION, "capabilities",
		capabilities(fixtures, false), "instructions", library_instructions());
}

json_t *listing_initialize(const json_t *params, bool fixtures)
{
	const char *asked = json_string_value(json_object_get(params, "protocolVersion"));

	return json_pack("{s:s, s:o, s:o, s:s}", "protocolVersion",
		asked != NULL && era_is_legacy(asked) ? asked : ERA_LEGACY_VERSION, "capabilities",
		capabilities(fixtures, true), "serverInfo", rpc_server_info(), "instructions", library_instructions());
}

static void set_shared(json_t *view, const char *name, const json_t *value)
{
	if (value != NULL)
		json_object_set(view, name, (json_t *)(uintptr_t)value);
}

static json_t *view_tool(const struct tool *tool)
{
	json_t *view = json_pack("{s:s}", "name", tool->name);

	set_shared(view, "title", json_object_get(tool->json, "title"));
	set_shared(view, "description", json_object_get(tool->json, "description"));
	set_shared(view, "inputSchema", tool_input_schema(tool));
	set_shared(view, "outputSchema", tool_output_schema(tool));
	json_object_set_new(view, "annotations", annotations(tool->kind));
	set_shared(view, "_meta", json_object_get(tool->json, "_meta"));
	return view;
}

static json_t *view_fixture(const json_t *fixture)
{
	static const char *const shown[] = { "name", "description", "inputSchema", "_meta" };
	json_t *view = json_object();

	for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
		set_shared(view, shown[i], json_object_get(fixture, shown[i]));
	json_object_set_new(view, "annotations", annotations(TOOL_READ));
	return view;
}

json_t *listing_tools(const struct caller *caller, bool fixtures)
{
	const json_t *shelf = library_fixtures();
	json_t *all = json_array();
	const struct tool *tool;

	for (size_t i = 0; (tool = tool_at(i)) != NULL; i++)
		if (caller_holds(caller, tool->scope))
			json_array_append_new(all, view_tool(tool));
	for (size_t i = 0; fixtures && i < json_array_size(shelf); i++)
		json_array_append_new(all, view_fixture(json_array_get(shelf, i)));
	return json_pack("{s:o}", "tools", all);
}
