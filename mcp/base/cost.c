#include "cost.h"

#include <stdlib.h>

char *cost_dump(struct arena *arena, const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);

	if (text == NULL)
		abort();
	arena_own(arena, text, free);
	return text;
}

/* In a JSON text a control character is written out already: only quotes and backslashes are escaped once more. */
size_t cost_of(const char *dump)
{
	size_t size = 0, escapes = 0;

	for (; dump[size] != '\0'; size++)
		escapes += dump[size] == '"' || dump[size] == '\\';
	return 2 * size + escapes + COST_FRAME;
}
