#include "methods.h"

#include <stdint.h>
#include <string.h>

#include "library.h"
#include "listing.h"

/* What a pure method needs. */
struct view {
	struct arena *arena;
	const struct rpc_message *message;
	const struct caller *caller;
	bool fixtures;
	int ttl_ms;
	struct fault *fault;
};

static json_t *refuse(struct view *view, const char *text)
{
	fault_set(view->fault, view->arena, 200, FAULT_PARAMS, "%s", text);
	return NULL;
}

static const char *param(const struct view *view, const char *name)
{
	return json_string_value(json_object_get(view->message->params, name));
}

/* A list has one page and hands out no cursors, so every cursor is wrong. */
static json_t *page(struct view *view, json_t *list)
{
	view->ttl_ms = LISTING_TTL_MS;
	if (json_object_get(view->message->params, "cursor") == NULL)
		return list;
	json_decref(list);
	return refuse(view, "This cursor was not made here. The list has one page: ask for it without a cursor.");
}

static json_t *answer_prompt(struct view *view)
{
	const char *name = param(view, "name");
	const json_t *prompt = name == NULL ? NULL : library_prompt(view->fixtures, name);
	const json_t *arguments = json_object_get(view->message->params, "arguments");
	json_t *argument, *value, *values, *result;
	const char *key;
	size_t i;

	if (prompt == NULL || json_object_get(prompt, "rounds") != NULL)
		return refuse(view, arena_format(view->arena, "Unknown prompt: %s", name == NULL ? "(no name)" : name));
	json_object_foreach((json_t *)(uintptr_t)arguments, key, value)
		if (!json_is_string(value))
			return refuse(view, arena_format(view->arena, "The argument %s must be a text.", key));
	json_array_foreach(json_object_get(prompt, "arguments"), i, argument) {
		key = json_string_value(json_object_get(argument, "name"));
		if (json_is_true(json_object_get(argument, "required")) && json_object_get(arguments, key) == NULL)
			return refuse(view, arena_format(view->arena, "The prompt %s needs the argument %s.", name, key));
	}
	values = arena_json(view->arena, json_pack("{s:O?}", "arguments", arguments));
	result = json_pack("{s:O}", "description", json_object_get(prompt, "description"));
	json_object_set(result, "messages", library_fill(view->arena, json_object_get(prompt, "messages"), values));
	return result;
}

static json_t *answer_resource(struct view *view)
{
	const char *uri = param(view, "uri");
	json_t *contents;

	if (uri == NULL)
		return refuse(view, "params.uri must be the URI of a resource.");
	contents = library_read(view->arena, view->fixtures, uri);
	view->ttl_ms = LISTING_TTL_MS;
	if (contents != NULL)
		return json_incref(contents);
	refuse(view, "Resource not found; resources/list names what there is.");
	view->fault->data = arena_json(view->arena, json_pack("{s:s}", "uri", uri));
	return NULL;
}

static json_t *answer_subscribe(struct view *view)
{
	const char *uri = param(view, "uri");

	if (uri == NULL || library_read(view->arena, view->fixtures, uri) == NULL)
		return refuse(view, "params.uri must be the URI of a resource.");
	return json_object();
}

static json_t *answer_level(struct view *view)
{
	static const char *const levels[] = { "debug", "info", "notice", "warning", "error", "critical", "alert",
		"emergency" };
	const char *level = param(view, "level");

	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
		if (level != NULL && strcmp(levels[i], level) == 0)
			return json_object();
	return refuse(view, "params.level must be one of debug, info, notice, warning, error, critical, alert, emergency.");
}

static json_t *answer(struct view *view)
{
	switch (view->message->handler) {
	case RPC_DISCOVER:
		view->ttl_ms = LISTING_TTL_MS;
		return listing_discover(view->fixtures);
	case RPC_INITIALIZE:
		return listing_initialize(view->message->params, view->fixtures);
	case RPC_EMPTY:
		return json_object();
	case RPC_TOOLS_LIST:
		return page(view, listing_tools(view->caller, view->fixtures));
	case RPC_PROMPTS_LIST:
		return page(view, library_prompts(view->fixtures));
	case RPC_RESOURCES_LIST:
		return page(view, library_resources(view->fixtures));
	case RPC_TEMPLATES_LIST:
		return page(view, library_templates(view->fixtures));
	case RPC_PROMPTS_GET:
		return answer_prompt(view);
	case RPC_RESOURCES_READ:
		return answer_resource(view);
	case RPC_COMPLETE:
		return json_pack("{s:{s:[], s:i, s:b}}", "completion", "values", "total", 0, "hasMore", 0);
	case RPC_SET_LEVEL:
		return answer_level(view);
	case RPC_SUBSCRIBE:
	case RPC_UNSUBSCRIBE:
		return answer_subscribe(view);
	case RPC_NONE:
	case RPC_TOOLS_CALL:
	case RPC_HANDLERS:
		break;
	}
	return refuse(view, "This method is not answered here.");
}

json_t *method_answer(struct arena *arena, const struct rpc_message *message, const struct caller *caller,
	bool fixtures, int *ttl_ms, struct fault *fault)
{
	struct view view = { arena, message, caller, fixtures, -1, fault };
	json_t *result = answer(&view);

	*ttl_ms = view.ttl_ms;
	return result;
}
