/* Small words about calls and callers. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corridor.h"
#include "mcp/base/cost.h"

bool caller_holds(const struct caller *caller, const char *scope)
{
	size_t size = strlen(scope);

	if (size == 0)
		return true;
	for (const char *at = caller->scopes; (at = strstr(at, scope)) != NULL; at += size)
		if ((at == caller->scopes || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
			return true;
	return false;
}

bool call_answer(struct call *call, json_t *result)
{
	call->result = arena_json(call->arena, result);
	call->sent = NULL;
	return true;
}

const char *call_asked(struct call *call)
{
	json_t *body = call->args;

	if (call->asked != NULL)
		return call->asked;
	if (json_object_get(body, "idempotency_key") != NULL || json_object_get(body, "dry_run") != NULL ||
	    json_object_get(body, "receipts") != NULL) {
		body = arena_json(call->arena, json_copy(body));
		json_object_del(body, "idempotency_key");
		json_object_del(body, "dry_run");
		json_object_del(body, "receipts");
	}
	call->asked = arena_dump(call->arena, body);
	return call->asked;
}

const char *call_rendered(struct call *call)
{
	if (call->kept != NULL)
		return call->kept;
	if (call->sent == NULL)
		call->sent = cost_dump(call->arena, call->result);
	return call->sent;
}

void call_unanswer(struct call *call)
{
	call->result = NULL;
	call->kept = call->sent = NULL;
}

bool call_refuse(struct call *call, enum error_code code, const char *format, ...)
{
	char text[sizeof call->error.text];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	return error_set(&call->error, code, "%s", text);
}

const char *call_text(const struct call *call, const char *name)
{
	return json_string_value(json_object_get(call->args, name));
}

long long call_number(const struct call *call, const char *name, long long fallback)
{
	const json_t *value = json_object_get(call->args, name);

	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool call_truth(const struct call *call, const char *name)
{
	return json_is_true(json_object_get(call->args, name));
}

const struct bulk *call_columns(struct call *call, size_t count, size_t most)
{
	bool good = call->columns.count == count;

	for (size_t i = 0; good && i < count; i++)
		good = call->columns.columns[i].count == call->columns.columns[0].count;
	if (!good) {
		call_refuse(call, ERROR_ARGUMENT, "%s needs %zu columns of one length and got %zu: it is the resident's own.",
			call->name, count, call->columns.count);
		return NULL;
	}
	if (call->columns.columns[0].count < 1 || call->columns.columns[0].count > most) {
		call_refuse(call, ERROR_ARGUMENT, "%s takes 1 to %zu members in one transaction and got %zu.", call->name, most,
			call->columns.columns[0].count);
		return NULL;
	}
	return call->columns.columns;
}
