/* The closed words of governed numbers: sources, dimensions, windows and comparisons, one table each. What is not a
 * row here cannot be named by a definition or a query. */
#ifndef FLASH_VOCABULARY_H
#define FLASH_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>

#include "mcp/base/arena.h"

enum source_kind { SOURCE_IMPORT, SOURCE_LIVE, SOURCE_STATE, SOURCE_MODEL };

struct source {
	const char *name;         /* also of its view, metric.NAME */
	enum source_kind kind;
	const char *time;         /* its time column; empty for STATE and MODEL */
	const char *rows;         /* what its rows are, for sentences */
	const char *columns;      /* separated by spaces */
	const char *dimensions;   /* separated by spaces */
};

enum dimension_kind { DIMENSION_LISTED, DIMENSION_OBSERVED, DIMENSION_GRAIN };

struct dimension {
	const char *name, *meaning;
	enum dimension_kind kind;
	const char *home;         /* the view that knows the OBSERVED values; empty: the metric's own source */
};

enum window_kind { WINDOW_FLOW, WINDOW_STATE, WINDOW_MODEL };

struct window {
	const char *name, *meaning;
	enum window_kind kind;
};

struct comparison {
	const char *name, *meaning;
};

enum { WINDOW_COUNT = 31, COMPARISON_COUNT = 4, NAMES_MOST = 1024 };

/* The row of a name, or NULL. */
const struct source *source_find(const char *name);
const struct dimension *dimension_find(const char *name);
const struct comparison *comparison_find(const char *name);

/* The place of a window in the table, or -1: definitions keep a bit for each. */
int window_find(const char *name);

/* The tables in their order; NULL past the end. */
const struct source *source_at(size_t index);
const struct dimension *dimension_at(size_t index);
const struct window *window_at(size_t index);
const struct comparison *comparison_at(size_t index);

/* Whether the `size` bytes at `word` are one of a list's words. */
bool words_hold(const char *list, const char *word, size_t size);

/* A word from outside as it may stand in a sentence: nothing hidden in it, at most 60 characters. */
const char *word_shown(struct arena *arena, const char *word);

/* Up to three of `names` (the first NAMES_MOST) near to `word`, nearest first; how many. */
size_t names_nearest(const char *word, const char *const *names, size_t count, const char *near[3]);

/* The same as "a, b, c", or NULL when none helps. */
const char *names_near(struct arena *arena, const char *word, const char *const *names, size_t count);

#endif
