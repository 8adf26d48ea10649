#include "mcp/base/clock.h"
#include "mcp/corridor/corridor.h"
#include "mcp/metrics/cache.h"
#include "mcp/metrics/rows_page.h"
#include "mcp/tool.h"

/* The same arguments, a page's cursor among them, under the same definitions, for the same eyes. Rows are kept for each
 * key by itself: the next page's cursor is one key's own. */
static const char *key_of(struct call *call)
{
	struct error ignored;

	if (corridor_settings(call->corridor)->result_cache == 0)
		return NULL;
	const struct catalogue *catalogue = catalogue_shipped(&ignored);
	const char *name = call_text(call, "metric");
	const struct metric *metric = catalogue == NULL || name == NULL ? NULL : catalogue_find(catalogue, name);

	if (metric == NULL || !metric_is_imported(metric))
		return NULL;
	bool cut = json_array_size(json_object_get(call->args, "by")) > 0;

	return arena_format(call->arena, "query_metric\n%s\n%s\n%s\n%s", metric->definition, call->caller.limits,
		cut ? call->caller.key : "", call_asked(call));
}

/* Keeps an answer as it is sent, its fields in their order. */
static void keep(struct call *call, const char *key, const struct bounds *bounds, int64_t started_us)
{
	struct cache_answer answer = { call_rendered(call), call->row_count, call->withheld,
		bounds->data_version };

	cache_keep(call->caller.tenant, key, &answer, started_us + bounds->day_left_s * 1000000);
}

/* Whether the answer was kept; it is the call's then. */
static bool find_kept(struct call *call, const char *key)
{
	struct cache_answer answer;

	if (key == NULL || call->no_cache || !cache_find(call->caller.tenant, key, call->arena, &answer))
		return false;
	call->kept = answer.text;
	call->row_count = answer.row_count;
	call->withheld = answer.withheld;
	call->cached_version = answer.version;
	return true;
}

bool kept_query_metric(struct call *call)
{
	return find_kept(call, key_of(call));
}

bool run_query_metric(struct call *call)
{
	const char *key = key_of(call);
	int64_t started_us = clock_monotonic();
	const struct rows_reader reader = { call->db, call->seal, call->caller.tenant, call->caller.key };
	struct question question;

	if (find_kept(call, key))
		return true;
	json_t *result = rows_page_answer(&reader, call->args, call->arena, &question, &call->error);

	if (result == NULL)
		return false;
	call->row_count = (int)json_array_size(json_object_get(result, "rows"));
	call->withheld += (int)json_integer_value(json_object_get(result, "withheld_count"));
	call_answer(call, json_incref(result));
	if (key != NULL)
		keep(call, key, &question.bounds, started_us);
	return true;
}
