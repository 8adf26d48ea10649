#include "receipt.h"

#include <string.h>

#include "mcp/base/clock.h"
#include "mcp/base/json_list.h"

enum { VERSION = 1, NUMBERS_HASH = 32, QUERY_HASH = 16 };

const char receipt_not_ours[] = "This receipt was not signed here for this tenant, is of more than this key may see, "
	"or was changed since: it proves nothing.";

/* The hash of canonical JSON, without PostgreSQL's "\x". */
static const char *hash_of(const json_t *json, struct arena *arena)
{
	const char *text = arena_dump(arena, json);

	return arena_format(arena, "%.*s", (int)NUMBERS_HASH, seal_hash(text, strlen(text), arena) + 2);
}

static const char *second_of(int64_t at_us, struct arena *arena)
{
	char *stamp = arena_alloc(arena, 32);

	clock_stamp(at_us, stamp);
	memcpy(stamp + 19, "Z", 2);
	return stamp;
}

static json_t *body_of(int tenant, const struct receipt_facts *facts, struct arena *arena)
{
	const char *query = arena_dump(arena, facts->query);
	json_t *value = facts->value == NULL ? json_null() : json_deep_copy(facts->value);

	return arena_json(arena, json_pack("{s:i, s:i, s:s*, s:s, s:s, s:s?, s:O, s:s, s:O*, s:s?, s:s?, s:I, s:s?, s:s, "
		"s:I, s:o, s:s}", "v", (int)VERSION, "tenant", tenant, "tool", facts->tool, "metric", facts->metric,
		"definition", facts->definition, "certified_by", facts->certified_by, "query", facts->query, "query_hash",
		seal_short_hash(query, strlen(query), QUERY_HASH, arena), "limited_to", facts->limited_to, "from", facts->from,
		"to", facts->to, "data_version", (json_int_t)facts->data_version, "as_of", facts->as_of, "asked_at",
		second_of(facts->asked_us, arena), "rows", (json_int_t)facts->rows, "value", value, "numbers",
		hash_of(facts->numbers, arena)));
}

const char *receipt_id(const json_t *body, struct arena *arena)
{
	const char *text = arena_dump(arena, body);

	return seal_short_hash(text, strlen(text), RECEIPT_ID, arena);
}

json_t *receipt_make(const struct seal *seal, int tenant, const struct receipt_facts *facts, struct arena *arena,
	struct error *error)
{
	unsigned char signature[SEAL_SIGNATURE];
	size_t size = strlen(arena_dump(arena, facts->query)) +
		(facts->limited_to == NULL ? 0 : strlen(arena_dump(arena, facts->limited_to)));

	if (size > RECEIPT_QUERY_MOST) {
		error_set(error, ERROR_ARGUMENT, "No number is answered without a receipt, and this question is too long for "
			"one: %zu bytes; the most is %d. Name fewer values in filters.", size, RECEIPT_QUERY_MOST);
		return NULL;
	}
	const char *body = arena_dump(arena, body_of(tenant, facts, arena));

	size = strlen(body);
	seal_sign(seal, body, size, signature);
	return arena_json(arena, json_pack("{s:s, s:o}", "id", seal_short_hash(body, size, RECEIPT_ID, arena), "token",
		json_sprintf("%s.%s", seal_base64url(body, size, arena), seal_base64url(signature, sizeof signature, arena))));
}

static void set_days(json_t *query, const char *from, const char *to)
{
	json_object_set_new(query, "from", json_string(from));
	json_object_set_new(query, "to", json_string(to));
}

/* When: whole days say it exactly; of a window by name its comparison is not that of its days. */
static void set_time(const struct question *question, const json_t *args, json_t *query)
{
	const struct bounds *bounds = &question->bounds;
	const char *as_of = json_string_value(json_object_get(args, "as_of"));

	if (question->metric->source->time[0] == '\0')
		return;
	if (question->comparison_count == 0) {
		set_days(query, bounds->periods[0].first_day, bounds->periods[0].last_day);
	} else if (strcmp(bounds->window, "custom") == 0) {
		set_days(query, json_string_value(json_object_get(args, "from")),
			json_string_value(json_object_get(args, "to")));
	} else {
		json_object_set_new(query, "window", json_string(bounds->window));
		json_object_set_new(query, "as_of", json_string(as_of == NULL ? bounds->today : as_of));
	}
}

json_t *receipt_query(const struct question *question, const json_t *args, struct arena *arena)
{
	static const char *const kept[] = { "by", "compare", "limit", "order" };
	json_t *query = arena_json(arena, json_pack("{s:s}", "metric", question->metric->name));

	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		json_t *one = json_object_get(args, kept[i]);

		if (one != NULL && !(json_is_array(one) && json_array_size(one) == 0))
			json_object_set(query, kept[i], one);
	}
	/* Of a page its very rows, whatever would fit another time. */
	if (question->request.offset > 0 || question->cut || question->rows_most > 0)
		json_object_set_new(query, "page", json_pack("[i, i]", question->request.offset, question->rows_shown));
	/* A limited key's question is that of the limits: whoever asks it again is told the same number. */
	if (question->filters != NULL || question->limits != NULL) {
		json_t *filters = question->filters == NULL ? json_object() : json_copy(question->filters);

		json_object_update_missing(filters, question->limits);
		json_object_set_new(query, "filters", filters);
	}
	set_time(question, args, query);
	return query;
}

