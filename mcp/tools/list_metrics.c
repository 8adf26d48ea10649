#include <string.h>

#include "mcp/metrics/catalogue.h"
#include "page.h"

/* Whether a metric's name, title, meaning or a synonym holds the words, without regard to case. */
static bool is_meant(const struct metric *metric, const char *search)
{
	if (search == NULL || strcasestr(metric->name, search) != NULL || strcasestr(metric->title, search) != NULL ||
	    strcasestr(metric->meaning, search) != NULL)
		return true;
	for (size_t i = 0; i < metric->synonym_count; i++)
		if (strcasestr(metric->synonyms[i], search) != NULL)
			return true;
	return false;
}

static json_t *names_json(const char *const *names, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_string(names[i]));
	return list;
}

static json_t *metric_json(struct call *call, const struct metric *metric)
{
	json_t *dimensions = json_array();
	const char *window = metric->source->kind == SOURCE_STATE ? "now"
		: metric->source->kind == SOURCE_MODEL ? "latest_run" : "any";

	for (size_t i = 0; i < metric->dimension_count; i++)
		json_array_append_new(dimensions, json_string(metric->dimensions[i]->name));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:b, s:s*, s:s, s:s, s:o, s:o}", "metric", metric->name,
		"title", metric->title, "meaning", metric->meaning, "unit", metric_unit_word(metric->unit),
		"kind", metric_kind_word(metric->kind), "additive", metric->additive, "window", window,
		"certified", metric->certified, "certified_by", metric->certified_by, "owner", metric->owner,
		"definition", arena_format(call->arena, "%.12s", metric->definition),
		"synonyms", names_json(metric->synonyms, metric->synonym_count), "dimensions", dimensions);
}

bool run_list_metrics(struct call *call)
{
	const struct catalogue *catalogue = catalogue_shipped(&call->error);
	const char *search = call_text(call, "search");
	const struct metric *metric;
	struct error near;
	struct page page;

	if (catalogue == NULL || !page_open(&page, call, "name"))
		return false;
	for (size_t i = 0; (metric = catalogue_at(catalogue, i)) != NULL; i++) {
		if ((page.after[1] != NULL && strcmp(metric->name, page.after[1]) <= 0) || !is_meant(metric, search))
			continue;
		if (!page_add(&page, metric_json(call, metric), "", metric->name))
			break;
	}
	if (!page_answer(&page))
		return false;
	if (json_array_size(page.items) == 0 && search != NULL && page.after[1] == NULL) {
		catalogue_refuse(catalogue, search, call->arena, &near);
		json_object_set_new(call->result, "note", json_string(near.text));
	}
	return true;
}
