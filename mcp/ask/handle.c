#include "handle.h"

#include <stdint.h>
#include <string.h>

#include "mcp/base/clock.h"

char *ask_handle_make(const struct seal *seal, int tenant, const char *caller, const struct ask_reading *reading,
	struct arena *arena)
{
	const struct moment *moment = &reading->moment;
	json_t *body = arena_json(arena, json_pack("{s:s, s:I, s:O, s:[i,i,i,i,i]}", "caller", caller, "until",
		(json_int_t)(clock_now() / 1000000 + ASK_HANDLE_LIFE_S), "query", reading->query, "moment", (int)moment->shape,
		(int)moment->span, moment->count, moment->first, moment->last));

	/* Without PostgreSQL's "\x": the same hex is a plain word to a client. */
	return seal_encrypt(seal, tenant, SEAL_QUESTION, arena_dump(arena, body), arena) + 2;
}

static bool read_moment(const json_t *list, const json_t *query, struct moment *moment)
{
	int shape, span;

	if (json_unpack((json_t *)(uintptr_t)list, "[i,i,i,i,i]", &shape, &span, &moment->count, &moment->first,
	    &moment->last) != 0)
		return false;
	moment->shape = (enum moment_shape)shape;
	moment->span = (enum span)span;
	moment->window = json_string_value(json_object_get(query, "window"));
	return true;
}

bool ask_handle_open(const struct seal *seal, int tenant, const char *caller, const char *text, struct arena *arena,
	struct ask_world *world, struct error *error)
{
	struct error ignored;
	const char *plain = strspn(text, "0123456789abcdef") != strlen(text) ? NULL
		: seal_decrypt(seal, tenant, SEAL_QUESTION, arena_format(arena, "\\x%s", text), arena, &ignored);
	json_t *body = plain == NULL ? NULL : json_loads(plain, JSON_REJECT_DUPLICATES, NULL);
	const char *owner = json_string_value(json_object_get(body, "caller"));

	if (body != NULL)
		arena_json(arena, body);
	if (owner == NULL || !seal_equal(owner, caller))
		return error_set(error, ERROR_ARGUMENT, "This follow handle was not made for this key, or was changed. Send "
			"exactly what the last answer gave, or ask the whole question without it.");
	if (clock_now() / 1000000 > json_integer_value(json_object_get(body, "until")))
		return error_set(error, ERROR_EXPIRED, "This follow handle is older than %d minutes. Ask the whole question.",
			ASK_HANDLE_LIFE_S / 60);
	world->previous = json_object_get(body, "query");
	return read_moment(json_object_get(body, "moment"), world->previous, &world->previous_moment) ||
		error_set(error, ERROR_ARGUMENT, "This follow handle cannot be read. Ask the whole question.");
}
