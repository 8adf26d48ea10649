#include "derive.h"

#include <ctype.h>
#include <string.h>

#include "fragment.h"

struct deriving {
	struct metric *metric;
	const char *path;
	const struct catalogue *catalogue, *beside;
	struct arena *arena;
	struct mistakes *mistakes;
	struct text names;
};

#define MISTAKE(deriving, place, ...) mistake_add((deriving)->mistakes, (deriving)->path, place, __VA_ARGS__)

static void add_part(struct deriving *deriving, const char *name)
{
	struct metric *metric = deriving->metric;
	const struct metric *part = catalogue_find(deriving->catalogue, name);

	if (part == NULL && deriving->beside != NULL)
		part = catalogue_find(deriving->beside, name);
	if (part == NULL || part->denominator != NULL || part->kind == KIND_DERIVED)
		return;   /* the grammar then refuses the name */
	for (size_t i = 0; i < metric->part_count; i++)
		if (metric->parts[i] == part)
			return;
	if (metric->part_count == PARTS_MOST) {
		MISTAKE(deriving, "/value", "is made of more than %d metrics", PARTS_MOST);
		return;
	}
	text_format(&deriving->names, "%s%s", metric->part_count == 0 ? "" : " ", name);
	metric->parts[metric->part_count++] = part;
}

static void find_parts(struct deriving *deriving, const char *text)
{
	for (size_t size; text != NULL && *text != '\0'; text += size) {
		size = strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");
		if (size > 0 && !isdigit((unsigned char)*text))
			add_part(deriving, arena_copy_size(deriving->arena, text, size));
		size += size == 0;
	}
}

static void check_arithmetic(struct deriving *deriving, const char *field, const char *text)
{
	struct error error;

	if (text != NULL && !fragment_check_arithmetic(text, deriving->names.bytes, &error))
		MISTAKE(deriving, arena_format(deriving->arena, "/%s", field), "%s", error.text);
}

static void check_parts(struct deriving *deriving)
{
	struct metric *metric = deriving->metric;
	bool adds = metric->denominator == NULL;

	for (size_t i = 0; i < metric->part_count; i++) {
		const struct metric *part = metric->parts[i];

		adds = adds && part->additive;
		if (i == 0 || (metric->source->kind != SOURCE_IMPORT && part->source->kind == SOURCE_IMPORT))
			metric->source = part->source;
		if ((part->source->time[0] == '\0') != (metric->parts[0]->source->time[0] == '\0'))
			MISTAKE(deriving, "/value", "%s and %s are not known at the same times", metric->parts[0]->name,
				part->name);
		for (size_t d = 0; d < metric->dimension_count; d++)
			if (!metric_allows(part, metric->dimensions[d]))
				MISTAKE(deriving, arena_format(deriving->arena, "/dimensions/%zu", d), "%s cannot be cut by %s",
					part->name,
					metric->dimensions[d]->name);
		metric->windows = i == 0 ? part->windows : metric->windows & part->windows;
		if (part->freshness_hours > 0 && (metric->freshness_hours == 0 || part->freshness_hours <
		    metric->freshness_hours))
			metric->freshness_hours = part->freshness_hours;
	}
	if (metric->additive && (!adds || strchr(metric->value, '*') != NULL))
		MISTAKE(deriving, "/additive", "only a sum of what adds up adds up");
}

void derive_resolve(struct metric *metric, const char *path, const struct catalogue *catalogue,
	const struct catalogue *beside, struct arena *arena, struct mistakes *mistakes)
{
	struct deriving deriving = { metric, path, catalogue, beside, arena, mistakes, text_open(arena, 200) };

	find_parts(&deriving, metric->value);
	find_parts(&deriving, metric->denominator);
	check_arithmetic(&deriving, metric->denominator == NULL ? "value" : "numerator", metric->value);
	check_arithmetic(&deriving, "denominator", metric->denominator);
	if (metric->part_count == 0)
		MISTAKE(&deriving, "/value", "names no metric");
	else
		check_parts(&deriving);
}
