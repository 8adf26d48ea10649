#include "world.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/base/text.h"
#include "mcp/db/array.h"
#include "mcp/metrics/own.h"

/* Words of the longest value that is looked up. */
enum { SPAN_WORDS_MOST = 6 };

enum column { TODAY, WEEK_START, WORD, DIMENSION, VALUE };

static const char *number_text(struct arena *arena, int number)
{
	return arena_format(arena, "%d", number);
}

/* All runs of up to SPAN_WORDS_MOST words, in the order in which place_of() counts them. */
static const char *all_spans(const struct sentence *sentence, struct arena *arena)
{
	struct db_array spans = db_array_open(arena);

	for (size_t first = 0; first < sentence->count; first++)
		for (size_t count = 1; count <= SPAN_WORDS_MOST && first + count <= sentence->count; count++)
			db_array_add(&spans, sentence_span(sentence, first, count, arena));
	return db_array_close(&spans);
}

static void place_of(const struct sentence *sentence, long long number, struct ask_value *value)
{
	long long at = 0;

	for (value->first = 0; value->first < sentence->count; value->first++)
		for (value->count = 1; value->count <= SPAN_WORDS_MOST && value->first + value->count <= sentence->count;
		     value->count++)
			if (++at == number)
				return;
	abort();
}

static bool find_own(struct db *db, int tenant, struct arena *arena, struct ask_world *world, struct error *error)
{
	const struct metric **own = arena_alloc(arena, OWN_MOST * sizeof *own);
	int count = own_list(db, tenant, arena, own, OWN_MOST, error);

	world->own = own;
	world->own_count = count < 0 ? 0 : (size_t)count;
	return count >= 0;
}

bool ask_world_find(struct db *db, int tenant, const struct sentence *sentence, struct arena *arena,
	struct ask_world *world, struct error *error)
{
	struct db_rows *rows;

	*world = (struct ask_world){ .catalogue = catalogue_shipped(error) };
	if (world->catalogue == NULL || !find_own(db, tenant, arena, world, error) ||
	    !db_query(db, tenant, "find_words", DB_VALUES(number_text(arena, tenant), all_spans(sentence, arena)), arena,
	    &rows, error))
		return false;
	if (db_count(rows) == 0 || !day_parse(db_text(rows, 0, TODAY), &world->calendar.today))
		return error_set(error, ERROR_INTERNAL, "There is no tenant %d.", tenant);
	world->calendar.week_start = (int)db_number(rows, 0, WEEK_START);
	struct ask_value *values = arena_alloc(arena, sizeof *values * db_count(rows));

	for (size_t i = 1; i < db_count(rows); i++) {
		struct ask_value *value = &values[world->value_count];

		place_of(sentence, db_number(rows, i, WORD), value);
		value->dimension = dimension_find(db_text(rows, i, DIMENSION));
		value->value = db_text(rows, i, VALUE);
		world->value_count += value->dimension != NULL;
	}
	world->values = values;
	return true;
}

static bool holds_word(struct arena *arena, const char *name, const char *word)
{
	char *stem = arena_copy(arena, word);

	word_stem(stem);
	for (size_t size; *name != '\0'; name += size + strspn(name + size, " _-")) {
		size = strcspn(name, " _-");
		char *own = arena_copy_size(arena, name, size);

		word_stem(own);
		if (strcmp(own, stem) == 0)
			return true;
	}
	return false;
}

/* The name by which a metric holds a word, or NULL. */
static const char *name_with(struct arena *arena, const struct metric *metric, const char *word)
{
	if (holds_word(arena, metric->name, word))
		return metric->name;
	for (size_t i = 0; i < metric->synonym_count; i++)
		if (holds_word(arena, metric->synonyms[i], word))
			return metric->synonyms[i];
	return NULL;
}

