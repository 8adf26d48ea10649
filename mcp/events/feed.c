#include "feed.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char path[] = "/api/events/";

bool feed_parse(const char *target, struct feed *feed)
{
	const char *at = target + sizeof path - 1;
	char *after;

	*feed = (struct feed){ 0 };
	if (strncmp(target, path, sizeof path - 1) != 0 || *at < '1' || *at > '9')
		return false;
	long tenant = strtol(at, &after, 10);

	if (after - at > 9 || *after != '/')
		return false;
	size_t size = strspn(after + 1, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	if (size < 1 || size >= sizeof feed->name || after[1 + size] != '\0' || !isalnum((unsigned char)after[1]))
		return false;
	feed->tenant = (int)tenant;
	memcpy(feed->name, after + 1, size);
	return true;
}

bool feed_find(struct db *db, const struct seal *seal, struct feed *feed, bool *known, struct error *error)
{
	struct arena *arena = arena_new();
	char number[16];
	struct db_rows *rows;
	const char *secret = NULL;

	snprintf(number, sizeof number, "%d", feed->tenant);
	bool good = db_query(db, 0, "find_feed", DB_VALUES(number, feed->name), arena, &rows, error);

	*known = good && db_count(rows) == 1;
	if (*known) {
		secret = seal_decrypt(seal, feed->tenant, SEAL_FEED, db_text(rows, 0, 0), arena, error);
		good = secret != NULL;
	} else if (good) {
		secret = seal_webhook_secret(arena);
	}
	if (good)
		snprintf(feed->secret, sizeof feed->secret, "%s", secret);
	arena_free(arena);
	return good;
}

/* The columns of app.take_events, in its order: four of every event, then the slots. */
enum column { N, ID, KIND, HASH, STATED, SLOTS, COLUMNS = SLOTS + EVENT_SLOTS + 2 };

static const char *sealed(const struct seal *seal, const struct feed *feed, const char *value, struct arena *arena)
{
	return value == NULL ? NULL : seal_encrypt(seal, feed->tenant, SEAL_PROFILE, value, arena);
}

static const char *indexed(const struct seal *seal, const struct feed *feed, const char *value, struct arena *arena)
{
	return value == NULL ? NULL : seal_blind_index(seal, feed->tenant, value, arena);
}

static bool is_personal(int slot)
{
	return slot == EVENT_NAME || slot == EVENT_EMAIL || slot == EVENT_PHONE;
}

/* Names, addresses and phone numbers leave this process sealed, and the hash of what could be guessed has a key. */
static void set_event(const char **columns[COLUMNS], size_t i, const struct event *event, const struct seal *seal,
	const struct feed *feed, struct arena *arena)
{
	size_t size;
	const char *words = event_words(arena, event, &size);

	columns[N][i] = arena_format(arena, "%zu", event->index);
	columns[ID][i] = event->id;
	columns[KIND][i] = event->kind;
	columns[HASH][i] = seal_keyed_hash(seal, feed->tenant, SEAL_EVENT, words, size, arena);
	columns[STATED][i] = event->stated_at;
	for (int slot = 0; slot < EVENT_SLOTS; slot++)
		columns[SLOTS + slot][i] = is_personal(slot) ? sealed(seal, feed, event->values[slot], arena)
			: event->values[slot];
	columns[SLOTS + EVENT_SLOTS][i] = indexed(seal, feed, event->values[EVENT_EMAIL], arena);
	columns[SLOTS + EVENT_SLOTS + 1][i] = indexed(seal, feed, event->values[EVENT_PHONE], arena);
}

struct bulks feed_columns(const struct seal *seal, const struct feed *feed, const struct event_batch *batch,
	struct arena *arena)
{
	struct bulk *bulk = arena_alloc(arena, COLUMNS * sizeof *bulk);
	const char **columns[COLUMNS];

	for (int i = 0; i < COLUMNS; i++) {
		bool bytes = i == HASH || i >= SLOTS + EVENT_SLOTS || (i >= SLOTS && is_personal(i - SLOTS));

		columns[i] = arena_alloc(arena, (batch->count + 1) * sizeof *columns[i]);
		bulk[i] = (struct bulk){ bytes ? BULK_HEX : BULK_WORDS, batch->count, columns[i] };
	}
	for (size_t i = 0; i < batch->count; i++)
		set_event(columns, i, &batch->events[i], seal, feed, arena);
	return (struct bulks){ bulk, COLUMNS };
}

/* Those that could not be read, beside what the database tells, in the order of the request. */
static void add_mistakes(json_t *answer, const struct event_batch *batch)
{
	json_t *told = json_object_get(answer, "events"), *all = json_array();
	size_t at = 0, count = json_array_size(told);

	for (size_t i = 0; i < batch->mistake_count; i++) {
		const struct event_mistake *mistake = &batch->mistakes[i];

		for (; at < count && json_integer_value(json_object_get(json_array_get(told, at), "index")) <
				(json_int_t)mistake->index; at++)
			json_array_append(all, json_array_get(told, at));
		json_array_append_new(all, json_pack("{s:I, s:s*, s:s, s:s}", "index", (json_int_t)mistake->index, "id",
			mistake->id, "status", "refused", "reason", mistake->reason));
	}
	for (; at < count; at++)
		json_array_append(all, json_array_get(told, at));
	json_object_set_new(answer, "events", all);
}

bool feed_take(struct db *db, const struct feed *feed, const struct event_batch *batch, const struct bulks *columns,
	const char *call, const char *body_hash, struct arena *arena, json_t **answer, struct error *error)
{
	struct db_rows *rows;

	if (!db_query_columns(db, "take_events", DB_VALUES(arena_format(arena, "%d", feed->tenant), feed->name, call,
			body_hash, arena_format(arena, "%zu", batch->mistake_count)), columns->columns, columns->count, arena,
			&rows, error))
		return false;
	*answer = db_json(rows, 0, 0, arena);
	add_mistakes(*answer, batch);
	return true;
}
