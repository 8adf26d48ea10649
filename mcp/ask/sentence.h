/* A question cut into words: lower case, with their place in the text, so that every one of them can be accounted
 * for. */
#ifndef FLASH_ASK_SENTENCE_H
#define FLASH_ASK_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "mcp/base/arena.h"
#include "mcp/base/error.h"

enum { SENTENCE_BYTES_MOST = 400, TOKENS_MOST = 60 };

struct token {
	const char *text;     /* lower case (ASCII), without a possessive 's */
	const char *stem;     /* without a plural s */
	size_t at, size;      /* bytes of the sentence */
	char joint;           /* what alone stands between it and the word before: '-', '.', '/' …; 0 otherwise */
	bool apart;           /* a comma or the end of a sentence stands before it */
};

struct sentence {
	const char *text;
	struct token tokens[TOKENS_MOST];
	size_t count;
};

/* Cuts `text`; owned by the arena. ERROR_ARGUMENT when it is too long, has too many words, or holds characters that
 * are hidden or no UTF-8. */
bool sentence_read(const char *text, struct arena *arena, struct sentence *sentence, struct error *error);

/* How many words at `at` are exactly those of `phrase` (words with single spaces); 0 when they are not. `stems`:
 * singular and plural are the same. */
size_t sentence_says(const struct sentence *sentence, size_t at, const char *phrase, bool stems);

/* The text of some words as it was written. */
const char *sentence_span(const struct sentence *sentence, size_t first, size_t count, struct arena *arena);

/* A whole number below 10,000 in digits or, up to ninety, as a word; -1 when it is none. */
int sentence_number(const struct sentence *sentence, size_t at);

/* Makes a word its singular, for comparison with another singular only. The first letter stays. */
void word_stem(char *word);

#endif
