/* Random questions, and the same asked again when days of orders were summed up meanwhile. Only test_metrics_oracle.c
 * includes this. */
#ifndef FLASH_METRICS_TRIALS_H
#define FLASH_METRICS_TRIALS_H

#include "metrics_oracle.h"
#include "mcp/metrics/rolled.h"

enum { KEPT = 400 };

static char *kept[KEPT];

static void choose_filter(struct trial *trial, const struct metric *metric)
{
	static const struct {
		const char *dimension, *values[4];
	} known[] = { { "store", { "S1", "S2", "S3", "S6" } }, { "region", { "North", "South", VALUE_NONE, "North" } },
		{ "tier", { "bronze", "silver", "gold", VALUE_NONE } }, { "coupon_pool", { "p_spring", "p_autumn", "p_free", VALUE_NONE } },
		{ "campaign", { "spring", "autumn", VALUE_NONE, "spring" } }, { "campaign_type", { "Type A", "Type B", VALUE_NONE, "Type A" } },
		{ "policy", { "slipping", "lapsed", VALUE_NONE, "slipping" } }, { "key", { "k_agent", "k_idle", "k_desk", "k_gone" } },
		{ "rfm_segment", { "champions", "promising", "hibernating", VALUE_NONE } },
		{ "acquisition_source", { "store", "web", "friend", VALUE_NONE } },
		{ "product_category", { "Tea", "Coffee", "Bakery", VALUE_NONE } } };
	size_t at = random_below(sizeof known / sizeof known[0]);

	if (random_below(2) == 0 || !metric_allows(metric, dimension_find(known[at].dimension)))
		return;
	trial->filter = known[at].dimension;
	trial->value_count = 1 + random_below(2);
	trial->values[0] = known[at].values[random_below(4)];
	trial->values[1] = known[at].values[random_below(4)];
}

static struct trial random_trial(void)
{
	struct error error;
	const struct catalogue *catalogue = catalogue_shipped(&error);
	size_t metrics = 0;

	while (catalogue_at(catalogue, metrics) != NULL)
		metrics++;
	const struct metric *metric = catalogue_at(catalogue, random_below((unsigned)metrics));
	struct trial trial = { .tenant = 1 + (int)random_below(2), .metric = metric->name };
	size_t wanted = random_below(3);

	for (size_t i = 0; i < wanted; i++) {
		const struct dimension *dimension = metric->dimensions[random_below((unsigned)metric->dimension_count)];

		if (trial.by_count == 0 || (strcmp(trial.by[0], dimension->name) != 0 &&
		    !(is_grain(trial.by[0]) && dimension->kind == DIMENSION_GRAIN)))
			trial.by[trial.by_count++] = dimension->name;
	}
	choose_filter(&trial, metric);
	if (random_below(3) == 0)
		trial.limit = 1 + (int)random_below(6), trial.lowest = random_below(2) == 0;
	if (metric->source->time[0] == '\0')
		return trial;
	for (size_t i = 0; i < COMPARISON_COUNT; i++)
		trial.compare[i] = random_below(3) == 0 && (i != 2 || metric->part_count == 0);
	if (random_below(2) == 0) {
		long first = day_number("2016-08-10") + random_below(460), last = first + random_below(random_below(2) == 0 ? 4
			: 120);

		trial.days = span(first, last);
		return trial;
	}
	struct span as_of = span(0, day_number("2016-12-01") + random_below(341));

	trial.window = window_at(random_below(29))->name;
	if (random_below(4) > 0)
		trial.as_of = arena_copy(arena, as_of.last);
	return trial;
}

static bool is_of_orders(const struct metric *metric)
{
	bool is = strcmp(metric->source->name, "orders") == 0 && metric->entity == NULL && !metric->counts_back;

	for (size_t i = 0; i < metric->part_count; i++)
		is = is || strcmp(metric->parts[i]->source->name, "orders") == 0;
	return is;
}

/* The same questions each time, about orders; refusals are answers too. Whether sums were read, of any day. */
static const char *kept_answer(bool *rolled)
{
	struct trial trial = random_trial();
	struct question question;
	struct error error = { .text = "" };

	while (!is_of_orders(metric_of(trial.metric)))
		trial = random_trial();
	json_t *args = args_of(&trial), *answer = question_answer(asked, trial.tenant, args, arena, &question, &error);
	struct compiled compiled = { .count = 0 };

	if (answer != NULL)
		compiled = compile_query(&question.request, arena);
	*rolled = answer != NULL && strstr(compiled.sql, "metric.order_sums") != NULL;
	return arena_format(arena, "%s %d %s", arena_dump(arena, args), trial.tenant,
		answer == NULL ? error.text : arena_dump(arena, answer));
}

static void ask_kept(void (*check)(int at, const char *answer))
{
	unsigned long long before = seed;
	struct arena *outer = arena;
	int rolled = 0;

	seed = 77;
	for (int i = 0; i < KEPT; i++) {
		bool is_rolled;

		arena = arena_new();
		check(i, kept_answer(&is_rolled));
		rolled += is_rolled;
		arena_free(arena);
	}
	arena = outer;
	seed = before;
	printf("# %d of %d questions could be had from sums\n", rolled, KEPT);
	CHECK(rolled > KEPT / 10);
}

static void keep(int at, const char *answer)
{
	kept[at] = arena_copy(whole, answer);
}

static void compare_kept(int at, const char *answer)
{
	CHECK_TEXT(answer, kept[at]);
}

static void answers_without_sums_are_kept(void)
{
	ask_kept(keep);
}

static void answers_from_sums_are_the_same(void)
{
	ask_kept(compare_kept);
}

#endif
