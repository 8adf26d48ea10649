#include "era.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const legacy_versions[] = { ERA_LEGACY_VERSION, "2025-06-18", "2025-03-26" };

/* What Mcp-Name repeats, by method. */
static const struct {
	const char *method, *param;
} names[] = {
	{ "tools/call", "name" },
	{ "prompts/get", "name" },
	{ "resources/read", "uri" },
	{ "tasks/get", "taskId" },
	{ "tasks/update", "taskId" },
	{ "tasks/cancel", "taskId" },
};

bool fault_set(struct fault *fault, struct arena *arena, int status, int code, const char *format, ...)
{
	char text[400];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	/* What was quoted may be cut or was never UTF-8. */
	for (char *at = text; *at != '\0'; at++)
		*at = *at >= ' ' && *at <= '~' ? *at : '?';
	*fault = (struct fault){ .status = status, .code = code, .text = arena_copy(arena, text) };
	return false;
}

bool era_is_legacy(const char *version)
{
	for (size_t i = 0; i < sizeof legacy_versions / sizeof legacy_versions[0]; i++)
		if (strcmp(version, legacy_versions[i]) == 0)
			return true;
	return false;
}

bool era_allows_batch(const struct era_headers *headers, struct fault *fault, struct arena *arena)
{
	if (!headers->repeated && (headers->version == NULL || strcmp(headers->version, "2025-03-26") == 0))
		return true;
	return fault_set(fault, arena, 400, FAULT_ENVELOPE,
		"The body is an array; only revision 2025-03-26 knows batches. Send one message per request.");
}

bool era_find(const struct era_headers *headers, const json_t *params, enum era *era, struct fault *fault,
	struct arena *arena)
{
	const char *version = headers->version;

	if (headers->repeated)
		return fault_set(fault, arena, 400, FAULT_HEADER,
			"MCP-Protocol-Version, Mcp-Method or Mcp-Name came more than once; send each once.");
	*era = ERA_MODERN;
	if (json_object_get(json_object_get(params, "_meta"), ERA_META_VERSION) != NULL ||
	    (version != NULL && strcmp(version, ERA_MODERN_VERSION) == 0))
		return true;
	*era = ERA_LEGACY;
	if (version == NULL || era_is_legacy(version))
		return true;
	return fault_set(fault, arena, 400, FAULT_ENVELOPE, "MCP-Protocol-Version %.40s is not served. Served are "
		ERA_MODERN_VERSION ", 2025-11-25, 2025-06-18 and 2025-03-26.", version);
}

static int base64_digit(char letter)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = letter == '\0' ? NULL : strchr(digits, letter);

	return at == NULL ? -1 : (int)(at - digits);
}

/* Four digits to three bytes; the last group may end in one or two '=' over zero bits. Returns the number of bytes,
 * or -1. */
static int base64_group(const char *in, bool last, char out[3])
{
	int digit[4], count = 3;

	for (int i = 0; i < 4; i++) {
		digit[i] = base64_digit(in[i]);
		if (digit[i] >= 0)
			continue;
		if (!last || i < 2 || in[3] != '=' || in[i] != '=')
			return -1;
		count = i - 1;
		for (; i < 4; i++)
			digit[i] = 0;
	}
	if ((count == 1 && (digit[1] & 15) != 0) || (count == 2 && (digit[2] & 3) != 0))
		return -1;
	out[0] = (char)(digit[0] << 2 | digit[1] >> 4);
	out[1] = (char)((digit[1] & 15) << 4 | digit[2] >> 2);
	out[2] = (char)((digit[2] & 3) << 6 | digit[3]);
	return count;
}

static char *base64_decode(const char *in, size_t size, struct arena *arena)
{
	char *out = arena_alloc(arena, size / 4 * 3 + 1);
	size_t used = 0;

	if (size == 0 || size % 4 != 0)
		return NULL;
	for (size_t i = 0; i < size; i += 4) {
		int count = base64_group(in + i, i + 4 == size, out + used);

		if (count < 0)
			return NULL;
		used += (size_t)count;
	}
	out[used] = '\0';
	return strlen(out) == used ? out : NULL;
}

/* A header value that may be "=?base64?...?="; without both marks it means itself. NULL when badly encoded. */
static const char *decode(const char *value, struct arena *arena)
{
	static const char open[] = "=?base64?", shut[] = "?=";
	size_t size = strlen(value), marks = strlen(open) + strlen(shut);

	if (size < marks || strncmp(value, open, strlen(open)) != 0 ||
	    strcmp(value + size - strlen(shut), shut) != 0)
		return value;
	return base64_decode(value + strlen(open), size - marks, arena);
}

static bool check_name(const char *header, const char *method, const json_t *params, struct fault *fault,
	struct arena *arena)
{
	const char *param = NULL, *wanted;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i].method, method) == 0)
			param = names[i].param;
	if (param == NULL)
		return true;
	wanted = json_string_value(json_object_get(params, param));
	if (wanted == NULL && header == NULL)
		return true;   /* the method says that the parameter is missing */
	const char *found = header == NULL ? NULL : decode(header, arena);

	if (wanted != NULL && found != NULL && strcmp(found, wanted) == 0)
		return true;
	return fault_set(fault, arena, 400, FAULT_HEADER, header == NULL
		? "The header Mcp-Name is missing; %s needs it with the value of params.%s."
		: "The header Mcp-Name differs from the body: for %s it must repeat params.%s.", method, param);
}

static bool check_version(const struct era_headers *headers, const char *version, struct fault *fault,
	struct arena *arena)
{
	if (headers->version == NULL || strcmp(headers->version, version) != 0)
		return fault_set(fault, arena, 400, FAULT_HEADER, "The header MCP-Protocol-Version %s params._meta[\""
			ERA_META_VERSION "\"]; both must be given and equal.",
			headers->version == NULL ? "is missing beside" : "differs from");
	if (strcmp(version, ERA_MODERN_VERSION) == 0)
		return true;
	fault_set(fault, arena, 400, FAULT_VERSION, "Protocol version %.40s is not served per request; use "
		ERA_MODERN_VERSION ".", version);
	fault->data = arena_json(arena, json_pack("{s:[s], s:s}", "supported", ERA_MODERN_VERSION, "requested", version));
	return false;
}

bool era_check_modern(const struct era_headers *headers, const char *method, const json_t *params,
	struct fault *fault, struct arena *arena)
{
	const json_t *meta = json_object_get(params, "_meta");
	const char *version = json_string_value(json_object_get(meta, ERA_META_VERSION));

	if (version == NULL)
		return fault_set(fault, arena, 400, FAULT_PARAMS, "params._meta lacks \"" ERA_META_VERSION "\" (a text).");
	if (!json_is_object(json_object_get(meta, ERA_META_CAPABILITIES)))
		return fault_set(fault, arena, 400, FAULT_PARAMS, "params._meta lacks \"" ERA_META_CAPABILITIES
			"\" (an object, maybe empty).");
	if (!check_version(headers, version, fault, arena))
		return false;
	if (headers->method == NULL || strcmp(headers->method, method) != 0)
		return fault_set(fault, arena, 400, FAULT_HEADER, headers->method == NULL
			? "The header Mcp-Method is missing; it must repeat the body's method, %.60s."
			: "The header Mcp-Method differs from the body's method, %.60s.", method);
	return check_name(headers->name, method, params, fault, arena);
}
