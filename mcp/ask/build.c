/* From slots to the arguments of query_metric. */
#include <stdint.h>
#include <string.h>

#include "slots.h"

static void set_by(const struct parse *parse, json_t *query)
{
	json_t *by = json_array();

	for (size_t i = 0; i < parse->by_count; i++)
		json_array_append_new(by, json_string(parse->by[i]->name));
	json_object_set_new(query, "by", by);
	/* The first rows of one cut are not those of another. */
	json_object_del(query, "limit");
	json_object_del(query, "order");
}

static void set_filters(const struct parse *parse, json_t *query)
{
	json_t *filters = json_object_get(query, "filters") == NULL ? json_object()
		: json_deep_copy(json_object_get(query, "filters"));

	for (size_t i = 0; i < parse->filter_count; i++) {
		json_t *list = json_array();

		for (size_t j = 0; j < parse->filters[i].count; j++)
			json_array_append_new(list, json_string(parse->filters[i].values[j]));
		json_object_set_new(filters, parse->filters[i].dimension->name, list);
	}
	json_object_set_new(query, "filters", filters);
}

static void set_moment(const struct moment *moment, json_t *query)
{
	char day[11];

	json_object_del(query, "window");
	json_object_del(query, "from");
	json_object_del(query, "to");
	if (moment->window != NULL) {
		json_object_set_new(query, "window", json_string(moment->window));
		return;
	}
	day_format(moment->first, day);
	json_object_set_new(query, "from", json_string(day));
	day_format(moment->last, day);
	json_object_set_new(query, "to", json_string(day));
}

/* The window that the sentence means, if any. "Now" is today of what has a history, and nothing to say of the rest. */
static const struct moment *find_window(struct parse *parse, json_t *query, struct moment *here)
{
	if (parse->moment != NULL)
		*here = parse->moment->moment;
	else if (parse->now && parse->metric->source->time[0] != '\0')
		*here = moment_so_far(SPAN_DAY, &parse->world->calendar, parse->arena);
	else if (parse->previous != NULL && parse->world->previous_moment.count > 0) {
		*here = parse->world->previous_moment;
		return here;   /* already in the query */
	} else
		return NULL;
	set_moment(here, query);
	return here;
}

static bool add_comparison(struct parse *parse, const struct piece *piece, const struct moment **window,
	struct moment *here, json_t *query, json_t *list)
{
	struct moment implied;
	const char *name = earlier_comparison(*window, &piece->earlier, &parse->world->calendar, parse->arena, &implied);

	if (name == NULL || comparison_find(name) == NULL)
		return error_set(parse->error, ERROR_AMBIGUOUS, "A query compares a time with the one just before it, or with "
			"the same a year earlier: \"%s\" is neither%s. Say, like \"last week versus the week before\" or "
			"\"October versus September\", which time and which one before.", parse_words(parse, piece),
			*window == NULL ? ", as no time was said to compare with it" : " of that time");
	if (*window == NULL && implied.count > 0) {
		*here = implied;
		*window = here;
		set_moment(here, query);
	}
	json_array_append_new(list, json_string(name));
	return true;
}

static bool set_compare(struct parse *parse, const struct moment *window, struct moment *here, json_t *query)
{
	json_t *list = json_array();
	bool good = true;

	for (size_t i = 0; i < parse->earlier_count && good; i++)
		good = add_comparison(parse, parse->earlier[i], &window, here, query, list);
	bool moved = parse->changed || parse->why || parse->drove;

	if (good && json_array_size(list) == 0 && moved && json_object_get(query, "compare") == NULL)
		json_array_append_new(list, json_string(comparison_at(0)->name));
	if (good && json_array_size(list) > 0)
		json_object_set(query, "compare", list);
	json_decref(list);
	return good;
}

static bool says_nothing(const struct parse *parse)
{
	return !parse->own_metric && parse->by_count == 0 && parse->filter_count == 0 && parse->moment == NULL &&
		parse->earlier_count == 0 && parse->order == NULL && !parse->changed && !parse->why && !parse->drove &&
		!parse->now;
}

bool parse_build(struct parse *parse)
{
	json_t *query = parse->previous != NULL ? json_copy((json_t *)(uintptr_t)parse->previous) : json_object();
	struct moment here = { .count = 0 };

	arena_json(parse->arena, query);
	if (parse->previous != NULL && says_nothing(parse))
		return error_set(parse->error, ERROR_UNGROUNDED, "It adds nothing to the question before. Say what else: a "
			"cut (\"and by tier?\"), a value (\"only gold\"), a time, a comparison or another metric.");
	json_object_set_new(query, "metric", json_string(parse->metric->name));
	if (parse->by_count > 0)
		set_by(parse, query);
	if (parse->filter_count > 0)
		set_filters(parse, query);
	const struct moment *window = find_window(parse, query, &here);

	if (!set_compare(parse, window, &here, query))
		return false;
	if (parse->limit > 0)
		json_object_set_new(query, "limit", json_integer(parse->limit));
	if (parse->order != NULL && strcmp(parse->order, "lowest") == 0)
		json_object_set_new(query, "order", json_string("lowest"));
	else if (parse->order != NULL)
		json_object_del(query, "order");
	parse->reading->query = query;
	parse->reading->moment = here;
	return true;
}
