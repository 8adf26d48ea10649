/* One value of an event, from JSON to the text that PostgreSQL takes. Pure. */
#ifndef FLASH_EVENT_VALUE_H
#define FLASH_EVENT_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcp/base/arena.h"

enum event_type { EVENT_TYPE_ID, EVENT_TYPE_TEXT, EVENT_TYPE_CENTS, EVENT_TYPE_COUNT, EVENT_TYPE_POSITIVE,
	EVENT_TYPE_TIME, EVENT_TYPE_BOOL, EVENT_TYPE_WORD, EVENT_TYPE_UUID, EVENT_TYPE_LINES };

/* The value as text, owned by the arena or by `value`; NULL with *why set to what it must be. */
const char *event_value(struct arena *arena, enum event_type type, const json_t *value, const char *words,
	int64_t now_us, const char **why);

/* Whether `size` bytes are a text of 1 to `most` bytes without control characters. */
bool event_is_text(const char *text, size_t size, size_t most);

/* An instant with its offset to microseconds since 1970; false when it is none or not of 1970 to 2199. */
bool event_time(const char *text, int64_t *at_us);

/* A name, or a value, from outside, short and as it may stand in the answer to its sender (never in a log). */
const char *event_shown(struct arena *arena, const char *text);
const char *event_value_shown(struct arena *arena, const json_t *value);

#endif
