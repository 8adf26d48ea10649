/* Random questions. Only test_metrics_oracle.c and test_brands_oracle.c include this. */
#ifndef FLASH_METRICS_TRIALS_H
#define FLASH_METRICS_TRIALS_H

#include "metrics_oracle.h"

static void choose_filter(struct trial *trial, const struct metric *metric)
{
	const struct place *place = place_of(trial->tenant);
	const struct word *word = &place->words[random_below((unsigned)place->word_count)];
	size_t first = 0, count = 0;

	if (random_below(3) == 0 || !metric_allows(metric, dimension_find(word->of)))
		return;
	while (strcmp(place->words[first].of, word->of) != 0)
		first++;
	while (first + count < place->word_count && strcmp(place->words[first + count].of, word->of) == 0)
		count++;
	trial->filter = word->of;
	trial->value_count = 1 + random_below(2);
	for (size_t i = 0; i < trial->value_count; i++)
		trial->values[i] = random_below(6) == 0 ? VALUE_NONE
			: place->words[first + random_below((unsigned)count)].value;
}

/* Days of which one in three begins or ends next to an edge; the earliest reach before what is known. */
static struct span random_days(const struct place *place)
{
	long since = day_number(place->edges[0]) - 10, today = day_number(place->today);
	long first = since + random_below((unsigned)(today + 7 - since));
	long size = random_below(random_below(2) == 0 ? 4 : 120), edge;

	if (random_below(3) > 0)
		return span(first, first + size);
	edge = day_number(place->edges[random_below((unsigned)place->edge_count)]) - 1 + random_below(3);
	return random_below(2) == 0 ? span(edge, edge + size) : span(edge - size, edge);
}

/* A day to take as today: mostly any, sometimes an edge or the day after one. */
static const char *random_as_of(const struct place *place)
{
	long since = day_number(place->edges[0]), today = day_number(place->today);
	long soonest = since + (today - since) / 4, day = soonest + random_below((unsigned)(today - soonest + 1));

	if (random_below(5) == 0)
		day = day_number(place->edges[random_below((unsigned)place->edge_count)]) + random_below(2);
	return arena_copy(arena, span(0, day < today ? day : today).last);
}

static struct trial random_trial(void)
{
	struct error error;
	const struct catalogue *catalogue = catalogue_shipped(&error);
	size_t metrics = 0;

	while (catalogue_at(catalogue, metrics) != NULL)
		metrics++;
	const struct metric *metric = catalogue_at(catalogue, random_below((unsigned)metrics));
	struct trial trial = { .tenant = places[random_below((unsigned)place_count)].tenant, .metric = metric->name };
	const struct place *place = place_of(trial.tenant);
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
		trial.days = random_days(place);
		return trial;
	}
	trial.window = window_at(random_below(29))->name;
	if (random_below(4) > 0)
		trial.as_of = random_as_of(place);
	return trial;
}

/* $FLASHD_METRICS_QUESTIONS of them, or as many as usual, from $FLASHD_METRICS_SEED on; what fails is shrunk and
 * shown. */
static void ask_random(int usual)
{
	const char *count = getenv("FLASHD_METRICS_QUESTIONS"), *start = getenv("FLASHD_METRICS_SEED");
	int questions = count == NULL ? usual : atoi(count);

	seed = start == NULL ? seed : strtoull(start, NULL, 10);
	printf("# %d random questions, FLASHD_METRICS_SEED=%llu\n", questions, seed);
	for (int i = 1; i <= questions; i++) {
		struct arena *outer = arena;

		arena = arena_new();
		struct trial trial = random_trial();

		CHECK(passes(&trial));
		arena_free(arena);
		arena = outer;
		if (questions >= 1000 && i % 500 == 0) {
			printf("# %d asked, %d disagree\n", i, check_failed);
			fflush(stdout);
		}
	}
}

#endif
