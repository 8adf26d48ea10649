#include "ask.h"

#include <string.h>
#include <strings.h>

#include "grammar.h"
#include "handle.h"
#include "mcp/base/text.h"
#include "mcp/metrics/rows_page.h"
#include "mcp/metrics/values.h"
#include "world.h"

static void add_rows(struct text *text, const json_t *query, struct arena *arena)
{
	const char *order = json_string_value(json_object_get(query, "order"));
	json_t *limit = json_object_get(query, "limit"), *filters = json_object_get(query, "filters"), *list;
	const char *name;

	if (json_object_get(query, "by") != NULL)
		text_format(text, " by %s", values_shown(json_object_get(query, "by"), arena));
	if (limit != NULL)
		text_format(text, ", the %s %lld", order == NULL ? "highest" : order, json_integer_value(limit));
	else if (order != NULL)
		text_format(text, ", %s first", order);
	json_object_foreach(filters, name, list)
		text_format(text, ", only %s %s", name, values_shown(list, arena));
}

/* The question as it was understood, in words: "Gross merchandise value (gmv) by store, …". */
static const char *reads_text(const struct question *question, const json_t *query, struct arena *arena)
{
	const struct bounds *bounds = &question->bounds;
	struct text text = text_open(arena, 3000);
	bool said = json_object_get(query, "window") != NULL || json_object_get(query, "from") != NULL;

	text_format(&text, "%s (%s)", question->metric->title, question->metric->name);
	add_rows(&text, query, arena);
	if (question->metric->source->time[0] == '\0')
		text_format(&text, ", %s", question->metric->source->kind == SOURCE_STATE ? "as it is now"
			: "as of the latest run");
	else
		text_format(&text, ", %s to %s%s", bounds->periods[0].first_day, bounds->periods[0].last_day,
			said ? "" : " (no time was said)");
	if (json_object_get(query, "compare") != NULL)
		text_format(&text, ", against %s", values_shown(json_object_get(query, "compare"), arena));
	return text.bytes;
}

static bool holds(const char *text, const char *search)
{
	return strcasestr(text, search) != NULL;
}

static bool is_about(const struct metric *metric, const char *search)
{
	bool about = search == NULL || holds(metric->name, search) || holds(metric->title, search) ||
		holds(metric->meaning, search);

	for (size_t i = 0; i < metric->synonym_count && !about; i++)
		about = holds(metric->synonyms[i], search);
	return about;
}

/* Names and titles; list_metrics has the rest. */
static json_t *answer_list(const struct ask_world *world, const struct ask_reading *reading, struct arena *arena)
{
	const char *search = json_string_value(json_object_get(reading->query, "search"));
	const struct metric *metric;
	json_t *items = json_array();

	for (size_t i = 0; (metric = ask_metric_at(world, i)) != NULL; i++)
		if (is_about(metric, search))
			json_array_append_new(items, json_pack("{s:s, s:s}", "metric", metric->name, "title", metric->title));
	return arena_json(arena, json_pack("{s:s, s:s, s:O, s:{s:o}, s:s}", "intent", ask_intent_word(reading->intent),
		"reads", search == NULL ? "the metrics there are" : arena_format(arena, "the metrics about \"%s\"",
		word_shown(arena, search)), "query", reading->query, "answer", "items", items,
		"note", "list_metrics says what each means and what it may be cut by."));
}

/* The arguments that query_metric knows. */
static json_t *answer_query(const struct ask_request *request, const struct ask_reading *reading, struct arena *arena,
	struct error *error)
{
	const struct rows_reader reader = { request->db, request->seal, request->tenant, request->caller };
	json_t *args = arena_json(arena, json_copy(reading->query));
	struct question question;

	if (request->cursor != NULL)
		json_object_set_new(args, "cursor", json_string(request->cursor));
	json_t *answer = rows_page_answer(&reader, args, arena, &question, error);

	if (answer == NULL)
		return NULL;
	json_t *json = arena_json(arena, json_pack("{s:s, s:s, s:O, s:O, s:s}", "intent", ask_intent_word(reading->intent),
		"reads", reads_text(&question, reading->query, arena), "query", reading->query, "answer", answer, "follow",
		ask_handle_make(request->seal, request->tenant, request->caller, reading, arena)));

	if (reading->intent == ASK_EXPLAIN)
		json_object_set_new(json, "note", json_string("This is the change itself. explain_change finds what is behind "
			"it: give it the query."));
	return json;
}

json_t *ask_answer(const struct ask_request *request, struct arena *arena, struct error *error)
{
	struct sentence *sentence = arena_alloc(arena, sizeof *sentence);
	struct ask_reading reading;
	struct ask_world world;

	if (!sentence_read(request->question, arena, sentence, error) ||
	    !ask_world_find(request->db, request->tenant, sentence, arena, &world, error))
		return NULL;
	if (request->follow != NULL && !ask_handle_open(request->seal, request->tenant, request->caller, request->follow,
	    arena, &world, error))
		return NULL;
	if (!ask_read(sentence, &world, arena, &reading, error)) {
		if (reading.unknown_count > 0)
			ask_world_refuse(request->db, request->tenant, &world, &reading, arena, error);
		return NULL;
	}
	if (reading.intent == ASK_LIST_METRICS)
		return answer_list(&world, &reading, arena);
	return answer_query(request, &reading, arena, error);
}