/* All that is counted in an answer, and nothing of what is only said about it. */
static json_t *numbers_of(const json_t *answer, struct arena *arena)
{
	static const char *const counted[] = { "value", "numerator", "denominator", "rows", "total", "rest",
		"comparisons" };
	json_t *numbers = arena_json(arena, json_object());

	for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++)
		if (json_object_get(answer, counted[i]) != NULL)
			json_object_set(numbers, counted[i], json_object_get(answer, counted[i]));
	return numbers;
}

bool receipt_give(const struct seal *seal, int tenant, const struct question *question, const json_t *args,
	json_t *answer, struct arena *arena, struct error *error)
{
	const struct bounds *bounds = &question->bounds;
	bool timed = question->metric->source->time[0] != '\0';
	bool told = !json_is_null(json_object_get(answer, "value"));   /* else the rows behind it may tell of a person */
	const struct receipt_facts facts = { .metric = question->metric->name, .definition = question->metric->definition,
		.certified_by = bounds->standing.state == METRIC_CERTIFIED ? bounds->standing.by : NULL,
		.query = receipt_query(question, args, arena), .from = timed ? bounds->periods[0].since : NULL,
		.to = timed ? bounds->periods[0].until : NULL, .as_of = bounds->covered_until,
		.data_version = bounds->data_version, .rows = told ? question->source_rows : 0,
		.value = json_object_get(answer, "value"), .numbers = numbers_of(answer, arena), .asked_us = bounds->now_us };
	json_t *receipt = receipt_make(seal, tenant, &facts, arena, error);

	return receipt != NULL && json_object_set(answer, "receipt", receipt) == 0;
}

/* The bytes of a token's part, or NULL. */
static char *part_of(const char *text, size_t text_size, size_t *size, struct arena *arena)
{
	char *bytes = arena_alloc(arena, text_size + 1);

	return seal_from_base64url(text, text_size, bytes, text_size, size) ? bytes : NULL;
}

json_t *receipt_open(const struct seal *seal, int tenant, const char *token, struct arena *arena, struct error *error)
{
	size_t length = strlen(token), head = strcspn(token, "."), size = 0, signature_size = 0;
	bool whole = length <= RECEIPT_TOKEN_MOST && head < length;
	const char *body = whole ? part_of(token, head, &size, arena) : NULL;
	const char *signature = body == NULL ? NULL
		: part_of(token + head + 1, length - head - 1, &signature_size, arena);

	if (signature == NULL || signature_size != SEAL_SIGNATURE) {
		error_set(error, ERROR_RECEIPT, "This is no receipt (%zu bytes): give the whole `token` of an answer's "
			"`receipt`, unchanged.", length);
		return NULL;
	}
	json_t *json = seal_signed(seal, body, size, (const unsigned char *)signature)
		? json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (json != NULL)
		arena_json(arena, json);
	if (json_integer_value(json_object_get(json, "tenant")) != tenant) {
		error_set(error, ERROR_RECEIPT, "%s", receipt_not_ours);
		return NULL;
	}
	if (json_integer_value(json_object_get(json, "v")) == VERSION)
		return json;
	error_set(error, ERROR_RECEIPT, "This receipt was made by another release of flashd, whose form this one does not "
		"know: verify it there.");
	return NULL;
}

bool receipt_within(const json_t *body, const json_t *limits)
{
	const json_t *given = json_object_get(body, "limited_to"), *allowed, *one;
	const char *name;
	size_t i;

	if (given == NULL)
		given = json_object_get(json_object_get(body, "query"), "filters");
	json_object_foreach((json_t *)(uintptr_t)limits, name, allowed) {
		const json_t *asked = json_object_get(given, name);

		if (json_array_size(asked) == 0)
			return false;
		json_array_foreach(asked, i, one)
			if (!json_list_has(allowed, one))
				return false;
	}
	return true;
}

json_t *receipt_cited(const struct seal *seal, int tenant, const json_t *tokens, struct arena *arena,
	struct error *error)
{
	static const char *const kept[] = { "metric", "definition", "value", "data_version", "asked_at" };
	json_t *cited = arena_json(arena, json_array());
	const json_t *token;
	size_t place;

	json_array_foreach(tokens, place, token) {
		const char *text = json_is_string(token) ? json_string_value(token) : "";
		const json_t *body = receipt_open(seal, tenant, text, arena, error);

		if (body == NULL) {
			error_wrap(error, "receipts[%zu]", place);
			return NULL;
		}
		json_t *one = json_pack("{s:s, s:s}", "id", receipt_id(body, arena), "token", text);

		for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
			json_object_set(one, kept[i], json_object_get(body, kept[i]));
		json_array_append_new(cited, one);
	}
	return cited;
}
