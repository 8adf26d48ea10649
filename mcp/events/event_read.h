/* The body of POST /api/events: bytes become events, each one read strictly or told why not, by its place. Pure: no
 * I/O, memory only from the arena, so that it can be fuzzed as it is.
 *
 *     {"events": [{"id": "e1", "type": "order", "timestamp": "2026-11-20T10:00:00Z", "data": {…}}, …]}
 *
 * `timestamp` is the moment at which the sender says so: of two words about one thing the later one stands. One event
 * alone may also be the whole body, as Standard Webhooks suggests; its id is then the request's webhook-id. */
#ifndef FLASH_EVENT_READ_H
#define FLASH_EVENT_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcp/base/arena.h"
#include "mcp/base/error.h"

enum { EVENTS_MOST = 1000, EVENT_LINES_MOST = 500, EVENT_ID_MOST = 120, EVENT_BODY_MOST = 4 << 20 };

/* The columns of app.fact that fields fill. */
enum event_slot { EVENT_REF, EVENT_MEMBER, EVENT_STORE, EVENT_CHANNEL, EVENT_AT, EVENT_CENTS, EVENT_DISCOUNT,
	EVENT_UNITS, EVENT_ORDER, EVENT_CODE, EVENT_WORD, EVENT_OTHER, EVENT_MESSAGE, EVENT_LINES, EVENT_NAME,
	EVENT_EMAIL, EVENT_PHONE, EVENT_SLOTS };

/* One event as it was read: values in the form that PostgreSQL takes, NULL for none. */
struct event {
	size_t index;
	const char *id, *kind, *stated_at;
	const char *values[EVENT_SLOTS];
};

/* One that could not be read. */
struct event_mistake {
	size_t index;
	const char *id;           /* NULL when it has none */
	const char *reason;
};

struct event_batch {
	size_t count, mistake_count;
	struct event *events;
	struct event_mistake *mistakes;
};

/* Reads a body of at most EVENTS_MOST events. `id` is the webhook-id; `now_us` bounds what lies ahead. False when
 * nothing of it can be taken: ERROR_FORMAT, or ERROR_CAP when there are too many. */
bool event_read(struct arena *arena, const char *bytes, size_t size, const char *id, int64_t now_us,
	struct event_batch *batch, struct error *error);

/* All that an event says, in one order and without ambiguity: equal events give equal texts. Owned by the arena. */
const char *event_words(struct arena *arena, const struct event *event, size_t *size);

#endif