/* "revenue" is in "gross revenue" and "net revenue": which of them is not for us to say. */
static size_t add_meanings(struct text *text, const struct ask_world *world, const char *word, struct arena *arena)
{
	const struct metric *metric;
	size_t found = 0;

	for (size_t i = 0; (metric = ask_metric_at(world, i)) != NULL && found < 5; i++) {
		const char *name = name_with(arena, metric, word);

		if (name == NULL)
			continue;
		text_format(text, "%s%s", found == 0 ? " It is part of: " : ", ", metric->name);
		if (name != metric->name)
			text_format(text, " (%s)", name);
		found++;
	}
	if (found > 0)
		text_add(text, ".");
	return found;
}

struct names {
	const char *lower[NAMES_MOST], *shown[NAMES_MOST];
	size_t count;
};

static void add_name(struct names *names, struct arena *arena, const char *name, const char *shown)
{
	char *lower = arena_copy(arena, name);

	for (char *at = lower; *at != '\0'; at++)
		*at = *at == '_' ? ' ' : (char)tolower((unsigned char)*at);
	if (names->count == NAMES_MOST)
		return;
	names->lower[names->count] = lower;
	names->shown[names->count++] = shown;
}

static bool collect_names(struct db *db, int tenant, const struct ask_world *world, struct arena *arena,
	struct names *names, struct error *error)
{
	const struct metric *metric;
	const struct dimension *dimension;
	struct db_rows *rows;

	for (size_t i = 0; (metric = ask_metric_at(world, i)) != NULL; i++) {
		add_name(names, arena, metric->name, metric->name);
		for (size_t j = 0; j < metric->synonym_count; j++)
			add_name(names, arena, metric->synonyms[j], arena_format(arena, "%s (%s)", metric->synonyms[j],
				metric->name));
	}
	for (size_t i = 0; (dimension = dimension_at(i)) != NULL; i++)
		add_name(names, arena, dimension->name, arena_format(arena, "by %s", dimension->name));
	if (!db_query(db, tenant, "known_words", DB_VALUES(number_text(arena, tenant)), arena, &rows, error))
		return false;
	for (size_t i = 0; i < db_count(rows); i++)
		add_name(names, arena, db_text(rows, i, 0), arena_format(arena, "%s %s", db_text(rows, i, 1),
			word_shown(arena, db_text(rows, i, 0))));
	return true;
}

static void add_nearest(struct text *text, const struct names *names, const char *word)
{
	const char *near[3];
	size_t found = names_nearest(word, names->lower, names->count, near);

	for (size_t i = 0; i < found; i++)
		for (size_t j = 0; j < names->count; j++)
			if (names->lower[j] == near[i])
				text_format(text, "%s%s", i == 0 ? " Nearest: " : ", ", names->shown[j]);
	if (found > 0)
		text_add(text, ".");
}

static const char *lowered(struct arena *arena, const char *word)
{
	char *lower = arena_copy(arena, word);

	for (char *at = lower; *at != '\0'; at++)
		*at = (char)tolower((unsigned char)*at);
	return lower;
}

bool ask_world_refuse(struct db *db, int tenant, const struct ask_world *world, const struct ask_reading *reading,
	struct arena *arena, struct error *error)
{
	struct names *names = arena_alloc(arena, sizeof *names);
	struct text text = text_open(arena, 600);
	bool several = false;

	if (!collect_names(db, tenant, world, arena, names, error))
		return false;
	for (size_t i = 0; i < reading->unknown_count; i++) {
		const char *word = lowered(arena, reading->unknown[i]);

		text_format(&text, "%s\"%s\" could not be grounded.", i == 0 ? "" : " ", reading->unknown[i]);
		size_t meanings = add_meanings(&text, world, word, arena);

		several = several || meanings > 1;
		if (meanings == 0)
			add_nearest(&text, names, word);
	}
	return error_set(error, several && reading->unknown_count == 1 ? ERROR_AMBIGUOUS : ERROR_UNGROUNDED, "%s Nothing "
		"was answered: say it in words of the catalogue (list_metrics).", text.bytes);
}
