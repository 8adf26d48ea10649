#include <string.h>

#include "mcp/metrics/bounds.h"
#include "mcp/metrics/own.h"
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

static json_t *metric_json(struct call *call, const struct metric *metric, const struct standing *standing)
{
	json_t *dimensions = json_array();
	const char *window = metric->source->kind == SOURCE_STATE ? "now"
		: metric->source->kind == SOURCE_MODEL ? "latest_run" : "any";

	for (size_t i = 0; i < metric->dimension_count; i++)
		json_array_append_new(dimensions, json_string(metric->dimensions[i]->name));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:b, s:s*, s:s, s:s, s:o, s:o}", "metric", metric->name,
		"title", metric->title, "meaning", metric->meaning, "unit", metric_unit_word(metric->unit),
		"kind", metric_kind_word(metric->kind), "additive", metric->additive, "window", window,
		"certified", standing->state == METRIC_CERTIFIED, "certified_by", standing->state == METRIC_CERTIFIED
			? standing->by : NULL, "owner", metric->owner,
		"definition", arena_format(call->arena, "%.12s", metric->definition),
		"synonyms", names_json(metric->synonyms, metric->synonym_count), "dimensions", dimensions);
}

/* One metric of the page; false when the page is full, or with the call's error. Retired ones are not listed. */
static bool add_metric(struct call *call, struct page *page, const struct metric *metric)
{
	const struct bounds_request request = { .metric = metric };
	struct bounds bounds;

	if (!bounds_find(call->db, call->caller.tenant, &request, call->arena, &bounds, &call->error))
		return false;
	if (bounds.standing.state == METRIC_RETIRED)
		return true;
	json_t *json = metric_json(call, metric, &bounds.standing);

	if (bounds.standing.state == METRIC_SUSPENDED)
		json_object_set_new(json, "suspended", json_string(bounds.standing.reason));
	return page_add(page, json, "", metric->name);
}

/* The shipped metrics and the tenant's own, in the order of their names; how many, or -1. */
static int all_metrics(struct call *call, const struct catalogue *catalogue, const struct metric **all)
{
	const struct metric *metric;
	int own = own_list(call->db, call->caller.tenant, call->arena, all, OWN_MOST, &call->error), count = own;

	for (size_t i = 0; own >= 0 && (metric = catalogue_at(catalogue, i)) != NULL; i++) {
		int at = count++;

		for (; at > 0 && strcmp(all[at - 1]->name, metric->name) > 0; at--)
			all[at] = all[at - 1];
		all[at] = metric;
	}
	return count;
}

bool run_list_metrics(struct call *call)
{
	const struct catalogue *catalogue = catalogue_shipped(&call->error);
	const char *search = call_text(call, "search");
	const struct metric **all = arena_alloc(call->arena, sizeof(void *) * (OWN_MOST + METRICS_MOST));
	struct error near;
	struct page page;

	if (catalogue == NULL || !page_open(&page, call, "name"))
		return false;
	int count = all_metrics(call, catalogue, all);

	for (int i = 0; i < count; i++) {
		if ((page.after[1] != NULL && strcmp(all[i]->name, page.after[1]) <= 0) || !is_meant(all[i], search))
			continue;
		if (!add_metric(call, &page, all[i]))
			break;
	}
	if (call->error.code != ERROR_NONE || !page_answer(&page))
		return false;
	if (json_array_size(page.items) == 0 && search != NULL && page.after[1] == NULL) {
		catalogue_refuse(catalogue, search, call->arena, &near);
		json_object_set_new(call->result, "note", json_string(near.text));
	}
	return true;
}
