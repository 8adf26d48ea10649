#include <stdlib.h>

#include "mcp/base/clock.h"
#include "mcp/corridor/corridor.h"
#include "mcp/metrics/cache.h"
#include "mcp/metrics/question.h"
#include "mcp/metrics/receipt.h"
#include "mcp/tool.h"

/* The same arguments under the same definitions, for the same eyes. */
static const char *key_of(struct call *call)
{
	struct error ignored;
	const struct catalogue *catalogue = catalogue_shipped(&ignored);
	const char *name = call_text(call, "metric");
	const struct metric *metric = catalogue == NULL || name == NULL ? NULL : catalogue_find(catalogue, name);

	if (metric == NULL || !metric_is_imported(metric))
		return NULL;
	return arena_format(call->arena, "query_metric\n%s\n%s\n%s", metric->definition, call->caller.limits,
		arena_dump(call->arena, call->args));
}

/* Keeps an answer as it is, its fields in their order. */
static void keep(struct call *call, const char *key, const json_t *result, const struct bounds *bounds,
	int64_t started_us)
{
	char *text = json_dumps(result, JSON_COMPACT);

	if (text == NULL)
		abort();
	cache_keep(call->caller.tenant, key, text, bounds->data_version, started_us + bounds->day_left_s * 1000000);
	free(text);
}

static bool answer(struct call *call, json_t *result)
{
	call->row_count = (int)json_array_size(json_object_get(result, "rows"));
	call->withheld += (int)json_integer_value(json_object_get(result, "withheld_count"));
	return call_answer(call, result);
}

bool run_query_metric(struct call *call)
{
	const char *key = corridor_settings(call->corridor)->result_cache == 0 ? NULL : key_of(call), *kept;
	int64_t started_us = clock_monotonic();
	struct question question;
	long long version;

	if (key != NULL && !call->no_cache &&
	    (kept = cache_find(call->caller.tenant, key, call->arena, &version)) != NULL) {
		call->cached_version = version;
		return answer(call, json_loads(kept, 0, NULL));
	}
	json_t *result = question_answer(call->db, call->caller.tenant, call->args, call->arena, &question, &call->error);

	if (result == NULL || !receipt_give(call->seal, call->caller.tenant, &question, call->args, result, call->arena,
		&call->error))
		return false;
	if (key != NULL)
		keep(call, key, result, &question.bounds, started_us);
	return answer(call, json_incref(result));
}
