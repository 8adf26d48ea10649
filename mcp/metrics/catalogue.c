#include "catalogue.h"

#include <pthread.h>
#include <string.h>

#include "definition.h"
#include "derive.h"
#include "mcp/base/embed.h"
#include "mcp/base/text.h"

enum { MISTAKE_BYTES = 1 << 16 };

struct catalogue {
	struct arena *arena;
	struct mistakes mistakes;
	struct metric *metrics[METRICS_MOST];
	const char *paths[METRICS_MOST];
	size_t count;
};

struct catalogue *catalogue_new(void)
{
	struct arena *arena = arena_new();
	struct catalogue *catalogue = arena_alloc(arena, sizeof *catalogue);

	catalogue->arena = arena;
	catalogue->mistakes.text = text_open(arena, MISTAKE_BYTES);
	return catalogue;
}

void catalogue_free(struct catalogue *catalogue)
{
	if (catalogue != NULL)
		arena_free(catalogue->arena);
}

void catalogue_add(struct catalogue *catalogue, const char *path, const char *bytes, size_t size)
{
	struct metric *metric = definition_read(catalogue->arena, path, bytes, size, &catalogue->mistakes);
	size_t at = catalogue->count;

	if (metric == NULL)
		return;
	if (catalogue->count == METRICS_MOST) {
		mistake_add(&catalogue->mistakes, path, "", "is one more than the %d metrics that there may be", METRICS_MOST);
		return;
	}
	for (; at > 0 && strcmp(catalogue->metrics[at - 1]->name, metric->name) > 0; at--) {
		catalogue->metrics[at] = catalogue->metrics[at - 1];
		catalogue->paths[at] = catalogue->paths[at - 1];
	}
	catalogue->metrics[at] = metric;
	catalogue->paths[at] = arena_copy(catalogue->arena, path);
	catalogue->count++;
}

/* "gmv" is found by its synonym "Gross sales" only if nobody else has it, also not as a name. */
static bool is_called(const struct metric *metric, const char *word)
{
	char name[64];
	size_t i = 0;

	for (; word[i] != '\0' && i + 1 < sizeof name; i++)
		name[i] = word[i] == ' ' || word[i] == '-' ? '_' : word[i];
	name[i] = '\0';
	if (strcmp(metric->name, name) == 0)
		return true;
	for (i = 0; i < metric->synonym_count; i++)
		if (strcmp(metric->synonyms[i], word) == 0)
			return true;
	return false;
}

static void check_pair(struct catalogue *catalogue, size_t a, size_t b)
{
	const struct metric *one = catalogue->metrics[a], *other = catalogue->metrics[b];

	if (strcmp(one->name, other->name) == 0)
		mistake_add(&catalogue->mistakes, catalogue->paths[a], "/name", "%s is also the name of %s", one->name,
			catalogue->paths[b]);
	for (size_t i = 0; i < one->synonym_count; i++)
		if (is_called(other, one->synonyms[i]))
			mistake_add(&catalogue->mistakes, catalogue->paths[a],
				arena_format(catalogue->arena, "/synonyms/%zu", i), "\"%s\" also means %s", one->synonyms[i],
				other->name);
}

/* A factor is another metric that is counted over time and is no ratio. */
static void check_factors(struct catalogue *catalogue, size_t at)
{
	const struct metric *metric = catalogue->metrics[at];

	for (size_t i = 0; i < metric->factor_count; i++) {
		const struct metric *factor = catalogue_find(catalogue, metric->factors[i]);

		if (factor == NULL || factor == metric || factor->kind == KIND_RATIO || factor->kind == KIND_DERIVED ||
		    factor->source->time[0] == '\0')
			mistake_add(&catalogue->mistakes, catalogue->paths[at],
				arena_format(catalogue->arena, "/factors/%zu", i),
				"\"%.60s\" is not another metric that is counted over time and is no ratio", metric->factors[i]);
	}
}

static size_t finish(struct catalogue *catalogue, const struct catalogue *beside)
{
	for (size_t i = 0; i < catalogue->count; i++)
		if (catalogue->metrics[i]->kind == KIND_DERIVED && catalogue->mistakes.count == 0)
			derive_resolve(catalogue->metrics[i], catalogue->paths[i], catalogue, beside, catalogue->arena,
				&catalogue->mistakes);
	for (size_t at = 0; at < catalogue->count; at++)
		check_factors(catalogue, at);
	for (size_t a = 0; a < catalogue->count; a++)
		for (size_t b = 0; b < catalogue->count; b++)
			if (a != b)
				check_pair(catalogue, a, b);
	return catalogue->mistakes.count;
}

size_t catalogue_finish(struct catalogue *catalogue)
{
	return finish(catalogue, NULL);
}

const char *catalogue_mistakes(const struct catalogue *catalogue)
{
	return catalogue->mistakes.text.bytes;
}

static struct catalogue *shipped;
static pthread_once_t shipped_once = PTHREAD_ONCE_INIT;

static void read_shipped(void)
{
	shipped = catalogue_new();
	for (const struct embed *file = NULL; (file = embed_next("sql/metrics/", file)) != NULL;)
		catalogue_add(shipped, file->path, file->bytes, file->size);
	catalogue_finish(shipped);
}

