/* A sentence in pieces: each word belongs to exactly one, and each piece is grounded in the catalogue, in a value of
 * the tenant's own lists, in a piece of time, or in words.def; or it is UNKNOWN. The longest match wins; what matches
 * twice at the same length carries both meanings, for the grammar to choose or refuse. */
#ifndef FLASH_ASK_PIECES_H
#define FLASH_ASK_PIECES_H

#include "earlier.h"
#include "mcp/metrics/catalogue.h"

enum role {
	ROLE_UNKNOWN, ROLE_FILLER, ROLE_PLACE, ROLE_AND, ROLE_OR, ROLE_BY, ROLE_GRAIN, ROLE_VERSUS, ROLE_COMPARE, ROLE_OVER,
	ROLE_CHANGE, ROLE_TOP, ROLE_WHICH, ROLE_WHY, ROLE_DROVE, ROLE_CATALOGUE, ROLE_ASIDE, ROLE_ABOUT, ROLE_LISTING,
	ROLE_TOTAL, ROLE_NOW, ROLE_END, ROLE_PEOPLE, ROLE_FORECAST, ROLE_INSTRUCTION, ROLE_NEGATION, ROLE_DIMENSION,
	ROLE_NOUN, ROLE_NAMED_ONLY, ROLE_METRIC, ROLE_VALUE, ROLE_MOMENT, ROLE_EARLIER
};

/* Words of the sentence that are a value of a dimension. */
struct ask_value {
	size_t first, count;              /* tokens */
	const struct dimension *dimension;
	const char *value;                /* as the database has it */
};

/* What a sentence is read against. */
struct ask_world {
	const struct catalogue *catalogue;
	const struct metric *const *own;  /* the tenant's own metrics, beside the catalogue's */
	size_t own_count;
	struct calendar calendar;
	const struct ask_value *values;
	size_t value_count;
	const json_t *previous;           /* the query that this one follows, or NULL */
	struct moment previous_moment;    /* count 0: it had none */
};

/* The metrics of the catalogue, then the tenant's own; NULL past the end. */
const struct metric *ask_metric_at(const struct ask_world *world, size_t index);

enum { PIECES_MOST = 2 * TOKENS_MOST, MEANINGS_MOST = 6 };

struct piece {
	enum role role;
	size_t first, count;              /* tokens */
	const char *argument;             /* of words.def */
	const struct metric *metric, *other;
	const struct dimension *dimension;
	bool plural;                      /* DIMENSION */
	bool named;                       /* VALUE with its dimension's name beside it */
	const struct ask_value *values[MEANINGS_MOST];
	size_t value_count;
	int number;                       /* TOP; 0: none */
	struct moment moment;
	struct earlier earlier;
	const char *trouble;              /* it is understood, but means two things or nothing */
};

struct pieces {
	struct piece all[PIECES_MOST];
	size_t count;
};

void pieces_split(const struct sentence *sentence, const struct ask_world *world, struct arena *arena,
	struct pieces *pieces);

/* Whether words.def has a row (a word's stem, role, argument). */
bool pieces_word_is(const char *word, enum role role, const char *argument);

#endif
