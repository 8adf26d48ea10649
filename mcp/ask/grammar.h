/* From a sentence to one governed query, or to the reason why there is none. Pure: no database, no clock. */
#ifndef FLASH_ASK_GRAMMAR_H
#define FLASH_ASK_GRAMMAR_H

#include "pieces.h"

enum ask_intent { ASK_QUERY, ASK_EXPLAIN, ASK_LIST_METRICS };

enum { UNKNOWN_MOST = 4 };

struct ask_reading {
	enum ask_intent intent;
	json_t *query;                    /* arguments of query_metric, explain_change (with `by`) or list_metrics */
	struct moment moment;             /* the window in days; count 0: none was said */
	const char *unknown[UNKNOWN_MOST];   /* when refused: words that nothing here goes by */
	size_t unknown_count;
};

/* Reads a sentence; everything in `reading` is the arena's. Every word is accounted for, or it refuses:
 * ERROR_UNGROUNDED (unknown words, no metric, not a question for a number) or ERROR_AMBIGUOUS (two meanings, two
 * questions). */
bool ask_read(const struct sentence *sentence, const struct ask_world *world, struct arena *arena,
	struct ask_reading *reading, struct error *error);

const char *ask_intent_word(enum ask_intent intent);

#endif
