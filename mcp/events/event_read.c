#include "event_read.h"

#include <stdio.h>
#include <string.h>

#include "event_value.h"
#include "mcp/base/clock.h"
#include "mcp/base/text.h"

enum { DEPTH_MOST = 8, FIELDS_MOST = 16 };

enum need { NEED, MAY, ZERO, ONE };

struct field {
	const char *name;
	enum event_slot slot;
	enum event_type type;
	enum need need;
	const char *words;
};

/* The rows of event_fields.def: one flat list, and where each kind's begin. */
enum kind {
#define KIND(name) KIND_##name,
#define FIELD(kind, name, slot, type, need, words)
#include "event_fields.def"
#undef KIND
#undef FIELD
	KINDS
};

static const char *const kind_names[] = {
#define KIND(name) #name,
#define FIELD(kind, name, slot, type, need, words)
#include "event_fields.def"
#undef KIND
#undef FIELD
};

static const struct {
	enum kind kind;
	struct field field;
} fields[] = {
#define KIND(name)
#define FIELD(kind, name, slot, type, need, words) \
	{ KIND_##kind, { #name, EVENT_##slot, EVENT_TYPE_##type, need, words } },
#include "event_fields.def"
#undef KIND
#undef FIELD
};

enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

/* What a reader of one event carries. `why` is where the first mistake is told. */
struct reading {
	struct arena *arena;
	int64_t now_us;
	const char *why;
};

static bool mistake(struct reading *reading, const char *why)
{
	reading->why = why;
	return false;
}

/* Deepest nesting of brackets outside of texts, before any parser's stack is in the hands of a stranger. */
static bool is_too_deep(const char *bytes, size_t size)
{
	size_t depth = 0;
	bool inside = false;

	for (size_t i = 0; i < size; i++) {
		char byte = bytes[i];

		if (inside) {
			i += byte == '\\';
			inside = byte != '"';
		} else if (byte == '"') {
			inside = true;
		} else if (byte == '{' || byte == '[') {
			if (++depth > DEPTH_MOST)
				return true;
		} else if ((byte == '}' || byte == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

static enum kind kind_find(const char *name)
{
	enum kind kind = 0;

	while (kind < KINDS && strcmp(kind_names[kind], name) != 0)
		kind++;
	return kind;
}

static bool is_field(enum kind kind, const char *name)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (fields[i].kind == kind && strcmp(fields[i].field.name, name) == 0)
			return true;
	return false;
}

static const char *field_list(struct arena *arena, enum kind kind)
{
	struct text text = text_open(arena, 400);

	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (fields[i].kind == kind)
			text_format(&text, "%s%s", text.size == 0 ? "" : ", ", fields[i].field.name);
	return text.bytes;
}

static bool check_names(struct reading *reading, enum kind kind, json_t *data)
{
	const char *name;
	json_t *value;

	json_object_foreach(data, name, value)
		if (!is_field(kind, name))
			return mistake(reading, arena_format(reading->arena,
				"an event of type %s has no field \"%.40s\"; it has %s",
				kind_names[kind], event_shown(reading->arena, name), field_list(reading->arena, kind)));
	return true;
}

static bool read_field(struct reading *reading, const struct field *field, const json_t *data, struct event *event)
{
	const json_t *value = json_object_get(data, field->name);
	const char *why;

	if (value == NULL || json_is_null(value)) {
		if (field->need == NEED)
			return mistake(reading, arena_format(reading->arena, "%s is missing", field->name));
		event->values[field->slot] = field->need == ZERO ? "0" : field->need == ONE ? "1" : NULL;
		return true;
	}
	event->values[field->slot] = event_value(reading->arena, field->type, value, field->words, reading->now_us, &why);
	if (event->values[field->slot] != NULL)
		return true;
	return mistake(reading, arena_format(reading->arena, "%s must be %s, not %s", field->name, why,
		event_value_shown(reading->arena, value)));
}

/* What no single field can say. */
static bool check_event(struct reading *reading, enum kind kind, const struct event *event)
{
	const char *const *v = event->values;

	if (kind == KIND_redemption && v[EVENT_CODE] == NULL && v[EVENT_WORD] == NULL)
		return mistake(reading, "code or pool is missing");
	if (kind == KIND_tier_change && strcmp(v[EVENT_WORD], v[EVENT_OTHER]) == 0)
		return mistake(reading, "from and to are the same tier");
	return true;
}

static bool check_envelope(struct reading *reading, json_t *json)
{
	static const char *const names[] = { "id", "type", "timestamp", "data" };
	const char *name;
	json_t *value;

	json_object_foreach(json, name, value) {
		size_t i = 0;

		while (i < 4 && strcmp(names[i], name) != 0)
			i++;
		if (i == 4)
			return mistake(reading, arena_format(reading->arena, "an event has id, type, timestamp and data, no "
				"\"%.40s\"", event_shown(reading->arena, name)));
	}
	return true;
}

static bool read_event(struct reading *reading, json_t *json, struct event *event)
{
	const char *type = json_string_value(json_object_get(json, "type"));
	json_t *data = json_object_get(json, "data");
	enum kind kind = type == NULL ? KINDS : kind_find(type);
	const char *why;

	if (event->id == NULL)
		return mistake(reading, arena_format(reading->arena, "id must be a text of 1 to %d bytes without control "
			"characters", (int)EVENT_ID_MOST));
	if (!check_envelope(reading, json))
		return false;
	if (kind == KINDS)
		return mistake(reading, "type must be one of order, refund, visit, redemption, enrolment, consent, "
			"tier_change, message_event");
	event->kind = kind_names[kind];
	event->stated_at = event_value(reading->arena, EVENT_TYPE_TIME, json_object_get(json, "timestamp"), "",
		reading->now_us, &why);
	if (event->stated_at == NULL)
		return mistake(reading, arena_format(reading->arena, "timestamp must be %s", why));
	if (!json_is_object(data))
		return mistake(reading, "data must be an object");
	if (!check_names(reading, kind, data))
		return false;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (fields[i].kind == kind && !read_field(reading, &fields[i].field, data, event))
			return false;
	return check_event(reading, kind, event);
}

static const char *read_id(struct arena *arena, json_t *json, const char *otherwise)
{
	json_t *id = json_object_get(json, "id");

	if (!json_is_object(json) || (id == NULL && otherwise == NULL))
		return NULL;
	if (id == NULL)
		return event_is_text(otherwise, strlen(otherwise), EVENT_ID_MOST) ? arena_copy(arena, otherwise) : NULL;
	return json_is_string(id) && event_is_text(json_string_value(id), json_string_length(id), EVENT_ID_MOST)
		? json_string_value(id) : NULL;
}

static void take_one(struct arena *arena, json_t *json, size_t index, const char *id, int64_t now_us,
	struct event_batch *batch)
{
	struct reading reading = { .arena = arena, .now_us = now_us };
	struct event *event = &batch->events[batch->count];

	*event = (struct event){ .index = index, .id = read_id(arena, json, id) };
	if (!json_is_object(json))
		reading.why = "an event is an object with id, type, timestamp and data";
	else if (read_event(&reading, json, event)) {
		batch->count++;
		return;
	}
	batch->mistakes[batch->mistake_count++] = (struct event_mistake){ index, event->id, reading.why };
}

static json_t *parse(struct arena *arena, const char *bytes, size_t size, struct error *error)
{
	json_error_t place;
	json_t *body;

	if (is_too_deep(bytes, size)) {
		error_set(error, ERROR_FORMAT, "The body is nested deeper than %d levels.", (int)DEPTH_MOST);
		return NULL;
	}
	body = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &place);
	if (body == NULL) {
		error_set(error, ERROR_FORMAT, "The body is not JSON: %.120s, at byte %d. Nothing of it was taken.", place.text,
			place.position);
		return NULL;
	}
	return arena_json(arena, body);
}

bool event_read(struct arena *arena, const char *bytes, size_t size, const char *id, int64_t now_us,
	struct event_batch *batch, struct error *error)
{
	json_t *body = parse(arena, bytes, size, error);
	json_t *list = json_object_get(body, "events");
	bool single = list == NULL && json_object_get(body, "type") != NULL;
	size_t count = single ? 1 : json_array_size(list);

	*batch = (struct event_batch){ 0 };
	if (body == NULL)
		return false;
	if (!single && (!json_is_array(list) || json_object_size(body) != 1))
		return error_set(error, ERROR_FORMAT, "The body must be {\"events\": [...]} and nothing beside it, or one "
			"event. Nothing of it was taken.");
	if (count == 0 || count > EVENTS_MOST)
		return error_set(error, count == 0 ? ERROR_FORMAT : ERROR_CAP, "A request holds 1 to %d events; this one holds "
			"%zu. Nothing of it was taken.", (int)EVENTS_MOST, count);
	batch->events = arena_alloc(arena, count * sizeof *batch->events);
	batch->mistakes = arena_alloc(arena, count * sizeof *batch->mistakes);
	for (size_t i = 0; i < count; i++)
		take_one(arena, single ? body : json_array_get(list, i), i, single ? id : NULL, now_us, batch);
	return true;
}

const char *event_words(struct arena *arena, const struct event *event, size_t *size)
{
	struct text text = text_open(arena, EVENT_BODY_MOST);

	text_format(&text, "%s\n%s\n", event->kind, event->stated_at);
	for (int i = 0; i < EVENT_SLOTS; i++) {
		const char *value = event->values[i];

		if (value != NULL) {
			text_format(&text, "%d %zu ", i, strlen(value));
			text_add(&text, value);
		}
	}
	*size = text.size;
	return text.bytes;
}
