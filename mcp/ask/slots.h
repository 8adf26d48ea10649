/* The slots of a query while a sentence is read into them: what the files of the grammar share. */
#ifndef FLASH_ASK_SLOTS_H
#define FLASH_ASK_SLOTS_H

#include "grammar.h"
#include "mcp/metrics/compile.h"
#include "mcp/metrics/values.h"

struct ask_filter {
	const struct dimension *dimension;
	const char *values[FILTER_VALUES_MOST];
	size_t count;
};

struct parse {
	const struct sentence *sentence;
	const struct ask_world *world;
	struct arena *arena;
	struct ask_reading *reading;
	struct error *error;
	struct pieces pieces;
	const json_t *previous;           /* the query that this one goes on from, or NULL */

	const struct metric *metric;
	bool own_metric;                  /* the sentence names it */
	const struct dimension *by[BY_MOST];
	size_t by_count;
	const struct piece *dangling;     /* a dimension that nothing said what it is for */
	struct ask_filter filters[FILTERS_MOST];
	size_t filter_count;
	const struct piece *moment;
	const struct piece *earlier[COMPARISON_COUNT];
	size_t earlier_count;
	const char *order;                /* of TOP: highest, lowest */
	int limit;
	bool changed, why, drove, total, now, end, listing, comparing;

	/* Where the reader stands. */
	const struct piece *last;         /* the last piece that fills a slot */
	enum role link;                   /* AND (also a comma), OR, VERSUS since then; FILLER: none */
	bool comma;                       /* that AND is only a comma */
	bool place;                       /* a PLACE since then */
	bool rank;                        /* the BY that waits is a plain "by" */
	bool by_waits, which_waits;       /* a dimension is due */
	bool which_rows;                  /* "which", and no dimension since */
	size_t by_before;                 /* dimensions that stood before "versus" */
};

/* The words of a piece, fit to show. */
const char *parse_words(const struct parse *parse, const struct piece *piece);

/* Puts every piece into its slot. */
bool parse_fill(struct parse *parse);

/* One more dimension to cut by. */
bool parse_add_by(struct parse *parse, const struct piece *piece);

/* Makes the query of the slots, over the one that it goes on from. */
bool parse_build(struct parse *parse);

#endif
