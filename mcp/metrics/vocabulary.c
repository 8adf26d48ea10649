#include "vocabulary.h"

#include <string.h>

#include "mcp/base/text.h"
#include "mcp/base/utf8.h"

static const struct source sources[] = {
#define SOURCE(name, kind, time, rows, columns, dimensions) \
	{ #name, SOURCE_##kind, #time, rows, columns, dimensions },
#include "sources.def"
#undef SOURCE
};

static const struct dimension dimensions[] = {
#define DIMENSION(name, kind, home, meaning) { #name, meaning, DIMENSION_##kind, #home },
#include "dimensions.def"
#undef DIMENSION
};

static const struct window windows[] = {
#define WINDOW(name, kind, meaning) { #name, meaning, WINDOW_##kind },
#include "windows.def"
#undef WINDOW
};

static const struct comparison comparisons[] = {
#define COMPARISON(name, meaning) { #name, meaning },
#include "comparisons.def"
#undef COMPARISON
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

_Static_assert(COUNT(windows) == WINDOW_COUNT, "windows.def and WINDOW_COUNT differ");
_Static_assert(COUNT(comparisons) == COMPARISON_COUNT, "comparisons.def and COMPARISON_COUNT differ");

const struct source *source_at(size_t index)
{
	return index < COUNT(sources) ? &sources[index] : NULL;
}

const struct dimension *dimension_at(size_t index)
{
	return index < COUNT(dimensions) ? &dimensions[index] : NULL;
}

const struct window *window_at(size_t index)
{
	return index < COUNT(windows) ? &windows[index] : NULL;
}

const struct comparison *comparison_at(size_t index)
{
	return index < COUNT(comparisons) ? &comparisons[index] : NULL;
}

const struct source *source_find(const char *name)
{
	for (size_t i = 0; i < COUNT(sources); i++)
		if (strcmp(sources[i].name, name) == 0)
			return &sources[i];
	return NULL;
}

const struct dimension *dimension_find(const char *name)
{
	for (size_t i = 0; i < COUNT(dimensions); i++)
		if (strcmp(dimensions[i].name, name) == 0)
			return &dimensions[i];
	return NULL;
}

const struct comparison *comparison_find(const char *name)
{
	for (size_t i = 0; i < COUNT(comparisons); i++)
		if (strcmp(comparisons[i].name, name) == 0)
			return &comparisons[i];
	return NULL;
}

int window_find(const char *name)
{
	for (int i = 0; i < WINDOW_COUNT; i++)
		if (strcmp(windows[i].name, name) == 0)
			return i;
	return -1;
}

bool words_hold(const char *list, const char *word, size_t size)
{
	for (const char *at = list; *at != '\0';) {
		size_t length = strcspn(at, " ");

		if (length == size && memcmp(at, word, size) == 0)
			return true;
		at += length + (at[length] == ' ');
	}
	return false;
}

const char *word_shown(struct arena *arena, const char *word)
{
	const char *shown = utf8_shown(arena, word, false);
	const unsigned char *at = (const unsigned char *)shown;

	for (int i = 0; i < 60 && *at != '\0'; i++)
		if (utf8_next(&at) < 0)
			break;
	if (*at == '\0')
		return shown;
	return arena_format(arena, "%s…", arena_copy_size(arena, shown, (size_t)((const char *)at - shown)));
}

size_t names_nearest(const char *word, const char *const *names, size_t count, const char *near[3])
{
	const char *left[NAMES_MOST];
	size_t found = 0;

	if (count > NAMES_MOST)
		count = NAMES_MOST;
	for (size_t i = 0; i < count; i++)
		left[i] = names[i];
	while (found < 3 && (near[found] = text_nearest(word, left, count)) != NULL) {
		size_t at = 0;

		while (left[at] != near[found])
			at++;
		left[at] = left[--count];
		found++;
	}
	return found;
}

const char *names_near(struct arena *arena, const char *word, const char *const *names, size_t count)
{
	const char *near[3];
	struct text list = text_open(arena, 400);
	size_t found = names_nearest(word, names, count, near);

	for (size_t i = 0; i < found; i++)
		text_format(&list, "%s%s", i == 0 ? "" : ", ", word_shown(arena, near[i]));
	return found == 0 ? NULL : list.bytes;
}
