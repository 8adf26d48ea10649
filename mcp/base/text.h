/* A growing text with a ceiling fixed at birth: past it, what is added is dropped and `full` says so. */
#ifndef FLASH_TEXT_H
#define FLASH_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

struct text {
	struct arena *arena;
	char *bytes;          /* always ends in NUL */
	size_t size, room, limit;
	bool full;
};

/* An empty text of at most `limit` bytes, in `arena`. */
struct text text_open(struct arena *arena, size_t limit);

/* Makes room for `more` bytes at once, when their number is known before they come. */
void text_reserve(struct text *text, size_t more);

void text_add(struct text *text, const char *piece);
void text_add_size(struct text *text, const char *piece, size_t size);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a JSON string, quoted and escaped: the same bytes as jansson's (compact, not made ASCII). `piece` is UTF-8. */
void text_add_quoted(struct text *text, const char *piece);

/* Cents as money: "1,234.50". Owned by the arena. */
char *text_money(struct arena *arena, long long cents);

/* The one of `count` names nearest to `word` by edit distance, or NULL when none is near enough to help. */
const char *text_nearest(const char *word, const char *const *names, size_t count);

#endif
