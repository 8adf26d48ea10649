/* The part of the business that a change lies in: a search over all slices of up to three dimensions, and over two
 * values of one dimension together. A slice's excess is what it has beyond its own earlier rate; a good slice explains
 * the change, by clear evidence, in few words and few rows. */
#ifndef FLASH_SLICES_H
#define FLASH_SLICES_H

#include <stdbool.h>
#include <stddef.h>

#include "decompose.h"
#include "mcp/base/arena.h"

enum { SLICE_DIMENSIONS_MOST = 6, SLICE_TERMS_MOST = 3, SLICE_VALUES_MOST = 1 << 20 };

/* One group of a cut: its values' numbers, in the order of the table's dimensions, and what was counted. Of a SUM the
 * value only; weights stay 0. */
struct slice_cell {
	unsigned values[SLICE_DIMENSIONS_MOST];
	struct segment counted;
};

/* A cut: its cells, each combination of values once, and the caller's numbers for its dimensions. */
struct slice_table {
	const struct slice_cell *cells;
	size_t cell_count, dimension_count;
	unsigned dimensions[SLICE_DIMENSIONS_MOST];
};

struct slice_term {
	unsigned dimension, value;
};

struct slice {
	struct slice_term terms[SLICE_TERMS_MOST];
	size_t term_count;
	bool either;              /* two values of one dimension, instead of all terms at once */
	struct segment counted;
	double excess;            /* value1 beyond what the earlier rate of the slice, or no change, would give */
	double explained;         /* of the whole excess; 0 when the whole is within two standard errors */
	double size;              /* of all rows */
	double evidence;          /* log-likelihood ratio of the change against none */
	double score;
};

struct slice_search {
	struct arena *arena;
	struct noise noise;
	struct segment total;
	double excess;            /* of the whole */
	bool significant;         /* beyond two standard errors */
	struct slice *slices;
	size_t count, room;
};

/* A search for what moved `total`. */
struct slice_search slices_open(struct noise noise, const struct segment *total, struct arena *arena);

/* Adds every slice of a cut. Dimensions that several cuts have give the same slices again: leave them out. */
void slices_add(struct slice_search *search, const struct slice_table *table);

/* The best slices, best first, at most `most`, into `best`; how many. */
size_t slices_rank(struct slice_search *search, struct slice *best, size_t most);

/* How much more the slice changed than everything else did: of ratios the difference of their changes, of sums what it
 * has beyond moving in proportion with the rest. */
struct effect slice_contrast(const struct slice_search *search, const struct slice *slice);

/* The part of the whole change that is the slice's own: of sums its change, of ratios its effect on the whole rate. */
struct effect slice_effect(const struct slice_search *search, const struct slice *slice);

#endif
