#include "standing.h"

#include <string.h>

static const char *const words[] = { "proposed", "certified", "suspended", "retired" };

enum said { SAID_STATE, SAID_DEFINITION, SAID_BY, SAID_ON, SAID_REASON, SAID_SHAPE, SHAPE_NOW, SHAPE_SHIPPED };

const char *metric_state_word(enum metric_state state)
{
	return words[state];
}

static bool differ(const char *one, const char *other)
{
	return one == NULL || other == NULL || strcmp(one, other) != 0;
}

static struct standing reshaped(const struct metric *metric, struct arena *arena)
{
	return (struct standing){ METRIC_SUSPENDED, "flashd", NULL, arena_format(arena, "the columns of its source %s are "
		"not those that it was certified for", metric->source->name) };
}

struct standing standing_read(const struct metric *metric, const struct db_rows *rows, int column, struct arena *arena)
{
	const char *said[SHAPE_SHIPPED + 1];

	for (int i = 0; i <= SHAPE_SHIPPED; i++)
		said[i] = db_text(rows, 0, column + i);
	for (int state = METRIC_SUSPENDED; state <= METRIC_RETIRED; state++)
		if (said[SAID_STATE] != NULL && strcmp(said[SAID_STATE], words[state]) == 0)
			return (struct standing){ (enum metric_state)state, said[SAID_BY], said[SAID_ON], said[SAID_REASON] };
	if (said[SAID_STATE] != NULL && strcmp(said[SAID_STATE], words[METRIC_CERTIFIED]) == 0 &&
	    strcmp(said[SAID_DEFINITION], metric->definition) == 0)
		return differ(said[SAID_SHAPE], said[SHAPE_NOW]) ? reshaped(metric, arena)
			: (struct standing){ METRIC_CERTIFIED, said[SAID_BY], said[SAID_ON], NULL };
	if (!metric->certified)
		return (struct standing){ METRIC_PROPOSED, NULL, NULL, NULL };
	return differ(said[SHAPE_NOW], said[SHAPE_SHIPPED]) ? reshaped(metric, arena)
		: (struct standing){ METRIC_CERTIFIED, metric->certified_by, metric->certified_on, NULL };
}

bool standing_pass(const struct metric *metric, const struct standing *standing, struct error *error)
{
	const char *name = metric->name;

	if (standing->state == METRIC_PROPOSED || standing->state == METRIC_CERTIFIED)
		return true;
	if (standing->state == METRIC_RETIRED)
		return error_set(error, ERROR_STALE, "%s was retired by %s on %s: %s. list_metrics shows what took its place.",
			name, standing->by, standing->on, standing->reason);
	return error_set(error, ERROR_STALE, "%s is suspended%s%s%s%s: %s. It is answered again when a person certifies it "
		"(`flashd metrics certify %s`).", name, standing->by == NULL ? "" : " by ",
		standing->by == NULL ? "" : standing->by, standing->on == NULL ? "" : " since ",
		standing->on == NULL ? "" : standing->on, standing->reason, name);
}
