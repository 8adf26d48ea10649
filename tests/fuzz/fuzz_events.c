/* The body of POST /api/events, and its headers' signature, on hostile input. Holds when nothing crashes; when every
 * event of a body that can be read is either taken, with values that PostgreSQL will take, or told by its place; and
 * when a signature that was not made with the secret is refused. The first line of an input is the webhook-id, the
 * second the signatures, the rest the body.
 * Links: mcp/events/event_read.c mcp/events/event_value.c mcp/events/webhook.c mcp/base/arena.c mcp/base/clock.c
 * mcp/base/error.c mcp/base/log.c mcp/base/seal.c mcp/base/text.c -ljansson -lsodium -pthread */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/events/event_read.h"
#include "mcp/events/event_value.h"
#include "mcp/events/webhook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t now_us = 1795000000LL * 1000000;

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "not true: %s\n", what);
	abort();
}

static bool is_number(const char *text, long long least)
{
	char *end;
	long long number = strtoll(text, &end, 10);

	return *end == '\0' && number >= least && number <= 1000000000000LL;
}

static void check_event(const struct event *event)
{
	const char *const *v = event->values;
	int64_t at_us;

	must(event->id != NULL && event_is_text(event->id, strlen(event->id), EVENT_ID_MOST), "an event has an id");
	must(event_time(event->stated_at, &at_us) && at_us >= 0 && at_us <= now_us + 86400000000LL,
		"it was stated in time");
	must(v[EVENT_AT] != NULL && event_time(v[EVENT_AT], &at_us), "it has its moment");
	must(v[EVENT_REF] != NULL || v[EVENT_MEMBER] != NULL, "it is about something");
	must(v[EVENT_CENTS] == NULL || is_number(v[EVENT_CENTS], strcmp(event->kind, "refund") == 0), "cents are cents");
	must(v[EVENT_DISCOUNT] == NULL || is_number(v[EVENT_DISCOUNT], 0), "a discount is cents");
	must(v[EVENT_UNITS] == NULL || is_number(v[EVENT_UNITS], 0), "units are a number");
	for (int i = 0; i < EVENT_SLOTS; i++)
		must(v[i] == NULL || i == EVENT_LINES || event_is_text(v[i], strlen(v[i]), 500), "a value is a text");
	if (v[EVENT_LINES] != NULL) {
		json_t *lines = json_loads(v[EVENT_LINES], 0, NULL);

		must(json_is_array(lines) && json_array_size(lines) <= EVENT_LINES_MOST, "lines are a list");
		json_decref(lines);
	}
}

static void check_batch(struct arena *arena, const struct event_batch *batch)
{
	size_t total = batch->count + batch->mistake_count, event = 0, mistake = 0;

	must(total >= 1 && total <= EVENTS_MOST, "a batch is bounded");
	for (size_t i = 0; i < total; i++) {
		if (event < batch->count && batch->events[event].index == i) {
			size_t size;

			check_event(&batch->events[event++]);
			must(event_words(arena, &batch->events[event - 1], &size) != NULL && size > 0, "an event has words");
		} else {
			must(mistake < batch->mistake_count && batch->mistakes[mistake].index == i &&
				batch->mistakes[mistake].reason != NULL, "what is not taken is told");
			mistake++;
		}
	}
}

static char *take_line(struct arena *arena, const char **at, const char *end)
{
	const char *stop = memchr(*at, '\n', (size_t)(end - *at));
	size_t size = (size_t)((stop == NULL ? end : stop) - *at);
	char *line = arena_copy_size(arena, *at, size);

	*at = stop == NULL ? end : stop + 1;
	return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *at = size == 0 ? "" : (const char *)data, *end = at + size;
	const char *id = take_line(arena, &at, end), *signatures = take_line(arena, &at, end);
	const char *body = arena_copy_size(arena, at, (size_t)(end - at));
	struct webhook webhook = { id, "1795000000", signatures, body, (size_t)(end - at) };
	struct event_batch batch;
	struct error error = { .code = ERROR_NONE };

	must(!webhook_verify(&webhook, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", now_us, &error) &&
		error.code == ERROR_KEY, "nobody guesses a signature");
	if (event_read(arena, body, (size_t)(end - at), id, now_us, &batch, &error))
		check_batch(arena, &batch);
	else
		must(error.code == ERROR_FORMAT || error.code == ERROR_CAP, "a body that cannot be read is refused");
	arena_free(arena);
	return 0;
}