const struct catalogue *catalogue_shipped(struct error *error)
{
	pthread_once(&shipped_once, read_shipped);
	if (shipped->mistakes.count == 0)
		return shipped;
	error_set(error, ERROR_CONFIG, "%s", catalogue_mistakes(shipped));
	return NULL;
}

/* A name is also taken as a synonym; a shipped name that is a synonym here as well. */
static void check_shipped(struct catalogue *catalogue, size_t at, const struct metric *other)
{
	const struct metric *own = catalogue->metrics[at];

	if (is_called(other, own->name))
		mistake_add(&catalogue->mistakes, catalogue->paths[at], "/name", "\"%s\" means the shipped metric %s",
			own->name, other->name);
	for (size_t i = 0; i < own->synonym_count; i++)
		if (is_called(other, own->synonyms[i]))
			mistake_add(&catalogue->mistakes, catalogue->paths[at], arena_format(catalogue->arena, "/synonyms/%zu", i),
				"\"%s\" means the shipped metric %s", own->synonyms[i], other->name);
}

bool catalogue_beside_shipped(struct catalogue *catalogue, struct error *error)
{
	error->code = ERROR_NONE;
	if (catalogue_shipped(error) == NULL)
		return false;
	for (size_t i = 0; i < catalogue->count; i++)
		for (size_t j = 0; j < shipped->count; j++)
			check_shipped(catalogue, i, shipped->metrics[j]);
	return finish(catalogue, shipped) == 0 ||
		error_set(error, ERROR_CONFIG, "%s", catalogue_mistakes(catalogue));
}

const struct metric *catalogue_at(const struct catalogue *catalogue, size_t index)
{
	return index < catalogue->count ? catalogue->metrics[index] : NULL;
}

size_t catalogue_count(const struct catalogue *catalogue)
{
	return catalogue->count;
}

const struct metric *catalogue_find(const struct catalogue *catalogue, const char *name)
{
	for (size_t i = 0; i < catalogue->count; i++)
		if (strcmp(catalogue->metrics[i]->name, name) == 0)
			return catalogue->metrics[i];
	return NULL;
}

static const struct metric *find_called(const struct catalogue *catalogue, const char *word)
{
	for (size_t i = 0; i < catalogue->count; i++)
		if (is_called(catalogue->metrics[i], word))
			return catalogue->metrics[i];
	return NULL;
}

/* "gmv, aov (basket value)": the metrics of the names and synonyms nearest to a word, or NULL. */
static const char *nearest_metrics(const struct catalogue *catalogue, const char *word, struct arena *arena)
{
	const char **names = arena_alloc(arena, sizeof *names * NAMES_MOST), *near[3];
	struct text list = text_open(arena, 400);
	size_t count = 0;

	for (size_t i = 0; i < catalogue->count && count < NAMES_MOST; i++)
		names[count++] = catalogue->metrics[i]->name;
	for (size_t i = 0; i < catalogue->count; i++)
		for (size_t j = 0; j < catalogue->metrics[i]->synonym_count && count < NAMES_MOST; j++)
			names[count++] = catalogue->metrics[i]->synonyms[j];
	size_t found = names_nearest(word, names, count, near);

	for (size_t i = 0; i < found; i++) {
		const struct metric *metric = find_called(catalogue, near[i]);

		text_format(&list, "%s%s", i == 0 ? "" : ", ", metric->name);
		if (strcmp(metric->name, near[i]) != 0)
			text_format(&list, " (%s)", near[i]);
	}
	return found == 0 ? NULL : list.bytes;
}

bool catalogue_refuse(const struct catalogue *catalogue, const char *name, struct arena *arena, struct error *error)
{
	char *word = arena_copy(arena, name);

	for (char *at = word; *at != '\0'; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
	const struct metric *called = find_called(catalogue, word);

	if (called != NULL)
		return error_set(error, ERROR_UNGROUNDED, "There is no metric named \"%s\". \"%s\" (%s) goes by that name: "
			"ask for it if you mean it.", word_shown(arena, name), called->name, called->title);
	const char *near = nearest_metrics(catalogue, word, arena);

	return error_set(error, ERROR_UNGROUNDED, "There is no metric \"%s\", so there is no number for it.%s%s%s "
		"list_metrics shows all.", word_shown(arena, name), near == NULL ? "" : " Nearest: ", near == NULL ? "" : near,
		near == NULL ? "" : ".");
}

bool metric_is_imported(const struct metric *metric)
{
	for (size_t i = 0; i < metric->part_count; i++)
		if (metric->parts[i]->source->kind != SOURCE_IMPORT)
			return false;
	return metric->source->kind == SOURCE_IMPORT;
}

bool metric_counts_members(const struct metric *metric)
{
	return metric->kind == KIND_DISTINCT && metric->part_count == 0 && metric->entity == NULL &&
		metric->denominator == NULL && strcmp(metric->value, "count(distinct member)") == 0;
}

bool metric_allows(const struct metric *metric, const struct dimension *dimension)
{
	for (size_t i = 0; i < metric->dimension_count; i++)
		if (metric->dimensions[i] == dimension)
			return true;
	return false;
}

const char *metric_dimensions(const struct metric *metric, struct arena *arena)
{
	struct text list = text_open(arena, 600);

	for (size_t i = 0; i < metric->dimension_count; i++)
		text_format(&list, "%s%s", i == 0 ? "" : ", ", metric->dimensions[i]->name);
	return list.size == 0 ? "nothing" : list.bytes;
}
